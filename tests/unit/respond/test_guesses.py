"""Codes cannot be guessed for nothing, and whoever has one is not kept out by somebody who guesses."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from consult.calls.rules import QuestionKind
from consult.foundation.clock import now
from consult.respond import guesses
from consult.respond.models import Draft
from consult.respond.visit import new_code
from tests.page import Page, PageClient
from tests.unit.respond.walk import World, code_on

WORDS = "The last bus left in 2019, and nobody told us who had decided it."
TOO_MANY = "Too many codes were tried from your connection"


@pytest.fixture(autouse=True)
def nobody_has_guessed(app: Flask) -> Iterator[None]:
    """Forget the guesses of each test, which all come from one address."""
    app.extensions["consult.guesses"].tried.clear()
    yield
    app.extensions["consult.guesses"].tried.clear()


@pytest.fixture
def stranger(app: Flask) -> PageClient:
    """Give a browser that has tried as many wrong codes as may be."""
    client = PageClient(app)
    for _ in range(guesses.MOST_WRONG):
        open_with(client, new_code(), status=422)
    return client


def open_with(client: PageClient, code: str, *, status: int = 200) -> Page:
    return client.submit(client.get("/respond/resume"), {"code": code}, button="Open", status=status)


def test_after_many_wrong_codes_even_a_right_one_opens_nothing_for_ten_minutes(
    world: World, begun: PageClient, stranger: PageClient
) -> None:
    code = code_on(begun.get(f"{world.base}/later"))
    assert TOO_MANY in open_with(stranger, code, status=429).text
    with time_machine.travel(now() + timedelta(minutes=10, seconds=1)):
        assert open_with(stranger, code).path.startswith(world.base)


@pytest.mark.usefixtures("stranger")
def test_whoever_has_a_draft_in_the_browser_goes_on_while_somebody_guesses_nearby(
    world: World, begun: PageClient, the_draft: Callable[[], Draft]
) -> None:
    page = begun.submit(
        begun.get(world.path(QuestionKind.FREE_TEXT)), {"answer": "Kept."}, button="Save and continue"
    )
    assert page.path == world.path(QuestionKind.SINGLE)
    assert list(the_draft().answers.values()) == ["Kept."]


def test_codes_are_not_tried_out_through_other_pages_either(
    app: Flask, world: World, begun: PageClient, stranger: PageClient
) -> None:
    receipt = stranger.get(f"/respond/receipt/{new_code()}", status=409)
    assert TOO_MANY in receipt.text
    team = stranger.submit(
        stranger.get("/respond/team"),
        {"code": new_code(), "name": "Eve"},
        button="Open the draft",
        status=409,
    )
    assert TOO_MANY in team.text
    saving = app.test_client().post(
        f"{world.path(QuestionKind.FREE_TEXT)}/words",
        data={"draft_code": code_on(begun.get(f"{world.base}/later")), "answer": "Mine now"},
        headers={"Accept": "application/json"},
    )
    assert saving.status_code == 409
    assert TOO_MANY in saving.get_json()["message"]


def test_words_posted_with_an_unknown_code_are_kept_on_the_page(
    world: World, begun: PageClient, stranger: PageClient
) -> None:
    page = begun.get(world.path(QuestionKind.FREE_TEXT))
    kept = stranger.submit(page, {"answer": WORDS}, button="Save and continue", status=409)
    assert TOO_MANY in kept.text
    assert WORDS in kept.text


def test_readers_elsewhere_are_not_kept_out(
    app: Flask, world: World, begun: PageClient, stranger: PageClient
) -> None:
    assert stranger
    code = code_on(begun.get(f"{world.base}/later"))
    elsewhere = app.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    answer = elsewhere.post(
        f"{world.path(QuestionKind.FREE_TEXT)}/words", data={"draft_code": code, "answer": "x"}
    )
    assert answer.status_code == 404  # it looked, and saw a page that carries no sitting


def test_counting_needs_no_more_room_than_it_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guesses, "MOST_ADDRESSES", 3)
    counted, at = guesses.Guesses(), now()
    for name in "abcdef":
        counted.note(name, at)
    assert list(counted.tried) == ["d", "e", "f"]


def test_no_address_is_kept(app: Flask, stranger: PageClient) -> None:
    assert stranger
    (kept,) = app.extensions["consult.guesses"].tried
    assert "127.0.0.1" not in kept
    assert len(kept) == 64
