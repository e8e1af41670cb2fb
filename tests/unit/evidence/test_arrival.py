"""What is noticed when evidence arrives, and the history that each move leaves."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.calls.models import Call, Inquiry
from consult.evidence.models import Submission
from consult.evidence.models_desk import EventSession, Mark, Provenance, StateMove
from consult.evidence.rules import Channel, PublicationChoice, SubmissionState
from consult.evidence.rules_desk import (
    MOVES,
    MarkKind,
    came_late,
    may_move,
    moves_from,
    needs_reason,
    words_sha256,
)
from consult.evidence.service import (
    GivenAnswer,
    GivenEvidence,
    GivenMark,
    GivenProvenance,
    change_state,
    move_all,
    receive_many,
)
from consult.foundation.errors import BadInput, NotFound
from consult.foundation.security import RESPONDENT, SYSTEM, Actor
from tests.builders import NOON, Builder

LETTER = "The library must stay open on Saturdays, because nobody here can come on any other day."


@pytest.fixture
def call(build: Builder) -> Call:
    return build.call(build.inquiry())


def moves(session: Session, submission: Submission) -> list[StateMove]:
    wanted = select(StateMove).where(StateMove.submission_id == submission.id).order_by(StateMove.id)
    return list(session.scalars(wanted))


def given(call: Call, question_id: int, text: str, **changes: object) -> GivenEvidence:
    values = {"name": "", "organisation": "", "email": "", "respondent_type_id": None, "place_id": None}
    values |= {"publication": PublicationChoice.WITH_NAME, "language": "en", "title": ""}
    answers = (GivenAnswer(question_id, text),)
    return GivenEvidence(
        call_id=call.id, answers=answers, **{**values, "channel": Channel.IMPORTED, **changes}
    )  # type: ignore[arg-type]  # values of several types


@pytest.mark.parametrize(
    "again", [LETTER, LETTER.upper(), f"  {LETTER.replace(' ', chr(10))}!", LETTER.replace(",", " –")]
)
def test_the_same_words_again_arrive_as_a_possible_duplicate_of_the_first(
    session: Session, build: Builder, call: Call, again: str
) -> None:
    first, second = build.submission(call, LETTER), build.submission(call, again)
    assert (first.state, second.state) == (SubmissionState.NEW, SubmissionState.POSSIBLE_DUPLICATE)
    (move,) = moves(session, second)
    assert (move.from_state, move.like_id, move.actor_kind) == ("new", first.id, "system")
    assert "same words" in move.why


def test_short_answers_and_other_inquiries_make_no_duplicate(
    session: Session, build: Builder, call: Call
) -> None:
    elsewhere = build.call(build.inquiry(reference_prefix="OTH"))
    sent = [build.submission(call, "I agree with all of this."), build.submission(elsewhere, LETTER)]
    sent += [build.submission(call, "I agree with all of this."), build.submission(call, LETTER)]
    assert {each.state for each in sent} == {SubmissionState.NEW}


def test_a_second_submission_from_one_address_on_one_call_is_marked(
    session: Session, build: Builder, call: Call
) -> None:
    first = build.submission(call, "One.", email="Ann@example.org")
    second = build.submission(call, "Two.", email="ann@example.org ")
    inquiry = session.get_one(Inquiry, call.inquiry_id)
    elsewhere = build.submission(build.call(inquiry), "Three.", email="ann@example.org")
    assert second.state is SubmissionState.POSSIBLE_DUPLICATE
    assert moves(session, second)[0].like_id == first.id
    assert (first.state, elsewhere.state) == (SubmissionState.NEW, SubmissionState.NEW)


def test_what_was_withdrawn_is_nobodys_original(session: Session, build: Builder, call: Call) -> None:
    build.submission(call, LETTER, email="ann@example.org").state = SubmissionState.WITHDRAWN
    session.flush()
    assert build.submission(call, LETTER, email="ann@example.org").state is SubmissionState.NEW


def test_copies_within_one_batch_are_found_too(session: Session, build: Builder, call: Call) -> None:
    question = build.question(call)
    batch = [given(call, question.id, text) for text in (LETTER, "Other.", LETTER, LETTER)]
    receive_many(session, batch, inquiry_id=call.inquiry_id, actor=SYSTEM, at=NOON)
    sent = list(session.scalars(select(Submission).order_by(Submission.id)))
    assert [each.state.value for each in sent] == ["new", "new", "possible_duplicate", "possible_duplicate"]
    assert [moves(session, each)[0].like_id for each in sent[2:]] == [sent[0].id, sent[0].id]


def test_marks_and_how_it_came_are_kept(session: Session, build: Builder, call: Call) -> None:
    meeting = build.add(
        EventSession(inquiry_id=call.inquiry_id, name="Town hall", held_on=date(2026, 6, 1), venue="Hall")
    )
    came = GivenProvenance(date(2026, 6, 2), meeting.id, "She said so.", "Box 3.")
    sent = build.submission(
        call,
        "Words.",
        channel=Channel.EVENT,
        provenance=came,
        marks=(GivenMark(MarkKind.LATE, "By a day."),),
    )
    kept = session.get_one(Provenance, sent.id)
    assert (kept.received_on, kept.event_session_id) == (date(2026, 6, 2), meeting.id)
    assert (kept.choice_known, kept.note) == ("She said so.", "Box 3.")
    marks = session.scalars(select(Mark).where(Mark.submission_id == sent.id))
    assert {mark.kind: mark.note for mark in marks} == {MarkKind.LATE: "By a day."}
    assert sent.state is SubmissionState.NEW


def test_what_came_after_the_day_of_closing_needs_a_reason_and_is_marked(
    session: Session, build: Builder
) -> None:
    call = build.call(build.inquiry(), closes_at=NOON)
    the_day, day_after = NOON.date(), NOON.date() + timedelta(days=1)
    sent = build.submission(call, "In time.", channel=Channel.PAPER, provenance=GivenProvenance(the_day))
    assert session.get(Mark, (sent.id, MarkKind.LATE)) is None
    with pytest.raises(BadInput, match="after the call had closed"):
        build.submission(call, "Late.", channel=Channel.PAPER, provenance=GivenProvenance(day_after))
    excused = GivenProvenance(day_after, why_late="The post was on strike.")
    late = build.submission(call, "Late.", channel=Channel.PAPER, provenance=excused)
    assert session.get_one(Mark, (late.id, MarkKind.LATE)).note == "The post was on strike."
    change_state(
        session, late.reference, SubmissionState.ACCEPTED, inquiry_id=call.inquiry_id, actor=SYSTEM, at=NOON
    )
    assert late.state is SubmissionState.ACCEPTED


def test_late_evidence_is_accepted_only_with_a_reason(session: Session, build: Builder, call: Call) -> None:
    sent = build.submission(call, "Late.", marks=(GivenMark(MarkKind.LATE),))

    def accept(why: str) -> None:
        change_state(
            session,
            sent.reference,
            SubmissionState.ACCEPTED,
            why=why,
            inquiry_id=call.inquiry_id,
            actor=SYSTEM,
            at=NOON,
        )

    with pytest.raises(BadInput, match="It came late"):
        accept(" ")
    accept("The chair agreed.")
    assert sent.state is SubmissionState.ACCEPTED


def test_a_session_of_another_inquiry_is_not_found(session: Session, build: Builder, call: Call) -> None:
    elsewhere = build.add(
        EventSession(inquiry_id=build.inquiry().id, name="Elsewhere", held_on=date(2026, 6, 1))
    )
    with pytest.raises(NotFound):
        build.submission(call, "Words.", provenance=GivenProvenance(NOON.date(), elsewhere.id))


def test_a_move_leaves_who_when_and_why(session: Session, build: Builder, call: Call) -> None:
    sent = build.submission(call, "Words.")
    actor = Actor.member(build.user().id)
    for state, why in ((SubmissionState.NEEDS_REDACTION, ""), (SubmissionState.OUT_OF_SCOPE, "Spam.")):
        change_state(
            session, sent.reference, state, why=why, inquiry_id=call.inquiry_id, actor=actor, at=NOON
        )
    history = [(m.from_state.value, m.to_state.value, m.why, m.user_id) for m in moves(session, sent)]
    assert history == [
        ("new", "needs_redaction", "", actor.user_id),
        ("needs_redaction", "out_of_scope", "Spam.", actor.user_id),
    ]


@pytest.mark.parametrize(
    ("before", "move", "message"),
    [
        ("withdrawn", ("accepted", ""), "Say why it is moved"),
        ("withdrawn", ("campaign", "x"), "does not go straight"),
        ("accepted", ("needs_redaction", ""), "Say why it is moved"),
        ("new", ("withdrawn", ""), "Say who withdrew it"),
        ("new", ("out_of_scope", ""), "Say why it is out of scope"),
        ("accepted", ("new", "x"), "not new again"),
    ],
)
def test_moves_that_there_are_not_or_that_lack_their_reason_are_refused(
    build: Builder, call: Call, before: str, move: tuple[str, str], message: str
) -> None:
    sent = build.submission(call, "Words.")
    after, why = move
    sent.state = SubmissionState(before)
    session = build.session
    session.flush()
    with pytest.raises(BadInput, match=message):
        change_state(
            session,
            sent.reference,
            SubmissionState(after),
            why=why,
            inquiry_id=call.inquiry_id,
            actor=RESPONDENT,
            at=NOON,
        )


def test_the_table_of_moves_knows_every_state_and_lets_nothing_become_new() -> None:
    assert set(MOVES) == set(SubmissionState)
    assert not any(SubmissionState.NEW in moves for moves in MOVES.values())
    for state in SubmissionState:
        assert all(may_move(state, to) for to in moves_from(state))
        assert not may_move(state, state)
    assert needs_reason(SubmissionState.NEW, SubmissionState.ACCEPTED, unexplained_late=True)
    assert not needs_reason(SubmissionState.NEW, SubmissionState.ACCEPTED)


def test_a_set_moves_in_two_statements_and_what_stands_there_already_is_left_alone(
    session: Session, build: Builder, call: Call
) -> None:
    sent = [build.submission(call, "Words.") for _ in range(3)]
    sent[2].state = SubmissionState.ACCEPTED
    session.flush()
    everything = Submission.inquiry_id == call.inquiry_id
    moved = move_all(session, everything, SubmissionState.ACCEPTED, why="All read.", actor=SYSTEM, at=NOON)
    assert moved == 2
    assert {each.state for each in sent} == {SubmissionState.ACCEPTED}
    assert [len(moves(session, each)) for each in sent] == [1, 1, 0]


def test_late_means_a_later_day_on_londons_calendar() -> None:
    closes = NOON.replace(month=7, day=1, hour=23, minute=30)  # half past midnight in London, 2 July
    assert not came_late(date(2026, 7, 2), closes)
    assert came_late(date(2026, 7, 3), closes)


def test_too_few_words_are_not_compared() -> None:
    assert words_sha256(["one two three"]) is None
    assert words_sha256([LETTER]) == words_sha256([LETTER.replace(" ", "  ")])
    assert words_sha256([LETTER]) != words_sha256([LETTER + " Please."])
