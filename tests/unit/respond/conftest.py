"""A call with a question of every kind, and browsers part of the way through it."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from consult.calls.rules import QuestionKind
from consult.respond.models import Draft
from tests.builders import Builder
from tests.page import PageClient
from tests.unit.respond.walk import ABOUT, World


@pytest.fixture
def world(build: Builder) -> World:
    inquiry = build.inquiry()
    world = World(
        inquiry,
        build.call(inquiry, purpose="To learn **why**.", what_happens="People read it."),
        build.respondent_type(inquiry, slug="resident", name="Resident"),
        build.place(inquiry, name="Wigan"),
    )
    details: dict[QuestionKind, dict[str, Any]] = {
        QuestionKind.FREE_TEXT: {"required": True, "word_limit": 20},
        QuestionKind.SINGLE: {},
        QuestionKind.SEVERAL: {},
        QuestionKind.SCALE: {
            "minimum": 1,
            "maximum": 5,
            "minimum_meaning": "Hard",
            "maximum_meaning": "Easy",
        },
        QuestionKind.NUMBER: {"minimum": 0, "maximum": 5000},
        QuestionKind.PLACE: {},
    }
    for number, (kind, values) in enumerate(details.items(), 1):
        prompt = f"What about {kind.value}?"
        world.questions[kind] = build.question(world.call, kind, number=number, prompt=prompt, **values)
    for kind, wordings in (
        (QuestionKind.SINGLE, ("A little", "A lot")),
        (QuestionKind.SEVERAL, ("A hall", "A fund", "A plan")),
    ):
        for position, wording in enumerate(wordings):
            world.options[wording] = build.option(world.questions[kind], wording, position)
    build.session.commit()
    return world


@pytest.fixture
def begun(world: World, client: PageClient) -> PageClient:
    """Give a browser that has pressed Start."""
    client.submit(client.get(world.call_page), button="Start now")
    return client


@pytest.fixture
def filled_in(world: World, begun: PageClient) -> PageClient:
    """Give a browser that has answered everything and not yet sent."""
    page = begun.submit(begun.get(f"{world.base}/about"), ABOUT, button="Save and continue")
    for typed in world.answers().values():
        page = begun.submit(page, {"answer": typed}, button="Save and continue")
    page = begun.submit(page, {"publication": "without_name"}, button="Save and continue")
    assert page.h1 == "Check your answers before you send them"
    return begun


@pytest.fixture
def the_draft(session: Session, world: World) -> Callable[[], Draft]:
    """Give a function that reads the only draft of the call."""

    def read() -> Draft:
        session.rollback()
        return session.query(Draft).filter_by(call_id=world.call.id).one()

    return read
