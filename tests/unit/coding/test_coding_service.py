"""Runs, decisions and codings."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError

from consult.codebook.rules import CodeState
from consult.coding import service
from consult.coding.models import Coding, CodingWithdrawal, Decision, LatestRun, Suggestion
from consult.coding.queries import decided_pairs, held_passages, passages_to_propose_for
from consult.coding.rules import CodingOrigin, NewSuggestion, PassageRead, RunRecord, Verdict
from consult.evidence.models import Passage, SourceText
from consult.evidence.rules import Bounds, SubmissionState
from consult.foundation.audit import first_break
from consult.foundation.errors import BadInput, NotFound, Refused
from consult.foundation.security import SYSTEM, Actor
from tests.builders import NOON, Builder
from tests.unit.coding.conftest import WORDS, Desk

ACCEPT, REJECT, REPLACE, SKIP = Verdict.ACCEPT, Verdict.REJECT, Verdict.REPLACE, Verdict.SKIP


def counted(desk: Desk, model: Any) -> int:
    return desk.session.scalar(select(func.count()).select_from(model)) or 0


def test_accepting_makes_a_coding_that_names_its_decision(desk: Desk) -> None:
    (suggestion,) = desk.propose()
    decision = desk.decide(suggestion, ACCEPT)
    (coding,) = desk.standing()
    assert (coding.code_id, coding.passage_id) == (desk.codes[0].id, desk.passages[0].id)
    assert (coding.origin, coding.decision_id, coding.user_id) == (
        CodingOrigin.ACCEPTED,
        decision.id,
        desk.ann.id,
    )
    assert desk.verbs() == ["decide suggestion"]
    assert first_break(desk.session, desk.inquiry.id) is None


def test_replacing_makes_a_coding_with_the_other_code(desk: Desk) -> None:
    (suggestion,) = desk.propose()
    desk.decide(suggestion, REPLACE, replacement_id=desk.codes[2].id)
    (coding,) = desk.standing()
    assert (coding.code_id, coding.origin) == (desk.codes[2].id, CodingOrigin.REPLACED)


@pytest.mark.parametrize("verdict", [REJECT, SKIP])
def test_rejecting_and_skipping_make_no_coding(desk: Desk, verdict: Verdict) -> None:
    (suggestion,) = desk.propose()
    desk.decide(suggestion, verdict)
    assert desk.standing() == []
    assert counted(desk, Decision) == 1


def test_saying_the_same_again_is_the_same_act(desk: Desk) -> None:
    for passage, verdict in enumerate([ACCEPT, REJECT, SKIP]):
        (suggestion,) = desk.propose(passage)
        assert desk.decide(suggestion, verdict) is desk.decide(suggestion, verdict)
    assert len(desk.standing()) == 1
    assert counted(desk, Decision) == 3


def test_a_settled_suggestion_tells_who_and_when_and_changes_nothing(desk: Desk) -> None:
    (suggestion,) = desk.propose()
    desk.decide(suggestion, REJECT)
    for user, verdict in [(desk.bob, ACCEPT), (desk.bob, REJECT), (desk.ann, ACCEPT), (desk.bob, SKIP)]:
        with pytest.raises(service.AlreadyDecided, match="Ann Lee has already rejected") as told:
            desk.decide(suggestion, verdict, user)
        assert (told.value.verdict, told.value.at) == (REJECT, NOON)
    assert desk.standing() == []
    assert counted(desk, Decision) == 1


def test_a_skipped_suggestion_stays_open_to_everybody(desk: Desk) -> None:
    (suggestion,) = desk.propose()
    desk.decide(suggestion, SKIP)
    desk.decide(suggestion, ACCEPT, desk.bob)
    assert [coding.user_id for coding in desk.standing()] == [desk.bob.id]


def test_a_word_given_holds_for_the_same_proposal_of_a_later_run(desk: Desk) -> None:
    (first,) = desk.propose()
    desk.decide(first, REJECT)
    desk.run = desk.build.model_run(desk.inquiry)
    (again,) = desk.propose()
    assert again.id != first.id
    with pytest.raises(service.AlreadyDecided):
        desk.decide(again, ACCEPT, desk.bob)


def test_one_act_sent_twice_is_one_decision(desk: Desk) -> None:
    (suggestion,) = desk.propose()
    assert desk.decide(suggestion, ACCEPT, act_key="k") is desk.decide(suggestion, ACCEPT, act_key="k")


def test_an_act_of_a_page_since_overtaken_is_refused(desk: Desk) -> None:
    (suggestion,) = desk.propose()
    decision = desk.decide(suggestion, ACCEPT, act_key="k")
    with pytest.raises(Refused, match="out of date"):
        desk.decide(suggestion, ACCEPT, desk.bob, act_key="k")
    service.undo_decision(desk.session, decision.id, **desk.who())
    with pytest.raises(Refused, match="out of date"):
        desk.decide(suggestion, ACCEPT, act_key="k")


def test_undoing_withdraws_the_coding_it_made_and_opens_the_suggestion(desk: Desk) -> None:
    (suggestion,) = desk.propose()
    decision = desk.decide(suggestion, ACCEPT)
    undo = service.undo_decision(desk.session, decision.id, **desk.who())
    assert (undo.verdict, undo.undoes_id) == (Verdict.UNDO, decision.id)
    assert desk.standing() == []
    assert counted(desk, Coding) == 1
    assert service.undo_decision(desk.session, decision.id, **desk.who()) is undo
    desk.decide(suggestion, REJECT, desk.bob)


def test_only_the_one_who_decided_takes_it_back_and_only_once(desk: Desk, build: Builder) -> None:
    (suggestion,) = desk.propose()
    decision = desk.decide(suggestion, ACCEPT)
    with pytest.raises(Refused, match="Only the person"):
        service.undo_decision(desk.session, decision.id, **desk.who(desk.bob))
    undo = service.undo_decision(desk.session, decision.id, **desk.who())
    with pytest.raises(Refused, match="taken back already"):
        service.undo_decision(desk.session, undo.id, **desk.who())


def test_a_retired_code_can_be_rejected_but_not_applied(desk: Desk) -> None:
    first, second = desk.propose(0, 0, 1)
    desk.codes[0].state = CodeState.RETIRED
    with pytest.raises(Refused, match="“Power elsewhere” has been retired"):
        desk.decide(first, ACCEPT)
    with pytest.raises(Refused, match="retired"):
        desk.decide(second, REPLACE, replacement_id=desk.codes[0].id)
    with pytest.raises(Refused, match="retired"):
        apply(desk, Bounds(0, 8), 0)
    desk.decide(first, REJECT)
    assert desk.standing() == []


@pytest.mark.parametrize(
    ("verdict", "replacement"), [(REPLACE, None), (REPLACE, 0), (ACCEPT, 1), (Verdict.UNDO, None)]
)
def test_a_verdict_that_makes_no_sense_is_refused(
    desk: Desk, verdict: Verdict, replacement: int | None
) -> None:
    (suggestion,) = desk.propose()
    code_id = None if replacement is None else desk.codes[replacement].id
    with pytest.raises(BadInput):
        desk.decide(suggestion, verdict, replacement_id=code_id)
    assert counted(desk, Decision) == 0


def test_nothing_of_another_inquiry_can_be_touched(desk: Desk, build: Builder) -> None:
    (suggestion,) = desk.propose()
    decision = desk.decide(suggestion, ACCEPT)
    (coding,) = desk.standing()
    elsewhere = {**desk.who(), "inquiry_id": build.inquiry().id}
    with pytest.raises(NotFound):
        service.decide_suggestion(desk.session, suggestion.id, ACCEPT, **elsewhere)
    with pytest.raises(NotFound):
        service.undo_decision(desk.session, decision.id, **elsewhere)
    with pytest.raises(NotFound):
        service.withdraw_coding(desk.session, coding.id, **elsewhere)
    text = desk.passages[0].source_text_id
    with pytest.raises(NotFound):
        service.apply_code(desk.session, text, Bounds(0, 3), desk.codes[0].id, **elsewhere)


def test_a_code_of_another_inquiry_cannot_be_applied(desk: Desk, build: Builder) -> None:
    (suggestion,) = desk.propose()
    foreign = build.code(build.codebook(build.inquiry()))
    with pytest.raises(NotFound):
        desk.decide(suggestion, REPLACE, replacement_id=foreign.id)


def test_the_machine_cannot_decide(desk: Desk) -> None:
    (suggestion,) = desk.propose()
    with pytest.raises(Refused, match="named member"):
        service.decide_suggestion(
            desk.session, suggestion.id, ACCEPT, inquiry_id=desk.inquiry.id, actor=SYSTEM, at=NOON
        )


def apply(desk: Desk, bounds: Bounds, code: int = 0, **more: Any) -> Coding:
    text = desk.passages[0].source_text_id
    return service.apply_code(desk.session, text, bounds, desk.codes[code].id, **{**desk.who(), **more})


def test_applying_a_code_to_any_words_quotes_them_exactly(desk: Desk) -> None:
    start = WORDS.index("🏛️")
    coding = apply(desk, Bounds(start, start + 6))
    passage = desk.session.get_one(Passage, coding.passage_id)
    assert passage.quote == WORDS[start : start + 6].strip()
    assert (coding.origin, coding.decision_id) == (CodingOrigin.OWN, None)
    assert desk.verbs() == ["apply code"]


def test_applying_to_the_bounds_of_a_cut_passage_uses_that_passage(desk: Desk) -> None:
    passage = desk.passages[1]
    assert apply(desk, Bounds(passage.start, passage.end)).passage_id == passage.id


def test_applying_twice_is_once_but_each_person_has_a_coding_of_their_own(desk: Desk) -> None:
    passage = desk.passages[1]
    bounds = Bounds(passage.start, passage.end)
    assert apply(desk, bounds) is apply(desk, bounds)
    assert apply(desk, bounds, act_key="a") is apply(desk, bounds)
    apply(desk, bounds, actor=Actor.member(desk.bob.id))
    assert [coding.user_id for coding in desk.standing()] == [desk.ann.id, desk.bob.id]


@pytest.mark.parametrize("bounds", [Bounds(0, 10_000), Bounds(-1, 4), Bounds(5, 5), Bounds(37, 39)])
def test_bounds_outside_the_text_or_around_nothing_are_refused(desk: Desk, bounds: Bounds) -> None:
    with pytest.raises(Refused):
        apply(desk, bounds)
    assert desk.standing() == []


def test_accepting_what_one_has_already_coded_links_without_doubling(desk: Desk) -> None:
    (suggestion,) = desk.propose()
    passage = desk.passages[0]
    own = apply(desk, Bounds(passage.start, passage.end))
    decision = desk.decide(suggestion, ACCEPT)
    assert desk.standing() == [own]
    service.undo_decision(desk.session, decision.id, **desk.who())
    assert desk.standing() == [own]


def test_withdrawing_keeps_the_coding_and_names_who_withdrew(desk: Desk) -> None:
    coding = apply(desk, Bounds(0, 8))
    withdrawal = service.withdraw_coding(desk.session, coding.id, **desk.who(desk.bob))
    assert service.withdraw_coding(desk.session, coding.id, **desk.who()) is withdrawal
    assert withdrawal.user_id == desk.bob.id
    assert desk.standing() == []
    assert desk.verbs() == ["apply code", "withdraw coding"]


def test_after_a_withdrawal_the_code_can_be_applied_again(desk: Desk) -> None:
    first = apply(desk, Bounds(0, 8), act_key="k")
    service.withdraw_coding(desk.session, first.id, **desk.who())
    assert apply(desk, Bounds(0, 8), act_key="l") is not first
    with pytest.raises(Refused, match="out of date"):
        apply(desk, Bounds(0, 8), act_key="k")


def test_undoing_after_the_coding_was_withdrawn_withdraws_it_once(desk: Desk) -> None:
    (suggestion,) = desk.propose()
    decision = desk.decide(suggestion, ACCEPT)
    (coding,) = desk.standing()
    service.withdraw_coding(desk.session, coding.id, **desk.who())
    service.undo_decision(desk.session, decision.id, **desk.who())
    assert counted(desk, CodingWithdrawal) == 1


@pytest.mark.parametrize("column", ["score", "rank"])
def test_a_suggestion_cannot_be_changed(desk: Desk, column: str) -> None:
    (suggestion,) = desk.propose()
    setattr(suggestion, column, 1)
    suggestion.rank = 3
    with pytest.raises(DatabaseError, match="append-only"):
        desk.session.flush()


def test_recording_a_run_twice_changes_nothing_and_abstaining_is_recorded(desk: Desk) -> None:
    record = RunRecord(desk.run.codebook_version_id, "m", "2", {"seed": 1}, "0" * 64, 1, 12)
    run = service.start_run(desk.session, record, inquiry_id=desk.inquiry.id, actor=SYSTEM, at=NOON)
    new = NewSuggestion(desk.codes[0].id, 0.4, 1)
    read = [PassageRead(desk.passages[0].id, (new,)), PassageRead(desk.passages[1].id)]
    for _ in range(2):
        service.record_suggestions(desk.session, run, read, actor=SYSTEM, at=NOON)
    assert counted(desk, Suggestion) == 1
    latest = select(LatestRun.suggested).where(LatestRun.run_id == run.id).order_by(LatestRun.passage_id)
    assert list(desk.session.scalars(latest)) == [1, 0]


def test_a_run_overtaken_by_a_later_one_does_not_become_the_latest_again(desk: Desk) -> None:
    early, desk.run = desk.run, desk.build.model_run(desk.inquiry)
    desk.propose()
    read = [PassageRead(desk.passages[0].id)]
    service.record_suggestions(desk.session, early, read, actor=SYSTEM, at=NOON)
    assert desk.session.scalar(select(LatestRun.run_id)) == desk.run.id


def test_passages_wait_until_a_run_of_the_same_model_and_codebook_has_read_them(desk: Desk) -> None:
    def waiting(
        model_version: str = "1", version: int = desk.run.codebook_version_id, **page: Any
    ) -> list[int]:
        found = passages_to_propose_for(
            desk.session, desk.inquiry.id, version, "by-hand", model_version, **page
        )
        return [passage.id for passage in found]

    ids = [passage.id for passage in desk.passages]
    assert waiting() == ids
    desk.propose(0)
    assert waiting() == ids[1:]
    assert waiting(limit=1) == ids[1:2]
    assert waiting(after_id=ids[1]) == ids[2:]
    assert waiting("2") == ids
    desk.codes[0].definition = "changed"
    assert waiting(version=desk.build.model_run(desk.inquiry).codebook_version_id) == ids


def test_selected_words_and_evidence_out_of_scope_are_not_read_by_the_machine(desk: Desk) -> None:
    apply(desk, Bounds(4, 8))
    assert len(held_passages(desk.session, desk.inquiry.id)) == 3
    desk.submission.state = SubmissionState.OUT_OF_SCOPE
    assert held_passages(desk.session, desk.inquiry.id) == []


def test_people_teach_by_what_they_applied_and_what_they_refused(desk: Desk) -> None:
    rejected, accepted = desk.propose(0, 0, 1)
    (replaced,) = desk.propose(1, 0)
    (withdrawn,) = desk.propose(2, 0)
    desk.decide(rejected, REJECT)
    desk.decide(accepted, ACCEPT)
    desk.decide(replaced, REPLACE, replacement_id=desk.codes[2].id)
    desk.decide(withdrawn, ACCEPT)
    service.withdraw_coding(desk.session, desk.standing()[-1].id, **desk.who())
    apply(desk, Bounds(4, 8), 2)
    slugs = [code.slug for code in desk.codes]
    pairs = {
        (pair.quote, slugs.index(pair.code_slug), pair.applies)
        for pair in decided_pairs(desk.session, desk.inquiry.id)
    }
    first, second = desk.passages[0].quote, desk.passages[1].quote
    assert pairs == {
        (first, 0, False),
        (first, 1, True),
        (second, 0, False),
        (second, 2, True),
        ("town", 2, True),
    }


def test_a_rejection_does_not_count_against_a_code_that_somebody_applied_all_the_same(desk: Desk) -> None:
    (suggestion,) = desk.propose()
    desk.decide(suggestion, REJECT)
    passage = desk.passages[0]
    apply(desk, Bounds(passage.start, passage.end), actor=Actor.member(desk.bob.id))
    assert [pair.applies for pair in decided_pairs(desk.session, desk.inquiry.id)] == [True]


def test_every_quote_is_the_text_between_its_bounds(desk: Desk) -> None:
    text = desk.session.get_one(SourceText, desk.passages[0].source_text_id)

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, len(WORDS)), st.integers(0, len(WORDS)))
    def holds(one: int, other: int) -> None:
        try:
            coding = apply(desk, Bounds(min(one, other), max(one, other)))
        except Refused:
            assert not text.body[min(one, other) : max(one, other)].strip()
            return
        passage = desk.session.get_one(Passage, coding.passage_id)
        assert passage.quote == text.body[passage.start : passage.end]

    holds()
