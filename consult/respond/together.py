"""Who wrote what in a draft that several share, in sentences for its pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from consult.foundation.language import _
from consult.foundation.web import LONDON, as_time
from consult.respond.answers import Asked
from consult.respond.drafting import Words, Written, slot_of_question
from consult.respond.fields import answer_in_words
from consult.respond.queries_team import Present, present_in
from consult.respond.queries_versions import names_of_writers, replaced_in
from consult.respond.visit import Visit


@dataclass(frozen=True)
class EarlierWords:
    """Words that a colleague replaced."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Together:
    """What stands beside a question that several may answer."""

    by: str
    present: tuple[str, ...]
    earlier: tuple[EarlierWords, ...]


def together_on(session: Session, visit: Visit, asked: Asked, *, at: datetime) -> Together | None:
    """Return who wrote an answer, who has it open and what stood before; None of a draft never shared."""
    draft = visit.started
    if not draft.team_number:
        return None
    names, slot = names_of_writers(session, draft.id), slot_of_question(asked.slug)
    present = present_in(session, draft.id, visit.writer_id, at=at)
    return Together(
        by=by_whom(visit, names, slot),
        present=tuple(presence(each) for each in present if each.slot == slot),
        earlier=tuple(
            EarlierWords(whose(visit, names, each.writer_id, each.saved_at), lines_of(asked, each.typed))
            for each in replaced_in(session, draft.id, slot)
        ),
    )


def by_whom(visit: Visit, names: Mapping[int, str], slot: str) -> str:
    """Return who wrote what stands, or nothing."""
    written = Written.read(visit.started.written.get(slot))
    return whose(visit, names, written.writer_id, written.at) if written else ""


def whose(visit: Visit, names: Mapping[int, str], writer_id: int | None, at: datetime) -> str:
    """Return whose words these are and when they were kept."""
    if not visit.started.team_number:
        return _("Kept on %(when)s", when=as_time(at))
    if writer_id == visit.writer_id:
        return _("By you, kept on %(when)s", when=as_time(at))
    who = _("the person who leads") if writer_id is None else names.get(writer_id, _("a colleague"))
    return _("By %(who)s, kept on %(when)s", who=who, when=as_time(at))


def presence(present: Present) -> str:
    """Return that somebody has an answer open."""
    clock = f"{present.since.astimezone(LONDON):%H:%M}"
    if not present.name:
        return _("The person who leads is writing here since %(time)s.", time=clock)
    return _("%(name)s is writing here since %(time)s.", name=present.name, time=clock)


def lines_of(asked: Asked, words: Words) -> tuple[str, ...]:
    """Return an answer in lines."""
    return () if isinstance(words, Mapping) else tuple(answer_in_words(asked, words))
