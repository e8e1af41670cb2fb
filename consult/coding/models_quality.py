"""What tells how good suggestions are: the blind sample, how runs ended, and what to read next.

The blind sample is a share of passages drawn by lot. A member reads them before seeing what was proposed,
so that precision and what was missed can be estimated. Both its tables are append-only.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from consult.coding.rules_quality import LEAST_PRECISION, MOST_AT_MOST, MOST_PRECISION, ReadingOrder
from consult.foundation.database import Base, state_type


class SuggestionSettings(Base):
    """How sure suggestions have to be and how many a passage may have, where it is not the default."""

    __tablename__ = "suggestion_settings"
    __table_args__ = (
        CheckConstraint(
            f"wanted_precision IS NULL OR (wanted_precision >= {LEAST_PRECISION} "
            f"AND wanted_precision <= {MOST_PRECISION})",
            name="precision_is_percentage",
        ),
        CheckConstraint(f"most >= 1 AND most <= {MOST_AT_MOST}", name="most_is_few"),
    )

    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiries.id"), primary_key=True)
    # In a hundred; None: whatever reaches the model's own floor is shown.
    wanted_precision: Mapped[int | None]
    most: Mapped[int]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    set_at: Mapped[datetime]


class BlindPassage(Base):
    """A passage drawn by lot to be read without suggestions first."""

    __tablename__ = "blind_passages"

    passage_id: Mapped[int] = mapped_column(ForeignKey("passages.id"), primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiries.id"), index=True)


class BlindReading(Base):
    """A member's word that a blind passage has been read and coded; from then on suggestions are shown.

    `run_id` is the run whose suggestions were kept back, `last_code_id` the newest code there was.
    """

    __tablename__ = "blind_readings"

    passage_id: Mapped[int] = mapped_column(ForeignKey("blind_passages.passage_id"), primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiries.id"), index=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("model_runs.id"), index=True)
    last_code_id: Mapped[int]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]


class RunResult(Base):
    """How a model run ended: what it did, how long it took, what its scores meant, and its saved model."""

    __tablename__ = "run_results"
    __table_args__ = (
        CheckConstraint("passages >= 0 AND suggestions >= 0 AND abstained >= 0", name="results_counted"),
    )

    run_id: Mapped[int] = mapped_column(ForeignKey("model_runs.id"), primary_key=True)
    finished_at: Mapped[datetime]
    # In thousandths of a second of the clock on the wall.
    took: Mapped[int]
    passages: Mapped[int]
    suggestions: Mapped[int]
    abstained: Mapped[int]
    # Numbers only: held, codes, scores, floor, acceptance. The model card is made of it.
    summary: Mapped[dict[str, Any]]
    # By which its files are known again; none where nothing was kept.
    artefact_sha256: Mapped[str | None] = mapped_column(String(64))


class ReadingPlace(Base):
    """A passage's place in one order of reading, as the newest run made it; the next makes all again."""

    __tablename__ = "reading_places"
    __table_args__ = (
        UniqueConstraint("passage_id", "reading_order"),
        Index("ix_reading_places_order", "inquiry_id", "reading_order", "place"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiries.id"))
    passage_id: Mapped[int] = mapped_column(ForeignKey("passages.id"))
    reading_order: Mapped[ReadingOrder] = mapped_column(state_type(ReadingOrder, "reading_order"))
    place: Mapped[int]
