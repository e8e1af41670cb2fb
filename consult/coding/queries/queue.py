"""What is left to decide, submission by submission."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, func, literal, select, union
from sqlalchemy.orm import Session

from consult.calls.models import Place, RespondentType
from consult.codebook.models import Code, Codebook, CodebookVersion
from consult.codebook.rules import CodeState
from consult.coding.models import Coding, Decision, LatestRun, ModelRun, Suggestion
from consult.coding.queries.standing import settlements, stands, taken_back
from consult.coding.rules import MOST_SHOWN, Verdict
from consult.evidence.models import Passage, Submission
from consult.evidence.rules import SubmissionState

ROWS_A_PAGE = 50


@dataclass(frozen=True)
class Waiting:
    """A submission with how many of its passages have suggestions and how many of those are left.

    `fresh` counts those left that the reader has not put off by skipping.
    """

    reference: str
    title: str
    respondent_type: str | None
    place: str | None
    passages: int
    left: int
    fresh: int


@dataclass(frozen=True)
class Totals:
    """The work of an inquiry: submissions and passages with suggestions, and those left of each."""

    submissions: int
    submissions_left: int
    passages: int
    passages_left: int


@dataclass(frozen=True)
class RunShown:
    """The newest model run in words."""

    model: str
    model_version: str
    codebook_version: int
    decided: int
    started_at: datetime


def totals_of(session: Session, inquiry_id: int, reader_id: int) -> Totals:
    """Count what has been proposed for and what is left of it."""
    work = _work(inquiry_id, reader_id).subquery()
    left = func.sum(case((work.c.left > 0, 1), else_=0))
    row = session.execute(
        select(func.count(), left, func.sum(work.c.passages), func.sum(work.c.left)).select_from(work)
    ).one()
    return Totals(*(int(number or 0) for number in row))


def waiting_page(
    session: Session, inquiry_id: int, reader_id: int, *, done: bool = False, page: int = 1
) -> list[Waiting]:
    """Return one page of submissions in the order they came: those with passages left, or those done.

    One more than a page is returned where another page follows.
    """
    work = _work(inquiry_id, reader_id).subquery()
    rows = session.execute(
        select(
            Submission.reference,
            Submission.title,
            RespondentType.name.label("respondent_type"),
            Place.name.label("place"),
            work.c.passages,
            work.c.left,
            work.c.fresh,
        )
        .join(work, work.c.submission_id == Submission.id)
        .outerjoin(Submission.respondent_type)
        .outerjoin(Submission.place)
        .where(work.c.left == 0 if done else work.c.left > 0)
        .order_by(Submission.id)
        .limit(ROWS_A_PAGE + 1)
        .offset(ROWS_A_PAGE * (page - 1))
    )
    return [Waiting(**row._mapping) for row in rows]


def next_reference(session: Session, inquiry_id: int, reader_id: int, after: str | None = None) -> str | None:
    """Return the submission to code next: after a reference, then from the beginning, skipped ones last."""
    work = _work(inquiry_id, reader_id).subquery()
    behind = select(Submission.id).where(Submission.inquiry_id == inquiry_id, Submission.reference == after)
    position = case((Submission.id > func.coalesce(behind.scalar_subquery(), 0), 0), else_=1)
    return session.scalar(
        select(Submission.reference)
        .join(work, work.c.submission_id == Submission.id)
        .where(work.c.left > 0, Submission.reference != (after or ""))
        .order_by(case((work.c.fresh > 0, 0), else_=1), position, Submission.id)
        .limit(1)
    )


def latest_run(session: Session, inquiry_id: int) -> RunShown | None:
    """Return the newest model run of an inquiry."""
    row = session.execute(
        select(
            ModelRun.model,
            ModelRun.model_version,
            CodebookVersion.number.label("codebook_version"),
            ModelRun.decided,
            ModelRun.started_at,
        )
        .join(CodebookVersion, CodebookVersion.id == ModelRun.codebook_version_id)
        .where(ModelRun.inquiry_id == inquiry_id)
        .order_by(ModelRun.id.desc())
        .limit(1)
    ).first()
    return RunShown(**row._mapping) if row else None


def decided_since(session: Session, inquiry_id: int, at: datetime) -> int:
    """Count the decisions and own codings made after a moment: what a new run could learn from."""
    decisions = select(func.count()).where(
        Decision.inquiry_id == inquiry_id, Decision.at > at, Decision.verdict != Verdict.SKIP
    )
    own = select(func.count()).where(
        Coding.inquiry_id == inquiry_id, Coding.at > at, Coding.decision_id.is_(None)
    )
    return (session.scalar(decisions) or 0) + (session.scalar(own) or 0)


def codings_by_code(session: Session, inquiry_id: int) -> dict[int, int]:
    """Return how many codings of each code stand."""
    rows = session.execute(
        select(Coding.code_id, func.count().label("number"))
        .where(Coding.inquiry_id == inquiry_id, stands())
        .group_by(Coding.code_id)
    )
    return {row.code_id: row.number for row in rows}


def _work(inquiry_id: int, reader_id: int) -> Select[Any]:
    """Select, for each submission in scope, its passages with suggestions, those left, and those fresh.

    What is closed is counted from the few settled suggestions, not by looking at each of the many open ones.
    """
    closed = _counted(*_closed(inquiry_id))
    looked_at = _counted(*_closed(inquiry_id), _skipped(inquiry_id, reader_id))
    shown = case((LatestRun.suggested > MOST_SHOWN, MOST_SHOWN), else_=LatestRun.suggested)

    def count_open(counted: Any) -> Any:
        return func.sum(case((shown > func.coalesce(counted.c.number, 0), 1), else_=0))

    return (
        select(
            Passage.submission_id,
            func.count().label("passages"),
            count_open(closed).label("left"),
            count_open(looked_at).label("fresh"),
        )
        .join(LatestRun, LatestRun.passage_id == Passage.id)
        .join(Submission, Submission.id == Passage.submission_id)
        .outerjoin(closed, closed.c.passage_id == Passage.id)
        .outerjoin(looked_at, looked_at.c.passage_id == Passage.id)
        .where(
            Passage.inquiry_id == inquiry_id,
            LatestRun.suggested > 0,
            Submission.state != SubmissionState.OUT_OF_SCOPE,
        )
        .group_by(Passage.submission_id)
    )


def _closed(inquiry_id: int) -> list[Select[int, int]]:
    """Select the current suggestions that need no decision: settled, or of a code retired since."""
    settled = settlements().where(Decision.inquiry_id == inquiry_id).subquery()
    by_word = _current().join(
        settled,
        (settled.c.passage_id == Suggestion.passage_id) & (settled.c.code_id == Suggestion.code_id),
    )
    retired = (
        select(Code.id)
        .join(Codebook, Codebook.id == Code.codebook_id)
        .where(Codebook.inquiry_id == inquiry_id, Code.state == CodeState.RETIRED)
    )
    return [by_word, _current().where(Suggestion.code_id.in_(retired))]


def _skipped(inquiry_id: int, reader_id: int) -> Select[int, int]:
    """Select the current suggestions that this reader has put off."""
    skips = select(Decision.suggestion_id).where(
        Decision.inquiry_id == inquiry_id,
        Decision.user_id == reader_id,
        Decision.verdict == Verdict.SKIP,
        ~taken_back(),
    )
    return _current().where(Suggestion.id.in_(skips))


def _current() -> Select[int, int]:
    return (
        select(Suggestion.id, Suggestion.passage_id)
        .join(LatestRun, LatestRun.passage_id == Suggestion.passage_id)
        .where(Suggestion.run_id == LatestRun.run_id, Suggestion.rank <= MOST_SHOWN)
    )


def _counted(*suggestions: Select[int, int]) -> Any:
    """Count suggestions by passage, each once."""
    each = union(*suggestions).subquery()
    return (
        select(each.c.passage_id, func.count(literal(1)).label("number"))
        .group_by(each.c.passage_id)
        .subquery()
    )
