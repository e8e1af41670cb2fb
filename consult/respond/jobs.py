"""What becomes of drafts as time goes by."""

from datetime import datetime

from consult.foundation.database import transaction
from consult.foundation.jobs.chores import hourly
from consult.foundation.mail import is_offered
from consult.foundation.security import SYSTEM
from consult.respond.service import erase_expired_drafts, send_due_reminders


@hourly
def erase_expired(at: datetime) -> None:
    """Keep the promise made on every draft: to erase it two weeks after its call has closed."""
    with transaction() as session:
        erase_expired_drafts(session, actor=SYSTEM, at=at)


@hourly
def remind(at: datetime) -> None:
    """Write to those who asked for it, when their day has come."""
    if is_offered():
        with transaction() as session:
            send_due_reminders(session, at=at)
