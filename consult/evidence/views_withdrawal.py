"""A respondent's request to withdraw, and what the commission decides."""

from flask import Blueprint, flash, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from consult.calls.rules import WithdrawalPolicy
from consult.evidence import queries, service
from consult.evidence.forms_withdrawal import WITHDRAW, RequestForm
from consult.evidence.models import WithdrawalRequest
from consult.evidence.queries.withdrawal import policy_shown, references_asked_for, request_waiting
from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.errors import NotFound
from consult.foundation.guard import current_actor, current_identity, requires
from consult.foundation.panels import Step, next_steps
from consult.foundation.security import Permission

blueprint = Blueprint(
    "withdrawal", __name__, url_prefix="/inquiries/<inquiry_slug>/evidence/<reference>/withdrawal"
)

PROMISED = {
    WithdrawalPolicy.UNTIL_CLOSING: "They could do so themselves until the call closed; now you decide.",
    WithdrawalPolicy.UNTIL_REPORT: "They could do so themselves until the report was out; now you decide.",
    WithdrawalPolicy.ON_REQUEST: "They were told before sending that the commission decides.",
}


@blueprint.get("")
@requires(Permission.READ_EVIDENCE)
def request_page(inquiry_slug: str, reference: str) -> str:
    """Show a request on which nobody has decided."""
    return page_of(reference, RequestForm(formdata=None))


@blueprint.post("")
@requires(Permission.HANDLE_EVIDENCE)
def decide(inquiry_slug: str, reference: str) -> Response | tuple[str, int]:
    """Withdraw it, or keep it and tell its writer why."""
    form, inquiry_id = RequestForm(), current_identity().inquiry_id
    if not form.validate():
        return page_of(reference, form), 422
    request = asked_for(db.session(), inquiry_id, reference)[1]
    granted = form.decision.data == WITHDRAW
    with transaction() as session:
        service.decide_request(
            session,
            request.id,
            granted=granted,
            answer=form.answer.data or "",
            inquiry_id=inquiry_id,
            actor=current_actor(),
            at=now(),
        )
    became = "withdrawn" if granted else "kept"
    flash(f"{reference} is {became}. Its writer can read that on the receipt.", "success")
    return redirect(url_for("evidence.submission", inquiry_slug=inquiry_slug, reference=reference))


def page_of(reference: str, form: RequestForm) -> str:
    """Return the page of a request with the form as it stands."""
    session, identity = db.session(), current_identity()
    found, request = asked_for(session, identity.inquiry_id, reference)
    return render_template(
        "evidence/withdrawal.html",
        submission=found,
        request=request,
        form=form if identity.may(Permission.HANDLE_EVIDENCE) else None,
        promised=PROMISED[policy_shown(session, found.id)],
    )


def asked_for(
    session: Session, inquiry_id: int, reference: str
) -> tuple[queries.SubmissionRead, WithdrawalRequest]:
    """Return a submission and the request that waits; NotFound where none does."""
    found = queries.submission_by_reference(session, inquiry_id, reference, with_passages=False)
    request = request_waiting(session, found.id)
    if request is None:
        raise NotFound("No request to withdraw this submission waits for a decision.")
    return found, request


@next_steps(Permission.HANDLE_EVIDENCE)
def steps_for_requests(session: Session, inquiry_id: int) -> list[Step]:
    """Offer the request that has waited longest."""
    waiting = references_asked_for(session, inquiry_id)
    if not waiting:
        return []
    more = f" ({len(waiting)} requests wait)" if len(waiting) > 1 else ""
    words = f"Decide whether {waiting[0]} is withdrawn, as its writer asks{more}"
    return [Step(words, "withdrawal.request_page", {"reference": waiting[0]})]
