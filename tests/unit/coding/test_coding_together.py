"""Several people, or several tabs of one, at the very same moment: nothing is done twice, nothing is lost."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.codebook.rules import CodeText
from consult.codebook.service import add_code
from consult.coding import service
from consult.coding.models import Coding, Decision
from consult.coding.queries import stands
from consult.coding.rules import Verdict
from consult.evidence.models import Passage
from consult.evidence.models_recuts import Recut
from consult.evidence.queries import in_cut
from consult.evidence.rules import Bounds
from consult.evidence.service.recutting import split_passage
from consult.foundation.audit import first_break
from consult.foundation.database import db, transaction
from consult.foundation.errors import Refused
from consult.foundation.security import Actor, Role
from tests.builders import NOON, Builder

AT_ONCE = 6


@dataclass
class Room:
    """The ids of a room on a database of its own, where every thread commits for itself."""

    app: Flask
    inquiry_id: int
    people: list[int]
    codes: list[int]
    suggestions: list[int]
    text_id: int
    bounds: Bounds

    def who(self, person: int = 0) -> dict[str, Any]:
        return {"inquiry_id": self.inquiry_id, "actor": Actor.member(self.people[person]), "at": NOON}

    def together(self, acts: list[Callable[[Session], object]]) -> Counter[str]:
        """Start all acts at one moment, each in a transaction of its own, and count how they ended."""
        ended: Counter[str] = Counter()
        gate = threading.Barrier(len(acts))

        def run(act: Callable[[Session], object]) -> None:
            with self.app.app_context():
                gate.wait()
                try:
                    with transaction() as session:
                        act(session)
                    ended["done"] += 1
                except Refused as refused:
                    ended[type(refused).__name__] += 1
                finally:
                    db.session.remove()

        threads = [threading.Thread(target=run, args=(act,)) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return ended

    def count(self, *conditions: Any, of: Any) -> int:
        with self.app.app_context():
            counted = db.session.scalar(select(func.count()).select_from(of).where(*conditions))
            assert first_break(db.session(), self.inquiry_id) is None
            db.session.remove()
        return counted or 0


@pytest.fixture
def room(fresh_app: Callable[..., Flask]) -> Room:
    app = fresh_app()
    with app.app_context():
        upgrade()
        app.extensions["consult.send_job"] = lambda _job_id: None
        with transaction() as session:
            made = furnished(app, Builder(session))
    return made


def furnished(app: Flask, build: Builder) -> Room:
    inquiry = build.inquiry()
    codebook = build.codebook(inquiry)
    codes = [build.code(codebook) for _ in range(2)]
    people = [build.member(inquiry, Role.ANALYST).id for _ in range(AT_ONCE)]
    (passage,) = build.passages(build.submission(build.call(inquiry), "Nobody asks us."))
    suggestions = build.suggestions(build.model_run(inquiry), passage, *codes)
    return Room(
        app=app,
        inquiry_id=inquiry.id,
        people=people,
        codes=[code.id for code in codes],
        suggestions=[suggestion.id for suggestion in suggestions],
        text_id=passage.source_text_id,
        bounds=Bounds(passage.start, passage.end),
    )


def test_of_several_people_deciding_at_once_one_decides_and_the_others_are_told(room: Room) -> None:
    verdicts = [Verdict.ACCEPT, Verdict.REJECT] * (AT_ONCE // 2)
    ended = room.together(
        [
            lambda session, person=person, verdict=verdict: service.decide_suggestion(
                session, room.suggestions[0], verdict, **room.who(person)
            )
            for person, verdict in enumerate(verdicts)
        ]
    )
    assert ended == {"done": 1, "AlreadyDecided": AT_ONCE - 1}
    assert room.count(of=Decision) == 1
    assert room.count(stands(), of=Coding) <= 1


def test_of_several_people_cutting_a_passage_anew_at_once_one_does_and_the_others_are_told(
    room: Room,
) -> None:
    with room.app.app_context():
        passage_id = db.session.scalars(select(Passage.id)).one()
        db.session.remove()
    ended = room.together(
        [
            lambda session, person=person: split_passage(
                session, passage_id, room.bounds.start + (7 if person % 2 else 12), **room.who(person)
            )
            for person in range(AT_ONCE)
        ]
    )
    assert ended == {"done": 1, "Refused": AT_ONCE - 1}
    assert room.count(of=Recut) == 1
    assert room.count(in_cut(), of=Passage) == 2


def test_one_act_sent_many_times_at_once_is_one_act(room: Room) -> None:
    decide = [
        lambda session: service.decide_suggestion(
            session, room.suggestions[0], Verdict.ACCEPT, act_key="k", **room.who()
        )
    ]
    assert room.together(decide * AT_ONCE) == {"done": AT_ONCE}
    apply = [
        lambda session: service.apply_code(
            session, room.text_id, Bounds(0, 6), room.codes[1], act_key="l", **room.who()
        )
    ]
    assert room.together(apply * AT_ONCE) == {"done": AT_ONCE}
    assert room.count(of=Decision) == 1
    assert room.count(stands(), of=Coding) == 2


def test_accepting_and_applying_the_same_code_at_once_makes_one_coding(room: Room) -> None:
    acts: list[Callable[[Session], object]] = [
        lambda session: service.decide_suggestion(session, room.suggestions[0], Verdict.ACCEPT, **room.who()),
        lambda session: service.apply_code(session, room.text_id, room.bounds, room.codes[0], **room.who()),
    ]
    assert room.together(acts * 3) == {"done": 6}
    assert room.count(stands(), of=Coding) == 1


def test_undoing_while_others_decide_leaves_at_most_one_word_standing(room: Room) -> None:
    with room.app.app_context(), transaction() as session:
        first = service.decide_suggestion(session, room.suggestions[0], Verdict.ACCEPT, **room.who()).id
    acts: list[Callable[[Session], object]] = [
        lambda session: service.undo_decision(session, first, **room.who()),
        lambda session: service.undo_decision(session, first, **room.who()),
        lambda session: service.decide_suggestion(
            session, room.suggestions[0], Verdict.ACCEPT, **room.who(1)
        ),
        lambda session: service.decide_suggestion(
            session, room.suggestions[0], Verdict.REJECT, **room.who(2)
        ),
    ]
    room.together(acts)
    assert room.count(Decision.verdict == Verdict.UNDO, of=Decision) == 1
    assert room.count(Decision.verdict != Verdict.UNDO, of=Decision) <= 2
    assert room.count(stands(), of=Coding) <= 1


def test_codes_of_one_name_added_at_once_get_keys_of_their_own(room: Room) -> None:
    add = [lambda session: add_code(session, CodeText("Same name"), **room.who())]
    assert room.together(add * AT_ONCE) == {"done": AT_ONCE}
