"""What a file seems to say of its sender, its day and the question it answers."""

from datetime import date

import pytest

from consult.evidence.extraction import Extraction, Outcome
from consult.evidence.rules import Channel
from consult.evidence.rules_batches import (
    Proposal,
    Standing,
    day_of,
    has_words_of_its_own,
    named_in,
    proposed_from,
    questions_named,
    sender_of,
    still_missing,
)

TODAY = date(2026, 7, 2)


def found(text: str = "", kind: str = "docx", **changes: object) -> Extraction:
    return Extraction(Outcome.TEXT, kind, text, **changes)  # type: ignore[arg-type]  # fields by name


@pytest.mark.parametrize(
    ("head", "name", "organisation"),
    [
        ("Submitted by: Mary Smith", "Mary Smith", ""),
        ("Submitted by Mary Smith, Stevenage Parish Council", "Mary Smith", "Stevenage Parish Council"),
        ("A title\nResponse from Wigan Tenants' Association\nMore", "", "Wigan Tenants' Association"),
        ("Evidence from the Society of Clerks, London", "", "the Society of Clerks, London"),
        ("Name: Mary Smith\nOrganisation: Ash Ltd", "Mary Smith", "Ash Ltd"),
        ("Prepared by Mary Smith\nOn behalf of Ash Forum", "Mary Smith", "Ash Forum"),
        ("Real power lies elsewhere. Submitted by nobody at the head of a line.", "", ""),
        ("Submitted by all of us who met in the hall and who never agreed on one single thing", "", ""),
    ],
)
def test_the_head_of_a_document_names_its_sender(head: str, name: str, organisation: str) -> None:
    assert named_in(head) == (name, organisation)


@pytest.mark.parametrize(
    ("header", "sender"),
    [
        ("Ann Ash <ann@example.org>", ("Ann Ash", "ann@example.org")),
        ("ann@example.org", ("", "ann@example.org")),
        ('"Ash, Ann" <ann@example.org>', ("Ash, Ann", "ann@example.org")),
        ("undisclosed", ("", "")),
        ("", ("", "")),
    ],
)
def test_a_from_header_gives_a_name_and_an_address(header: str, sender: tuple[str, str]) -> None:
    assert sender_of(header) == sender


@pytest.mark.parametrize(
    ("header", "day"),
    [
        ("Tue, 30 Jun 2026 23:30:00 +0000", date(2026, 7, 1)),
        ("Tue, 30 Jun 2026 23:30:00 +0200", date(2026, 6, 30)),
        ("Wed, 01 Jul 2026 09:00:00 -0000", date(2026, 7, 1)),
        ("Wed, 01 Jul 2099 09:00:00 +0000", None),
        ("Thu, 01 Jan 1970 00:00:00 +0000", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_date_header_gives_its_day_in_london_unless_it_cannot_be_true(
    header: str, day: date | None
) -> None:
    assert day_of(header, today=TODAY) == day


def test_a_message_is_proposed_by_its_header_and_an_organisation_by_its_documents() -> None:
    mail = found(
        kind="eml",
        own_text="Subject: RE: FW: Evidence\n\nOn behalf of Ash Forum",
        mail={
            "from": "Ann Ash <ann@example.org>",
            "subject": "RE: FW: Evidence",
            "date": "Wed, 01 Jul 2026 09:00:00 +0000",
        },
    )
    assert proposed_from(mail, today=TODAY) == Proposal(
        "Ann Ash", "Ash Forum", "ann@example.org", "Evidence", date(2026, 7, 1), Channel.EMAIL
    )
    office = found("Words.", kind="eml", mail={"from": "Wigan Council <office@example.org>"})
    assert proposed_from(office, today=TODAY).organisation == "Wigan Council"


def test_a_documents_author_is_proposed_unless_a_program_wrote_it_or_the_document_says_more() -> None:
    assert proposed_from(found("Words.", properties={"creator": "Bob"}), today=TODAY).name == "Bob"
    assert proposed_from(found("Words.", properties={"creator": "Windows User"}), today=TODAY).name == ""
    council = found("Response from Wigan Council", properties={"creator": "Bob"})
    assert proposed_from(council, today=TODAY) == Proposal(organisation="Wigan Council")


def test_headings_name_questions_of_the_call_only() -> None:
    text = "Question 3\nWords.\n\nQ2. More\nQuestion 9: no such\nThe question 1 is not at the head of a line."
    assert questions_named(text, {1, 2, 3}) == [2, 3]
    assert questions_named("Cwestiwn 2", {2}) == [2]


def test_a_message_with_nothing_but_a_subject_has_no_words_of_its_own() -> None:
    assert not has_words_of_its_own("Subject: Evidence\n\n", "Evidence")
    assert has_words_of_its_own("Subject: Evidence\n\nWe object.", "Evidence")


@pytest.mark.parametrize(
    ("standing", "missing"),
    [
        (Standing("Mary", "", late=False, why_late="", reads_something=True), 0),
        (Standing("", "", late=True, why_late="", reads_something=False), 3),
        (Standing("", "Ash", late=True, why_late="Post", reads_something=True), 0),
    ],
)
def test_what_is_missing_is_named(standing: Standing, missing: int) -> None:
    assert len(list(still_missing(standing))) == missing
