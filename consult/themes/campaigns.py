"""The part of a page of figures that tells of campaigns: the switch, their own lines, and the method."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from consult.evidence.queries.campaigns import CampaignRead, campaigns_of
from consult.evidence.rules_campaigns import COUNTING_WORDS, Counting, CountingRule, method_sentences
from consult.themes.queries.campaigns import by_campaign, letters_by_campaign
from consult.themes.rules import Counts, Selection, Unit
from consult.themes.scope import Number, Scope, with_args

HOW_COUNTED = {
    CountingRule.EACH: "each counted",
    CountingRule.ONCE: "counted once, as {}",
    CountingRule.APART: "counted apart",
}
ASKED = {
    Counting.EVERY: "Here every letter is counted, whatever the rules say.",
    Counting.WITHOUT: "Here campaigns are left out, whatever the rules say. Letters counted by themselves "
    "for their own words stay.",
}


@dataclass(frozen=True)
class Choice:
    """One way to count campaigns, and where the same figures are to be seen counted so."""

    words: str
    href: str
    chosen: bool


@dataclass(frozen=True)
class CampaignLine:
    """What a campaign's letters hold together, on a line of their own."""

    name: str
    how: str
    letters: Number
    submissions: Number | None
    respondents: Number | None
    passages: Number | None


@dataclass(frozen=True)
class CampaignPart:
    """What a page of figures tells of campaigns; `counting` goes with its filters."""

    counting: str
    choices: Sequence[Choice]
    lines: Sequence[CampaignLine]
    method: Sequence[str]
    asked: str


def campaign_part(session: Session, scope: Scope, selection: Selection, here: str) -> CampaignPart | None:
    """Return what a page at an address tells of campaigns; nothing in an inquiry without any."""
    campaigns = campaigns_of(session, scope.inquiry_id)
    if not campaigns:
        return None
    letters = letters_by_campaign(session, selection)
    counts = by_campaign(session, selection) if selection.by_coding else None
    filters = selection.filters
    return CampaignPart(
        "" if filters.counting is Counting.RULED else filters.counting.value,
        [
            Choice(
                words,
                with_args(here, scope.args(filters.but(counting=counting))),
                filters.counting is counting,
            )
            for counting, words in COUNTING_WORDS.items()
        ],
        [line(scope, selection, each, letters, counts) for each in campaigns if letters.get(each.id)],
        [sentence for each in campaigns for sentence in method_sentences(each.method)],
        ASKED.get(filters.counting, ""),
    )


def line(
    scope: Scope,
    selection: Selection,
    campaign: CampaignRead,
    letters: Mapping[int, int],
    counts: Mapping[int, Counts] | None,
) -> CampaignLine:
    """Return one campaign's line, each number opening its own list."""
    mine = selection.but(counting=Counting.GROUPED, campaign_id=campaign.id)
    held = None if counts is None else counts.get(campaign.id, Counts())
    numbers = {unit: None if held is None else scope.number(unit, held.of(unit), mine) for unit in Unit}
    return CampaignLine(
        campaign.name,
        HOW_COUNTED[campaign.rule].format(campaign.template),
        scope.number(Unit.SUBMISSIONS, letters[campaign.id], mine.everything),
        numbers[Unit.SUBMISSIONS],
        numbers[Unit.RESPONDENTS],
        numbers[Unit.PASSAGES],
    )
