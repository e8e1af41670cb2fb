"""What the public sees of calls."""

from datetime import UTC, datetime, timedelta

import pytest

from consult.calls.rules import CallState, QuestionKind
from consult.calls.time_left import time_left
from consult.foundation.clock import now
from consult.foundation.web import LONDON
from tests.builders import Builder
from tests.page import PageClient

CLOSING = datetime(2026, 7, 31, 22, 59, tzinfo=UTC)  # 23:59 in London


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (CLOSING - timedelta(days=30), "30 days left"),
        (CLOSING - timedelta(days=2), "2 days left"),
        (CLOSING - timedelta(days=1), "closes tomorrow"),
        # 23:30 UTC the day before is already the last day in London.
        (datetime(2026, 7, 30, 23, 30, tzinfo=UTC), "closes today, in about 23 hours"),
        (CLOSING - timedelta(hours=5), "closes today, in about 5 hours"),
        (CLOSING - timedelta(minutes=61), "closes today, in about 1 hour"),
        (CLOSING - timedelta(minutes=60), "closes in 60 minutes"),
        (CLOSING - timedelta(seconds=61), "closes in 2 minutes"),
        (CLOSING - timedelta(seconds=1), "closes within a minute"),
    ],
)
def test_what_remains_is_said_as_people_say_it(at: datetime, words: str) -> None:
    assert time_left(CLOSING, at, LONDON) == words


def test_the_front_page_lists_open_coming_and_closed_calls_and_no_drafts(
    client: PageClient, build: Builder
) -> None:
    inquiry = build.inquiry(title="The Inquiry")
    build.call(inquiry, title="An open call")
    build.call(inquiry, title="A call to come", opens_at=now() + timedelta(days=9))
    build.call(inquiry, title="A closed call", state=CallState.CLOSED)
    build.call(inquiry, title="A secret draft", state=CallState.DRAFT)
    build.session.commit()
    page = client.get("/")
    order = [page.text.index(t) for t in ("An open call", "A call to come", "A closed call")]
    assert order == sorted(order)
    assert "A secret draft" not in page.html
    assert client.get(page.link("An open call")).h1 == "An open call"


def test_a_front_page_without_an_open_call_says_so(client: PageClient) -> None:
    page = client.get("/")
    assert "No call for evidence is open today" in page.text
    assert page.link("go on with your answers or see what you sent") == "/respond/resume"


def test_the_page_of_an_open_call_says_why_what_until_when_and_what_happens(
    client: PageClient, build: Builder
) -> None:
    call = build.call(
        build.inquiry(slug="inq"),
        slug="call",
        purpose="To learn **why**.\n\n<script>alert(1)</script>",
        terms="- anybody\n- in Welsh too",
        what_happens="People read it.",
        closes_at=now() + timedelta(days=12),
    )
    build.question(call, QuestionKind.FREE_TEXT, number=1, prompt="Why not?", word_limit=1200, required=True)
    build.question(call, QuestionKind.SCALE, number=2, prompt="How easy?")
    build.session.commit()
    page = client.get("/calls/inq/call")
    for words in (
        "To learn why.",
        "in Welsh too",
        "People read it.",
        "Why not?",
        "up to 1,200 words",
        "12 days left",
    ):
        assert words in page.text
    assert "(choose a point on a scale; you may leave it out)" in page.text
    assert [e.text for e in page.all("strong") if e.text == "why"] == ["why"]
    assert "<script>alert" not in page.html
    assert page.form(button="Start now") is not None


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"opens_at": timedelta(days=3)}, "This call is not open yet."),
        ({"closes_at": timedelta(minutes=-1), "grace_minutes": 0}, "copy your words"),
        # Who was told to copy their words would not send what can be sent.
        (
            {"closes_at": timedelta(minutes=-1), "grace_minutes": 9},
            "What you have begun can be sent until",
        ),
        ({"state": CallState.CLOSED}, "This call is closed."),
    ],
)
def test_a_call_that_is_not_open_says_so_and_offers_no_start(
    client: PageClient, build: Builder, values: dict[str, object], words: str
) -> None:
    # Times are from when the test runs, which may be long after it was collected.
    dated = {name: now() + each if isinstance(each, timedelta) else each for name, each in values.items()}
    call = build.call(build.inquiry(slug="inq"), slug="call", **dated)
    build.question(call)
    build.session.commit()
    page = client.get("/calls/inq/call")
    assert words in page.text
    assert "Start now" not in page.text


def test_a_call_without_questions_cannot_be_started(client: PageClient, build: Builder) -> None:
    build.call(build.inquiry(slug="inq"), slug="call")
    build.session.commit()
    page = client.get("/calls/inq/call")
    assert "The questions are being written" in page.text
    assert "Start now" not in page.text
