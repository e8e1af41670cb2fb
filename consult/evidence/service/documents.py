"""Keep the documents that came with submissions, and what a clerk types of those that are pictures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.evidence import search
from consult.evidence.extraction.clean import cleaned
from consult.evidence.extraction.result import UNREAD
from consult.evidence.models import SourceText, Submission
from consult.evidence.models_documents import Attachment
from consult.evidence.queries.documents import TRANSCRIBED, attachment_stands, awaits_text, most_texts
from consult.evidence.rules import (
    SubmissionState,
    paragraphs_of,
    sha256_of,
    storable,
    word_count,
)
from consult.evidence.service.given import GivenAttachment, GivenEvidence
from consult.evidence.service.moves import move_all
from consult.evidence.service.storing import insert_rows, store_confidences
from consult.foundation import audit
from consult.foundation.errors import BadInput, NotFound, Refused
from consult.foundation.jobs.names import JobName
from consult.foundation.jobs.queue import enqueue
from consult.foundation.security import Actor

TYPED = "Every document in it has its text now."


@dataclass(frozen=True)
class Place:
    """Where the next document of a submission goes: after its files, its texts and its paragraphs so far."""

    file: int = 0
    text: int = 0
    paragraph: int = 1


def store_attachments(
    session: Session, batch: Sequence[tuple[int, GivenEvidence]], *, at: datetime, version: int = 1
) -> None:
    """Store the documents of submissions whose answers are stored, with their texts, and index those.

    Words in them that must be kept back are stored with them: no moment shows the one without the other.
    """
    given = [(submission_id, evidence) for submission_id, evidence in batch if evidence.attachments]
    if not given:
        return
    places = _places(session, [submission_id for submission_id, _ in given])
    files: list[dict[str, Any]] = []
    texts: list[dict[str, Any] | None] = []
    for submission_id, evidence in given:
        place = places[submission_id]
        for attachment in evidence.attachments:
            text, after = _text_after(place, submission_id, attachment, evidence.language, version)
            files.append(_file_row(attachment, submission_id, after.file, version, at))
            texts.append(text)
            place = after
    ids = insert_rows(session, Attachment, files)
    rows = [{**text, "attachment_id": id_} for id_, text in zip(ids, texts, strict=True) if text]
    text_ids = insert_rows(session, SourceText, rows)
    marks = [each.confidences for _, evidence in given for each in evidence.attachments]
    of_texts = (kept for kept, text in zip(marks, texts, strict=True) if text)
    store_confidences(session, zip(text_ids, of_texts, strict=True), at=at)
    search.add_to_index(session, text_ids)
    _promise_to_read(
        session, [id_ for id_, row in zip(ids, files, strict=True) if UNREAD in row["flags"]], at
    )


def _promise_to_read(session: Session, attachment_ids: list[int], at: datetime) -> None:
    """Queue the reading of documents whose sender could not be kept waiting for it."""
    if not attachment_ids:
        return
    of = select(Submission.inquiry_id).join(Attachment, Attachment.submission_id == Submission.id)
    inquiry_id = session.scalars(of.where(Attachment.id == attachment_ids[0])).one()
    arguments = {"attachment_ids": attachment_ids}
    enqueue(session, JobName.DOCUMENTS_UNREAD, arguments, at=at, inquiry_id=inquiry_id)


def unread_file(session: Session, attachment_id: int) -> tuple[str, str] | None:
    """Return hash and name of a document still to be read; None once it has a text or is taken back."""
    wanted = select(Attachment.sha256, Attachment.name).where(Attachment.id == attachment_id, awaits_text())
    row = session.execute(wanted).one_or_none()
    return (row.sha256, row.name) if row else None


def state_by_documents(session: Session, submission_id: int) -> SubmissionState:
    """Return the state of a submission whose words are new, by what its documents still need."""
    waiting = select(Attachment.id).where(Attachment.submission_id == submission_id, awaits_text())
    some = session.scalar(waiting.limit(1)) is not None
    return SubmissionState.NEEDS_TRANSCRIPTION if some else SubmissionState.NEW


def transcribe(
    session: Session, attachment_id: int, words: str, *, inquiry_id: int, actor: Actor, at: datetime
) -> SourceText:
    """Keep what a member typed of a document's pictures as a source text of it, and log who it was.

    With its last picture typed a submission that waited for that is new again. The caller asks for
    passages. NotFound for another inquiry's; Refused where there is a text already;
    BadInput without words.
    """
    attachment = _held(session, attachment_id, inquiry_id)
    text, _flags = cleaned(storable(words.replace("\r\n", "\n")))
    if not text.strip():
        raise BadInput("Type what the document says.")
    texts = select(func.count(SourceText.id)).where(SourceText.attachment_id == attachment.id)
    if (session.scalar(texts) or 0) >= most_texts(attachment.flags):
        raise Refused("This document has a text already. Nothing was changed.")
    submission = session.get_one(Submission, attachment.submission_id)
    place = _places(session, [submission.id])[submission.id]
    row = _text_row(place, submission.id, text, submission.language, attachment.version)
    (text_id,) = insert_rows(session, SourceText, [{**row, "attachment_id": attachment.id}])
    search.add_to_index(session, [text_id])
    submission.word_count += word_count(text)
    _move_on(session, submission.id, actor=actor, at=at)
    detail = {"reference": submission.reference, "words": word_count(text)}
    act = audit.Act(TRANSCRIBED, "attachment", attachment.id, detail=detail)
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return session.get_one(SourceText, text_id)


def _move_on(session: Session, submission_id: int, *, actor: Actor, at: datetime) -> None:
    """Let a submission go on that waited for its pictures to be typed, once none is left."""
    if state_by_documents(session, submission_id) is SubmissionState.NEW:
        waits = (Submission.id == submission_id) & (Submission.state == SubmissionState.NEEDS_TRANSCRIPTION)
        move_all(session, waits, SubmissionState.NEW, why=TYPED, actor=actor, at=at)


def _held(session: Session, attachment_id: int, inquiry_id: int) -> Attachment:
    """Return a document whose submission is held until the commit, so that it gets one text and no more."""
    row = session.execute(
        select(Attachment, Submission.id)
        .join(Submission, Submission.id == Attachment.submission_id)
        .where(Attachment.id == attachment_id, Submission.inquiry_id == inquiry_id, attachment_stands())
        .with_for_update(of=Submission)
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such document in this inquiry.")
    return row[0]


def _places(session: Session, submission_ids: Iterable[int]) -> dict[int, Place]:
    ids = list(submission_ids)
    files = _greatest(session, Attachment, ids)
    last = {
        row.submission_id: (row.position, row.first_paragraph + len(paragraphs_of(row.body)))
        for row in session.execute(
            select(SourceText.submission_id, SourceText.position, SourceText.first_paragraph, SourceText.body)
            .where(SourceText.submission_id.in_(ids))
            .order_by(SourceText.position)
        )
    }
    return {id_: Place(files.get(id_, 0), *last.get(id_, (0, 1))) for id_ in ids}


def _greatest(session: Session, model: type[Attachment], ids: list[int]) -> dict[int, int]:
    rows = session.execute(
        select(model.submission_id, func.max(model.position))
        .where(model.submission_id.in_(ids))
        .group_by(model.submission_id)
    )
    return {row[0]: row[1] for row in rows}


def _text_after(
    place: Place, submission_id: int, attachment: GivenAttachment, language: str, version: int
) -> tuple[dict[str, Any] | None, Place]:
    if not attachment.text.strip():
        return None, Place(place.file + 1, place.text, place.paragraph)
    row = _text_row(place, submission_id, attachment.text, language, version)
    after = Place(place.file + 1, place.text + 1, place.paragraph + len(paragraphs_of(attachment.text)))
    return row, after


def _text_row(place: Place, submission_id: int, text: str, language: str, version: int) -> dict[str, Any]:
    return {
        "submission_id": submission_id,
        "position": place.text + 1,
        "first_paragraph": place.paragraph,
        "language": language,
        "body": text,
        "sha256": sha256_of(text),
        "version": version,
    }


def _file_row(
    attachment: GivenAttachment, submission_id: int, position: int, version: int, at: datetime
) -> dict[str, Any]:
    found = attachment.extraction
    return {
        "submission_id": submission_id,
        "position": position,
        "name": attachment.name,
        "sha256": attachment.sha256,
        "size": attachment.size,
        "kind": found.kind,
        "outcome": found.outcome,
        "flags": list(found.flags),
        "message": found.message,
        "question_id": attachment.question_id,
        "publication": attachment.publication,
        "received_at": at,
        "version": version,
    }
