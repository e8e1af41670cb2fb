"""Reads about themes and the codes they gather."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.codebook.models import Code, Codebook
from consult.codebook.rules import CodeState
from consult.foundation.errors import NotFound
from consult.themes.models import Theme, ThemeCode


@dataclass(frozen=True)
class CodeRow:
    """A code as a theme shows it."""

    id: int
    slug: str
    name: str
    definition: str
    parent_id: int | None
    retired: bool


def theme_by_slug(session: Session, inquiry_id: int, slug: str) -> Theme:
    """Return a theme; NotFound for any that is not of this inquiry."""
    theme = session.scalar(select(Theme).where(Theme.inquiry_id == inquiry_id, Theme.slug == slug))
    if theme is None:
        raise NotFound("There is no such theme in this inquiry.")
    return theme


def themes_of(session: Session, inquiry_id: int) -> list[Theme]:
    """Return an inquiry's themes in order."""
    themes = select(Theme).where(Theme.inquiry_id == inquiry_id)
    return list(session.scalars(themes.order_by(Theme.position, Theme.id)))


def codes_in_order(session: Session, inquiry_id: int) -> list[CodeRow]:
    """Return an inquiry's codes, each parent before its children."""
    codes = (
        select(Code.id, Code.slug, Code.name, Code.definition, Code.parent_id, Code.state)
        .join(Codebook, Codebook.id == Code.codebook_id)
        .where(Codebook.inquiry_id == inquiry_id)
        .order_by(Code.position, Code.id)
    )
    rows = [
        CodeRow(r.id, r.slug, r.name, r.definition, r.parent_id, r.state is CodeState.RETIRED)
        for r in session.execute(codes)
    ]
    return families(rows)


def families(rows: Sequence[CodeRow]) -> list[CodeRow]:
    """Return rows with each parent before its children, otherwise in the order given."""
    children: dict[int | None, list[CodeRow]] = {}
    for row in rows:
        children.setdefault(row.parent_id, []).append(row)

    def below(parent_id: int | None) -> list[CodeRow]:
        return [r for row in children.get(parent_id, []) for r in (row, *below(row.id))]

    return below(None)


def gathered(session: Session, inquiry_id: int) -> dict[int, frozenset[int]]:
    """Return the ids of the codes that each theme of an inquiry gathers."""
    pairs = (
        select(ThemeCode.theme_id, ThemeCode.code_id)
        .join(Theme, Theme.id == ThemeCode.theme_id)
        .where(Theme.inquiry_id == inquiry_id)
    )
    found: dict[int, set[int]] = {}
    for theme_id, code_id in session.execute(pairs):
        found.setdefault(theme_id, set()).add(code_id)
    return {theme_id: frozenset(codes) for theme_id, codes in found.items()}
