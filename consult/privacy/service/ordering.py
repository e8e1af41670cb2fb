"""Order an erasure: what, on what ground, by whom. The words go in a job."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.calls.models import Inquiry
from consult.foundation import audit
from consult.foundation.errors import BadInput
from consult.foundation.jobs.names import JobName
from consult.foundation.jobs.queue import enqueue
from consult.foundation.security import Actor
from consult.privacy.models import Erasure, ErasureTarget
from consult.privacy.rules import ErasureGround, ErasureKind, TargetKind


@dataclass(frozen=True)
class Target:
    """One thing to erase."""

    kind: TargetKind
    record_id: int
    reference: str = ""
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True)
class Order:
    """What is to be erased, and why."""

    kind: ErasureKind
    ground: ErasureGround
    targets: tuple[Target, ...]


def order_erasure(session: Session, order: Order, *, inquiry_id: int, actor: Actor, at: datetime) -> Erasure:
    """Record an order to erase and promise the job that carries it out.

    From here on it cannot be taken back. BadInput where nothing is named.
    """
    if not order.targets:
        raise BadInput("There is nothing to erase.")
    erasure = _stored(
        session, order, secrets.token_hex(16), inquiry_id=inquiry_id, user_id=actor.user_id, at=at
    )
    references = sorted({target.reference for target in order.targets if target.reference})
    detail = {"kind": order.kind, "ground": order.ground, "references": references}
    act = audit.Act("order erasure", "erasure", erasure.id, detail=detail)
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return erasure


def _stored(
    session: Session, order: Order, key: str, *, inquiry_id: int, user_id: int | None, at: datetime
) -> Erasure:
    erasure = Erasure(
        inquiry_id=inquiry_id,
        key=key,
        kind=order.kind,
        ground=order.ground,
        user_id=user_id,
        ordered_at=at,
    )
    session.add(erasure)
    session.flush()  # targets, job and event carry the id
    session.execute(
        insert(ErasureTarget), [{"erasure_id": erasure.id, **asdict(target)} for target in order.targets]
    )
    enqueue(
        session,
        JobName.ERASURE_ORDERED,
        {"erasure": erasure.id},
        at=at,
        inquiry_id=inquiry_id,
        requested_by=user_id,
    )
    return erasure


def ledger_entry(session: Session, erasure: Erasure) -> dict[str, Any]:
    """Return what the ledger keeps of an erasure: enough to do it again, and no word of it."""
    slug = session.scalar(select(Inquiry.slug).where(Inquiry.id == erasure.inquiry_id))
    return {
        "key": erasure.key,
        "inquiry": slug,
        "kind": erasure.kind,
        "ground": erasure.ground,
        "by": erasure.user_id,
        "at": erasure.ordered_at.isoformat(),
        "targets": [asdict(target) for target in targets_of(session, erasure.id)],
    }


def targets_of(session: Session, erasure_id: int) -> tuple[Target, ...]:
    """Return what an erasure names."""
    columns = (ErasureTarget.kind, ErasureTarget.record_id, ErasureTarget.reference)
    rows = session.execute(
        select(*columns, ErasureTarget.start, ErasureTarget.end)
        .where(ErasureTarget.erasure_id == erasure_id)
        .order_by(ErasureTarget.id)
    )
    return tuple(Target(*row) for row in rows)


def order_again(session: Session, entries: Sequence[dict[str, Any]], *, actor: Actor, at: datetime) -> int:
    """Order once more what the ledger knows and this database does not: it was restored from an older copy.

    Entries of inquiries that are not here are passed over. Returns how many erasures were ordered.
    """
    known = set(session.scalars(select(Erasure.key)))
    slugs = {row.slug: row.id for row in session.execute(select(Inquiry.slug, Inquiry.id))}
    users = set(session.scalars(select(User.id)))
    ordered = 0
    for entry in entries:
        inquiry_id = slugs.get(entry["inquiry"])
        if entry["key"] in known or inquiry_id is None:
            continue
        user_id = entry["by"] if entry["by"] in users else None
        order = Order(
            ErasureKind(entry["kind"]),
            ErasureGround(entry["ground"]),
            tuple(Target(**{**target, "kind": TargetKind(target["kind"])}) for target in entry["targets"]),
        )
        erasure = _stored(
            session,
            order,
            entry["key"],
            inquiry_id=inquiry_id,
            user_id=user_id,
            at=datetime.fromisoformat(entry["at"]),
        )
        act = audit.Act("order erasure again", "erasure", erasure.id, detail={"kind": order.kind})
        audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
        ordered += 1
    return ordered
