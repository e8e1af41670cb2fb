"""Files that a clerk drops together, until each is a submission or discarded.

These are working notes: rows go when a batch is discarded, and a file that has become a submission leaves
only which one it became. What was received for good is in `attachments`.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from consult.evidence.extraction.result import Outcome
from consult.evidence.rules import Channel, PublicationChoice
from consult.evidence.rules_batches import FileState
from consult.foundation.database import Base, state_type
from consult.foundation.file_keeping import names_files


class FileBatch(Base):
    """Files dropped together for one call."""

    __tablename__ = "file_batches"

    id: Mapped[int] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiries.id"), index=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    # One press drops once, however often the page is sent.
    drop_key: Mapped[str] = mapped_column(String(64), unique=True)
    dropped_at: Mapped[datetime]


class BatchFile(Base):
    """One file of a batch: the submission that it is to be, as proposed and as the clerk settles it."""

    __tablename__ = "batch_files"
    __table_args__ = (
        UniqueConstraint("batch_id", "position"),
        CheckConstraint("(state = 'stored') = (submission_id IS NOT NULL)", name="stored_is_a_submission"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("file_batches.id"))
    position: Mapped[int]
    state: Mapped[FileState] = mapped_column(state_type(FileState, "file_state"))
    name: Mapped[str] = mapped_column(String(300), default="")
    organisation: Mapped[str] = mapped_column(String(300), default="")
    email: Mapped[str] = mapped_column(String(255), default="")
    title: Mapped[str] = mapped_column(String(300), default="")
    respondent_type_id: Mapped[int | None] = mapped_column(ForeignKey("respondent_types.id"))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    language: Mapped[str] = mapped_column(String(8))
    received_on: Mapped[date]
    channel: Mapped[Channel] = mapped_column(state_type(Channel, "file_channel"))
    publication: Mapped[PublicationChoice] = mapped_column(state_type(PublicationChoice, "file_publication"))
    choice_known: Mapped[str] = mapped_column(Text, default="")
    why_late: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    # The same words however spaced, to notice what has arrived before.
    words_sha256: Mapped[str | None] = mapped_column(String(64))
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submissions.id"), unique=True)


class BatchDocument(Base):
    """A document of a dropped file: the file itself first, then what is enclosed in it if it is a message."""

    __tablename__ = "batch_documents"
    __table_args__ = (
        UniqueConstraint("file_id", "position"),
        CheckConstraint("length(sha256) = 64", name="hash_length"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("batch_files.id"))
    position: Mapped[int]
    # As its sender wrote it: text to show, never a place on a disk.
    name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    kind: Mapped[str] = mapped_column(String(40), default="")
    # None until it was read.
    outcome: Mapped[Outcome | None] = mapped_column(state_type(Outcome, "document_outcome"))
    flags: Mapped[list[str]]
    body: Mapped[str] = mapped_column(Text, default="")
    words: Mapped[int] = mapped_column(default=0)
    question_id: Mapped[int | None] = mapped_column(ForeignKey("questions.id"))
    # Whether its words are evidence; where not, the file is kept and its words are not read.
    taken: Mapped[bool] = mapped_column(default=True)


names_files(BatchDocument.sha256)
