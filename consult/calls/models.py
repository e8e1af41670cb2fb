"""Inquiries, phases, places, respondent types, calls and their questions."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.calls.rules import CallState, QuestionKind, WithdrawalPolicy
from consult.foundation.database import Base, state_type


class InLanguages:
    """A row whose English words may stand in other languages too.

    `translations` maps a language to field to words, such as {"cy": {"title": "…"}}: one place for all of
    them, read by foundation.language.in_language and written by service.translate_call.
    """

    translations: Mapped[dict[str, Any]] = mapped_column(server_default="{}", default=dict)


class Inquiry(InLanguages, Base):
    """A commission's whole work."""

    __tablename__ = "inquiries"
    __table_args__ = (CheckConstraint("last_reference >= 0", name="reference_counted"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(300))
    description: Mapped[str] = mapped_column(Text, default="")
    reference_prefix: Mapped[str] = mapped_column(String(8))
    # The number in the newest reference; taken with UPDATE … RETURNING, so two can never be the same.
    last_reference: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    # Until when respondents may take back what they sent.
    withdrawal_policy: Mapped[WithdrawalPolicy] = mapped_column(
        state_type(WithdrawalPolicy, "withdrawal_policy"),
        default=WithdrawalPolicy.UNTIL_REPORT,
        server_default=WithdrawalPolicy.UNTIL_REPORT.value,
    )
    # Set when the report is out: respondents are told where it is.
    report_at: Mapped[datetime | None]
    report_title: Mapped[str] = mapped_column(String(300), default="", server_default="")
    report_address: Mapped[str] = mapped_column(String(500), default="", server_default="")


class Phase(Base):
    """A stage of an inquiry."""

    __tablename__ = "phases"
    __table_args__ = (UniqueConstraint("inquiry_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiries.id"))
    slug: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(300))
    position: Mapped[int]


class Place(InLanguages, Base):
    """An area that evidence is about."""

    __tablename__ = "places"
    __table_args__ = (UniqueConstraint("inquiry_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiries.id"))
    slug: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(200))
    position: Mapped[int]
    # Postcode areas and districts that lie in it, such as TR or SE15.
    postcodes: Mapped[list[str]] = mapped_column(server_default="[]", default=list)


class RespondentType(InLanguages, Base):
    """The capacity in which somebody answers."""

    __tablename__ = "respondent_types"
    __table_args__ = (UniqueConstraint("inquiry_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiries.id"))
    slug: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(200))
    position: Mapped[int]


class Call(InLanguages, Base):
    """A published invitation to give evidence."""

    __tablename__ = "calls"
    __table_args__ = (
        UniqueConstraint("inquiry_id", "slug"),
        CheckConstraint("closes_at > opens_at", name="closes_after_opening"),
        CheckConstraint("grace_minutes >= 0 AND grace_minutes <= 1440", name="grace_within_a_day"),
        CheckConstraint("most_documents >= 0 AND most_documents <= 20", name="documents_counted"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiries.id"))
    phase_id: Mapped[int | None] = mapped_column(ForeignKey("phases.id"))
    slug: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(300))
    purpose: Mapped[str] = mapped_column(Text, default="")
    terms: Mapped[str] = mapped_column(Text, default="")
    what_happens: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[CallState] = mapped_column(state_type(CallState, "call_state"), default=CallState.DRAFT)
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    # Which of rules.DECLARATIONS it asks for.
    declarations: Mapped[list[str]] = mapped_column(server_default="[]", default=list)
    # English always, and Welsh where the call is offered in it as well.
    languages: Mapped[list[str]] = mapped_column(server_default='["en"]', default=lambda: ["en"])
    # How long after closing a draft begun before it may still be sent.
    grace_minutes: Mapped[int] = mapped_column(default=0, server_default="0")
    # How many documents may be added beside the answers; 0 leaves out the page that asks for them.
    most_documents: Mapped[int] = mapped_column(default=0, server_default="0")

    inquiry: Mapped[Inquiry] = relationship(lazy="raise")
    questions: Mapped[list["Question"]] = relationship(
        lazy="raise", order_by="Question.number", back_populates="call"
    )
    sections: Mapped[list["Section"]] = relationship(lazy="raise", order_by="Section.position")


class Section(InLanguages, Base):
    """Questions of a call that belong together, under a heading of their own."""

    __tablename__ = "sections"
    __table_args__ = (UniqueConstraint("call_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    introduction: Mapped[str] = mapped_column(Text, default="")


class Question(InLanguages, Base):
    """A numbered prompt of a call."""

    __tablename__ = "questions"
    __table_args__ = (
        # Deferrable is not to be had on SQLite, so renumbering goes by way of negative numbers.
        UniqueConstraint("call_id", "number"),
        UniqueConstraint("call_id", "slug"),
        CheckConstraint(
            "minimum IS NULL OR maximum IS NULL OR minimum <= maximum",
            name="bounds_in_order",
        ),
        CheckConstraint("word_limit IS NULL OR word_limit > 0", name="word_limit_positive"),
        CheckConstraint("word_guidance IS NULL OR word_guidance > 0", name="word_guidance_positive"),
        CheckConstraint("most_files IS NULL OR most_files > 0", name="most_files_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"))
    number: Mapped[int]
    slug: Mapped[str] = mapped_column(String(80))
    kind: Mapped[QuestionKind] = mapped_column(state_type(QuestionKind, "question_kind"))
    prompt: Mapped[str] = mapped_column(Text)
    hint: Mapped[str] = mapped_column(Text, default="")
    required: Mapped[bool] = mapped_column(default=False)
    minimum: Mapped[int | None]
    maximum: Mapped[int | None]
    minimum_meaning: Mapped[str] = mapped_column(String(200), default="")
    maximum_meaning: Mapped[str] = mapped_column(String(200), default="")
    word_limit: Mapped[int | None]
    # How long a good answer usually is; nothing stops a longer one.
    word_guidance: Mapped[int | None]
    # A question for files takes this many.
    most_files: Mapped[int | None]
    # Offers "Prefer not to say", which is kept apart from no answer.
    may_decline: Mapped[bool] = mapped_column(default=False, server_default=false())
    section_id: Mapped[int | None] = mapped_column(ForeignKey("sections.id"))

    call: Mapped[Call] = relationship(lazy="raise", back_populates="questions")
    options: Mapped[list["Option"]] = relationship(lazy="raise", order_by="Option.position")
    rows: Mapped[list["MatrixRow"]] = relationship(lazy="raise", order_by="MatrixRow.position")
    conditions: Mapped[list["QuestionCondition"]] = relationship(
        lazy="raise", order_by="QuestionCondition.option_id"
    )


class Option(InLanguages, Base):
    """One choice offered by a question."""

    __tablename__ = "options"
    __table_args__ = (UniqueConstraint("question_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"))
    position: Mapped[int]
    wording: Mapped[str] = mapped_column(Text)
    # "None of these" goes with no other.
    exclusive: Mapped[bool] = mapped_column(default=False, server_default=false())


class MatrixRow(InLanguages, Base):
    """One row of a matrix question, answered with one of its options."""

    __tablename__ = "matrix_rows"
    __table_args__ = (UniqueConstraint("question_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"))
    position: Mapped[int]
    wording: Mapped[str] = mapped_column(Text)


class QuestionCondition(Base):
    """An option of an earlier question; a question with conditions is put when one of them was chosen."""

    __tablename__ = "question_conditions"

    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"), primary_key=True)
    option_id: Mapped[int] = mapped_column(ForeignKey("options.id"), primary_key=True, index=True)


class CallEdition(Base):
    """The one row that names the present edition of what calls ask; triggers draw a new name at each change.

    Questions with all that hangs on them, places and respondent types make an edition (foundation.editions);
    a call's own row does not.
    """

    __tablename__ = "call_editions"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(32))
