"""What comes next in the coding queue: by the order chosen, remembered, and only what is left."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from consult.accounts.models import User
from consult.calls.models import Call
from consult.coding.models_quality import ReadingPlace
from consult.coding.queries.places import places_left
from consult.coding.rules import Verdict
from consult.coding.rules_quality import PLACES_KEPT, ReadingOrder, order_of
from consult.coding.service import put_in_order
from tests.page import PageClient
from tests.unit.coding.conftest import Desk


@pytest.fixture
def ann(desk: Desk, client_of: Callable[[User], PageClient]) -> PageClient:
    return client_of(desk.ann)


def arrange(desk: Desk, **orders: list[int]) -> None:
    """Put passages, by number, in orders."""
    for passage in range(3):
        desk.propose(passage, 0)
    wanted = {ReadingOrder(n): [desk.passages[i].id for i in p] for n, p in orders.items()}
    put_in_order(desk.session, desk.inquiry.id, wanted)
    desk.session.commit()


def left(desk: Desk, order: ReadingOrder, after: str = "") -> list[int]:
    found = places_left(desk.session, desk.inquiry.id, desk.ann.id, order, limit=10, after=after)
    starts = [passage.start for passage in desk.passages]
    return [starts.index(place.start) for place in found]


def test_passages_come_in_the_order_chosen(desk: Desk) -> None:
    arrange(desk, certain=[2, 0, 1], uncertain=[1, 2, 0])
    assert left(desk, ReadingOrder.CERTAIN) == [2, 0, 1]
    assert left(desk, ReadingOrder.UNCERTAIN) == [1, 2, 0]
    assert left(desk, ReadingOrder.DIVERSE) == []


def test_what_is_decided_or_skipped_comes_no_more(desk: Desk) -> None:
    arrange(desk, certain=[2, 0, 1])
    desk.decide(desk.propose(2, 0)[0], Verdict.REJECT)
    desk.decide(desk.propose(0, 0)[0], Verdict.SKIP)
    assert left(desk, ReadingOrder.CERTAIN) == [1]


def test_another_submission_comes_before_more_of_the_same(desk: Desk) -> None:
    arrange(desk, certain=[0, 1])
    call = desk.session.get_one(Call, desk.submission.call_id)
    other = desk.build.submission(call, "A word from elsewhere.")
    (passage,) = desk.build.passages(other)
    desk.build.suggestions(desk.run, passage, desk.codes[0])
    places = [desk.passages[0].id, passage.id]
    put_in_order(desk.session, desk.inquiry.id, {ReadingOrder.CERTAIN: places})
    desk.session.commit()
    rows = places_left(
        desk.session,
        desk.inquiry.id,
        desk.ann.id,
        ReadingOrder.CERTAIN,
        limit=2,
        after=desk.submission.reference,
    )
    assert [row.reference for row in rows] == [other.reference, desk.submission.reference]


def test_a_new_run_forgets_the_places_of_the_last(desk: Desk) -> None:
    arrange(desk, certain=[0, 1, 2], rarest=[0])
    put_in_order(desk.session, desk.inquiry.id, {ReadingOrder.CERTAIN: [desk.passages[1].id]})
    assert len(list(desk.session.scalars(select(ReadingPlace)))) == 1
    assert PLACES_KEPT == 500


def test_continue_coding_opens_the_next_passage_of_the_order(desk: Desk, ann: PageClient) -> None:
    arrange(desk, balanced=[1, 0], certain=[2])
    at = f"/inquiries/{desk.inquiry.slug}/coding"
    response = ann.http.get(f"{at}/next")
    assert response.headers["Location"].endswith(f"-{desk.passages[1].start}")
    assert ann.http.get(f"{at}/next?order=certain").headers["Location"].endswith(f"-{desk.passages[2].start}")


def test_the_order_chosen_is_remembered(desk: Desk, ann: PageClient) -> None:
    arrange(desk, balanced=[1, 0], certain=[2])
    at = f"/inquiries/{desk.inquiry.slug}/coding"
    page = ann.submit(ann.get(at), {"order": "certain"}, with_field="order")
    assert "We want a say over the park." in page.text
    again = ann.get(at)
    (chosen,) = [o for o in again.all("option") if o.get("selected") is not None]
    assert chosen.get("value") == "certain"
    assert "We want a say over the park." in again.text


def test_as_they_came_lists_no_passages(desk: Desk, ann: PageClient) -> None:
    arrange(desk, balanced=[1, 0])
    page = ann.get(f"/inquiries/{desk.inquiry.slug}/coding?order=arrival")
    assert "Next to read" not in page.text
    assert (
        ann.http.get(page.path.partition("?")[0] + "/next")
        .headers["Location"]
        .endswith(desk.submission.reference)
    )


@pytest.mark.parametrize("name", [None, "", "nonsense", "BALANCED"])
def test_another_word_is_no_order(name: str | None) -> None:
    assert order_of(name) is None
