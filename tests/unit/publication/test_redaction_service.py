"""Decisions at the redaction desk: what stands, what is withheld, what can be taken back."""

import pytest
from sqlalchemy import func, select

from consult.evidence.rules import PublicationChoice, SubmissionState
from consult.foundation.audit import AuditEvent
from consult.foundation.errors import BadInput, NotFound, Refused
from consult.foundation.security import SYSTEM
from consult.publication import queries, service
from consult.publication.models import Redaction, RedactionDecision, RedactionProposal
from consult.publication.rules import Clearance, Ground, Verdict, redacted
from consult.publication.service import About
from tests.builders import NOON
from tests.unit.publication.conftest import WORDS, Desk


def outside(desk: Desk, submission: object, clearance: Clearance = Clearance.PUBLIC) -> str:
    """Return the first text as readers of a clearance have it."""
    text = desk.texts(submission)[0]  # type: ignore[arg-type]  # a submission
    return redacted(text.body, queries.withheld_spans(desk.session, [text.id], clearance).get(text.id, ()))


def test_what_nobody_has_decided_is_withheld_from_readers_outside_and_from_no_other(desk: Desk) -> None:
    sent = desk.send(marked="They threatened me.")
    desk.propose(sent, "Mrs Jones")
    for clearance in (Clearance.PUBLIC, Clearance.RESEARCH):
        assert "My neighbour [Name of another person removed] 🏛️" in outside(desk, sent, clearance)
        assert outside(desk, sent, clearance).endswith("[Confidential passage removed]")
    assert outside(desk, sent, Clearance.COMPLETE) == WORDS


def test_accepting_a_proposal_makes_a_redaction_and_rejecting_shows_the_words(desk: Desk) -> None:
    sent = desk.send()
    name, number = desk.propose(sent, "Mrs Jones"), desk.propose(sent, "07700 900123", Ground.TELEPHONE)
    desk.withhold(sent, "Mrs Jones", About(proposal_id=name), Ground.NAME)
    desk.release(About(proposal_id=number))
    assert "neighbour [Name removed] 🏛️" in outside(desk, sent)
    assert "07700 900123" in outside(desk, sent)
    assert queries.open_count(desk.session, sent.id) == 0


def test_a_clerk_withholds_words_of_their_own_choice_without_the_white_space_around_them(desk: Desk) -> None:
    sent = desk.send()
    desk.withhold(sent, " the bus. ", ground=Ground.LEGAL)
    assert "The council cut [Removed for a legal reason] Ring" in outside(desk, sent)
    assert desk.texts(sent)[0].body == WORDS


def test_changing_bounds_or_ground_undoes_the_earlier_decision_and_keeps_its_row(desk: Desk) -> None:
    sent = desk.send()
    proposal = desk.propose(sent, "Mrs Jones")
    first = desk.withhold(sent, "Mrs Jones", About(proposal_id=proposal))
    desk.withhold(sent, "neighbour Mrs Jones", About(redaction_id=first.redaction_id), Ground.THIRD_PARTY)
    assert "My [Name of another person removed] 🏛️" in outside(desk, sent)
    (item,) = queries.items_of(desk.session, sent.id)
    assert (item.proposal_id, item.ground, item.verdict) == (proposal, Ground.THIRD_PARTY, Verdict.WITHHOLD)
    assert desk.session.scalar(select(func.count()).select_from(Redaction)) == 2


def test_taking_a_decision_back_withholds_what_was_proposed_until_it_is_decided_anew(desk: Desk) -> None:
    sent = desk.send()
    released = desk.release(About(proposal_id=desk.propose(sent, "Mrs Jones")))
    service.undo(desk.session, released.id, **desk.who(desk.second))
    assert "Mrs Jones" not in outside(desk, sent)
    assert queries.open_count(desk.session, sent.id) == 1
    with pytest.raises(Refused, match="taken back already"):
        service.undo(desk.session, released.id, **desk.who())


def test_a_withdrawn_redaction_of_ones_own_shows_the_words_again_and_stays_on_record(desk: Desk) -> None:
    sent = desk.send()
    made = desk.withhold(sent, "the bus")
    service.undo(desk.session, made.id, why="Not personal.", **desk.who())
    assert outside(desk, sent) == WORDS
    assert [row.verdict for row in queries.log_of(desk.session, sent.id)] == [Verdict.UNDO, Verdict.WITHHOLD]


def test_words_in_confidence_are_released_only_with_a_reason(desk: Desk) -> None:
    sent = desk.send(marked="They threatened me.")
    about = About(confidence_id=desk.mark_of(sent))
    with pytest.raises(BadInput, match="Say why"):
        desk.release(about)
    desk.release(about, why="Its writer agreed on the telephone.")
    assert outside(desk, sent) == WORDS


def test_words_in_confidence_can_be_withheld_for_good_or_in_part(desk: Desk) -> None:
    sent = desk.send(marked="They threatened me.")
    desk.withhold(sent, "threatened", About(confidence_id=desk.mark_of(sent)), Ground.CONFIDENTIAL)
    assert outside(desk, sent).endswith("They [Confidential passage removed] me.")


def test_one_act_sent_twice_is_one_decision(desk: Desk) -> None:
    sent = desk.send()
    proposal = desk.propose(sent, "Mrs Jones")
    again = [desk.release(About(proposal_id=proposal), act_key="k").id for _ in range(2)]
    again.append(desk.withhold(sent, "the bus", act_key="k").id)
    assert len(set(again)) == 1


def test_decisions_keep_to_their_inquiry_and_to_their_text(desk: Desk) -> None:
    sent, other = desk.send(), desk.send("Another text.")
    proposal = desk.propose(sent, "Mrs Jones")
    elsewhere = desk.build.inquiry()
    text_id, bounds = desk.bounds(other, "Another")
    words = service.Words(text_id, bounds, Ground.NAME)
    with pytest.raises(NotFound):
        service.withhold(desk.session, words, about=About(proposal_id=proposal), **desk.who())
    with pytest.raises(NotFound):
        service.withhold(desk.session, words, **{**desk.who(), "inquiry_id": elsewhere.id})
    with pytest.raises(NotFound):
        service.release(desk.session, About(proposal_id=999_999), **desk.who())
    with pytest.raises(Refused, match="named member"):
        service.withhold(desk.session, words, **{**desk.who(), "actor": SYSTEM})


def test_the_log_of_acts_repeats_no_word_of_the_evidence(desk: Desk) -> None:
    sent = desk.send(marked="They threatened me.")
    desk.withhold(sent, "Mrs Jones")
    desk.release(About(confidence_id=desk.mark_of(sent)), why="Agreed.")
    events = desk.session.scalars(select(AuditEvent).where(AuditEvent.inquiry_id == desk.inquiry.id))
    said = " ".join(f"{event.verb} {event.why} {event.detail}" for event in events)
    assert "Jones" not in said
    assert "threatened" not in said


def test_what_was_proposed_before_is_not_proposed_again(desk: Desk) -> None:
    sent = desk.send()
    desk.release(About(proposal_id=desk.propose(sent, "Mrs Jones")))
    desk.propose(sent, "Mrs Jones", Ground.NAME)
    assert desk.session.scalar(select(func.count()).select_from(RedactionProposal)) == 1
    assert queries.open_count(desk.session, sent.id) == 0


def test_the_queue_lists_what_may_be_published_with_what_is_left_first(desk: Desk) -> None:
    done, left, kept = desk.send(), desk.send(), desk.send(publication=PublicationChoice.NOT_PUBLISHED)
    desk.send("Nothing to decide.")
    for sent in (done, left, left, kept):
        desk.propose(sent, "07700 900123" if queries.open_count(desk.session, sent.id) else "Mrs Jones")
    desk.release(About(proposal_id=desk.session.scalars(select(RedactionProposal.id)).first()))
    rows = queries.queue(desk.session, desk.inquiry.id)
    assert [(row.reference, row.decided, row.asked) for row in rows] == [
        (left.reference, 0, 2),
        (done.reference, 1, 1),
    ]


def test_finishing_accepts_what_waited_for_redaction_once_all_is_decided(desk: Desk) -> None:
    sent = desk.send(state=SubmissionState.NEEDS_REDACTION)
    proposal = desk.propose(sent, "Mrs Jones")
    with pytest.raises(Refused, match="1 is still undecided"):
        service.finish(desk.session, sent.reference, **desk.who())
    desk.release(About(proposal_id=proposal))
    assert service.finish(desk.session, sent.reference, **desk.who()).state is SubmissionState.ACCEPTED
    campaign = desk.send("Short.", state=SubmissionState.CAMPAIGN)
    assert service.finish(desk.session, campaign.reference, **desk.who()).state is SubmissionState.CAMPAIGN


def test_decisions_are_made_at_a_time_by_a_person(desk: Desk) -> None:
    made = desk.withhold(desk.send(), "the bus")
    kept = desk.session.get_one(RedactionDecision, made.id)
    assert (kept.user_id, kept.at) == (desk.clerk.id, NOON)
