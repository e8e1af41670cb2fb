"""Log that somebody was handed what is held about a respondent."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from consult.foundation import audit
from consult.foundation.security import Actor
from consult.privacy.queries import Held


def record_bundle(
    session: Session, held: Sequence[Held], *, inquiry_id: int, actor: Actor, at: datetime
) -> None:
    """Log that all that is held under some references was handed out; by reference, never by name."""
    detail = {"references": [each.reference for each in held]}
    act = audit.Act("hand out bundle", "submission", held[0].id, detail=detail)
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
