"""The clerk's desk: moves from state to state, batches of them, marks, and how evidence came otherwise.

Moves and marks are append-only: the database refuses to change or delete them.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.calls.models import Place
from consult.evidence.rules import SubmissionState
from consult.evidence.rules_desk import MarkKind
from consult.foundation.database import Base, state_type
from consult.foundation.security import ActorKind


class StateBatch(Base):
    """One decision on many submissions: drawn for a preview, applied once, taken back at most once."""

    __tablename__ = "state_batches"
    __table_args__ = (
        # Two presses of the same button take a batch back once.
        UniqueConstraint("undoes_id"),
        CheckConstraint("(to_state IS NULL) = (undoes_id IS NOT NULL)", name="goes_somewhere_or_back"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiries.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    # None: back to where each of them stood before the batch that this one undoes.
    to_state: Mapped[SubmissionState | None] = mapped_column(state_type(SubmissionState, "to_state"))
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("state_batches.id"))
    why: Mapped[str] = mapped_column(Text, default="")
    drawn_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]


class StateBatchRow(Base):
    """One submission of a batch, as it stood when the preview was drawn."""

    __tablename__ = "state_batch_rows"

    batch_id: Mapped[int] = mapped_column(ForeignKey("state_batches.id"), primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"), primary_key=True, index=True)
    from_state: Mapped[SubmissionState] = mapped_column(state_type(SubmissionState, "from_state"))
    # Its newest move then, or 0: there and back again is a change too.
    last_move_id: Mapped[int]


class StateMove(Base):
    """A submission went from one state to another: who moved it, when and why."""

    __tablename__ = "state_moves"
    __table_args__ = (Index("ix_state_moves_history", "submission_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"))
    from_state: Mapped[SubmissionState] = mapped_column(state_type(SubmissionState, "from_state"))
    to_state: Mapped[SubmissionState] = mapped_column(state_type(SubmissionState, "to_state"))
    why: Mapped[str] = mapped_column(Text, default="")
    # The submission that it resembles, where that is why it was moved.
    like_id: Mapped[int | None] = mapped_column(ForeignKey("submissions.id"))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("state_batches.id"), index=True)
    actor_kind: Mapped[ActorKind] = mapped_column(state_type(ActorKind, "actor_kind"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]


class Mark(Base):
    """Something noticed when a submission arrived, which a clerk should know; it never hides or refuses."""

    __tablename__ = "marks"

    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"), primary_key=True)
    kind: Mapped[MarkKind] = mapped_column(state_type(MarkKind, "mark_kind", closed=False), primary_key=True)
    note: Mapped[str] = mapped_column(Text, default="")


class EventSession(Base):
    """A meeting at which people spoke: its name, day and place."""

    __tablename__ = "event_sessions"
    __table_args__ = (UniqueConstraint("inquiry_id", "name", "held_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiries.id"))
    name: Mapped[str] = mapped_column(String(200))
    held_on: Mapped[date]
    place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    venue: Mapped[str] = mapped_column(String(200), default="")

    place: Mapped[Place | None] = relationship(lazy="raise")


class Provenance(Base):
    """How evidence came that a clerk entered for somebody: the day, the session, how the choice is known."""

    __tablename__ = "provenances"

    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"), primary_key=True)
    received_on: Mapped[date]
    event_session_id: Mapped[int | None] = mapped_column(ForeignKey("event_sessions.id"), index=True)
    choice_known: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    # The spreadsheet that it came in.
    import_id: Mapped[int | None] = mapped_column(ForeignKey("spreadsheet_imports.id"), index=True)

    event_session: Mapped[EventSession | None] = relationship(lazy="raise")
