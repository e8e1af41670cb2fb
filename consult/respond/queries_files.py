"""Reads of the files of a draft and of the documents that were sent."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from consult.calls.models import Question
from consult.evidence.extraction import Extraction
from consult.evidence.models import Answer, SourceText
from consult.evidence.models_documents import Attachment
from consult.evidence.queries import answer_stands, confidences_of
from consult.evidence.queries.documents import attachment_in
from consult.evidence.rules import PublicationChoice
from consult.foundation.errors import NotFound
from consult.foundation.language import Words, _, in_language
from consult.respond.documents import FileHeld, size_in_words
from consult.respond.models import DraftFile


@dataclass(frozen=True)
class DocumentSent:
    """A document on a receipt; `position` is the place of the question it answers, or None."""

    name: str
    size: int
    position: int | None
    prompt: Words | None
    # The choice made for the answer to that question, which the document follows.
    publication: PublicationChoice | None = None
    # Words marked as confidential, with the harm feared.
    kept_back: tuple[tuple[str, str], ...] = ()

    @property
    def in_words(self) -> str:
        """Return its name and size."""
        return f"{self.name} ({size_in_words(self.size)})"


def files_of_draft(session: Session, draft_id: int) -> tuple[FileHeld, ...]:
    """Return the files of a draft in the order in which they were added, without their long texts."""
    found = session.execute(
        select(
            DraftFile.id,
            DraftFile.name,
            DraftFile.size,
            DraftFile.question,
            DraftFile.extraction["kind"].as_string().label("kind"),
            DraftFile.extraction["flags"].as_json().label("flags"),
            DraftFile.sha256,
            DraftFile.writer_id,
            (DraftFile.extraction["text"].as_string() != "").label("has_text"),
        )
        .where(DraftFile.draft_id == draft_id)
        .order_by(DraftFile.id)
    )
    return tuple(
        FileHeld(each.id, each.name, each.size, each.question, each.kind, tuple(each.flags), *each[6:])
        for each in found
    )


def extraction_of(session: Session, draft_id: int, file_id: int) -> Extraction:
    """Return what was read from a file of a draft; NotFound for any other."""
    found = select(DraftFile.extraction).where(DraftFile.id == file_id, DraftFile.draft_id == draft_id)
    values = session.scalar(found)
    if values is None:
        raise NotFound(_("This document is not in your draft any more."))
    return Extraction.from_json(values)


def documents_sent(session: Session, submission_id: int, version: int) -> tuple[DocumentSent, ...]:
    """Return the documents of one version of a submission, in order."""
    earlier = aliased(Question)
    position = (
        select(func.count())
        .where(earlier.call_id == Question.call_id, earlier.number <= Question.number)
        .scalar_subquery()
    )
    found = session.execute(
        select(Attachment.id, Attachment.name, Attachment.size, Question, position, Answer.publication)
        .outerjoin(Question, Question.id == Attachment.question_id)
        .outerjoin(
            Answer,
            (Answer.submission_id == Attachment.submission_id)
            & (Answer.question_id == Attachment.question_id)
            & answer_stands(),
        )
        .where(Attachment.submission_id == submission_id, attachment_in(version))
        .order_by(Attachment.position)
    )
    marks = _marks_in_documents(session, submission_id)
    return tuple(
        DocumentSent(
            name,
            size,
            place if question else None,
            in_language(question, "prompt") if question else None,
            own,
            # Words that stand in several places were marked once.
            tuple(dict.fromkeys(marks.get(id_, ()))),
        )
        for id_, name, size, question, place, own in found
    )


def _marks_in_documents(session: Session, submission_id: int) -> dict[int, list[tuple[str, str]]]:
    """Return the words marked in each document, with the harm feared."""
    mine = (SourceText.submission_id == submission_id, SourceText.attachment_id.is_not(None))
    attached = dict(session.execute(select(SourceText.id, SourceText.attachment_id).where(*mine)).all())
    found: dict[int, list[tuple[str, str]]] = {}
    for mark in confidences_of(session, submission_id) if attached else ():
        attachment_id = attached.get(mark.source_text_id)
        if attachment_id is not None:
            found.setdefault(attachment_id, []).append((mark.words, mark.harm))
    return found
