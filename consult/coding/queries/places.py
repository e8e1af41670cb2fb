"""What to read next, passage by passage, in the order that a member chose."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, select
from sqlalchemy.orm import Session, aliased

from consult.codebook.models import Code
from consult.codebook.rules import CodeState
from consult.coding.models import Decision, LatestRun, Suggestion
from consult.coding.models_quality import ReadingPlace
from consult.coding.queries.blind import kept_back
from consult.coding.queries.standing import taken_back
from consult.coding.rules import MOST_SHOWN, SETTLING, Verdict
from consult.coding.rules_quality import ReadingOrder
from consult.evidence.models import Passage, Submission
from consult.evidence.queries import counted, in_cut, passage_stands
from consult.evidence.queries.repeats import repeated

WORDS_SHOWN = 160


@dataclass(frozen=True)
class NextPassage:
    """A passage to read, where it lies, and how it begins."""

    reference: str
    paragraph: int
    source_text_id: int
    start: int
    beginning: str

    @property
    def cut_short(self) -> bool:
        """Tell whether the passage goes on."""
        return len(self.beginning) == WORDS_SHOWN


def places_left(
    session: Session, inquiry_id: int, reader_id: int, order: ReadingOrder, *, limit: int, after: str = ""
) -> list[NextPassage]:
    """Return the next passages in an order that are left to this reader; those of one submission last."""
    # Only where it matters: in the order of the index alone, the first few found are enough.
    last = [case((Submission.reference == after, 1), else_=0)] if after else []
    rows = session.execute(
        _left(inquiry_id, reader_id, order).order_by(*last, ReadingPlace.place).limit(limit)
    )
    return [NextPassage(*row) for row in rows]


def _left(inquiry_id: int, reader_id: int, order: ReadingOrder) -> Select[Any]:
    """Select an order's passages, of evidence that counts, on which something waits for this reader."""
    return (
        select(
            Submission.reference,
            Passage.paragraph,
            Passage.source_text_id,
            Passage.start,
            func.substr(Passage.quote, 1, WORDS_SHOWN),
        )
        .select_from(ReadingPlace)
        .join(Passage, Passage.id == ReadingPlace.passage_id)
        .join(Submission, Submission.id == Passage.submission_id)
        .where(
            ReadingPlace.inquiry_id == inquiry_id,
            ReadingPlace.reading_order == order,
            counted(),
            in_cut(),
            passage_stands(),
            ~repeated(),
            kept_back() | _has_open_suggestion(reader_id),
        )
    )


def _has_open_suggestion(reader_id: int) -> Any:
    """Hold where something was proposed that nobody has settled and this reader has not skipped."""
    return exists().where(
        Suggestion.passage_id == Passage.id,
        LatestRun.passage_id == Passage.id,
        Suggestion.run_id == LatestRun.run_id,
        Suggestion.rank <= MOST_SHOWN,
        Code.id == Suggestion.code_id,
        Code.state == CodeState.ACTIVE,
        ~_settled(),
        ~_skipped(reader_id),
    )


def _settled() -> ColumnElement[bool]:
    """Hold for suggestions whose passage and code somebody has settled, on this or an earlier suggestion.

    By way of the passage, of which there are few here: not by all decisions of the inquiry.
    """
    same = aliased(Suggestion)
    return (
        exists()
        .where(
            same.passage_id == Suggestion.passage_id,
            same.code_id == Suggestion.code_id,
            Decision.suggestion_id == same.id,
            Decision.verdict.in_(SETTLING),
            ~taken_back(),
        )
        .correlate(Suggestion)
    )


def _skipped(reader_id: int) -> ColumnElement[bool]:
    return (
        exists()
        .where(
            Decision.suggestion_id == Suggestion.id,
            Decision.user_id == reader_id,
            Decision.verdict == Verdict.SKIP,
            ~taken_back(),
        )
        .correlate(Suggestion)
    )
