"""What a writer is told of where their words stand in the report."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from consult.evidence.became import what_became
from consult.evidence.models import Submission
from consult.evidence.rules import SubmissionState
from tests.unit.themes.conftest import World

NONE = "No theme of the report rests on words of yours."


def told(app: Flask, session: Session, submission: Submission) -> list[str]:
    with app.test_request_context():
        return [fate.words for fate in what_became(session, submission.id)]


@pytest.fixture
def sent(world: World) -> Submission:
    return world.send()


def test_the_themes_that_rest_on_ones_words_are_named_in_order(
    app: Flask, world: World, session: Session, sent: Submission
) -> None:
    world.theme(1, title="Buses")
    world.theme(0, title="Power")
    world.theme(2, title="Housing")
    world.code(sent, 0, 0)
    world.code(sent, 1, 1)
    world.code(world.send(), 0, 2)
    words = told(app, session, sent)
    assert [each for each in words if "theme" in each] == [
        "Words of yours stand under the theme “Buses”",
        "Words of yours stand under the theme “Power”",
    ]


def test_a_coding_withdrawn_is_told_no_more(
    app: Flask, world: World, session: Session, sent: Submission
) -> None:
    world.theme(0)
    world.withdraw(world.code(sent, 0, 0))
    assert NONE in told(app, session, sent)


def test_evidence_set_aside_stands_under_no_theme(
    app: Flask, world: World, session: Session, sent: Submission
) -> None:
    world.theme(0)
    world.code(sent, 0, 0)
    assert NONE not in told(app, session, sent)
    sent.state = SubmissionState.OUT_OF_SCOPE
    session.flush()
    assert NONE in told(app, session, sent)
