"""Drafts: answers not yet sent."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from consult.foundation.database import Base, JsonColumn, state_type
from consult.foundation.file_keeping import names_files
from consult.respond.rules import VersionState


class Draft(Base):
    """Unfinished answers, opened with a return code of which only the hash is kept."""

    __tablename__ = "drafts"
    __table_args__ = (Index("uq_drafts_team_hash", "team_hash", unique=True),)

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
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submissions.id"), index=True)
    # Set when this draft changes what was sent before: the submission, and the version it was filled from.
    amends_id: Mapped[int | None] = mapped_column(ForeignKey("submissions.id"), index=True)
    amends_version: Mapped[int | None]
    # Slot to who wrote its standing words, when, and on which page: see drafting.Sitting.
    written: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    # The code before this one: it opens nothing, but tells a tab left open that it was exchanged.
    former_hash: Mapped[str | None] = mapped_column(String(64))
    # Counts the team codes made; colleagues who came with an earlier one are let in no more.
    team_number: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    team_hash: Mapped[str | None] = mapped_column(String(64))


class DraftWriter(Base):
    """Somebody who writes in a draft that is shared: the lead, or a colleague who came with the team code."""

    __tablename__ = "draft_writers"

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(300))
    # None is the lead, who comes with the return code.
    key_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    team_number: Mapped[int]
    joined_at: Mapped[datetime]
    # What the writer has open, since when and when last heard of; empty when between the questions.
    slot: Mapped[str] = mapped_column(String(120), default="")
    slot_since: Mapped[datetime]
    seen_at: Mapped[datetime]


class DraftVersion(Base):
    """Words for an answer that do not stand: they wait beside those that do, or later ones replaced them."""

    __tablename__ = "draft_versions"
    __table_args__ = (Index("ix_draft_versions_draft_id", "draft_id", "slot"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"))
    slot: Mapped[str] = mapped_column(String(120))
    state: Mapped[VersionState] = mapped_column(state_type(VersionState, "draft_version_state"))
    typed: Mapped[Any] = mapped_column(JsonColumn)
    writer_id: Mapped[int | None] = mapped_column(ForeignKey("draft_writers.id", ondelete="SET NULL"))
    page: Mapped[str] = mapped_column(String(32))
    turn: Mapped[int]
    saved_at: Mapped[datetime]


class DraftFile(Base):
    """A file added to a draft, with what was read from it; erased with the draft, sent as an attachment."""

    __tablename__ = "draft_files"
    __table_args__ = (CheckConstraint("length(sha256) = 64", name="hash_length"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    # The slug of the question that it answers; empty for none.
    question: Mapped[str] = mapped_column(String(80), default="")
    # None is the lead.
    writer_id: Mapped[int | None] = mapped_column(ForeignKey("draft_writers.id", ondelete="SET NULL"))
    # As extraction.Extraction.as_json gives it.
    extraction: Mapped[dict[str, Any]]
    added_at: Mapped[datetime]


class Reminder(Base):
    """An e-mail asked for, once, some days before the call closes; erased with its address when sent."""

    __tablename__ = "reminders"
    __table_args__ = (CheckConstraint("days_before IN (1, 3, 7)", name="days_offered"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"), unique=True)
    address: Mapped[str] = mapped_column(String(255))
    days_before: Mapped[int]
    # Only of those who ask for it to be sent, who are told that it is kept until then.
    return_code: Mapped[str | None] = mapped_column(String(26))
    asked_at: Mapped[datetime]


names_files(DraftFile.sha256)
