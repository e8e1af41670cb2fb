"""Every figure obeys the rule of each campaign, and can be seen with and without them."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.calls.rules import QuestionKind
from consult.evidence.models import Answer, AnswerChoice, Submission
from consult.evidence.rules import SubmissionState
from consult.evidence.rules_campaigns import Counting, CountingRule
from consult.themes.queries.figures import base, by_code, by_theme, figures
from consult.themes.queries.lists import count_of, submission_page
from consult.themes.rules import Selection, Unit
from tests.page import Page, PageClient, words_of
from tests.unit.themes.conftest import World
from tests.unit.themes.test_theme_pages import chair, count_on, every_row, numbers, statements

__all__ = ["chair"]


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


PAGES = ["", "/power", "/power?type=type_0", "/closed-questions"]


@pytest.fixture
def ruled(world: World, session: Session) -> World:
    """Give ten letters, of which two campaigns rule five, with a closed question that each answers."""
    question = world.build.question(world.calls[0], QuestionKind.SINGLE)
    options = [world.build.option(question, words, n) for n, words in enumerate(("Yes", "No"))]
    for n, letter in enumerate([world.send(type_=n % 3, place=n % 2) for n in range(10)]):
        answer = world.build.add(Answer(submission_id=letter.id, question_id=question.id))
        world.build.add(AnswerChoice(answer_id=answer.id, option_id=options[n % 2].id))
        world.code(letter, n % 3, n % 2)
    sent = list(session.scalars(select(Submission).order_by(Submission.id)))
    world.theme(0, 1, title="Power")
    world.build.campaign(world.analyst, *sent[:3], by_itself=(sent[8],), name="Keep the library")
    world.build.campaign(world.analyst, *sent[3:5], name="Buses", rule=CountingRule.APART)
    session.commit()
    return world


@pytest.mark.parametrize("counting", ["", "every", "without"])
@pytest.mark.parametrize("address", PAGES)
def test_every_number_opens_a_list_of_that_many_in_each_setting_of_the_switch(
    ruled: World, chair: PageClient, address: str, counting: str
) -> None:
    joint = "&" if "?" in address else "?"
    page = chair.get(ruled.path(f"{address}{joint}campaigns={counting}" if counting else address))
    found = numbers(page)
    assert found
    for number, href in set(found):
        assert count_on(chair.get(href)) == number, href
        assert every_row(chair, href) == number, href


def received(page: Page) -> int:
    return next(number for number, href in numbers(page) if "/submissions" in href)


def test_the_switch_counts_as_ruled_every_letter_or_none_and_keeps_the_filters(
    ruled: World, chair: PageClient
) -> None:
    page = chair.get(ruled.path())
    assert received(page) == 6
    assert received(chair.get(page.link("Every letter counted"))) == 10
    assert received(chair.get(page.link("Without campaigns"))) == 5
    theme = chair.get(ruled.path("/power?type=type_0"))
    assert "type=type_0" in theme.link("Every letter counted")
    every = chair.get(theme.link("Every letter counted"))
    assert every.field("campaigns").get("value") == "every"


def test_pages_of_figures_say_how_campaigns_were_counted(ruled: World, chair: PageClient) -> None:
    first = ruled.build.session.scalars(select(Submission.reference).order_by(Submission.id)).first()
    for address in PAGES:
        words = chair.get(ruled.path(address)).text
        assert "4 letters of the campaign “Keep the library” were received." in words
        assert f"3 of them are counted once in every figure, as the submission {first}." in words
        assert "1 adds much in its own words and is counted by itself." in words
        assert "They are in none of the main figures and counted on a line of their own." in words


def test_letters_counted_apart_stand_on_a_line_of_their_own(ruled: World, chair: PageClient) -> None:
    page = chair.get(ruled.path("/power"))
    row = next(row for row in page.all("tr") if "Buses" in words_of(row))
    assert "(counted apart)" in words_of(row)
    assert words_of(row).endswith("2 submissions of 2 submissions 2 respondents 2 passages")


def test_an_inquiry_without_campaigns_has_no_switch(world: World, chair: PageClient) -> None:
    world.theme(0)
    world.build.session.commit()
    assert "Every letter counted" not in chair.get(world.path()).text


def test_another_way_of_counting_is_not_found(world: World, chair: PageClient) -> None:
    chair.get(world.path("?campaigns=half"), status=404)


@pytest.mark.parametrize("address", PAGES)
def test_more_campaigns_need_no_more_statements(
    ruled: World, chair: PageClient, session: Session, address: str
) -> None:
    chair.get(ruled.path(address))
    with statements(session) as few:
        chair.get(ruled.path(address))
    for letter in [ruled.send() for _ in range(3)]:
        ruled.build.campaign(ruled.analyst, letter)
    with statements(session) as many:
        chair.get(ruled.path(address))
    assert len(many) == len(few)
