"""Verbs that make an inquiry and its closed lists: phases, places and respondent types."""

from datetime import datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.calls.models import Inquiry, Phase, Place, RespondentType
from consult.calls.postcodes import entries_in, problem_of_entries
from consult.calls.rules import (
    LONGEST_NAME,
    LONGEST_PROSE,
    LONGEST_TITLE,
    PREFIX,
    free_slug,
    is_key,
    is_slug,
    is_storable,
    prefix_of,
    slug_of,
)
from consult.foundation import audit
from consult.foundation.errors import BadInput, NotFound
from consult.foundation.security import Actor

Entry = TypeVar("Entry", Phase, Place, RespondentType)
KIND: dict[type, str] = {Phase: "phase", Place: "place", RespondentType: "respondent type"}


def create_inquiry(
    session: Session,
    *,
    slug: str,
    title: str,
    reference_prefix: str = "",
    description: str = "",
    actor: Actor,
    at: datetime,
) -> Inquiry:
    """Make an inquiry; without a prefix the first three letters of the slug begin its references."""
    title, prefix = title.strip(), reference_prefix.strip() or prefix_of(slug)
    problems = _problems_of_inquiry(slug, title, prefix, description)
    if problems:
        raise BadInput(" ".join(problems))
    if session.scalar(select(Inquiry.id).where(Inquiry.slug == slug)):
        raise BadInput(f"There is already an inquiry “{slug}”. Choose another slug.")
    inquiry = Inquiry(
        slug=slug, title=title, reference_prefix=prefix, description=description.strip(), created_at=at
    )
    session.add(inquiry)
    session.flush()  # the audit event names the new id
    act = audit.Act("create inquiry", "inquiry", inquiry.id, detail={"slug": slug, "title": title})
    audit.record(session, act, inquiry_id=inquiry.id, actor=actor, at=at)
    return inquiry


def add_phase(
    session: Session, title: str, *, inquiry_id: int, slug: str = "", actor: Actor, at: datetime
) -> Phase:
    """Add a phase as the last; BadInput when its title is empty or there already."""
    return _add(session, Phase, title, slug, inquiry_id=inquiry_id, actor=actor, at=at)


def add_place(
    session: Session, name: str, *, inquiry_id: int, slug: str = "", actor: Actor, at: datetime
) -> Place:
    """Add a place as the last; BadInput when its name is empty or there already."""
    return _add(session, Place, name, slug, inquiry_id=inquiry_id, actor=actor, at=at)


def add_respondent_type(
    session: Session, name: str, *, inquiry_id: int, slug: str = "", actor: Actor, at: datetime
) -> RespondentType:
    """Add a respondent type as the last; BadInput when its name is empty or there already."""
    return _add(session, RespondentType, name, slug, inquiry_id=inquiry_id, actor=actor, at=at)


def rename_phase(
    session: Session, phase_id: int, title: str, *, inquiry_id: int, actor: Actor, at: datetime
) -> Phase:
    """Give a phase another title; its slug, and what hangs on it, stay."""
    return _rename(session, Phase, phase_id, title, inquiry_id=inquiry_id, actor=actor, at=at)


def rename_place(
    session: Session, place_id: int, name: str, *, inquiry_id: int, actor: Actor, at: datetime
) -> Place:
    """Give a place another name; its slug, and what hangs on it, stay."""
    return _rename(session, Place, place_id, name, inquiry_id=inquiry_id, actor=actor, at=at)


def rename_respondent_type(
    session: Session, respondent_type_id: int, name: str, *, inquiry_id: int, actor: Actor, at: datetime
) -> RespondentType:
    """Give a respondent type another name; its slug, and what hangs on it, stay."""
    return _rename(
        session, RespondentType, respondent_type_id, name, inquiry_id=inquiry_id, actor=actor, at=at
    )


def set_postcodes(
    session: Session, place_id: int, typed: str, *, inquiry_id: int, actor: Actor, at: datetime
) -> Place:
    """Say which postcode areas and districts lie in a place; BadInput when one is none, or lies elsewhere."""
    places = _entries(session, Place, inquiry_id)
    place = next((place for place in places if place.id == place_id), None)
    if place is None:
        raise NotFound("There is no such place in this inquiry.")
    entries = entries_in(typed)
    problem = problem_of_entries(entries, {p.name: p.postcodes for p in places if p.id != place_id})
    if problem:
        raise BadInput(problem)
    was = place.postcodes
    if entries != was:
        place.postcodes = entries
        act = audit.Act("set postcodes", "place", place_id, detail={"was": was, "is": entries})
        audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return place


def _problems_of_inquiry(slug: str, title: str, prefix: str, description: str) -> list[str]:
    checks = {
        f"“{slug}” cannot stand in an address: use small letters, digits and single hyphens.": is_slug(slug),
        f"The title needs 1 to {LONGEST_TITLE} characters.": 0 < len(title) <= LONGEST_TITLE,
        f"“{prefix}” cannot begin references: use 1 to 8 capitals or digits, a capital first.": bool(
            PREFIX.fullmatch(prefix)
        ),
        f"Shorten the description to {LONGEST_PROSE:,} characters.": len(description) <= LONGEST_PROSE,
        "The text holds characters that cannot be stored.": is_storable(title + description),
    }
    return [problem for problem, fine in checks.items() if not fine]


def _add(
    session: Session,
    model: type[Entry],
    words: str,
    slug: str,
    *,
    inquiry_id: int,
    actor: Actor,
    at: datetime,
) -> Entry:
    entries = _entries(session, model, inquiry_id)
    words = _checked(words, [_words(entry) for entry in entries])
    taken = {entry.slug for entry in entries}
    if slug and (not is_key(slug) or slug in taken):
        raise BadInput(f"“{slug}” is taken or cannot be used: choose another, of small letters and digits.")
    entry = model(
        inquiry_id=inquiry_id,
        slug=slug or free_slug(slug_of(words), taken),
        position=max((entry.position for entry in entries), default=0) + 1,
    )
    _set_words(entry, words)
    session.add(entry)
    session.flush()  # the audit event names the new id
    act = audit.Act(f"add {KIND[model]}", KIND[model], entry.id, detail={"name": words, "slug": entry.slug})
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return entry


def _rename(
    session: Session,
    model: type[Entry],
    entry_id: int,
    words: str,
    *,
    inquiry_id: int,
    actor: Actor,
    at: datetime,
) -> Entry:
    entries = _entries(session, model, inquiry_id)
    entry = next((entry for entry in entries if entry.id == entry_id), None)
    if entry is None:
        raise NotFound(f"There is no such {KIND[model]} in this inquiry.")
    words = _checked(words, [_words(other) for other in entries if other.id != entry_id])
    was = _words(entry)
    if words == was:
        return entry
    _set_words(entry, words)
    act = audit.Act(f"rename {KIND[model]}", KIND[model], entry_id, detail={"was": was, "is": words})
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return entry


def _entries(session: Session, model: type[Entry], inquiry_id: int) -> list[Entry]:
    """Return a list as it stands; names and positions are read before they are written, so it is held."""
    if session.scalar(select(Inquiry.id).where(Inquiry.id == inquiry_id).with_for_update()) is None:
        raise NotFound("There is no such inquiry.")
    return list(session.scalars(select(model).where(model.inquiry_id == inquiry_id)))


def _checked(words: str, others: list[str]) -> str:
    words = " ".join(words.split())
    if not 0 < len(words) <= LONGEST_NAME or not is_storable(words):
        raise BadInput(f"Give a name of 1 to {LONGEST_NAME} characters.")
    if words.casefold() in {other.casefold() for other in others}:
        raise BadInput(f"“{words}” is already in the list.")
    return words


def _words(entry: Phase | Place | RespondentType) -> str:
    return entry.title if isinstance(entry, Phase) else entry.name


def _set_words(entry: Phase | Place | RespondentType, words: str) -> None:
    if isinstance(entry, Phase):
        entry.title = words
    else:
        entry.name = words
