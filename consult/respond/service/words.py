"""Keeping words that were typed on a page opened earlier, beside those that came to stand meanwhile."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from consult.foundation.errors import NotFound, Refused
from consult.foundation.language import _
from consult.respond.drafting import (
    Choice,
    Outcome,
    Sitting,
    Words,
    Written,
    joined,
    mark_of,
    nothing_in,
    outcome_of,
)
from consult.respond.models import Draft, DraftVersion
from consult.respond.rules import VersionState

# Of words that a colleague replaced, per answer; those that wait for a choice are kept however many they are.
MOST_REPLACED = 50


class ChangedMeanwhile(Refused):
    """Other words stand than those somebody chose between."""


@dataclass(frozen=True)
class Wanted:
    """What somebody has chosen: between the words of a slot and a version of them that waits."""

    slot: str
    waiting_id: int
    choice: Choice


def keep(
    session: Session, draft: Draft, slot: str, was: Words, typed: Words, *, sitting: Sitting, at: datetime
) -> Outcome:
    """Decide what becomes of typed words and keep what does not stand; the caller writes what does.

    The draft is locked. `was` is what stands in this slot.
    """
    written = Written.read(draft.written.get(slot))
    outcome = outcome_of(was, typed, written, sitting)
    if outcome is Outcome.WAITING:
        return _set_waiting(session, draft.id, slot, typed, sitting=sitting, at=at)
    if outcome is Outcome.LATE:
        return outcome
    _forget_waiting(session, draft.id, slot, sitting.page)
    if outcome is Outcome.SAVED:
        if written and written.writer_id != sitting.writer_id and not nothing_in(was):
            _set_replaced(session, draft.id, slot, was, written)
        note_writer(draft, slot, sitting, at)
    return outcome


def note_writer(draft: Draft, slot: str, sitting: Sitting, at: datetime) -> None:
    """Remember who wrote what stands now."""
    now_written = Written(sitting.page, sitting.turn, sitting.writer_id, at)
    # A new dictionary: SQLAlchemy does not see a change within a JSON value.
    draft.written = {**draft.written, slot: now_written.as_kept()}


def choose(
    session: Session, draft: Draft, was: Words, wanted: Wanted, *, sitting: Sitting, at: datetime
) -> Words:
    """Return what is to stand after somebody has chosen between what does and a version that waits.

    What was not chosen stays readable until the evidence is sent. Raises NotFound for a version that waits no
    more, ChangedMeanwhile when other words stand than those the choice was between.
    """
    version = waiting(session, draft.id, wanted)
    if mark_of(was) != sitting.started_from:
        raise ChangedMeanwhile(_("This was changed again meanwhile. Look at both versions once more."))
    typed: Words = version.typed
    if wanted.choice is Choice.THEIRS:
        version.state = VersionState.REPLACED
        return was
    session.delete(version)
    if wanted.choice is Choice.BOTH and isinstance(was, str) and isinstance(typed, str):
        note_writer(draft, wanted.slot, sitting, at)
        return joined(was, typed)
    written = Written.read(draft.written.get(wanted.slot))
    if written and not nothing_in(was):
        _set_replaced(session, draft.id, wanted.slot, was, written)
    # As if its own page had saved it last, which may still be open.
    theirs = Sitting(version.page, "", version.turn, version.writer_id)
    note_writer(draft, wanted.slot, theirs, at)
    return typed


def waiting(session: Session, draft_id: int, wanted: Wanted) -> DraftVersion:
    """Return the version that waits to be chosen; NotFound when somebody has chosen already."""
    version = session.get(DraftVersion, wanted.waiting_id)
    expected = (draft_id, wanted.slot, VersionState.WAITING)
    if version is None or (version.draft_id, version.slot, version.state) != expected:
        raise NotFound(_("That version waits no longer: somebody has chosen already."))
    return version


def has_versions(session: Session, draft_id: int) -> bool:
    """Tell whether a draft has versions of words that do not stand."""
    return (
        session.scalar(select(DraftVersion.id).where(DraftVersion.draft_id == draft_id).limit(1)) is not None
    )


def erase(session: Session, draft_id: int) -> None:
    """Erase every version of a draft that was sent."""
    gone = delete(DraftVersion).where(DraftVersion.draft_id == draft_id)
    session.execute(gone.execution_options(synchronize_session=False))


def _set_waiting(
    session: Session, draft_id: int, slot: str, typed: Words, *, sitting: Sitting, at: datetime
) -> Outcome:
    version = session.scalar(
        select(DraftVersion).where(
            DraftVersion.draft_id == draft_id,
            DraftVersion.slot == slot,
            DraftVersion.page == sitting.page,
            DraftVersion.state == VersionState.WAITING,
        )
    )
    if version is None:
        version = DraftVersion(
            draft_id=draft_id,
            slot=slot,
            state=VersionState.WAITING,
            writer_id=sitting.writer_id,
            page=sitting.page,
            turn=sitting.turn,
        )
        session.add(version)
    elif sitting.turn < version.turn:
        return Outcome.LATE
    version.typed, version.turn, version.saved_at = _plain(typed), sitting.turn, at
    return Outcome.WAITING


def _set_replaced(session: Session, draft_id: int, slot: str, words: Words, written: Written) -> None:
    session.add(
        DraftVersion(
            draft_id=draft_id,
            slot=slot,
            state=VersionState.REPLACED,
            typed=_plain(words),
            writer_id=written.writer_id,
            page=written.page,
            turn=written.turn,
            saved_at=written.at,
        )
    )
    replaced = (
        DraftVersion.draft_id == draft_id,
        DraftVersion.slot == slot,
        DraftVersion.state == VersionState.REPLACED,
    )
    kept = select(DraftVersion.id).where(*replaced).order_by(DraftVersion.id.desc()).limit(MOST_REPLACED)
    session.flush()
    session.execute(
        delete(DraftVersion)
        .where(*replaced, DraftVersion.id.not_in(kept))
        .execution_options(synchronize_session=False)
    )


def _forget_waiting(session: Session, draft_id: int, slot: str, page: str) -> None:
    session.execute(
        delete(DraftVersion)
        .where(
            DraftVersion.draft_id == draft_id,
            DraftVersion.slot == slot,
            DraftVersion.page == page,
            DraftVersion.state == VersionState.WAITING,
        )
        .execution_options(synchronize_session=False)
    )


def _plain(words: Words) -> Any:
    return dict(words) if isinstance(words, Mapping) else words
