"""Keep what a recogniser of personal data proposes, apart from what people decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from consult.foundation import audit
from consult.foundation.security import Actor
from consult.publication.models import RedactionProposal, RedactionReading, RedactionRun
from consult.publication.rules import Proposed


@dataclass(frozen=True)
class Searched:
    """A text that was read for personal data, and what was found in it."""

    source_text_id: int
    proposed: tuple[Proposed, ...]
    # Whether its writer's name was left alone: then it is read again when they choose not to be named.
    named: bool = False


def start_redaction_run(
    session: Session,
    *,
    recogniser: str,
    version: str,
    settings: dict[str, Any],
    inquiry_id: int,
    actor: Actor,
    at: datetime,
) -> RedactionRun:
    """Open a run, under which proposals are recorded."""
    run = RedactionRun(
        inquiry_id=inquiry_id, recogniser=recogniser, version=version, settings=settings, started_at=at
    )
    session.add(run)
    session.flush()  # the audit event names its id
    detail = {"recogniser": recogniser, "version": version}
    act = audit.Act("look for personal data", "redaction run", run.id, detail=detail)
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return run


def record_proposals(session: Session, run_id: int, searched: Sequence[Searched]) -> int:
    """Store what was found in a batch of texts and return how much of it is new.

    Giving a batch again changes nothing; words that were proposed before, whatever was decided on them, are
    not proposed again.
    """
    rows = [
        {
            "run_id": run_id,
            "source_text_id": text.source_text_id,
            "start": found.bounds.start,
            "end": found.bounds.end,
            "ground": found.ground,
            "score": found.score,
            "reason": found.reason,
        }
        for text in searched
        for found in text.proposed
    ]
    new = _insert_new(session, rows) if rows else 0
    read = [
        {"source_text_id": text.source_text_id, "run_id": run_id, "named": text.named} for text in searched
    ]
    _remember(session, read)
    return new


def _engine(session: Session) -> Any:
    return sqlite if session.get_bind().dialect.name == "sqlite" else postgresql


def _insert_new(session: Session, rows: list[dict[str, Any]]) -> int:
    insertion = _engine(session).insert(RedactionProposal.__table__).on_conflict_do_nothing()
    # Counted by what comes back: a driver that joins rows into one statement tells no row count.
    return len(session.execute(insertion.returning(RedactionProposal.id), rows).all())


def _remember(session: Session, rows: list[dict[str, Any]]) -> None:
    if rows:
        insertion = _engine(session).insert(RedactionReading.__table__)
        latest = {"run_id": insertion.excluded.run_id, "named": insertion.excluded.named}
        session.execute(insertion.on_conflict_do_update(index_elements=["source_text_id"], set_=latest), rows)
