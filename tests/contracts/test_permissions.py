"""Every route says who may use it, and every role is tried on every route."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import AnyConverter, BaseConverter, IntegerConverter, Rule

from consult.accounts.models import User
from consult.calls.models import Inquiry
from consult.foundation.guard import PUBLIC, SIGNED_IN, access_of
from consult.foundation.security import ROLES_WITH, Permission, Role
from tests.builders import Builder
from tests.page import PageClient

REFUSED = {401, 403}
# What a member with the permission may meet: a page, a redirect, a missing record, a form to put right.
ADMITTED = {200, 201, 302, 303, 400, 404, 409, 422}
NOBODY = "nobody"
STRANGER = "stranger"
MOVED = {302, 303}

# Written by hand, apart from the table: what the table itself must never come to say.
NEVER = [
    (Role.COMMISSIONER, Permission.CODE_EVIDENCE),
    (Role.COMMISSIONER, Permission.EDIT_CODEBOOK),
    (Role.COMMISSIONER, Permission.EXPORT_RECORDS),
    (Role.CHAIR, Permission.CODE_EVIDENCE),
    (Role.CHAIR, Permission.EDIT_CODEBOOK),
    (Role.CHAIR, Permission.SET_SUGGESTIONS),
    (Role.COMMISSIONER, Permission.SET_SUGGESTIONS),
    (Role.ADMINISTRATOR, Permission.SEE_QUALITY),
    (Role.ADMINISTRATOR, Permission.READ_EVIDENCE),
    (Role.ADMINISTRATOR, Permission.CODE_EVIDENCE),
    (Role.ANALYST, Permission.EDIT_CALLS),
    (Role.ANALYST, Permission.MANAGE_MEMBERS),
    (Role.CLERK, Permission.MANAGE_MEMBERS),
    (Role.CHAIR, Permission.MANAGE_MEMBERS),
    (Role.COMMISSIONER, Permission.READ_AUDIT),
    (Role.ADMINISTRATOR, Permission.ERASE_EVIDENCE),
    (Role.ANALYST, Permission.ERASE_EVIDENCE),
]
ALWAYS = [
    (Role.ADMINISTRATOR, Permission.MANAGE_MEMBERS),
    (Role.CLERK, Permission.EDIT_CALLS),
    (Role.ANALYST, Permission.CODE_EVIDENCE),
    (Role.CHAIR, Permission.SEE_QUALITY),
    (Role.CHAIR, Permission.READ_THEMES),
    (Role.COMMISSIONER, Permission.READ_THEMES),
    (Role.COMMISSIONER, Permission.READ_EVIDENCE),
]


def routes(app: Flask) -> Iterator[tuple[Rule, str]]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method


def path_of(app: Flask, rule: Rule, inquiry: Inquiry) -> str:
    """Return an address of the route: the inquiry's own slug, and values that name no record."""
    values: dict[str, Any] = {}
    for name in rule.arguments:
        values[name] = value_for(rule._converters[name])
    if "inquiry_slug" in values:
        values["inquiry_slug"] = inquiry.slug
    with app.test_request_context():
        return app.url_for(rule.endpoint, **values)


def value_for(converter: BaseConverter) -> Any:
    """Return a value that the converter takes and that names no record."""
    if isinstance(converter, IntegerConverter):
        return 999_999_999
    return next(iter(converter.items)) if isinstance(converter, AnyConverter) else "no-such-thing"


def test_every_route_says_who_may_use_it(app: Flask) -> None:
    silent = {rule.endpoint for rule, _ in routes(app) if access_of(app, rule.endpoint) is None}
    assert silent == set()


def test_routes_within_an_inquiry_demand_a_permission(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/inquiries/<"):
            assert isinstance(access_of(app, rule.endpoint), Permission), rule.endpoint


def test_public_and_signed_in_routes_are_these_and_no_others(app: Flask) -> None:
    found = {
        access: sorted({r.endpoint for r in app.url_map.iter_rules() if access_of(app, r.endpoint) == access})
        for access in (PUBLIC, SIGNED_IN)
    }
    rooms = {endpoint.partition(".")[0] for endpoint in found[PUBLIC]}
    assert rooms <= {"static", "security", "calls_public", "privacy_public", "published", "respond"}
    assert set(found[SIGNED_IN]) == {"calls.inquiries", "security.change_password", "security.verify"}


def test_an_endpoint_without_a_word_is_refused_to_everybody(fresh_app: Callable[[], Flask]) -> None:
    app = fresh_app()
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    assert app.test_client().get("/forgotten").status_code == 403


@pytest.fixture
def cast(build: Builder) -> dict[str, User]:
    """Give one user per role, each with that role alone."""
    inquiry = build.inquiry(slug="the-inquiry")
    people = {str(role): build.member(inquiry, role) for role in Role}
    elsewhere = build.inquiry(slug="another-inquiry")
    people[STRANGER] = build.member(elsewhere, *Role)
    build.session.commit()
    return people


def test_each_role_on_each_route(
    app: Flask,
    build: Builder,
    cast: dict[str, User],
    client: PageClient,
    client_of: Callable[[User], PageClient],
) -> None:
    """Try all routes, methods and roles; a member of another inquiry is told that nothing is there."""
    inquiry = build.session.query(Inquiry).filter_by(slug="the-inquiry").one()
    clients = {name: client_of(user) for name, user in cast.items()}
    cells = 0
    with app.app_context():
        app.config["WTF_CSRF_ENABLED"] = False
    try:
        for rule, method in routes(app):
            access = access_of(app, rule.endpoint)
            if not isinstance(access, Permission):
                continue
            path = path_of(app, rule, inquiry)
            for name, browser in [*clients.items(), (NOBODY, client)]:
                status = browser.http.open(path, method=method).status_code
                expect(name, method, access, status, f"{method} {path} as {name}")
                cells += 1
    finally:
        app.config["WTF_CSRF_ENABLED"] = True
    assert cells > 100


def expect(name: str, method: str, access: Permission, status: int, where: str) -> None:
    """Check one cell of the matrix."""
    if name == NOBODY:
        assert status in (MOVED if method == "GET" else {401}), f"{where} answered {status}"
    elif name == STRANGER:
        assert status == 404, f"{where} answered {status}"
    elif Role(name) in ROLES_WITH[access]:
        assert status in ADMITTED, f"{where} answered {status}"
    else:
        assert status == 403, f"{where} answered {status}"


def test_every_changing_route_demands_a_token(
    app: Flask, build: Builder, cast: dict[str, User], client_of: Callable[[User], PageClient]
) -> None:
    inquiry = build.session.query(Inquiry).filter_by(slug="the-inquiry").one()
    for rule, method in routes(app):
        access = access_of(app, rule.endpoint)
        if method == "GET" or not isinstance(access, Permission):
            continue
        role = next(iter(ROLES_WITH[access]))
        response = client_of(cast[str(role)]).http.open(
            path_of(app, rule, inquiry), method=method, data={"words": "typed with care " * 5}
        )
        assert response.status_code == 400, rule.endpoint
        if response.mimetype == "text/html":
            assert "typed with care" in response.get_data(as_text=True), rule.endpoint


@pytest.mark.parametrize(("role", "permission"), NEVER)
def test_some_things_no_edit_of_the_table_may_allow(role: Role, permission: Permission) -> None:
    assert role not in ROLES_WITH[permission]


@pytest.mark.parametrize(("role", "permission"), ALWAYS)
def test_some_things_no_edit_of_the_table_may_take_away(role: Role, permission: Permission) -> None:
    assert role in ROLES_WITH[permission]


def test_every_permission_has_a_row_and_every_row_a_role() -> None:
    assert set(ROLES_WITH) == set(Permission)
    assert all(ROLES_WITH.values())
