"""A campaign's template is read once; applying it to the same words elsewhere is a person's act."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.calls.models import Call
from consult.coding import service
from consult.coding.models import Coding
from consult.coding.queries import (
    anything_left,
    decided_pairs,
    next_reference,
    queue_page,
    stands,
    submission_to_code,
    totals_of,
)
from consult.coding.rules import CodingOrigin
from consult.evidence.models import Passage, Submission
from consult.evidence.rules import Bounds, SubmissionState
from consult.evidence.service.grouping import mark_repeated
from consult.foundation.audit import AuditEvent
from consult.foundation.errors import Refused
from tests.page import PageClient
from tests.unit.coding.conftest import WORDS, Desk
from tests.unit.coding.test_coding_pages import press

OWN = "My hall was sold while I was away."


@pytest.fixture
def letters(desk: Desk) -> list[Submission]:
    """Give four letters: the template, two copies and one with a paragraph of its own, all proposed for."""
    call = desk.session.get_one(Call, desk.submission.call_id)
    more = [WORDS, WORDS.upper(), f"{WORDS}\n\n{OWN}"]
    sent = [
        desk.submission,
        *(desk.build.submission(call, text) for text in more),
    ]
    for letter in sent:
        for passage in desk.build.passages(letter):
            desk.build.suggestions(desk.run, passage, desk.codes[0])
    campaign = desk.build.campaign(desk.ann, *sent[:3], by_itself=(sent[3],))
    mark_repeated(desk.session, campaign.id)
    desk.session.commit()
    return sent


def code_first(desk: Desk) -> Coding:
    passage = desk.passages[0]
    coding = service.apply_code(
        desk.session, passage.source_text_id, bounds(passage), desk.codes[1].id, **desk.who()
    )
    desk.session.commit()
    return coding


def bounds(passage: Passage) -> Bounds:
    return Bounds(passage.start, passage.end)


def coded(desk: Desk) -> dict[str, int]:
    """Count the standing codings of each submission."""
    rows = select(Submission.reference).join(Passage).join(Coding, Coding.passage_id == Passage.id)
    found: dict[str, int] = {}
    for reference in desk.session.scalars(rows.where(stands())):
        found[reference] = found.get(reference, 0) + 1
    return found


def test_the_queue_shows_a_campaign_once_and_own_words_by_themselves(
    desk: Desk, letters: list[Submission], session: Session
) -> None:
    page = queue_page(session, desk.inquiry.id, desk.ann.id)
    assert [(row.reference, row.left) for row in page.rows] == [
        (letters[0].reference, 3),
        (letters[3].reference, 1),
    ]
    assert totals_of(session, desk.inquiry.id).passages == 4
    assert next_reference(session, desk.inquiry.id, desk.ann.id, letters[0].reference) == letters[3].reference
    assert anything_left(session, desk.inquiry.id)


def test_a_letters_repeated_passages_name_where_they_are_read(
    desk: Desk, letters: list[Submission], session: Session
) -> None:
    def repeats(letter: Submission) -> list[str]:
        shown = submission_to_code(session, desk.inquiry.id, letter.reference, desk.ann.id)
        return [block.repeats for part in shown.parts for block in part.blocks]

    template = letters[0].reference
    assert repeats(letters[0]) == ["", "", ""]
    assert repeats(letters[3]) == [template, template, template, ""]


def test_coding_the_template_codes_nothing_else_until_a_person_applies_it(
    desk: Desk, letters: list[Submission], session: Session
) -> None:
    coding = code_first(desk)
    assert coded(desk) == {letters[0].reference: 1}
    assert service.apply_to_repeats(session, coding.id, **desk.who(desk.bob)) == 3
    session.commit()
    assert coded(desk) == {letter.reference: 1 for letter in letters}
    made = session.scalars(select(Coding).where(Coding.id != coding.id)).all()
    assert {each.user_id for each in made} == {desk.bob.id}
    assert {each.origin for each in made} == {CodingOrigin.OWN}
    assert service.apply_to_repeats(session, coding.id, **desk.who(desk.bob)) == 0
    told = session.scalars(select(AuditEvent).where(AuditEvent.verb == "apply code to same words")).one()
    assert told.detail["passages"] == 3


def test_what_was_applied_elsewhere_is_taken_back_at_once_and_only_ones_own(
    desk: Desk, letters: list[Submission], session: Session
) -> None:
    coding = code_first(desk)
    service.apply_to_repeats(session, coding.id, **desk.who(desk.bob))
    assert service.withdraw_from_repeats(session, coding.id, **desk.who()) == 0
    assert service.withdraw_from_repeats(session, coding.id, **desk.who(desk.bob)) == 3
    session.commit()
    assert coded(desk) == {letters[0].reference: 1}


def test_letters_out_of_scope_and_withdrawn_codings_are_passed_over(
    desk: Desk, letters: list[Submission], session: Session
) -> None:
    coding = code_first(desk)
    letters[1].state = SubmissionState.OUT_OF_SCOPE
    session.commit()
    assert service.apply_to_repeats(session, coding.id, **desk.who()) == 2
    service.withdraw_coding(session, coding.id, **desk.who())
    with pytest.raises(Refused, match="withdrawn"):
        service.apply_to_repeats(session, coding.id, **desk.who())


def test_hundreds_of_equal_codings_are_one_lesson(
    desk: Desk, letters: list[Submission], session: Session
) -> None:
    coding = code_first(desk)
    service.apply_to_repeats(session, coding.id, **desk.who())
    session.commit()
    assert [pair.passage_id for pair in decided_pairs(session, desk.inquiry.id)] == [desk.passages[0].id]


def test_the_screen_offers_the_same_words_elsewhere(
    desk: Desk, letters: list[Submission], client_of: Callable[[User], PageClient]
) -> None:
    code_first(desk)
    reader = client_of(desk.ann)
    here = f"/inquiries/{desk.inquiry.slug}/coding/{letters[0].reference}"
    page = reader.get(here)
    assert "shows the template of the campaign" in page.text
    page = press(reader, page, desk.passages[0], "Apply to all 3")
    assert "Applied to the same words in 3 more passages" in page.text
    page = press(reader, page, desk.passages[0], "Withdraw from 3")
    assert "Withdrawn from the same words in 3 more passages" in page.text
    page = reader.get(here.replace(letters[0].reference, letters[3].reference))
    assert "only its own words wait here" in page.text
    assert page.text.count("Read once, as the same words in") == 3
