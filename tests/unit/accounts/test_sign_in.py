"""Signing in and out, by the pages themselves."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from flask_security.utils import hash_password, verify_password
from passlib.context import CryptContext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.accounts import service
from consult.accounts.models import SignInAttempt, User
from consult.accounts.sign_in import network_of
from consult.foundation.clock import now
from consult.foundation.security import SYSTEM, Role
from tests.builders import NOON, Builder
from tests.page import Page, PageClient

PASSWORD = "correct horse battery"
WRONG = "That e-mail address and password do not belong together."


@pytest.fixture
def clerk(build: Builder) -> User:
    user = build.member(build.inquiry(), Role.CLERK, password=hash_password(PASSWORD))
    build.session.commit()
    return user


def try_to_sign_in(
    client: PageClient, email: str, password: str, *, status: int = 200, at: str = "/sign-in"
) -> Page:
    values = {"email": email, "password": password}
    return client.submit(client.get(at), values, with_field="password", status=status)


@pytest.fixture
def full_cost(app: Flask) -> Iterator[None]:
    """Hash as a real site does, for one test."""
    security = app.extensions["security"]
    cheap, security.pwd_context = security.pwd_context, CryptContext(schemes=["argon2"])
    yield
    security.pwd_context = cheap


def test_a_member_signs_in_and_out(client: PageClient, clerk: User) -> None:
    page = try_to_sign_in(client, clerk.email.upper(), PASSWORD)
    assert page.h1 == "Your inquiries"
    client.submit(page, button="Sign out", follow=False, status=302)
    assert client.get("/inquiries").h1 == "Sign in"


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (None, "wrong but long enough"),
        (None, ""),
        ("nobody@example.org", PASSWORD),
        ("", ""),
        ("not an address", "x"),
    ],
)
def test_whatever_is_wrong_the_answer_is_the_same_and_the_address_is_kept(
    client: PageClient, clerk: User, email: str | None, password: str
) -> None:
    typed = clerk.email if email is None else email
    page = try_to_sign_in(client, typed, password)
    assert page.title.startswith("Error: ")
    assert WRONG in page.text
    assert page.typed("email") == typed
    assert page.field("password").get("value") in (None, "")


def test_a_reader_comes_back_to_the_page_asked_for(client: PageClient, clerk: User) -> None:
    page = try_to_sign_in(client, clerk.email, PASSWORD, at="/change-password")
    assert page.h1 == "Change your password"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/", "//evil.example/", "///evil.example", "/\\evil.example", "\\\\evil.example",
        "https:evil.example", "/%09/evil.example", "javascript:alert(1)", "http://localhost@evil.example/",
    ],
)  # fmt: skip
def test_sign_in_sends_nobody_to_another_site(client: PageClient, clerk: User, target: str) -> None:
    page = client.get("/sign-in")
    response = client.http.post(
        "/sign-in",
        query_string={"next": target},
        data={
            "email": clerk.email,
            "password": PASSWORD,
            "next": target,
            "csrf_token": page.field("csrf_token").get("value"),
        },
    )
    # A browser reads a backslash as a slash, and leaves out what is not printed.
    location = response.headers.get("Location", "").replace("\\", "/").replace("\t", "")
    assert urlsplit(urljoin("http://localhost/sign-in", location)).netloc == "localhost"


def test_signing_out_takes_a_post_with_a_token(client_of: Callable[[User], PageClient], clerk: User) -> None:
    client = client_of(clerk)
    assert client.http.get("/sign-out").status_code == 405
    assert client.http.post("/sign-out").status_code == 400
    assert client.get("/inquiries").h1 == "Your inquiries"


def test_a_deactivated_user_is_out_with_the_next_request(
    session: Session, client_of: Callable[[User], PageClient], clerk: User
) -> None:
    client = client_of(clerk)
    assert client.get("/inquiries").h1 == "Your inquiries"
    service.deactivate_user(session, clerk.id, actor=SYSTEM, at=NOON)
    session.commit()
    assert client.get("/inquiries").h1 == "Sign in"
    assert WRONG in try_to_sign_in(client, clerk.email, PASSWORD).text


def test_a_changed_password_holds_and_ends_other_sessions(
    client: PageClient, client_of: Callable[[User], PageClient], clerk: User
) -> None:
    elsewhere = client_of(clerk)
    page = try_to_sign_in(client, clerk.email, PASSWORD, at="/change-password")
    fresh = "an entirely new one"
    values = {"password": PASSWORD, "new_password": fresh, "new_password_confirm": fresh}
    assert client.submit(page, values, button="Change password").h1 == "Your inquiries"
    assert elsewhere.get("/inquiries").h1 == "Sign in"
    assert WRONG in try_to_sign_in(elsewhere, clerk.email, PASSWORD).text
    assert try_to_sign_in(elsewhere, clerk.email, fresh).h1 == "Your inquiries"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"password": "not the present one"}, "password"),
        ({"new_password": "short", "new_password_confirm": "short"}, "12 characters"),
        ({"new_password_confirm": "something else here"}, "match"),
        ({"new_password": PASSWORD, "new_password_confirm": PASSWORD}, "different"),
    ],
)
def test_a_password_is_not_changed_by_a_faulty_form(
    client: PageClient, session: Session, clerk: User, values: dict[str, str], words: str
) -> None:
    page = try_to_sign_in(client, clerk.email, PASSWORD, at="/change-password")
    fine = {"password": PASSWORD, "new_password": "a good new one", "new_password_confirm": "a good new one"}
    answer = client.submit(page, {**fine, **values}, button="Change password")
    assert answer.title.startswith("Error: ")
    assert words in answer.text
    session.refresh(clerk)
    assert verify_password(PASSWORD, clerk.password)


@pytest.mark.usefixtures("full_cost")
def test_a_real_site_hashes_with_argon2id_at_full_cost(session: Session, client: PageClient) -> None:
    user = service.create_user(
        session, email="real@example.org", name="Real", password=PASSWORD, actor=SYSTEM, at=NOON
    )
    session.commit()
    assert user.password.startswith("$argon2id$")
    assert "m=65536" in user.password
    assert PASSWORD not in user.password
    assert try_to_sign_in(client, user.email, PASSWORD).h1 == "Your inquiries"


def test_after_ten_wrong_passwords_even_the_right_one_has_to_wait(
    client: PageClient, session: Session, clerk: User
) -> None:
    for _ in range(10):
        try_to_sign_in(client, clerk.email, "wrong but long enough")
    page = try_to_sign_in(client, clerk.email, PASSWORD, status=429)
    assert "too many tries" in page.text
    for attempt in session.scalars(select(SignInAttempt)):
        attempt.at = now() - service.ATTEMPTS_COUNT_FOR
    session.commit()
    assert try_to_sign_in(client, clerk.email, PASSWORD).h1 == "Your inquiries"


def test_signing_in_forgets_the_tries_before_it(client: PageClient, session: Session, clerk: User) -> None:
    for _ in range(9):
        try_to_sign_in(client, clerk.email, "wrong but long enough")
    try_to_sign_in(client, clerk.email, PASSWORD)
    assert session.scalar(select(func.count()).select_from(SignInAttempt)) == 0


def attempts(session: Session, count: int, account: str, address: str) -> bool:
    """Make tries and tell whether all were allowed."""
    allowed = [
        service.begin_sign_in(session, account=account, address=address, at=NOON) for _ in range(count)
    ]
    return all(allowed)


def test_tries_count_for_the_account_the_address_and_both(session: Session) -> None:
    assert attempts(session, 10, "clerk", "here")
    assert not attempts(session, 1, "clerk", "here")
    assert attempts(session, 1, "clerk", "there"), "another address still may"
    assert attempts(session, 1, "chair", "here"), "another account still may"
    for number in range(13):
        attempts(session, 3, "clerk", f"network {number}")
    assert not attempts(session, 1, "clerk", "a new place"), "fifty from anywhere is enough"
    for number in range(89):
        attempts(session, 1, f"account {number}", "here")
    assert not attempts(session, 1, "a new account", "here"), "a hundred from one place is enough"


def test_tries_are_forgotten_after_a_quarter_of_an_hour(session: Session) -> None:
    attempts(session, 11, "clerk", "here")
    later = NOON + service.ATTEMPTS_COUNT_FOR
    earlier = later - timedelta(seconds=1)
    assert not service.begin_sign_in(session, account="clerk", address="here", at=earlier)
    assert service.begin_sign_in(session, account="clerk", address="here", at=later)


def test_the_table_of_tries_holds_no_address_in_clear(
    client: PageClient, session: Session, clerk: User
) -> None:
    try_to_sign_in(client, clerk.email, "wrong but long enough")
    (attempt,) = session.scalars(select(SignInAttempt))
    assert len(attempt.account) == len(attempt.address) == 64
    assert attempt.account != attempt.address


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        (None, ""),
        ("a unix socket", ""),
    ],
)
def test_of_an_address_the_part_counts_that_its_reader_cannot_choose(
    address: str | None, network: str
) -> None:
    assert network_of(address) == network
