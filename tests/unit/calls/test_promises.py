"""What respondents are promised: how they may withdraw, and when the report is out."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.calls.models import Inquiry
from consult.calls.rules import WithdrawalPolicy
from consult.calls.withdrawing import Way, problem_with_address, way_to_withdraw
from consult.foundation.security import Role
from tests.builders import Builder
from tests.page import PageClient

CLOSING, REPORT, ASKED = WithdrawalPolicy


@pytest.mark.parametrize(
    ("policy", "is_open", "report_is_out", "way"),
    [
        (CLOSING, True, False, Way.AT_ONCE),
        (CLOSING, False, False, Way.BY_ASKING),
        (CLOSING, True, True, Way.AT_ONCE),
        (REPORT, True, False, Way.AT_ONCE),
        (REPORT, False, False, Way.AT_ONCE),
        (REPORT, False, True, Way.BY_ASKING),
        (ASKED, True, False, Way.BY_ASKING),
        (ASKED, False, True, Way.BY_ASKING),
    ],
)
def test_a_policy_says_how_evidence_is_withdrawn(
    policy: WithdrawalPolicy, is_open: bool, report_is_out: bool, way: Way
) -> None:
    assert way_to_withdraw(policy, is_open=is_open, report_is_out=report_is_out) is way


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "example.org", "https://", "https://a b.org", "ftp://example.org/x"]
)
def test_only_an_address_on_the_web_is_taken_for_the_report(address: str) -> None:
    assert problem_with_address(address)


def test_no_address_and_one_on_the_web_are_taken() -> None:
    assert problem_with_address("") == problem_with_address("https://example.org/report?a=1") == ""


@pytest.fixture
def inquiry(build: Builder) -> Inquiry:
    return build.inquiry(slug="who-decides")


@pytest.fixture
def staff(build: Builder, client_of: Callable[[User], PageClient], inquiry: Inquiry) -> PageClient:
    member = build.member(inquiry, Role.CLERK)
    build.session.commit()
    return client_of(member)


def test_a_clerk_sets_the_rule_and_reads_what_respondents_will(
    staff: PageClient, session: Session, inquiry: Inquiry
) -> None:
    page = staff.get(staff.get("/inquiries/who-decides/calls").link("Withdrawal and report"))
    assert "until the commission’s report is out" in page.text
    page = staff.submit(page, {"policy": "on_request"}, with_field="policy")
    assert "You can ask the commission to withdraw it, with your receipt code." in page.text
    session.expire_all()
    assert inquiry.withdrawal_policy is ASKED


def test_a_clerk_says_from_which_day_the_report_is_out(
    staff: PageClient, session: Session, inquiry: Inquiry
) -> None:
    page = staff.get("/inquiries/who-decides/promises")
    told = {"day": "2026-07-01", "title": "People power", "address": "people.example"}
    page = staff.submit(page, told, with_field="day", status=422)
    assert page.title.startswith("Error: ")
    assert page.typed("title") == "People power"
    page = staff.submit(page, {**told, "address": "https://people.example/report"}, with_field="day")
    session.expire_all()
    # Midnight in London in summer.
    assert inquiry.report_at == datetime(2026, 6, 30, 23, tzinfo=UTC)
    assert (inquiry.report_title, inquiry.report_address) == ("People power", "https://people.example/report")
