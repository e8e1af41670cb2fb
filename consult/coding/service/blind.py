"""A member's word that a passage of the blind sample has been read."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.codebook.models import Code
from consult.coding.models import LatestRun
from consult.coding.models_quality import BlindPassage, BlindReading
from consult.coding.service.shared import hold_passage, member_of
from consult.foundation import audit
from consult.foundation.errors import Refused
from consult.foundation.security import Actor


def read_passage_blind(
    session: Session, passage_id: int, *, inquiry_id: int, actor: Actor, at: datetime
) -> BlindReading:
    """Record that a blind passage has been read and coded without suggestions, which are shown from now on.

    Saying so twice, or after somebody else, changes nothing. Refused for a passage that was not drawn.
    """
    user_id = member_of(actor)
    hold_passage(session, passage_id, inquiry_id)
    read = session.get(BlindReading, passage_id)
    if read is not None:
        return read
    latest = session.get(LatestRun, passage_id)
    if session.get(BlindPassage, passage_id) is None or latest is None:
        raise Refused(
            "This passage was not drawn to be read without suggestions. Decide on what is proposed."
        )
    newest = session.scalar(select(func.max(Code.id))) or 0
    reading = BlindReading(
        passage_id=passage_id,
        inquiry_id=inquiry_id,
        run_id=latest.run_id,
        last_code_id=newest,
        user_id=user_id,
        at=at,
    )
    session.add(reading)
    session.flush()  # a second reader must meet it, not a clash at the commit
    act = audit.Act("read passage blind", "passage", passage_id, detail={"run": latest.run_id})
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return reading
