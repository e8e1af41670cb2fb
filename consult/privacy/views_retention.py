"""The page on which an inquiry says how long it keeps what."""

from flask import Blueprint, flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.guard import current_actor, current_identity, requires
from consult.foundation.security import Permission
from consult.privacy import queries, service
from consult.privacy.forms import PeriodForm, period_form
from consult.privacy.pages import shown
from consult.privacy.rules import Period

blueprint = Blueprint("retention", __name__, url_prefix="/inquiries/<inquiry_slug>/privacy/retention")

Rows = list[tuple[Period, PeriodForm]]


@blueprint.route("", methods=["GET", "POST"])
@requires(Permission.SET_RETENTION)
def schedule(inquiry_slug: str) -> Response:
    """Show how long things are kept, and change it."""
    inquiry_id = current_identity().inquiry_id
    rows = [(period, period_form(period)) for period in queries.schedule_of(db.session(), inquiry_id)]
    if request.method == "GET":
        return make_response(page_of(inquiry_id, rows))
    right = [form.validate_on_submit() for _, form in rows]  # every one, so that each says what is wrong
    if not all(right):
        return make_response(page_of(inquiry_id, rows), 422)
    with transaction() as session:
        service.set_schedule(
            session,
            [form.period(period.kind, period) for period, form in rows],
            inquiry_id=inquiry_id,
            actor=current_actor(),
            at=now(),
        )
    flash("The schedule is saved. The privacy notice shows it from now on.", "success")
    return redirect(url_for("retention.schedule", inquiry_slug=inquiry_slug), 303)


def page_of(inquiry_id: int, rows: Rows) -> str:
    """Render the schedule with what is due now."""
    due = [each for each in service.what_is_due(db.session(), at=now()) if each.inquiry_id == inquiry_id]
    return shown("retention", rows=rows, due=due)
