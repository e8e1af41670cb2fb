"""Reads of what a draft keeps beside the words that stand."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.respond.drafting import Words
from consult.respond.models import DraftVersion, DraftWriter
from consult.respond.rules import VersionState


@dataclass(frozen=True)
class VersionHeld:
    """Words that do not stand, and whose they are; no writer is the lead."""

    id: int
    typed: Words
    writer_id: int | None
    saved_at: datetime


def waiting_in(session: Session, draft_id: int, slot: str) -> list[VersionHeld]:
    """Return the versions of a slot that wait, the oldest first."""
    return versions_in(session, draft_id, slot, VersionState.WAITING)


def replaced_in(session: Session, draft_id: int, slot: str) -> list[VersionHeld]:
    """Return the versions of a slot that others replaced, the newest first."""
    return versions_in(session, draft_id, slot, VersionState.REPLACED)[::-1]


def versions_in(session: Session, draft_id: int, slot: str, state: VersionState) -> list[VersionHeld]:
    """Return the versions of a slot in one state, the oldest first."""
    found = session.scalars(
        select(DraftVersion)
        .where(DraftVersion.draft_id == draft_id, DraftVersion.slot == slot, DraftVersion.state == state)
        .order_by(DraftVersion.id)
    )
    return [VersionHeld(each.id, each.typed, each.writer_id, each.saved_at) for each in found]


def names_of_writers(session: Session, draft_id: int) -> dict[int, str]:
    """Return who writes in a draft, by id."""
    found = select(DraftWriter.id, DraftWriter.name).where(DraftWriter.draft_id == draft_id)
    return {row.id: row.name for row in session.execute(found)}
