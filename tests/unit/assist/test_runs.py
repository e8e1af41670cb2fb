"""What a run leaves behind: how it ended, its model for a while, its card; what an erasure takes of it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.assist import artefacts, bridge, proposing
from consult.assist.ordering import order_waiting
from consult.assist.queries import passages_read
from consult.assist.stores import out_of_the_models
from consult.calls.models import Inquiry
from consult.coding.models import LatestRun, ModelRun
from consult.coding.models_quality import BlindPassage, ReadingPlace, RunResult
from consult.coding.queries.quality import JudgedSuggestion
from consult.coding.rules_quality import ReadingOrder, Wanted
from consult.coding.service import read_passage_blind, set_suggestion_settings
from consult.evidence.models import Passage, SourceText
from consult.evidence.models_vectors import PassageVector
from consult.foundation.security import SYSTEM, Actor, Role
from consult.foundation.stores import Scope
from nlp.errors import DamagedArtefactError
from tests.builders import NOON, Builder
from tests.page import PageClient

PARAGRAPHS = (
    "The bus stops at six and there is no train to the hospital.",
    "The council sold our hall and our library without asking.",
    "Young people were never asked about their youth club.",
)


def untold(_done: int, _total: int, _message: str) -> None:
    pass


@pytest.fixture
def inquiry(build: Builder, sent_jobs: list[int]) -> Inquiry:
    made = build.inquiry()
    codebook = build.codebook(made)
    build.code(codebook, slug="distance", name="Transport", definition="Buses and trains that stop.")
    build.code(codebook, slug="spaces", name="Community spaces", definition="Halls and libraries sold.")
    build.submission(build.call(made), "\n\n".join(PARAGRAPHS))
    build.session.commit()
    return made


def run(inquiry: Inquiry, *, again: bool = False) -> int:
    bridge.cut_waiting(inquiry.id, untold)
    done = bridge.propose_waiting(inquiry.id, untold, actor=SYSTEM, again=again)
    assert done.run_id is not None
    return done.run_id


def result_of(session: Session, run_id: int) -> RunResult:
    return session.get_one(RunResult, run_id, populate_existing=True)


def test_a_run_records_how_it_ended(inquiry: Inquiry, session: Session) -> None:
    result = result_of(session, run(inquiry))
    assert (result.passages, result.took > 0) == (3, True)
    assert result.suggestions >= 2
    assert result.summary["held"] == 3
    assert result.summary["floor"] == pytest.approx(0.10)
    assert sum(result.summary["best"]) == result.passages - result.abstained
    assert sum(result.summary["by_code"].values()) == result.suggestions


def test_what_a_run_records_holds_no_word_of_evidence(inquiry: Inquiry, session: Session) -> None:
    recorded = str(result_of(session, run(inquiry)).summary).lower()
    words = {
        word.strip(".").lower() for paragraph in PARAGRAPHS for word in paragraph.split() if len(word) > 4
    }
    assert {word for word in words if word in recorded} <= {"train"}, "as in trained"


def test_its_model_is_kept_and_proposes_the_same_again(inquiry: Inquiry, session: Session) -> None:
    run_id = run(inquiry)
    pin = result_of(session, run_id).artefact_sha256
    assert pin is not None
    proposer = artefacts.load_model(inquiry.id, run_id, pin)
    recorded = session.get_one(ModelRun, run_id)
    assert proposer.data_hash_ == recorded.data_sha256
    assert proposer.settings() == recorded.settings


def test_only_the_last_few_models_are_kept(inquiry: Inquiry, session: Session) -> None:
    runs = [run(inquiry), *(run(inquiry, again=True) for _ in range(artefacts.KEPT))]
    assert artefacts.runs_kept(inquiry.id) == runs[1:]
    pin = result_of(session, runs[0]).artefact_sha256
    assert "No longer kept" in artefacts.state_of(inquiry.id, runs[0], pin)


@pytest.mark.parametrize("file", ["model.json", "arrays.npz"])
@pytest.mark.parametrize(
    "damage", [lambda path: path.write_bytes(b"{}"), lambda path: path.unlink()], ids=["changed", "gone"]
)
def test_a_damaged_model_is_refused_and_the_card_says_so(
    inquiry: Inquiry, session: Session, file: str, damage: Callable[[Path], object]
) -> None:
    run_id = run(inquiry)
    pin = result_of(session, run_id).artefact_sha256 or ""
    assert "exactly what was saved" in artefacts.state_of(inquiry.id, run_id, pin)
    damage(artefacts.folder_of(inquiry.id) / str(run_id) / file)
    with pytest.raises(DamagedArtefactError, match="fit"):
        artefacts.load_model(inquiry.id, run_id, pin)
    assert "Damaged" in artefacts.state_of(inquiry.id, run_id, pin)


def test_a_command_checks_the_models_that_are_kept(inquiry: Inquiry, app: Flask) -> None:
    run_id = run(inquiry)
    asked = ["models", "check", "--inquiry", inquiry.slug]
    fine = app.test_cli_runner().invoke(args=asked)
    assert (fine.exit_code, fine.output) == (0, f"Run {run_id}: Kept, and exactly what was saved.\n")
    (artefacts.folder_of(inquiry.id) / str(run_id) / "arrays.npz").write_bytes(b"")
    damaged = app.test_cli_runner().invoke(args=asked)
    assert (damaged.exit_code, "Damaged" in damaged.output) == (1, True)


def test_nobody_else_on_the_machine_may_look_into_the_models(inquiry: Inquiry) -> None:
    run(inquiry)
    assert artefacts.folder_of(inquiry.id).stat().st_mode & 0o077 == 0


def test_an_erasure_deletes_every_model_of_its_inquiry_and_of_no_other(
    inquiry: Inquiry, session: Session, build: Builder
) -> None:
    run_id = run(inquiry)
    other = artefacts.folder_of(inquiry.id + 1_000) / "7"
    other.mkdir(parents=True)
    scope = Scope(inquiry.id, NOON, texts=frozenset(session.scalars(select(SourceText.id))))
    assert out_of_the_models(session, scope) == 1
    assert out_of_the_models(session, scope) == 0
    assert artefacts.runs_kept(inquiry.id) == []
    assert other.is_dir()
    assert "erasure deletes them all" in artefacts.state_of(inquiry.id, run_id, "0" * 64)


def test_a_run_that_learned_before_an_erasure_keeps_no_model_after_it(
    inquiry: Inquiry, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    fitted = bridge._fitted

    def overtaken(*arguments: object) -> bridge.Reading:
        reading = fitted(*arguments)  # type: ignore[arg-type]  # passed on as they come
        artefacts.forget_models(inquiry.id)
        return reading

    monkeypatch.setattr(bridge, "_fitted", overtaken)
    assert result_of(session, run(inquiry)).artefact_sha256 is None
    assert artefacts.runs_kept(inquiry.id) == []


def test_an_erasure_of_an_address_leaves_models_alone(inquiry: Inquiry, session: Session) -> None:
    run(inquiry)
    assert out_of_the_models(session, Scope(inquiry.id, NOON, respondents=frozenset({1}))) == 0
    assert len(artefacts.runs_kept(inquiry.id)) == 1


def test_a_run_proposes_no_more_than_is_wanted(inquiry: Inquiry, session: Session, build: Builder) -> None:
    clerk = Actor.member(build.member(inquiry, Role.CLERK).id)
    set_suggestion_settings(session, Wanted(None, 1), inquiry_id=inquiry.id, actor=clerk, at=NOON)
    session.commit()
    run_id = run(inquiry)
    assert session.get_one(ModelRun, run_id).settings["limit"] == 1
    assert result_of(session, run_id).suggestions <= 3


def test_wanted_precision_raises_the_floor_once_enough_was_decided(
    inquiry: Inquiry, session: Session, build: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = Actor.member(build.member(inquiry, Role.CLERK).id)
    set_suggestion_settings(session, Wanted(80, 5), inquiry_id=inquiry.id, actor=clerk, at=NOON)
    session.commit()
    assert proposing.terms_of(session, inquiry.id, 0).floor == pytest.approx(0.10)
    judged = [JudgedSuggestion("distance", i / 200, i > 100) for i in range(200)]
    monkeypatch.setattr(proposing, "judged_suggestions", lambda *_: judged)
    terms = proposing.terms_of(session, inquiry.id, 200)
    assert 0.3 < terms.floor < 0.5
    assert terms.aim is not None
    assert terms.aim.reached
    result = result_of(session, run(inquiry))
    assert result.summary["floor"] == pytest.approx(terms.floor)


def test_a_run_puts_what_is_unread_in_every_order(inquiry: Inquiry, session: Session) -> None:
    run(inquiry)
    places = session.execute(select(ReadingPlace.reading_order, ReadingPlace.place)).all()
    orders = {order for order in ReadingOrder if order is not ReadingOrder.ARRIVAL}
    assert {place.reading_order for place in places} == orders
    assert sorted(p.place for p in places if p.reading_order is ReadingOrder.CERTAIN) == [1, 2, 3]


def test_the_varied_order_goes_by_meaning_where_an_encoder_has_read(
    inquiry: Inquiry, session: Session
) -> None:
    run(inquiry)
    mine = select(Passage.id).where(Passage.inquiry_id == inquiry.id).order_by(Passage.id)
    first, second, third = session.scalars(mine)
    meaning = {first: (1, 0), second: (1, 0), third: (0, 1)}
    session.execute(delete(PassageVector).where(PassageVector.passage_id.in_(meaning)))
    for passage_id, row in meaning.items():
        numbers = np.array(row, dtype=np.float16).tobytes()
        session.add(PassageVector(passage_id=passage_id, encoder="by-hand", numbers=numbers))
    session.commit()
    assert order_waiting(inquiry.id) == 3
    diverse = select(ReadingPlace.passage_id).where(ReadingPlace.reading_order == ReadingOrder.DIVERSE)
    assert third in list(session.scalars(diverse.order_by(ReadingPlace.place)))[:2]


def test_a_passage_read_blind_is_learned_from_whole_and_left_as_it_was(
    inquiry: Inquiry, session: Session, build: Builder, everybody_is_drawn: None
) -> None:
    reader = Actor.member(build.member(inquiry, Role.ANALYST).id)
    session.commit()
    first = run(inquiry)
    passage = session.scalars(select(Passage).where(Passage.inquiry_id == inquiry.id).limit(1)).one()
    read_passage_blind(session, passage.id, inquiry_id=inquiry.id, actor=reader, at=NOON)
    session.commit()
    assert [each.id for each in passages_read(session, inquiry.id)] == [passage.id]
    run(inquiry, again=True)
    assert session.get_one(LatestRun, passage.id).run_id == first


def test_passages_on_which_the_lot_falls_are_read_blind(
    inquiry: Inquiry, session: Session, everybody_is_drawn: None
) -> None:
    run(inquiry)
    drawn = set(session.scalars(select(BlindPassage.passage_id)))
    assert drawn == set(session.scalars(select(Passage.id).where(Passage.inquiry_id == inquiry.id)))


def test_the_list_of_runs_opens_a_card_without_a_word_of_evidence(
    inquiry: Inquiry, session: Session, build: Builder, client_of: Callable[[User], PageClient]
) -> None:
    chair = build.member(inquiry, Role.CHAIR)
    session.commit()
    run_id = run(inquiry)
    page = client_of(chair).get(f"/inquiries/{inquiry.slug}/coding/runs")
    card = client_of(chair).get(page.link(f"Run {run_id}"))
    recorded = session.get_one(ModelRun, run_id)
    for words in (
        recorded.data_sha256,
        "version 1",
        "Seed",
        "Kept, and exactly",
        "abstained",
        "Its limits",
    ):
        assert words.lower() in card.text.lower()
    assert not any(word in card.text for word in ("hospital", "library", "youth"))


def test_a_run_of_another_inquiry_has_no_card_here(
    inquiry: Inquiry, build: Builder, session: Session, client_of: Callable[[User], PageClient]
) -> None:
    other = build.inquiry()
    chair = build.member(other, Role.CHAIR)
    session.commit()
    run_id = run(inquiry)
    client_of(chair).get(f"/inquiries/{other.slug}/coding/runs/{run_id}", status=404)


def test_a_run_that_never_ended_has_a_card_that_says_so(
    inquiry: Inquiry, build: Builder, session: Session, client_of: Callable[[User], PageClient]
) -> None:
    chair = build.member(inquiry, Role.CHAIR)
    stopped = build.model_run(inquiry)
    session.commit()
    card = client_of(chair).get(f"/inquiries/{inquiry.slug}/coding/runs/{stopped.id}")
    assert "not ended" in card.text
    assert "No model of this run was kept" in card.text
