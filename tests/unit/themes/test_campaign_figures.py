"""Every figure obeys the rule of each campaign, and can be seen with and without them."""

import pytest
from sqlalchemy.orm import Session

from consult.evidence.models import Submission
from consult.evidence.rules import SubmissionState
from consult.evidence.rules_campaigns import Counting, CountingRule
from consult.themes.queries.figures import base, by_code, by_theme, figures
from consult.themes.queries.lists import count_of, submission_page
from consult.themes.rules import Selection, Unit
from tests.unit.themes.conftest import World


@pytest.fixture
def letters(world: World) -> list[Submission]:
    """Give five letters, all but the last with one code on one passage."""
    sent = [world.send(type_=n % 2) for n in range(5)]
    for letter in sent[:4]:
        world.code(letter, 0, 0)
    return sent


def references(session: Session, selection: Selection) -> list[str]:
    return [row.reference for row in submission_page(session, selection, None).items]


def counted(world: World, session: Session, counting: Counting = Counting.RULED) -> list[str]:
    return references(session, Selection(world.inquiry.id, counting=counting))


RULED = [
    (CountingRule.EACH, [0, 1, 2, 3, 4]),
    (CountingRule.ONCE, [0, 3, 4]),
    (CountingRule.APART, [3, 4]),
]


@pytest.mark.parametrize(("rule", "left"), RULED)
def test_the_rule_of_a_campaign_decides_which_of_its_letters_count(
    world: World, session: Session, letters: list[Submission], rule: CountingRule, left: list[int]
) -> None:
    world.build.campaign(world.analyst, *letters[:3], by_itself=(letters[3],), rule=rule)
    assert counted(world, session) == [letters[n].reference for n in left]
    assert counted(world, session, Counting.EVERY) == [letter.reference for letter in letters]
    assert counted(world, session, Counting.WITHOUT) == [letters[3].reference, letters[4].reference]
    assert counted(world, session, Counting.GROUPED) == [letter.reference for letter in letters[:3]]


def test_a_campaign_counts_as_its_template_and_as_another_letter_where_that_is_out_of_scope(
    world: World, session: Session, letters: list[Submission]
) -> None:
    campaign = world.build.campaign(world.analyst, *letters[:3], template_id=letters[1].id)
    assert counted(world, session) == [letters[n].reference for n in (1, 3, 4)]
    letters[1].state = SubmissionState.OUT_OF_SCOPE
    session.flush()
    assert counted(world, session) == [letters[n].reference for n in (0, 3, 4)]
    outside = Selection(world.inquiry.id, out_of_scope=True)
    assert references(session, outside) == [letters[1].reference]
    only = Selection(world.inquiry.id, counting=Counting.EVERY, campaign_id=campaign.id)
    assert references(session, only) == [letters[0].reference, letters[2].reference]


def test_two_campaigns_each_count_once(world: World, session: Session, letters: list[Submission]) -> None:
    world.build.campaign(world.analyst, *letters[:2])
    world.build.campaign(world.analyst, *letters[2:4])
    assert counted(world, session) == [letters[n].reference for n in (0, 2, 4)]


@pytest.mark.parametrize("counting", [Counting.RULED, Counting.EVERY, Counting.WITHOUT])
@pytest.mark.parametrize("rule", CountingRule)
def test_figures_of_themes_codes_types_and_bases_count_what_their_lists_hold(
    world: World, session: Session, letters: list[Submission], rule: CountingRule, counting: Counting
) -> None:
    theme = world.theme(0, 1)
    world.build.campaign(world.analyst, *letters[:3], by_itself=(letters[4],), rule=rule)
    everything = Selection(world.inquiry.id, counting=counting)
    selection = everything.but(theme_id=theme.id)
    found = figures(session, selection)
    for unit in Unit:
        assert found.total.of(unit) == count_of(session, selection, unit)
    assert by_theme(session, everything) == {theme.id: found.total}
    assert by_code(session, selection) == {world.codes[0].id: found.total}
    for type_id, counts in found.by_type.items():
        assert counts.submissions == count_of(session, selection.but(type_id=type_id), Unit.SUBMISSIONS)
    against = base(session, selection)
    assert against.total.submissions == count_of(session, everything, Unit.SUBMISSIONS)
    assert against.total.coded == count_of(session, everything.but(coded=True), Unit.SUBMISSIONS)
