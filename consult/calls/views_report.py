"""What respondents are promised of an inquiry: how they may withdraw, and when the report is out."""

from datetime import time

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from consult.calls import service
from consult.calls.forms import moment
from consult.calls.forms_report import PolicyForm, ReportForm
from consult.calls.queries import inquiry_by_slug
from consult.calls.rules import WithdrawalPolicy
from consult.calls.withdrawing import policy_in_words
from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.guard import current_actor, current_identity, requires
from consult.foundation.security import Permission
from consult.foundation.web import LONDON

blueprint = Blueprint("promises", __name__, url_prefix="/inquiries/<inquiry_slug>/promises")


@blueprint.get("")
@requires(Permission.EDIT_CALLS)
def index(inquiry_slug: str) -> str:
    """Show the rule of withdrawal and what is said of the report."""
    return page_of(inquiry_slug)


@blueprint.post("/withdrawal")
@requires(Permission.EDIT_CALLS)
def set_policy(inquiry_slug: str) -> Response | tuple[str, int]:
    """Set how respondents may withdraw what they send from now on."""
    form = PolicyForm()
    if not form.validate():
        return page_of(inquiry_slug, policy=form), 422
    with transaction() as session:
        service.set_withdrawal_policy(
            session,
            WithdrawalPolicy(form.policy.data),
            inquiry_id=current_identity().inquiry_id,
            actor=current_actor(),
            at=now(),
        )
    flash("The rule is set for what is sent from now on.", "success")
    return redirect(url_for("promises.index", inquiry_slug=inquiry_slug), 303)


@blueprint.post("/report")
@requires(Permission.EDIT_CALLS)
def set_report(inquiry_slug: str) -> Response | tuple[str, int]:
    """Say from which day the report is out, and where."""
    form = ReportForm()
    if not form.validate():
        return page_of(inquiry_slug, report=form), 422
    with transaction() as session:
        service.announce_report(
            session,
            moment(form.day.data, time()) if form.day.data else None,
            title=form.title.data or "",
            address=form.address.data or "",
            inquiry_id=current_identity().inquiry_id,
            actor=current_actor(),
            at=now(),
        )
    flash("What respondents are told of the report is saved.", "success")
    return redirect(url_for("promises.index", inquiry_slug=inquiry_slug), 303)


def page_of(inquiry_slug: str, policy: PolicyForm | None = None, report: ReportForm | None = None) -> str:
    """Return the page with the forms as they were sent, the others as the inquiry stands."""
    inquiry = inquiry_by_slug(db.session(), inquiry_slug)
    out_at = inquiry.report_at
    told = {
        "day": out_at.astimezone(LONDON).date() if out_at else None,
        "title": inquiry.report_title,
        "address": inquiry.report_address,
    }
    return render_template(
        "calls/promises.html",
        inquiry=inquiry,
        words=policy_in_words(inquiry.withdrawal_policy),
        is_out=out_at is not None and out_at <= now(),
        policy_form=policy or PolicyForm(formdata=None, data={"policy": inquiry.withdrawal_policy.value}),
        report_form=report or ReportForm(formdata=None, data=told),
    )
