"""What the room of calls asks of this one."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.calls.uses import tells_of_use
from consult.evidence.models import Submission


@tells_of_use
def has_evidence(session: Session, call_id: int) -> bool:
    """Tell whether evidence has come to a call."""
    return session.scalar(select(Submission.id).where(Submission.call_id == call_id).limit(1)) is not None
