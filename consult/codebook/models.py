"""Codes, their examples and the frozen versions of a codebook."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.codebook.rules import CodeState
from consult.foundation.database import Base, state_type


class Codebook(Base):
    """The agreed set of codes of one inquiry."""

    __tablename__ = "codebooks"

    id: Mapped[int] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiries.id"), unique=True)
    title: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime]


class Code(Base):
    """A named, defined category."""

    __tablename__ = "codes"
    __table_args__ = (
        UniqueConstraint("codebook_id", "slug"),
        CheckConstraint("parent_id IS NULL OR parent_id <> id", name="not_its_own_parent"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    codebook_id: Mapped[int] = mapped_column(ForeignKey("codebooks.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("codes.id"), index=True)
    slug: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(200))
    definition: Mapped[str] = mapped_column(Text, default="")
    include: Mapped[str] = mapped_column(Text, default="")
    exclude: Mapped[str] = mapped_column(Text, default="")
    position: Mapped[int] = mapped_column(default=0)
    state: Mapped[CodeState] = mapped_column(state_type(CodeState, "code_state"), default=CodeState.ACTIVE)

    examples: Mapped[list["CodeExample"]] = relationship(
        lazy="raise", order_by="CodeExample.position", cascade="all, delete-orphan"
    )


class CodeExample(Base):
    """A passage or invented sentence that shows what a code means."""

    __tablename__ = "code_examples"

    id: Mapped[int] = mapped_column(primary_key=True)
    code_id: Mapped[int] = mapped_column(ForeignKey("codes.id"), index=True)
    position: Mapped[int]
    quote: Mapped[str] = mapped_column(Text)


class CodebookVersion(Base):
    """A numbered, frozen state of a codebook; append-only."""

    __tablename__ = "codebook_versions"
    __table_args__ = (UniqueConstraint("codebook_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    codebook_id: Mapped[int] = mapped_column(ForeignKey("codebooks.id"))
    number: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[list[Any]]
    frozen_at: Mapped[datetime]
    frozen_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
