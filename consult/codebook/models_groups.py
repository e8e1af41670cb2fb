"""Groups to read: what the machine found together among passages, and what people said of it.

Searches, groups and decisions are only added to. Of groups that a later search replaced and nobody decided
on, only the examples are kept beside the counts.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from consult.codebook.rules_groups import GroupVerdict, SearchedIn
from consult.foundation.database import Base, state_type


class GroupSearch(Base):
    """One look of the machine for groups among an inquiry's passages; nothing is shown before it is done."""

    __tablename__ = "group_searches"
    __table_args__ = (Index("ix_group_searches_newest", "inquiry_id", "searched_in", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiries.id"))
    searched_in: Mapped[SearchedIn] = mapped_column(state_type(SearchedIn, "searched_in"))
    finder: Mapped[str] = mapped_column(String(80))
    finder_version: Mapped[str] = mapped_column(String(40))
    settings: Mapped[dict[str, Any]]
    data_sha256: Mapped[str] = mapped_column(String(64))
    seed: Mapped[int]
    passages: Mapped[int]
    begun_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class EmergentGroup(Base):
    """Passages that speak of the same thing, as one search found them: an offer, never a code."""

    __tablename__ = "emergent_groups"
    __table_args__ = (
        CheckConstraint("size >= 1", name="size_from_one"),
        CheckConstraint("likeness >= 0 AND likeness <= 1", name="likeness_is_share"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    search_id: Mapped[int] = mapped_column(ForeignKey("group_searches.id"), index=True)
    # The phrases that tell it from the others; its name is made of them.
    phrases: Mapped[list[Any]]
    size: Mapped[int]
    submissions: Mapped[int]
    likeness: Mapped[float]
    # The same group in the search before, and a group settled earlier that this one repeats.
    before_id: Mapped[int | None] = mapped_column(ForeignKey("emergent_groups.id"))
    like_id: Mapped[int | None] = mapped_column(ForeignKey("emergent_groups.id"))


class EmergentGroupMember(Base):
    """A passage of a group; `place` orders the few that stand for it."""

    __tablename__ = "emergent_group_members"
    __table_args__ = (Index("ix_emergent_group_members_passage_id", "passage_id"),)

    group_id: Mapped[int] = mapped_column(ForeignKey("emergent_groups.id"), primary_key=True)
    passage_id: Mapped[int] = mapped_column(ForeignKey("passages.id"), primary_key=True)
    place: Mapped[int | None]


class GroupDecision(Base):
    """A member's word on a group: a code was made of it, it is no theme, or it is offered again."""

    __tablename__ = "group_decisions"
    __table_args__ = (
        CheckConstraint("(verdict = 'code') = (code_id IS NOT NULL)", name="code_is_named"),
        Index("ix_group_decisions_group", "group_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("emergent_groups.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    verdict: Mapped[GroupVerdict] = mapped_column(state_type(GroupVerdict, "group_verdict"))
    code_id: Mapped[int | None] = mapped_column(ForeignKey("codes.id"))
    why: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]
