"""The rows of a journey, and steps that several tests take."""

import re
from dataclasses import dataclass, field
from typing import Any

from consult.calls.models import Call, Inquiry, Option, Place, Question, RespondentType
from consult.calls.rules import QuestionKind
from tests.page import Page, PageClient

CODE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{5}(?:-[0-9A-HJKMNP-TV-Z]{5}){3}-[0-9A-HJKMNP-TV-Z]{6}\b")

# A matrix has a field for each row, and files have a page of their own.
ONE_FIELD = tuple(kind for kind in QuestionKind if kind not in {QuestionKind.MATRIX, QuestionKind.FILE})


@dataclass
class World:
    """The rows a journey needs."""

    inquiry: Inquiry
    call: Call
    kind_of_respondent: RespondentType
    place: Place
    questions: dict[QuestionKind, Question] = field(default_factory=dict)
    options: dict[str, Option] = field(default_factory=dict)

    @property
    def base(self) -> str:
        return f"/respond/{self.inquiry.slug}/{self.call.slug}"

    @property
    def call_page(self) -> str:
        return f"/calls/{self.inquiry.slug}/{self.call.slug}"

    def path(self, kind: QuestionKind) -> str:
        return f"{self.base}/questions/{self.questions[kind].number}"

    def answers(self) -> dict[QuestionKind, Any]:
        """Return a right answer of every kind, as a browser sends it."""
        return {
            QuestionKind.FREE_TEXT: "The bus stopped in 2019.\r\n\r\nNobody asked us.",
            QuestionKind.SINGLE: str(self.options["A little"].id),
            QuestionKind.SEVERAL: [str(self.options["A hall"].id), str(self.options["A fund"].id)],
            QuestionKind.SCALE: "4",
            QuestionKind.NUMBER: "1,250",
            QuestionKind.PLACE: str(self.place.id),
        }


ABOUT = {"name": "Ann O’Neill", "organisation": "", "email": "ann@example.org", "respondent_type": "resident"}


def answer(client: PageClient, world: World, kind: QuestionKind, typed: Any, **options: Any) -> Page:
    """Answer one question and press a button."""
    values = {"button": "Save and continue", **options}
    return client.submit(client.get(world.path(kind)), {"answer": typed}, **values)


def code_on(page: Page) -> str:
    """Return the first code printed on a page."""
    found = CODE.search(page.text)
    assert found, page.text
    return found.group()
