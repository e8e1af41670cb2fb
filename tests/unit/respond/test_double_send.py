"""One draft is sent once: by a double press, a refresh, Back and again, two tabs, or eight threads."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.calls.rules import QuestionKind
from consult.evidence.models import Answer, Respondent, SourceText, Submission
from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.security import RESPONDENT
from consult.respond import service
from consult.respond.codes import code_from
from consult.respond.models import Draft
from tests.builders import Builder
from tests.page import PageClient
from tests.unit.respond.walk import World, code_on

CODE = code_from(b"sixteen bytes ok")
THREADS = 8


def test_the_same_page_sent_twice_gives_one_reference(
    session: Session, world: World, filled_in: PageClient
) -> None:
    check = filled_in.get(f"{world.base}/check")
    first = filled_in.submit(check, button="Send my evidence")
    second = filled_in.submit(check, button="Send my evidence")
    assert code_on(first) == code_on(second)
    assert len(session.scalars(select(Submission)).all()) == 1


def test_refresh_and_the_way_back_lead_to_the_reference(world: World, filled_in: PageClient) -> None:
    filled_in.submit(filled_in.get(f"{world.base}/check"), button="Send my evidence")
    for page in ("send", "sent", "check", "about", "questions/1", "publication", "later"):
        assert "LOC0001" in filled_in.get(f"{world.base}/{page}").text


def test_sending_from_two_devices_gives_one_reference(
    app: Flask, session: Session, world: World, filled_in: PageClient
) -> None:
    other = PageClient(app)
    code = code_on(filled_in.get(f"{world.base}/later"))
    page = other.submit(other.get("/respond/resume"), {"code": code}, button="Open")
    first = filled_in.submit(filled_in.get(f"{world.base}/check"), button="Send my evidence")
    assert page.h1 == "Check your answers before you send them"
    second = other.submit(page, button="Send my evidence")
    assert code_on(first) == code_on(second)
    assert len(session.scalars(select(Submission)).all()) == 1


def test_sending_again_after_the_cookie_is_gone_gives_the_same_reference(
    session: Session, world: World, filled_in: PageClient
) -> None:
    check = filled_in.get(f"{world.base}/check")
    filled_in.submit(check, button="Send my evidence")
    filled_in.http._cookies.clear()
    again = filled_in.submit(check, button="Send my evidence", status=400)
    assert "LOC0001" in filled_in.submit(again, button="Send my evidence").text
    assert len(session.scalars(select(Submission)).all()) == 1


@pytest.fixture
def real_app(fresh_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch) -> Flask:
    """Give an application on a database of its own, which really commits; jobs wait."""
    app = fresh_app()
    with app.app_context():
        upgrade()
    monkeypatch.setitem(app.extensions, "consult.send_job", lambda _job_id: None)
    return app


def a_draft(app: Flask) -> int:
    """Store a call and a draft that can be sent; return the draft's id."""
    with app.app_context(), transaction() as session:
        build = Builder(session)
        inquiry = build.inquiry(slug="an-inquiry")
        call = build.call(inquiry, slug="a-call")
        question = build.question(call, QuestionKind.FREE_TEXT, number=1)
        for number in range(2, 4):
            build.question(call, QuestionKind.NUMBER, number=number, slug=f"number-{number}")
        draft_id = service.begin_draft(session, call.id, CODE, actor=RESPONDENT, at=now())
        service.save_answer(session, draft_id, question.slug, "The words that count once.", at=now())
        about = {"name": "Ann", "publication": "with_name"}
        service.save_about(session, draft_id, about, at=now())
    return draft_id


def at_once(work: Callable[[int], Any]) -> list[Any]:
    """Do the work in several threads that start together; return what each got or raised."""
    together, results = threading.Barrier(THREADS), []

    def run(number: int) -> None:
        together.wait()
        try:
            results.append(work(number))
        except Exception as error:  # whatever a thread raises is what the test looks at
            results.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_eight_threads_that_send_one_draft_make_one_submission(real_app: Flask) -> None:
    draft_id = a_draft(real_app)

    def send(_number: int) -> int:
        with real_app.app_context(), transaction() as session:
            return service.send_draft(session, draft_id, CODE, actor=RESPONDENT, at=now())

    results = at_once(send)
    assert len(set(results)) == 1, results
    assert isinstance(results[0], int)
    with real_app.app_context():
        for table in (Submission, Respondent, Answer, SourceText):
            assert db.session.scalar(select(func.count()).select_from(table)) == 1, table


def test_eight_browsers_that_press_send_at_once_see_one_reference(real_app: Flask) -> None:
    a_draft(real_app)
    browsers = [PageClient(real_app) for _ in range(THREADS)]
    for browser in browsers:
        browser.submit(browser.get("/respond/resume"), {"code": CODE}, button="Open")
    checks = [browser.get("/respond/an-inquiry/a-call/check") for browser in browsers]

    def press(number: int) -> str:
        return browsers[number].submit(checks[number], button="Send my evidence").text

    results = at_once(press)
    assert all(isinstance(text, str) and "LOC0001" in text for text in results), results
    with real_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Submission)) == 1


def test_two_tabs_that_save_different_pages_at_once_lose_neither(real_app: Flask) -> None:
    draft_id = a_draft(real_app)

    def save(number: int) -> None:
        with real_app.app_context(), transaction() as session:
            service.save_answer(session, draft_id, f"page-{number}", f"words {number}", at=now())

    assert at_once(save) == [None] * THREADS
    with real_app.app_context():
        draft = db.session.get_one(Draft, draft_id)
        assert {f"page-{n}": f"words {n}" for n in range(THREADS)}.items() <= draft.answers.items()
