"""Model runs, suggestions, decisions and codings.

What a machine proposed (suggestions) and what a person did (decisions, codings) never share a row, and
both are append-only: a coding is withdrawn by a later row, a decision undone by a later decision.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from consult.coding.rules import CodingOrigin, Verdict
from consult.foundation.database import Base, state_type


class ModelRun(Base):
    """One execution of a model over one inquiry's passages."""

    __tablename__ = "model_runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiries.id"), index=True)
    codebook_version_id: Mapped[int] = mapped_column(ForeignKey("codebook_versions.id"))
    model: Mapped[str] = mapped_column(String(80))
    model_version: Mapped[str] = mapped_column(String(40))
    settings: Mapped[dict[str, Any]]
    data_sha256: Mapped[str] = mapped_column(String(64))
    seed: Mapped[int]
    decided: Mapped[int]
    started_at: Mapped[datetime]


class Suggestion(Base):
    """A run's proposal that a code fits a passage."""

    __tablename__ = "suggestions"
    __table_args__ = (
        UniqueConstraint("passage_id", "run_id", "code_id"),
        CheckConstraint("score >= 0 AND score <= 1", name="score_is_probability"),
        CheckConstraint("rank >= 1", name="rank_from_one"),
        Index("ix_suggestions_code", "code_id", "run_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("model_runs.id"), index=True)
    passage_id: Mapped[int] = mapped_column(ForeignKey("passages.id"))
    code_id: Mapped[int] = mapped_column(ForeignKey("codes.id"))
    score: Mapped[float]
    rank: Mapped[int]
    # [{"start", "end", "text", "weight"}]: spans within the passage, weight = part of the score.
    reasons: Mapped[list[Any]]
    from_definition: Mapped[bool]


class LatestRun(Base):
    """Which run last read a passage, and whether it proposed anything; moves on with each run."""

    __tablename__ = "latest_runs"
    __table_args__ = (Index("ix_latest_runs_run_id", "run_id"),)

    passage_id: Mapped[int] = mapped_column(ForeignKey("passages.id"), primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("model_runs.id"))
    suggested: Mapped[int]


class Decision(Base):
    """A member's word on a suggestion; `undoes_id` takes an earlier one back."""

    __tablename__ = "decisions"
    __table_args__ = (
        UniqueConstraint("undoes_id"),
        UniqueConstraint("act_key"),
        CheckConstraint("(verdict = 'undo') = (undoes_id IS NOT NULL)", name="undo_names_decision"),
        CheckConstraint(
            "(verdict = 'replace') = (replacement_id IS NOT NULL)",
            name="replace_names_code",
        ),
        Index("ix_decisions_suggestion", "suggestion_id", "id"),
        Index("ix_decisions_user", "inquiry_id", "user_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiries.id"))
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestions.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    verdict: Mapped[Verdict] = mapped_column(state_type(Verdict, "verdict"))
    replacement_id: Mapped[int | None] = mapped_column(ForeignKey("codes.id"))
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))
    # Made by the page, so that a double click or a repeated request is one act.
    act_key: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[datetime]


class Coding(Base):
    """A person's act of applying a code to a passage."""

    __tablename__ = "codings"
    __table_args__ = (
        CheckConstraint(
            "(origin = 'own reading') = (decision_id IS NULL)",
            name="origin_matches_decision",
        ),
        Index("ix_codings_code", "code_id", "passage_id"),
        Index("ix_codings_passage", "passage_id", "code_id"),
        UniqueConstraint("decision_id"),
        UniqueConstraint("act_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiries.id"), index=True)
    passage_id: Mapped[int] = mapped_column(ForeignKey("passages.id"))
    code_id: Mapped[int] = mapped_column(ForeignKey("codes.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    origin: Mapped[CodingOrigin] = mapped_column(state_type(CodingOrigin, "coding_origin"))
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))
    act_key: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[datetime]


class CodingWithdrawal(Base):
    """The later row that withdraws a coding."""

    __tablename__ = "coding_withdrawals"

    coding_id: Mapped[int] = mapped_column(ForeignKey("codings.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]
