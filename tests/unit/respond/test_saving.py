"""Saving while somebody types: what the script posts, and what it is told."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from consult.calls.rules import QuestionKind
from consult.foundation.clock import now
from consult.respond.models import Draft, DraftVersion
from tests.page import Page, PageClient, fields_of, standing_values
from tests.unit.respond.walk import ABOUT, World, code_on

JSON = {"Accept": "application/json"}


def form_on(page: Page) -> dict[str, Any]:
    return standing_values(page.form(button="Save and continue"))


def address_on(page: Page) -> str:
    return page.form(button="Save and continue").get("data-saving", "")


def post(client: PageClient, page: Page, **typed: Any) -> TestResponse:
    """Post a page as the script does."""
    data = {**form_on(page), "turn": "1", **typed}
    return client.http.post(address_on(page), data=data, headers=JSON)


@pytest.fixture
def page(world: World, begun: PageClient) -> Page:
    return begun.get(world.path(QuestionKind.FREE_TEXT))


def test_what_is_typed_is_saved_and_the_time_told(
    begun: PageClient, page: Page, the_draft: Callable[[], Draft]
) -> None:
    answer = post(begun, page, answer="Half a sen")
    assert answer.status_code == 200
    assert answer.json["state"] == "saved"
    assert answer.json["message"].startswith("Saved at ")
    assert answer.headers["Cache-Control"] == "no-store"
    assert list(the_draft().answers.values()) == ["Half a sen"]


@pytest.mark.parametrize("kind", [QuestionKind.SINGLE, QuestionKind.SEVERAL, QuestionKind.NUMBER])
def test_every_kind_of_answer_is_saved(
    world: World, begun: PageClient, the_draft: Callable[[], Draft], kind: QuestionKind
) -> None:
    typed = world.answers()[kind]
    assert post(begun, begun.get(world.path(kind)), answer=typed).json["state"] == "saved"
    assert list(the_draft().answers.values()) == [typed]


def test_who_you_are_and_what_may_be_published_are_saved(
    world: World, begun: PageClient, the_draft: Callable[[], Draft]
) -> None:
    assert post(begun, begun.get(f"{world.base}/about"), **ABOUT).json["state"] == "saved"
    post(begun, begun.get(f"{world.base}/publication"), publication="without_name")
    assert the_draft().about == {**ABOUT, "publication": "without_name"}


def test_words_that_must_be_put_right_are_saved_all_the_same(
    begun: PageClient, page: Page, the_draft: Callable[[], Draft]
) -> None:
    assert post(begun, page, answer="word " * 30).json["state"] == "saved"
    assert list(the_draft().answers.values()) == ["word " * 30]


def test_neither_cookie_nor_token_is_needed_but_the_code_is(
    app: Flask, begun: PageClient, page: Page, the_draft: Callable[[], Draft]
) -> None:
    stranger = PageClient(app)
    answer = post(stranger, page, answer="From a browser that lost its cookies.", csrf_token="stale")
    assert answer.json["state"] == "saved"
    refused = post(begun, page, answer="Not mine.", draft_code="7K3MX-4Q9RT-02WVB-HN6ZE-5JD8SA")
    assert (refused.status_code, refused.json["state"]) == (404, "gone")
    assert list(the_draft().answers.values()) == ["From a browser that lost its cookies."]


def test_a_lost_session_gets_a_token_with_which_the_button_works(
    app: Flask, page: Page, the_draft: Callable[[], Draft]
) -> None:
    browser = PageClient(app)
    token = post(browser, page, answer="Words.").json["token"]
    typed = {**form_on(page), "turn": "1", "answer": "Words.", "csrf_token": token, "then": "continue"}
    answer = browser.http.post(page.path, data=typed)
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("/questions/2")


def test_another_site_is_given_no_token(begun: PageClient, page: Page) -> None:
    headers = {**JSON, "Origin": "https://elsewhere.example"}
    answer = begun.http.post(address_on(page), data={**form_on(page), "answer": "x"}, headers=headers)
    assert "token" not in answer.json


def test_a_save_that_was_overtaken_undoes_nothing(
    begun: PageClient, page: Page, the_draft: Callable[[], Draft]
) -> None:
    begun.submit(page, {"answer": "Whole sentence.", "turn": "2"}, button="Save and continue")
    assert post(begun, page, answer="Whole sen").json["state"] == "late"
    assert list(the_draft().answers.values()) == ["Whole sentence."]


def test_words_written_elsewhere_meanwhile_are_kept_beside(
    world: World, begun: PageClient, page: Page, the_draft: Callable[[], Draft], session: Session
) -> None:
    other = begun.get(page.path)
    begun.submit(other, {"answer": "Theirs."}, button="Save and continue")
    assert post(begun, page, answer="Mi").json["state"] == "waiting"
    assert post(begun, page, answer="Mine.", turn="2").json["state"] == "waiting"
    assert [version.typed for version in session.query(DraftVersion)] == ["Mine."]
    assert list(the_draft().answers.values()) == ["Theirs."]


def test_a_closed_call_and_a_sent_draft_are_told(
    world: World, filled_in: PageClient, session: Session
) -> None:
    page = filled_in.get(world.path(QuestionKind.FREE_TEXT))
    closes_at, world.call.closes_at = world.call.closes_at, now() - timedelta(minutes=1)
    session.commit()
    answer = post(filled_in, page, answer="Late.")
    assert (answer.status_code, answer.json["state"]) == (409, "closed")
    world.call.closes_at = closes_at
    session.commit()
    filled_in.submit(filled_in.get(f"{world.base}/check"), button="Send my evidence")
    answer = post(filled_in, page, answer="After.")
    assert (answer.status_code, answer.json["state"]) == (409, "sent")


def test_no_page_of_a_draft_lies_in_a_cache_and_no_code_in_an_address(
    world: World, filled_in: PageClient
) -> None:
    for path in ("about", "questions/1", "publication", "check", "later"):
        page = filled_in.get(f"{world.base}/{path}")
        assert page.response.headers["Cache-Control"] == "no-store"
        code = code_on(filled_in.get(f"{world.base}/later"))
        hrefs = [a.get("href", "") for a in page.all("a")] + [f.get("action", "") for f in page.all("form")]
        assert not [href for href in hrefs if code in href.partition("#")[0]]
        assert not [
            f for f in fields_of(page.tree) if f.get("name") == "draft_code" and f.get("type") != "hidden"
        ]
