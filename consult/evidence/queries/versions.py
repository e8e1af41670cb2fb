"""Reads about the versions of a submission."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Executable, select
from sqlalchemy.orm import Session

from consult.evidence.models import (
    Answer,
    AnswerCell,
    AnswerChoice,
    ConfidentialPassage,
    Respondent,
    SourceText,
    SubmissionVersion,
)
from consult.evidence.queries.standing import answer_stands
from consult.evidence.rules import Bounds, PublicationChoice


@dataclass(frozen=True)
class VersionRead:
    """One version: when it was sent, by whom, and what may be published of it."""

    number: int
    sent_at: datetime
    name: str
    organisation: str
    publication: PublicationChoice
    word_count: int
    sha256: str
    declared: dict[str, str]


@dataclass(frozen=True)
class StandingAnswer:
    """An answer that stands, as the rows hold it."""

    id: int
    question_id: int
    source_text_id: int | None
    text: str | None
    number: int | None
    place_id: int | None
    district: str | None
    declined: bool
    publication: PublicationChoice | None
    option_ids: tuple[int, ...] = ()
    cells: tuple[tuple[int, int], ...] = ()
    confidences: tuple[tuple[Bounds, str], ...] = ()


def versions_of(session: Session, submission_id: int) -> tuple[VersionRead, ...]:
    """Return the versions of a submission, the first one first."""
    rows = session.execute(
        select(
            SubmissionVersion.number,
            SubmissionVersion.sent_at,
            Respondent.name,
            Respondent.organisation,
            SubmissionVersion.publication,
            SubmissionVersion.word_count,
            SubmissionVersion.sha256,
            SubmissionVersion.declared,
        )
        .join(Respondent, Respondent.id == SubmissionVersion.respondent_id)
        .where(SubmissionVersion.submission_id == submission_id)
        .order_by(SubmissionVersion.number)
    )
    return tuple(VersionRead(*row) for row in rows)


def standing_answers(session: Session, submission_id: int) -> Mapping[int, StandingAnswer]:
    """Return the answers that stand, by the id of their question."""
    mine = (Answer.submission_id == submission_id, answer_stands())
    choices = select(AnswerChoice.answer_id, AnswerChoice.option_id).join(Answer).where(*mine)
    chosen = _gathered(session, choices.order_by(AnswerChoice.option_id))
    cells = select(AnswerCell.answer_id, AnswerCell.row_id, AnswerCell.option_id).join(Answer).where(*mine)
    rows_answered = _gathered(session, cells.order_by(AnswerCell.row_id))
    kept_back = _gathered(session, _confidences(submission_id))
    rows = session.execute(
        select(
            Answer.id,
            Answer.question_id,
            SourceText.id.label("source_text_id"),
            SourceText.body.label("text"),
            Answer.number,
            Answer.place_id,
            Answer.district,
            Answer.declined,
            Answer.publication,
        )
        .outerjoin(SourceText, SourceText.answer_id == Answer.id)
        .where(*mine)
    )
    return {
        row.question_id: StandingAnswer(
            **row._mapping,
            option_ids=tuple(option_id for (option_id,) in chosen.get(row.id, ())),
            cells=tuple((row_id, option_id) for row_id, option_id in rows_answered.get(row.id, ())),
            confidences=tuple((Bounds(a, b), harm) for a, b, harm in kept_back.get(row.id, ())),
        )
        for row in rows
    }


def _confidences(submission_id: int) -> Executable:
    return (
        select(
            SourceText.answer_id,
            ConfidentialPassage.start,
            ConfidentialPassage.end,
            ConfidentialPassage.harm,
        )
        .join(SourceText, SourceText.id == ConfidentialPassage.source_text_id)
        .where(SourceText.submission_id == submission_id)
        .order_by(ConfidentialPassage.start, ConfidentialPassage.end)
    )


def _gathered(session: Session, rows: Executable) -> dict[int, list[tuple[Any, ...]]]:
    """Return rows by their first column."""
    found: dict[int, list[tuple[Any, ...]]] = {}
    for key, *values in session.execute(rows):
        found.setdefault(key, []).append(tuple(values))
    return found
