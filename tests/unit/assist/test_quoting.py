"""Suggested quotes, with the real library: only what a report may carry whole, and only while it may."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.assist.quoting import suggest_quotes
from consult.calls.models import Call, Inquiry
from consult.codebook.models import Code
from consult.coding.models import Coding, CodingWithdrawal
from consult.coding.rules import CodingOrigin
from consult.evidence.models import ConfidentialPassage, Passage, Submission
from consult.evidence.rules import PublicationChoice, SubmissionState
from consult.foundation.jobs.models import Job
from consult.foundation.jobs.names import JobName
from consult.foundation.security import SYSTEM, Role
from consult.themes.models import SuggestedQuote, Theme
from consult.themes.queries.suggested import quotable_passages, suggested_quotes
from consult.themes.service import make_theme
from tests.builders import NOON, Builder
from tests.page import PageClient

SAID = [
    "The last bus leaves our village at five and nobody gets home from work in the evening.",
    "Since the evening bus was cut my daughter walks home from the college along the main road.",
    "We lost the bus to the hospital in spring, and the taxi costs what I earn in a morning.",
    "Without the evening bus the choir and the football club have both come to an end here.",
]


def untold(_done: int, _total: int, _message: str) -> None:
    pass


class World:
    def __init__(self, build: Builder) -> None:
        self.build, self.session = build, build.session
        self.inquiry: Inquiry = build.inquiry()
        self.call: Call = build.call(self.inquiry)
        self.analyst = build.member(self.inquiry, Role.ANALYST)
        self.code: Code = build.code(build.codebook(self.inquiry), name="Buses")
        self.theme: Theme = make_theme(
            self.session, inquiry_id=self.inquiry.id, slug="buses", title="Buses", description="",
            code_ids=[self.code.id], position=None, actor=SYSTEM, at=NOON,
        )  # fmt: skip
        self.session.commit()

    def coded(self, words: str, **values: object) -> Passage:
        (passage,) = self.build.passages(self.build.submission(self.call, words, **values))
        self.coding(passage)
        return passage

    def coding(self, passage: Passage) -> Coding:
        return self.build.add(
            Coding(
                inquiry_id=self.inquiry.id, passage_id=passage.id, code_id=self.code.id,
                user_id=self.analyst.id, origin=CodingOrigin.OWN, at=NOON,
            )
        )  # fmt: skip

    def suggested(self) -> list[str]:
        self.session.rollback()
        return [one.quote.quote for one in suggested_quotes(self.session, self.inquiry.id, self.theme.id)]

    def suggest(self) -> list[str]:
        self.session.commit()
        suggest_quotes(self.inquiry.id, untold)
        return self.suggested()


@pytest.fixture
def world(build: Builder) -> World:
    return World(build)


def test_passages_are_suggested_with_why_and_cite_nothing(world: World) -> None:
    for words in SAID:
        world.coded(words)
    assert set(world.suggest()) <= set(SAID)
    found = suggested_quotes(world.session, world.inquiry.id, world.theme.id)
    assert len(found) >= 3
    assert all(one.why.endswith(".") for one in found)


def test_what_is_not_to_be_published_or_partly_withheld_or_not_coded_is_not_suggested(world: World) -> None:
    quotable = world.coded(SAID[0])
    world.coded(SAID[1], publication=PublicationChoice.NOT_PUBLISHED)
    marked = world.coded(SAID[2])
    world.build.add(
        ConfidentialPassage(
            source_text_id=marked.source_text_id, start=0, end=5, harm="My employer.", marked_at=NOON
        )
    )
    world.build.passages(world.build.submission(world.call, SAID[3]))
    found = quotable_passages(world.session, world.inquiry.id, world.theme.id)
    assert [one.id for one in found] == [quotable.id]
    assert world.suggest() == [SAID[0]]


def test_what_may_no_longer_be_quoted_is_gone_from_the_page_at_once(world: World) -> None:
    held = [world.coded(words) for words in SAID[:3]]
    assert len(world.suggest()) == 3
    world.build.add(
        ConfidentialPassage(
            source_text_id=held[0].source_text_id, start=0, end=5, harm="My employer.", marked_at=NOON
        )
    )
    coding = world.session.scalars(select(Coding).where(Coding.passage_id == held[1].id)).one()
    world.build.add(CodingWithdrawal(coding_id=coding.id, user_id=world.analyst.id, at=NOON))
    world.session.commit()
    assert world.suggested() == [SAID[2]]


def test_evidence_out_of_scope_is_not_suggested(world: World) -> None:
    passage = world.coded(SAID[0])
    world.session.get_one(Submission, passage.submission_id).state = SubmissionState.OUT_OF_SCOPE
    assert world.suggest() == []


def test_choosing_anew_takes_the_place_of_what_was_chosen(world: World) -> None:
    world.coded(SAID[0])
    assert world.suggest() == world.suggest() == [SAID[0]]
    assert world.session.scalar(select(func.count()).select_from(SuggestedQuote)) == 1


def test_a_theme_without_codings_has_no_suggestion(world: World) -> None:
    assert world.suggest() == []


def test_the_page_of_a_theme_asks_for_quotes_and_shows_them_with_why(
    world: World, client_of: Callable[[User], PageClient], session: Session
) -> None:
    for words in SAID:
        world.coded(words)
    world.session.commit()
    staff = client_of(world.analyst)
    at = f"/inquiries/{world.inquiry.slug}/themes/buses"
    page = staff.get(at)
    assert "None yet: ask the machine" in page.text
    for _ in range(2):
        assert staff.submit(staff.get(at), button="Suggest quotes for all themes").h1 == "Suggesting quotes"
    asked = select(func.count(Job.id)).where(Job.name == JobName.QUOTES_WANTED)
    assert session.scalar(asked) == 1
    world.suggest()
    shown = staff.get(at)
    assert "Nearest of all to what most say." in shown.text
    assert "They stand for what was said" in shown.text


def test_who_may_not_edit_themes_reads_suggestions_and_cannot_ask(
    world: World, client_of: Callable[[User], PageClient]
) -> None:
    world.coded(SAID[0])
    reader = world.build.member(world.inquiry, Role.COMMISSIONER)
    world.suggest()
    page = client_of(reader).get(f"/inquiries/{world.inquiry.slug}/themes/buses")
    assert "Nearest of all to what most say." in page.text
    assert "Choose anew" not in page.text
