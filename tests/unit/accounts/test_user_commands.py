"""`flask user`: make users, give roles, shut out."""

from collections.abc import Callable

import pytest
from click.testing import Result
from flask import Flask
from flask_security.utils import verify_password
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.accounts.models import Membership
from consult.accounts.queries import members_of, user_by_email
from consult.calls.models import Inquiry
from consult.foundation.security import Role
from tests.builders import Builder

Run = Callable[..., Result]
PASSWORD = "correct horse battery"


@pytest.fixture
def inquiry(build: Builder) -> Inquiry:
    made = build.inquiry(slug="local-power", title="Local power")
    build.session.commit()
    return made


@pytest.fixture
def run(app: Flask, session: Session) -> Run:
    def call(*words: str, typed: str = "") -> Result:
        return app.test_cli_runner().invoke(args=["user", *words], input=typed)

    return call


def create(run: Run, *more: str, password: str = PASSWORD, typed: str = "") -> Result:
    given = ["--password", password] if password else []
    return run("create", "--email", "Ann@Example.org", "--name", "Ann", *given, *more, typed=typed)


def assert_refused(result: Result, words: str) -> None:
    """Check for exit 2 with one plain line on standard error."""
    assert result.exit_code == 2, result.output
    assert words in result.stderr
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""


def test_a_user_is_made_with_roles_in_one_inquiry(run: Run, session: Session, inquiry: Inquiry) -> None:
    result = create(run, "--role", "clerk", "--role", "analyst", "--inquiry", "local-power")
    assert result.exit_code == 0, result.output
    (member,) = members_of(session, inquiry.id)
    assert (member.email, set(member.roles)) == ("ann@example.org", {Role.CLERK, Role.ANALYST})


def test_each_role_may_have_its_own_inquiry(
    run: Run, session: Session, build: Builder, inquiry: Inquiry
) -> None:
    other = build.inquiry(slug="other")
    session.commit()
    create(run, "--role", "clerk", "--inquiry", "local-power", "--role", "chair", "--inquiry", "other")
    assert [m.roles for m in members_of(session, inquiry.id)] == [(Role.CLERK,)]
    assert [m.roles for m in members_of(session, other.id)] == [(Role.CHAIR,)]


def test_a_password_is_asked_for_twice_and_never_shown(run: Run, session: Session) -> None:
    result = create(run, password="", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert result.exit_code == 0, result.output
    user = user_by_email(session, "ann@example.org")
    assert user is not None
    assert verify_password(PASSWORD, user.password)
    assert PASSWORD not in result.output


def test_where_nobody_types_a_password_none_is_made_up(run: Run, session: Session) -> None:
    result = create(run, password="")
    assert result.exit_code == 2
    assert "No password was given" in result.stderr
    assert user_by_email(session, "ann@example.org") is None


def test_bad_input_is_refused_in_one_line_and_nothing_is_stored(
    run: Run, session: Session, inquiry: Inquiry
) -> None:
    assert_refused(create(run, password="short"), "at least 12")
    assert_refused(create(run, "--role", "clerk"), "together")
    assert_refused(create(run, "--role", "king", "--inquiry", "local-power"), "king")
    assert_refused(create(run, "--role", "clerk", "--inquiry", "nowhere"), "nowhere")
    three = ["--role", "clerk", "--role", "chair", "--role", "analyst"]
    assert_refused(create(run, *three, "--inquiry", "a", "--inquiry", "b"), "one --inquiry")
    assert_refused(run("create", "--name", "Ann"), "--email")
    assert user_by_email(session, "ann@example.org") is None


def test_an_address_serves_one_user_only(run: Run) -> None:
    assert create(run).exit_code == 0
    assert_refused(create(run), "already a user")


def test_a_role_is_given_once_however_often_it_is_granted(
    run: Run, session: Session, inquiry: Inquiry
) -> None:
    create(run)
    for _ in range(2):
        granted = run("grant", "--email", "ann@example.org", "--role", "chair", "--inquiry", "local-power")
        assert granted.exit_code == 0, granted.output
    assert len(session.scalars(select(Membership).where(Membership.inquiry_id == inquiry.id)).all()) == 1
    assert_refused(
        run("grant", "--email", "no@example.org", "--role", "chair", "--inquiry", "local-power"), "no@"
    )


def test_a_user_can_be_shut_out(run: Run, session: Session) -> None:
    create(run)
    assert run("deactivate", "--email", "ann@example.org").exit_code == 0
    user = user_by_email(session, "ann@example.org")
    assert user is not None
    assert not user.active
