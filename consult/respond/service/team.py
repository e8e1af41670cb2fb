"""Verbs of drafting together: a lead shares a team code, colleagues write, the lead alone sends."""

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from consult.calls.models import Call
from consult.foundation import audit
from consult.foundation.errors import NotFound, Refused
from consult.foundation.language import _
from consult.foundation.security import Actor
from consult.respond.codes import hash_of, team_code_for
from consult.respond.models import Draft, DraftWriter, Reminder
from consult.respond.service.drafts import AlreadySent, locked

MOST_COLLEAGUES = 100


def share_draft(session: Session, draft_id: int, return_code: str, *, actor: Actor, at: datetime) -> str:
    """Make a team code and return it; of an earlier one, and of whoever came with it, nobody is let in.

    Raises AlreadySent, NotFound.
    """
    draft = _unsent(session, draft_id)
    draft.team_number += 1
    code = team_code_for(return_code, draft.team_number)
    draft.team_hash = hash_of(code)
    _record(session, draft, "share draft", actor=actor, at=at)
    return code


def stop_sharing(session: Session, draft_id: int, *, actor: Actor, at: datetime) -> None:
    """Let no colleague in any more; what they wrote stays. Raises AlreadySent, NotFound."""
    draft = _unsent(session, draft_id)
    draft.team_number, draft.team_hash = draft.team_number + 1, None
    _record(session, draft, "stop sharing draft", actor=actor, at=at)


def join_team(
    session: Session, team_code: str, name: str, key: str, *, actor: Actor, at: datetime
) -> tuple[int, int]:
    """Let somebody with a team code write under a name; return draft and writer. Only the key's hash is kept.

    Raises NotFound for a code that opens nothing any more, Refused when the team is full.
    """
    draft_id = session.scalar(select(Draft.id).where(Draft.team_hash == hash_of(team_code)))
    if draft_id is None:
        raise NotFound(_("This team code opens nothing. Ask whoever gave it to you for the newest one."))
    draft = locked(session, draft_id)
    count = select(func.count()).select_from(DraftWriter).where(DraftWriter.draft_id == draft_id)
    if (session.scalar(count) or 0) >= MOST_COLLEAGUES:
        raise Refused(_("This team is full. Ask whoever gave you the code."))
    writer = DraftWriter(
        draft_id=draft_id,
        name=name,
        key_hash=hash_of(key),
        team_number=draft.team_number,
        joined_at=at,
        slot_since=at,
        seen_at=at,
    )
    session.add(writer)
    session.flush()  # the id is returned
    _record(session, draft, "join draft", actor=actor, at=at)
    return draft_id, writer.id


def note_presence(session: Session, draft_id: int, writer_id: int | None, slot: str, *, at: datetime) -> None:
    """Remember which answer a writer has open and that they were heard of; no writer is the lead."""
    lead = (DraftWriter.draft_id == draft_id) & DraftWriter.key_hash.is_(None)
    writer = session.scalar(
        select(DraftWriter).where(lead if writer_id is None else DraftWriter.id == writer_id)
    )
    if writer is None:
        writer = DraftWriter(
            draft_id=draft_id, name="", team_number=0, joined_at=at, slot="", slot_since=at, seen_at=at
        )
        session.add(writer)
    if writer.slot != slot:
        writer.slot, writer.slot_since = slot, at
    writer.seen_at = at


def renew_code(session: Session, draft_id: int, new_code: str, *, actor: Actor, at: datetime) -> None:
    """Let a new return code open a draft, and the old one nothing. Raises AlreadySent, NotFound.

    Colleagues go on writing; the team code to give to others follows from the return code, so it is new too.
    """
    draft = _unsent(session, draft_id)
    draft.former_hash, draft.code_hash = draft.code_hash, hash_of(new_code)
    if draft.team_hash:
        draft.team_hash = hash_of(team_code_for(new_code, draft.team_number))
    carried = update(Reminder).where(Reminder.draft_id == draft.id, Reminder.return_code.is_not(None))
    session.execute(carried.values(return_code=new_code).execution_options(synchronize_session=False))
    _record(session, draft, "renew return code", actor=actor, at=at)


def leave_team(session: Session, writer_id: int, *, at: datetime) -> None:
    """Note that a colleague has nothing open any more."""
    gone = update(DraftWriter).where(DraftWriter.id == writer_id).values(slot="", slot_since=at, seen_at=at)
    session.execute(gone.execution_options(synchronize_session=False))


def _unsent(session: Session, draft_id: int) -> Draft:
    draft = locked(session, draft_id)
    if draft.submission_id is not None:
        raise AlreadySent(_("This evidence has been sent already."))
    return draft


def _record(session: Session, draft: Draft, verb: str, *, actor: Actor, at: datetime) -> None:
    inquiry_id = session.scalars(select(Call.inquiry_id).where(Call.id == draft.call_id)).one()
    audit.record(session, audit.Act(verb, "draft", draft.id), inquiry_id=inquiry_id, actor=actor, at=at)
