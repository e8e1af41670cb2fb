"""What a respondent said elsewhere is recorded by a clerk, and never made freer than they chose here."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from consult.accounts.models import User
from consult.calls.models import Inquiry
from consult.evidence.models import Submission
from consult.evidence.rules import Channel, PublicationChoice, may_record_choice
from consult.foundation.audit import AuditEvent
from consult.foundation.security import Role
from tests.builders import Builder
from tests.page import Page, PageClient

FREE, NAMELESS, CLOSED = PublicationChoice


@pytest.fixture
def inquiry(build: Builder) -> Inquiry:
    return build.inquiry(slug="the-inquiry")


def submission(build: Builder, inquiry: Inquiry, channel: Channel, choice: PublicationChoice) -> Submission:
    made = build.submission(build.call(inquiry), "Some words.", channel=channel, publication=choice)
    build.session.commit()
    return made


def record(client: PageClient, found: Submission, choice: str, why: str, status: int = 200) -> Page:
    page = client.get(f"/inquiries/the-inquiry/evidence/{found.reference}")
    values = {"publication": choice, "how_known": why}
    return client.submit(page, values, with_field="how_known", status=status)


@pytest.mark.parametrize(
    ("channel", "present", "wanted", "allowed"),
    [
        (Channel.IMPORTED, CLOSED, FREE, True),
        (Channel.IMPORTED, FREE, CLOSED, True),
        (Channel.WEB, FREE, CLOSED, True),
        (Channel.WEB, FREE, NAMELESS, True),
        (Channel.WEB, CLOSED, FREE, False),
        (Channel.WEB, NAMELESS, FREE, False),
        (Channel.WEB, CLOSED, CLOSED, True),
    ],
)
def test_a_choice_made_here_is_only_ever_made_closer(
    channel: Channel, present: PublicationChoice, wanted: PublicationChoice, allowed: bool
) -> None:
    assert may_record_choice(channel, present, wanted) is allowed


def test_a_clerk_records_what_an_imported_letter_said(
    build: Builder, inquiry: Inquiry, client_of: Callable[[User], PageClient]
) -> None:
    found = submission(build, inquiry, Channel.IMPORTED, CLOSED)
    clerk = client_of(build.member(inquiry, Role.CLERK))
    build.session.commit()
    record(clerk, found, "with_name", "Her letter of 3 May says so.")
    build.session.expire_all()
    assert build.session.get_one(Submission, found.id).publication is FREE
    verbs = select(AuditEvent.why).where(AuditEvent.verb == "record publication choice")
    assert build.session.scalars(verbs).all() == ["Her letter of 3 May says so."]


def test_without_the_reason_nothing_changes_and_the_choice_stays_on_the_page(
    build: Builder, inquiry: Inquiry, client_of: Callable[[User], PageClient]
) -> None:
    found = submission(build, inquiry, Channel.IMPORTED, CLOSED)
    clerk = client_of(build.member(inquiry, Role.CLERK))
    build.session.commit()
    page = record(clerk, found, "with_name", "", status=422)
    assert "Say how you know" in page.text
    assert page.title.startswith("Error: ")
    chosen = [f for f in page.all("input") if f.get("name") == "publication" and f.get("checked") is not None]
    assert [field.get("value") for field in chosen] == ["with_name"]
    build.session.expire_all()
    assert build.session.get_one(Submission, found.id).publication is CLOSED


def test_what_a_respondent_closed_here_cannot_be_opened(
    build: Builder, inquiry: Inquiry, client_of: Callable[[User], PageClient]
) -> None:
    found = submission(build, inquiry, Channel.WEB, CLOSED)
    clerk = client_of(build.member(inquiry, Role.CLERK))
    build.session.commit()
    record(clerk, found, "with_name", "I think so.", status=422)
    build.session.expire_all()
    assert build.session.get_one(Submission, found.id).publication is CLOSED


def test_only_a_clerk_is_offered_the_form(
    build: Builder, inquiry: Inquiry, client_of: Callable[[User], PageClient]
) -> None:
    found = submission(build, inquiry, Channel.IMPORTED, CLOSED)
    chair = client_of(build.member(inquiry, Role.CHAIR))
    build.session.commit()
    page = chair.get(f"/inquiries/{inquiry.slug}/evidence/{found.reference}")
    assert "how_known" not in {field.get("name") for field in page.all("textarea")}
