"""Submissions, answers, source texts and passages.

Answers, choices and source texts are append-only: the database refuses to change or delete them.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.calls.models import MatrixRow, Option, Place, Question, RespondentType
from consult.calls.rules import WithdrawalPolicy
from consult.evidence.rules import (
    Channel,
    PassageKind,
    PublicationChoice,
    SubmissionState,
)
from consult.foundation.database import Base, state_type


class Respondent(Base):
    """A person or body that gave evidence; who they are, apart from what they said."""

    __tablename__ = "respondents"
    __table_args__ = (Index("ix_respondents_email", "inquiry_id", "email"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiries.id"), index=True)
    name: Mapped[str] = mapped_column(String(300), default="")
    organisation: Mapped[str] = mapped_column(String(300), default="")
    email: Mapped[str] = mapped_column(String(255), default="")


class Submission(Base):
    """What was sent under one reference: its newest version, and where it stands on the clerk's desk."""

    __tablename__ = "submissions"
    __table_args__ = (
        UniqueConstraint("inquiry_id", "reference"),
        # One draft version sends once, however often its button is pressed.
        UniqueConstraint("send_key"),
        # A second import of the same file or unit finds the first.
        UniqueConstraint("call_id", "external_key"),
        Index("ix_submissions_reading_room", "inquiry_id", "state", "id"),
        Index("ix_submissions_words", "inquiry_id", "words_sha256"),
        Index("ix_submissions_facets", "inquiry_id", "respondent_type_id", "place_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiries.id"))
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), index=True)
    respondent_id: Mapped[int] = mapped_column(ForeignKey("respondents.id"), index=True)
    respondent_type_id: Mapped[int | None] = mapped_column(ForeignKey("respondent_types.id"))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    reference: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(300), default="")
    publication: Mapped[PublicationChoice] = mapped_column(
        state_type(PublicationChoice, "publication_choice")
    )
    state: Mapped[SubmissionState] = mapped_column(
        state_type(SubmissionState, "submission_state"), default=SubmissionState.NEW
    )
    channel: Mapped[Channel] = mapped_column(state_type(Channel, "channel"))
    language: Mapped[str] = mapped_column(String(8), default="en")
    word_count: Mapped[int] = mapped_column(default=0)
    # Of all its words, however written: the same words arriving again are found by it. None: too few words.
    words_sha256: Mapped[str | None] = mapped_column(String(64))
    send_key: Mapped[str | None] = mapped_column(String(64))
    external_key: Mapped[str | None] = mapped_column(String(400))
    # SHA-256 of the code that opens the receipt; the code itself is only ever shown to the respondent.
    receipt_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    # When the first version was sent; each version has its own moment.
    sent_at: Mapped[datetime]
    # The number of the version that stands; what it says of the respondent is repeated above.
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    # The rule of withdrawal that was shown before sending; where none was, the inquiry's own holds.
    withdrawal_policy: Mapped[WithdrawalPolicy | None] = mapped_column(
        state_type(WithdrawalPolicy, "withdrawal_policy")
    )

    respondent: Mapped[Respondent] = relationship(lazy="raise")
    respondent_type: Mapped[RespondentType | None] = relationship(lazy="raise")
    place: Mapped[Place | None] = relationship(lazy="raise")


class Answer(Base):
    """A submission's reply to one question; its words, if any, are in a source text."""

    __tablename__ = "answers"
    # One answer to a question for each version in which it changed.
    __table_args__ = (UniqueConstraint("submission_id", "question_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"))
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"), index=True)
    number: Mapped[int | None]
    place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    # The first half of a postcode; the whole is never kept.
    district: Mapped[str | None] = mapped_column(String(4))
    # Somebody chose "Prefer not to say".
    declined: Mapped[bool] = mapped_column(default=False, server_default=false())
    # NULL as the submission's own choice.
    publication: Mapped[PublicationChoice | None] = mapped_column(
        state_type(PublicationChoice, "publication_choice")
    )
    # The version of the submission that brought it.
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    question: Mapped[Question] = relationship(lazy="raise")
    place: Mapped[Place | None] = relationship(lazy="raise")
    choices: Mapped[list["AnswerChoice"]] = relationship(lazy="raise")
    cells: Mapped[list["AnswerCell"]] = relationship(lazy="raise")


class AnswerChoice(Base):
    """One option chosen in an answer."""

    __tablename__ = "answer_choices"

    answer_id: Mapped[int] = mapped_column(ForeignKey("answers.id"), primary_key=True)
    option_id: Mapped[int] = mapped_column(ForeignKey("options.id"), primary_key=True, index=True)

    option: Mapped[Option] = relationship(lazy="raise")


class AnswerCell(Base):
    """The option chosen in one row of a matrix."""

    __tablename__ = "answer_cells"

    answer_id: Mapped[int] = mapped_column(ForeignKey("answers.id"), primary_key=True)
    row_id: Mapped[int] = mapped_column(ForeignKey("matrix_rows.id"), primary_key=True, index=True)
    option_id: Mapped[int] = mapped_column(ForeignKey("options.id"))

    row: Mapped[MatrixRow] = relationship(lazy="raise")
    option: Mapped[Option] = relationship(lazy="raise")


class SourceText(Base):
    """The immutable plain text of an answer or of an attachment, with its hash."""

    __tablename__ = "source_texts"
    __table_args__ = (
        CheckConstraint("length(sha256) = 64", name="hash_length"),
        CheckConstraint("first_paragraph >= 1", name="paragraphs_from_one"),
        UniqueConstraint("submission_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"))
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("answers.id"), index=True)
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachments.id"), index=True)
    position: Mapped[int]
    # Paragraph numbers run through the whole submission, so that "LOC0012, paragraph 3" is one place.
    first_paragraph: Mapped[int]
    language: Mapped[str] = mapped_column(String(8))
    body: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    # The version of the submission that brought it.
    version: Mapped[int] = mapped_column(default=1, server_default="1")


class Passage(Base):
    """A half-open span of a source text in Unicode code points, with the words it quotes."""

    __tablename__ = "passages"
    __table_args__ = (
        UniqueConstraint("source_text_id", "start", "end"),
        CheckConstraint('start >= 0 AND "end" > start', name="span_in_order"),
        CheckConstraint('length(quote) = "end" - start', name="quote_fills_span"),
        Index("ix_passages_queue", "inquiry_id", "kind", "id"),
        Index("ix_passages_submission", "submission_id", "source_text_id", "start"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # Repeated from the source text, which never changes, so that queues and figures need no join.
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiries.id"))
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"))
    source_text_id: Mapped[int] = mapped_column(ForeignKey("source_texts.id"))
    start: Mapped[int]
    end: Mapped[int]
    quote: Mapped[str] = mapped_column(Text)
    paragraph: Mapped[int]
    # In which it is written, where that could be told.
    language: Mapped[str | None] = mapped_column(String(8))
    kind: Mapped[PassageKind] = mapped_column(state_type(PassageKind, "passage_kind"))
    cut_at: Mapped[datetime]


class ConfidentialPassage(Base):
    """A span that its writer asked to be kept from readers outside, and the harm they fear."""

    __tablename__ = "confidential_passages"
    __table_args__ = (
        UniqueConstraint("source_text_id", "start", "end"),
        CheckConstraint('start >= 0 AND "end" > start', name="span_in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source_text_id: Mapped[int] = mapped_column(ForeignKey("source_texts.id"))
    start: Mapped[int]
    end: Mapped[int]
    harm: Mapped[str] = mapped_column(Text)
    marked_at: Mapped[datetime]


class Declaration(Base):
    """For whom a respondent speaks, in what role, and with what interests and funding, in their words."""

    __tablename__ = "declarations"

    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"), primary_key=True)
    on_behalf_of: Mapped[str] = mapped_column(Text, default="")
    role: Mapped[str] = mapped_column(Text, default="")
    interests: Mapped[str] = mapped_column(Text, default="")
    funding: Mapped[str] = mapped_column(Text, default="")


class SubmissionVersion(Base):
    """One sending under a reference: the first, or an amendment; answers and texts name it."""

    __tablename__ = "submission_versions"
    __table_args__ = (
        UniqueConstraint("submission_id", "number"),
        # One draft sends once, however often its button is pressed.
        UniqueConstraint("send_key"),
        CheckConstraint("number >= 1", name="numbered_from_one"),
        CheckConstraint("length(sha256) = 64", name="hash_length"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"))
    number: Mapped[int]
    respondent_id: Mapped[int] = mapped_column(ForeignKey("respondents.id"), index=True)
    respondent_type_id: Mapped[int | None] = mapped_column(ForeignKey("respondent_types.id"))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    publication: Mapped[PublicationChoice] = mapped_column(
        state_type(PublicationChoice, "publication_choice")
    )
    language: Mapped[str] = mapped_column(String(8))
    word_count: Mapped[int]
    sent_at: Mapped[datetime]
    send_key: Mapped[str | None] = mapped_column(String(64))
    # Each version's receipt code opens the receipt of the whole submission.
    receipt_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    # SHA-256 of all its answers, by rules.hash_of_answers.
    sha256: Mapped[str] = mapped_column(String(64))
    # For whom it spoke and with what interests, as declared with this version.
    declared: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")


class ReplacedAnswer(Base):
    """An answer that a later version gave anew or took back; what has no row here stands."""

    __tablename__ = "replaced_answers"
    __table_args__ = (CheckConstraint("version > 1", name="replaced_later"),)

    answer_id: Mapped[int] = mapped_column(ForeignKey("answers.id"), primary_key=True)
    version: Mapped[int]


class ReplacedText(Base):
    """A source text whose words a later version replaced; what has no row here stands."""

    __tablename__ = "replaced_texts"
    __table_args__ = (CheckConstraint("version > 1", name="replaced_later"),)

    source_text_id: Mapped[int] = mapped_column(ForeignKey("source_texts.id"), primary_key=True)
    version: Mapped[int]


class WithdrawalRequest(Base):
    """A respondent's wish to withdraw where the commission decides, and what it decided."""

    __tablename__ = "withdrawal_requests"
    __table_args__ = (
        CheckConstraint("(decided_at IS NULL) = (granted IS NULL)", name="decided_one_way"),
        CheckConstraint("(decided_at IS NULL) = (user_id IS NULL)", name="decided_by_somebody"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"), index=True)
    asked_at: Mapped[datetime]
    why: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime | None]
    granted: Mapped[bool | None]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    # What the commission tells the respondent.
    answer: Mapped[str] = mapped_column(Text, default="")
