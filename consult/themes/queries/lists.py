"""The lists behind figures, a page at a time by keyset, and the quotes that stand under a code."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Row, Select, Subquery, and_, func, select, tuple_
from sqlalchemy.orm import Session

from consult.calls.models import Place, RespondentType
from consult.codebook.models import Code
from consult.coding.models import Coding
from consult.evidence.models import Answer, Passage, Respondent, SourceText, Submission
from consult.evidence.models_documents import Attachment
from consult.evidence.queries import passage_stands
from consult.evidence.rules import PublicationChoice
from consult.foundation.errors import NotFound
from consult.publication.queries import touches_withheld
from consult.publication.rules import closer
from consult.themes.queries.selected import (
    coding_conditions,
    passages_in,
    respondents_in,
    submission_conditions,
    submissions_in,
)
from consult.themes.rules import Selection, Unit

PAGE_LENGTH = 50
QUOTES_PER_CODE = 3
Item = TypeVar("Item")
SELECTS = {
    Unit.PASSAGES: passages_in,
    Unit.SUBMISSIONS: submissions_in,
    Unit.RESPONDENTS: respondents_in,
}


@dataclass(frozen=True)
class Quote:
    """A passage's words with everything needed to cite them."""

    passage_id: int
    quote: str
    # False when the words no longer stand in the source text; then they must not be shown as a quote.
    exact: bool
    language: str
    reference: str
    paragraph: int
    respondent_type: str
    place: str
    publication: PublicationChoice
    # Readers outside may not have every word of it.
    part_withheld: bool
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class SubmissionRow:
    """A submission in a list."""

    id: int
    reference: str
    title: str
    name: str
    respondent_type: str
    place: str
    publication: PublicationChoice


@dataclass(frozen=True)
class RespondentRow:
    """A respondent in a list with the references of what they sent within the selection."""

    id: int
    name: str
    organisation: str
    references: tuple[str, ...]


@dataclass(frozen=True)
class ListPage(Generic[Item]):
    """One page of a list, the number of items on all its pages, and where the next page starts."""

    items: Sequence[Item]
    count: int
    next_after: int | None


@dataclass(frozen=True)
class Keyset:
    """The columns a list is ordered by, of which table, and the id of the row shown last."""

    key: tuple[Any, ...]
    model: Any
    after: int | None


def count_of(session: Session, selection: Selection, unit: Unit) -> int:
    """Return how many of a unit a selection holds."""
    chosen = SELECTS[unit](selection).subquery()
    return session.scalar(select(func.count()).select_from(chosen)) or 0


def passage_page(session: Session, selection: Selection, after: int | None) -> ListPage[Quote]:
    """Return the next passages of a selection in the order of arrival and of reading."""
    key = (Passage.submission_id, Passage.source_text_id, Passage.start, Passage.id)
    wanted = _quotes().where(Passage.id.in_(passages_in(selection)))
    rows, following = _page(session, wanted, Keyset(key, Passage, after), selection)
    codes = _codes_on(session, selection, [row.id for row in rows])
    items = [_quote(row, codes.get(row.id, ())) for row in rows]
    return ListPage(items, count_of(session, selection, Unit.PASSAGES), following)


def submission_page(session: Session, selection: Selection, after: int | None) -> ListPage[SubmissionRow]:
    """Return the next submissions of a selection in the order of arrival."""
    wanted = (
        select(
            Submission.id,
            Submission.reference,
            Submission.title,
            func.coalesce(func.nullif(Respondent.organisation, ""), Respondent.name).label("name"),
            *_type_and_place(),
            Submission.publication,
        )
        .join(Respondent, Respondent.id == Submission.respondent_id)
        .outerjoin(RespondentType, RespondentType.id == Submission.respondent_type_id)
        .outerjoin(Place, Place.id == Submission.place_id)
        .where(Submission.id.in_(submissions_in(selection)))
    )
    rows, following = _page(session, wanted, Keyset((Submission.id,), Submission, after), selection)
    items = [SubmissionRow(*tuple(row)) for row in rows]
    return ListPage(items, count_of(session, selection, Unit.SUBMISSIONS), following)


def respondent_page(session: Session, selection: Selection, after: int | None) -> ListPage[RespondentRow]:
    """Return the next respondents of a selection by name."""
    wanted: Any = select(Respondent.id, Respondent.name, Respondent.organisation)
    wanted = wanted.where(Respondent.id.in_(respondents_in(selection)))
    key = (Respondent.name, Respondent.id)
    rows, following = _page(session, wanted, Keyset(key, Respondent, after), selection)
    sent = _references_of(session, selection, [row.id for row in rows])
    items = [RespondentRow(r.id, r.name, r.organisation, tuple(sent.get(r.id, ()))) for r in rows]
    return ListPage(items, count_of(session, selection, Unit.RESPONDENTS), following)


def _page(
    session: Session, wanted: Any, keyset: Keyset, selection: Selection
) -> tuple[list[Row[Any]], int | None]:
    """Return one page of rows and the id after which the next page starts, if there is one."""
    key = keyset.key
    if keyset.after is not None:
        wanted = wanted.where(tuple_(*key) > tuple_(*_last_shown(session, keyset, selection)))
    rows = list(session.execute(wanted.order_by(*key).limit(PAGE_LENGTH + 1)))
    more = len(rows) > PAGE_LENGTH
    return rows[:PAGE_LENGTH], rows[PAGE_LENGTH - 1].id if more else None


def _last_shown(session: Session, keyset: Keyset, selection: Selection) -> Row[Any]:
    model = keyset.model
    mine = select(*keyset.key).where(model.id == keyset.after, model.inquiry_id == selection.inquiry_id)
    row = session.execute(mine).one_or_none()
    if row is None:
        raise NotFound("The list has no such page. Go back to its first page.")
    return row


def _type_and_place() -> list[Any]:
    return [
        func.coalesce(RespondentType.name, "").label("respondent_type"),
        func.coalesce(Place.name, "").label("place"),
    ]


def _quotes() -> Select[Any]:
    # substr counts code points on both engines, as passages do; its first character is 1.
    stands_there = func.substr(SourceText.body, Passage.start + 1, Passage.end - Passage.start)
    return (
        select(
            Passage.id,
            Passage.quote,
            (stands_there == Passage.quote).label("exact"),
            SourceText.language,
            Submission.reference,
            Passage.paragraph,
            *_type_and_place(),
            Submission.publication,
            func.coalesce(Answer.publication, Attachment.publication).label("own_choice"),
            touches_withheld(Passage.source_text_id, Passage.start, Passage.end).label("part_withheld"),
        )
        .join(SourceText, SourceText.id == Passage.source_text_id)
        .join(Submission, Submission.id == Passage.submission_id)
        .outerjoin(Answer, Answer.id == SourceText.answer_id)
        .outerjoin(Attachment, Attachment.id == SourceText.attachment_id)
        .outerjoin(RespondentType, RespondentType.id == Submission.respondent_type_id)
        .outerjoin(Place, Place.id == Submission.place_id)
    )


def _quote(row: Row[Any], codes: tuple[str, ...] = ()) -> Quote:
    return Quote(
        row.id,
        row.quote,
        row.exact,
        row.language,
        row.reference,
        row.paragraph,
        row.respondent_type,
        row.place,
        closer(row.publication, row.own_choice),
        bool(row.part_withheld),
        codes,
    )


def _codes_on(session: Session, selection: Selection, passage_ids: list[int]) -> dict[int, tuple[str, ...]]:
    """Return the names of the selection's codes that stand on each passage."""
    pairs = (
        select(Coding.passage_id, Code.name, Code.position)
        .join(Code, Code.id == Coding.code_id)
        .where(Coding.passage_id.in_(passage_ids), *coding_conditions(selection))
        .order_by(Code.position, Code.name)
        .distinct()
    )
    found: dict[int, tuple[str, ...]] = {}
    for passage_id, name, _ in session.execute(pairs):
        found[passage_id] = (*found.get(passage_id, ()), name)
    return found


def _references_of(session: Session, selection: Selection, ids: list[int]) -> dict[int, list[str]]:
    sent = (
        select(Submission.respondent_id, Submission.reference)
        .where(Submission.respondent_id.in_(ids), Submission.id.in_(submissions_in(selection)))
        .order_by(Submission.id)
    )
    found: dict[int, list[str]] = {}
    for respondent_id, reference in session.execute(sent):
        found.setdefault(respondent_id, []).append(reference)
    return found


def quotes_of(session: Session, passage_ids: Sequence[int]) -> dict[int, Quote]:
    """Return passages as quotes, by id."""
    rows = session.execute(_quotes().where(Passage.id.in_(passage_ids)))
    return {row.id: _quote(row) for row in rows}


def first_quotes(session: Session, selection: Selection) -> dict[int, list[Quote]]:
    """Return for each code of a selection the first passage of each of the first few submissions.

    One passage a submission, so that a long submission does not speak for everybody.
    """
    first = _first_of_each_submission(selection)
    place = func.row_number().over(partition_by=first.c.code_id, order_by=first.c.passage_id)
    ranked = select(first.c.code_id, first.c.passage_id, place.label("place")).subquery()
    chosen = _quotes().add_columns(ranked.c.code_id)
    chosen = chosen.join(
        ranked, and_(ranked.c.passage_id == Passage.id, ranked.c.place <= QUOTES_PER_CODE)
    ).order_by(Passage.submission_id, Passage.id)
    found: dict[int, list[Quote]] = {}
    for row in session.execute(chosen):
        found.setdefault(row.code_id, []).append(_quote(row))
    return found


def _first_of_each_submission(selection: Selection) -> Subquery:
    return (
        select(Coding.code_id, func.min(Coding.passage_id).label("passage_id"))
        .join(Passage, Passage.id == Coding.passage_id)
        .join(Submission, Submission.id == Passage.submission_id)
        .where(passage_stands(), *coding_conditions(selection), *submission_conditions(selection))
        .group_by(Coding.code_id, Passage.submission_id)
        .subquery()
    )
