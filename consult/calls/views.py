"""Pages of an inquiry as a whole: my inquiries, the overview, its calls, the audit log."""

from datetime import datetime
from typing import Any

from flask import Blueprint, render_template, request
from flask_security import current_user
from sqlalchemy.orm import Session

from consult.accounts.queries import members_of
from consult.calls.listing import act_line, call_line, job_line
from consult.calls.models import Call
from consult.calls.queries import (
    acts_before,
    calls_of,
    inquiries_of,
    inquiry_by_slug,
    recent_jobs,
)
from consult.calls.rules import CallState, Openness, openness
from consult.foundation import panels
from consult.foundation.audit import first_break
from consult.foundation.clock import now
from consult.foundation.database import db
from consult.foundation.guard import current_identity, requires, signed_in
from consult.foundation.panels import Step, next_steps
from consult.foundation.security import Permission

JOBS_SHOWN = 5
ACTS_SHOWN = 50
NEWEST = 2**63 - 1  # above every id, and the largest that both engines can compare

blueprint = Blueprint("calls", __name__)


@blueprint.get("/inquiries")
@signed_in
def inquiries() -> str:
    """Show the inquiries in which I have a role."""
    return render_template("calls/inquiries.html", inquiries=inquiries_of(db.session(), current_user.id))


@blueprint.get("/inquiries/<inquiry_slug>")
@requires(Permission.SEE_INQUIRY)
def overview(inquiry_slug: str) -> str:
    """Show an inquiry's front page: what there is to do, what has arrived, what runs."""
    session, identity, at = db.session(), current_identity(), now()
    return render_template(
        "calls/overview.html",
        inquiry=inquiry_by_slug(session, inquiry_slug),
        steps=panels.steps_for(session, identity),
        panels=panels.panels_for(session, identity),
        calls=[
            call_line(call, identity, at)
            for call in calls_of(session, identity.inquiry_id)
            if call.state is not CallState.DRAFT
        ],
        jobs=[job_line(job, identity) for job in recent_jobs(session, identity.inquiry_id, JOBS_SHOWN)],
    )


@blueprint.get("/inquiries/<inquiry_slug>/calls")
@requires(Permission.EDIT_CALLS)
def call_list(inquiry_slug: str) -> str:
    """Show all calls of the inquiry, drafts included."""
    identity, at = current_identity(), now()
    calls = [call_line(call, identity, at) for call in calls_of(db.session(), identity.inquiry_id)]
    return render_template("calls/call_list.html", calls=calls)


@blueprint.get("/inquiries/<inquiry_slug>/audit-log")
@requires(Permission.READ_AUDIT)
def audit_log(inquiry_slug: str) -> str:
    """Show who did what, newest first, and on demand whether the chain is whole."""
    session, inquiry_id = db.session(), current_identity().inquiry_id
    before = max(0, min(request.args.get("before", NEWEST, type=int), NEWEST))
    acts = acts_before(session, inquiry_id, before, ACTS_SHOWN + 1)
    return render_template(
        "calls/audit_log.html",
        acts=[act_line(act) for act in acts[:ACTS_SHOWN]],
        older=acts[ACTS_SHOWN - 1].id if len(acts) > ACTS_SHOWN else None,
        newest_page=before == NEWEST,
        chain=chain_as_checked(session, inquiry_id),
    )


def chain_as_checked(session: Session, inquiry_id: int) -> dict[str, Any] | None:
    """Return whether the chain is whole, when the reader asked; it reads every event."""
    if request.args.get("check") != "1":
        return None
    return {"broken_at": first_break(session, inquiry_id), "at": now()}


@next_steps(Permission.EDIT_CALLS)
def steps_for_calls(session: Session, inquiry_id: int) -> list[Step]:
    """Offer to finish drafts, or to write a call when none is open."""
    calls, at = calls_of(session, inquiry_id), now()
    drafts = [call for call in calls if call.state is CallState.DRAFT]
    steps = [
        Step(f"Finish and publish the call “{call.title}”", "call_editor.call", {"call_slug": call.slug})
        for call in drafts
    ]
    if not drafts and not any(is_open_or_coming(call, at) for call in calls):
        steps.append(Step("Write a call for evidence", "call_editor.new"))
    return steps


@next_steps(Permission.MANAGE_MEMBERS)
def steps_for_members(session: Session, inquiry_id: int) -> list[Step]:
    """Offer to add members while there is one at most."""
    alone = len(members_of(session, inquiry_id)) < 2
    return [Step("Give your colleagues their roles", "accounts.members")] if alone else []


def is_open_or_coming(call: Call, at: datetime) -> bool:
    """Tell whether evidence can be sent to a call now or later."""
    return openness(call.state, call.opens_at, call.closes_at, at) is not Openness.CLOSED
