"""What becomes of drafts as time goes by."""

from datetime import datetime

from consult.calls.models import Call
from consult.foundation.database import transaction
from consult.foundation.jobs.chores import hourly
from consult.foundation.language import _, in_language, speaking
from consult.foundation.language_choice import in_address
from consult.foundation.mail import is_offered
from consult.foundation.scrubbing import scrub
from consult.foundation.security import SYSTEM
from consult.foundation.web import as_time, site_url
from consult.respond.codes import grouped
from consult.respond.models import Draft, DraftFile, DraftVersion
from consult.respond.service import erase_expired_drafts, send_due_reminders


@hourly
def erase_expired(at: datetime) -> None:
    """Keep the promise made on every draft: to erase it two weeks after its call has closed."""
    with transaction() as session:
        erase_expired_drafts(session, actor=SYSTEM, at=at)


@hourly
def leave_nothing_of_drafts(_at: datetime) -> None:
    """Let what drafts held before they were sent or erased lie on in no log of the database."""
    scrub({Draft.__tablename__, DraftVersion.__tablename__, DraftFile.__tablename__})


@hourly
def remind(at: datetime) -> None:
    """Write to those who asked for it, when their day has come."""
    if is_offered():
        with transaction() as session:
            send_due_reminders(session, words_of_reminder, at=at)


def words_of_reminder(draft: Draft, call: Call, return_code: str | None) -> tuple[str, str]:
    """Return subject and body in the language of a draft."""
    with speaking(draft.language):
        title, when = in_language(call, "title"), as_time(call.closes_at)
        way = site_url("respond.resume", **in_address(draft.language))
        way += f"#{grouped(return_code)}" if return_code else ""
        lines = [
            _("You began to answer “%(title)s” and have not sent your answers yet.", title=title),
            _("The call closes on %(when)s. What is not sent by then is not received.", when=when),
            _("Go on here: %(address)s", address=way)
            if return_code
            else _("Go on here, with your return code: %(address)s", address=way),
            _("You asked for this e-mail. It is the only one; your address has been erased."),
        ]
        return _("Your evidence is not sent yet: %(title)s", title=title), "\n\n".join(lines) + "\n"
