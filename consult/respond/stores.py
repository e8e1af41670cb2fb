"""What the tables of drafts hold; drafts of a submission go with it along their foreign keys."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from consult.foundation.database import rows_changed
from consult.foundation.stores import Scope, holds, reaches
from consult.respond.models import Reminder

holds(
    "drafts",
    words=("answers", "about", "confidences", "written"),
    keys=("code_hash", "send_key", "language", "former_hash", "team_hash"),
)
holds("draft_writers", personal=("name",), keys=("key_hash", "slot"))
holds("draft_versions", words=("typed",), keys=("slot", "page"))
holds("draft_files", words=("name", "extraction"), keys=("sha256", "question"))
holds("reminders", personal=("address",), keys=("return_code",))


@reaches("Reminders")
def erase_reminders(session: Session, scope: Scope) -> int:
    """Erase reminders that would go to somebody who is erased."""
    mine = delete(Reminder).where(Reminder.address.in_(scope.addresses))
    return rows_changed(session, mine) if scope.addresses else 0
