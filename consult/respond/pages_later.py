"""The page for whoever goes away and comes back: the return code, and what may be done with it."""

from werkzeug.wrappers import Response

from consult.foundation.clock import now
from consult.foundation.database import db
from consult.foundation.language import _
from consult.foundation.mail import is_offered
from consult.respond import pages
from consult.respond.forms import ReminderForm
from consult.respond.queries import reminder_of
from consult.respond.rules import days_for_a_reminder
from consult.respond.visit import Visit, address_of
from consult.respond.ways import open_step


def later_page(visit: Visit, form: ReminderForm | None = None, status: int = 200) -> Response:
    """Return the page, where mails can be sent with the form for a reminder."""
    form = reminder_form(visit) if form is None else form
    return pages.shown(
        "later",
        visit,
        status=status,
        title=_("Your answers are saved"),
        onward=address_of(visit.call, open_step(visit)),
        form=form,
        errors=form.problems if form else [],
        lost=status == pages.LOST,
        reminder=reminder_of(db.session(), visit.started.id),
    )


def reminder_form(visit: Visit, *, posted: bool = False) -> ReminderForm | None:
    """Return the form for a reminder, or None where none can come any more or no mail is sent at all."""
    days = days_offered(visit)
    if not days:
        return None
    email = str(visit.started.about.get("email", ""))
    kept = {"address": email, "days_before": str(days[-1] if len(days) == 1 else days[1])}
    return (ReminderForm() if posted else ReminderForm(formdata=None, data=kept)).offer(days)


def days_offered(visit: Visit) -> tuple[int, ...]:
    """Return on which days before the closing a reminder can be sent."""
    return days_for_a_reminder(visit.call.closes_at, now()) if is_offered() else ()
