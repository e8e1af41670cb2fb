"""What is out: always what was published, less whatever may no longer be read; never more."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from consult.calls.models import Place, RespondentType
from consult.evidence.models import Respondent, SourceText, Submission
from consult.evidence.queries import who
from consult.evidence.rules import PublicationChoice
from consult.foundation.language import ENGLISH, Words, in_language
from consult.publication.models import (
    PublicationWithdrawal,
    PublishedPart,
    PublishedSubmission,
    PublishedWords,
    WithheldSpan,
)
from consult.publication.queries.withholding import readable, readable_text, touches_withheld, withheld_spans
from consult.publication.rules import Clearance, Run, Withheld, folded_words, shown

ENTRIES_A_PAGE = 20
OPENING_CHARACTERS = 240


@dataclass(frozen=True)
class Wanted:
    """What a reader asked for; `conditions` come from rooms above that know of more to filter by."""

    words: str = ""
    respondent_type: str = ""
    place: str = ""
    conditions: tuple[ColumnElement[bool], ...] = ()


@dataclass(frozen=True)
class PublicEntry:
    """A published submission in a list."""

    reference: str
    who: str
    respondent_type: str | None
    place: str | None
    at: datetime
    version: int
    opening: Words


@dataclass(frozen=True)
class PublicParagraph:
    """A numbered paragraph as readers outside see it."""

    number: int
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class PublicPart:
    """A question with what of its answer is out; without a question, a document that came along."""

    question: str
    number: int | None
    language: str
    lines: tuple[str, ...] = ()
    paragraphs: tuple[PublicParagraph, ...] = ()


@dataclass(frozen=True)
class PublicEvidence:
    """A published submission whole."""

    reference: str
    title: str
    who: str
    call: str
    respondent_type: str | None
    place: str | None
    language: str
    held_back: bool
    parts: tuple[PublicPart, ...] = field(repr=False)
    # Of a preview nothing is known yet.
    first_at: datetime | None = None
    at: datetime | None = None
    version: int = 0
    # Whether words went out with this version that are withheld by now.
    removed_since: bool = False


def is_latest() -> ColumnElement[bool]:
    """Hold for the newest published version of each submission."""
    later = aliased(PublishedSubmission)
    return ~exists().where(
        later.submission_id == PublishedSubmission.submission_id, later.version > PublishedSubmission.version
    )


def not_taken_back() -> ColumnElement[bool]:
    """Hold for published versions that nobody has taken off the public pages."""
    return ~exists().where(PublicationWithdrawal.published_id == PublishedSubmission.id)


def on_show() -> list[ColumnElement[bool]]:
    """Return what holds for submissions that readers outside may open; needs both tables in the statement."""
    return [
        PublishedSubmission.submission_id == Submission.id,
        is_latest(),
        not_taken_back(),
        readable(Clearance.PUBLIC),
        # Who no longer agrees to be named may be named in the words too: somebody looks before they are out.
        or_(PublishedSubmission.named.is_(False), Submission.publication == PublicationChoice.WITH_NAME),
    ]


def texts_on_show() -> Select[int]:
    """Select the ids of the texts that readers outside may open, of any inquiry."""
    return (
        select(SourceText.id)
        .join(PublishedPart, PublishedPart.source_text_id == SourceText.id)
        .join(PublishedSubmission, PublishedSubmission.id == PublishedPart.published_id)
        .join(Submission, Submission.id == SourceText.submission_id)
        .where(*on_show(), readable_text(Clearance.PUBLIC))
    )


def spans_kept_back(text_id: Any, start: Any, end: Any) -> ColumnElement[bool]:
    """Hold for spans, given by three columns, of which the public pages withhold a word."""
    frozen = (
        select(WithheldSpan.id)
        .join(PublishedSubmission, PublishedSubmission.id == WithheldSpan.published_id)
        .where(
            is_latest(),
            WithheldSpan.source_text_id == text_id,
            WithheldSpan.start < end,
            WithheldSpan.end > start,
        )
    )
    return or_(touches_withheld(text_id, start, end), frozen.exists())


def public_spans(session: Session, source_text_ids: Collection[int]) -> dict[int, list[Withheld]]:
    """Return the spans that the public pages withhold: those that did not go out, and those decided since.

    Every text that is on show has an entry, no other has.
    """
    out = session.scalars(texts_on_show().where(SourceText.id.in_(source_text_ids))).all()
    found = {text_id: list[Withheld]() for text_id in out}
    for text_id, spans in withheld_spans(session, out, Clearance.PUBLIC).items():
        found[text_id] += spans
    frozen = (
        select(WithheldSpan.source_text_id, WithheldSpan.start, WithheldSpan.end, WithheldSpan.ground)
        .join(PublishedSubmission, PublishedSubmission.id == WithheldSpan.published_id)
        .where(is_latest(), WithheldSpan.source_text_id.in_(out))
    )
    for text_id, start, end, ground in session.execute(frozen):
        found[text_id].append(Withheld(start, end, ground))
    return found


def public_entries(
    session: Session, inquiry_id: int, wanted: Wanted, page: int
) -> tuple[list[PublicEntry], int]:
    """Return a page of what is published, the newest reference last, and how many there are in all."""
    conditions = [*on_show(), Submission.inquiry_id == inquiry_id, *_conditions(inquiry_id, wanted)]
    count = session.scalar(
        select(func.count(Submission.id)).select_from(Submission).join(PublishedSubmission, conditions[0])
        .where(*conditions[1:])
    )  # fmt: skip
    rows = (
        _entries().where(*conditions).order_by(Submission.id)
        .limit(ENTRIES_A_PAGE).offset((page - 1) * ENTRIES_A_PAGE)
    )  # fmt: skip
    return _with_openings(session, session.execute(rows).all()), count or 0


def newest_entries(session: Session, inquiry_id: int, limit: int) -> list[PublicEntry]:
    """Return what went out last, for a feed."""
    rows = _entries().where(*on_show(), Submission.inquiry_id == inquiry_id)
    newest = rows.order_by(PublishedSubmission.id.desc()).limit(limit)
    return _with_openings(session, session.execute(newest).all())


def _entries() -> Any:
    return (
        select(
            Submission.id,
            Submission.reference,
            Submission.publication,
            Submission.language,
            PublishedSubmission.named,
            Respondent.name,
            Respondent.organisation,
            RespondentType,
            Place,
            PublishedSubmission.at,
            PublishedSubmission.version,
        )
        .select_from(Submission)
        .join(PublishedSubmission, PublishedSubmission.submission_id == Submission.id)
        .join(Respondent, Respondent.id == Submission.respondent_id)
        .outerjoin(RespondentType, RespondentType.id == Submission.respondent_type_id)
        .outerjoin(Place, Place.id == Submission.place_id)
    )


def _conditions(inquiry_id: int, wanted: Wanted) -> list[ColumnElement[bool]]:
    found = list(wanted.conditions)
    for model, slug, key in (
        (RespondentType, wanted.respondent_type, Submission.respondent_type_id),
        (Place, wanted.place, Submission.place_id),
    ):
        if slug:
            named = select(model.id).where(model.inquiry_id == inquiry_id, model.slug == slug)
            found.append(key == named.scalar_subquery())
    words = folded_words(wanted.words)
    if words:
        found.append(Submission.id.in_(_speaking_of(words, whole=wanted.words.strip().startswith('"'))))
    return found


def _speaking_of(words: list[str], *, whole: bool) -> Select[int]:
    """Select the submissions that hold the words in what is out: each of them, or in quotes all together."""
    terms = [" ".join(words)] if whole else words
    held = [PublishedWords.words.contains(f" {term} ", autoescape=True) for term in terms]
    return (
        select(SourceText.submission_id)
        .join(PublishedWords, PublishedWords.source_text_id == SourceText.id)
        .where(*held, SourceText.id.in_(texts_on_show()))
    )


def name_shown(named: bool, choice: PublicationChoice, name: str, organisation: str) -> str:  # noqa: FBT001  # a fact
    """Return who readers outside are told that evidence is from; nothing where they are not told."""
    agreed = named and choice is PublicationChoice.WITH_NAME
    return who(name, organisation) if agreed and (name or organisation) else ""


def _with_openings(session: Session, rows: Sequence[Any]) -> list[PublicEntry]:
    openings = _openings(session, [row.id for row in rows])
    return [
        PublicEntry(
            reference=row.reference,
            # What people call themselves is in the language in which they wrote.
            who=Words(name_shown(row.named, row.publication, row.name, row.organisation), row.language),
            respondent_type=in_language(row.RespondentType, "name") if row.RespondentType else None,
            place=in_language(row.Place, "name") if row.Place else None,
            at=row.at,
            version=row.version,
            opening=openings.get(row.id, Words("", ENGLISH)),
        )
        for row in rows
    ]


def _openings(session: Session, submission_ids: Sequence[int]) -> dict[int, Words]:
    """Return the first words of each submission, as readers outside have them."""
    texts = (
        select(SourceText.submission_id, SourceText.id, SourceText.body, SourceText.language)
        .where(SourceText.submission_id.in_(submission_ids), SourceText.id.in_(texts_on_show()))
        .order_by(SourceText.submission_id, SourceText.position.desc())
    )
    firsts = {row.submission_id: row for row in session.execute(texts)}
    withheld = public_spans(session, [row.id for row in firsts.values()])
    found = {}
    for submission_id, row in firsts.items():
        words = "".join(run.words for run in shown(row.body, withheld.get(row.id, ())))
        line = " ".join(words[: OPENING_CHARACTERS * 2].split())
        cut = len(line) > OPENING_CHARACTERS
        line = line[:OPENING_CHARACTERS].rsplit(" ", 1)[0] + " …" if cut else line
        found[submission_id] = Words(line, row.language)
    return found
