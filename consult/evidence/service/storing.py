"""Store what hangs on a submission: answers with all that they hold, their texts, declarations."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from consult.evidence import search
from consult.evidence.models import (
    Answer,
    AnswerCell,
    AnswerChoice,
    ConfidentialPassage,
    Declaration,
    SourceText,
)
from consult.evidence.rules import paragraphs_of, sha256_of
from consult.evidence.service.given import GivenAnswer, GivenConfidence, GivenEvidence


@dataclass(frozen=True)
class Room:
    """Where the texts of a version go: after those of the versions before it."""

    version: int = 1
    position: int = 0
    paragraph: int = 1


FIRST = Room()


def store_answers(
    session: Session, batch: Sequence[tuple[int, GivenEvidence]], room: Room = FIRST, *, at: datetime
) -> None:
    """Store the answers of submissions with all that they hold, and index their texts."""
    given = [
        (submission_id, evidence.language, answer)
        for submission_id, evidence in batch
        for answer in evidence.answers
        if not answer.is_empty
    ]
    rows = [
        {
            "submission_id": submission_id,
            "question_id": answer.question_id,
            "number": answer.number,
            "place_id": answer.place_id,
            "district": answer.district,
            "declined": answer.declined,
            "publication": answer.publication,
            "version": room.version,
        }
        for submission_id, _, answer in given
    ]
    ids = insert_rows(session, Answer, rows)
    _store_choices(session, [(id_, answer) for id_, (_, _, answer) in zip(ids, given, strict=True)])
    texts = [
        (submission_id, id_, language, answer)
        for id_, (submission_id, language, answer) in zip(ids, given, strict=True)
        if answer.has_words
    ]
    text_ids = insert_rows(session, SourceText, list(_source_text_rows(texts, room)))
    marks = (answer.confidences for *_, answer in texts)
    store_confidences(session, zip(text_ids, marks, strict=True), at=at)
    search.add_to_index(session, text_ids)


def store_declarations(session: Session, batch: Iterable[tuple[int, GivenEvidence]]) -> None:
    """Store what was declared with submissions, where anything was."""
    rows = [
        {"submission_id": submission_id, **evidence.declared}
        for submission_id, evidence in batch
        if evidence.declared
    ]
    if rows:
        session.execute(insert(Declaration), rows)


def _store_choices(session: Session, stored: Sequence[tuple[int, GivenAnswer]]) -> None:
    choices = [
        {"answer_id": answer_id, "option_id": option_id}
        for answer_id, answer in stored
        for option_id in dict.fromkeys(answer.option_ids)
    ]
    cells = [
        {"answer_id": answer_id, "row_id": row_id, "option_id": option_id}
        for answer_id, answer in stored
        for row_id, option_id in dict(answer.cells).items()
    ]
    if choices:
        session.execute(insert(AnswerChoice), choices)
    if cells:
        session.execute(insert(AnswerCell), cells)


def store_confidences(
    session: Session, texts: Iterable[tuple[int, Iterable[GivenConfidence]]], *, at: datetime
) -> None:
    """Store the words of texts that must be kept back; two marks on the same words are one span."""
    rows = {
        (text_id, confidence.bounds): {
            "source_text_id": text_id,
            "start": confidence.bounds.start,
            "end": confidence.bounds.end,
            # Of two marks on the same words, the harm named last stands.
            "harm": confidence.harm.strip(),
            "marked_at": at,
        }
        for text_id, confidences in texts
        for confidence in confidences
    }
    if rows:
        session.execute(insert(ConfidentialPassage), list(rows.values()))


def _source_text_rows(
    texts: Sequence[tuple[int, int, str, GivenAnswer]], room: Room
) -> Iterator[dict[str, Any]]:
    submission, position, paragraph = None, room.position, room.paragraph
    for submission_id, answer_id, language, answer in texts:
        body = answer.text or ""
        if submission_id != submission:
            submission, position, paragraph = submission_id, room.position, room.paragraph
        position += 1
        yield {
            "submission_id": submission_id,
            "answer_id": answer_id,
            "position": position,
            "first_paragraph": paragraph,
            "language": language,
            "body": body,
            "sha256": sha256_of(body),
            "version": room.version,
        }
        paragraph += len(paragraphs_of(body))


def insert_rows(session: Session, model: type[Any], rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert rows by as few statements as the engine takes, and return their ids in order."""
    if not rows:
        return []
    table = table_of(model)
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return list(session.scalars(statement, rows))


def table_of(model: type[Any]) -> Table:
    """Return the table of a model: rows given to it directly cost a third of what they cost as a model's."""
    return cast(Table, model.__table__)
