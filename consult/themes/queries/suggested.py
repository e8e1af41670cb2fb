"""Passages of a theme that may be quoted, and those suggested: only what readers outside may have whole."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from consult.calls.models import RespondentType
from consult.coding.models import Coding
from consult.evidence.models import Passage, SourceText, Submission
from consult.evidence.models_campaigns import CampaignMember
from consult.publication.queries import readable_text, touches_withheld
from consult.publication.rules import Clearance
from consult.themes.models import SuggestedQuote, Theme
from consult.themes.queries.lists import Quote, quotes_of
from consult.themes.queries.selected import coding_conditions, passages_in
from consult.themes.rules import QuoteKind, Selection


@dataclass(frozen=True)
class QuotablePassage:
    """A passage of a theme that may be quoted whole; `codings` counts those of the theme's codes on it."""

    id: int
    quote: str
    codings: int
    respondent_id: int
    respondent_type: str
    campaign_id: int | None
    language: str


@dataclass(frozen=True)
class Suggested:
    """A quote that the machine suggests for a theme, and why."""

    quote: Quote
    kind: QuoteKind
    why: str
    at: datetime


def theme_ids(session: Session, inquiry_id: int) -> list[int]:
    """Return the themes of an inquiry."""
    return list(session.scalars(select(Theme.id).where(Theme.inquiry_id == inquiry_id).order_by(Theme.id)))


def quotable_passages(session: Session, inquiry_id: int, theme_id: int) -> list[QuotablePassage]:
    """Return the passages of a theme of which a report may carry every word, as figures count them."""
    selection = Selection(inquiry_id, theme_id=theme_id)
    coded = (
        select(Coding.passage_id, func.count().label("codings"))
        .where(*coding_conditions(selection))
        .group_by(Coding.passage_id)
        .subquery()
    )
    rows = session.execute(
        select(
            Passage.id,
            Passage.quote,
            coded.c.codings,
            Submission.respondent_id,
            func.coalesce(RespondentType.name, "").label("respondent_type"),
            CampaignMember.campaign_id,
            func.coalesce(Passage.language, Submission.language).label("language"),
        )
        .join(coded, coded.c.passage_id == Passage.id)
        .join(Submission, Submission.id == Passage.submission_id)
        .outerjoin(RespondentType, RespondentType.id == Submission.respondent_type_id)
        .outerjoin(CampaignMember, CampaignMember.submission_id == Submission.id)
        .where(Passage.id.in_(_quotable(selection)))
        .order_by(Passage.id)
    )
    return [QuotablePassage(*row) for row in rows]


def suggested_quotes(session: Session, inquiry_id: int, theme_id: int) -> list[Suggested]:
    """Return what is suggested for a theme and may still be quoted, in the order in which it was chosen."""
    rows = session.scalars(
        select(SuggestedQuote)
        .where(
            SuggestedQuote.theme_id == theme_id,
            SuggestedQuote.passage_id.in_(_quotable(Selection(inquiry_id, theme_id=theme_id))),
        )
        .order_by(SuggestedQuote.place)
    ).all()
    quotes = quotes_of(session, [row.passage_id for row in rows])
    return [
        Suggested(quotes[row.passage_id], row.kind, row.why, row.at)
        for row in rows
        if quotes[row.passage_id].exact
    ]


def _quotable(selection: Selection) -> Select[Any]:
    """Select the passages that a selection counts, of which readers outside may have every word."""
    return (
        select(Passage.id)
        .join(SourceText, SourceText.id == Passage.source_text_id)
        .where(
            Passage.id.in_(passages_in(selection)),
            readable_text(Clearance.PUBLIC),
            ~touches_withheld(Passage.source_text_id, Passage.start, Passage.end),
        )
    )
