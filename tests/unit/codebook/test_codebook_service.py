"""Verbs on the codebook."""

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from consult.calls.models import Inquiry
from consult.codebook import service
from consult.codebook.models import Code, CodebookVersion
from consult.codebook.queries import code_by_slug, codes_of
from consult.codebook.rules import CodeState, CodeText
from consult.codebook.sheets import read_csv
from consult.foundation.audit import AuditEvent, first_break
from consult.foundation.errors import BadInput, NotFound, Refused
from consult.foundation.security import Actor, Role
from tests.builders import NOON, Builder

SHEET = b"""code,name,definition,parent,include,exclude,examples
trust,Trust,Belief in others,power,yes,no,We trust them. | They lied.
power,Power,Who decides,,,,
"""


@dataclass
class Room:
    session: Session
    inquiry: Inquiry
    actor: Actor

    @property
    def who(self) -> dict[str, Any]:
        return {"inquiry_id": self.inquiry.id, "actor": self.actor, "at": NOON}

    def add(self, name: str, parent: Code | None = None, **text: Any) -> Code:
        parent_id = parent.id if parent else None
        return service.add_code(self.session, CodeText(name, **text), parent_id=parent_id, **self.who)

    def names(self) -> list[str]:
        return ["  " * code.depth + code.name for code in codes_of(self.session, self.inquiry.id)]

    def verbs(self) -> list[str]:
        events = select(AuditEvent.verb).where(AuditEvent.inquiry_id == self.inquiry.id)
        return list(self.session.scalars(events.order_by(AuditEvent.id)))


@pytest.fixture
def room(session: Session, build: Builder) -> Room:
    inquiry = build.inquiry()
    return Room(session, inquiry, Actor.member(build.member(inquiry, Role.ANALYST).id))


def test_a_new_code_stands_beneath_its_parent_with_a_slug_of_its_own(room: Room) -> None:
    power = room.add("Power")
    room.add("Trust")
    child = room.add("Power", power, examples=("  one ", ""))
    assert room.names() == ["Power", "  Power", "Trust"]
    assert child.slug == "power-2"
    assert code_by_slug(room.session, room.inquiry.id, "power-2").text.examples == ("one",)
    assert room.verbs() == ["add code"] * 3


def test_editing_keeps_the_slug_and_records_what_changed(room: Room) -> None:
    code = room.add("Power", examples=("a",))
    service.edit_code(room.session, code.id, CodeText("Force", "d", examples=("b", "c")), **room.who)
    entry = code_by_slug(room.session, room.inquiry.id, "power")
    assert (entry.name, entry.definition, entry.text.examples) == ("Force", "d", ("b", "c"))
    event = room.session.scalars(select(AuditEvent).where(AuditEvent.verb == "edit code")).one()
    assert event.detail["name"] == ["Power", "Force"]
    assert first_break(room.session, room.inquiry.id) is None


def test_saving_unchanged_records_nothing(room: Room) -> None:
    code = room.add("Power", definition="d")
    service.edit_code(room.session, code.id, CodeText(" Power ", "d"), **room.who)
    assert room.verbs() == ["add code"]


@pytest.mark.parametrize("text", [CodeText(" "), CodeText("n" * 201), CodeText("n", "d" * 10_001)])
def test_a_code_without_a_fit_name_or_text_is_refused(room: Room, text: CodeText) -> None:
    with pytest.raises(BadInput):
        service.add_code(room.session, text, **room.who)
    assert room.names() == []


def test_a_character_that_cannot_be_stored_is_refused(room: Room) -> None:
    with pytest.raises(Refused):
        service.add_code(room.session, CodeText("a\x00b"), **room.who)


def test_no_code_can_be_placed_beneath_itself(room: Room) -> None:
    top = room.add("Top")
    below = room.add("Below", room.add("Middle", top))
    with pytest.raises(Refused, match="beneath itself"):
        service.edit_code(room.session, top.id, CodeText("Top"), parent_id=below.id, **room.who)


def test_moving_changes_the_order_among_those_beside_it_only(room: Room) -> None:
    first, second = room.add("First"), room.add("Second")
    room.add("Child", first)
    service.move_code(room.session, second.id, -1, **room.who)
    assert room.names() == ["Second", "First", "  Child"]
    service.move_code(room.session, second.id, -1, **room.who)
    assert room.verbs()[3:] == ["move code"]


def test_retiring_waits_for_the_codes_beneath_and_restoring_for_the_one_above(room: Room) -> None:
    top = room.add("Top")
    below = room.add("Below", top)
    with pytest.raises(Refused, match="Below"):
        service.retire_code(room.session, top.id, **room.who)
    service.retire_code(room.session, below.id, **room.who)
    service.retire_code(room.session, top.id, **room.who)
    with pytest.raises(Refused, match="Restore that one first"):
        service.restore_code(room.session, below.id, **room.who)
    service.restore_code(room.session, top.id, **room.who)
    assert top.state is CodeState.ACTIVE
    assert room.verbs()[2:] == ["retire code", "retire code", "restore code"]


def test_nothing_new_goes_beneath_a_retired_code(room: Room) -> None:
    top = room.add("Top")
    service.retire_code(room.session, top.id, **room.who)
    with pytest.raises(Refused, match="retired"):
        room.add("Below", top)


def test_a_code_of_another_inquiry_is_not_found(room: Room, build: Builder) -> None:
    other = build.code(build.codebook(build.inquiry()))
    for verb in (service.retire_code, service.restore_code):
        with pytest.raises(NotFound):
            verb(room.session, other.id, **room.who)
    with pytest.raises(NotFound):
        service.edit_code(room.session, other.id, CodeText("n"), **room.who)
    with pytest.raises(NotFound):
        room.add("Below", other)


def test_importing_takes_parents_in_any_order_and_twice_is_once(room: Room) -> None:
    rows = read_csv(SHEET)
    assert service.import_codebook(room.session, rows, **room.who) == service.Imported(2, 0, 0)
    assert room.names() == ["Power", "  Trust"]
    assert service.import_codebook(room.session, rows, **room.who) == service.Imported(0, 0, 2)
    assert room.verbs() == ["import codebook"]


def test_importing_changes_what_differs_and_leaves_the_rest(room: Room) -> None:
    service.import_codebook(room.session, read_csv(SHEET), **room.who)
    room.add("Housing")
    changed = read_csv(b"code,name,definition\npower,Might,Who decides\n")
    assert service.import_codebook(room.session, changed, **room.who) == service.Imported(0, 1, 0)
    assert room.names() == ["Might", "  Trust", "Housing"]


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        (b"new,New,d,nowhere", "Row 2: the parent “nowhere” is neither"),
        (b"old,Old,d,", "Row 2: “old” is retired here."),
        (b"new,New,d,old", "Row 2: the parent “old” is retired here."),
        (b"top,Top,d,below", "Row 2: “top” would be beneath itself."),
    ],
)
def test_an_import_that_does_not_fit_stores_nothing(room: Room, rows: bytes, problem: str) -> None:
    below = room.add("Below", room.add("Top"))
    assert below.slug == "below"
    service.retire_code(room.session, room.add("Old").id, **room.who)
    with pytest.raises(BadInput) as refused:
        service.import_codebook(
            room.session, read_csv(b"code,name,definition,parent\nfine,Fine,d,\n" + rows), **room.who
        )
    assert problem.replace("Row 2", "Row 3") in refused.value.problems[0]
    assert "Fine" not in room.names()


def test_a_version_is_frozen_once_for_each_state(room: Room) -> None:
    service.import_codebook(room.session, read_csv(SHEET), **room.who)
    freeze = {"actor": room.actor, "at": NOON}
    first = service.freeze_version(room.session, room.inquiry.id, **freeze)
    assert service.freeze_version(room.session, room.inquiry.id, **freeze) is first
    assert [(code["code"], code["parent"]) for code in first.content] == [("power", None), ("trust", "power")]
    assert first.content[1]["examples"] == ["We trust them.", "They lied."]
    service.retire_code(room.session, code_by_slug(room.session, room.inquiry.id, "trust").id, **room.who)
    second = service.freeze_version(room.session, room.inquiry.id, **freeze)
    assert (second.number, len(second.content)) == (2, 1)
    assert room.session.scalar(select(func.count(CodebookVersion.id))) == 2


def test_an_empty_codebook_cannot_be_frozen(room: Room) -> None:
    with pytest.raises(Refused, match="no codes yet"):
        service.freeze_version(room.session, room.inquiry.id, actor=room.actor, at=NOON)


def test_a_frozen_version_cannot_be_changed(room: Room) -> None:
    room.add("Power")
    version = service.freeze_version(room.session, room.inquiry.id, actor=room.actor, at=NOON)
    version.number = 7
    with pytest.raises(DatabaseError, match="append-only"):
        room.session.flush()
