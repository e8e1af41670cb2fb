"""Redactions, the proposals for them, and what was published.

What a machine proposed (proposals) and what a clerk decided (decisions, redactions) never share a row. All
are append-only: a redaction is withdrawn by a decision that undoes the one that made it.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from consult.foundation.database import Base, state_type
from consult.publication.rules import Ground, Verdict

_SPAN_IN_ORDER = 'start >= 0 AND "end" > start'


class RedactionRun(Base):
    """One reading of an inquiry's texts by a recogniser of personal data."""

    __tablename__ = "redaction_runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiries.id"), index=True)
    recogniser: Mapped[str] = mapped_column(String(80))
    version: Mapped[str] = mapped_column(String(40))
    settings: Mapped[dict[str, Any]]
    started_at: Mapped[datetime]


class RedactionReading(Base):
    """Which run last read a text for personal data; moves on with each run."""

    __tablename__ = "redaction_readings"

    source_text_id: Mapped[int] = mapped_column(ForeignKey("source_texts.id"), primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("redaction_runs.id"), index=True)
    # Whether the writer's name was left alone, as that of one who agreed to be named.
    named: Mapped[bool]


class RedactionProposal(Base):
    """A run's proposal to withhold a span; until somebody decides, readers outside do not have it."""

    __tablename__ = "redaction_proposals"
    __table_args__ = (
        # A later run that finds the same words again proposes nothing new.
        UniqueConstraint("source_text_id", "start", "end"),
        CheckConstraint(_SPAN_IN_ORDER, name="span_in_order"),
        CheckConstraint("score >= 0 AND score <= 1", name="score_is_probability"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("redaction_runs.id"), index=True)
    source_text_id: Mapped[int] = mapped_column(ForeignKey("source_texts.id"))
    start: Mapped[int]
    end: Mapped[int]
    ground: Mapped[Ground] = mapped_column(state_type(Ground, "ground"))
    score: Mapped[float]
    # How the words were recognised; never the words themselves.
    reason: Mapped[str] = mapped_column(String(200))


class Redaction(Base):
    """A span withheld from readers outside, for as long as the decision that made it is not undone."""

    __tablename__ = "redactions"
    __table_args__ = (
        CheckConstraint(_SPAN_IN_ORDER, name="span_in_order"),
        Index("ix_redactions_text", "source_text_id", "start"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiries.id"), index=True)
    source_text_id: Mapped[int] = mapped_column(ForeignKey("source_texts.id"))
    start: Mapped[int]
    end: Mapped[int]
    ground: Mapped[Ground] = mapped_column(state_type(Ground, "ground"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]


class RedactionDecision(Base):
    """A clerk's word on a proposal, on a passage marked confidential, or on words of their own choice."""

    __tablename__ = "redaction_decisions"
    __table_args__ = (
        UniqueConstraint("redaction_id"),
        UniqueConstraint("undoes_id"),
        UniqueConstraint("act_key"),
        CheckConstraint(
            "(verdict = 'withhold') = (redaction_id IS NOT NULL)", name="withhold_makes_redaction"
        ),
        CheckConstraint("(verdict = 'undo') = (undoes_id IS NOT NULL)", name="undo_names_decision"),
        CheckConstraint(
            "verdict <> 'release' OR proposal_id IS NOT NULL OR confidence_id IS NOT NULL",
            name="release_names_words",
        ),
        CheckConstraint(
            "verdict <> 'release' OR confidence_id IS NULL OR why <> ''",
            name="breaking_a_confidence_has_reason",
        ),
        Index("ix_redaction_decisions_text", "source_text_id", "id"),
        Index("ix_redaction_decisions_proposal", "proposal_id"),
        Index("ix_redaction_decisions_confidential", "confidence_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiries.id"), index=True)
    source_text_id: Mapped[int] = mapped_column(ForeignKey("source_texts.id"))
    verdict: Mapped[Verdict] = mapped_column(state_type(Verdict, "redaction_verdict"))
    redaction_id: Mapped[int | None] = mapped_column(ForeignKey("redactions.id"))
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("redaction_proposals.id"))
    confidence_id: Mapped[int | None] = mapped_column(ForeignKey("confidential_passages.id"))
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("redaction_decisions.id"))
    why: Mapped[str] = mapped_column(Text, default="")
    # Made by the page, so that a double click or a repeated request is one act.
    act_key: Mapped[str | None] = mapped_column(String(64))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]


class PublicationBatch(Base):
    """One act of publishing: the submissions that a clerk let out together."""

    __tablename__ = "publication_batches"

    id: Mapped[int] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiries.id"), index=True)
    # Why it went out although something was still undecided; what is undecided stays withheld.
    passed_over: Mapped[str] = mapped_column(Text, default="")
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]


class PublishedSubmission(Base):
    """A submission as it went out: the newest version of it is what its public page shows."""

    __tablename__ = "published_submissions"
    __table_args__ = (
        UniqueConstraint("submission_id", "version"),
        CheckConstraint("version >= 1", name="versions_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("publication_batches.id"), index=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"))
    version: Mapped[int]
    named: Mapped[bool]
    at: Mapped[datetime]


class PublishedPart(Base):
    """An answer or a text that went out with a published submission; what is not listed did not."""

    __tablename__ = "published_parts"
    __table_args__ = (
        UniqueConstraint("published_id", "answer_id"),
        UniqueConstraint("published_id", "source_text_id"),
        CheckConstraint("(answer_id IS NULL) <> (source_text_id IS NULL)", name="answer_or_text"),
        Index("ix_published_parts_text", "source_text_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    published_id: Mapped[int] = mapped_column(ForeignKey("published_submissions.id"))
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("answers.id"))
    source_text_id: Mapped[int | None] = mapped_column(ForeignKey("source_texts.id"))


class WithheldSpan(Base):
    """A span that did not go out with a published submission, whatever is decided on it later."""

    __tablename__ = "withheld_spans"
    __table_args__ = (
        UniqueConstraint("published_id", "source_text_id", "start"),
        CheckConstraint(_SPAN_IN_ORDER, name="span_in_order"),
        Index("ix_withheld_spans_text", "source_text_id", "start"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    published_id: Mapped[int] = mapped_column(ForeignKey("published_submissions.id"))
    source_text_id: Mapped[int] = mapped_column(ForeignKey("source_texts.id"))
    start: Mapped[int]
    end: Mapped[int]
    ground: Mapped[Ground] = mapped_column(state_type(Ground, "ground"))


class PublicationWithdrawal(Base):
    """The later row that takes a published submission off the public pages."""

    __tablename__ = "publication_withdrawals"

    published_id: Mapped[int] = mapped_column(ForeignKey("published_submissions.id"), primary_key=True)
    # Shown on the page that stands where the evidence stood.
    why: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]


class PublishedWords(Base):
    """The words of a text that readers outside may have, folded for searching; made anew, never a record."""

    __tablename__ = "published_words"

    source_text_id: Mapped[int] = mapped_column(ForeignKey("source_texts.id"), primary_key=True)
    words: Mapped[str] = mapped_column(Text)
