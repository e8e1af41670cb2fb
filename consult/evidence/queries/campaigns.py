"""Reads for whoever reviews campaigns: what is proposed, what is confirmed, and how each is counted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from consult.accounts.models import User
from consult.evidence.models import Submission
from consult.evidence.models_campaigns import (
    Campaign,
    CampaignDecision,
    CampaignMember,
    CampaignProposal,
)
from consult.evidence.queries.counting import counts
from consult.evidence.queries.letters import newest
from consult.evidence.queries.states import counted
from consult.evidence.rules_campaigns import (
    FEWEST_LETTERS,
    MUCH_OF_ITS_OWN,
    CampaignVerdict,
    CountingRule,
    Method,
)
from consult.foundation.errors import NotFound

Template = aliased(Submission)


@dataclass(frozen=True)
class Proposed:
    """A group of letters that the machine proposes; with a campaign, letters that seem to belong to it."""

    template_id: int
    reference: str
    title: str
    campaign_id: int | None
    letters: int
    much_of_their_own: int

    @property
    def is_pair(self) -> bool:
        """Tell whether too few letters are alike for a campaign: perhaps one person sent twice."""
        return self.letters < FEWEST_LETTERS


@dataclass(frozen=True)
class CampaignRead:
    """A confirmed campaign: its letters that count as evidence, and those of them counted by themselves."""

    id: int
    name: str
    rule: CountingRule
    note: str
    template_id: int
    template: str
    letters: int
    by_itself: int
    confirmed_by: str
    confirmed_at: datetime

    @property
    def method(self) -> Method:
        """Return what its method sentence is made of."""
        return Method(self.name, self.rule, self.letters, self.by_itself, self.template, self.note)


def waiting() -> Select[int, int | None, int, float, float]:
    """Select the letters that a person has yet to decide on: submission, template, campaign and likeness.

    A letter that was refused for a campaign, or with its whole group, is not proposed for the same again.
    """
    refused = exists().where(
        CampaignDecision.submission_id == CampaignProposal.submission_id,
        CampaignDecision.verdict == CampaignVerdict.NOT_IN,
        or_(
            CampaignDecision.campaign_id == Campaign.id,
            CampaignDecision.campaign_id.is_(None) & Campaign.id.is_(None),
        ),
    )
    member = exists().where(CampaignMember.submission_id == CampaignProposal.submission_id)
    return (
        select(
            CampaignProposal.submission_id,
            CampaignProposal.template_id,
            Campaign.id.label("campaign_id"),
            CampaignProposal.similarity,
            CampaignProposal.own_share,
        )
        .join(Submission, Submission.id == CampaignProposal.submission_id)
        .outerjoin(Campaign, Campaign.template_id == CampaignProposal.template_id)
        .where(CampaignProposal.template_id.is_not(None), newest(), ~member, ~refused, counted())
        .correlate(None)
    )


def proposed_groups(session: Session, inquiry_id: int) -> list[Proposed]:
    """Return the groups that wait for a person, largest first."""
    letters = waiting().where(Submission.inquiry_id == inquiry_id).subquery()
    return _groups(session, letters)


def proposed_group(session: Session, inquiry_id: int, reference: str) -> Proposed:
    """Return the group that one letter shows the template of; NotFound where none waits."""
    template = select(Submission.id).where(
        Submission.inquiry_id == inquiry_id, Submission.reference == reference
    )
    letters = waiting().where(CampaignProposal.template_id == template.scalar_subquery()).subquery()
    found = [group for group in _groups(session, letters) if group.campaign_id is None]
    if not found:
        raise NotFound(f"No group of letters like {reference} waits for a decision.")
    return found[0]


def _groups(session: Session, letters: Any) -> list[Proposed]:
    much = func.sum(case((letters.c.own_share >= MUCH_OF_ITS_OWN, 1), else_=0))
    rows = session.execute(
        select(
            letters.c.template_id,
            Template.reference,
            Template.title,
            letters.c.campaign_id,
            func.count().label("letters"),
            much.label("much_of_their_own"),
        )
        .join(Template, Template.id == letters.c.template_id)
        .group_by(letters.c.template_id, Template.reference, Template.title, letters.c.campaign_id)
        # A single letter is no group, but may be one more of a campaign.
        .having(or_(func.count() > 1, letters.c.campaign_id.is_not(None)))
        .order_by(func.count().desc(), letters.c.template_id)
    )
    return [Proposed(**row._mapping) for row in rows]


def campaigns_of(session: Session, inquiry_id: int) -> list[CampaignRead]:
    """Return an inquiry's campaigns, largest first."""
    return _campaigns(session, _reading().where(Campaign.inquiry_id == inquiry_id))


def campaign_by_id(session: Session, inquiry_id: int, campaign_id: int) -> CampaignRead:
    """Return one campaign; NotFound for any of another inquiry."""
    wanted = _reading().where(Campaign.inquiry_id == inquiry_id, Campaign.id == campaign_id)
    found = _campaigns(session, wanted)
    if not found:
        raise NotFound("There is no such campaign in this inquiry.")
    return found[0]


def campaign_of(session: Session, submission_id: int) -> CampaignRead | None:
    """Return the campaign that a submission is a letter of."""
    mine = select(CampaignMember.campaign_id).where(CampaignMember.submission_id == submission_id)
    found = _campaigns(session, _reading().where(Campaign.id == mine.scalar_subquery()))
    return found[0] if found else None


def _campaigns(session: Session, reading: Any) -> list[CampaignRead]:
    return [CampaignRead(**row._mapping) for row in session.execute(reading)]


def _reading() -> Any:
    letters = (
        select(
            CampaignMember.campaign_id,
            func.count().label("letters"),
            func.sum(case((CampaignMember.by_itself, 1), else_=0)).label("by_itself"),
        )
        .join(Submission, Submission.id == CampaignMember.submission_id)
        .where(counted())
        .group_by(CampaignMember.campaign_id)
        .subquery()
    )
    number = func.coalesce(letters.c.letters, 0)
    return (
        select(
            Campaign.id,
            Campaign.name,
            Campaign.rule,
            Campaign.note,
            Campaign.template_id,
            Template.reference.label("template"),
            number.label("letters"),
            func.coalesce(letters.c.by_itself, 0).label("by_itself"),
            User.name.label("confirmed_by"),
            Campaign.confirmed_at,
        )
        .join(Template, Template.id == Campaign.template_id)
        .join(User, User.id == Campaign.confirmed_by)
        .outerjoin(letters, letters.c.campaign_id == Campaign.id)
        .order_by(number.desc(), Campaign.id)
    )


def letters_waiting(session: Session, template_id: int, campaign_id: int | None) -> list[tuple[int, float]]:
    """Return the letters that wait in a group, each with its own share, those with most of it first."""
    rows = waiting().where(CampaignProposal.template_id == template_id)
    rows = rows.where(Campaign.id == campaign_id) if campaign_id else rows.where(Campaign.id.is_(None))
    found = session.execute(rows.order_by(CampaignProposal.own_share.desc(), CampaignProposal.submission_id))
    return [(row.submission_id, row.own_share) for row in found]


def letters_of(session: Session, campaign_id: int) -> list[tuple[int, float]]:
    """Return the letters of a campaign that count, each with its own share, most of it first."""
    share = func.coalesce(CampaignProposal.own_share, 0.0)
    compared = (CampaignProposal.submission_id == CampaignMember.submission_id) & newest()
    rows = session.execute(
        select(CampaignMember.submission_id, share.label("own_share"))
        .join(Submission, Submission.id == CampaignMember.submission_id)
        .outerjoin(CampaignProposal, compared)
        .where(CampaignMember.campaign_id == campaign_id, counted())
        .order_by(share.desc(), CampaignMember.submission_id)
    )
    return [(row.submission_id, row.own_share) for row in rows]


def submissions_counted(session: Session, inquiry_id: int) -> int:
    """Return how many submissions figures count under the rules of all campaigns."""
    mine = Submission.inquiry_id == inquiry_id
    wanted = select(func.count()).select_from(Submission).where(mine, counted(), counts(inquiry_id))
    return session.scalar(wanted) or 0
