"""Closed questions: counts, percentages and bases, and answers counted together."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.calls.models import Option, Question
from consult.calls.rules import QuestionKind
from consult.evidence.models import Answer, AnswerChoice, Submission
from consult.evidence.rules import SubmissionState
from tests.page import Page, PageClient, words_of
from tests.unit.themes.conftest import World
from tests.unit.themes.test_theme_pages import count_on, every_row, numbers

WORDINGS = ("A great deal", "Some", "A little", "None at all")


class Asked:
    """A call with a question of each closed kind, and a way to answer them."""

    def __init__(self, world: World) -> None:
        self.world = world
        build, call = world.build, world.calls[0]
        self.control = build.question(call, QuestionKind.SINGLE, prompt="How much control?")
        self.options = self.offer(self.control)
        self.tools = build.question(call, QuestionKind.SEVERAL, prompt="Which tools?")
        self.tool_options = self.offer(self.tools)
        self.ease = build.question(
            call, QuestionKind.SCALE, prompt="How easy?", minimum=1, maximum=3, minimum_meaning="Hard"
        )
        self.people = build.question(call, QuestionKind.NUMBER, prompt="How many people?")
        self.where = build.question(call, QuestionKind.PLACE, prompt="Which place?")

    def offer(self, question: Question) -> list[Option]:
        return [self.world.build.option(question, wording, n) for n, wording in enumerate(WORDINGS)]

    def answer(
        self,
        sent: Submission,
        question: Question,
        *options: Option,
        number: int | None = None,
        place: int | None = None,
    ) -> None:
        build = self.world.build
        place_id = None if place is None else self.world.places[place].id
        given = Answer(submission_id=sent.id, question_id=question.id, number=number, place_id=place_id)
        answer = build.add(given)
        for option in options:
            build.add(AnswerChoice(answer_id=answer.id, option_id=option.id))


@pytest.fixture
def asked(world: World) -> Asked:
    """Give five submissions: four answer on control, one leaves it blank, one more is out of scope."""
    asked = Asked(world)
    sent = [world.send(type_=n % 2) for n in range(6)]
    for one, option in zip(sent, (0, 2, 2, 3), strict=False):
        asked.answer(one, asked.control, asked.options[option])
    asked.answer(sent[4], asked.control)
    asked.answer(sent[5], asked.control, asked.options[0])
    sent[5].state = SubmissionState.OUT_OF_SCOPE
    asked.answer(sent[0], asked.tools, asked.tool_options[0], asked.tool_options[1])
    asked.answer(sent[1], asked.tools, asked.tool_options[1])
    for one, value in zip(sent, (1, 3, 3), strict=False):
        asked.answer(one, asked.ease, number=value)
        asked.answer(one, asked.people, number=value * 10)
    asked.answer(sent[0], asked.where, place=1)
    world.build.session.commit()
    return asked


@pytest.fixture
def chair(world: World, client_of: Callable[[User], PageClient]) -> PageClient:
    return client_of(world.chair)


def section(page: Page, question: Question) -> str:
    return words_of(page.all("section", id=f"question-{question.id}")[0])


def test_each_answer_has_its_count_share_and_base(asked: Asked, chair: PageClient) -> None:
    words = section(chair.get(asked.world.path("/closed-questions")), asked.control)
    assert "Asked of the 5 submissions received in this call, answered by 4 submissions." in words
    assert "A great deal 25% 1 submission" in words
    assert "Some 0% 0 submissions" in words
    assert "A little 50% 2 submissions" in words
    assert "None at all 25% 1 submission" in words


def test_several_answers_scales_numbers_and_places_are_counted_each_in_its_way(
    asked: Asked, chair: PageClient
) -> None:
    page = chair.get(asked.world.path("/closed-questions"))
    tools = section(page, asked.tools)
    assert "add up to more than 100" in tools
    assert "A great deal 50% 1 submission Some 100% 2 submissions" in tools
    assert "1: Hard 33% 1 submission 2 0% 0 submissions 3 67% 2 submissions" in section(page, asked.ease)
    assert "Lowest 10, median 30, highest 30." in section(page, asked.people)
    assert "Cornwall 0% 0 submissions Wigan 100% 1 submission" in section(page, asked.where)
    assert "This is not a sample." in page.text


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0, 2, "0: None 50% 1 submission 1 50% 1 submission 2: Full 0% 0 submissions"),
        (-1, 0, "-1: None 0% 0 submissions 0: Full 50% 1 submission"),
    ],
)
def test_a_scale_may_begin_or_end_with_nought(
    asked: Asked, chair: PageClient, low: int, high: int, words: str
) -> None:
    ends = {"minimum": low, "minimum_meaning": "None", "maximum": high, "maximum_meaning": "Full"}
    build, call = asked.world.build, asked.world.calls[0]
    trust = build.question(call, QuestionKind.SCALE, prompt="How much trust?", **ends)
    for value in (0, 1):
        asked.answer(asked.world.send(), trust, number=value)
    build.session.commit()
    assert words in section(chair.get(asked.world.path("/closed-questions")), trust)


def test_every_number_opens_the_submissions_behind_it(asked: Asked, chair: PageClient) -> None:
    found = numbers(chair.get(asked.world.path("/closed-questions?type=type_0")))
    assert len(found) > 15
    for number, href in set(found):
        page = chair.get(href)
        assert count_on(page) == number, href
        assert every_row(chair, href) == number, href


def test_answers_ticked_together_make_one_statement(asked: Asked, chair: PageClient) -> None:
    page = chair.get(asked.world.path("/closed-questions"))
    ticks = [f"{asked.control.id}-{option.id}" for option in asked.options[2:]]
    counted = chair.submit(page, {"together": ticks}, with_field="together")
    words = section(counted, asked.control)
    assert "75% 3 submissions of the 4 submissions who answered chose “A little” or “None at all”" in words
    assert "chose “" not in section(counted, asked.tools)
    for number, href in set(numbers(counted)):
        assert count_on(chair.get(href)) == number, href


def test_who_chose_two_of_the_ticked_answers_counts_once(asked: Asked, chair: PageClient) -> None:
    ticks = "&".join(f"together={asked.tools.id}-{option.id}" for option in asked.tool_options[:2])
    page = chair.get(asked.world.path(f"/closed-questions?{ticks}"))
    assert "100% 2 submissions of the 2 submissions" in section(page, asked.tools)


@pytest.mark.parametrize("tick", ["", "x", "1", "1-", "-1-2", "99999999999-1", "9999999999-1", "0-0"])
def test_a_tick_that_names_no_answer_is_passed_over(asked: Asked, chair: PageClient, tick: str) -> None:
    page = chair.get(asked.world.path(f"/closed-questions?together={tick}"))
    assert "chose “" not in page.text


def test_the_list_behind_an_answer_says_the_question_and_the_answer(asked: Asked, chair: PageClient) -> None:
    path = f"/submissions?question={asked.control.id}&answer={asked.options[2].id}"
    words = chair.get(asked.world.path(path)).text
    assert f"answering question {asked.control.number}, “How much control?”, with “A little”" in words


def test_a_question_of_another_inquiry_is_not_found(
    asked: Asked, chair: PageClient, session: Session
) -> None:
    build = asked.world.build
    foreign = build.question(build.call(build.inquiry()), QuestionKind.SINGLE)
    session.commit()
    chair.get(asked.world.path(f"/submissions?question={foreign.id}"), status=404)


def test_an_inquiry_without_closed_questions_says_so(world: World, chair: PageClient) -> None:
    assert "No call asks a closed question" in chair.get(world.path("/closed-questions")).text
