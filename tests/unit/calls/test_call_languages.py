"""The Welsh of a call: written beside its English, whole before anybody sees it."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.calls import service
from consult.calls.models import Call, Inquiry
from consult.calls.queries import texts_of
from consult.calls.rules import CallState, QuestionKind
from consult.calls.wording import Text, obstacle_in
from consult.foundation.audit import AuditEvent
from consult.foundation.errors import BadInput
from consult.foundation.security import SYSTEM, Role
from tests.builders import NOON, Builder
from tests.page import PageClient

BY: dict[str, Any] = {"actor": SYSTEM, "at": NOON}


@pytest.fixture
def inquiry(build: Builder) -> Inquiry:
    inquiry = build.inquiry(title="Who decides")
    build.respondent_type(inquiry, name="Resident")
    build.place(inquiry, name="Wigan")
    return inquiry


@pytest.fixture
def draft(build: Builder, inquiry: Inquiry) -> Call:
    words = {"purpose": "To hear.", "what_happens": "People read it."}
    call = build.call(inquiry, title="The call", state=CallState.DRAFT, **words)
    question = build.question(call, QuestionKind.SINGLE, number=1, prompt="How much?", hint="Roughly.")
    build.option(question, "A little", 1)
    build.option(question, "A lot", 2)
    build.session.commit()
    return call


def texts(session: Session, call: Call) -> dict[str, Text]:
    session.expire_all()
    return {text.where: text for part in texts_of(session, call.id) for text in part.texts}


def all_welsh(session: Session, call: Call) -> dict[str, str]:
    return {text.key: f"Cymraeg: {text.english}" for text in texts(session, call).values()}


def translate(session: Session, call: Call, welsh: dict[str, str], **more: Any) -> Call:
    values = {"offered": True, "inquiry_id": call.inquiry_id, **BY, **more}
    return service.translate_call(session, call.id, welsh, **values)


def test_a_call_says_each_of_its_texts_once(session: Session, draft: Call) -> None:
    assert list(texts(session, draft)) == [
        "Title",
        "What this call is for",
        "What happens to people’s words",
        "Question 1, question",
        "Question 1, hint",
        "Question 1, option 1",
        "Question 1, option 2",
        "Inquiry title",
        "Respondent type “Resident”",
    ]


def test_places_are_asked_for_where_a_question_is(session: Session, build: Builder, draft: Call) -> None:
    build.question(draft, QuestionKind.PLACE, number=2)
    assert "Place “Wigan”" in texts(session, draft)


def test_publishing_in_two_languages_demands_both(session: Session, draft: Call) -> None:
    words = all_welsh(session, draft)
    hint = texts(session, draft)["Question 1, hint"].key
    translate(session, draft, {**words, hint: ""})
    with pytest.raises(BadInput) as refused:
        service.publish_call(session, draft.id, inquiry_id=draft.inquiry_id, **BY)
    assert any("Question 1, hint has no Welsh" in problem for problem in refused.value.problems)
    translate(session, draft, {hint: "Yn fras."})
    assert service.publish_call(session, draft.id, inquiry_id=draft.inquiry_id, **BY).languages == [
        "en",
        "cy",
    ]


def test_a_call_in_english_alone_needs_no_welsh(session: Session, draft: Call) -> None:
    published = service.publish_call(session, draft.id, inquiry_id=draft.inquiry_id, **BY)
    assert (published.state, published.languages) == (CallState.PUBLISHED, ["en"])


def test_welsh_of_english_that_has_changed_is_told_and_kept(session: Session, draft: Call) -> None:
    translate(session, draft, all_welsh(session, draft))
    assert obstacle_in(texts_of(session, draft.id)) == ""
    question = draft.questions[0]
    question.prompt = "How little?"
    session.flush()
    found = texts(session, draft)["Question 1, question"]
    assert (found.is_behind, found.welsh) == (True, "Cymraeg: How much?")
    # Looked at again and saved as it is, it counts as the Welsh of the new wording.
    translate(session, draft, {found.key: found.welsh})
    assert obstacle_in(texts_of(session, draft.id)) == ""


def test_an_option_of_a_draft_that_is_rewritten_does_not_pass_its_welsh_on_as_good(
    session: Session, draft: Call
) -> None:
    translate(session, draft, all_welsh(session, draft))
    question = draft.questions[0]
    details = service.details_of(question)

    changed = replace(details, options=("A little", "Everything"))
    service.edit_question(session, question.id, changed, inquiry_id=draft.inquiry_id, **BY)
    found = texts(session, draft)
    assert not found["Question 1, option 1"].is_behind
    assert found["Question 1, option 2"].is_behind


def test_a_published_call_is_mended_with_a_reason_and_never_offered_half(
    session: Session, draft: Call
) -> None:
    service.publish_call(session, draft.id, inquiry_id=draft.inquiry_id, **BY)
    title = texts(session, draft)["Title"].key
    with pytest.raises(BadInput, match="Say why"):
        translate(session, draft, {title: "Yr alwad"}, offered=False)
    with pytest.raises(BadInput, match="have no Welsh"):
        translate(session, draft, {title: "Yr alwad"}, why="Welsh came late.")
    translate(session, draft, all_welsh(session, draft), why="Welsh came late.")
    act = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert act is not None
    assert (act.verb, act.why, act.detail["languages"]) == (
        "translate call",
        "Welsh came late.",
        ["en", "cy"],
    )


@pytest.mark.parametrize(("words", "problem"), [("x" * 301, "shorten"), ("a\x00b", "cannot be stored")])
def test_welsh_that_cannot_be_kept_is_refused(
    session: Session, draft: Call, words: str, problem: str
) -> None:
    title = texts(session, draft)["Title"].key
    with pytest.raises(BadInput) as refused:
        translate(session, draft, {title: words})
    assert problem in refused.value.problems[0]


def test_a_clerk_writes_welsh_beside_english_and_sees_what_is_missing(
    session: Session, build: Builder, client: PageClient, inquiry: Inquiry, draft: Call
) -> None:
    clerk = build.member(inquiry, Role.CLERK)
    build.session.commit()
    client.sign_in(clerk)
    address = f"/inquiries/{inquiry.slug}/calls/{draft.slug}"
    page = client.get(client.get(address).link("Welsh of this call"))
    assert "9 texts need Welsh" in page.text
    typed = all_welsh(session, draft)
    hint = texts(session, draft)["Question 1, hint"].key
    saved = client.submit(page, {**typed, hint: "", "offered": "y"}, button="Save")
    assert "1 text needs Welsh" in saved.text
    assert saved.link("Question 1, hint") == f"#{hint}"
    assert saved.typed("call-title") == "Cymraeg: The call"
    assert "Question 1, hint has no Welsh" in client.get(address).text
    whole = client.submit(saved, {hint: "Yn fras.", "offered": "y"}, button="Save")
    assert "Every text has its Welsh." in whole.text
    client.submit(client.get(address), button="Publish this call")
    assert client.get(f"/calls/{inquiry.slug}/{draft.slug}?lang=cy").h1 == "Cymraeg: The call"


def test_what_was_typed_stays_when_it_is_refused(
    build: Builder, client: PageClient, inquiry: Inquiry, draft: Call
) -> None:
    client.sign_in(build.member(inquiry, Role.CLERK))
    build.session.commit()
    page = client.get(f"/inquiries/{inquiry.slug}/calls/{draft.slug}/welsh")
    refused = client.submit(page, {"call-title": "y" * 400}, button="Save", status=422)
    assert refused.typed("call-title") == "y" * 400
    assert "Title: shorten the Welsh to 300 characters." in refused.text
