"""Passages: spans with their quote, cut in bulk or selected by a person."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.calls.models import Call
from consult.evidence.models import Passage, SourceText, Submission
from consult.evidence.queries import passages_of, submission_by_reference, texts_to_cut
from consult.evidence.rules import Bounds, PassageKind
from consult.evidence.service import CutText, passage_for, store_passages
from consult.foundation.errors import NotFound, Refused
from tests.builders import NOON, Builder

TEXT = "First \U0001f600 one.\n\nSecond one, longer.\n\nThird."


@pytest.fixture
def call(build: Builder) -> Call:
    return build.call(build.inquiry())


@pytest.fixture
def submission(build: Builder, call: Call) -> Submission:
    return build.submission(call, TEXT)


def text_id(session: Session, submission: Submission) -> int:
    return session.scalars(select(SourceText.id).where(SourceText.submission_id == submission.id)).one()


def bounds_of(words: str) -> Bounds:
    return Bounds(TEXT.index(words), TEXT.index(words) + len(words))


def test_cut_passages_quote_their_text_and_know_their_paragraph(
    session: Session, submission: Submission
) -> None:
    bounds = tuple(bounds_of(words) for words in ("First \U0001f600 one.", "Second one", "Third."))
    assert store_passages(session, [CutText(text_id(session, submission), bounds)], at=NOON) == 3
    read = submission_by_reference(session, submission.inquiry_id, submission.reference)
    assert [(p.quote, p.paragraph, p.kind) for p in read.passages] == [
        ("First \U0001f600 one.", 1, PassageKind.CUT),
        ("Second one", 2, PassageKind.CUT),
        ("Third.", 3, PassageKind.CUT),
    ]


def test_paragraph_numbers_go_on_from_earlier_texts(session: Session, build: Builder, call: Call) -> None:
    submission = build.submission(call, "One.\n\nTwo.", "Three.")
    last = session.scalars(select(SourceText).where(SourceText.position == 2)).one()
    store_passages(session, [CutText(last.id, (Bounds(0, 6),))], at=NOON)
    assert [p.paragraph for p in passages_of(session, submission.id)] == [3]


def test_cutting_again_changes_nothing(session: Session, submission: Submission) -> None:
    cut = [CutText(text_id(session, submission), (bounds_of("Second one"), bounds_of("Third.")))]
    assert store_passages(session, cut, at=NOON) == 2
    assert store_passages(session, cut, at=NOON) == 0
    assert len(passages_of(session, submission.id)) == 2


def test_text_without_bounds_becomes_one_passage_and_is_not_cut_again(
    session: Session, submission: Submission
) -> None:
    assert store_passages(session, [CutText(text_id(session, submission), ())], at=NOON) == 1
    assert [p.quote for p in passages_of(session, submission.id)] == [TEXT]
    assert texts_to_cut(session, submission.inquiry_id, 10) == []


def test_many_passages_are_stored_at_once(session: Session, submission: Submission) -> None:
    bounds = tuple(Bounds(start, end) for start in range(5) for end in range(start + 1, 40))
    assert store_passages(session, [CutText(text_id(session, submission), bounds)], at=NOON) == len(bounds)


def test_texts_to_cut_are_those_of_the_inquiry_without_cut_passages(
    session: Session, build: Builder, call: Call, submission: Submission
) -> None:
    build.submission(build.call(build.inquiry()), "Elsewhere.")
    later = build.submission(call, "Later.")
    waiting = texts_to_cut(session, call.inquiry_id, 10)
    assert [(text.submission_id, text.body, text.language) for text in waiting] == [
        (submission.id, TEXT, "en"),
        (later.id, "Later.", "en"),
    ]
    assert len(texts_to_cut(session, call.inquiry_id, 1)) == 1
    store_passages(session, [CutText(waiting[0].source_text_id, (Bounds(0, 5),))], at=NOON)
    assert [text.body for text in texts_to_cut(session, call.inquiry_id, 10)] == ["Later."]


def test_selecting_words_makes_one_passage_however_often(session: Session, submission: Submission) -> None:
    chosen = text_id(session, submission)
    first = passage_for(session, chosen, bounds_of("longer"), inquiry_id=submission.inquiry_id, at=NOON)
    again = passage_for(session, chosen, bounds_of("longer"), inquiry_id=submission.inquiry_id, at=NOON)
    assert first.id == again.id
    assert (first.quote, first.paragraph, first.kind) == ("longer", 2, PassageKind.SELECTED)


def test_selecting_a_cut_passage_finds_it(session: Session, submission: Submission) -> None:
    chosen = text_id(session, submission)
    store_passages(session, [CutText(chosen, (bounds_of("Third."),))], at=NOON)
    found = passage_for(session, chosen, bounds_of("Third."), inquiry_id=submission.inquiry_id, at=NOON)
    assert found.kind is PassageKind.CUT


def test_white_space_at_the_ends_of_a_selection_is_left_out(session: Session, submission: Submission) -> None:
    start = TEXT.index("\n\nThird")
    passage = passage_for(
        session,
        text_id(session, submission),
        Bounds(start, len(TEXT)),
        inquiry_id=submission.inquiry_id,
        at=NOON,
    )
    assert (passage.quote, passage.paragraph) == ("Third.", 3)


def test_words_selected_before_the_cut_are_taken_over_by_it(session: Session, submission: Submission) -> None:
    chosen = text_id(session, submission)
    selected = passage_for(session, chosen, bounds_of("Third."), inquiry_id=submission.inquiry_id, at=NOON)
    store_passages(session, [CutText(chosen, (bounds_of("Third."),))], at=NOON)
    session.expire_all()
    assert session.get_one(Passage, selected.id).kind is PassageKind.CUT
    assert texts_to_cut(session, submission.inquiry_id, 10) == []


@pytest.mark.parametrize("bounds", [Bounds(0, 999), Bounds(-1, 3), Bounds(5, 5), Bounds(9, 3)])
def test_bounds_outside_the_text_are_refused(
    session: Session, submission: Submission, bounds: Bounds
) -> None:
    chosen = text_id(session, submission)
    with pytest.raises(Refused, match="does not lie inside"):
        passage_for(session, chosen, bounds, inquiry_id=submission.inquiry_id, at=NOON)
    with pytest.raises(Refused, match="does not lie inside"):
        store_passages(session, [CutText(chosen, (bounds,))], at=NOON)


def test_selection_of_white_space_is_refused(session: Session, submission: Submission) -> None:
    with pytest.raises(Refused, match="holds no words"):
        passage_for(
            session,
            text_id(session, submission),
            bounds_of("\n\n"),
            inquiry_id=submission.inquiry_id,
            at=NOON,
        )


def test_text_of_another_inquiry_is_not_found(
    session: Session, build: Builder, submission: Submission
) -> None:
    with pytest.raises(NotFound):
        passage_for(
            session, text_id(session, submission), Bounds(0, 5), inquiry_id=build.inquiry().id, at=NOON
        )
