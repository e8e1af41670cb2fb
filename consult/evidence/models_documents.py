"""Files received with submissions, and to which questions the paragraphs of long documents belong.

All of these are append-only: what a machine proposed, what a person decided and what was received stay.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from consult.evidence.extraction.result import Outcome
from consult.evidence.rules import PublicationChoice
from consult.foundation.database import Base, state_type
from consult.foundation.file_keeping import names_files


class Attachment(Base):
    """A file received with a submission, and the outcome of reading it; its bytes lie in the file store."""

    __tablename__ = "attachments"
    __table_args__ = (
        CheckConstraint("length(sha256) = 64", name="hash_length"),
        CheckConstraint("size >= 0", name="size_counted"),
        UniqueConstraint("submission_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"))
    position: Mapped[int]
    # As its sender wrote it: text to show, never a place on a disk.
    name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    kind: Mapped[str] = mapped_column(String(40))
    outcome: Mapped[Outcome] = mapped_column(state_type(Outcome, "extraction_outcome"))
    flags: Mapped[list[str]]
    # What was said of it when it was received.
    message: Mapped[str] = mapped_column(Text)
    question_id: Mapped[int | None] = mapped_column(ForeignKey("questions.id"), index=True)
    # A choice of its own, such as that of the answer it belongs to; None follows the submission's.
    publication: Mapped[PublicationChoice | None] = mapped_column(
        state_type(PublicationChoice, "publication_choice")
    )
    received_at: Mapped[datetime]
    # The version of the submission that brought it.
    version: Mapped[int] = mapped_column(default=1, server_default="1")


class ReplacedAttachment(Base):
    """A file that a later version of its submission took back; what has no row here stands."""

    __tablename__ = "replaced_attachments"
    __table_args__ = (CheckConstraint("version > 1", name="replaced_later"),)

    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachments.id"), primary_key=True)
    version: Mapped[int]


class ParagraphProposal(Base):
    """A machine's proposal that a paragraph of a document speaks to a question."""

    __tablename__ = "paragraph_proposals"
    __table_args__ = (
        CheckConstraint("score >= 0 AND score <= 1", name="score_is_a_share"),
        UniqueConstraint("source_text_id", "paragraph", "model"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source_text_id: Mapped[int] = mapped_column(ForeignKey("source_texts.id"))
    # Its number in the whole submission.
    paragraph: Mapped[int]
    # None: read, and near to no question.
    question_id: Mapped[int | None] = mapped_column(ForeignKey("questions.id"))
    score: Mapped[float] = mapped_column(Float)
    # Why, in words for the clerk.
    reason: Mapped[str] = mapped_column(Text)
    # Name and version of the way of comparing, with a hash of the prompts it compared with.
    model: Mapped[str] = mapped_column(String(80))
    proposed_at: Mapped[datetime]


class ParagraphQuestion(Base):
    """A person's decision to which question a paragraph belongs; the newest for a paragraph stands."""

    __tablename__ = "paragraph_questions"
    __table_args__ = (Index("ix_paragraph_questions_newest", "source_text_id", "paragraph", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source_text_id: Mapped[int] = mapped_column(ForeignKey("source_texts.id"))
    paragraph: Mapped[int]
    # None: to no question.
    question_id: Mapped[int | None] = mapped_column(ForeignKey("questions.id"), index=True)
    # What the machine had proposed there, whether or not it was followed.
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("paragraph_proposals.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]


names_files(Attachment.sha256)
