"""Reads of drafting together: who may write, who writes where, who wrote what."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.calls.models import Call, Inquiry
from consult.evidence.models import Submission
from consult.respond.codes import hash_of
from consult.respond.models import Draft, DraftWriter
from consult.respond.queries import DraftHeld, as_held

# Longer than anybody pauses in the middle of an answer, shorter than lunch.
PRESENT_FOR = timedelta(minutes=15)


@dataclass(frozen=True)
class WriterHeld:
    """A colleague who writes in a draft."""

    id: int
    name: str
    draft_id: int


@dataclass(frozen=True)
class Colleague:
    """A colleague as the lead sees them."""

    name: str
    joined_at: datetime
    seen_at: datetime
    is_admitted: bool


@dataclass(frozen=True)
class Present:
    """Somebody who has an answer open; no name is the lead."""

    slot: str
    name: str
    since: datetime


def slugs_for_team_code(session: Session, team_code: str) -> tuple[str, str] | None:
    """Return inquiry and call of the draft that a team code opens."""
    row = session.execute(
        select(Inquiry.slug, Call.slug)
        .join(Call, Call.inquiry_id == Inquiry.id)
        .join(Draft, Draft.call_id == Call.id)
        .where(Draft.team_hash == hash_of(team_code))
    ).one_or_none()
    return (row[0], row[1]) if row else None


def writer_by_key(session: Session, call_id: int, key: str) -> tuple[WriterHeld, DraftHeld] | None:
    """Return the colleague of a key and the draft, unless the lead has shut them out."""
    row = session.execute(
        select(DraftWriter, Draft)
        .join(Draft, Draft.id == DraftWriter.draft_id)
        .where(
            DraftWriter.key_hash == hash_of(key),
            Draft.call_id == call_id,
            DraftWriter.team_number == Draft.team_number,
        )
    ).one_or_none()
    if row is None:
        return None
    writer, draft = row
    return WriterHeld(writer.id, writer.name, draft.id), as_held(session, draft)


def colleagues_of(session: Session, draft_id: int) -> list[Colleague]:
    """Return who came with a team code, in the order in which they came."""
    found = session.execute(
        select(DraftWriter, Draft.team_number)
        .join(Draft, Draft.id == DraftWriter.draft_id)
        .where(DraftWriter.draft_id == draft_id, DraftWriter.key_hash.is_not(None))
        .order_by(DraftWriter.id)
    )
    return [
        Colleague(writer.name, writer.joined_at, writer.seen_at, writer.team_number == number)
        for writer, number in found
    ]


def present_in(session: Session, draft_id: int, but: int | None, *, at: datetime) -> list[Present]:
    """Return who has an answer open, without whoever asks; no id is the lead."""
    myself = DraftWriter.key_hash.is_(None) if but is None else DraftWriter.id == but
    found = session.scalars(
        select(DraftWriter)
        .where(
            DraftWriter.draft_id == draft_id,
            ~myself,
            DraftWriter.slot != "",
            DraftWriter.seen_at > at - PRESENT_FOR,
        )
        .order_by(DraftWriter.slot_since, DraftWriter.id)
    )
    return [Present(writer.slot, writer.name, writer.slot_since) for writer in found]


def sent_at(session: Session, submission_id: int) -> datetime:
    """Return when a draft was sent."""
    return session.scalars(select(Submission.sent_at).where(Submission.id == submission_id)).one()
