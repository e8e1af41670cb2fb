"""One decision on many submissions: drawn for a preview, applied to exactly that set, undone in one step."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, literal, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import ScalarSelect, Select

from consult.evidence.models import Submission
from consult.evidence.models_desk import StateBatch, StateBatchRow, StateMove
from consult.evidence.queries.batches import (
    batch_parts,
    moved_since_applied,
    moved_since_drawn,
    references_moved,
)
from consult.evidence.rules import SubmissionState, storable
from consult.evidence.rules_desk import states_before, why_asked
from consult.evidence.service.moves import HISTORY, move_all
from consult.foundation import audit
from consult.foundation.database import rows_changed
from consult.foundation.errors import BadInput, NotFound, Refused
from consult.foundation.security import Actor

PREVIEW_KEPT = timedelta(days=1)
MOST_NAMED = 10
UNDONE = "The batch was undone."


@dataclass(frozen=True)
class Undone:
    """How many went back to where they stood, and which stayed because somebody moved them since."""

    count: int
    left: tuple[str, ...]


def draw_batch(
    session: Session,
    chosen: Select[int],
    to_state: SubmissionState,
    *,
    inquiry_id: int,
    actor: Actor,
    at: datetime,
) -> StateBatch:
    """Keep which submissions a batch is to move, as they stand now; nothing moves yet.

    `chosen` selects ids; those of another inquiry are left out. BadInput when there is none.
    """
    if actor.user_id is None:
        raise Refused("Only a named member can move submissions together. Sign in and try again.")
    _forget_old_previews(session, actor.user_id, at)
    batch = StateBatch(
        inquiry_id=inquiry_id, user_id=actor.user_id, to_state=to_state, undoes_id=None, drawn_at=at
    )
    session.add(batch)
    session.flush()  # the rows name the new id
    rows = select(literal(batch.id), Submission.id, Submission.state, _newest_move()).where(
        Submission.inquiry_id == inquiry_id, Submission.id.in_(chosen)
    )
    columns = ["batch_id", "submission_id", "from_state", "last_move_id"]
    session.execute(insert(StateBatchRow).from_select(columns, rows))
    # PostgreSQL's driver does not say how many an INSERT ... SELECT has added.
    if not session.scalar(select(StateBatchRow.batch_id).filter_by(batch_id=batch.id).limit(1)):
        raise BadInput("Tick at least one submission.")
    return batch


def _newest_move() -> ScalarSelect[int]:
    newest = select(func.coalesce(func.max(StateMove.id), 0)).where(StateMove.submission_id == Submission.id)
    return newest.correlate(Submission).scalar_subquery()


def _forget_old_previews(session: Session, user_id: int, at: datetime) -> None:
    old = select(StateBatch.id).where(
        StateBatch.user_id == user_id,
        StateBatch.applied_at.is_(None),
        StateBatch.drawn_at < at - PREVIEW_KEPT,
    )
    quietly = {"synchronize_session": False}
    session.execute(delete(StateBatchRow).where(StateBatchRow.batch_id.in_(old)), execution_options=quietly)
    session.execute(delete(StateBatch).where(StateBatch.id.in_(old)), execution_options=quietly)


def apply_batch(
    session: Session, batch_id: int, *, why: str = "", inquiry_id: int, actor: Actor, at: datetime
) -> int:
    """Move what a batch was drawn for, with one audit event for all; return how many moved.

    What may not go to that state stays where it is, as the preview said. Refused when a submission has
    moved since the preview, or the batch was applied already; BadInput without a reason where one is
    needed; NotFound for another inquiry's batch.
    """
    batch, to_state = _to_be_applied(session, batch_id, inquiry_id)
    why = storable(why.strip())
    held = select(StateBatchRow.submission_id).where(StateBatchRow.batch_id == batch.id)
    # In order of id, so that two batches never wait for one another.
    session.execute(
        select(Submission.id).where(Submission.id.in_(held)).order_by(Submission.id).with_for_update()
    )
    changed = moved_since_drawn(session, batch.id)
    if changed:
        raise Refused(f"{_named(changed)} since this preview. Nothing was changed; draw it again.")
    if not why and any(part.needs_reason for part in batch_parts(session, batch.id, to_state)):
        raise BadInput(why_asked(to_state))
    going = held.where(StateBatchRow.from_state.in_(states_before(to_state)))
    moved = move_all(
        session, Submission.id.in_(going), to_state, why=why, batch_id=batch.id, actor=actor, at=at
    )
    if not moved:
        raise Refused("None of these submissions can be moved there.")
    batch.why, batch.applied_at = why, at
    _record(session, "move submissions", batch, why, actor=actor, at=at)
    return moved


def _to_be_applied(session: Session, batch_id: int, inquiry_id: int) -> tuple[StateBatch, SubmissionState]:
    batch = _held(session, batch_id, inquiry_id)
    if batch.applied_at is not None or batch.to_state is None:
        raise Refused("This batch was moved already. Nothing was done twice.")
    return batch, batch.to_state


def undo_batch(session: Session, batch_id: int, *, inquiry_id: int, actor: Actor, at: datetime) -> Undone:
    """Put the submissions of a batch back to where each stood before it.

    Those that somebody moved since stay, and are named. Refused when it was undone before, was never
    applied, or nothing is left to put back; NotFound for another inquiry's batch.
    """
    batch = _held(session, batch_id, inquiry_id)
    undone = session.scalar(select(StateBatch.id).where(StateBatch.undoes_id == batch.id))
    if actor.user_id is None or undone or batch.undoes_id or batch.applied_at is None:
        raise Refused("This batch cannot be undone: it was undone already, or has moved nothing.")
    left = moved_since_applied(session, batch.id)
    back = StateBatch(
        inquiry_id=inquiry_id,
        user_id=actor.user_id,
        to_state=None,
        undoes_id=batch.id,
        why=UNDONE,
        drawn_at=at,
        applied_at=at,
    )
    session.add(back)
    session.flush()  # the moves name the new id
    count = _move_back(session, batch, back, actor, at)
    if not count:
        raise Refused("Every submission of this batch was moved since, so there is nothing to undo.")
    _record(session, "undo moving submissions", back, UNDONE, actor=actor, at=at)
    return Undone(count, tuple(left))


def _move_back(session: Session, batch: StateBatch, back: StateBatch, actor: Actor, at: datetime) -> int:
    later = select(func.max(StateMove.id)).group_by(StateMove.submission_id)
    newest = later.where(
        StateMove.submission_id.in_(select(StateBatchRow.submission_id).filter_by(batch_id=batch.id))
    )
    values = (
        literal(back.why),
        literal(back.id),
        literal(actor.kind, StateMove.actor_kind.type),
        literal(actor.user_id, StateMove.user_id.type),
        literal(at, StateMove.at.type),
    )
    moves = select(StateMove.submission_id, StateMove.to_state, StateMove.from_state, *values).where(
        StateMove.batch_id == batch.id, StateMove.id.in_(newest)
    )
    session.execute(insert(StateMove).from_select(HISTORY, moves))
    mine = StateMove.batch_id == back.id
    before = select(StateMove.to_state).where(mine, StateMove.submission_id == Submission.id)
    change = update(Submission).where(Submission.id.in_(select(StateMove.submission_id).where(mine)))
    restored = change.values(state=before.correlate(Submission).scalar_subquery())
    count = rows_changed(session, restored.execution_options(synchronize_session=False))
    session.expire_all()  # the states changed beneath rows that are held
    return count


def _held(session: Session, batch_id: int, inquiry_id: int) -> StateBatch:
    """Return a batch, held until the commit: two presses of one button come one after the other."""
    wanted = select(StateBatch).where(StateBatch.id == batch_id, StateBatch.inquiry_id == inquiry_id)
    batch = session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if batch is None:
        raise NotFound("There is no such batch in this inquiry. Previews are kept for a day.")
    return batch


def _named(references: list[str]) -> str:
    """Return the first few references with their verb."""
    named = ", ".join(references[:MOST_NAMED])
    more = f" and {len(references) - MOST_NAMED} more" if len(references) > MOST_NAMED else ""
    return f"{named}{more} {'was' if len(references) == 1 else 'were'} moved"


def _record(session: Session, verb: str, batch: StateBatch, why: str, *, actor: Actor, at: datetime) -> None:
    moved = references_moved(session, batch.id)
    detail = {"to": batch.to_state, "undoes": batch.undoes_id, "references": moved}
    act = audit.Act(verb, "state batch", batch.id, why=why, detail=detail)
    audit.record(session, act, inquiry_id=batch.inquiry_id, actor=actor, at=at)
