"""The lines of campaigns beside figures: what their letters hold together, whatever the rule."""

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from consult.coding.models import Coding
from consult.evidence.models import Passage, Submission
from consult.evidence.models_campaigns import CampaignMember
from consult.evidence.queries import passage_stands
from consult.evidence.rules_campaigns import Counting
from consult.themes.queries.selected import coding_conditions, submission_conditions
from consult.themes.rules import Counts, Selection


def letters_by_campaign(session: Session, selection: Selection) -> dict[int, int]:
    """Return how many letters each campaign has under a selection's filters, those counted alone apart."""
    grouped = selection.everything.but(counting=Counting.GROUPED)
    rows = session.execute(
        select(CampaignMember.campaign_id, func.count())
        .join(Submission, Submission.id == CampaignMember.submission_id)
        .where(*submission_conditions(grouped))
        .group_by(CampaignMember.campaign_id)
    )
    return {row[0]: row[1] for row in rows}


def by_campaign(session: Session, selection: Selection) -> dict[int, Counts]:
    """Return the counts of each campaign's letters within a selection that codings decide."""
    coded = select(Coding.passage_id).where(*coding_conditions(selection))
    rows = session.execute(
        select(
            CampaignMember.campaign_id,
            func.count(),
            func.count(distinct(Submission.id)),
            func.count(distinct(Submission.respondent_id)),
        )
        .join(Submission, Submission.id == CampaignMember.submission_id)
        .join(Passage, Passage.submission_id == Submission.id)
        .where(
            Passage.id.in_(coded),
            passage_stands(),
            *submission_conditions(selection.but(counting=Counting.GROUPED)),
        )
        .group_by(CampaignMember.campaign_id)
    )
    return {row[0]: Counts(row[1], row[2], row[3]) for row in rows}
