"""Figures count what they say they count, however the evidence was coded."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from consult.evidence.models import Submission
from consult.evidence.rules import SubmissionState
from consult.themes.models import Theme
from consult.themes.queries.figures import Received, base, by_code, by_theme, figures
from consult.themes.queries.lists import count_of
from consult.themes.rules import NOT_STATED, Counts, Selection, Unit
from tests.builders import Builder
from tests.unit.themes.conftest import World


def test_a_passage_coded_by_two_people_or_with_two_codes_of_a_theme_counts_once(
    world: World, session: Session
) -> None:
    theme = world.theme(0, 1)
    sent = world.send()
    world.code(sent, 0, 0)
    world.code(sent, 0, 0, world.second)
    world.code(sent, 0, 1)
    selection = Selection(world.inquiry.id, theme_id=theme.id)
    assert figures(session, selection).total == Counts(passages=1, submissions=1, respondents=1)
    once = Counts(1, 1, 1)
    assert by_code(session, selection) == {world.codes[0].id: once, world.codes[1].id: once}
    assert by_theme(session, Selection(world.inquiry.id)) == {theme.id: once}


def test_a_code_outside_the_theme_counts_for_nothing(world: World, session: Session) -> None:
    theme = world.theme(0)
    world.code(world.send(), 0, 3)
    assert figures(session, Selection(world.inquiry.id, theme_id=theme.id)).total == Counts()


def test_a_withdrawn_coding_counts_for_nothing_while_another_stands(world: World, session: Session) -> None:
    theme = world.theme(0)
    sent = world.send()
    first, _ = world.code(sent, 0, 0), world.code(sent, 1, 0)
    world.withdraw(first)
    selection = Selection(world.inquiry.id, theme_id=theme.id)
    assert figures(session, selection).total.passages == 1
    world.code(sent, 0, 0, world.second)
    assert figures(session, selection).total.passages == 2


def test_evidence_out_of_scope_is_in_no_figure_and_no_base(world: World, session: Session) -> None:
    theme = world.theme(0)
    kept, outside = world.send(), world.send()
    world.code(kept, 0, 0)
    world.code(outside, 0, 0)
    outside.state = SubmissionState.OUT_OF_SCOPE
    session.flush()
    selection = Selection(world.inquiry.id, theme_id=theme.id)
    assert figures(session, selection).total == Counts(1, 1, 1)
    found = base(session, selection)
    assert (found.total, found.out_of_scope) == (Received(submissions=1, respondents=1, coded=1), 1)


def test_a_respondent_who_wrote_twice_is_one_respondent(world: World, session: Session) -> None:
    theme = world.theme(0)
    first, second = world.send(type_=0), world.send(type_=1)
    second.respondent_id = first.respondent_id
    session.flush()
    world.code(first, 0, 0)
    world.code(second, 0, 0)
    found = figures(session, Selection(world.inquiry.id, theme_id=theme.id))
    assert found.total == Counts(passages=2, submissions=2, respondents=1)
    assert [counts.respondents for counts in found.by_type.values()] == [1, 1]


def test_evidence_without_a_type_or_place_stands_under_not_stated(world: World, session: Session) -> None:
    theme = world.theme(0)
    world.code(world.send(type_=None, place=None), 0, 0)
    found = figures(session, Selection(world.inquiry.id, theme_id=theme.id))
    assert found.by_type == found.by_place == {NOT_STATED: Counts(1, 1, 1)}


def test_another_inquiry_counts_for_nothing(world: World, session: Session, build: Builder) -> None:
    world.code(world.send(), 0, 0)
    other = build.inquiry()
    assert base(session, Selection(other.id)).total == Received()
    assert count_of(session, Selection(other.id, coded=True), Unit.PASSAGES) == 0
    assert by_theme(session, Selection(other.id)) == {}


@dataclass
class Sample:
    """Evidence coded at random, and what stands of it as plain (passage, code, submission) triples."""

    theme: Theme
    sent: list[Submission]
    standing: list[tuple[int, int, int]]


def sample(world: World, seed: int) -> Sample:
    """Send nine submissions of seven respondents at most, one of them out of scope, and code them."""
    pick = random.Random(seed)
    choose = pick.choice
    sent = [world.send(choose([0, 1, None]), choose([0, 1, None]), choose([0, 1])) for _ in range(9)]
    for one in sent[6:]:
        one.respondent_id = choose(sent[:6]).respondent_id
    sent[0].state = SubmissionState.OUT_OF_SCOPE
    world.build.session.flush()
    found = Sample(world.theme(0, 1, 2), sent[1:], [])
    for _ in range(30):
        one = choose(sent)
        user = choose([world.analyst, world.second])
        coding = world.code(one, pick.randrange(3), pick.randrange(4), user)
        if pick.random() < 0.3:
            world.withdraw(coding)
        else:
            found.standing.append((coding.passage_id, coding.code_id, one.id))
    return found


def recount(within: Sequence[Submission], sample: Sample, codes: set[int]) -> Counts:
    """Count by hand what stands with one of the codes on one of the submissions."""
    givers = {s.id: s.respondent_id for s in within}
    passages = {(p, s) for p, code, s in sample.standing if code in codes and s in givers}
    submissions = {s for _, s in passages}
    return Counts(len(passages), len(submissions), len({givers[s] for s in submissions}))


Meets = Callable[[World, Submission], bool]
FILTERS: dict[str, tuple[Callable[[World], dict[str, int]], Meets]] = {
    "all": (lambda _: {}, lambda _, s: True),
    "type": (lambda w: {"type_id": w.types[0].id}, lambda w, s: s.respondent_type_id == w.types[0].id),
    "no type": (lambda _: {"type_id": NOT_STATED}, lambda _, s: s.respondent_type_id is None),
    "place": (lambda w: {"place_id": w.places[1].id}, lambda w, s: s.place_id == w.places[1].id),
    "call": (lambda w: {"call_id": w.calls[1].id}, lambda w, s: s.call_id == w.calls[1].id),
    "phase": (lambda w: {"phase_id": w.phases[0].id}, lambda w, s: s.call_id == w.calls[0].id),
}


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", FILTERS)
def test_every_figure_equals_a_recount_by_hand(world: World, session: Session, name: str, seed: int) -> None:
    found = sample(world, seed)
    changes, meets = FILTERS[name]
    selection = Selection(world.inquiry.id, theme_id=found.theme.id).but(**changes(world))
    within = [s for s in found.sent if meets(world, s)]
    gathered = {code.id for code in world.codes[:3]}
    counted = figures(session, selection)
    assert counted.total == recount(within, found, gathered)
    for key, counts in counted.by_type.items():
        of_type = [s for s in within if (s.respondent_type_id or NOT_STATED) == key]
        assert counts == recount(of_type, found, gathered)
    for key, counts in counted.by_place.items():
        of_place = [s for s in within if (s.place_id or NOT_STATED) == key]
        assert counts == recount(of_place, found, gathered)
    per_code = by_code(session, selection)
    for code in gathered:
        assert per_code.get(code, Counts()) == recount(within, found, {code})
    for unit in Unit:
        assert count_of(session, selection, unit) == counted.total.of(unit)


@pytest.mark.parametrize("name", FILTERS)
def test_every_base_equals_a_recount_by_hand(world: World, session: Session, name: str) -> None:
    found = sample(world, seed=7)
    changes, meets = FILTERS[name]
    selection = Selection(world.inquiry.id, theme_id=found.theme.id).but(**changes(world))
    within = [s for s in found.sent if meets(world, s)]
    coded = recount(within, found, {code.id for code in world.codes}).submissions
    givers = {s.respondent_id for s in within}
    assert base(session, selection).total == Received(len(within), len(givers), coded)
