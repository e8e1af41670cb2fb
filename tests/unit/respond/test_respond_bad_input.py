"""Bad input, one by one: a plain message, nothing typed lost, nothing half stored."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.calls.rules import CallState, QuestionKind
from consult.evidence.models import SourceText, Submission
from consult.foundation.clock import now
from consult.respond.models import Draft
from tests.builders import Builder
from tests.page import PageClient
from tests.unit.respond.walk import ABOUT, ONE_FIELD, World, answer, code_on

ODD_TEXTS = {
    "emoji": "We waited 👩🏽‍🌾 and 🏴󠁧󠁢󠁷󠁬󠁳󠁿 waited",
    "right to left": "كتبنا إلى המועצה twice",
    "combining": "cafe\u0301 ẛ̣ \u202eodd\u202c",
    "markup": "<script>alert(1)</script> & <b>bold</b> {{ 7*7 }} </textarea>",
    "an empty first line": "\n\n  indented\n\ttabbed  \n",
    "one long line": "x" * 200_000,
    "quotes": "“curly” 'single' \"double\" `tick` \\ back",
}


@pytest.mark.parametrize(
    "case",
    [
        (QuestionKind.FREE_TEXT, "   ", "Write an answer to this question."),
        (QuestionKind.FREE_TEXT, "word " * 23, "23 words, 3 words more than the limit of 20"),
        (QuestionKind.FREE_TEXT, "a\x00b", "a character that cannot be stored"),
        (QuestionKind.SINGLE, "999999", "not one of the answers offered"),
        (QuestionKind.SEVERAL, ["999999", "x"], "not one of the answers offered"),
        (QuestionKind.PLACE, "somewhere", "not one of the answers offered"),
        (QuestionKind.SCALE, "9", "Choose a point from 1 to 5."),
        (QuestionKind.NUMBER, "about twelve", "Enter a whole number in figures"),
        (QuestionKind.NUMBER, "12.5", "Enter a whole number in figures"),
        (QuestionKind.NUMBER, "5001", "Enter a number from 0 to 5,000."),
        (QuestionKind.NUMBER, "9" * 30, "Enter a number from 0 to 5,000."),
    ],
)
def test_a_wrong_answer_is_kept_and_told_how_to_put_right(
    world: World, begun: PageClient, the_draft: Callable[[], Draft], case: tuple[QuestionKind, Any, str]
) -> None:
    kind, typed, words = case
    page = answer(begun, world, kind, typed, status=422)
    assert page.title.startswith("Error: Question")
    assert words in page.text
    summary = next(a for a in page.all("a") if words in "".join(a.itertext()))
    assert (summary.get("href") or "").removeprefix("#") in {e.get("id") for e in page.tree.iter()}
    kept = the_draft().answers[world.questions[kind].slug]
    assert kept == (typed.replace("\x00", "\ufffd") if isinstance(typed, str) else typed)
    # The check page names it too, and does not offer to send.
    check = begun.get(f"{world.base}/check")
    assert "Send my evidence" not in check.text


def test_an_over_long_answer_stands_in_the_field_whole(world: World, begun: PageClient) -> None:
    typed = "word " * 25 + "last"
    page = answer(begun, world, QuestionKind.FREE_TEXT, typed, status=422)
    assert page.all("textarea")[0].text == typed
    shorter = begun.submit(page, {"answer": "word"}, button="Save and continue")
    assert "Question 2 of 6" in shorter.title


@pytest.mark.parametrize("field", ["name", "organisation", "email"])
def test_an_over_long_line_about_you_is_kept(
    world: World, begun: PageClient, the_draft: Callable[[], Draft], field: str
) -> None:
    typed = {**ABOUT, field: "é" * 310}
    page = begun.submit(begun.get(f"{world.base}/about"), typed, button="Save and continue", status=422)
    assert page.title.startswith("Error: About you")
    assert page.all("input", name_=field)[0].get("value") == "é" * 310
    assert the_draft().about[field] == "é" * 310


def test_an_empty_page_about_you_names_each_field(world: World, begun: PageClient) -> None:
    page = begun.submit(begun.get(f"{world.base}/about"), button="Save and continue", status=422)
    links = {a.get("href") for a in page.all("a")}
    assert {"#name", "#respondent_type"} <= links
    assert all(any(e.get("id") == i for e in page.tree.iter()) for i in ("name", "respondent_type"))


@pytest.mark.parametrize("typed", [{}, {"publication": "everywhere"}])
def test_a_missing_or_unknown_publication_choice_is_asked_for(
    world: World, begun: PageClient, typed: dict[str, str]
) -> None:
    page = begun.submit(begun.get(f"{world.base}/publication"), typed, button="Save and continue", status=422)
    assert "Choose whether we may publish your evidence." in page.text


def test_sending_what_is_incomplete_stores_nothing_and_lists_what_is_missing(
    session: Session, world: World, filled_in: PageClient
) -> None:
    check = filled_in.get(f"{world.base}/check")
    answer(filled_in, world, QuestionKind.FREE_TEXT, "word " * 21, status=422)
    page = filled_in.submit(check, button="Send my evidence", status=422)
    assert page.title.startswith("Error: Check your answers")
    assert "21 words, 1 word more than the limit" in page.text
    assert session.scalars(select(Submission)).all() == []
    assert "word word" in filled_in.get(f"{world.base}/questions/1").html


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS.keys())
def test_odd_texts_come_back_and_are_sent_to_the_letter(
    session: Session, world: World, filled_in: PageClient, text: str
) -> None:
    page = answer(filled_in, world, QuestionKind.FREE_TEXT, text.replace("\n", "\r\n"))
    assert "Question 2 of 6" in page.title
    again = filled_in.get(world.path(QuestionKind.FREE_TEXT))
    assert again.all("textarea")[0].text == text
    sent = filled_in.submit(filled_in.get(f"{world.base}/check"), button="Send my evidence")
    filled_in.get(sent.link("See and print a copy of everything you sent"))
    assert session.scalars(select(SourceText.body)).one() == text


def test_a_number_that_no_question_has_is_not_found(world: World, begun: PageClient) -> None:
    begun.get(f"{world.base}/questions/99", status=404)
    begun.get(f"{world.base}/questions/0", status=404)


def test_an_unknown_call_and_one_still_being_written_are_not_found(
    world: World, client: PageClient, build: Builder
) -> None:
    draft = build.call(world.inquiry, state=CallState.DRAFT)
    build.session.commit()
    for path in (
        f"/calls/{world.inquiry.slug}/nothing",
        f"/calls/{world.inquiry.slug}/{draft.slug}",
        f"/calls/nowhere/{world.call.slug}",
        f"/respond/{world.inquiry.slug}/{draft.slug}/about",
    ):
        client.get(path, status=404)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Enter the code of 26 letters and figures"),
        ("LOC0001", "Enter the code of 26 letters and figures"),
        ("A\x00" * 13, "Enter the code of 26"),
        ("7K3MX-4Q9RT-02WVB-HN6ZE-5JD8SA", "We find nothing under this code"),
    ],
)
def test_a_wrong_code_is_kept_and_told_what_to_do(client: PageClient, typed: str, words: str) -> None:
    page = client.submit(client.get("/respond/resume"), {"code": typed}, button="Open", status=422)
    assert words in page.text
    assert page.all("input", name_="code")[0].get("value") == typed.replace("\x00", "\ufffd")


# An expired, missing or wrong session.


def lose_session(client: PageClient) -> None:
    client.http._cookies.clear()  # the test client has no other way to drop every cookie


def with_wrong_token(values: dict[str, Any]) -> dict[str, Any]:
    return {**values, "csrf_token": "forged"}


def is_nothing_stored(draft: Draft) -> bool:
    return (draft.answers, draft.about) == ({}, {})


@pytest.mark.parametrize("how", ["no cookie", "wrong token", "no token"])
@pytest.mark.parametrize("kind", ONE_FIELD)
def test_an_answer_posted_after_the_session_ended_stands_on_the_same_page_and_is_saved_by_one_more_press(
    world: World, begun: PageClient, the_draft: Callable[[], Draft], kind: QuestionKind, how: str
) -> None:
    typed = world.answers()[kind]
    page = begun.get(world.path(kind))
    values = {"answer": typed}
    if how == "no cookie":
        lose_session(begun)
    else:
        values |= {"csrf_token": "forged" if how == "wrong token" else ""}
    again = begun.submit(page, values, button="Save and continue", status=400)
    assert "Your session had ended" in again.text
    assert is_nothing_stored(the_draft())
    begun.submit(again, button="Save and continue")
    expected = typed.replace("\r\n", "\n") if isinstance(typed, str) else typed
    assert the_draft().answers == {world.questions[kind].slug: expected}


def test_the_page_about_you_survives_a_lost_session(
    world: World, begun: PageClient, the_draft: Callable[[], Draft]
) -> None:
    page = begun.get(f"{world.base}/about")
    lose_session(begun)
    again = begun.submit(page, ABOUT, button="Save and continue", status=400)
    assert is_nothing_stored(the_draft())
    begun.submit(again, button="Save and continue")
    assert the_draft().about == ABOUT


def test_the_publication_choice_survives_a_lost_session(
    world: World, begun: PageClient, the_draft: Callable[[], Draft]
) -> None:
    page = begun.get(f"{world.base}/publication")
    lose_session(begun)
    again = begun.submit(page, {"publication": "not_published"}, button="Save and continue", status=400)
    begun.submit(again, button="Save and continue")
    assert the_draft().about == {"publication": "not_published"}


def test_sending_after_the_session_ended_sends_by_one_more_press(
    session: Session, world: World, filled_in: PageClient
) -> None:
    check = filled_in.get(f"{world.base}/check")
    lose_session(filled_in)
    again = filled_in.submit(check, button="Send my evidence", status=400)
    assert session.scalars(select(Submission)).all() == []
    page = filled_in.submit(again, button="Send my evidence")
    assert page.h1 == "We have your evidence"


def test_start_code_and_leaving_survive_a_lost_session(
    session: Session, world: World, client: PageClient
) -> None:
    again = client.submit(client.get(world.call_page), {"csrf_token": ""}, button="Start now", status=400)
    assert client.submit(again, button="Start now").h1 == "About you"
    code = code_on(client.get(f"{world.base}/about"))
    again = client.submit(
        client.get("/respond/resume"), with_wrong_token({"code": code}), button="Open", status=400
    )
    assert again.all("input", name_="code")[0].get("value") == code
    assert client.submit(again, button="Open").h1 == "About you"
    later = client.get(f"{world.base}/later")
    again = client.submit(later, with_wrong_token({}), button="Leave this device", status=400)
    assert client.submit(again, button="Leave this device").h1 == world.call.title


def test_a_lost_session_and_a_lost_draft_together_begin_a_new_draft(
    session: Session, world: World, begun: PageClient, the_draft: Callable[[], Draft]
) -> None:
    page = begun.get(world.path(QuestionKind.FREE_TEXT))
    session.delete(the_draft())
    session.commit()
    lose_session(begun)
    again = begun.submit(page, {"answer": "Still here."}, button="Save and continue", status=400)
    moved_on = begun.submit(again, button="Save and continue")
    assert "this page begins a new one" in moved_on.html
    assert list(the_draft().answers.values()) == ["Still here."]


def test_a_draft_code_posted_by_another_site_is_not_taken_up(
    world: World, begun: PageClient, the_draft: Callable[[], Draft]
) -> None:
    code = code_on(begun.get(f"{world.base}/about"))
    victim = PageClient(begun.http.application)
    response = victim.http.post(
        world.path(QuestionKind.FREE_TEXT),
        data={"draft_code": code, "answer": ""},
        headers={"Origin": "https://elsewhere.example"},
    )
    assert response.status_code == 400
    assert code not in response.get_data(as_text=True)


def test_a_lost_session_at_an_unknown_call_is_not_found(client: PageClient) -> None:
    response = client.http.post("/respond/nowhere/nothing/questions/1", data={"answer": "x"})
    assert response.status_code == 404


# A call that is not open.


def close(world: World, session: Session) -> None:
    world.call.closes_at = world.call.opens_at + timedelta(days=1)
    session.commit()


def test_a_call_that_closes_while_somebody_writes_stores_nothing_and_shows_every_word(
    session: Session, world: World, filled_in: PageClient, the_draft: Callable[[], Draft]
) -> None:
    page = filled_in.get(world.path(QuestionKind.NUMBER))
    close(world, session)
    shown = filled_in.submit(page, {"answer": "4321"}, button="Save and continue", status=409)
    assert "nothing more can be saved or sent" in shown.text
    for words in ("4321", "The bus stopped in 2019.", "Ann O’Neill", "A hall"):
        assert words in shown.text
    assert the_draft().answers[world.questions[QuestionKind.NUMBER].slug] == "1,250"


def test_a_call_that_closes_before_sending_sends_nothing_and_shows_every_word(
    session: Session, world: World, filled_in: PageClient
) -> None:
    check = filled_in.get(f"{world.base}/check")
    close(world, session)
    shown = filled_in.submit(check, button="Send my evidence", status=409)
    assert "The bus stopped in 2019." in shown.text
    assert session.scalars(select(Submission)).all() == []


@pytest.mark.parametrize("part", ["about", "questions/1", "publication", "check", "later"])
def test_every_page_of_a_draft_shows_its_words_after_closing(
    session: Session, world: World, filled_in: PageClient, part: str
) -> None:
    close(world, session)
    shown = filled_in.get(f"{world.base}/{part}")
    assert shown.h1 == "This call is not open"
    assert "The bus stopped in 2019." in shown.text


def test_a_lost_session_at_a_closed_call_shows_what_was_typed(
    session: Session, world: World, begun: PageClient
) -> None:
    page = begun.get(world.path(QuestionKind.FREE_TEXT))
    close(world, session)
    lose_session(begun)
    shown = begun.submit(page, {"answer": "Last words\x00"}, button="Save and continue", status=409)
    assert "Last words" in shown.text


def test_a_first_answer_to_a_closed_call_begins_no_draft(
    session: Session, world: World, client: PageClient
) -> None:
    page = client.get(world.call_page)
    close(world, session)
    assert client.submit(page, button="Start now").h1 == world.call.title
    assert session.scalars(select(Draft)).all() == []


def test_a_call_withdrawn_to_a_later_opening_stores_nothing(
    session: Session, world: World, begun: PageClient, the_draft: Callable[[], Draft]
) -> None:
    page = begun.get(world.path(QuestionKind.FREE_TEXT))
    world.call.opens_at = world.call.closes_at - timedelta(days=1)
    session.commit()
    shown = begun.submit(page, {"answer": "Early words"}, button="Save and continue", status=409)
    assert "Nothing can be saved or sent before" in shown.text
    assert "Early words" in shown.text
    assert is_nothing_stored(the_draft())


@pytest.mark.parametrize(("seconds", "open_"), [(-1, True), (0, False), (1, False)])
def test_evidence_is_taken_until_the_closing_instant(
    session: Session, world: World, filled_in: PageClient, seconds: int, open_: bool
) -> None:
    check = filled_in.get(f"{world.base}/check")
    world.call.closes_at = now() + timedelta(hours=1)
    session.commit()
    with time_machine.travel(world.call.closes_at + timedelta(seconds=seconds), tick=False):
        filled_in.submit(check, button="Send my evidence", status=200 if open_ else 409)
    assert len(session.scalars(select(Submission)).all()) == int(open_)


def test_a_page_saved_after_sending_shows_its_words_and_changes_nothing(
    session: Session, world: World, filled_in: PageClient
) -> None:
    old_tab = filled_in.get(world.path(QuestionKind.FREE_TEXT))
    filled_in.submit(filled_in.get(f"{world.base}/check"), button="Send my evidence")
    shown = filled_in.submit(old_tab, {"answer": "Afterthought"}, button="Save and continue", status=409)
    assert shown.h1 == "Your evidence has been sent already"
    assert "Afterthought" in shown.text
    assert filled_in.get(shown.link("See the reference of what was sent")).h1 == "We have your evidence"
    assert "Afterthought" not in session.scalars(select(SourceText.body)).one()


def test_two_drafts_in_one_browser_each_keep_their_own_answers(
    session: Session, world: World, begun: PageClient
) -> None:
    answer(begun, world, QuestionKind.FREE_TEXT, "First draft.")
    first_tab = begun.get(world.path(QuestionKind.NUMBER))
    begun_page = begun.submit(begun.get(world.call_page), button="Start now")
    begun.submit(begun_page, button="I have written the code down: begin anew")
    begun.submit(first_tab, {"answer": "11"}, button="Save and continue")
    first, second = session.scalars(select(Draft).order_by(Draft.id)).all()
    number = world.questions[QuestionKind.NUMBER].slug
    assert first.answers[number] == "11"
    assert number not in second.answers
