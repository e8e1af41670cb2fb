"""What the tables of drafts hold; drafts of a submission go with it along their foreign keys."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from consult.calls.models import Call
from consult.foundation.database import rows_changed
from consult.foundation.stores import Scope, holds, reaches
from consult.respond.models import Draft, Reminder

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
    """Erase reminders of the inquiry that would go to somebody who is erased."""
    of_inquiry = (
        select(Draft.id).join(Call, Call.id == Draft.call_id).where(Call.inquiry_id == scope.inquiry_id)
    )
    mine = delete(Reminder).where(scope.has_address(Reminder.address), Reminder.draft_id.in_(of_inquiry))
    return rows_changed(session, mine) if scope.addresses else 0
