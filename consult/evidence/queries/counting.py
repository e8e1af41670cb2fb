"""Which submissions a figure counts under the rules of campaigns; every figure and every list obeys these."""

from sqlalchemy import ColumnElement, Select, case, exists, func, select, true

from consult.evidence.models import Submission
from consult.evidence.models_campaigns import Campaign, CampaignMember
from consult.evidence.queries.states import counted
from consult.evidence.rules_campaigns import Counting, CountingRule

Condition = ColumnElement[bool]


def counts(inquiry_id: int, counting: Counting = Counting.RULED) -> Condition:
    """Hold for submissions of an inquiry that campaigns leave in the figures, or for GROUPED those they rule.

    A letter counted by itself counts whatever the rule. A campaign counted once counts as its template,
    or where that is not counted itself as its first letter that is.
    """
    ruled = (
        exists()
        .where(CampaignMember.submission_id == Submission.id, ~CampaignMember.by_itself)
        .correlate(Submission)
    )
    if counting is Counting.EVERY:
        return true()
    if counting is Counting.GROUPED:
        return ruled
    if counting is Counting.WITHOUT:
        return ~ruled
    return Submission.id.not_in(_left_out(inquiry_id))


def in_campaign(campaign_id: int) -> Condition:
    """Hold for the letters of one campaign."""
    member = CampaignMember.submission_id == Submission.id
    return exists().where(member, CampaignMember.campaign_id == campaign_id).correlate(Submission)


def _left_out(inquiry_id: int) -> Select[int]:
    """Select the letters that their campaign's rule leaves out."""
    out = (Campaign.rule == CountingRule.APART) | (
        (Campaign.rule == CountingRule.ONCE)
        & CampaignMember.submission_id.not_in(representatives(inquiry_id))
    )
    return (
        select(CampaignMember.submission_id)
        .join(Campaign, Campaign.id == CampaignMember.campaign_id)
        .where(Campaign.inquiry_id == inquiry_id, ~CampaignMember.by_itself, out)
        .correlate(None)
    )


def representatives(inquiry_id: int) -> Select[int]:
    """Select the one letter as which each campaign that counts once is counted."""
    template = func.max(case((CampaignMember.submission_id == Campaign.template_id, Campaign.template_id)))
    return (
        select(func.coalesce(template, func.min(CampaignMember.submission_id)))
        .select_from(CampaignMember)
        .join(Campaign, Campaign.id == CampaignMember.campaign_id)
        .join(Submission, Submission.id == CampaignMember.submission_id)
        .where(
            Campaign.inquiry_id == inquiry_id,
            Campaign.rule == CountingRule.ONCE,
            ~CampaignMember.by_itself,
            counted(),
        )
        .group_by(Campaign.id)
        .correlate(None)
    )
