"""What a model run leaves behind: itself, its suggestions, and which passages it read."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from consult.coding.models import LatestRun, ModelRun, Suggestion
from consult.coding.rules import PassageRead, RunRecord
from consult.foundation import audit
from consult.foundation.jobs.models import Job
from consult.foundation.jobs.names import JobName
from consult.foundation.jobs.queue import enqueue, waiting_job
from consult.foundation.security import Actor

# Core tables: with mapped classes the bulk insert would build an object for each row.
SUGGESTIONS = cast(Table, Suggestion.__table__)
LATEST_RUNS = cast(Table, LatestRun.__table__)


def want_suggestions(session: Session, *, inquiry_id: int, actor: Actor, at: datetime) -> Job:
    """Ask the machine to propose again with what has been decided since; asking twice is asking once."""
    name = JobName.SUGGESTIONS_WANTED
    waiting = waiting_job(session, name, inquiry_id)
    return waiting or enqueue(session, name, {}, at=at, inquiry_id=inquiry_id, requested_by=actor.user_id)


def start_run(session: Session, run: RunRecord, *, inquiry_id: int, actor: Actor, at: datetime) -> ModelRun:
    """Record the start of a model run, so that each suggestion can name where it came from."""
    started = ModelRun(inquiry_id=inquiry_id, started_at=at, **asdict(run))
    session.add(started)
    session.flush()  # the audit event names the new id
    detail = {"model": run.model, "version": run.model_version, "decided": run.decided}
    act = audit.Act("start model run", "model run", started.id, detail=detail)
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return started


def record_suggestions(
    session: Session, run: ModelRun, read: Sequence[PassageRead], *, actor: Actor, at: datetime
) -> int:
    """Record what a run proposed for passages, and that it read them; return the number of suggestions.

    Recording the same again changes nothing, so a job may run twice. A run that was overtaken by a
    later one does not become the latest of a passage again.
    """
    suggestions = [_row(run.id, passage.passage_id, new) for passage in read for new in passage.suggestions]
    latest = [
        {"passage_id": passage.passage_id, "run_id": run.id, "suggested": len(passage.suggestions)}
        for passage in read
    ]
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    if suggestions:
        session.execute(insert(SUGGESTIONS).on_conflict_do_nothing(), suggestions)
    if latest:
        upsert = insert(LATEST_RUNS)
        new = upsert.excluded
        upsert = upsert.on_conflict_do_update(
            index_elements=["passage_id"],
            set_={"run_id": new.run_id, "suggested": new.suggested},
            where=LATEST_RUNS.c.run_id <= new.run_id,
        )
        session.execute(upsert, latest)
    detail = {"passages": len(latest), "suggestions": len(suggestions)}
    act = audit.Act("record suggestions", "model run", run.id, detail=detail)
    audit.record(session, act, inquiry_id=run.inquiry_id, actor=actor, at=at)
    return len(suggestions)


def _row(run_id: int, passage_id: int, new: Any) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "passage_id": passage_id,
        "code_id": new.code_id,
        "score": new.score,
        "rank": new.rank,
        "reasons": list(new.reasons),
        "from_definition": new.from_definition,
    }
