"""Reads about batches of moves: what a preview shows, what has changed since, what became of it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from consult.accounts.models import User
from consult.evidence.models import Respondent, Submission
from consult.evidence.models_desk import Mark, StateBatch, StateBatchRow, StateMove
from consult.evidence.queries.submission import who
from consult.evidence.rules import SubmissionState
from consult.evidence.rules_desk import MarkKind, may_move, needs_reason
from consult.foundation.errors import NotFound

ROWS_SHOWN = 100


@dataclass(frozen=True)
class Part:
    """The submissions of a batch that stand in one state, and whether and how they go."""

    state: SubmissionState
    count: int
    goes: bool
    needs_reason: bool


@dataclass(frozen=True)
class Row:
    """One submission of a batch, as it stood when the preview was drawn."""

    reference: str
    who: str
    state: SubmissionState
    goes: bool


@dataclass(frozen=True)
class BatchRead:
    """A batch: where it goes, who drew it, and what has become of it."""

    id: int
    to_state: SubmissionState | None
    undoes_id: int | None
    why: str
    by: str
    drawn_at: datetime
    applied_at: datetime | None
    undone_by_id: int | None
    moved: int


def batch_parts(session: Session, batch_id: int, to_state: SubmissionState) -> list[Part]:
    """Return the states in which the submissions of a batch stood, with their numbers."""
    unexplained = func.sum(case((and_(Mark.submission_id.is_not(None), Mark.note == ""), 1), else_=0))
    late = and_(Mark.submission_id == StateBatchRow.submission_id, Mark.kind == MarkKind.LATE)
    rows = session.execute(
        select(StateBatchRow.from_state, func.count(), unexplained)
        .outerjoin(Mark, late)
        .where(StateBatchRow.batch_id == batch_id)
        .group_by(StateBatchRow.from_state)
        .order_by(StateBatchRow.from_state)
    )
    return [
        Part(
            state,
            count,
            may_move(state, to_state),
            may_move(state, to_state) and needs_reason(state, to_state, unexplained_late=bool(late_ones)),
        )
        for state, count, late_ones in rows
    ]


def batch_rows(session: Session, batch_id: int, to_state: SubmissionState) -> list[Row]:
    """Return the first submissions of a batch, in order of arrival."""
    rows = session.execute(
        select(Submission.reference, Respondent.name, Respondent.organisation, StateBatchRow.from_state)
        .join(StateBatchRow, StateBatchRow.submission_id == Submission.id)
        .join(Respondent, Respondent.id == Submission.respondent_id)
        .where(StateBatchRow.batch_id == batch_id)
        .order_by(Submission.id)
        .limit(ROWS_SHOWN)
    )
    return [
        Row(
            row.reference, who(row.name, row.organisation), row.from_state, may_move(row.from_state, to_state)
        )
        for row in rows
    ]


def batch_references(session: Session, batch_id: int) -> list[str]:
    """Return the references of all submissions of a batch, in order of arrival."""
    rows = (
        select(Submission.reference)
        .join(StateBatchRow, StateBatchRow.submission_id == Submission.id)
        .where(StateBatchRow.batch_id == batch_id)
        .order_by(Submission.id)
    )
    return list(session.scalars(rows))


def references_moved(session: Session, batch_id: int) -> list[str]:
    """Return the references of the submissions that a batch has moved, in order of arrival."""
    rows = (
        select(Submission.reference)
        .join(StateMove, StateMove.submission_id == Submission.id)
        .where(StateMove.batch_id == batch_id)
        .order_by(Submission.id)
    )
    return list(session.scalars(rows))


def moved_since_drawn(session: Session, batch_id: int) -> list[str]:
    """Return the references of submissions that somebody moved after a preview was drawn."""
    newest = select(func.coalesce(func.max(StateMove.id), 0)).where(StateMove.submission_id == Submission.id)
    rows = (
        select(Submission.reference)
        .join(StateBatchRow, StateBatchRow.submission_id == Submission.id)
        .where(
            StateBatchRow.batch_id == batch_id,
            or_(
                Submission.state != StateBatchRow.from_state,
                newest.correlate(Submission).scalar_subquery() != StateBatchRow.last_move_id,
            ),
        )
        .order_by(Submission.id)
    )
    return list(session.scalars(rows))


def moved_since_applied(session: Session, batch_id: int) -> list[str]:
    """Return the references of submissions that somebody moved after a batch had moved them."""
    later = aliased(StateMove)
    rows = (
        select(Submission.reference)
        .join(StateMove, StateMove.submission_id == Submission.id)
        .where(
            StateMove.batch_id == batch_id,
            select(later.id)
            .where(later.submission_id == StateMove.submission_id, later.id > StateMove.id)
            .correlate(StateMove)
            .exists(),
        )
        .order_by(Submission.id)
    )
    return list(session.scalars(rows))


def batch_by_id(session: Session, inquiry_id: int, batch_id: int) -> BatchRead:
    """Return one batch; NotFound for any other inquiry's, and for previews that have been cleared away."""
    found = _batches(session, StateBatch.inquiry_id == inquiry_id, StateBatch.id == batch_id)
    if not found:
        raise NotFound("There is no such batch in this inquiry. Previews are kept for a day.")
    return found[0]


def recent_batches(session: Session, inquiry_id: int, limit: int = 20) -> list[BatchRead]:
    """Return the newest batches that have moved something."""
    applied = StateBatch.applied_at.is_not(None)
    return _batches(session, StateBatch.inquiry_id == inquiry_id, applied, limit=limit)


def _batches(session: Session, *wanted: object, limit: int = 1) -> list[BatchRead]:
    undoing = aliased(StateBatch)
    moved = select(func.count()).where(StateMove.batch_id == StateBatch.id).correlate(StateBatch)
    rows = session.execute(
        select(
            StateBatch.id,
            StateBatch.to_state,
            StateBatch.undoes_id,
            StateBatch.why,
            User.name.label("by"),
            StateBatch.drawn_at,
            StateBatch.applied_at,
            undoing.id.label("undone_by_id"),
            moved.scalar_subquery().label("moved"),
        )
        .join(User, User.id == StateBatch.user_id)
        .outerjoin(undoing, undoing.undoes_id == StateBatch.id)
        .where(*wanted)  # type: ignore[arg-type]  # conditions on columns
        .order_by(StateBatch.id.desc())
        .limit(limit)
    )
    return [BatchRead(**row._mapping) for row in rows]
