"""A possible duplicate is looked at beside what it resembles."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.calls.models import Call, Inquiry
from consult.evidence.models import Submission
from consult.evidence.rules import SubmissionState
from consult.evidence.rules_alike import MOST_WORDS_COMPARED, side_by_side
from consult.foundation.security import Role
from tests.builders import Builder
from tests.page import PageClient

Clients = Callable[[User], PageClient]
INBOX = "/inquiries/localism/inbox"
LETTER = (
    "Power lies elsewhere, and nobody in our village was ever asked about the bus.\n\nGive it back to us."
)


@pytest.fixture
def inquiry(build: Builder) -> Inquiry:
    return build.inquiry(slug="localism", title="Localism")


@pytest.fixture
def call(build: Builder, inquiry: Inquiry) -> Call:
    return build.call(inquiry, slug="call", title="Call for evidence")


def own(runs: object) -> list[str]:
    return [run.words.strip() for run in runs if run.own]  # type: ignore[attr-defined]  # runs of a pair


def test_paragraphs_that_differ_in_signs_and_case_alone_are_the_same() -> None:
    (pair,) = side_by_side(["Give it BACK,  to us"], ["give it back to us!"])
    assert pair.same


def test_only_the_words_that_one_side_has_are_its_own() -> None:
    first, second, third = side_by_side(
        ["One.", "We want the old bus back.", "Three."], ["One.", "We want a new bus back.", "Three."]
    )
    assert first.same
    assert third.same
    assert (own(second.left), own(second.right)) == (["the old"], ["a new"])


def test_a_paragraph_that_only_one_has_stands_alone() -> None:
    pairs = side_by_side(["One.", "Three."], ["One.", "Two.", "Three."])
    assert [(bool(pair.left), bool(pair.right), pair.same) for pair in pairs] == [
        (True, True, True),
        (False, True, False),
        (True, True, True),
    ]
    assert side_by_side([], []) == []


def test_paragraphs_too_long_to_compare_word_by_word_are_shown_whole() -> None:
    long = "word " * (MOST_WORDS_COMPARED + 1)
    (pair,) = side_by_side([long], [f"{long} more"])
    assert own(pair.left) == [long.strip()]
    assert not pair.same


def test_a_clerk_compares_what_arrived_twice_and_puts_the_second_out_of_scope(
    session: Session, build: Builder, inquiry: Inquiry, call: Call, client_of: Clients
) -> None:
    build.submission(call, LETTER)
    second = build.submission(call, LETTER.upper())
    clerk = client_of(build.member(inquiry, Role.CLERK))
    session.commit()
    inbox = clerk.get(f"{INBOX}?state=possible_duplicate")
    page = clerk.get(inbox.link("Compare LOC0002 with LOC0001"))
    assert "Both say the same, paragraph by paragraph." in page.text
    after = clerk.submit(page, {}, button="Put it out of scope: the same, sent again")
    assert "Compared with LOC0001: the same, sent again." in after.text
    session.expire_all()
    assert session.get_one(Submission, second.id).state is SubmissionState.OUT_OF_SCOPE


def test_what_is_of_its_own_is_accepted_from_the_comparison(
    session: Session, build: Builder, inquiry: Inquiry, call: Call, client_of: Clients
) -> None:
    build.submission(call, LETTER, email="mary@example.org")
    second = build.submission(call, "We have a second thing to say, on libraries.", email="mary@example.org")
    clerk = client_of(build.member(inquiry, Role.CLERK))
    session.commit()
    page = clerk.get(f"{INBOX}/compare/LOC0002/LOC0001")
    assert "No paragraph is the same." in page.text
    clerk.submit(page, {}, button="Accept it: evidence of its own")
    session.expire_all()
    assert session.get_one(Submission, second.id).state is SubmissionState.ACCEPTED


def test_a_submission_of_another_inquiry_cannot_be_compared(
    session: Session, build: Builder, inquiry: Inquiry, call: Call, client_of: Clients
) -> None:
    build.submission(call, LETTER)
    foreign = build.submission(build.call(build.inquiry(reference_prefix="OTH")), LETTER)
    clerk = client_of(build.member(inquiry, Role.CLERK))
    session.commit()
    assert clerk.get(f"{INBOX}/compare/LOC0001/{foreign.reference}", status=404)
