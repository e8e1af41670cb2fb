"""Groups to read: kept as offers, known again, settled by people, and never a code by themselves."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.calls.models import Call, Inquiry
from consult.codebook import queries_groups as reads
from consult.codebook import service
from consult.codebook.models import Code, CodeExample
from consult.codebook.models_groups import EmergentGroup, EmergentGroupMember, GroupDecision
from consult.codebook.rules_groups import (
    GroupVerdict,
    SearchedIn,
    draft_of_code,
    has_grown,
    is_time_to_look,
    name_of,
    same_group,
    settled_group,
    without_phrases_in,
    worth_reading,
)
from consult.codebook.service import Found, Search
from consult.evidence.models import ConfidentialPassage, Passage
from consult.evidence.rules import PublicationChoice
from consult.foundation.audit import AuditEvent
from consult.foundation.errors import BadInput, NotFound, Refused
from consult.foundation.jobs.models import Job
from consult.foundation.jobs.names import JobName
from consult.foundation.security import SYSTEM, Actor, Role
from nlp.phrases import phrases_of
from tests.builders import NOON, Builder
from tests.page import Page, PageClient

BUSES = "The last bus leaves the village at five."
PARKS = "The playground has been locked since spring."


@dataclass
class Room:
    session: Session
    inquiry: Inquiry
    call: Call
    build: Builder
    analyst: User
    staff: PageClient

    @property
    def at(self) -> str:
        return f"/inquiries/{self.inquiry.slug}/codebook/groups"

    @property
    def by(self) -> dict[str, object]:
        return {"inquiry_id": self.inquiry.id, "actor": Actor.member(self.analyst.id), "at": NOON}

    def passages(self, words: str, count: int) -> list[Passage]:
        """Passages of as many submissions."""
        return [
            self.build.passages(self.build.submission(self.call, f"{words} Number {n}."))[0]
            for n in range(count)
        ]

    def search(self, *groups: Found, searched_in: SearchedIn = SearchedIn.UNCOVERED) -> list[int]:
        """Keep groups as a search does; return their ids."""
        record = Search(searched_in, "finder", "1", {}, "0" * 64, 0, 100)
        search = service.start_search(self.session, record, inquiry_id=self.inquiry.id, actor=SYSTEM, at=NOON)
        service.record_groups(self.session, search.id, groups)
        service.end_search(self.session, search.id, at=NOON)
        self.session.commit()
        mine = select(EmergentGroup.id).where(EmergentGroup.search_id == search.id)
        return list(self.session.scalars(mine.order_by(EmergentGroup.id)))

    def offered(self, searched_in: SearchedIn = SearchedIn.UNCOVERED) -> list[str]:
        self.session.rollback()
        page = reads.offered_groups(self.session, self.inquiry.id, searched_in)
        return [group.name for group in page.groups]

    def decide(self, group_id: int, verdict: GroupVerdict, **values: object) -> None:
        service.decide_group(self.session, group_id, verdict, **self.by, **values)  # type: ignore[arg-type]  # by keyword
        self.session.commit()


def found(passages: list[Passage], *phrases: str) -> Found:
    ids = tuple(passage.id for passage in passages)
    return Found(phrases, ids, ids[:3], len(passages), 0.6)


@pytest.fixture
def room(session: Session, build: Builder, client_of: Callable[[User], PageClient]) -> Room:
    inquiry = build.inquiry()
    analyst = build.member(inquiry, Role.ANALYST)
    build.codebook(inquiry)
    made = Room(session, inquiry, build.call(inquiry), build, analyst, client_of(analyst))
    session.commit()
    return made


def test_a_name_is_made_of_the_first_three_phrases() -> None:
    assert name_of(["last bus", "village", "evening", "fares"]) == "Last bus, village, evening"
    assert name_of([]) == "Without phrases of its own"


def test_a_group_of_one_submission_or_of_two_passages_is_not_worth_reading() -> None:
    assert worth_reading(3, 2)
    assert not worth_reading(2, 2)
    assert not worth_reading(30, 1)


@pytest.mark.parametrize(
    ("before", "now", "grown"),
    [(None, 50, False), (10, 12, False), (10, 13, True), (100, 110, False), (100, 120, True), (10, 4, False)],
)
def test_a_group_has_grown_by_a_fifth_and_by_more_than_a_passage_or_two(
    before: int | None, now: int, grown: bool
) -> None:
    assert has_grown(before, now) is grown


def test_a_group_is_the_same_where_half_of_either_is_shared() -> None:
    assert same_group({1: 5, 2: 3}, {1: 100, 2: 6}, 40) == 2
    assert same_group({1: 20, 2: 3}, {1: 100, 2: 6}, 40) == 1
    assert same_group({1: 4}, {1: 10}, 40) is None
    assert same_group({}, {}, 40) is None


def test_a_settled_group_is_repeated_only_where_it_makes_up_half_of_the_new_one() -> None:
    assert settled_group({7: 20}, 40) == 7
    assert settled_group({7: 19}, 40) is None


def test_it_is_time_to_look_after_much_evidence_and_again_after_half_as_much_more() -> None:
    assert not is_time_to_look(None, 199)
    assert is_time_to_look(None, 200)
    assert not is_time_to_look(1_000, 1_499)
    assert is_time_to_look(1_000, 1_500)


def test_phrases_in_erased_words_go_however_they_are_punctuated_and_words_within_words_stay() -> None:
    phrases = ["zebedee quillfeather", "water tank", "bus", "ferrets behind"]
    assert without_phrases_in(phrases, ["Zebedee  Quillfeather’s water-tank. Omnibus."]) == [
        "bus",
        "ferrets behind",
    ]
    assert without_phrases_in(["zebedee quillfeather", "bus"], ["Zebedee"]) == ["bus"]
    assert without_phrases_in(phrases, ["", " … "]) == phrases


@pytest.mark.parametrize("written", ["Quill\u00adfeather", "QUILL\u200bFEATHER", "Quill_feather"])
def test_phrases_in_erased_words_go_however_the_words_are_spelled(written: str) -> None:
    (phrase,) = phrases_of(written)
    assert without_phrases_in([phrase, "bus"], [f"I am {written}."]) == ["bus"]


@pytest.mark.parametrize("written", ["Sio\u0302n Dw\u0302r", "ﬁreﬂy", "x" * 60])
def test_phrases_go_also_of_letters_in_other_forms_and_of_endless_words(written: str) -> None:
    assert without_phrases_in([*phrases_of(written), "bus"], [f"I am {written}."]) == ["bus"]


def test_a_draft_of_a_code_keeps_each_example_on_one_line() -> None:
    draft = draft_of_code(["last bus", "village"], ["It leaves\nat five."])
    assert (draft.name, draft.examples) == ("Last bus", ("It leaves at five.",))


def test_groups_found_are_offered_and_make_no_code(room: Room) -> None:
    room.search(found(room.passages(BUSES, 4), "last bus"), found(room.passages(PARKS, 3), "playground"))
    assert room.offered() == ["Last bus", "Playground"]
    assert room.session.scalar(select(func.count(Code.id))) == 0


def test_nothing_of_a_search_is_shown_before_it_is_done_and_what_broke_off_goes(room: Room) -> None:
    record = Search(SearchedIn.UNCOVERED, "finder", "1", {}, "0" * 64, 0, 100)
    broken = service.start_search(room.session, record, inquiry_id=room.inquiry.id, actor=SYSTEM, at=NOON)
    service.record_groups(room.session, broken.id, [found(room.passages(BUSES, 4), "last bus")])
    room.session.commit()
    assert room.offered() == []
    room.search(found(room.passages(PARKS, 3), "playground"))
    assert room.offered() == ["Playground"]
    assert room.session.scalar(select(func.count(EmergentGroup.id))) == 1


def test_a_group_that_has_grown_comes_first_and_says_from_what(room: Room) -> None:
    buses, parks = room.passages(BUSES, 4), room.passages(PARKS, 12)
    room.search(found(parks, "playground"), found(buses, "last bus"))
    room.search(found(parks, "playground"), found([*buses, *room.passages(BUSES, 4)], "last bus"))
    page = reads.offered_groups(room.session, room.inquiry.id, SearchedIn.UNCOVERED)
    assert [(group.name, group.grown, group.size_before) for group in page.groups] == [
        ("Last bus", True, 4),
        ("Playground", False, 12),
    ]


def test_of_a_group_that_was_replaced_and_not_settled_only_the_examples_stay(room: Room) -> None:
    buses = room.passages(BUSES, 6)
    (old,) = room.search(found(buses, "last bus"))
    (new,) = room.search(found(buses, "last bus"))
    counts = {
        row[0]: row[1]
        for row in room.session.execute(
            select(EmergentGroupMember.group_id, func.count()).group_by(EmergentGroupMember.group_id)
        )
    }
    assert counts == {old: 3, new: 6}


def test_what_is_no_theme_is_not_offered_again_while_it_is_alike_and_keeps_its_reason(room: Room) -> None:
    buses = room.passages(BUSES, 6)
    (old,) = room.search(found(buses, "last bus"))
    room.decide(old, GroupVerdict.NOT_A_THEME, why="All from one timetable.")
    assert room.offered() == []
    room.search(found([*buses, *room.passages(BUSES, 2)], "bus"))
    assert room.offered() == []
    (settled,) = reads.settled_groups(room.session, room.inquiry.id)
    assert settled.decision is not None
    assert settled.decision.why == "All from one timetable."


def test_what_has_become_something_else_is_offered_though_a_part_was_dismissed(room: Room) -> None:
    buses = room.passages(BUSES, 4)
    (old,) = room.search(found(buses, "last bus"))
    room.decide(old, GroupVerdict.NOT_A_THEME, why="Too few.")
    room.search(found([*buses, *room.passages(BUSES, 5)], "bus"))
    assert room.offered() == ["Bus"]


def test_a_group_is_offered_again_when_somebody_says_so(room: Room) -> None:
    buses = room.passages(BUSES, 4)
    (old,) = room.search(found(buses, "last bus"))
    room.decide(old, GroupVerdict.NOT_A_THEME, why="Too few.")
    room.search(found(buses, "bus"))
    room.decide(old, GroupVerdict.OFFERED_AGAIN)
    assert room.offered() == ["Bus"]
    assert reads.settled_groups(room.session, room.inquiry.id) == []


def test_no_theme_needs_a_reason_and_nothing_is_decided_twice(room: Room) -> None:
    (group,) = room.search(found(room.passages(BUSES, 4), "last bus"))
    with pytest.raises(BadInput):
        room.decide(group, GroupVerdict.NOT_A_THEME, why=" ")
    with pytest.raises(Refused):
        room.decide(group, GroupVerdict.OFFERED_AGAIN)
    room.decide(group, GroupVerdict.NOT_A_THEME, why="Chance.")
    with pytest.raises(Refused):
        room.decide(group, GroupVerdict.NOT_A_THEME, why="Chance.")
    assert room.session.scalar(select(func.count(GroupDecision.id))) == 1


def test_each_decision_is_in_the_audit_log_and_cannot_be_changed(room: Room) -> None:
    (group,) = room.search(found(room.passages(BUSES, 4), "last bus"))
    room.decide(group, GroupVerdict.NOT_A_THEME, why="Chance.")
    verbs = list(room.session.scalars(select(AuditEvent.verb).order_by(AuditEvent.id)))
    assert "say that group is no theme" in verbs
    assert "look for groups" in verbs
    with pytest.raises(DBAPIError):
        room.session.execute(delete(GroupDecision))


def test_a_group_of_another_inquiry_is_not_there(room: Room) -> None:
    (group,) = room.search(found(room.passages(BUSES, 4), "last bus"))
    elsewhere = room.build.inquiry()
    with pytest.raises(NotFound):
        reads.group_of(room.session, elsewhere.id, group)


def test_examples_for_a_codebook_leave_out_what_was_given_in_confidence(room: Room) -> None:
    passages = room.passages(BUSES, 2)
    kept_back = room.build.submission(
        room.call, f"{BUSES} Mine.", publication=PublicationChoice.NOT_PUBLISHED
    )
    marked = room.build.passages(room.build.submission(room.call, f"{BUSES} Marked."))[0]
    room.build.add(
        ConfidentialPassage(
            source_text_id=marked.source_text_id, start=0, end=8, harm="My employer.", marked_at=NOON
        )
    )
    members = [marked, *room.build.passages(kept_back), *passages]
    ids = tuple(passage.id for passage in members)
    (group,) = room.search(Found(("last bus",), ids, ids, 4, 0.6))
    assert reads.examples_for_code(room.session, group) == [passage.quote for passage in passages]


# --- pages


def test_before_any_search_the_page_says_what_to_do(room: Room) -> None:
    page = room.staff.get(room.at)
    assert page.h1 == "Groups to read"
    assert "Nobody has looked for groups yet" in page.text


def test_the_button_asks_for_a_search_and_asking_twice_is_asking_once(room: Room) -> None:
    for _ in range(2):
        page = room.staff.submit(room.staff.get(room.at), button="Look for groups")
        assert page.h1 == "Looking for groups to read"
    asked = select(func.count(Job.id)).where(Job.name == JobName.GROUPS_WANTED)
    assert room.session.scalar(asked) == 1


def test_the_page_never_calls_groups_themes_found(room: Room) -> None:
    room.search(found(room.passages(BUSES, 4), "last bus", "village"))
    page = room.staff.get(room.at)
    assert "themes found" not in page.text.lower()
    assert "4 passages in 4 submissions" in page.text
    assert page.link("Last bus, village")


def test_a_group_becomes_a_code_only_when_somebody_has_written_it(room: Room) -> None:
    room.search(found(room.passages(BUSES, 4), "last bus", "village"))
    form = room.staff.get(room.staff.get(room.at).link("Make a code of it: Last bus, village"))
    assert form.typed("name") == "Last bus"
    assert "last bus, village" in form.typed("definition")
    assert form.typed("examples").count("\n") == 2
    assert room.session.scalar(select(func.count(Code.id))) == 0
    saved = room.staff.submit(form, {"name": "Getting home"}, with_field="name")
    assert saved.h1 == "Getting home"
    assert room.offered() == []
    settled = room.staff.get(f"{room.at}/settled")
    assert settled.link("Getting home")
    assert room.session.scalar(select(func.count(CodeExample.id))) == 3


def test_a_refused_code_keeps_what_was_typed_and_settles_nothing(room: Room) -> None:
    room.search(found(room.passages(BUSES, 4), "last bus"))
    form = room.staff.get(room.staff.get(room.at).link("Make a code of it: Last bus"))
    page = room.staff.submit(form, {"name": "", "definition": "My own words."}, with_field="name")
    assert page.typed("definition") == "My own words."
    assert room.offered() == ["Last bus"]


def test_no_theme_without_a_reason_is_put_right_on_the_page(room: Room) -> None:
    (group,) = room.search(found(room.passages(BUSES, 4), "last bus"))
    page = room.staff.get(f"{room.at}/{group}")
    again = room.staff.submit(page, {"why": ""}, with_field="why", status=422)
    assert "Say why this is not a theme." in again.text
    done = room.staff.submit(again, {"why": "Only a timetable."}, with_field="why")
    assert "No group waits" in done.text
    settled = room.staff.get(done.link("1 group is settled"))
    assert "Only a timetable." in settled.text
    reopened = room.staff.submit(room.staff.get(f"{room.at}/{group}"), button="Offer it again")
    assert reopened.form(with_field="why") is not None


def test_passages_lead_to_where_they_stand(room: Room) -> None:
    passages = room.passages(BUSES, 4)
    (group,) = room.search(found(passages, "last bus"))
    page = room.staff.get(f"{room.at}/{group}")
    assert len(page.all("blockquote")) == 4
    reading = room.staff.get(page.link("LOC0001, paragraph 1").partition("#")[0])
    assert BUSES in reading.text


def test_readers_read_and_only_the_secretariat_decides(
    room: Room, client_of: Callable[[User], PageClient]
) -> None:
    (group,) = room.search(found(room.passages(BUSES, 4), "last bus"))
    chair = client_of(room.build.member(room.inquiry, Role.CHAIR))
    room.session.commit()
    page = chair.get(f"{room.at}/{group}")
    assert "A clerk or an analyst decides." in page.text
    assert not page.all("textarea")
    index = chair.get(room.at)
    assert "Make a code of it" not in index.text


def test_pages_beyond_the_last_say_so_and_lead_back(room: Room) -> None:
    room.search(found(room.passages(BUSES, 4), "last bus"))
    page: Page = room.staff.get(f"{room.at}?of=uncovered&page=7")
    assert page.link("See the first one")


def test_the_codebook_leads_to_the_groups_that_wait(room: Room) -> None:
    room.search(found(room.passages(BUSES, 4), "last bus"))
    page = room.staff.get(f"/inquiries/{room.inquiry.slug}/codebook")
    assert "1 waits among passages that no code covers" in page.text
    assert room.staff.get(page.link("Groups to read")).h1 == "Groups to read"
