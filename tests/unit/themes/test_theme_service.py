"""Making and editing themes."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.foundation.audit import AuditEvent
from consult.foundation.errors import BadInput, NotFound, Refused
from consult.foundation.security import SYSTEM, Actor
from consult.themes.models import Theme, ThemeCode
from consult.themes.queries import gathered, theme_by_slug, themes_of
from consult.themes.rules import RESERVED
from consult.themes.service import edit_theme
from tests.builders import NOON, Builder
from tests.unit.themes.conftest import World


def change(world: World, theme: Theme, **values: Any) -> Theme:
    given = {"title": theme.title, "description": "", "code_ids": [], "actor": SYSTEM, "at": NOON}
    return edit_theme(world.build.session, theme.slug, inquiry_id=world.inquiry.id, **{**given, **values})


def test_a_theme_gathers_the_codes_it_is_given(world: World, session: Session) -> None:
    theme = world.theme(0, 2, title="  Devolve   power ", description=" Who decides. ")
    assert (theme.slug, theme.title, theme.description) == ("devolve-power", "Devolve power", "Who decides.")
    assert gathered(session, world.inquiry.id) == {theme.id: {world.codes[0].id, world.codes[2].id}}


def test_themes_stand_in_the_order_they_were_made_unless_told(world: World, session: Session) -> None:
    world.theme(title="Second")
    world.theme(title="Third")
    world.theme(title="First", position=0)
    assert [theme.title for theme in themes_of(session, world.inquiry.id)] == ["First", "Second", "Third"]


def test_two_themes_of_one_title_get_two_addresses(world: World) -> None:
    assert [world.theme(title="Power").slug, world.theme(title="Power").slug] == ["power", "power-2"]


def test_a_theme_never_takes_the_address_of_another_page(world: World) -> None:
    for word in RESERVED:
        assert world.theme(title=word).slug == f"{word}-2"
    assert world.theme(title="Closed questions").slug == "closed-questions-3"


@pytest.mark.parametrize("slug", ["Power", "a b", "new", "passages", "", "-"])
def test_an_unfit_address_is_refused(world: World, slug: str) -> None:
    with pytest.raises(BadInput, match="address"):
        world.theme(slug=slug)


def test_a_taken_address_is_refused(world: World) -> None:
    world.theme(slug="power")
    with pytest.raises(BadInput, match="already a theme"):
        world.theme(slug="power")


def test_a_code_of_another_inquiry_is_refused_and_nothing_is_changed(
    world: World, build: Builder, session: Session
) -> None:
    theme = world.theme(1)
    foreign = build.code(build.codebook(build.inquiry()))
    with pytest.raises(BadInput, match="does not exist in this inquiry"):
        change(world, theme, code_ids=[world.codes[0].id, foreign.id])
    assert gathered(session, world.inquiry.id) == {theme.id: {world.codes[1].id}}


def test_editing_replaces_words_and_codes_and_keeps_the_address(world: World, session: Session) -> None:
    theme = world.theme(0, 1)
    change(world, theme, title="Power at home", code_ids=[world.codes[1].id, world.codes[3].id])
    found = theme_by_slug(session, world.inquiry.id, "power")
    assert found.title == "Power at home"
    codes = session.scalars(select(ThemeCode.code_id).where(ThemeCode.theme_id == theme.id))
    assert set(codes) == {world.codes[1].id, world.codes[3].id}


def test_a_theme_of_another_inquiry_does_not_exist_here(world: World, build: Builder) -> None:
    theme = world.theme(0)
    other = build.inquiry()
    with pytest.raises(NotFound):
        theme_by_slug(world.build.session, other.id, theme.slug)


def test_making_and_editing_leave_a_trace(world: World, session: Session) -> None:
    theme = world.theme(0)
    change(world, theme, code_ids=[world.codes[1].id], actor=Actor.member(world.chair.id))
    events = session.scalars(
        select(AuditEvent).where(AuditEvent.record_kind == "theme", AuditEvent.record_id == theme.id)
    ).all()
    assert [(event.verb, event.user_id) for event in events] == [
        ("make theme", None),
        ("edit theme", world.chair.id),
    ]
    assert events[1].detail == {"title": "Power", "codes": ["code_1"]}


@pytest.mark.parametrize("field", ["title", "description"])
def test_words_that_no_database_keeps_are_refused(world: World, field: str) -> None:
    theme = world.theme(0)
    with pytest.raises(Refused, match="cannot be stored"):
        world.theme(**{field: "Po\x00wer"})
    with pytest.raises(Refused, match="cannot be stored"):
        change(world, theme, **{field: "Po\x00wer"})
