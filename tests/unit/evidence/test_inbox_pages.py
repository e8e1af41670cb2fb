"""The inbox as a clerk sees it, without any script."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.calls.models import Call, Inquiry
from consult.evidence.models import Submission
from consult.evidence.models_desk import EventSession, StateBatch
from consult.evidence.rules import Channel, SubmissionState
from consult.evidence.rules_desk import MarkKind
from consult.evidence.service import GivenMark, GivenProvenance
from consult.foundation.security import Role
from tests.builders import Builder
from tests.page import Page, PageClient, checked, words_of

Clients = Callable[[User], PageClient]
HOME = "/inquiries/localism/inbox"
LETTER = "The library must stay open on Saturdays, because nobody here can come on any other day."


@pytest.fixture
def inquiry(build: Builder) -> Inquiry:
    return build.inquiry(slug="localism", title="Localism")


@pytest.fixture
def call(build: Builder, inquiry: Inquiry) -> Call:
    return build.call(inquiry, slug="call", title="Call for evidence")


@pytest.fixture
def clerk(build: Builder, inquiry: Inquiry, client_of: Clients) -> PageClient:
    return client_of(build.member(inquiry, Role.CLERK, name="Clare Clerk"))


def listed(page: Page) -> list[str]:
    return [str(each.get("id")) for each in page.all("li") if each.get("data-entry") is not None]


def post(client: PageClient, path: str, data: dict[str, Any], status: int = 200) -> Page:
    """Post as a button with an address of its own does."""
    token = client.get(HOME).all("input", name_="csrf_token")[0].get("value")
    sent = client.http.post(path, data={"csrf_token": token, **data}, follow_redirects=True)
    return checked(Page(sent), status)


def states(session: Session) -> list[str]:
    return [state.value for state in session.scalars(select(Submission.state).order_by(Submission.id))]


def test_the_inbox_shows_what_is_new_in_order_of_arrival_with_what_a_clerk_needs(
    session: Session, build: Builder, inquiry: Inquiry, call: Call, clerk: PageClient
) -> None:
    kind = build.respondent_type(inquiry, name="Charity")
    build.submission(call, LETTER, name="Ann Ash", respondent_type_id=kind.id)
    build.submission(call, "Second.", marks=(GivenMark(MarkKind.LATE, "The post was slow."),))
    session.commit()
    page = clerk.get(HOME)
    assert listed(page) == ["LOC0001", "LOC0002"]
    assert page.h1 == "Inbox"
    assert "New (2)" in page.text
    for words in ("Ann Ash", "Charity", "Sent on the web", "16 words", "May be published with name"):
        assert words in page.text
    assert "Late. The post was slow." in page.text
    assert "The library must stay open" in page.text


def test_each_state_says_how_many_stand_there_and_opens_its_list(
    session: Session, build: Builder, call: Call, clerk: PageClient
) -> None:
    build.submission(call, LETTER)
    build.submission(call, LETTER)
    session.commit()
    page = clerk.get(clerk.get(HOME).link("Possible duplicate (1)"))
    assert listed(page) == ["LOC0002"]
    assert "The same words have arrived before. Compare LOC0002 with LOC0001." in page.text
    assert page.link("Compare LOC0002 with LOC0001") == f"{HOME}/compare/LOC0002/LOC0001"


def test_an_empty_state_says_what_to_do(session: Session, call: Call, clerk: PageClient) -> None:
    session.commit()
    page = clerk.get(HOME)
    assert "Nothing stands here now." in page.text
    assert page.link("enter evidence for somebody") == "/inquiries/localism/enter"


def test_one_press_accepts_and_leads_to_the_next(
    session: Session, build: Builder, call: Call, clerk: PageClient
) -> None:
    for _ in range(3):
        build.submission(call, "Words.")
    session.commit()
    (first, *_) = [each for each in clerk.get(HOME).all("button") if each.get("name") == "accept"]
    path, reference = str(first.get("formaction")), first.get("value")
    token = clerk.get(HOME).all("input", name_="csrf_token")[0].get("value")
    answer = clerk.http.post(path, data={"csrf_token": token, "accept": reference})
    assert answer.headers["Location"].endswith("#LOC0002")
    assert states(session) == ["accepted", "new", "new"]
    assert "LOC0001: accepted." in clerk.get(HOME).text


def test_late_evidence_has_no_quick_way_in(
    session: Session, build: Builder, call: Call, clerk: PageClient
) -> None:
    build.submission(call, "Late.", marks=(GivenMark(MarkKind.LATE),))
    session.commit()
    page = clerk.get(HOME)
    assert not [each for each in page.all("button") if each.get("name") == "accept"]
    answer = post(clerk, f"{HOME}/accept", {"accept": "LOC0001"}, status=422)
    assert "It came late. Say why it is accepted all the same." in answer.text
    reading = clerk.get(page.link("Decide for LOC0001"))
    refused = clerk.submit(reading, {"state": "accepted", "why": ""}, button="Save the state", status=422)
    assert "It came late. Say why" in refused.text
    done = clerk.submit(refused, {"state": "accepted", "why": "The chair agreed."}, button="Save the state")
    assert "The chair agreed." in done.text
    assert states(session) == ["accepted"]


def test_ticked_submissions_move_after_a_preview_and_go_back_in_one_step(
    session: Session, build: Builder, call: Call, clerk: PageClient
) -> None:
    for name in ("Ann", "Bob", "Cyd"):
        build.submission(call, "Words.", name=name)
    session.commit()
    ticks = {"tick": ["LOC0001", "LOC0003"], "to": "out_of_scope"}
    preview = clerk.submit(clerk.get(HOME), ticks, button="Show what would change")
    assert preview.h1 == "Move 2 submissions to: out of scope"
    assert "2 from new, which needs a reason" in preview.text
    assert "Ann" in preview.text
    assert "Bob" not in preview.text
    assert states(session) == ["new", "new", "new"]
    refused = clerk.submit(preview, {"why": ""}, button="Move 2 submissions", status=422)
    assert "Say why it is out of scope." in refused.text
    moved = clerk.submit(refused, {"why": "Advertisements."}, button="Move 2 submissions")
    assert moved.h1 == "2 submissions moved to: out of scope"
    assert states(session) == ["out_of_scope", "new", "out_of_scope"]
    history = clerk.get("/inquiries/localism/evidence/LOC0001")
    assert "Out of scope, by Clare Clerk" in history.text
    assert "Advertisements." in history.text
    back = clerk.submit(moved, button="Undo: put 2 back")
    assert "2 submissions put back." in back.text
    assert "This batch was undone" in back.text
    assert states(session) == ["new", "new", "new"]


def test_all_that_match_a_filter_move_together_over_all_pages(
    session: Session, build: Builder, call: Call, clerk: PageClient
) -> None:
    for number in range(30):
        build.submission(call, "Words.", organisation="Harbour Trust" if number % 15 else "Other")
    session.commit()
    page = clerk.get(f"{HOME}?words=harbour")
    assert "All 28 on all pages" in page.text
    assert len(listed(page)) == 25
    assert len(listed(clerk.get(page.link("Later arrivals")))) == 3
    preview = clerk.submit(page, {"all": "yes", "to": "accepted"}, button="Show what would change")
    assert preview.h1 == "Move 28 submissions to: accepted"
    clerk.submit(preview, button="Move 28 submissions")
    assert states(session).count("accepted") == 28


def test_a_preview_that_is_out_of_date_changes_nothing_and_is_drawn_again(
    session: Session, build: Builder, call: Call, clerk: PageClient
) -> None:
    build.submission(call, "Words.")
    build.submission(call, "Words.")
    session.commit()
    ticks = {"tick": ["LOC0001", "LOC0002"], "to": "needs_redaction"}
    preview = clerk.submit(clerk.get(HOME), ticks, button="Show what would change")
    post(clerk, f"{HOME}/accept", {"accept": "LOC0002"})
    refused = clerk.submit(preview, button="Move 2 submissions", status=422)
    assert "LOC0002 was moved since this preview. Nothing was changed" in refused.text
    assert states(session) == ["new", "accepted"]
    again = clerk.submit(refused, button="Draw the preview again")
    assert "1 from new" in again.text
    assert "1 from accepted, which needs a reason" in again.text


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"tick": "LOC0001", "to": ""}, "Choose where the submissions are to go."),
        ({"to": "accepted"}, "Tick at least one submission."),
        ({"tick": "LOC0001", "to": "new"}, "Choose where the submissions are to go."),
    ],
)
def test_what_lacks_ticks_or_a_state_is_sent_back_with_what_was_ticked(
    build: Builder, call: Call, clerk: PageClient, given: dict[str, str], message: str
) -> None:
    session = build.session
    build.submission(call, "Words.")
    session.commit()
    page = clerk.submit(clerk.get(HOME), given, button="Show what would change", status=422)
    assert message in page.text
    assert page.title.startswith("Error: ")
    ticked = [e.get("value") for e in page.all("input", name_="tick") if e.get("checked") is not None]
    assert ticked == ([given["tick"]] if "tick" in given else [])
    assert session.scalars(select(StateBatch)).all() == []


def test_batches_are_listed_with_what_became_of_them(
    session: Session, build: Builder, call: Call, clerk: PageClient
) -> None:
    build.submission(call, "Words.")
    session.commit()
    assert "Nothing has been moved together yet." in clerk.get(f"{HOME}/batches").text
    ticks = {"tick": ["LOC0001"], "to": "accepted"}
    preview = clerk.submit(clerk.get(HOME), ticks, button="Show what would change")
    clerk.submit(clerk.submit(preview, button="Move 1 submission"), button="Undo: put 1 back")
    page = clerk.get(f"{HOME}/batches")
    assert "1 submission put back" in page.text
    assert "undone" in page.text
    assert "each stands where it stood before" in clerk.get(page.link("1 submission put back")).text


def test_the_list_narrows_by_channel_and_session(
    session: Session, build: Builder, inquiry: Inquiry, call: Call, clerk: PageClient
) -> None:
    meeting = build.add(EventSession(inquiry_id=inquiry.id, name="Town hall", held_on=date(2026, 6, 1)))
    came = GivenProvenance(date(2026, 6, 1), meeting.id)
    build.submission(call, "On the web.")
    build.submission(call, "Said.", channel=Channel.EVENT, provenance=came)
    build.submission(call, "Rang.", channel=Channel.TELEPHONE, provenance=GivenProvenance(date(2026, 6, 1)))
    session.commit()
    assert listed(clerk.get(f"{HOME}?channel=telephone")) == ["LOC0003"]
    assert listed(clerk.get(f"{HOME}?session={meeting.id}")) == ["LOC0002"]
    assert "LOC0001" not in clerk.get(f"/inquiries/localism/evidence?session={meeting.id}").text
    reading = clerk.get("/inquiries/localism/evidence?channel=event")
    assert "1 submission as asked for" in reading.text
    assert [words_of(o) for o in reading.all("option") if o.get("selected") is not None][-1] != "At an event"
    assert "Town hall" in reading.text


def test_front_page_tells_the_clerk_what_waits(
    session: Session, build: Builder, call: Call, clerk: PageClient
) -> None:
    build.submission(call, LETTER)
    build.submission(call, LETTER)
    build.submission(call, "Words.").state = SubmissionState.NEEDS_TRANSCRIPTION
    session.commit()
    page = clerk.get("/inquiries/localism")
    assert page.link("1 new") == f"{HOME}?state=new"
    assert page.link("1 to be transcribed") == f"{HOME}?state=needs_transcription"
    assert page.link("1 possibly sent twice") == f"{HOME}?state=possible_duplicate"


@pytest.mark.parametrize("role", [Role.ANALYST, Role.CHAIR])
def test_only_clerks_have_an_inbox(
    build: Builder, inquiry: Inquiry, call: Call, client_of: Clients, role: Role
) -> None:
    reader = client_of(build.member(inquiry, role))
    build.session.commit()
    assert reader.http.get(HOME).status_code == 403
    assert "Inbox" not in reader.get("/inquiries/localism").html
