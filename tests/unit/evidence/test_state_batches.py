"""One decision on many submissions: frozen preview, exactly that set, one step back."""

from collections.abc import Sequence

import pytest
from sqlalchemy import event, func, insert, select
from sqlalchemy.orm import Session

from consult.calls.models import Call
from consult.evidence.models import Respondent, Submission
from consult.evidence.models_desk import StateBatch, StateBatchRow, StateMove
from consult.evidence.queries.batches import batch_parts, recent_batches
from consult.evidence.queries.listing import Filters, matching
from consult.evidence.rules import Channel, PublicationChoice, SubmissionState
from consult.evidence.rules_desk import MarkKind
from consult.evidence.service import GivenMark, change_state
from consult.evidence.service.batches import Undone, apply_batch, draw_batch, undo_batch
from consult.foundation.audit import AuditEvent
from consult.foundation.errors import BadInput, NotFound, Refused
from consult.foundation.security import SYSTEM, Actor
from tests.builders import NOON, Builder

ACCEPTED, NEW, OUT = SubmissionState.ACCEPTED, SubmissionState.NEW, SubmissionState.OUT_OF_SCOPE


class Desk:
    """One clerk of one inquiry, with the verbs of batches."""

    def __init__(self, session: Session, build: Builder) -> None:
        self.session, self.build = session, build
        self.call: Call = build.call(build.inquiry())
        self.inquiry_id = self.call.inquiry_id
        self.actor = Actor.member(build.user().id)

    def send(self, count: int) -> list[Submission]:
        return [self.build.submission(self.call, "Words.") for _ in range(count)]

    def draw(self, submissions: Sequence[Submission], to: SubmissionState = ACCEPTED) -> StateBatch:
        ids = select(Submission.id).where(Submission.id.in_([each.id for each in submissions]))
        return draw_batch(self.session, ids, to, inquiry_id=self.inquiry_id, actor=self.actor, at=NOON)

    def apply(self, batch: StateBatch, why: str = "") -> int:
        return apply_batch(
            self.session, batch.id, why=why, inquiry_id=self.inquiry_id, actor=self.actor, at=NOON
        )

    def undo(self, batch: StateBatch) -> Undone:
        return undo_batch(self.session, batch.id, inquiry_id=self.inquiry_id, actor=self.actor, at=NOON)

    def move(self, submission: Submission, to: SubmissionState, why: str = "x") -> None:
        change_state(
            self.session,
            submission.reference,
            to,
            why=why,
            inquiry_id=self.inquiry_id,
            actor=self.actor,
            at=NOON,
        )

    def events(self, verb: str) -> list[AuditEvent]:
        return list(self.session.scalars(select(AuditEvent).where(AuditEvent.verb == verb)))


@pytest.fixture
def desk(session: Session, build: Builder) -> Desk:
    return Desk(session, build)


def test_a_preview_moves_nothing(desk: Desk) -> None:
    sent = desk.send(2)
    batch = desk.draw(sent)
    assert [each.state for each in sent] == [NEW, NEW]
    assert recent_batches(desk.session, desk.inquiry_id) == []
    (part,) = batch_parts(desk.session, batch.id, ACCEPTED)
    assert (part.state, part.count, part.goes, part.needs_reason) == (NEW, 2, True, False)


def test_a_batch_moves_exactly_what_was_drawn_with_one_event_and_a_row_of_history_each(desk: Desk) -> None:
    sent = desk.send(3)
    batch = desk.draw(sent[:2])
    desk.send(1)
    assert desk.apply(batch, "Read together.") == 2
    states = desk.session.scalars(select(Submission.state).order_by(Submission.id)).all()
    assert states == [ACCEPTED, ACCEPTED, NEW, NEW]
    (act,) = desk.events("move submissions")
    assert act.detail["references"] == [each.reference for each in sent[:2]]
    assert (act.why, act.user_id) == ("Read together.", desk.actor.user_id)
    moves = desk.session.scalars(select(StateMove).order_by(StateMove.id)).all()
    assert [(move.submission_id, move.batch_id, move.why) for move in moves] == [
        (each.id, batch.id, "Read together.") for each in sent[:2]
    ]


@pytest.mark.parametrize("back_again", [False, True])
def test_a_batch_is_refused_whole_when_one_of_its_submissions_moved_since(
    desk: Desk, *, back_again: bool
) -> None:
    sent = desk.send(3)
    for each in sent:
        desk.move(each, SubmissionState.NEEDS_REDACTION)
    batch = desk.draw(sent)
    desk.move(sent[1], OUT)
    if back_again:
        desk.move(sent[1], SubmissionState.NEEDS_REDACTION)
    with pytest.raises(Refused, match=f"{sent[1].reference} was moved since this preview"):
        desk.apply(batch)
    assert {each.state for each in sent[::2]} == {SubmissionState.NEEDS_REDACTION}


def test_a_batch_is_applied_once(desk: Desk) -> None:
    batch = desk.draw(desk.send(1))
    desk.apply(batch)
    with pytest.raises(Refused, match="already"):
        desk.apply(batch)


def test_what_may_not_go_there_stays(desk: Desk) -> None:
    sent = desk.send(2)
    desk.move(sent[1], SubmissionState.WITHDRAWN)
    batch = desk.draw(sent, SubmissionState.CAMPAIGN)
    parts = {part.state: part.goes for part in batch_parts(desk.session, batch.id, SubmissionState.CAMPAIGN)}
    assert parts == {NEW: True, SubmissionState.WITHDRAWN: False}
    assert desk.apply(batch) == 1
    assert [each.state for each in sent] == [SubmissionState.CAMPAIGN, SubmissionState.WITHDRAWN]


def test_a_batch_that_can_move_nothing_is_refused(desk: Desk) -> None:
    sent = desk.send(1)
    desk.move(sent[0], ACCEPTED)
    batch = desk.draw(sent)
    with pytest.raises(Refused, match="None of these"):
        desk.apply(batch)


def test_one_reason_serves_all_and_is_asked_for_where_one_needs_it(desk: Desk) -> None:
    sent = desk.send(1)
    late = desk.build.submission(desk.call, "Late.", marks=(GivenMark(MarkKind.LATE),))
    batch = desk.draw([*sent, late])
    with pytest.raises(BadInput, match="Say why"):
        desk.apply(batch, " ")
    assert desk.apply(batch, "The chair allowed them.") == 2


def test_nothing_chosen_is_no_batch(desk: Desk) -> None:
    with pytest.raises(BadInput, match="Tick at least one"):
        desk.draw([])


def test_the_machine_moves_no_batch(desk: Desk) -> None:
    desk.actor = SYSTEM
    with pytest.raises(Refused, match="named member"):
        desk.draw(desk.send(1))


def test_other_inquiries_are_out_of_reach(desk: Desk, session: Session, build: Builder) -> None:
    mine = desk.draw(desk.send(1))
    other = Desk(session, build)
    with pytest.raises(NotFound):
        other.apply(mine)
    with pytest.raises(BadInput):
        other.draw(list(session.scalars(select(Submission))))


def test_undoing_puts_each_back_where_it_stood_even_to_new(desk: Desk) -> None:
    sent = desk.send(2)
    desk.move(sent[1], SubmissionState.NEEDS_REDACTION)
    batch = desk.draw(sent, OUT)
    desk.apply(batch, "Spam.")
    assert desk.undo(batch) == Undone(2, ())
    assert [each.state for each in sent] == [NEW, SubmissionState.NEEDS_REDACTION]
    (act,) = desk.events("undo moving submissions")
    assert act.detail["references"] == [each.reference for each in sent]
    assert act.detail["undoes"] == batch.id


def test_undoing_leaves_what_moved_since_and_names_it(desk: Desk) -> None:
    sent = desk.send(3)
    batch = desk.draw(sent)
    desk.apply(batch)
    desk.move(sent[0], OUT)
    assert desk.undo(batch) == Undone(2, (sent[0].reference,))
    assert [each.state for each in sent] == [OUT, NEW, NEW]


def test_a_batch_is_undone_once_and_never_before_it_moved_anything(desk: Desk) -> None:
    batch = desk.draw(desk.send(1))
    with pytest.raises(Refused):
        desk.undo(batch)
    desk.apply(batch)
    desk.undo(batch)
    with pytest.raises(Refused):
        desk.undo(batch)
    undoing = desk.session.scalars(select(StateBatch).where(StateBatch.undoes_id == batch.id)).one()
    with pytest.raises(Refused):
        desk.undo(undoing)


def test_a_batch_of_which_all_moved_since_cannot_be_undone(desk: Desk) -> None:
    sent = desk.send(1)
    batch = desk.draw(sent)
    desk.apply(batch)
    desk.move(sent[0], OUT)
    with pytest.raises(Refused, match="nothing to undo"):
        desk.undo(batch)


def test_forgotten_previews_are_cleared_away_and_batches_are_kept(desk: Desk) -> None:
    old, kept = desk.draw(desk.send(1)), desk.draw(desk.send(1))
    desk.apply(kept)
    for batch in (old, kept):
        batch.drawn_at = NOON.replace(year=2025)
    old_id, kept_id = old.id, kept.id
    desk.session.flush()
    desk.draw(desk.send(1))
    remaining = set(desk.session.scalars(select(StateBatch.id)))
    assert old_id not in remaining
    assert kept_id in remaining


def test_five_thousand_submissions_move_in_a_handful_of_statements(desk: Desk) -> None:
    session = desk.session
    whose = desk.build.add(Respondent(inquiry_id=desk.inquiry_id))
    row = {"inquiry_id": desk.inquiry_id, "call_id": desk.call.id, "respondent_id": whose.id, "sent_at": NOON}
    row |= {"publication": PublicationChoice.WITH_NAME, "channel": Channel.IMPORTED, "state": NEW}
    session.execute(insert(Submission), [{**row, "reference": f"BIG{n:05d}"} for n in range(5_000)])
    chosen = matching(session, desk.inquiry_id, Filters(state=NEW))
    batch = draw_batch(session, chosen, OUT, inquiry_id=desk.inquiry_id, actor=desk.actor, at=NOON)
    assert session.scalar(select(func.count()).select_from(StateBatchRow)) == 5_000
    ran: list[str] = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda *args: ran.append(args[2]))
    assert desk.apply(batch, "All of one kind.") == 5_000
    assert len(ran) <= 15
    assert desk.undo(batch).count == 5_000
