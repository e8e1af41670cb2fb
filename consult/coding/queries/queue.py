"""What is left to decide, submission by submission."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CTE, Select, case, distinct, exists, func, literal, select, true, union_all
from sqlalchemy.orm import Session

from consult.calls.models import Place, RespondentType
from consult.codebook.models import Code, Codebook, CodebookVersion
from consult.codebook.rules import CodeState
from consult.coding.models import Coding, Decision, LatestRun, ModelRun, Suggestion
from consult.coding.models_quality import BlindPassage, BlindReading
from consult.coding.queries.blind import kept_back
from consult.coding.queries.standing import counts, settlements, stands, taken_back
from consult.coding.rules import MOST_SHOWN, Verdict
from consult.evidence.models import Passage, Submission
from consult.evidence.queries import counted, not_left, passage_stands
from consult.evidence.queries.repeats import repeated

ROWS_A_PAGE = 50
# No user has this id: for counts that are nobody's own.
NOBODY = 0


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


@dataclass(frozen=True)
class QueuePage:
    """The work of an inquiry and one page of it; `more` tells whether another page follows."""

    totals: Totals
    rows: list[Waiting]
    more: bool


def totals_of(session: Session, inquiry_id: int) -> Totals:
    """Count what has been proposed for and what is left of it."""
    work = _work(inquiry_id, NOBODY).cte("work")
    row = session.execute(_totals(work)).one()
    return Totals(*(int(number or 0) for number in row))


def queue_page(
    session: Session, inquiry_id: int, reader_id: int, *, done: bool = False, page: int = 1
) -> QueuePage:
    """Return one page of submissions in the order they came: those with passages left, or those done."""
    work = _work(inquiry_id, reader_id).cte("work")
    totals, rows = _totals(work).subquery(), _rows(work, done=done, page=page).subquery()
    # One statement for both, because counting is what takes the time; no rows leave the totals alone.
    found = session.execute(
        select(totals, rows).select_from(totals.outerjoin(rows, true())).order_by(rows.c.id)
    ).all()
    listed = [Waiting(*row[5:]) for row in found if row.id is not None]
    return QueuePage(
        totals=Totals(*(int(number or 0) for number in found[0][:4])),
        rows=listed[:ROWS_A_PAGE],
        more=len(listed) > ROWS_A_PAGE,
    )


def anything_left(session: Session, inquiry_id: int) -> bool:
    """Tell whether any suggestion waits for a decision; quicker than counting them."""
    decided = settlements().where(Decision.inquiry_id == inquiry_id).correlate(None).subquery()
    same = (decided.c.passage_id == Suggestion.passage_id) & (decided.c.code_id == Suggestion.code_id)
    waiting = (
        select(Suggestion.id)
        .join(LatestRun, LatestRun.passage_id == Suggestion.passage_id)
        .join(Passage, Passage.id == Suggestion.passage_id)
        .join(Submission, Submission.id == Passage.submission_id)
        .join(Code, Code.id == Suggestion.code_id)
        .where(
            Passage.inquiry_id == inquiry_id,
            counted(),
            passage_stands(),
            not_left(),
            Suggestion.run_id == LatestRun.run_id,
            Suggestion.rank <= MOST_SHOWN,
            Code.state == CodeState.ACTIVE,
            ~repeated(),
            ~exists().where(same),
        )
    )
    blind = select(Passage.id).where(
        Passage.id.in_(select(BlindPassage.passage_id).where(BlindPassage.inquiry_id == inquiry_id)),
        kept_back(),
        not_left(),
        passage_stands(),
        Passage.submission_id.in_(select(Submission.id).where(counted())),
    )
    return any(session.scalar(each.limit(1)) is not None for each in (waiting, blind))


def _totals(work: CTE) -> Select[int, Any, Any, Any]:
    left = func.sum(case((work.c.left > 0, 1), else_=0))
    return select(
        func.count().label("submissions"),
        left.label("submissions_left"),
        func.sum(work.c.passages).label("passages"),
        func.sum(work.c.left).label("passages_left"),
    ).select_from(work)


def _rows(work: CTE, *, done: bool, page: int) -> Select[Any]:
    return (
        select(
            Submission.id,
            Submission.reference,
            Submission.title,
            RespondentType.name.label("respondent_type"),
            Place.name.label("place"),
            work.c.passages.label("proposed_for"),
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
    """Return how many codings of each code stand and count."""
    rows = session.execute(
        select(Coding.code_id, func.count().label("number"))
        .where(Coding.inquiry_id == inquiry_id, stands(), counts(inquiry_id))
        .group_by(Coding.code_id)
    )
    return {row.code_id: row.number for row in rows}


def _work(inquiry_id: int, reader_id: int) -> Select[Any]:
    """Select, for each submission in scope, its passages with suggestions, those left, and those fresh.

    What a letter repeats of its campaign's template is read there, so the campaign waits once.

    What is closed is counted from the few settled suggestions, not by looking at each of the many open ones.
    """
    dealt = _dealt_with(inquiry_id, reader_id)
    shown = case((LatestRun.suggested > MOST_SHOWN, MOST_SHOWN), else_=LatestRun.suggested)
    drawn = BlindPassage.passage_id.is_not(None)
    unread = drawn & BlindReading.passage_id.is_(None)

    def passages_with_more_than(number: Any) -> Any:
        return func.sum(case((unread, 1), (shown > func.coalesce(number, 0), 1), else_=0))

    return (
        select(
            Passage.submission_id,
            func.count().label("passages"),
            passages_with_more_than(dealt.c.closed).label("left"),
            passages_with_more_than(dealt.c.looked_at).label("fresh"),
        )
        .join(Passage, Passage.submission_id == Submission.id)
        .join(LatestRun, LatestRun.passage_id == Passage.id)
        .outerjoin(dealt, dealt.c.passage_id == Passage.id)
        .outerjoin(BlindPassage, BlindPassage.passage_id == Passage.id)
        .outerjoin(BlindReading, BlindReading.passage_id == Passage.id)
        .where(
            # By way of submissions: their passages lie together in an index, in the order to group by.
            Submission.inquiry_id == inquiry_id,
            counted(),
            ~repeated(),
            passage_stands(),
            not_left(),
            # One drawn by lot is read even where nothing is proposed: that is how it shows what is missed.
            (LatestRun.suggested > 0) | drawn,
        )
        .select_from(Submission)
        .group_by(Passage.submission_id)
    )


def _dealt_with(inquiry_id: int, reader_id: int) -> Any:
    """Count, for each passage, the current suggestions that are closed, and those closed or skipped."""
    settled = settlements().where(Decision.inquiry_id == inquiry_id).subquery()
    same = (settled.c.passage_id == Suggestion.passage_id) & (settled.c.code_id == Suggestion.code_id)
    retired = (
        select(Code.id)
        .join(Codebook, Codebook.id == Code.codebook_id)
        .where(Codebook.inquiry_id == inquiry_id, Code.state == CodeState.RETIRED)
    )
    skipped = select(Decision.suggestion_id).where(
        Decision.inquiry_id == inquiry_id,
        Decision.user_id == reader_id,
        Decision.verdict == Verdict.SKIP,
        ~taken_back(),
    )
    each = union_all(
        _current(closed=True).join(settled, same),
        _current(closed=True).where(Suggestion.code_id.in_(retired)),
        _current(closed=False).where(Suggestion.id.in_(skipped)),
    ).subquery()
    return (
        select(
            each.c.passage_id,
            func.count(distinct(case((each.c.closed == 1, each.c.id)))).label("closed"),
            func.count(distinct(each.c.id)).label("looked_at"),
        )
        .group_by(each.c.passage_id)
        .subquery()
    )


def _current(*, closed: bool) -> Select[int, int, int]:
    """Select the suggestions of each passage's latest run that are shown."""
    return (
        select(Suggestion.id, Suggestion.passage_id, literal(int(closed)).label("closed"))
        .join(LatestRun, LatestRun.passage_id == Suggestion.passage_id)
        .where(Suggestion.run_id == LatestRun.run_id, Suggestion.rank <= MOST_SHOWN)
    )
