"""The audit log: append-only, each event chained to the one before it in its inquiry."""

import hashlib
import json
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from consult.foundation.database import Base, state_type
from consult.foundation.security import Actor, ActorKind

GENESIS = "0" * 64
_CHAIN_LOCK_SPACE = 5_021_117


class AuditEvent(Base):
    """One act: who did what to which record, when and why."""

    __tablename__ = "audit_events"
    __table_args__ = (
        CheckConstraint("length(hash) = 64", name="hash_length"),
        Index("ix_audit_events_record", "record_kind", "record_id"),
        Index("ix_audit_events_chain", "inquiry_id", "id"),
        Index("uq_audit_events_previous_hash", "inquiry_id", "previous_hash", unique=True),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    # 0 is the chain of acts outside any inquiry; NULL would escape the unique index.
    inquiry_id: Mapped[int]
    at: Mapped[datetime]
    actor_kind: Mapped[ActorKind] = mapped_column(state_type(ActorKind, "actor_kind"))
    user_id: Mapped[int | None]
    verb: Mapped[str] = mapped_column(String(80))
    record_kind: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[int]
    why: Mapped[str] = mapped_column(Text, default="")
    detail: Mapped[dict[str, Any]]
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditErasure(Base):
    """An event whose reason was erased: the chain then rests on the hash it had, not on its words."""

    __tablename__ = "audit_erasures"

    event_id: Mapped[int] = mapped_column(ForeignKey("audit_events.id"), primary_key=True)
    at: Mapped[datetime]


@dataclass(frozen=True)
class Act:
    """What is recorded, without the chain."""

    verb: str
    record_kind: str
    record_id: int
    why: str = ""
    detail: dict[str, Any] | None = None


def record(session: Session, act: Act, *, inquiry_id: int | None, actor: Actor, at: datetime) -> AuditEvent:
    """Append one act to its inquiry's chain, in the caller's transaction.

    Call it last in a verb: on PostgreSQL it holds the chain until the commit.
    """
    chain = inquiry_id or 0
    if session.get_bind().dialect.name == "postgresql":
        session.execute(
            text("SELECT pg_advisory_xact_lock(:space, :chain)"),
            {"space": _CHAIN_LOCK_SPACE, "chain": chain},
        )
    previous = head_of(session, chain)
    event = AuditEvent(
        inquiry_id=chain,
        at=at,
        actor_kind=actor.kind,
        user_id=actor.user_id,
        verb=act.verb,
        record_kind=act.record_kind,
        record_id=act.record_id,
        why=act.why,
        detail=act.detail or {},
        previous_hash=previous,
    )
    event.hash = hash_of(event)
    session.add(event)
    session.flush()  # the next event of this transaction reads this one's hash as its head
    return event


def head_of(session: Session, chain: int) -> str:
    """Return the hash of the newest event of a chain."""
    newest = (
        select(AuditEvent.hash).where(AuditEvent.inquiry_id == chain).order_by(AuditEvent.id.desc()).limit(1)
    )
    return session.scalar(newest) or GENESIS


def hash_of(event: AuditEvent) -> str:
    """Return SHA-256 over the previous hash and the canonical JSON of the event."""
    content = [
        event.inquiry_id,
        event.at.isoformat(timespec="microseconds"),
        str(event.actor_kind),
        event.user_id,
        event.verb,
        event.record_kind,
        event.record_id,
        event.why,
        event.detail,
    ]
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256((event.previous_hash + canonical).encode()).hexdigest()


def first_break(session: Session, inquiry_id: int) -> int | None:
    """Return the id of the first event that does not follow from the one before it, or None.

    Of an event whose reason was erased only its place in the chain can be checked.
    """
    previous = GENESIS
    events = (
        select(AuditEvent, AuditErasure.event_id)
        .outerjoin(AuditErasure, AuditErasure.event_id == AuditEvent.id)
        .where(AuditEvent.inquiry_id == inquiry_id)
        .order_by(AuditEvent.id)
    )
    with closing(session.execute(events.execution_options(yield_per=1000))) as read:
        for event, erased in read:
            intact = event.why == "" if erased else hash_of(event) == event.hash
            if event.previous_hash != previous or not intact:
                return event.id
            previous = event.hash
    return None


def erase_reasons(session: Session, which: ColumnElement[bool], *, at: datetime) -> int:
    """Empty the reasons of some events, within an open erasure, and return how many had one."""
    with_reason = select(AuditEvent.id).where(which, AuditEvent.why != "")
    ids = list(session.scalars(with_reason))
    if ids:
        session.execute(insert(AuditErasure), [{"event_id": event_id, "at": at} for event_id in ids])
    for first in range(0, len(ids), 500):
        some = AuditEvent.id.in_(ids[first : first + 500])
        session.execute(update(AuditEvent).where(some).values(why=""))
    return len(ids)
