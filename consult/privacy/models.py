"""Erasures: who had what erased, on what ground and when; never a word of it. And how long things are kept.

All but the schedule is append-only. What an erasure reached is recorded step by step, the last one `DONE`.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from consult.foundation.database import Base, state_type
from consult.privacy.rules import (
    ErasureGround,
    ErasureKind,
    RetentionEvent,
    RetentionKind,
    TargetKind,
)


class Erasure(Base):
    """One order to erase, as it was confirmed."""

    __tablename__ = "erasures"
    __table_args__ = (CheckConstraint("id > 0", name="numbered_from_one"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiries.id"), index=True)
    # The name it has in the ledger beside the database, by which a restored copy is compared with it.
    key: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[ErasureKind] = mapped_column(state_type(ErasureKind, "erasure_kind"))
    ground: Mapped[ErasureGround] = mapped_column(state_type(ErasureGround, "erasure_ground"))
    # None: the schedule ordered it.
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    ordered_at: Mapped[datetime]


class ErasureTarget(Base):
    """One thing to be erased; its id names nothing any more once it is."""

    __tablename__ = "erasure_targets"

    id: Mapped[int] = mapped_column(primary_key=True)
    erasure_id: Mapped[int] = mapped_column(ForeignKey("erasures.id"), index=True)
    kind: Mapped[TargetKind] = mapped_column(state_type(TargetKind, "target_kind"))
    record_id: Mapped[int]
    # Of the submission: public, and kept, so that a gap in the numbers can be explained.
    reference: Mapped[str] = mapped_column(String(20), default="", index=True)
    start: Mapped[int | None]
    end: Mapped[int | None]


class ErasureStep(Base):
    """One store that an erasure has reached, and how many things it found there."""

    __tablename__ = "erasure_steps"
    __table_args__ = (
        CheckConstraint("reached >= 0", name="reached_counted"),
        Index("ix_erasure_steps_erasure_id", "erasure_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    erasure_id: Mapped[int] = mapped_column(ForeignKey("erasures.id"))
    store: Mapped[str] = mapped_column(String(80))
    reached: Mapped[int]
    at: Mapped[datetime]


class OpenErasure(Base):
    """While this row is there the guards of append-only tables let its own transaction through.

    It can never be committed: it refers to an erasure that there is not, which is looked for at the commit.
    """

    __tablename__ = "open_erasures"
    __table_args__ = (
        CheckConstraint("never = 0", name="never_committed"),
        ForeignKeyConstraint(["never"], ["erasures.id"], deferrable=True, initially="DEFERRED"),
    )

    erasure_id: Mapped[int] = mapped_column(ForeignKey("erasures.id"), primary_key=True)
    never: Mapped[int] = mapped_column(default=0)


class RetentionRule(Base):
    """How long an inquiry keeps one kind of thing, where it is not the default."""

    __tablename__ = "retention_rules"
    __table_args__ = (
        UniqueConstraint("inquiry_id", "kind"),
        CheckConstraint("days IS NULL OR (days >= 0 AND days <= 3650)", name="days_within_ten_years"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiries.id"))
    kind: Mapped[RetentionKind] = mapped_column(state_type(RetentionKind, "retention_kind"))
    event: Mapped[RetentionEvent] = mapped_column(state_type(RetentionEvent, "retention_event"))
    # None: for as long as the inquiry's records are kept.
    days: Mapped[int | None]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    set_at: Mapped[datetime]
