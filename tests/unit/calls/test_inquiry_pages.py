"""My inquiries, the overview, the lists and the audit log."""

from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.calls import service
from consult.calls.models import Inquiry
from consult.calls.queries import phases_of, places_of, respondent_types_of
from consult.calls.rules import CallState
from consult.foundation import panels
from consult.foundation.jobs import queue
from consult.foundation.jobs.models import Job
from consult.foundation.jobs.names import JobName, JobState
from consult.foundation.panels import Fact, Step, next_steps, panel
from consult.foundation.security import SYSTEM, Permission, Role
from tests.builders import NOON, Builder
from tests.page import Page, PageClient

HOME = "/inquiries/local-power"
SignIn = Callable[[User], PageClient]
Visit = Callable[..., PageClient]


@pytest.fixture
def inquiry(build: Builder) -> Inquiry:
    return build.inquiry(slug="local-power", title="Local power", description="What we *ask*.")


@pytest.fixture
def visit(build: Builder, inquiry: Inquiry, client_of: SignIn) -> Visit:
    """Give a function that returns the browser of a new member with these roles."""

    def as_member(*roles: Role, name: str = "Bea Member") -> PageClient:
        user = build.member(inquiry, *roles, name=name)
        build.session.commit()
        return client_of(user)

    return as_member


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Register panels and steps for one test only."""
    monkeypatch.setattr(panels, "_panels", [])
    monkeypatch.setattr(panels, "_steps", [])


def test_i_see_my_inquiries_and_no_others(visit: Visit, build: Builder) -> None:
    build.inquiry(title="Somebody else’s")
    page = visit(Role.ANALYST).get("/inquiries")
    assert page.link("Local power") == HOME
    assert "Somebody" not in page.text


def test_a_user_without_a_role_is_told_whom_to_ask(build: Builder, client_of: SignIn) -> None:
    user = build.user(email="new@example.org")
    build.session.commit()
    page = client_of(user).get("/inquiries")
    assert "no role" in page.text
    assert "new@example.org" in page.text


def test_the_overview_says_what_the_inquiry_is_and_what_is_open(
    visit: Visit, build: Builder, inquiry: Inquiry
) -> None:
    build.call(inquiry, title="An open call", slug="open")
    build.call(inquiry, title="A draft", state=CallState.DRAFT)
    page = visit(Role.COMMISSIONER).get(HOME)
    assert "An open call Open Closes" in page.text
    assert page.link("http://localhost/calls/local-power/open")
    assert "A draft" not in page.text
    assert "<em>ask</em>" in page.html


def test_a_bare_inquiry_tells_each_role_what_it_can_do(visit: Visit) -> None:
    assert visit(Role.CLERK).get(HOME).link("Write a call for evidence") == f"{HOME}/new-call"
    assert visit(Role.ADMINISTRATOR, Role.ANALYST).get(HOME).status == 200
    commissioner = visit(Role.COMMISSIONER).get(HOME)
    assert "Write a call" not in commissioner.text


def test_a_lone_administrator_is_led_to_the_members(build: Builder, client_of: SignIn) -> None:
    inquiry = build.inquiry(slug="alone")
    user = build.member(inquiry, Role.ADMINISTRATOR)
    build.session.commit()
    page = client_of(user).get("/inquiries/alone")
    assert page.link("Give your colleagues their roles") == "/inquiries/alone/members"


@pytest.mark.usefixtures("registry")
def test_rooms_add_facts_and_steps_for_those_who_may_see_them(visit: Visit) -> None:
    @panel("Evidence", Permission.READ_EVIDENCE)
    def facts(_session: Session, _inquiry_id: int) -> list[Fact]:
        return [
            Fact("calls", 1234, "calls.call_list", {"state": "new"}),
            Fact("acts", 5, "calls.audit_log"),
            Fact("somewhere not built yet", 7, "no_such.room"),
            Fact("No figure at all"),
        ]

    @panel("Empty", Permission.READ_EVIDENCE)
    def nothing(_session: Session, _inquiry_id: int) -> list[Fact]:
        return []

    @next_steps(Permission.READ_EVIDENCE)
    def steps(_session: Session, _inquiry_id: int) -> list[Step]:
        return [Step("Write", "call_editor.new"), Step("Nowhere", "no_such.room")]

    clerk = visit(Role.CLERK).get(HOME)
    assert clerk.link("1,234 calls") == f"{HOME}/calls?state=new"
    assert clerk.link("Write") == f"{HOME}/new-call"
    assert "7 somewhere not built yet" in clerk.text
    assert "Nowhere" not in clerk.text
    assert "Empty" not in clerk.text
    analyst = visit(Role.ANALYST).get(HOME)
    assert "1,234 calls" in analyst.text
    assert not [a for a in analyst.all("a") if "call_list" in (a.get("href") or "") or a.text == "Write"]
    assert "Nothing waits for you" in analyst.text
    administrator = visit(Role.ADMINISTRATOR).get(HOME)
    assert "1,234" not in administrator.text


def test_jobs_show_how_far_they_are_those_not_finished_first(
    visit: Visit, session: Session, inquiry: Inquiry, build: Builder
) -> None:
    browser = visit(Role.ANALYST)
    wanted = (JobName.SUGGESTIONS_WANTED, {})
    running = queue.enqueue(session, *wanted, at=NOON, inquiry_id=inquiry.id)
    running.state, running.lease_token, running.lease_until = JobState.RUNNING, "x", NOON
    running.progress_done, running.progress_total = 30, 100
    failed = queue.enqueue(session, JobName.SUBMISSIONS_RECEIVED, {}, at=NOON, inquiry_id=inquiry.id)
    failed.state, failed.finished_at, failed.message = JobState.FAILED, NOON, "A reason."
    queue.enqueue(session, *wanted, at=NOON, inquiry_id=build.inquiry().id).message = "elsewhere"
    session.commit()
    page = browser.get(HOME)
    assert "Proposing codes: working (30 of 100)" in page.text
    assert "did not finish 1 July 2026 at 12:00. A reason." in page.text
    assert page.text.index("working") < page.text.index("did not finish")
    assert page.link("Proposing codes") == f"{HOME}/jobs/{running.id}"
    assert page.text.count("Proposing codes") == 1
    assert session.get(Job, failed.id) is not None


def entry_form(page: Page, list_name: str) -> str:
    return f"{HOME}/lists/{list_name}"


def send_entry(
    staff: PageClient, list_name: str, name: str, entry_id: int | None = None, *, status: int = 200
) -> Page:
    page = staff.get(f"{HOME}/lists")
    wanted = entry_form(page, list_name) + (f"/{entry_id}" if entry_id else "")
    form = next(f for f in page.all("form") if f.get("action") == wanted)
    token = next(e.get("value") for e in form.iter("input") if e.get("name") == "csrf_token")
    response = staff.http.post(wanted, data={"csrf_token": token, "name": name}, follow_redirects=True)
    assert response.status_code == status
    return Page(response)


def test_lists_are_filled_on_one_page(visit: Visit, session: Session, inquiry: Inquiry) -> None:
    staff = visit(Role.CLERK)
    send_entry(staff, "phases", "Call for evidence")
    send_entry(staff, "places", "Cornwall")
    page = send_entry(staff, "respondent-types", "Policy expert")
    assert "“Policy expert” is added." in page.text
    assert [p.title for p in phases_of(session, inquiry.id)] == ["Call for evidence"]
    assert [p.slug for p in places_of(session, inquiry.id)] == ["cornwall"]
    assert [t.name for t in respondent_types_of(session, inquiry.id)] == ["Policy expert"]


@pytest.mark.parametrize("name", ["", "   ", "x" * 201, "cornwall"])
def test_a_name_that_cannot_be_is_refused_where_it_was_typed(
    visit: Visit, session: Session, inquiry: Inquiry, build: Builder, name: str
) -> None:
    build.place(inquiry, name="Cornwall")
    wigan = build.place(inquiry, name="Wigan")
    staff = visit(Role.CLERK)
    for entry_id in (None, wigan.id):
        page = send_entry(staff, "places", name, entry_id, status=422)
        assert page.title.startswith("Error: ")
        marked = next(e for e in page.all("input") if "govuk-input--error" in e.get("class", ""))
        assert marked.get("id") == f"places-{entry_id or 'new'}"
        assert marked.get("value") == name.strip() or (entry_id and not name.strip())
    assert sorted(p.name for p in places_of(session, inquiry.id)) == ["Cornwall", "Wigan"]


def test_an_entry_is_renamed(visit: Visit, session: Session, inquiry: Inquiry, build: Builder) -> None:
    place = build.place(inquiry, name="Cornwal")
    page = send_entry(visit(Role.CLERK), "places", "Cornwall", place.id)
    assert "now called “Cornwall”" in page.text
    session.expire_all()
    assert [p.name for p in places_of(session, inquiry.id)] == ["Cornwall"]


def act(session: Session, inquiry: Inquiry, count: int) -> None:
    for number in range(count):
        service.add_place(session, f"Place number {number}", inquiry_id=inquiry.id, actor=SYSTEM, at=NOON)


def test_the_audit_log_says_who_did_what_when_and_why(
    visit: Visit, session: Session, inquiry: Inquiry
) -> None:
    staff = visit(Role.CLERK, name="Bea Clerk")
    send_entry(staff, "places", "Cornwall")
    page = staff.get(f"{HOME}/audit-log")
    assert "Add place" in page.text
    assert "Bea Clerk, " in page.text
    assert "Cornwall" in page.text


def test_the_audit_log_is_read_back_page_by_page(visit: Visit, session: Session, inquiry: Inquiry) -> None:
    act(session, inquiry, 120)
    staff = visit(Role.CHAIR)
    page, seen = staff.get(f"{HOME}/audit-log"), []
    for _ in range(3):
        seen += [e.get("id") for e in page.all("li") if (e.get("id") or "").startswith("act-")]
        older = [a.get("href", "") for a in page.all("a") if a.text == "Older"]
        page = staff.get(older[0]) if older else page
    assert len(seen) == len(set(seen)) == 120
    assert staff.get(page.link("Newest")).status == 200


@pytest.mark.parametrize("before", ["x", "-1", "0", "9" * 30, ""])
def test_a_made_up_place_in_the_audit_log_is_no_fault(visit: Visit, before: str) -> None:
    visit(Role.CHAIR).get(f"{HOME}/audit-log?before={before}")


def test_the_chain_is_checked_on_demand(visit: Visit, session: Session, inquiry: Inquiry) -> None:
    act(session, inquiry, 3)
    staff = visit(Role.ADMINISTRATOR)
    page = staff.get(f"{HOME}/audit-log")
    assert "The chain is" not in page.text
    assert "The chain is whole." in staff.get(page.link("Check that the chain is whole")).text


def test_a_broken_chain_is_named(visit: Visit, session: Session, inquiry: Inquiry) -> None:
    act(session, inquiry, 3)
    newest = session.execute(text("SELECT max(id) FROM audit_events")).scalar_one()
    forge = (
        "INSERT INTO audit_events (id, inquiry_id, at, actor_kind, verb, record_kind, record_id, why, detail,"
        " previous_hash, hash) SELECT id + 1000, inquiry_id, at, actor_kind, 'forged', record_kind,"
        " record_id, why, detail, hash, hash FROM audit_events WHERE id = :newest"
    )
    session.execute(text(forge), {"newest": newest})
    page = visit(Role.CHAIR).get(f"{HOME}/audit-log?check=1")
    assert f"The chain is broken at entry {newest + 1000}." in page.text
