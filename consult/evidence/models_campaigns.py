"""Campaigns: what the machine proposed, what people decided, and what stands after both.

Runs, proposals and decisions are append-only. Members and repeated passages repeat what follows from them, so
that figures and queues need not look for the newest decision on each letter.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from consult.evidence.rules_campaigns import LONGEST_NAME, CampaignVerdict, CountingRule
from consult.foundation.database import Base, state_type


class Campaign(Base):
    """Submissions on one template, confirmed by a person, with the rule by which figures count them."""

    __tablename__ = "campaigns"

    id: Mapped[int] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiries.id"), index=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    rule: Mapped[CountingRule] = mapped_column(state_type(CountingRule, "counting_rule"))
    # The submission whose words the others follow.
    template_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"))
    # What a clerk adds to the method sentence: why this rule.
    note: Mapped[str] = mapped_column(Text, default="")
    confirmed_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    confirmed_at: Mapped[datetime]


class CampaignRun(Base):
    """One grouping of an inquiry's letters by the machine."""

    __tablename__ = "campaign_runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiries.id"), index=True)
    finder: Mapped[str] = mapped_column(String(80))
    finder_version: Mapped[str] = mapped_column(String(40))
    settings: Mapped[dict[str, Any]]
    # How many letters were read, and the last of them.
    letters: Mapped[int]
    last_submission_id: Mapped[int]
    found_at: Mapped[datetime]


class CampaignProposal(Base):
    """A run's finding on one letter: whose words it follows, how closely, and which are its own.

    The newest of a letter holds; a run adds only what it finds to be different. No template: alone.
    """

    __tablename__ = "campaign_proposals"
    __table_args__ = (
        Index("ix_campaign_proposals_submission", "submission_id", "id"),
        CheckConstraint("similarity >= 0 AND similarity <= 1", name="similarity_is_share"),
        CheckConstraint("own_share >= 0 AND own_share <= 1", name="own_share_is_share"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("campaign_runs.id"), index=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"))
    template_id: Mapped[int | None] = mapped_column(ForeignKey("submissions.id"), index=True)
    # The part of the template's words that the letter has, and of the letter's that the template lacks.
    similarity: Mapped[float]
    own_share: Mapped[float]
    # [[source text, start, end]]: the writer's own words.
    own: Mapped[list[Any]]


class CampaignDecision(Base):
    """A person's word on one letter; the newest of a letter holds. No campaign: the group is none."""

    __tablename__ = "campaign_decisions"
    __table_args__ = (
        Index("ix_campaign_decisions_submission", "submission_id", "id"),
        CheckConstraint("verdict = 'not_in' OR campaign_id IS NOT NULL", name="member_names_campaign"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiries.id"), index=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id"), index=True)
    verdict: Mapped[CampaignVerdict] = mapped_column(state_type(CampaignVerdict, "campaign_verdict"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]


class CampaignMember(Base):
    """A letter that is in a campaign by the newest decision on it."""

    __tablename__ = "campaign_members"
    __table_args__ = (Index("ix_campaign_members_campaign", "campaign_id", "by_itself", "submission_id"),)

    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    # Counted like any other submission, for its writer's own words.
    by_itself: Mapped[bool]


class RepeatedPassage(Base):
    """A passage of a campaign's letter with the same words as one of its template, which is read for it."""

    __tablename__ = "repeated_passages"

    passage_id: Mapped[int] = mapped_column(ForeignKey("passages.id"), primary_key=True)
    template_passage_id: Mapped[int] = mapped_column(ForeignKey("passages.id"), index=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
