"""What holds on every page: addresses that no database can answer, and logs that quote nobody."""

from collections.abc import Callable

import pytest

from consult.accounts.models import User
from consult.foundation.security import Role
from tests.builders import Builder
from tests.page import PageClient

ClientOf = Callable[[User], PageClient]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("jobs/2147483648", 404),
        ("jobs/99999999999999999999", 404),
        ("evidence?place=somewhere&place=%00", 404),
        ("audit-log?before=-99999999999999999999", 200),
        ("audit-log?before=99999999999999999999", 200),
    ],
)
def test_an_address_beyond_what_a_database_can_compare_is_not_a_fault(
    build: Builder, client_of: ClientOf, address: str, status: int
) -> None:
    inquiry = build.inquiry()
    member = build.member(inquiry, Role.CLERK)
    build.session.commit()
    client_of(member).get(f"/inquiries/{inquiry.slug}/{address}", status=status)


@pytest.mark.parametrize(
    ("came_from", "offered"), [("cross-site", False), ("same-origin", True), (None, True)]
)
def test_only_what_was_typed_on_our_own_pages_is_offered_to_be_sent_again(
    build: Builder, client: PageClient, came_from: str | None, offered: bool
) -> None:
    inquiry = build.inquiry()
    build.session.commit()
    response = client.http.post(
        f"/inquiries/{inquiry.slug}/members",
        data={"email": "stranger@elsewhere.example", "role": "administrator"},
        headers={"Sec-Fetch-Site": came_from} if came_from else {},
    )
    assert response.status_code == 400
    assert ("Send again" in response.text) is offered
    assert ("stranger@elsewhere.example" in response.text) is offered
    assert ("Set-Cookie" in response.headers) is offered
