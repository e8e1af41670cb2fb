"""Passages drawn by lot: their suggestions are kept back until somebody has read them, whatever is tried."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from consult.accounts.models import User
from consult.codebook.models import Code
from consult.coding import service
from consult.coding.models import Coding, Suggestion
from consult.coding.models_quality import BlindPassage, BlindReading
from consult.coding.queries import anything_left, next_reference, queue_page
from consult.coding.queries.quality import CodeCounts, counts_by_code, sample_size
from consult.coding.queries.quality_lists import Which, listed
from consult.coding.rules import NewSuggestion, PassageRead, Verdict
from consult.coding.service import record_suggestions
from consult.evidence.rules import Bounds
from consult.foundation.errors import Refused
from consult.foundation.security import SYSTEM
from tests.builders import NOON
from tests.page import PageClient, words_of
from tests.unit.coding.conftest import Desk
from tests.unit.coding.test_coding_pages import press

LATER = NOON + timedelta(minutes=5)


def propose_blind(desk: Desk, passage: int, *codes: int) -> list[Suggestion]:
    new = tuple(NewSuggestion(desk.codes[i].id, 0.8, rank) for rank, i in enumerate(codes, 1))
    read = [PassageRead(desk.passages[passage].id, new, blind=True)]
    record_suggestions(desk.session, desk.run, read, actor=SYSTEM, at=NOON)
    desk.session.commit()
    mine = select(Suggestion).where(Suggestion.passage_id == desk.passages[passage].id)
    return list(desk.session.scalars(mine.order_by(Suggestion.rank)))


def apply(desk: Desk, passage: int, code: int) -> Coding:
    where = desk.passages[passage]
    bounds = Bounds(where.start, where.end)
    who = desk.who()
    return service.apply_code(desk.session, where.source_text_id, bounds, desk.codes[code].id, **who)


def read(desk: Desk, passage: int) -> BlindReading:
    reading = service.read_passage_blind(desk.session, desk.passages[passage].id, **desk.who())
    desk.session.commit()
    return reading


def counts_of(desk: Desk, code: int) -> CodeCounts:
    found = counts_by_code(desk.session, desk.inquiry.id)
    return next(counts for counts in found if counts.slug == desk.codes[code].slug)


def test_the_page_does_not_hold_what_was_proposed_for_a_passage_drawn_by_lot(
    desk: Desk, client_of: Callable[[User], PageClient]
) -> None:
    propose_blind(desk, 0, 0)
    desk.propose(1, 1)
    ann = client_of(desk.ann)
    at = f"/inquiries/{desk.inquiry.slug}/coding/{desk.submission.reference}"
    page = ann.get(at)
    assert [words_of(name) for name in page.all("span", class_="app-suggestion__name")] == ["Not heard"]
    assert "Read this one without suggestions" in page.text


def test_saying_that_one_has_read_it_shows_what_was_proposed(
    desk: Desk, client_of: Callable[[User], PageClient]
) -> None:
    propose_blind(desk, 0, 0)
    ann = client_of(desk.ann)
    at = f"/inquiries/{desk.inquiry.slug}/coding/{desk.submission.reference}"
    page = press(ann, ann.get(at), desk.passages[0], "I have read it")
    assert "Suggestion 1: Power elsewhere" in page.html
    assert "Read this one without suggestions" not in page.text


def test_a_suggestion_that_is_kept_back_cannot_be_decided(desk: Desk) -> None:
    (suggestion,) = propose_blind(desk, 0, 0)
    with pytest.raises(Refused, match="without suggestions first"):
        desk.decide(suggestion, Verdict.ACCEPT)
    desk.session.rollback()
    read(desk, 0)
    assert desk.decide(suggestion, Verdict.ACCEPT).verdict is Verdict.ACCEPT


def test_a_passage_that_was_not_drawn_is_not_read_blind(desk: Desk) -> None:
    desk.propose(0, 0)
    with pytest.raises(Refused, match="not drawn"):
        read(desk, 0)


def test_reading_twice_is_reading_once(desk: Desk) -> None:
    propose_blind(desk, 0, 0)
    first = read(desk, 0).at
    again = service.read_passage_blind(
        desk.session, desk.passages[0].id, **{**desk.who(desk.bob), "at": LATER}
    )
    assert (again.user_id, again.at) == (desk.ann.id, first)
    assert desk.verbs().count("read passage blind") == 1


def test_what_somebody_has_begun_is_not_drawn_any_more(desk: Desk) -> None:
    desk.decide(desk.propose(0, 0)[0], Verdict.REJECT)
    propose_blind(desk, 0, 1)
    assert list(desk.session.scalars(select(BlindPassage.passage_id))) == []


def test_proposing_again_draws_nobody_out(desk: Desk) -> None:
    propose_blind(desk, 0, 0)
    propose_blind(desk, 0, 0)
    assert list(desk.session.scalars(select(BlindPassage.passage_id))) == [desk.passages[0].id]


def test_a_drawn_passage_for_which_nothing_is_proposed_waits_to_be_read(desk: Desk) -> None:
    propose_blind(desk, 0)
    waiting = queue_page(desk.session, desk.inquiry.id, desk.ann.id)
    assert (waiting.totals.passages, waiting.totals.passages_left) == (1, 1)
    assert anything_left(desk.session, desk.inquiry.id)
    assert next_reference(desk.session, desk.inquiry.id, desk.ann.id) == desk.submission.reference
    read(desk, 0)
    assert not anything_left(desk.session, desk.inquiry.id)
    assert queue_page(desk.session, desk.inquiry.id, desk.ann.id).totals.passages_left == 0


def test_the_sample_tells_what_was_right_and_what_was_missed(desk: Desk) -> None:
    propose_blind(desk, 0, 0, 1)
    propose_blind(desk, 1)
    apply(desk, 0, 0)
    apply(desk, 1, 0)
    read(desk, 0)
    read(desk, 1)
    right = counts_of(desk, 0)
    assert (right.sample, right.proposed, right.right, right.missed) == (2, 1, 1, 1)
    wrong = counts_of(desk, 1)
    assert (wrong.sample, wrong.proposed, wrong.right, wrong.missed) == (2, 1, 0, 0)
    for which, passages in {Which.PROPOSED_BLIND: [0], Which.RIGHT: [0], Which.MISSED: [1]}.items():
        rows = listed(desk.session, desk.inquiry.id, desk.codes[0].slug, which)
        assert [row.start for row in rows] == [desk.passages[i].start for i in passages]


def test_what_is_accepted_after_seeing_it_proposed_changes_no_estimate(desk: Desk) -> None:
    (suggestion,) = propose_blind(desk, 0, 0)
    read(desk, 0)
    desk.decide(suggestion, Verdict.ACCEPT)
    told = counts_of(desk, 0)
    assert (told.proposed, told.right, told.missed) == (1, 0, 0)
    assert (told.decided, told.accepted) == (1, 1)


def test_what_a_later_run_proposes_changes_no_estimate(desk: Desk) -> None:
    propose_blind(desk, 0)
    apply(desk, 0, 0)
    read(desk, 0)
    desk.run = desk.build.model_run(desk.inquiry)
    desk.propose(0, 0)
    told = counts_of(desk, 0)
    assert (told.proposed, told.missed, told.proposed_of_all) == (0, 1, 0)


def test_a_code_added_after_a_reading_is_not_judged_by_it(desk: Desk) -> None:
    propose_blind(desk, 0, 0)
    read(desk, 0)
    new = Code(codebook_id=desk.codes[0].codebook_id, slug="new", name="New")
    desk.codes.append(desk.build.add(new))
    desk.session.commit()
    assert counts_of(desk, 3).sample == 0
    assert counts_of(desk, 0).sample == 1


def test_sizes_count_the_drawn_the_read_all_passages_and_those_read_otherwise(desk: Desk) -> None:
    propose_blind(desk, 0, 0)
    propose_blind(desk, 1, 0)
    desk.decide(desk.propose(2, 0)[0], Verdict.ACCEPT)
    read(desk, 0)
    size = sample_size(desk.session, desk.inquiry.id)
    assert (size.drawn, size.read, size.population, size.begun) == (2, 1, 3, 1)
    assert counts_of(desk, 0).found_before == 1
