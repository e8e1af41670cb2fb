"""The encoder in the product: passages are encoded once, their numbers go with them, and runs name it."""

from collections.abc import Sequence

import numpy as np
import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.assist import bridge, encoding
from consult.calls.models import Inquiry
from consult.coding.models import ModelRun
from consult.evidence.models import Passage, SourceText
from consult.evidence.models_vectors import PassageVector
from consult.evidence.queries.vectors import quotes_now
from consult.evidence.stores import forget_vectors
from consult.foundation.erasing import count_with_all
from consult.foundation.security import SYSTEM
from consult.foundation.stores import Scope, Span
from tests.builders import NOON, Builder
from tests.unit.assist.test_bridge import inquiry as inquiry  # noqa: PLC0414 # the fixture of the bridge
from tests.unit.assist.test_bridge import untold


class Lengths:
    """An encoder that counts what it is asked."""

    def __init__(self, name: str = "lengths-1") -> None:
        self.name = name
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.asked += texts
        return np.array([[len(text) % 7 + 1, "bus" in text, 1] for text in texts], dtype=np.float32)


@pytest.fixture
def lengths(monkeypatch: pytest.MonkeyPatch) -> Lengths:
    encoder = Lengths()
    monkeypatch.setattr(encoding, "installed", lambda: (encoder, "there"))
    return encoder


def propose(inquiry: Inquiry) -> None:
    bridge.cut_waiting(inquiry.id, untold)
    bridge.propose_waiting(inquiry.id, untold, actor=SYSTEM, again=True)


def kept(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(PassageVector)) or 0


def passages(session: Session) -> list[Passage]:
    return list(session.scalars(select(Passage).order_by(Passage.id)))


def test_each_passage_is_encoded_once(session: Session, inquiry: Inquiry, lengths: Lengths) -> None:
    propose(inquiry)
    quotes = {passage.quote for passage in passages(session)}
    assert kept(session) == len(passages(session)) > 1
    assert quotes <= set(lengths.asked)
    lengths.asked.clear()
    propose(inquiry)
    assert not quotes & set(lengths.asked)


def test_a_run_names_its_encoder(session: Session, inquiry: Inquiry, lengths: Lengths) -> None:
    propose(inquiry)
    assert session.scalars(select(ModelRun)).one().settings["encoder"] == "lengths-1"


def test_without_an_encoder_words_alone_are_used_and_the_job_says_so(
    session: Session, inquiry: Inquiry
) -> None:
    told: list[str] = []
    bridge.cut_waiting(inquiry.id, untold)
    bridge.propose_waiting(inquiry.id, lambda _done, _total, line: told.append(line), actor=SYSTEM)
    assert any("words alone" in line for line in told)
    assert session.scalars(select(ModelRun)).one().settings["encoder"] is None
    assert kept(session) == 0


def test_another_encoder_makes_its_own_numbers(
    session: Session, inquiry: Inquiry, lengths: Lengths, monkeypatch: pytest.MonkeyPatch
) -> None:
    propose(inquiry)
    other = Lengths("lengths-2")
    monkeypatch.setattr(encoding, "installed", lambda: (other, "there"))
    propose(inquiry)
    assert set(session.scalars(select(PassageVector.encoder))) == {"lengths-2"}
    assert kept(session) == len(passages(session))


def test_numbers_go_with_their_submission(session: Session, inquiry: Inquiry, lengths: Lengths) -> None:
    propose(inquiry)
    first = passages(session)[0]
    mine = [one for one in passages(session) if one.submission_id == first.submission_id]
    gone = count_with_all(session, {"submissions": [first.submission_id]})
    assert gone["passage_vectors"] == len(mine) > 0


def test_numbers_of_words_that_are_blotted_out_are_forgotten(
    session: Session, inquiry: Inquiry, lengths: Lengths
) -> None:
    propose(inquiry)
    text = session.scalars(select(SourceText).order_by(SourceText.id)).first()
    assert text is not None
    scope = Scope(inquiry.id, NOON, spans=(Span(text.id, 0, 3),))
    mine = [one for one in passages(session) if one.source_text_id == text.id]
    before = kept(session)
    assert forget_vectors(session, scope) == len(mine) > 0
    assert kept(session) == before - len(mine)
    assert forget_vectors(session, scope) == 0


def test_words_blotted_out_anywhere_in_a_submission_leave_no_numbers_of_it(
    session: Session, inquiry: Inquiry, lengths: Lengths
) -> None:
    propose(inquiry)
    first, last = passages(session)[0], passages(session)[-1]
    scope = Scope(
        inquiry.id, NOON, spans=(Span(first.source_text_id, 0, 3),), part_of=frozenset({last.submission_id})
    )
    forget_vectors(session, scope)
    gone = set(session.scalars(select(PassageVector.passage_id)))
    assert not gone & {one.id for one in passages(session) if one.submission_id == last.submission_id}


def test_words_erased_while_they_are_encoded_leave_no_numbers(
    session: Session, inquiry: Inquiry, lengths: Lengths, monkeypatch: pytest.MonkeyPatch
) -> None:
    bridge.cut_waiting(inquiry.id, untold)
    erased = passages(session)[0].id
    monkeypatch.setattr(encoding, "quotes_now", lambda s, ids: {**quotes_now(s, ids), erased: "████"})
    encoding.encoder_for(inquiry.id, untold)
    assert erased not in set(session.scalars(select(PassageVector.passage_id)))
    assert kept(session) == len(passages(session)) - 1


def test_what_is_installed_is_what_the_settings_name(app: Flask, build: Builder) -> None:
    with app.app_context():
        encoder, told = encoding.installed()
    assert encoder is None
    assert "No sentence encoder is set" in told
