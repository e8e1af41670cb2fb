"""Matrices on the page of closed questions, a table for each row; those who declined are counted apart."""

from collections.abc import Callable

import pytest

from consult.accounts.models import User
from consult.calls.models import Option
from consult.calls.rules import QuestionKind
from consult.evidence.service import GivenAnswer
from tests.builders import Builder
from tests.page import Page, PageClient, words_of
from tests.unit.themes.conftest import World
from tests.unit.themes.test_theme_pages import count_on


class Matrix:
    """A matrix of two rows, and a number that may be declined."""

    def __init__(self, world: World) -> None:
        build, call = world.build, world.calls[0]
        self.question = build.question(call, QuestionKind.MATRIX, prompt="How well is it done?")
        self.well, self.badly = (self.option(build, n, w) for n, w in enumerate(("Well", "Badly")))
        self.buses, self.halls = (
            build.matrix_row(self.question, wording, n) for n, wording in enumerate(("Buses", "Halls"))
        )
        self.people = build.question(call, QuestionKind.NUMBER, prompt="How many people?", may_decline=True)

    def option(self, build: Builder, position: int, wording: str) -> Option:
        return build.option(self.question, wording, position)


@pytest.fixture
def matrix(world: World) -> Matrix:
    """Give three submissions: all answer on buses, one on halls; one gives a number and two decline."""
    matrix = Matrix(world)
    call, build = world.calls[0], world.build
    for buses, halls, number in (
        (matrix.well, matrix.badly, 12),
        (matrix.well, None, None),
        (matrix.badly, None, None),
    ):
        cells = ((matrix.buses.id, buses.id), *(((matrix.halls.id, halls.id),) if halls else ()))
        people = GivenAnswer(matrix.people.id, number=number, declined=number is None)
        build.evidence(call, GivenAnswer(matrix.question.id, cells=cells), people)
    build.session.commit()
    return matrix


def page_of(world: World, client_of: Callable[[User], PageClient]) -> tuple[PageClient, Page]:
    client = client_of(world.chair)
    return client, client.get(world.path("/closed-questions"))


def rows_under(page: Page, row: str) -> list[list[str]]:
    section = next(s for s in page.all("section") if [words_of(h) for h in s.iter("h4")] == [row])
    return [[words_of(cell) for cell in tr] for tr in section.iter("tr")][1:]


def test_each_row_has_a_table_with_a_base_of_its_own(
    world: World, matrix: Matrix, client_of: Callable[[User], PageClient]
) -> None:
    _client, page = page_of(world, client_of)
    assert rows_under(page, "Buses") == [["Well", "67%", "2 submissions"], ["Badly", "33%", "1 submission"]]
    assert rows_under(page, "Halls") == [["Well", "0%", "0 submissions"], ["Badly", "100%", "1 submission"]]
    assert [words_of(h) for h in page.all("h3")].count(f"{matrix.question.number}. How well is it done?") == 1


def test_a_number_in_a_row_opens_the_list_it_counts(
    world: World, matrix: Matrix, client_of: Callable[[User], PageClient]
) -> None:
    client, page = page_of(world, client_of)
    number = matrix.question.number
    path = world.path(
        f"/submissions?question={matrix.question.id}&row={matrix.buses.id}&answer={matrix.well.id}"
    )
    opened = client.get(path)
    assert count_on(opened) == 2
    assert f"answering question {number}, “How well is it done?”, on “Buses”, with “Well”" in opened.text
    hrefs = [a.get("href", "") for a in page.all("a")]
    assert any(f"row={matrix.buses.id}" in href and f"answer={matrix.well.id}" in href for href in hrefs)


def test_ticks_of_one_row_are_counted_together_and_leave_the_other_alone(
    world: World, matrix: Matrix, client_of: Callable[[User], PageClient]
) -> None:
    client = client_of(world.chair)
    ticks = "&".join(
        f"together={matrix.question.id}-{each.id}-{matrix.buses.id}" for each in (matrix.well, matrix.badly)
    )
    page = client.get(world.path(f"/closed-questions?{ticks}"))
    assert "3 submissions of the 3 submissions who answered chose “Well” or “Badly”" in page.text
    assert page.text.count("who answered chose") == 1


def test_who_declined_is_in_no_percentage_and_has_a_list(
    world: World, matrix: Matrix, client_of: Callable[[User], PageClient]
) -> None:
    client, page = page_of(world, client_of)
    assert "answered by 1 submission. 2 submissions chose “Prefer not to say”" in page.text
    opened = client.get(world.path(f"/submissions?question={matrix.people.id}&declined=yes"))
    assert count_on(opened) == 2
    assert "preferring not to answer question" in opened.text
