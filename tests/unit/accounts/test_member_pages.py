"""The members page: giving and taking roles."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from consult.accounts import service
from consult.accounts.models import User
from consult.accounts.queries import members_of
from consult.calls.models import Inquiry
from consult.foundation.errors import NotFound, Refused
from consult.foundation.security import SYSTEM, Role
from tests.builders import NOON, Builder
from tests.page import Page, PageClient

SignIn = Callable[[User], PageClient]


@pytest.fixture
def inquiry(build: Builder) -> Inquiry:
    return build.inquiry(slug="local-power")


@pytest.fixture
def administrator(build: Builder, inquiry: Inquiry) -> User:
    user = build.member(inquiry, Role.ADMINISTRATOR, name="Ada Admin", email="ada@example.org")
    build.session.commit()
    return user


@pytest.fixture
def staff(client_of: SignIn, administrator: User) -> PageClient:
    return client_of(administrator)


def members_page(staff: PageClient) -> Page:
    return staff.get("/inquiries/local-power/members")


def give(staff: PageClient, email: str, role: str, *, status: int = 200) -> Page:
    return staff.submit(
        members_page(staff), {"email": email, "role": role}, with_field="email", status=status
    )


def take(staff: PageClient, name: str, role: str) -> Page:
    return staff.submit(members_page(staff), button=f"Take away the role {role} of {name}")


def test_a_user_becomes_a_member_whatever_the_capitals_of_the_address(
    staff: PageClient, build: Builder, session: Session, inquiry: Inquiry
) -> None:
    build.user(name="Bea Clerk", email="bea@example.org")
    session.commit()
    page = give(staff, " BEA@example.org ", "clerk")
    assert "Bea Clerk is clerk of this inquiry." in page.text
    assert [(m.name, m.roles) for m in members_of(session, inquiry.id)][1] == ("Bea Clerk", (Role.CLERK,))


@pytest.mark.parametrize(
    ("email", "words"),
    [
        ("", "Write the e-mail address"),
        ("nobody@example.org", "Nobody with this address"),
        ("x" * 256, "longer than any"),
    ],
)
def test_bad_input_keeps_what_was_typed_and_gives_nothing(
    staff: PageClient, session: Session, inquiry: Inquiry, email: str, words: str
) -> None:
    page = give(staff, email, "clerk", status=422)
    assert page.title.startswith("Error: ")
    assert words in page.text
    typed = next(field for field in page.all("input") if field.get("name") == "email")
    assert typed.get("value", "") == email
    assert len(members_of(session, inquiry.id)) == 1


def test_no_role_is_given_unless_one_is_chosen(staff: PageClient, session: Session, inquiry: Inquiry) -> None:
    page = staff.submit(members_page(staff), {"email": "ada@example.org"}, with_field="email", status=422)
    assert "Choose a role." in page.text


def test_a_role_that_does_not_exist_is_not_given(
    staff: PageClient, session: Session, inquiry: Inquiry
) -> None:
    assert give(staff, "ada@example.org", "king", status=422).title.startswith("Error: ")
    assert members_of(session, inquiry.id)[0].roles == (Role.ADMINISTRATOR,)


def test_a_role_taken_away_ends_with_the_next_request(
    staff: PageClient, build: Builder, session: Session, inquiry: Inquiry, client_of: SignIn
) -> None:
    clerk = build.member(inquiry, Role.CLERK, Role.ANALYST, name="Bea Clerk")
    session.commit()
    elsewhere = client_of(clerk)
    elsewhere.get("/inquiries/local-power/calls")
    take(staff, "Bea Clerk", "clerk")
    elsewhere.get("/inquiries/local-power/calls", status=403)
    elsewhere.get("/inquiries/local-power")
    take(staff, "Bea Clerk", "analyst")
    elsewhere.get("/inquiries/local-power", status=404)
    assert "local-power" not in elsewhere.get("/inquiries").html


def test_the_last_administrator_stays(staff: PageClient, session: Session, inquiry: Inquiry) -> None:
    page = take(staff, "Ada Admin", "administrator")
    assert page.h1 == "Your inquiries"
    assert "An inquiry needs an administrator" in page.text
    assert len(members_of(session, inquiry.id)) == 1


def test_an_administrator_may_go_when_another_is_there(
    staff: PageClient, build: Builder, session: Session, inquiry: Inquiry
) -> None:
    build.member(inquiry, Role.ADMINISTRATOR, name="Cy Admin")
    session.commit()
    assert take(staff, "Ada Admin", "administrator").h1 == "Your inquiries"
    assert [member.name for member in members_of(session, inquiry.id)] == ["Cy Admin"]


@pytest.mark.parametrize(
    "values", [{"user_id": "x"}, {"user_id": "99999999999"}, {"role": "king"}, {"user_id": ""}]
)
def test_a_made_up_member_or_role_is_refused(staff: PageClient, values: dict[str, str]) -> None:
    staff.submit(members_page(staff), values, with_field="user_id", status=400)


def test_only_a_role_that_is_held_can_be_taken(session: Session, build: Builder, inquiry: Inquiry) -> None:
    clerk = build.member(inquiry, Role.CLERK)
    build.member(build.inquiry(), Role.ANALYST)
    with pytest.raises(NotFound):
        service.revoke_role(
            session, inquiry_id=inquiry.id, user_id=clerk.id, role=Role.ANALYST, actor=SYSTEM, at=NOON
        )


def test_an_administrator_of_another_inquiry_does_not_count(session: Session, build: Builder) -> None:
    here, there = build.inquiry(), build.inquiry()
    only = build.member(here, Role.ADMINISTRATOR)
    build.member(there, Role.ADMINISTRATOR)
    with pytest.raises(Refused):
        service.revoke_role(
            session, inquiry_id=here.id, user_id=only.id, role=Role.ADMINISTRATOR, actor=SYSTEM, at=NOON
        )


def test_an_administrator_who_is_shut_out_does_not_count(session: Session, build: Builder) -> None:
    inquiry = build.inquiry()
    only = build.member(inquiry, Role.ADMINISTRATOR)
    gone = build.member(inquiry, Role.ADMINISTRATOR)
    service.deactivate_user(session, gone.id, actor=SYSTEM, at=NOON)
    with pytest.raises(Refused):
        service.revoke_role(
            session, inquiry_id=inquiry.id, user_id=only.id, role=Role.ADMINISTRATOR, actor=SYSTEM, at=NOON
        )
