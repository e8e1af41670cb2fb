"""Verbs that change themes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from consult.calls.rules import free_slug, is_slug, slug_of
from consult.codebook.models import Code, Codebook
from consult.evidence.rules import storable
from consult.foundation import audit
from consult.foundation.errors import BadInput
from consult.foundation.jobs.models import Job
from consult.foundation.jobs.names import JobName
from consult.foundation.jobs.queue import enqueue, waiting_job
from consult.foundation.security import Actor
from consult.themes import queries
from consult.themes.models import SuggestedQuote, Theme, ThemeCode
from consult.themes.rules import RESERVED, QuoteKind, checked_title


def make_theme(  # noqa: PLR0913  # a row's values, by keyword
    session: Session,
    *,
    inquiry_id: int,
    slug: str | None,
    title: str,
    description: str,
    code_ids: Collection[int],
    position: int | None,
    actor: Actor,
    at: datetime,
) -> Theme:
    """Add a theme that gathers codes; BadInput for a taken slug or a code of another inquiry.

    Without a slug one is made from the title; without a position the theme comes last.
    """
    title = checked_title(storable(title))
    theme = Theme(
        inquiry_id=inquiry_id,
        slug=_slug_for(session, inquiry_id, slug, title),
        title=title,
        description=storable(description.strip()),
        position=_last_position(session, inquiry_id) + 1 if position is None else position,
        created_at=at,
    )
    session.add(theme)
    session.flush()  # the codes and the audit event name the new id
    gathered = _gather(session, theme, code_ids)
    act = audit.Act("make theme", "theme", theme.id, detail={"title": title, "codes": gathered})
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return theme


def edit_theme(
    session: Session,
    slug: str,
    *,
    inquiry_id: int,
    title: str,
    description: str,
    code_ids: Collection[int],
    actor: Actor,
    at: datetime,
) -> Theme:
    """Change a theme's words and codes; its address stays, so that links to it hold."""
    theme = queries.theme_by_slug(session, inquiry_id, slug)
    theme.title = checked_title(storable(title))
    theme.description = storable(description.strip())
    gathered = _gather(session, theme, code_ids)
    act = audit.Act("edit theme", "theme", theme.id, detail={"title": theme.title, "codes": gathered})
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return theme


@dataclass(frozen=True)
class NewQuote:
    """A passage suggested for a theme, and why."""

    passage_id: int
    kind: QuoteKind
    why: str


def want_quotes(session: Session, *, inquiry_id: int, actor: Actor, at: datetime) -> Job:
    """Ask the machine to suggest quotes for every theme; asking twice is asking once."""
    waiting = waiting_job(session, JobName.QUOTES_WANTED, inquiry_id)
    return waiting or enqueue(
        session, JobName.QUOTES_WANTED, {}, at=at, inquiry_id=inquiry_id, requested_by=actor.user_id
    )


def record_quotes(session: Session, theme_id: int, chosen: Sequence[NewQuote], *, at: datetime) -> int:
    """Keep what is suggested for a theme in the place of what was; it cites nothing: a person does."""
    session.execute(delete(SuggestedQuote).where(SuggestedQuote.theme_id == theme_id))
    rows = [
        {"theme_id": theme_id, "place": place, "at": at, **vars(quote)}
        for place, quote in enumerate(chosen, start=1)
    ]
    if rows:
        session.execute(insert(SuggestedQuote), rows)
    return len(rows)


def _slug_for(session: Session, inquiry_id: int, slug: str | None, title: str) -> str:
    taken = set(session.scalars(select(Theme.slug).where(Theme.inquiry_id == inquiry_id)))
    if slug is None:
        return free_slug(slug_of(title), taken | RESERVED)
    if not is_slug(slug) or slug in RESERVED:
        raise BadInput(f"“{slug}” cannot be a theme's address. Use small letters, digits and hyphens.")
    if slug in taken:
        raise BadInput(f"There is already a theme “{slug}”. Choose another address.")
    return slug


def _last_position(session: Session, inquiry_id: int) -> int:
    last = select(func.max(Theme.position)).where(Theme.inquiry_id == inquiry_id)
    return session.scalar(last) or 0


def _gather(session: Session, theme: Theme, code_ids: Collection[int]) -> list[str]:
    """Replace a theme's codes and return their slugs."""
    wanted = set(code_ids)
    mine = select(Code.id, Code.slug).join(Codebook).where(Codebook.inquiry_id == theme.inquiry_id)
    codes = {row.id: row.slug for row in session.execute(mine.where(Code.id.in_(wanted)))}
    if len(codes) < len(wanted):
        raise BadInput("One of the codes does not exist in this inquiry. Choose again.")
    session.execute(delete(ThemeCode).where(ThemeCode.theme_id == theme.id))
    if codes:
        rows = [{"theme_id": theme.id, "code_id": code_id} for code_id in sorted(codes)]
        session.execute(insert(ThemeCode), rows)
    return sorted(codes.values())
