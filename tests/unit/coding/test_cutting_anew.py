"""A person splits a passage or joins two; what was decided on the old ones stands on their words."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.assist.queries import count_passages, count_untouched
from consult.calls.models import Call
from consult.coding import service
from consult.coding.queries import (
    anything_left,
    decided_pairs,
    held_passages,
    next_reference,
    submission_to_code,
    totals_of,
)
from consult.coding.rules import Verdict
from consult.evidence.models import Passage, SourceText
from consult.evidence.models_recuts import LeftPassage, Recut
from consult.evidence.queries import in_cut, texts_to_cut
from consult.evidence.rules import Bounds
from consult.evidence.rules_recuts import MOST_PLACES, parted, place_of_words, places_to_split
from consult.evidence.service.grouping import mark_repeated
from consult.evidence.service.recutting import join_with_next, split_passage
from consult.foundation.database import db
from consult.foundation.errors import BadInput, NotFound, Refused
from consult.foundation.jobs.models import Job
from consult.foundation.jobs.names import JobName
from consult.foundation.security import SYSTEM, Role
from tests.builders import NOON
from tests.page import PageClient, words_of
from tests.unit.coding.conftest import WORDS, Desk

SPLIT_AT = WORDS.index("and we wait")


def lying(session: Session, desk: Desk) -> list[str]:
    """Return the passages that the text lies in now."""
    mine = select(Passage.quote).where(Passage.submission_id == desk.submission.id, in_cut())
    return list(session.scalars(mine.order_by(Passage.start)))


def split(desk: Desk, place: int = SPLIT_AT, passage: int = 0, user: User | None = None) -> Recut:
    done = split_passage(desk.session, desk.passages[passage].id, place, **desk.who(user))
    desk.session.commit()
    return done


def join(desk: Desk, passage: int = 0) -> Recut:
    done = join_with_next(desk.session, desk.passages[passage].id, **desk.who())
    desk.session.commit()
    return done


def test_a_split_puts_two_passages_in_the_place_of_one(session: Session, desk: Desk) -> None:
    split(desk)
    assert lying(session, desk) == [
        "The town hall decides 🏛️",
        "and we wait.",
        "Nobody asks us.",
        "We want a say over the park.",
    ]
    assert desk.verbs()[-1] == "cut passages anew"


def test_a_join_puts_one_in_the_place_of_two_with_the_words_between_them(
    session: Session, desk: Desk
) -> None:
    join(desk)
    assert lying(session, desk) == [
        "The town hall decides 🏛️ and we wait.\n\nNobody asks us.",
        "We want a say over the park.",
    ]


def test_the_old_passage_stays_as_it_was_and_the_cut_is_recorded(session: Session, desk: Desk) -> None:
    old = desk.passages[0]
    was = (old.id, old.start, old.end, old.quote)
    recut = split(desk)
    assert session.get_one(LeftPassage, old.id).recut_id == recut.id
    session.expire_all()
    kept = session.get_one(Passage, was[0])
    assert (kept.id, kept.start, kept.end, kept.quote) == was
    assert recut.before == [[old.start, old.end]]
    assert recut.after == [[0, WORDS.index(" and we")], [SPLIT_AT, old.end]]
    assert recut.user_id == desk.ann.id


def test_joining_what_was_split_brings_the_old_passage_back(session: Session, desk: Desk) -> None:
    split(desk)
    first = session.scalars(select(Passage).where(Passage.quote == "The town hall decides 🏛️")).one()
    join_with_next(session, first.id, **desk.who())
    assert lying(session, desk)[0] == desk.passages[0].quote
    assert session.get(LeftPassage, desk.passages[0].id) is None
    assert session.scalar(select(func.count()).select_from(Recut)) == 2


def test_the_machine_does_not_cut_such_a_text_again(session: Session, desk: Desk) -> None:
    split(desk)
    assert texts_to_cut(session, desk.inquiry.id, 10) == []


def test_the_machine_is_asked_to_read_the_new_passages_once(session: Session, desk: Desk) -> None:
    before = session.scalar(select(func.count()).where(Job.name == JobName.SUBMISSIONS_RECEIVED))
    split(desk)
    join(desk, 1)
    after = session.scalar(select(func.count()).where(Job.name == JobName.SUBMISSIONS_RECEIVED))
    assert (after or 0) - (before or 0) <= 1
    assert after
    assert count_passages(session, desk.inquiry.id) == len(lying(session, desk)) == 3
    assert sorted(held_passages(session, desk.inquiry.id)) == sorted(lying(session, desk))


def test_a_coding_stands_on_the_words_it_was_made_on(session: Session, desk: Desk) -> None:
    old = desk.passages[0]
    bounds = Bounds(old.start, old.end)
    coding = service.apply_code(session, old.source_text_id, bounds, desk.codes[1].id, **desk.who())
    session.commit()
    split(desk)
    assert [each.id for each in desk.standing()] == [coding.id]
    shown = submission_to_code(session, desk.inquiry.id, desk.submission.reference, desk.ann.id)
    (part,) = shown.parts
    assert [(c.id, words) for block in part.blocks for c, words in block.codings] == [(coding.id, old.quote)]
    assert [pair.quote for pair in decided_pairs(session, desk.inquiry.id)] == [old.quote]


def test_a_rejection_is_still_learned_from(session: Session, desk: Desk) -> None:
    desk.decide(*desk.propose(0, 0), Verdict.REJECT)
    split(desk)
    (pair,) = decided_pairs(session, desk.inquiry.id)
    assert (pair.quote, pair.applies) == (desk.passages[0].quote, False)


def test_open_suggestions_on_a_left_passage_wait_for_nobody(session: Session, desk: Desk) -> None:
    desk.propose(0, 0, 1)
    assert totals_of(session, desk.inquiry.id).passages_left == 1
    split(desk)
    assert totals_of(session, desk.inquiry.id).passages_left == 0
    assert not anything_left(session, desk.inquiry.id)
    assert next_reference(session, desk.inquiry.id, desk.ann.id) is None
    assert count_untouched(session, desk.inquiry.id) == 4


def test_a_part_that_somebody_had_selected_before_becomes_a_passage_of_the_cut(
    session: Session, desk: Desk
) -> None:
    text, words = desk.passages[0].source_text_id, Bounds(SPLIT_AT, desk.passages[0].end)
    coding = service.apply_code(session, text, words, desk.codes[0].id, **desk.who())
    session.commit()
    split(desk)
    assert "and we wait." in lying(session, desk)
    shown = submission_to_code(session, desk.inquiry.id, desk.submission.reference, desk.ann.id)
    (block,) = [b for part in shown.parts for b in part.blocks if b.bounds == words]
    assert [c.id for c, _ in block.codings] == [coding.id]


@pytest.mark.parametrize("place", [-1, 0, 10_000, 23])
def test_a_place_outside_or_within_a_letter_is_refused(session: Session, desk: Desk, place: int) -> None:
    with pytest.raises(Refused):
        split(desk, place if place != 23 else WORDS.index("\ufe0f"))
    session.rollback()
    assert len(lying(session, desk)) == 3


def test_what_was_cut_anew_meanwhile_is_refused(session: Session, desk: Desk) -> None:
    split(desk)
    for act in (split, join):
        with pytest.raises(Refused, match="cut anew"):
            act(desk)
        session.rollback()


def test_the_last_passage_has_none_to_be_joined_with(desk: Desk) -> None:
    with pytest.raises(Refused, match="last passage"):
        join(desk, 2)


def test_passages_too_long_to_read_at_once_are_not_joined(session: Session, desk: Desk) -> None:
    long = desk.build.submission(desk.build.call(desk.inquiry), "word " * 250 + "\n\n" + "word " * 250)
    first, _ = desk.build.passages(long)
    with pytest.raises(Refused, match="more than 400 words"):
        join_with_next(session, first.id, **desk.who())


def test_words_read_once_for_a_campaign_stay_one_passage(session: Session, desk: Desk) -> None:
    call_id = desk.submission.call_id
    letters = [
        desk.submission,
        *(desk.build.submission(session.get_one(Call, call_id), WORDS) for _ in range(2)),
    ]
    for letter in letters[1:]:
        desk.build.passages(letter)
    mark_repeated(session, desk.build.campaign(desk.ann, *letters).id)
    of_letter = session.scalars(select(Passage.id).where(Passage.submission_id == letters[1].id)).first() or 0
    for passage_id in (desk.passages[0].id, of_letter):
        with pytest.raises(Refused, match="read once"):
            split_passage(session, passage_id, SPLIT_AT, **desk.who())
        with pytest.raises(Refused, match="read once"):
            join_with_next(session, passage_id, **desk.who())


def test_only_a_member_of_the_inquiry_cuts_its_passages(session: Session, desk: Desk) -> None:
    with pytest.raises(NotFound):
        split_passage(
            session, desk.passages[0].id, SPLIT_AT, **{**desk.who(), "inquiry_id": desk.build.inquiry().id}
        )
    with pytest.raises(Refused, match="named member"):
        join_with_next(session, desk.passages[0].id, inquiry_id=desk.inquiry.id, actor=SYSTEM, at=NOON)


def test_places_are_offered_where_sentences_and_lines_begin_and_numbers_stay() -> None:
    text = "2.3 We ask. Now! 4. Then:\n(a) a bus\n(b) “a hall.” And so on"
    places = [text[place:] for place in places_to_split(text, Bounds(0, len(text)))]
    assert [words.partition(" ")[0] for words in places] == ["Now!", "4.", "(a)", "(b)", "And"]
    many = "So. " * 500
    assert len(places_to_split(many, Bounds(0, len(many)))) == MOST_PLACES


@pytest.mark.parametrize("text", [" " * 200_000 + "a", "\n " * 100_000, ".” " * 60_000, "." * 200_000])
def test_places_are_found_in_bounded_time(text: str) -> None:
    start = time.process_time()
    places_to_split(text, Bounds(0, len(text)))
    assert time.process_time() - start < 5


@given(st.text(alphabet="ab. \n\u0301👩\u200d", max_size=40), st.integers(0, 40))
def test_two_parts_hold_every_word_of_the_whole(text: str, place: int) -> None:
    try:
        first, second = parted(text, Bounds(0, len(text)), place)
    except Refused:
        return
    assert first.end <= place <= second.start
    assert (text[: first.start] + text[first.end : second.start] + text[second.end :]).strip() == ""


@pytest.mark.parametrize(
    ("words", "said"), [("", "Choose where"), ("a tram", "not in the passage"), ("a", "times")]
)
def test_words_that_name_no_one_place_are_refused(words: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        place_of_words("a bus or a car", Bounds(0, 14), words)
    assert place_of_words("a bus or\na car", Bounds(0, 14), "or a  car") == 6


@pytest.fixture
def ann(desk: Desk, client_of: Callable[[User], PageClient]) -> PageClient:
    return client_of(desk.ann)


def screen(desk: Desk) -> str:
    return f"/inquiries/{desk.inquiry.slug}/coding/{desk.submission.reference}"


def address(desk: Desk, passage: int = 0) -> str:
    old = desk.passages[passage]
    return f"{screen(desk)}/cut?block=t{old.source_text_id}-{old.start}"


def test_a_passage_is_split_from_the_coding_screen(session: Session, desk: Desk, ann: PageClient) -> None:
    page = ann.get(screen(desk))
    assert page.link("Split or join x") == address(desk)
    page = ann.get(address(desk))
    assert page.h1 == "Cut this passage anew"
    page = ann.submit(page, {"place": "other", "words": "and we wait"}, button="Split the passage")
    assert "Split in two" in page.text
    session.rollback()
    assert lying(session, desk)[:2] == ["The town hall decides 🏛️", "and we wait."]


def test_a_passage_is_joined_with_the_next_by_a_form(session: Session, desk: Desk, ann: PageClient) -> None:
    page = ann.submit(ann.get(address(desk, 1)), button="Join the two passages")
    assert "Joined with the next passage" in page.text
    session.rollback()
    assert lying(session, desk)[1] == "Nobody asks us.\n\nWe want a say over the park."
    assert "2–3" in page.text


def test_what_was_typed_is_kept_where_there_is_a_problem_with_it(desk: Desk, ann: PageClient) -> None:
    page = ann.submit(
        ann.get(address(desk)), {"place": "other", "words": "a tram"}, button="Split the passage", status=422
    )
    assert page.title.startswith("Error: ")
    assert "These words are not in the passage" in page.text
    assert page.typed("words") == "a tram"


def test_a_page_that_is_out_of_date_changes_nothing(session: Session, desk: Desk, ann: PageClient) -> None:
    page = ann.get(address(desk))
    split(desk)
    page = ann.submit(page, button="Join the two passages", status=422)
    assert "cut anew meanwhile" in page.text
    session.rollback()
    assert len(lying(session, desk)) == 4


def test_the_last_passage_says_so(desk: Desk, ann: PageClient) -> None:
    page = ann.get(address(desk, 2))
    assert "It is the last passage of its text." in page.text
    assert [words_of(b) for b in page.all("button") if "Join" in words_of(b)] == []


def test_a_chair_reads_but_does_not_cut(desk: Desk, client_of: Callable[[User], PageClient]) -> None:
    chair = client_of(desk.build.member(desk.inquiry, Role.CHAIR))
    desk.session.commit()
    assert chair.http.get(address(desk)).status_code == 403


def test_a_passage_in_another_language_than_its_text_is_marked(
    session: Session, desk: Desk, ann: PageClient
) -> None:
    text = session.get_one(SourceText, desk.passages[0].source_text_id)
    assert text.language == "en"
    for passage, language in zip(desk.passages, ("cy", "en", None), strict=True):
        session.get_one(Passage, passage.id).language = language
    session.commit()
    page = ann.get(screen(desk))
    marked = [e for e in page.all("div") if e.get("lang") == "cy"]
    assert [words_of(each) for each in marked] == [" ".join(desk.passages[0].quote.split())]
    assert [words_of(e) for e in page.all("span", class_="app-passage__language")] == ["Welsh"]
    split(desk)
    assert {
        p.language
        for p in session.scalars(select(Passage).where(in_cut(), Passage.end <= desk.passages[0].end))
    } == {"cy"}
    db.session.rollback()
