"""The figures of themes: a constant number of statements, whatever the number of themes, types and places."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import CTE, Row, Select, Subquery, case, distinct, exists, func, literal, select, union_all
from sqlalchemy.orm import Session

from consult.coding.models import Coding
from consult.coding.queries import stands
from consult.evidence.models import Passage, Submission
from consult.evidence.queries import passage_stands
from consult.themes.models import Theme, ThemeCode
from consult.themes.queries.selected import coding_conditions, submission_conditions, submissions_in
from consult.themes.rules import NOT_STATED, Counts, Selection

NOTHING = Counts()


@dataclass(frozen=True)
class Figures:
    """Counts of a selection: in all, and by the id of the type and of the place (NOT_STATED for none)."""

    total: Counts = NOTHING
    by_type: Mapping[int, Counts] = field(default_factory=dict)
    by_place: Mapping[int, Counts] = field(default_factory=dict)


@dataclass(frozen=True)
class Received:
    """How much was sent, and how much of that carries any coding so far."""

    submissions: int = 0
    respondents: int = 0
    coded: int = 0


@dataclass(frozen=True)
class Base:
    """What a selection is to be read against, in all and by the ids of types and places."""

    total: Received
    by_type: Mapping[int, Received]
    by_place: Mapping[int, Received]
    out_of_scope: int


def figures(session: Session, selection: Selection) -> Figures:
    """Return the figures of the passages that a selection's codings hold."""
    rows = _coded_submissions(selection)
    groups = _grouped(session, rows, func.sum(rows.c.passages).label("passages"))
    found = {kind: {key: _counts(row) for key, row in group.items()} for kind, group in groups.items()}
    return Figures(found["total"].get(NOT_STATED, NOTHING), found["type"], found["place"])


def base(session: Session, selection: Selection) -> Base:
    """Return what was received under a selection's filters, whatever its theme and code."""
    rows = _received(selection.everything)
    groups = _grouped(session, rows, func.sum(rows.c.coded).label("coded"))
    found = {
        kind: {key: Received(row.submissions, row.respondents, row.coded or 0) for key, row in group.items()}
        for kind, group in groups.items()
    }
    total = found["total"].get(NOT_STATED, Received())
    outside = submissions_in(selection.everything.but(out_of_scope=True)).subquery()
    out_of_scope = session.scalar(select(func.count()).select_from(outside)) or 0
    return Base(total, found["type"], found["place"], out_of_scope)


def _received(selection: Selection) -> CTE:
    """Return one row for each submission, with 1 where any coding stands on it."""
    # From the submission down, so that the search ends at its first coding.
    any_coding = (
        exists()
        .where(
            Passage.submission_id == Submission.id,
            Coding.passage_id == Passage.id,
            stands(),
            passage_stands(),
        )
        .correlate(Submission)
    )
    coded = case((any_coding, 1), else_=0).label("coded")
    return _materialised(select(*_facets(), coded).where(*submission_conditions(selection)))


def _coded_submissions(selection: Selection) -> CTE:
    """Return one row for each submission with its number of coded passages, each passage once."""
    passages = (
        select(Passage.submission_id, Passage.id.label("passage_id"))
        .join(Coding, Coding.passage_id == Passage.id)
        .where(passage_stands(), *coding_conditions(selection))
        .distinct()
        .subquery()
    )
    counted = (
        select(*_facets(), func.count().label("passages"))
        .join(passages, passages.c.submission_id == Submission.id)
        .where(*submission_conditions(selection))
        .group_by(Submission.id)
    )
    return _materialised(counted)


def _facets() -> list[Any]:
    return [
        Submission.id,
        Submission.respondent_id,
        func.coalesce(Submission.respondent_type_id, NOT_STATED).label("type_id"),
        func.coalesce(Submission.place_id, NOT_STATED).label("place_id"),
    ]


def _materialised(rows: Select[Any]) -> CTE:
    # Read by three groupings: without the word, each of them would count all passages again.
    return rows.cte("counted").prefix_with("MATERIALIZED")


def _grouped(session: Session, rows: CTE, measure: Any) -> dict[str, dict[int, Row[Any]]]:
    """Count rows in all (under the key NOT_STATED), by type and by place, in one statement."""
    measures = [
        measure,
        func.count().label("submissions"),
        func.count(distinct(rows.c.respondent_id)).label("respondents"),
    ]
    total = select(literal("total").label("kind"), literal(NOT_STATED).label("key"), *measures)
    by_type = select(literal("type"), rows.c.type_id, *measures).group_by(rows.c.type_id)
    by_place = select(literal("place"), rows.c.place_id, *measures).group_by(rows.c.place_id)
    groups: dict[str, dict[int, Row[Any]]] = {"total": {}, "type": {}, "place": {}}
    for row in session.execute(union_all(total.select_from(rows), by_type, by_place)):
        groups[row.kind][row.key] = row
    return groups


def _counts(row: Row[Any]) -> Counts:
    return Counts(row.passages or 0, row.submissions, row.respondents)


def by_code(session: Session, selection: Selection) -> dict[int, Counts]:
    """Return the counts of each code within a selection."""
    return _by(session, _coding_groups(selection, Coding.code_id))


def by_theme(session: Session, selection: Selection) -> dict[int, Counts]:
    """Return the counts of each theme within a selection; those without any coding are left out."""
    mine = select(ThemeCode.theme_id, ThemeCode.code_id).join(Theme)
    pairs = mine.where(Theme.inquiry_id == selection.inquiry_id).subquery()
    passages = (
        select(pairs.c.theme_id.label("key"), Coding.passage_id)
        .join(Coding, Coding.code_id == pairs.c.code_id)
        .where(stands())
        .distinct()
        .subquery()
    )
    return _by(session, _by_submission(passages, selection))


def _coding_groups(selection: Selection, key: Any) -> Subquery:
    passages = (
        select(key.label("key"), Coding.passage_id).where(*coding_conditions(selection)).distinct().subquery()
    )
    return _by_submission(passages, selection)


def _by_submission(passages: Subquery, selection: Selection) -> Subquery:
    """Return one row for each key and submission with its number of passages."""
    return (
        select(passages.c.key, Submission.respondent_id, func.count().label("passages"))
        .join(Passage, Passage.id == passages.c.passage_id)
        .join(Submission, Submission.id == Passage.submission_id)
        .where(passage_stands(), *submission_conditions(selection))
        .group_by(passages.c.key, Submission.id, Submission.respondent_id)
        .subquery()
    )


def _by(session: Session, rows: Subquery) -> dict[int, Counts]:
    counts = select(
        rows.c.key,
        func.sum(rows.c.passages).label("passages"),
        func.count().label("submissions"),
        func.count(distinct(rows.c.respondent_id)).label("respondents"),
    ).group_by(rows.c.key)
    return {row.key: _counts(row) for row in session.execute(counts)}
