"""What holds now: codings not withdrawn, decisions not taken back."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, Subquery, exists, select
from sqlalchemy.orm import aliased

from consult.coding.models import Coding, CodingWithdrawal, Decision, Suggestion
from consult.coding.rules import SETTLING, Verdict
from consult.evidence.models import Passage, ReplacedText, Submission
from consult.evidence.queries import counted


def stands() -> ColumnElement[bool]:
    """Hold for codings that nobody has withdrawn."""
    return ~exists().where(CodingWithdrawal.coding_id == Coding.id)


def counts(inquiry_id: int) -> ColumnElement[bool]:
    """Hold for codings of an inquiry on words that stand, of evidence that counts.

    Named by the few passages that do not, so that a count of codings need not look at every passage.
    """
    replaced = select(Passage.id).join(ReplacedText, ReplacedText.source_text_id == Passage.source_text_id)
    aside = (
        select(Passage.id)
        .join(Submission, Submission.id == Passage.submission_id)
        .where(Submission.inquiry_id == inquiry_id, ~counted())
    )
    return Coding.passage_id.not_in(replaced) & Coding.passage_id.not_in(aside)


def standing_codings() -> Subquery:
    """Return the codings that nobody has withdrawn, with every column of theirs."""
    return select(Coding).where(stands()).subquery("standing_codings")


def taken_back() -> ColumnElement[bool]:
    """Hold for decisions that a later one has undone."""
    later = aliased(Decision)
    return exists().where(later.undoes_id == Decision.id)


def settlements() -> Select[int, int, Verdict, int | None, datetime, int, int]:
    """Select the decisions that settle, each with the passage and code that it settles.

    A later run may propose the same code for the same passage again: the word already given on an
    earlier suggestion holds for it too, so passage and code are the key, not the suggestion.
    """
    return (
        select(
            Decision.id,
            Decision.user_id,
            Decision.verdict,
            Decision.replacement_id,
            Decision.at,
            Suggestion.passage_id,
            Suggestion.code_id,
        )
        .join(Suggestion, Suggestion.id == Decision.suggestion_id)
        .where(Decision.verdict.in_(SETTLING), ~taken_back())
    )
