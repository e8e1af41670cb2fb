import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from consult.foundation import audit
from consult.foundation.security import SYSTEM, Actor
from tests.builders import NOON

TAMPERINGS = {
    "a word": "UPDATE audit_events SET verb = 'something else' WHERE record_id = 2",
    "the reason": "UPDATE audit_events SET why = 'because' WHERE record_id = 2",
    "the actor": "UPDATE audit_events SET user_id = 99 WHERE record_id = 2",
    "the moment": "UPDATE audit_events SET at = '2020-01-01 00:00:00' WHERE record_id = 2",
    "one gone": "DELETE FROM audit_events WHERE record_id = 2",
    "the first gone": "DELETE FROM audit_events WHERE record_id = 1",
}


@pytest.fixture
def log(session: Session) -> Session:
    for number in (1, 2, 3):
        act = audit.Act("say", "thing", number, why="ŷ ✓", detail={"n": number})
        audit.record(session, act, inquiry_id=7, actor=Actor.member(5), at=NOON)
    return session


def disarm(session: Session) -> None:
    """Take the guards away, as somebody who owns the database could."""
    on_table = " ON audit_events" if session.get_bind().dialect.name == "postgresql" else ""
    for act in ("update", "delete"):
        session.execute(text(f"DROP TRIGGER audit_events_no_{act}{on_table}"))


def test_a_chain_is_whole_when_nobody_has_touched_it(log: Session) -> None:
    assert audit.first_break(log, 7) is None


@pytest.mark.parametrize("tampering", TAMPERINGS.values(), ids=TAMPERINGS)
def test_a_chain_shows_what_was_done_to_it(log: Session, tampering: str) -> None:
    disarm(log)
    log.execute(text(tampering))
    log.expire_all()
    assert audit.first_break(log, 7) is not None


def test_inquiries_have_chains_of_their_own(log: Session) -> None:
    other = audit.record(log, audit.Act("say", "thing", 9), inquiry_id=8, actor=SYSTEM, at=NOON)
    assert other.previous_hash == audit.GENESIS
    assert audit.first_break(log, 8) is None
