"""Drafts: answers not yet sent."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from consult.foundation.database import Base


class Draft(Base):
    """Unfinished answers, opened with a return code of which only the hash is kept."""

    __tablename__ = "drafts"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    send_key: Mapped[str] = mapped_column(String(64), unique=True)
    # Question slug to what was typed: str, list[str] or None; validated again before sending.
    answers: Mapped[dict[str, Any]]
    # name, organisation, email, respondent_type, publication: as typed.
    about: Mapped[dict[str, Any]]
    # Words that must not be published: question slug, words and the harm feared, as typed.
    confidences: Mapped[list[Any]] = mapped_column(server_default="[]", default=list)
    language: Mapped[str] = mapped_column(String(8), default="en")
    started_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    # Set when sent; the answers are erased from the draft in the same transaction.
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submissions.id"), unique=True)
