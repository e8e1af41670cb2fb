"""The reading room and the page of a submission, as members see them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.calls.models import Call, Inquiry
from consult.calls.rules import QuestionKind
from consult.evidence.models import Submission
from consult.evidence.queries import who
from consult.evidence.rules import Channel, PublicationChoice, SubmissionState
from consult.evidence.service import GivenAnswer, GivenEvidence, change_state, receive_submission
from consult.foundation.audit import AuditEvent
from consult.foundation.errors import BadInput, NotFound, Refused
from consult.foundation.security import RESPONDENT, Actor, Role
from tests.builders import NOON, Builder
from tests.page import Page, PageClient, words_of

Clients = Callable[[User], PageClient]


@pytest.fixture
def inquiry(build: Builder) -> Inquiry:
    return build.inquiry(slug="localism")


@pytest.fixture
def call(build: Builder, inquiry: Inquiry) -> Call:
    return build.call(inquiry, slug="call", title="Call for evidence")


@pytest.fixture
def clerk(build: Builder, inquiry: Inquiry, client_of: Clients) -> PageClient:
    return client_of(build.member(inquiry, Role.CLERK, name="Clare Clerk"))


def references(page: Page) -> list[str]:
    return [words_of(e) for e in page.all("span", class_="app-entry__reference")]


def entries(page: Page) -> list[str]:
    return [words_of(e) for e in page.all("li", class_="app-entry")]


def test_each_entry_says_who_wrote_what_and_how_it_stands(
    session: Session, build: Builder, inquiry: Inquiry, call: Call, clerk: PageClient
) -> None:
    kind, place = build.respondent_type(inquiry, name="Council"), build.place(inquiry, name="Wigan")
    build.submission(
        call,
        "Real power resides elsewhere.",
        name="Mary Smith",
        organisation="Harbour Trust",
        title="The harbour",
        respondent_type_id=kind.id,
        place_id=place.id,
        publication=PublicationChoice.WITHOUT_NAME,
    )
    session.commit()
    (entry,) = entries(clerk.get("/inquiries/localism/evidence"))
    assert entry == (
        "LOC0001 Mary Smith, Harbour Trust The harbour Real power resides elsewhere. "
        "Council Wigan 1 July 2026 4 words New May be published without name"
    )


def test_inquiry_without_evidence_says_how_it_comes_in(
    session: Session, inquiry: Inquiry, clerk: PageClient
) -> None:
    session.commit()
    assert "No evidence has arrived yet" in clerk.get("/inquiries/localism/evidence").text


def test_search_that_finds_nothing_says_what_to_do(
    session: Session, build: Builder, call: Call, clerk: PageClient
) -> None:
    build.submission(call, "Words.")
    session.commit()
    page = clerk.get("/inquiries/localism/evidence?words=xylophone")
    assert "0 submissions" in page.text
    assert "Use fewer words" in page.text
    assert page.link("Show all evidence") == "/inquiries/localism/evidence"


def test_filters_narrow_the_list_and_stay_as_chosen(
    session: Session, build: Builder, inquiry: Inquiry, call: Call, clerk: PageClient
) -> None:
    kind = build.respondent_type(inquiry, name="Council", slug="council")
    place = build.place(inquiry, name="Wigan", slug="wigan")
    other = build.call(inquiry, slug="second", title="Second call")
    build.submission(call, "One.", respondent_type_id=kind.id)
    build.submission(call, "Two.", place_id=place.id)
    build.submission(other, "Three.", respondent_type_id=kind.id, place_id=place.id)
    build.submission(call, "Four.")
    session.commit()
    page = clerk.get("/inquiries/localism/evidence")
    for chosen, shown in (
        ({"type": "council"}, ["LOC0003", "LOC0001"]),
        ({"place": "wigan"}, ["LOC0003", "LOC0002"]),
        ({"type": "council", "place": "wigan"}, ["LOC0003"]),
        ({"type": "-"}, ["LOC0004", "LOC0002"]),
        ({"place": "-", "type": "-"}, ["LOC0004"]),
        ({"call": "second"}, ["LOC0003"]),
        ({"state": "accepted"}, []),
        ({"state": "new", "words": "four"}, ["LOC0004"]),
    ):
        narrowed = clerk.submit(page, chosen, button="Show")
        assert references(narrowed) == shown, chosen
        selected = {
            s.get("name"): o.get("value")
            for s in narrowed.all("select")
            for o in s
            if o.get("selected") is not None
        }
        assert {name: selected[name] for name in chosen if name != "words"} == {
            name: value for name, value in chosen.items() if name != "words"
        }


def test_matching_words_are_marked_and_markup_is_shown_as_typed(
    session: Session, build: Builder, call: Call, clerk: PageClient
) -> None:
    build.submission(call, "Real <script>alert(1)</script> power resides elsewhere.", name="<b>Mary</b>")
    session.commit()
    page = clerk.get("/inquiries/localism/evidence?words=powers")
    assert [words_of(mark) for mark in page.all("mark")] == ["power"]
    assert "<script>alert" not in page.html
    assert "Real <script>alert(1)</script> power" in page.text
    assert "<b>Mary</b>" in page.text


def test_list_is_read_page_by_page_in_both_directions(
    session: Session, build: Builder, call: Call, clerk: PageClient
) -> None:
    for number in range(60):
        build.submission(call, f"Text {number}.", title="even" if number % 2 == 0 else "odd")
    session.commit()
    first = clerk.get("/inquiries/localism/evidence")
    assert "60 submissions, newest first" in first.text
    second = clerk.get(first.link("Older submissions"))
    third = clerk.get(second.link("Older submissions"))
    assert references(first) + references(second) + references(third) == [
        f"LOC{number:04}" for number in range(60, 0, -1)
    ]
    assert "Newer submissions" not in first.text
    assert "Older submissions" not in third.text
    assert references(clerk.get(third.link("Newer submissions"))) == references(second)
    assert references(clerk.get(second.link("Newer submissions"))) == references(first)


def test_next_page_keeps_the_filters(session: Session, build: Builder, call: Call, clerk: PageClient) -> None:
    for number in range(60):
        build.submission(call, f"Text {number}.", title="even" if number % 2 == 0 else "odd")
    session.commit()
    page = clerk.get("/inquiries/localism/evidence?words=even&state=new")
    older = clerk.get(page.link("Older submissions"))
    assert "30 submissions" in older.text
    assert len(references(older)) == 5


def test_first_page_reached_from_below_has_no_newer_link(
    session: Session, build: Builder, call: Call, clerk: PageClient
) -> None:
    sent = [build.submission(call, f"Text {number}.").id for number in range(30)]
    session.commit()
    page = clerk.get(f"/inquiries/localism/evidence?after={sent[10]}")
    assert references(page)[0] == "LOC0030"
    assert "Newer submissions" not in page.text


@pytest.mark.parametrize(
    "query",
    [
        "before=abc",
        "before=-1",
        "before=99999999999999999999",
        "after=0",
        "words=%01",
        "unknown=1",
        "words=%F0",
    ],
)
def test_address_edited_by_hand_does_no_harm(
    session: Session, build: Builder, call: Call, clerk: PageClient, query: str
) -> None:
    build.submission(call, "Words.")
    session.commit()
    clerk.get(f"/inquiries/localism/evidence?{query}")


def test_page_beyond_the_end_leads_back(
    session: Session, build: Builder, call: Call, clerk: PageClient
) -> None:
    sent = build.submission(call, "Words.")
    session.commit()
    page = clerk.get(f"/inquiries/localism/evidence?before={sent.id}&state=new")
    assert page.link("Go back to the newest") == "/inquiries/localism/evidence?state=new"


@pytest.mark.parametrize("name", ["type", "place", "state", "call"])
def test_filter_that_is_not_on_its_list_is_told_of(
    session: Session, build: Builder, call: Call, clerk: PageClient, name: str
) -> None:
    build.submission(call, "Words.")
    session.commit()
    page = clerk.get(f"/inquiries/localism/evidence?{name}=nonsense")
    assert page.title.startswith("Error: ")
    assert "from its list." in page.text
    assert [a.get("href") for a in page.all("a") if a.get("href") == f"#{name}"]
    assert references(page) == ["LOC0001"]


def test_over_long_search_is_told_of_and_kept(
    session: Session, build: Builder, call: Call, clerk: PageClient
) -> None:
    session.commit()
    page = clerk.get("/inquiries/localism/evidence?words=" + "x" * 201)
    assert "at most 200 characters" in page.text
    assert page.all("input", id="words")[0].get("value") == "x" * 201


def test_evidence_of_another_inquiry_is_neither_listed_nor_shown(
    session: Session, build: Builder, inquiry: Inquiry, call: Call, clerk: PageClient
) -> None:
    build.submission(build.call(build.inquiry(slug="other", reference_prefix="OTH")), "Secret.")
    session.commit()
    assert references(clerk.get("/inquiries/localism/evidence")) == []
    clerk.get("/inquiries/localism/evidence/OTH0001", status=404)
    clerk.get("/inquiries/other/evidence/OTH0001", status=404)


@pytest.fixture
def answered(build: Builder, inquiry: Inquiry, call: Call) -> Call:
    """Return a call with an answer of every kind."""
    words = build.question(call, number=1, prompt="What stops you?")
    single = build.question(call, QuestionKind.SINGLE, number=2, prompt="How much control?")
    several = build.question(call, QuestionKind.SEVERAL, number=3, prompt="What have you used?")
    scale = build.question(
        call,
        QuestionKind.SCALE,
        number=4,
        prompt="How easy is it?",
        minimum=1,
        maximum=5,
        minimum_meaning="very hard",
    )
    number = build.question(call, QuestionKind.NUMBER, number=5, prompt="How many people?")
    place = build.question(call, QuestionKind.PLACE, number=6, prompt="Where?")
    more = build.question(call, number=7, prompt="Anything else?")
    little = build.option(single, "A little", 1)
    bid, plan = build.option(several, "Right to bid", 1), build.option(several, "A plan", 2)
    wigan = build.place(inquiry, name="Wigan")
    answers = (
        GivenAnswer(words.id, "First.\n\nSecond line one\nline two."),
        GivenAnswer(single.id, option_ids=(little.id,)),
        GivenAnswer(several.id, option_ids=(plan.id, bid.id)),
        GivenAnswer(scale.id, number=4),
        GivenAnswer(number.id, number=1200),
        GivenAnswer(place.id, place_id=wigan.id),
        GivenAnswer(more.id, "Third."),
    )
    evidence = GivenEvidence(
        call_id=call.id,
        name="Mary Smith",
        organisation="Harbour Trust",
        email="mary@example.org",
        respondent_type_id=None,
        place_id=None,
        publication=PublicationChoice.WITH_NAME,
        language="cy",
        title="The harbour",
        answers=answers,
        channel=Channel.WEB,
    )
    receive_submission(
        build.session, evidence, inquiry_id=inquiry.id, actor=RESPONDENT, at=NOON + timedelta(hours=1)
    )
    return call


def test_submission_shows_each_question_with_its_answer(
    session: Session, answered: Call, clerk: PageClient
) -> None:
    session.commit()
    page = clerk.get("/inquiries/localism/evidence/LOC0001")
    assert page.h1 == "LOC0001 Mary Smith, Harbour Trust"
    assert [words_of(h2) for h2 in page.all("h2")][:3] == [
        "1. What stops you?",
        "7. Anything else?",
        "Closed questions",
    ]
    for words in (
        "2. How much control? A little",
        "3. What have you used? Right to bid A plan",
        "4. How easy is it? 4 on a scale from 1 (very hard) to 5",
        "5. How many people? 1,200",
        "6. Where? Wigan",
        "Received 1 July 2026 at 13:00",
        "Publication May be published with name",
        "Call Call for evidence",
    ):
        assert words in page.text


def test_paragraphs_are_numbered_through_and_link_to_themselves(
    session: Session, answered: Call, clerk: PageClient
) -> None:
    session.commit()
    page = clerk.get("/inquiries/localism/evidence/LOC0001")
    for number, words in (("1", "1 First."), ("2", "2 Second line one line two."), ("3", "3 Third.")):
        (paragraph,) = page.all("div", id=f"p{number}")
        assert words_of(paragraph) == words
        assert page.all("a", href=f"#p{number}", aria_label=f"Paragraph {number}")
    assert page.all("div", lang="cy")


def test_address_of_the_respondent_is_not_on_the_page(
    session: Session, answered: Call, clerk: PageClient
) -> None:
    session.commit()
    assert "mary@example.org" not in clerk.get("/inquiries/localism/evidence/LOC0001").html


def test_words_not_to_be_published_are_marked_as_such(
    session: Session, build: Builder, call: Call, clerk: PageClient
) -> None:
    build.submission(call, "One.", publication=PublicationChoice.NOT_PUBLISHED)
    build.submission(
        call, "Two.", publication=PublicationChoice.NOT_PUBLISHED, channel=Channel.IMPORTED, external_key="x"
    )
    build.submission(call, "Three.", publication=PublicationChoice.WITHOUT_NAME)
    session.commit()
    pages = [clerk.get(f"/inquiries/localism/evidence/LOC000{number}").text for number in (1, 2, 3)]
    assert "Not to be published. Its writer asked for this." in pages[0]
    assert "Not to be published. It came from a file" in pages[1]
    assert "May be published without name: the words may be quoted" in pages[2]


def test_submissions_lead_to_their_neighbours(
    session: Session, build: Builder, call: Call, clerk: PageClient
) -> None:
    elsewhere = build.call(build.inquiry())
    for each in (call, elsewhere, call, elsewhere, call):
        build.submission(each, "Words.")
    session.commit()
    middle = clerk.get("/inquiries/localism/evidence/LOC0002")
    assert clerk.get(middle.link("Previous submission: LOC0001")).h1.startswith("LOC0001")
    last = clerk.get(middle.link("Next submission: LOC0003"))
    assert "Next submission" not in last.text


def test_markup_in_evidence_is_shown_as_typed(
    session: Session, build: Builder, call: Call, clerk: PageClient
) -> None:
    build.submission(call, "<img src=x onerror=alert(1)> & more")
    session.commit()
    assert "<img src=x onerror=alert(1)> & more" in clerk.get("/inquiries/localism/evidence/LOC0001").text


def test_clerk_puts_a_submission_out_of_scope_with_a_reason(
    session: Session, build: Builder, inquiry: Inquiry, call: Call, clerk: PageClient
) -> None:
    build.submission(call, "Buy our shoes.")
    session.commit()
    page = clerk.get("/inquiries/localism/evidence/LOC0001")
    after = clerk.submit(page, {"state": "out_of_scope", "why": "An advertisement."}, button="Save the state")
    assert "LOC0001: out of scope." in after.text
    assert "On the clerk’s desk: out of scope" in after.text
    assert "Out of scope, by Clare Clerk" in after.text
    assert "An advertisement." in after.text
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert event is not None
    assert (event.verb, event.why, event.inquiry_id) == ("change state", "An advertisement.", inquiry.id)
    assert event.detail == {"reference": "LOC0001", "from": "new", "to": "out_of_scope"}


def test_out_of_scope_without_a_reason_is_sent_back_with_what_was_chosen(
    session: Session, build: Builder, call: Call, clerk: PageClient
) -> None:
    build.submission(call, "Words.")
    session.commit()
    page = clerk.get("/inquiries/localism/evidence/LOC0001")
    answer = clerk.submit(page, {"state": "out_of_scope", "why": " "}, button="Save the state", status=422)
    assert answer.title.startswith("Error: ")
    assert "Say why it is out of scope." in answer.text
    assert [e.get("value") for e in answer.all("input", name_="state") if e.get("checked") is not None] == [
        "out_of_scope"
    ]
    assert session.scalars(select(Submission.state)).all() == [SubmissionState.NEW]


def test_saving_without_a_choice_keeps_the_reason(
    session: Session, build: Builder, call: Call, clerk: PageClient
) -> None:
    build.submission(call, "Words.")
    session.commit()
    page = clerk.get("/inquiries/localism/evidence/LOC0001")
    answer = clerk.submit(page, {"why": "Typed at length."}, button="Save the state", status=422)
    assert "Choose what happens to this submission" in answer.text
    assert words_of(answer.all("textarea", name_="why")[0]) == "Typed at length."


def test_over_long_reason_is_sent_back(
    session: Session, build: Builder, call: Call, clerk: PageClient
) -> None:
    build.submission(call, "Words.")
    session.commit()
    page = clerk.get("/inquiries/localism/evidence/LOC0001")
    given = {"state": "accepted", "why": "x" * 2001}
    assert (
        "Shorten the reason to 2,000" in clerk.submit(page, given, button="Save the state", status=422).text
    )


@pytest.mark.parametrize("role", [Role.ANALYST, Role.CHAIR, Role.COMMISSIONER])
def test_only_the_clerk_may_change_a_state(
    session: Session, build: Builder, call: Call, client_of: Clients, role: Role
) -> None:
    build.submission(call, "Words.")
    reader = client_of(build.member(session.get_one(Inquiry, call.inquiry_id), role))
    session.commit()
    page = reader.get("/inquiries/localism/evidence/LOC0001")
    assert not page.all("input", name_="state")
    token = page.all("input", name_="csrf_token")[0].get("value")
    answer = reader.http.post(
        "/inquiries/localism/evidence/LOC0001/state", data={"csrf_token": token, "state": "accepted"}
    )
    assert answer.status_code == 403
    assert session.scalars(select(Submission.state)).all() == [SubmissionState.NEW]


def test_state_can_be_changed_back_and_each_change_is_recorded(
    session: Session, build: Builder, inquiry: Inquiry, call: Call
) -> None:
    build.submission(call, "Words.")
    actor = Actor.member(build.user().id)
    for state, why in ((SubmissionState.OUT_OF_SCOPE, "Spam."), (SubmissionState.ACCEPTED, "")):
        change_state(session, "LOC0001", state, why=why, inquiry_id=inquiry.id, actor=actor, at=NOON)
    again = change_state(
        session, "LOC0001", SubmissionState.ACCEPTED, inquiry_id=inquiry.id, actor=actor, at=NOON
    )
    assert again.state is SubmissionState.ACCEPTED
    whys = session.scalars(select(AuditEvent.why).where(AuditEvent.verb == "change state"))
    assert sorted(whys) == ["", "Spam."]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (("LOC0001", SubmissionState.NEW, ""), BadInput),
        (("LOC0001", SubmissionState.OUT_OF_SCOPE, " "), BadInput),
        (("LOC0001", SubmissionState.ACCEPTED, "a\x00"), Refused),
        (("LOC9999", SubmissionState.ACCEPTED, ""), NotFound),
    ],
)
def test_changes_that_make_no_sense_are_refused(
    session: Session,
    build: Builder,
    call: Call,
    change: tuple[str, SubmissionState, str],
    error: type[Exception],
) -> None:
    build.submission(call, "Words.")
    reference, state, why = change
    with pytest.raises(error):
        change_state(
            session, reference, state, why=why, inquiry_id=call.inquiry_id, actor=RESPONDENT, at=NOON
        )


def test_submission_of_another_inquiry_keeps_its_state(
    session: Session, build: Builder, inquiry: Inquiry, call: Call
) -> None:
    build.submission(build.call(build.inquiry(reference_prefix="OTH")), "Words.")
    with pytest.raises(NotFound):
        change_state(
            session,
            "OTH0001",
            SubmissionState.ACCEPTED,
            inquiry_id=inquiry.id,
            actor=RESPONDENT,
            at=NOON,
        )


def test_front_page_tells_what_has_arrived(
    session: Session, build: Builder, call: Call, clerk: PageClient
) -> None:
    for _ in range(3):
        build.submission(call, "Words.")
    session.commit()
    page = clerk.get("/inquiries/localism")
    assert "3 submissions received" in page.text
    assert page.link("Look at the new submissions") == "/inquiries/localism/inbox?state=new"


def test_a_body_that_gave_its_name_twice_is_named_once() -> None:
    assert who("Brow End Together", "Brow End Together") == "Brow End Together"
    assert who("Lorraine Unsworth", "Brow End Together") == "Lorraine Unsworth, Brow End Together"
    assert who("", "") == "No name given"
