"""Pages of the codebook."""

import io
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.calls.models import Inquiry
from consult.codebook.queries import code_by_slug, codes_of
from consult.foundation.security import Role
from tests.builders import Builder
from tests.page import Page, PageClient


@dataclass
class Room:
    session: Session
    inquiry: Inquiry
    staff: PageClient

    @property
    def at(self) -> str:
        return f"/inquiries/{self.inquiry.slug}/codebook"

    def add(self, name: str, **values: str) -> Page:
        form = self.staff.get(f"{self.at}/add")
        return self.staff.submit(form, {"name": name, **values}, with_field="name")

    def names(self) -> list[str]:
        self.session.rollback()
        return ["  " * code.depth + code.name for code in codes_of(self.session, self.inquiry.id)]


@pytest.fixture
def room(session: Session, build: Builder, client_of: Callable[[User], PageClient]) -> Room:
    inquiry = build.inquiry()
    staff = client_of(build.member(inquiry, Role.ANALYST))
    session.commit()
    return Room(session, inquiry, staff)


def test_an_empty_codebook_says_what_to_do(room: Room) -> None:
    page = room.staff.get(room.at)
    assert "There are no codes yet" in page.text
    assert page.link("Add a code")


def test_a_code_is_added_found_in_the_tree_and_edited(room: Room) -> None:
    page = room.add("Power", definition="Who decides", examples="They decide.\r\nNot us.")
    assert page.h1 == "Power"
    assert "Not us." in page.text
    child = room.add("Trust", parent="power")
    assert child.h1 == "Trust"
    assert room.names() == ["Power", "  Trust"]
    edit = room.staff.get(page.link("Edit"))
    assert [field.text for field in edit.all("textarea", id="examples")] == ["They decide.\nNot us."]
    saved = room.staff.submit(edit, {"name": "Force"}, with_field="name")
    assert saved.h1 == "Force"
    assert "Edit code (name)" in saved.text
    assert "Force" in room.staff.get(room.at).text


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"name": " "}, "Enter a name."),
        ({"name": "n" * 201}, "200 characters or fewer"),
        ({"name": "n", "definition": "d" * 10_001}, "10,000 characters or fewer"),
        ({"name": "n", "parent": "nowhere"}, "Choose a code from the list"),
    ],
)
def test_a_bad_code_keeps_what_was_typed(room: Room, values: dict[str, str], problem: str) -> None:
    page = room.add(**{"include": "kept words", **values})
    assert page.title.startswith("Error: ")
    assert problem in page.text
    assert "kept words" in page.html
    assert room.names() == []


def test_two_codes_in_use_do_not_share_a_name(room: Room) -> None:
    power = room.add("Power")
    told = room.add("power", definition="kept words", parent="power")
    assert "Another code has this name" in told.text
    assert "kept words" in told.html
    kept = room.staff.submit(
        room.staff.get(power.link("Edit")), {"definition": "Who decides"}, with_field="name"
    )
    assert "Who decides" in kept.text
    room.staff.submit(kept, button="Retire")
    room.add("Power")
    assert room.names() == ["Power", "Power"]


def test_two_writers_do_not_overwrite_each_other_unseen(room: Room) -> None:
    mine = room.staff.get(room.add("Power").link("Edit"))
    room.staff.submit(mine, {"name": "Theirs"}, with_field="name")
    told = room.staff.submit(mine, {"name": "Mine"}, with_field="name")
    assert "changed while you had it open" in told.text
    assert "Theirs" in told.text
    assert room.names() == ["Theirs"]
    room.staff.submit(told, {}, with_field="name")
    assert room.names() == ["Mine"]


def test_codes_move_retire_and_come_back(room: Room) -> None:
    room.add("First")
    page = room.add("Second")
    page = room.staff.submit(page, button="Move up")
    assert room.names() == ["Second", "First"]
    page = room.staff.submit(page, button="Retire")
    assert "is retired" in page.text
    assert "Retired codes" in room.staff.get(room.at).text
    page = room.staff.submit(page, button="Restore")
    assert "in use again" in page.text
    assert "Retired codes" not in room.staff.get(room.at).text


def test_a_code_with_codes_beneath_it_is_not_retired_and_says_why(room: Room) -> None:
    page = room.add("Top")
    room.add("Below", parent="top")
    told = room.staff.submit(page, button="Retire")
    assert "Move or retire the codes beneath “Top” first: Below." in told.text


def test_no_parent_that_would_make_a_circle_is_offered(room: Room) -> None:
    page = room.add("Top")
    room.add("Below", parent="top")
    room.add("Beside")
    edit = room.staff.get(page.link("Edit"))
    assert [o.get("value") for o in edit.all("option")] == ["", "beside"]


def upload(room: Room, data: bytes, status: int) -> Page:
    page = room.staff.get(f"{room.at}/import")
    sheet = (io.BytesIO(data), "codes.csv")
    return room.staff.submit(page, {"sheet": sheet}, with_field="sheet", status=status)


def test_a_sheet_is_imported_from_the_page(room: Room) -> None:
    page = upload(room, b"code,name,definition,parent\nb,B,d,a\na,A,d,\n", 200)
    assert "2 codes added, 0 changed, 0 as they were." in page.text
    assert room.names() == ["A", "  B"]


def test_a_bad_sheet_lists_every_problem_and_stores_nothing(room: Room) -> None:
    page = upload(room, b"code,name,definition\na,A,d\n,B,d\nc,,d\n", 422)
    assert "Row 3: there is no code" in page.text
    assert "Row 4: enter a name." in page.text
    assert room.names() == []


def test_a_form_sent_without_a_file_is_told_so(room: Room) -> None:
    page = room.staff.get(f"{room.at}/import")
    assert "Choose a CSV file." in room.staff.submit(page, {}, with_field="sheet", status=422).text


def test_a_code_of_another_inquiry_is_not_found(room: Room, build: Builder) -> None:
    other = build.code(build.codebook(build.inquiry()))
    room.session.commit()
    for path in (f"{room.at}/codes/{other.slug}", f"{room.at}/codes/{other.slug}/edit"):
        room.staff.get(path, status=404)


def test_commissioners_read_the_codebook_but_see_no_way_to_change_it(
    room: Room, build: Builder, client_of: Callable[[User], PageClient]
) -> None:
    room.add("Power")
    reader = client_of(build.member(room.inquiry, Role.COMMISSIONER))
    room.session.commit()
    assert "Add a code" not in reader.get(room.at).text
    assert "Retire" not in reader.get(f"{room.at}/codes/power").text
    reader.get(f"{room.at}/add", status=403)


def test_the_key_of_an_imported_code_may_hold_what_shared_codebooks_hold(room: Room) -> None:
    upload(room, b"code,name,definition\ngen:A_1.x,Health,d\n", 200)
    assert room.staff.get(room.staff.get(room.at).link("Health")).h1 == "Health"
    assert code_by_slug(room.session, room.inquiry.id, "gen:A_1.x").definition == "d"
