"""The pages on which a call is written, published, extended and closed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.calls.models import Call, Inquiry
from consult.calls.queries import call_of
from consult.calls.rules import CallState, QuestionKind
from consult.foundation.audit import AuditEvent
from consult.foundation.clock import now
from consult.foundation.security import Role
from tests.builders import Builder
from tests.page import PageClient

HOME = "/inquiries/local-power"
DATES = {"opens_day": "2026-07-01", "opens_time": "09:00", "closes_day": "2036-01-31", "closes_time": "23:59"}
WORDS = {"title": "Who decides?", "purpose": "To **hear** it.", "terms": "", "what_happens": "We read it."}


@pytest.fixture
def inquiry(build: Builder) -> Inquiry:
    return build.inquiry(slug="local-power", title="Local power")


@pytest.fixture
def staff(build: Builder, inquiry: Inquiry, client_of: Callable[[User], PageClient]) -> PageClient:
    clerk = build.member(inquiry, Role.CLERK, name="Bea Clerk")
    build.session.commit()
    return client_of(clerk)


@pytest.fixture
def draft(build: Builder, inquiry: Inquiry) -> Call:
    call = build.call(
        inquiry, slug="who", title="Who?", state=CallState.DRAFT, purpose="Purpose", what_happens="We read."
    )
    build.session.commit()
    return call


@pytest.fixture
def published(build: Builder, draft: Call) -> Call:
    build.question(draft, prompt="Why?", number=1)
    draft.state = CallState.PUBLISHED
    build.session.commit()
    return draft


def newest(session: Session, inquiry: Inquiry) -> AuditEvent:
    events = select(AuditEvent).where(AuditEvent.inquiry_id == inquiry.id).order_by(AuditEvent.id.desc())
    return session.scalars(events).first()  # type: ignore[return-value]  # the page has just recorded one


def test_a_call_is_written_published_and_open_in_a_handful_of_pages(
    staff: PageClient, session: Session, inquiry: Inquiry
) -> None:
    page = staff.get(staff.get(HOME).link("Write a call for evidence"))
    page = staff.submit(page, {**WORDS, **DATES}, button="Save and write the questions")
    assert "Add its questions next" in page.text
    page = staff.get(page.link("Free text"))
    page = staff.submit(page, {"prompt": "What stops you?"}, button="Save and add another question")
    assert page.h1 == "New question 2"
    page = staff.get(page.link("Single choice"))
    page = staff.submit(
        page, {"prompt": "Control?", "options": "Lots\r\n\r\n None "}, button="Save and finish"
    )
    page = staff.submit(page, button="Publish this call")
    assert "The call is published." in page.text
    call = call_of(session, inquiry.id, "who-decides")
    assert call.state is CallState.PUBLISHED
    assert [q.kind for q in call.questions] == [QuestionKind.FREE_TEXT, QuestionKind.SINGLE]
    assert [o.wording for o in call.questions[1].options] == ["Lots", "None"]
    assert staff.get(page.link(f"http://localhost/calls/local-power/{call.slug}")).h1 == "Who decides?"


def test_times_are_on_londons_clock(staff: PageClient, session: Session, inquiry: Inquiry) -> None:
    staff.submit(staff.get(f"{HOME}/new-call"), {**WORDS, **DATES}, with_field="title")
    call = call_of(session, inquiry.id, "who-decides")
    assert call.opens_at == datetime(2026, 7, 1, 8, 0, tzinfo=UTC)
    assert call.closes_at == datetime(2036, 1, 31, 23, 59, tzinfo=UTC)
    page = staff.get(f"{HOME}/calls/who-decides/details")
    assert (page.typed("opens_day"), page.typed("opens_time")) == ("2026-07-01", "09:00")


def test_a_new_call_takes_some_documents_unless_its_writer_says_none(
    staff: PageClient, session: Session, inquiry: Inquiry
) -> None:
    page = staff.get(f"{HOME}/new-call")
    assert page.typed("most_documents") == "10"
    staff.submit(page, {**WORDS, **DATES, "most_documents": "0"}, with_field="title")
    assert call_of(session, inquiry.id, "who-decides").most_documents == 0


def test_words_are_shown_as_the_public_will_read_them(staff: PageClient) -> None:
    words = {**WORDS, "purpose": "To **hear** it.\n\n<script>alert(1)</script>"}
    page = staff.submit(staff.get(f"{HOME}/new-call"), {**words, **DATES}, with_field="title")
    assert "<strong>hear</strong>" in page.html
    assert "<script>alert" not in page.html


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("title", " ", "Give the call a title."),
        ("title", "x" * 301, "Shorten the title"),
        ("slug", "Not A Slug", "small letters"),
        ("slug", "who", "Another call has the address"),
        ("purpose", "x" * 20_001, "Shorten this"),
        ("opens_day", "", "Give the day."),
        ("opens_day", "tomorrow", "Write the day like"),
        ("opens_day", "0026-07-01", "Choose a year"),
        ("opens_day", "2026-02-30", "Write the day like"),
        ("closes_time", "midnight", "Write the time like"),
        ("closes_time", "", "Give the time."),
        ("closes_day", "2026-06-30", "must close after it opens"),
        ("most_documents", "21", "Use a number from 0 to 20"),
        ("most_documents", "many", "Write a whole number"),
        ("phase", "999", ""),
        ("phase", "x", ""),
    ],
)
@pytest.mark.usefixtures("draft")
def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(
    staff: PageClient, session: Session, name: str, value: str, message: str
) -> None:
    values = {**WORDS, **DATES, name: value}
    page = staff.submit(staff.get(f"{HOME}/new-call"), values, with_field="title", status=422)
    assert page.title.startswith("Error: ")
    assert message in page.text
    assert page.field(name).get("id") in {a.get("href", "")[1:] for a in page.all("a")}
    for kept in ("title", "what_happens", "opens_day", "slug") if name != "phase" else ():
        assert page.typed(kept).strip() == values.get(kept, "").strip()
    assert len(session.scalars(select(Call)).all()) == 1


def test_days_may_be_typed_as_people_write_them(
    staff: PageClient, session: Session, inquiry: Inquiry
) -> None:
    values = {**WORDS, **DATES, "opens_day": "3/8/2026", "closes_day": "4 August 2026"}
    staff.submit(staff.get(f"{HOME}/new-call"), values, with_field="title")
    call = call_of(session, inquiry.id, "who-decides")
    assert (call.opens_at.day, call.closes_at.day) == (3, 4)


def test_a_nul_that_was_pasted_in_falls_out(staff: PageClient, session: Session, inquiry: Inquiry) -> None:
    values = {**WORDS, **DATES, "title": "Who\x00 decides?"}
    staff.submit(staff.get(f"{HOME}/new-call"), values, with_field="title")
    assert call_of(session, inquiry.id, "who-decides").title == "Who decides?"


def test_a_draft_says_what_it_still_needs(staff: PageClient, draft: Call) -> None:
    page = staff.get(f"{HOME}/calls/who")
    assert "Add at least one question." in page.text
    assert "Publish this call" not in page.text
    assert "Finish and publish the call “Who?”" in staff.get(HOME).text


def test_publishing_too_early_is_refused_with_the_reasons(
    staff: PageClient, build: Builder, session: Session, draft: Call
) -> None:
    question = build.question(draft, QuestionKind.FREE_TEXT, number=1)
    session.commit()
    page = staff.get(f"{HOME}/calls/who")
    session.delete(question)
    session.commit()
    page = staff.submit(page, button="Publish this call")
    assert "cannot be published yet. Add at least one question." in page.text


def test_a_published_calls_words_are_mended_with_a_reason(
    staff: PageClient, session: Session, inquiry: Inquiry, published: Call
) -> None:
    page = staff.get(f"{HOME}/calls/who/details")
    page = staff.submit(page, {"title": "Who decides?"}, with_field="why", status=422)
    assert "Say why" in page.text
    assert page.typed("title") == "Who decides?"
    staff.submit(page, {"why": "Two words were missing"}, with_field="why")
    assert newest(session, inquiry).why == "Two words were missing"
    assert call_of(session, inquiry.id, "who").title == "Who decides?"


def test_the_closing_date_moves_later_only(staff: PageClient, session: Session, published: Call) -> None:
    page = staff.get(f"{HOME}/calls/who/closing")
    for day, message in (("2020-01-01", "later than"), ("never", "Write the day"), ("", "Give the day")):
        page = staff.submit(
            page, {"closes_day": day, "closes_time": "12:00"}, with_field="closes_day", status=422
        )
        assert message in page.text
        assert page.typed("closes_day") == day
    page = staff.submit(page, {"closes_day": "2040-01-01", "closes_time": "12:00"}, with_field="closes_day")
    assert "Closes 1 January 2040 at 12:00" in page.text


def test_a_call_is_closed_at_once_and_opened_again(
    staff: PageClient, session: Session, inquiry: Inquiry, published: Call
) -> None:
    page = staff.get(f"{HOME}/calls/who/closing")
    page = staff.submit(page, {"close_why": "Enough"}, button="Close this call now")
    assert "Nobody can send evidence" in page.text
    assert newest(session, inquiry).why == "Enough"
    session.expire_all()
    assert call_of(session, inquiry.id, "who").closes_at <= now()
    page = staff.get(f"{HOME}/calls/who/closing")
    assert "Open it again" in page.text
    tomorrow = (now() + timedelta(days=2)).date().isoformat()
    page = staff.submit(page, {"closes_day": tomorrow, "closes_time": "12:00"}, with_field="closes_day")
    assert "Open" in page.text
    assert call_of(session, inquiry.id, "who").state is CallState.PUBLISHED


def test_closing_twice_is_refused_plainly(staff: PageClient, published: Call) -> None:
    first = staff.get(f"{HOME}/calls/who/closing")
    staff.submit(first, button="Close this call now")
    assert "closed already" in staff.submit(first, button="Close this call now", status=409).text


def test_an_endless_reason_is_refused_and_kept(staff: PageClient, published: Call) -> None:
    page = staff.get(f"{HOME}/calls/who/closing")
    page = staff.submit(page, {"close_why": "x" * 1001}, button="Close this call now", status=422)
    assert "Shorten the reason" in page.text
    assert page.typed("close_why") == "x" * 1001


@pytest.mark.parametrize(
    "path", ["calls/nothing", "calls/nothing/details", "calls/nothing/closing", "calls/a%00b", "calls?x=%00"]
)
def test_a_call_that_is_not_there_is_said_so(staff: PageClient, path: str) -> None:
    staff.get(f"{HOME}/{path}", status=404)


def test_a_call_of_another_inquiry_is_not_there(staff: PageClient, build: Builder) -> None:
    build.call(build.inquiry(), slug="elsewhere")
    build.session.commit()
    staff.get(f"{HOME}/calls/elsewhere", status=404)


def test_a_session_that_ended_keeps_the_words_of_a_call(staff: PageClient) -> None:
    page = staff.get(f"{HOME}/new-call")
    with staff.http.session_transaction() as cookie:
        cookie.clear()
    words = "A long explanation of what this call is meant to be for"
    page = staff.submit(page, {**WORDS, **DATES, "purpose": words}, with_field="title", status=400)
    assert words in page.html
