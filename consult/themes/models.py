"""Themes: the headings of the report, each gathering codes."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from consult.foundation.database import Base, state_type
from consult.themes.rules import QuoteKind


class Theme(Base):
    """A heading of the report."""

    __tablename__ = "themes"
    __table_args__ = (UniqueConstraint("inquiry_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiries.id"))
    slug: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(300))
    description: Mapped[str] = mapped_column(Text, default="")
    position: Mapped[int]
    created_at: Mapped[datetime]


class SuggestedQuote(Base):
    """A passage that the machine suggests to quote on a theme; the next choice takes its place."""

    __tablename__ = "suggested_quotes"

    theme_id: Mapped[int] = mapped_column(ForeignKey("themes.id"), primary_key=True)
    passage_id: Mapped[int] = mapped_column(ForeignKey("passages.id"), primary_key=True, index=True)
    kind: Mapped[QuoteKind] = mapped_column(state_type(QuoteKind, "quote_kind"))
    place: Mapped[int]
    why: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime]


class ThemeCode(Base):
    """A code gathered under a theme."""

    __tablename__ = "theme_codes"

    theme_id: Mapped[int] = mapped_column(ForeignKey("themes.id"), primary_key=True)
    code_id: Mapped[int] = mapped_column(ForeignKey("codes.id"), primary_key=True, index=True)
