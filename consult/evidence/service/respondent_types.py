"""Respondent types that arrive with imported evidence."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from consult.calls.models import RespondentType
from consult.calls.queries import respondent_types_of
from consult.calls.rules import free_slug, slug_of
from consult.foundation import audit
from consult.foundation.security import Actor


def missing_types(session: Session, names: Iterable[str], inquiry_id: int) -> list[str]:
    """Return the names that no respondent type of the inquiry has, in order, each once."""
    known = types_by_name(session, inquiry_id)
    return list(dict.fromkeys(name for name in names if name and known_type(known, name) is None))


def known_type(known: Mapping[str, int], name: str) -> int | None:
    """Return the id under a name or an address, whatever its capitals."""
    return known.get(name.casefold())


def types_by_name(session: Session, inquiry_id: int) -> dict[str, int]:
    """Return the ids of an inquiry's respondent types by name and, where no name is the same, by address."""
    types = respondent_types_of(session, inquiry_id)
    return {each.slug: each.id for each in types} | {each.name.casefold(): each.id for each in types}


def add_missing_types(
    session: Session, names: Iterable[str], *, inquiry_id: int, actor: Actor, at: datetime
) -> list[str]:
    """Add the respondent types that are missing, after those there are; return their names."""
    missing = missing_types(session, names, inquiry_id)
    if not missing:
        return []
    taken = {each.slug for each in respondent_types_of(session, inquiry_id)}
    last = session.scalar(
        select(func.max(RespondentType.position)).where(RespondentType.inquiry_id == inquiry_id)
    )
    rows = []
    for position, name in enumerate(missing, (last or 0) + 1):
        slug = free_slug(slug_of(name), taken)
        taken.add(slug)
        rows.append({"inquiry_id": inquiry_id, "name": name, "slug": slug, "position": position})
    session.execute(insert(RespondentType), rows)
    act = audit.Act("add respondent types", "inquiry", inquiry_id, detail={"names": missing})
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return missing
