"""An inquiry with evidence of every kind that figures tell apart."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.calls.models import Call, Inquiry, Phase, Place, RespondentType
from consult.codebook.models import Code
from consult.coding.models import Coding, CodingWithdrawal
from consult.coding.rules import CodingOrigin
from consult.evidence.models import Passage, Submission
from consult.foundation.security import SYSTEM, Role
from consult.themes.models import Theme
from consult.themes.service import make_theme
from tests.builders import NOON, Builder

TEXT = "The parish council decides nothing.\n\nThe bus comes twice a day.\n\nNobody told us what happened."


@dataclass
class World:
    """One inquiry and the verbs by which tests fill it."""

    build: Builder
    inquiry: Inquiry
    phases: list[Phase]
    calls: list[Call]
    types: list[RespondentType]
    places: list[Place]
    codes: list[Code]
    analyst: User
    second: User
    chair: User
    passages: dict[int, list[Passage]] = field(default_factory=dict)

    def send(self, type_: int | None = 0, place: int | None = 0, call: int = 0, **values: Any) -> Submission:
        """Send three paragraphs and cut them into passages."""
        sent = self.build.submission(
            self.calls[call],
            values.pop("text", TEXT),
            respondent_type_id=None if type_ is None else self.types[type_].id,
            place_id=None if place is None else self.places[place].id,
            **values,
        )
        self.passages[sent.id] = self.build.passages(sent)
        return sent

    def apply(self, passage: Passage, code: Code, user: User | None = None) -> Coding:
        """Apply a code to a passage as a person does."""
        return self.build.add(
            Coding(
                inquiry_id=self.inquiry.id,
                passage_id=passage.id,
                code_id=code.id,
                user_id=(user or self.analyst).id,
                origin=CodingOrigin.OWN,
                at=NOON,
            )
        )

    def code(self, submission: Submission, paragraph: int, code: int, user: User | None = None) -> Coding:
        """Apply a code to the passage that is a paragraph, counted from 0."""
        return self.apply(self.passages[submission.id][paragraph], self.codes[code], user)

    def withdraw(self, coding: Coding) -> None:
        self.build.add(CodingWithdrawal(coding_id=coding.id, user_id=coding.user_id, at=NOON))

    def theme(self, *codes: int, title: str = "Power", **values: Any) -> Theme:
        """Make a theme of some of the codes."""
        given = {"slug": None, "description": "", "position": None, "actor": SYSTEM, "at": NOON}
        return make_theme(
            self.build.session,
            inquiry_id=self.inquiry.id,
            title=title,
            code_ids=[self.codes[code].id for code in codes],
            **{**given, **values},
        )

    def path(self, rest: str = "") -> str:
        return f"/inquiries/{self.inquiry.slug}/themes{rest}"


@pytest.fixture
def world(build: Builder, session: Session) -> World:
    """Give an inquiry with two phases of one call each, three types, two places and four codes."""
    inquiry = build.inquiry()
    phases = [build.phase(inquiry, slug="first"), build.phase(inquiry, slug="second")]
    calls = [build.call(inquiry, phase_id=phase.id) for phase in phases]
    for call in calls:
        build.question(call)
    names = ["Community organisation", "Local government", "Policy expert"]
    types = [build.respondent_type(inquiry, slug=f"type_{n}", name=name) for n, name in enumerate(names)]
    places = [build.place(inquiry, slug=name.lower(), name=name) for name in ("Cornwall", "Wigan")]
    codebook = build.codebook(inquiry)
    words = ["Real power resides elsewhere", "Distance", "No feedback", "Trust"]
    codes = [build.code(codebook, slug=f"code_{n}", name=name) for n, name in enumerate(words)]
    analyst = build.member(inquiry, Role.ANALYST)
    second = build.member(inquiry, Role.ANALYST)
    chair = build.member(inquiry, Role.CHAIR)
    session.commit()  # a page that writes begins by dropping what is not
    return World(build, inquiry, phases, calls, types, places, codes, analyst, second, chair)
