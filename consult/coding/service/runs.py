"""What a model run leaves behind: itself, its suggestions, and which passages it read."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from consult.coding.models import LatestRun, ModelRun, Suggestion
from consult.coding.models_quality import BlindPassage, ReadingPlace, RunResult
from consult.coding.queries.blind import untouched
from consult.coding.rules import PassageRead, RunRecord
from consult.coding.rules_quality import PLACES_KEPT, ReadingOrder, RunEnd
from consult.foundation import audit
from consult.foundation.jobs.models import Job
from consult.foundation.jobs.names import JobName
from consult.foundation.jobs.queue import enqueue, waiting_job
from consult.foundation.security import Actor

# Core tables: with mapped classes the bulk insert would build an object for each row.
SUGGESTIONS = cast(Table, Suggestion.__table__)
LATEST_RUNS = cast(Table, LatestRun.__table__)
BLIND_PASSAGES = cast(Table, BlindPassage.__table__)
READING_PLACES = cast(Table, ReadingPlace.__table__)


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
    insert_of = _insert_of(session)
    if suggestions:
        session.execute(insert_of(SUGGESTIONS).on_conflict_do_nothing(), suggestions)
    if latest:
        upsert = insert_of(LATEST_RUNS)
        new = upsert.excluded
        upsert = upsert.on_conflict_do_update(
            index_elements=["passage_id"],
            set_={"run_id": new.run_id, "suggested": new.suggested},
            where=LATEST_RUNS.c.run_id <= new.run_id,
        )
        session.execute(upsert, latest)
    _keep_back(session, run.inquiry_id, [passage.passage_id for passage in read if passage.blind])
    detail = {"passages": len(latest), "suggestions": len(suggestions)}
    act = audit.Act("record suggestions", "model run", run.id, detail=detail)
    audit.record(session, act, inquiry_id=run.inquiry_id, actor=actor, at=at)
    return len(suggestions)


def finish_run(session: Session, run: ModelRun, end: RunEnd, *, actor: Actor, at: datetime) -> RunResult:
    """Record how a run ended: once, when it has read the last passage."""
    result = RunResult(run_id=run.id, finished_at=at, **asdict(end))
    session.add(result)
    session.flush()  # a second end of the same run must be refused here
    detail = {"passages": end.passages, "suggestions": end.suggestions, "artefact": end.artefact_sha256}
    act = audit.Act("finish model run", "model run", run.id, detail=detail)
    audit.record(session, act, inquiry_id=run.inquiry_id, actor=actor, at=at)
    return result


def put_in_order(session: Session, inquiry_id: int, orders: Mapping[ReadingOrder, Sequence[int]]) -> None:
    """Take these passages, by id, as what to read next in each order; what was taken before is forgotten.

    Not logged: it is made anew by each run, from what each run records.
    """
    session.execute(delete(ReadingPlace).where(ReadingPlace.inquiry_id == inquiry_id))
    rows = [
        {"inquiry_id": inquiry_id, "passage_id": passage_id, "reading_order": order, "place": place}
        for order, passages in orders.items()
        for place, passage_id in enumerate(passages[:PLACES_KEPT], 1)
    ]
    if rows:
        # Two runs that end at once must not refuse each other.
        session.execute(_insert_of(session)(READING_PLACES).on_conflict_do_nothing(), rows)


def _keep_back(session: Session, inquiry_id: int, drawn: Sequence[int]) -> None:
    """Let passages drawn by lot be read blind, unless somebody has begun with them."""
    rows = [{"passage_id": each, "inquiry_id": inquiry_id} for each in untouched(session, drawn)]
    if rows:
        session.execute(_insert_of(session)(BLIND_PASSAGES).on_conflict_do_nothing(), rows)


def _insert_of(session: Session) -> Any:
    return postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert


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
