"""What a chair sees: each number opens the list it counts, each quote opens its paragraph."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.evidence.models import SourceText
from consult.evidence.rules import PublicationChoice, SubmissionState
from consult.foundation.security import Role
from consult.themes.models import Theme
from consult.themes.queries.lists import PAGE_LENGTH
from tests.builders import Builder
from tests.page import Page, PageClient, words_of
from tests.unit.themes.conftest import World

ClientOf = Callable[[User], PageClient]


@pytest.fixture
def chair(world: World, client_of: ClientOf) -> PageClient:
    return client_of(world.chair)


@pytest.fixture
def full(world: World) -> World:
    """Give the world with evidence of several types, places and phases, some of it coded."""
    world.theme(0, 1, title="Power", description="Who *decides*.")
    world.theme(2, title="Feedback")
    first = world.send(0, 0, 0)
    second = world.send(1, 1, 0, publication=PublicationChoice.WITHOUT_NAME)
    third = world.send(None, None, 1, publication=PublicationChoice.NOT_PUBLISHED)
    world.send(1, 0, 1)
    outside = world.send(0, 0, 0)
    outside.state = SubmissionState.OUT_OF_SCOPE
    third.respondent_id = first.respondent_id
    world.build.session.flush()
    for one in (first, second, third, outside):
        world.code(one, 0, 0)
        world.code(one, 0, 1, world.second)
    world.code(first, 1, 1)
    world.code(second, 2, 2)
    world.withdraw(world.code(second, 1, 0))
    world.build.session.commit()  # a refusal rolls back what is not
    return world


def numbers(page: Page) -> list[tuple[int, str]]:
    """Return every figure of a page with where it opens."""
    links = [a for a in page.all("a") if "app-number" in a.get("class", "").split()]
    return [(int(words_of(a).split()[0].replace(",", "")), a.get("href", "")) for a in links]


def count_on(page: Page) -> int:
    return int(words_of(page.all("span", id="count")[0]).split()[0].replace(",", ""))


def rows_on(page: Page) -> int:
    return len([e for e in page.tree.iter() if e.get("class") in {"app-quote", "app-rows__row"}])


def every_row(client: PageClient, href: str) -> int:
    """Return how many rows a list has on all its pages."""
    rows = 0
    while True:
        page = client.get(href)
        rows += rows_on(page)
        following = page.all("a", rel="next")
        if not following:
            return rows
        href = following[0].get("href", "")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "/power",
        "/power?type=type_1",
        "/power?type=-",
        "/power?place=cornwall",
        "/power?phase=second",
        "/power?type=type_1&place=wigan&phase=first",
        "/feedback",
    ],
)
def test_every_number_opens_a_list_of_that_many(full: World, chair: PageClient, address: str) -> None:
    page = chair.get(full.path(address))
    found = numbers(page)
    assert found
    for number, href in set(found):
        assert count_on(chair.get(href)) == number, href
        assert every_row(chair, href) == number, href


def test_no_number_in_a_table_is_without_its_list(full: World, chair: PageClient) -> None:
    page = chair.get(full.path("/power"))
    cells = page.all("td")
    assert cells
    for cell in cells:
        assert not any(sign.isdigit() for sign in unlinked(cell)), words_of(cell)


def unlinked(element: Element) -> str:
    """Return an element's text outside links and percentages."""
    parts = [element.text or ""]
    for child in element:
        if child.tag != "a" and "percentage" not in child.get("class", ""):
            parts.append(unlinked(child))
        parts.append(child.tail or "")
    return "".join(parts)


def test_a_theme_page_counts_passages_submissions_and_respondents_apart(
    full: World, chair: PageClient
) -> None:
    words = chair.get(full.path("/power")).text
    assert "3 submissions of 4 submissions that were received (75%)" in words
    assert "2 respondents of 3 respondents who gave evidence (67%)" in words
    assert "4 passages in those submissions, each counted once" in words
    assert "Of the 4 submissions, 3 submissions have been read and coded so far" in words
    assert "1 submission set aside as out of scope or withdrawn is counted nowhere" in words


def test_a_type_or_place_from_which_nothing_came_keeps_its_row(full: World, chair: PageClient) -> None:
    rows = {
        words_of(row.findall("th")[0]): words_of(row) for row in body_rows(chair.get(full.path("/power")))
    }
    assert "0 submissions of 0 submissions no base" in rows["Policy expert"]
    assert "1 submission of 1 submission 100%" in rows["Place not stated"]


def body_rows(page: Page) -> list[Element]:
    return [row for row in page.all("tr") if row.findall("td")]


def test_filters_narrow_figures_and_bases_alike_and_are_said(full: World, chair: PageClient) -> None:
    page = chair.get(full.path("/power"))
    narrowed = chair.submit(page, {"place": "cornwall", "phase": "first"}, with_field="place")
    assert "Only evidence in the phase" in narrowed.text
    assert "about: Cornwall" in narrowed.text
    assert "1 submission of 1 submission that were received (100%)" in narrowed.text
    assert narrowed.link("Count all evidence") == full.path("/power")


@pytest.mark.parametrize("query", ["type=nobody", "place=nowhere", "phase=x", "call=x", "code=x", "theme=x"])
def test_a_filter_that_does_not_exist_is_not_found(full: World, chair: PageClient, query: str) -> None:
    assert "This inquiry has no" in chair.get(full.path(f"/passages?{query}"), status=404).text


@pytest.mark.parametrize(
    "query",
    [
        "question=abc",
        "question=99999999999",
        "question=1.5",
        "question=7&answer=x",
        "after=x",
        "after=2147483647",
    ],
)
@pytest.mark.parametrize("unit", ["passages", "submissions", "respondents"])
def test_a_list_that_does_not_exist_is_not_found(
    full: World, chair: PageClient, unit: str, query: str
) -> None:
    chair.get(full.path(f"/{unit}?{query}"), status=404)


def test_each_quote_opens_its_paragraph_and_says_whether_it_may_be_quoted(
    full: World, chair: PageClient
) -> None:
    page = chair.get(full.path("/power"))
    quotes = [(words_of(q), [a.get("href", "") for a in q.iter("a")]) for q in page.all("figure")]
    assert len(quotes) == 6  # three submissions under each of two codes
    first, links = quotes[0]
    assert first.startswith("The parish council decides nothing. LOC0001, paragraph 1")
    assert "Community organisation · " not in first  # the dot is drawn, not said
    assert "May be quoted, with name" in first
    target = urlsplit(links[0])
    assert (target.path, target.fragment) == (f"/inquiries/{full.inquiry.slug}/evidence/LOC0001", "p1")
    assert any("Not to be quoted outside the commission" in words for words, _ in quotes)


def test_a_quote_in_welsh_says_so_to_those_who_hear_it(world: World, chair: PageClient) -> None:
    world.theme(0)
    world.code(world.send(text="Ni sy’n byw yma.", language="cy"), 0, 0)
    [quote] = chair.get(world.path("/power")).all("blockquote")
    assert (quote.get("lang"), words_of(quote)) == ("cy", "Ni sy’n byw yma.")


def test_the_paragraph_a_quote_opens_is_there(full: World, chair: PageClient) -> None:
    page = chair.get(full.path("/passages?theme=power"))
    for quote in page.all("figure"):
        words = words_of(quote.findall("blockquote")[0])
        target = urlsplit(next(iter(quote.iter("a"))).get("href", ""))
        opened = chair.get(target.path)
        [paragraph] = [e for e in opened.tree.iter() if e.get("id") == target.fragment]
        assert words in words_of(paragraph)


def test_a_code_shows_one_passage_of_each_submission(full: World, chair: PageClient) -> None:
    sent = full.send()
    for paragraph in range(3):
        full.code(sent, paragraph, 2)
    section = next(s for s in chair.get(full.path("/feedback")).all("section") if s.findall("h3"))
    references = [words_of(next(iter(q.iter("a")))).split(",")[0] for q in section.iter("figure")]
    assert references == ["LOC0002", sent.reference]


def test_a_quote_that_no_longer_stands_in_its_text_is_not_shown(
    full: World, chair: PageClient, session: Session
) -> None:
    text_id = session.scalar(select(SourceText.id).order_by(SourceText.id).limit(1))
    for statement in unguarded(session):
        session.execute(text(statement))
    session.execute(text("UPDATE source_texts SET body = 'X' || body WHERE id = :id"), {"id": text_id})
    page = chair.get(full.path("/passages?theme=power"))
    first, second = [words_of(q) for q in page.all("figure")][:2]
    for words in (first, second):
        assert "These words no longer stand in the source text" in words
        assert "parish council" not in words
    assert count_on(page) == 4


def unguarded(session: Session) -> list[str]:
    """Return what takes away the guard that refuses changes, inside a transaction that is rolled back."""
    on = " ON source_texts" if session.get_bind().dialect.name == "postgresql" else ""
    return [f"DROP TRIGGER source_texts_no_update{on}"]


def test_a_long_list_turns_its_pages_without_missing_or_repeating(full: World, chair: PageClient) -> None:
    for _ in range(PAGE_LENGTH):
        full.code(full.send(), 0, 2)
    for unit in ("passages", "submissions", "respondents"):
        page = chair.get(full.path(f"/{unit}?theme=feedback"))
        assert rows_on(page) == PAGE_LENGTH
        following = page.all("a", rel="next")[0].get("href", "")
        second = chair.get(following)
        assert (rows_on(second), count_on(second)) == (1, PAGE_LENGTH + 1)
        assert second.link("First page of this list") == full.path(f"/{unit}?theme=feedback")
        assert second.all("a", rel="next") == []


def test_a_list_leads_back_to_its_figures_with_their_filters(full: World, chair: PageClient) -> None:
    listed = chair.get(full.path("/passages?theme=power&code=code_0&place=cornwall"))
    assert listed.link("Back to the theme") == full.path("/power?place=cornwall")
    assert chair.get(full.path("/submissions")).link("All themes") == full.path()


def test_a_page_of_another_inquirys_list_is_not_found(full: World, chair: PageClient, build: Builder) -> None:
    other = build.inquiry()
    call = build.call(other)
    build.question(call)
    foreign = build.submission(call, "Words.")
    build.session.commit()
    chair.get(full.path(f"/submissions?after={foreign.id}"), status=404)
    chair.get(full.path("/power").replace(full.inquiry.slug, other.slug), status=404)


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    """Collect the statements that the block sends to the database."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(session.get_bind(), "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(session.get_bind(), "before_cursor_execute", note)


@pytest.mark.parametrize(
    "address", ["", "/power", "/passages?theme=power", "/respondents", "/closed-questions"]
)
def test_more_evidence_needs_no_more_statements(
    full: World, chair: PageClient, session: Session, address: str
) -> None:
    chair.get(full.path(address))
    with statements(session) as few:
        chair.get(full.path(address))
    for number in range(12):
        sent = full.send(number % 3, number % 2, number % 2)
        full.code(sent, 0, number % 4)
        full.theme(number % 4, title=f"Theme {number}")
    with statements(session) as many:
        chair.get(full.path(address))
    assert len(many) == len(few) < 16


def test_an_inquiry_without_themes_says_how_to_make_one(world: World, chair: PageClient) -> None:
    page = chair.get(world.path())
    assert "There are no themes yet. Add the first one" in page.text
    assert page.link("Add a theme") == world.path("/new")


def test_a_theme_without_codes_says_where_to_choose_them(world: World, chair: PageClient) -> None:
    world.theme(title="Bare")
    page = chair.get(world.path("/bare"))
    assert "gathers no codes yet" in page.text
    assert page.link("Choose its codes") == world.path("/bare/edit")
    assert numbers(page) == []


def test_a_code_nobody_has_applied_says_so(world: World, chair: PageClient) -> None:
    world.theme(0)
    assert "Nothing has been coded with this yet." in chair.get(world.path("/power")).text


def test_codes_in_no_theme_are_named(full: World, chair: PageClient) -> None:
    assert "appears under no heading: Trust." in chair.get(full.path()).text


def test_the_chair_makes_a_theme_and_changes_it(world: World, chair: PageClient, session: Session) -> None:
    page = chair.get(world.path("/new"))
    made = chair.submit(
        page, {"title": "Equal\x00 voices", "codes": [str(world.codes[1].id)]}, with_field="title"
    )
    assert made.h1 == "Equal voices"
    assert "The theme is made." in made.html
    edit = chair.get(made.link("Edit this theme and its codes"))
    ticked = [box.get("value") for box in edit.all("input", name_="codes") if box.get("checked") is not None]
    assert ticked == [str(world.codes[1].id)]
    changed = chair.submit(edit, {"description": "Who is **heard**.", "codes": []}, with_field="title")
    assert "Who is heard." in changed.text
    assert "gathers no codes yet" in changed.text
    assert session.scalar(select(Theme.slug)) == "equal-voices"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"title": " "}, "Give the theme a title."),
        ({"title": "x" * 301}, "Shorten the title to 300 characters."),
        ({"title": "Fair", "description": "x" * 20_001}, "Shorten the description to 20,000 characters."),
        ({"title": "Fair", "codes": ["999999"]}, "not a valid choice"),
        ({"title": "Fair", "codes": ["many"]}, "Invalid"),
    ],
)
def test_a_faulty_form_says_what_to_do_and_keeps_what_was_typed(
    world: World, chair: PageClient, session: Session, values: dict[str, Any], message: str
) -> None:
    given = {"description": "Kept words.", **values}
    page = chair.submit(chair.get(world.path("/new")), given, with_field="title")
    assert page.title.startswith("Error: ")
    assert message in page.text
    assert page.all("textarea")[0].text.strip() == given["description"]
    assert page.all("input", name_="title")[0].get("value", "").strip() == given["title"].strip()
    assert session.scalar(select(Theme.id)) is None


def test_a_commissioner_reads_themes_and_cannot_change_them(
    full: World, build: Builder, client_of: ClientOf
) -> None:
    commissioner = client_of(build.member(full.inquiry, Role.COMMISSIONER))
    build.session.commit()
    assert "Edit this theme" not in commissioner.get(full.path("/power")).text
    assert "Add a theme" not in commissioner.get(full.path()).text
    commissioner.get(full.path("/new"), status=403)
    commissioner.get(full.path("/power/edit"), status=403)


def test_the_front_page_names_each_theme_with_its_submissions(world: World, chair: PageClient) -> None:
    for title, sent in (("Power", 1), ("Trust", 2)):
        world.theme(sent, title=title)
        for _ in range(sent):
            world.code(world.send(), 0, sent)
    world.theme(3, title="Silence")
    world.build.session.commit()
    words = chair.get(f"/inquiries/{world.inquiry.slug}").text
    for fact in ("1 submission on “Power”", "2 submissions on “Trust”", "0 submissions on “Silence”"):
        assert fact in words
