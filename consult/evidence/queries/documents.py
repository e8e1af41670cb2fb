"""Reads about the documents of submissions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.calls.models import Question
from consult.evidence.extraction.result import UNTYPED, Outcome
from consult.evidence.extraction.words import flag_words
from consult.evidence.models import SourceText, Submission
from consult.evidence.models_documents import Attachment, ReplacedAttachment
from consult.evidence.queries.texts import TextRead
from consult.foundation.audit import AuditEvent
from consult.foundation.errors import NotFound
from consult.foundation.file_keeping import ERASED

TRANSCRIBED = "transcribe attachment"
_PER_KILO = 1000


@dataclass(frozen=True)
class AttachmentRead:
    """A document as it is shown to members."""

    id: int
    name: str
    sha256: str
    size: int
    kind: str
    outcome: Outcome
    flags: tuple[str, ...]
    question: Question | None
    received_at: datetime
    # What was read out of it, then what was typed of its pictures; of a scan only the latter.
    texts: tuple[TextRead, ...]
    transcribed_by: str = ""

    @property
    def is_erased(self) -> bool:
        """Tell whether its original was erased, while the words read from it stay."""
        return self.sha256 == ERASED

    @property
    def text(self) -> TextRead | None:
        """Return the first of its texts."""
        return self.texts[0] if self.texts else None

    @property
    def noticed(self) -> list[str]:
        """Return a sentence for each thing noticed when it was read."""
        return flag_words(self.flags)

    @property
    def awaits_transcription(self) -> bool:
        """Tell whether somebody still has to type what it says."""
        return not UNTYPED.isdisjoint(self.flags) and not self.texts

    @property
    def may_be_typed(self) -> bool:
        """Tell whether there are pictures in it of which nobody has typed the words."""
        return len(self.texts) < most_texts(self.flags) and not self.transcribed_by

    @property
    def size_in_words(self) -> str:
        """Return its size as people say it."""
        return size_in_words(self.size)


def most_texts(flags: Collection[str]) -> int:
    """Return how many texts a document can have: its own, and one more for pages that are pictures."""
    return 2 if "partly-scanned" in flags else 1


def size_in_words(size: int) -> str:
    """Return a size as people say it: 300 bytes, 42 kB, 1.4 MB."""
    if size < _PER_KILO:
        return f"{size} bytes"
    if size < _PER_KILO * _PER_KILO:
        return f"{size / _PER_KILO:.0f} kB"
    return f"{size / _PER_KILO / _PER_KILO:.1f} MB"


def attachment_stands() -> ColumnElement[bool]:
    """Hold for documents that no later version took back."""
    return ~exists().where(ReplacedAttachment.attachment_id == Attachment.id)


def awaits_text() -> ColumnElement[bool]:
    """Hold for standing documents out of which no text has come yet, though there should be one."""
    has_text = exists().where(SourceText.attachment_id == Attachment.id)
    return attachment_stands() & ~has_text


def attachment_in(version: int) -> ColumnElement[bool]:
    """Hold for the documents of one version of their submission."""
    replaced = exists().where(
        ReplacedAttachment.attachment_id == Attachment.id, ReplacedAttachment.version <= version
    )
    return (Attachment.version <= version) & ~replaced


def attachments_of(session: Session, submission_id: int, version: int) -> tuple[AttachmentRead, ...]:
    """Return the documents of one version of a submission, with their texts, in order."""
    rows = session.execute(
        select(Attachment, Question)
        .outerjoin(Question, Question.id == Attachment.question_id)
        .where(Attachment.submission_id == submission_id, attachment_in(version))
        .order_by(Attachment.position)
    ).all()
    ids = [row[0].id for row in rows]
    texts, typists = _texts(session, ids), _typists(session, ids)
    return tuple(
        _as_read(attachment, question, texts.get(attachment.id, []), typists.get(attachment.id, ""))
        for attachment, question in rows
    )


def _texts(session: Session, attachment_ids: Sequence[int]) -> dict[int, list[TextRead]]:
    if not attachment_ids:
        return {}
    rows = session.scalars(
        select(SourceText)
        .where(SourceText.attachment_id.in_(attachment_ids))
        .order_by(SourceText.attachment_id, SourceText.position)
    )
    return {
        key: [TextRead(text.id, text.language, text.body, text.first_paragraph) for text in texts]
        for key, texts in groupby(rows, key=lambda text: text.attachment_id or 0)
    }


def _as_read(
    attachment: Attachment, question: Question | None, texts: Sequence[TextRead], typist: str
) -> AttachmentRead:
    return AttachmentRead(
        id=attachment.id,
        name=attachment.name,
        sha256=attachment.sha256,
        size=attachment.size,
        kind=attachment.kind,
        outcome=attachment.outcome,
        flags=tuple(attachment.flags),
        question=question,
        received_at=attachment.received_at,
        texts=tuple(texts),
        transcribed_by=typist,
    )


def _typists(session: Session, attachment_ids: Sequence[int]) -> dict[int, str]:
    if not attachment_ids:
        return {}
    rows = session.execute(
        select(AuditEvent.record_id, User.name)
        .join(User, User.id == AuditEvent.user_id)
        .where(
            AuditEvent.record_kind == "attachment",
            AuditEvent.verb == TRANSCRIBED,
            AuditEvent.record_id.in_(attachment_ids),
        )
    )
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True)
class FileToGive:
    """What is needed to hand out an original."""

    position: int
    kind: str
    sha256: str
    size: int


def file_to_give(session: Session, inquiry_id: int, reference: str, attachment_id: int) -> FileToGive:
    """Return an original of a submission; NotFound for another inquiry's."""
    row = session.execute(
        select(Attachment.position, Attachment.kind, Attachment.sha256, Attachment.size)
        .join(Submission, Submission.id == Attachment.submission_id)
        .where(
            Submission.inquiry_id == inquiry_id,
            Submission.reference == reference,
            Attachment.id == attachment_id,
        )
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such document in this inquiry.")
    return FileToGive(*row)


def files_by_key(session: Session, call_id: int) -> dict[str, str]:
    """Return the hash of the file that each submission of a call came in, by the key it was imported with."""
    rows = session.execute(
        select(Submission.external_key, Attachment.sha256)
        .join(Attachment, Attachment.submission_id == Submission.id)
        .where(Submission.call_id == call_id, Submission.external_key.is_not(None), Attachment.position == 1)
    )
    return {key: sha256 for key, sha256 in rows if key is not None}
