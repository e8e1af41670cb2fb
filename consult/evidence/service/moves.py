"""Move submissions from state to state, with a row of history for each: the only writer of states."""

from datetime import datetime

from sqlalchemy import ColumnElement, insert, literal, select, update
from sqlalchemy.orm import Session

from consult.evidence.models import Submission
from consult.evidence.models_desk import StateMove
from consult.evidence.rules import SubmissionState
from consult.foundation.database import rows_changed
from consult.foundation.security import Actor

HISTORY = ("submission_id", "from_state", "to_state", "why", "batch_id", "actor_kind", "user_id", "at")


def move_all(
    session: Session,
    wanted: ColumnElement[bool],
    to_state: SubmissionState,
    *,
    why: str = "",
    batch_id: int | None = None,
    actor: Actor,
    at: datetime,
) -> int:
    """Move all submissions that meet a condition, by two statements however many; return how many moved.

    What stands there already is left alone. Whether a move is allowed, and the audit event, are the caller's.
    """
    meant = (wanted, Submission.state != to_state)
    values = (
        literal(to_state, StateMove.to_state.type).label("to_state"),
        literal(why).label("why"),
        literal(batch_id, StateMove.batch_id.type).label("batch_id"),
        literal(actor.kind, StateMove.actor_kind.type).label("actor_kind"),
        literal(actor.user_id, StateMove.user_id.type).label("user_id"),
        literal(at, StateMove.at.type).label("at"),
    )
    moves = select(Submission.id, Submission.state, *values).where(*meant)
    session.execute(insert(StateMove).from_select(HISTORY, moves))
    change = update(Submission).where(*meant).values(state=to_state)
    return rows_changed(session, change.execution_options(synchronize_session="fetch"))
