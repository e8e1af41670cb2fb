"""What a clerk says of the paragraphs of a document: each by itself, a range of them, or as proposed."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from wtforms import HiddenField

from consult.evidence.queries.paragraphs import ParagraphMap, ParagraphPlaced
from consult.evidence.rules_documents import whole_range
from consult.foundation.errors import BadInput
from consult.foundation.web import Form

NO_QUESTION = "none"
UNDECIDED = ""


class Act(StrEnum):
    """What the button pressed does."""

    KEEP = "keep"
    ACCEPT = "accept"
    RANGE = "range"


class PlacingForm(Form):
    """The parts that are the same for every document; selects of paragraphs are read by `Placing`."""

    seen = HiddenField(default="0")


@dataclass(frozen=True)
class Placing:
    """What was chosen on a page: the question of each paragraph as it was shown and as it came back."""

    chosen: Mapping[int, str]
    act: Act
    first: str = ""
    last: str = ""
    range_question: str = ""

    @classmethod
    def of(cls, sent: Mapping[str, str]) -> "Placing":
        """Read what a browser sent; what is no choice at all is left out."""
        chosen = {
            int(name.removeprefix("question-")): value
            for name, value in sent.items()
            if name.startswith("question-") and name.removeprefix("question-").isdecimal()
        }
        act = sent.get("act", "")
        return cls(
            chosen,
            Act(act) if act in set(Act) else Act.KEEP,
            sent.get("first", "").strip(),
            sent.get("last", "").strip(),
            sent.get("range_question", ""),
        )

    def decisions(self, found: ParagraphMap) -> dict[int, int | None]:
        """Return what is decided by it; BadInput for a range that cannot be read.

        A select left as it was shown decides nothing by itself: with "accept" every open proposal is
        decided as it stands, on this page and on the others.
        """
        by_number = {each.number: each for each in found.paragraphs}
        decided = {
            number: question_of(value)
            for number, value in self.chosen.items()
            if number in by_number and value not in (UNDECIDED, shown_value(by_number[number]))
        }
        if self.act is Act.ACCEPT:
            proposed = {
                p.number: p.proposed.question_id for p in found.paragraphs if p.proposed and p.is_open
            }
            return {**proposed, **decided}
        return {**decided, **self._range()} if self.act is Act.RANGE else decided

    def _range(self) -> dict[int, int | None]:
        if not (self.first.isdecimal() and self.first.isascii()):
            raise BadInput("Enter the number of the first paragraph of the range.")
        last = self.last or self.first
        if not (last.isdecimal() and last.isascii()):
            raise BadInput("Enter the number of the last paragraph of the range.")
        if self.range_question == UNDECIDED:
            raise BadInput("Choose the question to which the range belongs.")
        numbers = whole_range(int(self.first[:9]), int(last[:9]))
        if len(numbers) > LONGEST_RANGE:
            raise BadInput(f"A range has at most {LONGEST_RANGE:,} paragraphs.")
        return dict.fromkeys(numbers, question_of(self.range_question))


LONGEST_RANGE = 20_000


def question_of(value: str) -> int | None:
    """Return the question that a choice names, None for no question; BadInput for what is no choice."""
    if value == NO_QUESTION:
        return None
    if not (value.isdecimal() and value.isascii()):
        raise BadInput("Choose a question from the list.")
    return int(value[:18])


def shown_value(paragraph: ParagraphPlaced) -> str:
    """Return the choice that a paragraph's select shows before anybody touches it."""
    if paragraph.question_id is not None:
        return str(paragraph.question_id)
    return NO_QUESTION if paragraph.decided or paragraph.proposed else UNDECIDED
