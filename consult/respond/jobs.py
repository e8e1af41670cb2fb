"""What becomes of drafts as time goes by."""

from datetime import datetime

from consult.foundation.database import transaction
from consult.foundation.jobs.chores import hourly
from consult.foundation.security import SYSTEM
from consult.respond.service import erase_expired_drafts


@hourly
def erase_expired(at: datetime) -> None:
    """Keep the promise made on every draft: to erase it two weeks after its call has closed."""
    with transaction() as session:
        erase_expired_drafts(session, actor=SYSTEM, at=at)
