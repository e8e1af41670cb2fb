"""The passages of a campaign's letters that have the words of a coded one of its template."""

from sqlalchemy import ColumnElement, ScalarSelect, Select, exists, func, select
from sqlalchemy.orm import aliased

from consult.coding.models import Coding, CodingWithdrawal
from consult.evidence.models import Passage, Submission
from consult.evidence.models_campaigns import RepeatedPassage
from consult.evidence.queries import counted

Elsewhere = aliased(Coding)
Repeat = aliased(Passage)


def _same_code() -> list[ColumnElement[bool]]:
    """Hold for standing codings of a repeated passage with the code of the coding it is compared with."""
    return [
        Elsewhere.passage_id == RepeatedPassage.passage_id,
        Elsewhere.code_id == Coding.code_id,
        ~exists().where(CodingWithdrawal.coding_id == Elsewhere.id),
    ]


def without_code() -> ColumnElement[bool]:
    """Hold for repeated passages to which nobody has applied the code of a coding."""
    return ~exists().where(*_same_code()).correlate(RepeatedPassage, Coding)


def coded_by(user_id: int) -> ColumnElement[bool]:
    """Hold for repeated passages to which a member has applied the code of a coding."""
    return exists().where(*_same_code(), Elsewhere.user_id == user_id).correlate(RepeatedPassage, Coding)


def number_elsewhere(condition: ColumnElement[bool]) -> ScalarSelect[int]:
    """Count the letters' passages with the words of a coding's own that meet a condition."""
    return (
        select(func.count())
        .select_from(RepeatedPassage)
        .join(Repeat, Repeat.id == RepeatedPassage.passage_id)
        .join(Submission, Submission.id == Repeat.submission_id)
        .where(RepeatedPassage.template_passage_id == Coding.passage_id, counted(), condition)
        .correlate(Coding)
        .scalar_subquery()
    )


def passages_without_code(coding: Coding) -> Select[int]:
    """Select the passages to which a coding's code may be applied for their same words."""
    theirs = (
        Elsewhere.passage_id == RepeatedPassage.passage_id,
        Elsewhere.code_id == coding.code_id,
        ~exists().where(CodingWithdrawal.coding_id == Elsewhere.id),
    )
    return (
        select(RepeatedPassage.passage_id)
        .join(Repeat, Repeat.id == RepeatedPassage.passage_id)
        .join(Submission, Submission.id == Repeat.submission_id)
        .where(RepeatedPassage.template_passage_id == coding.passage_id, counted(), ~exists().where(*theirs))
        .order_by(RepeatedPassage.passage_id)
    )


def own_codings_elsewhere(coding: Coding, user_id: int) -> Select[int]:
    """Select a member's standing codings with the same code on the passages with the same words."""
    return (
        select(Elsewhere.id)
        .join(RepeatedPassage, RepeatedPassage.passage_id == Elsewhere.passage_id)
        .where(
            RepeatedPassage.template_passage_id == coding.passage_id,
            Elsewhere.code_id == coding.code_id,
            Elsewhere.user_id == user_id,
            ~exists().where(CodingWithdrawal.coding_id == Elsewhere.id),
        )
        .order_by(Elsewhere.id)
    )
