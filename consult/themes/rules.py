"""What can be decided about figures and themes from values alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from statistics import median

from consult.evidence.rules_campaigns import Counting
from consult.foundation.errors import BadInput

# Stands for "no respondent type" and "no place", which evidence from files may lack; no row has this id.
NOT_STATED = 0
LONGEST_TITLE = 300
# These words stand in addresses where a theme's slug would.
RESERVED = frozenset({"new", "closed-questions", "passages", "submissions", "respondents", "suggest-quotes"})


class QuoteKind(StrEnum):
    """What a suggested quote is for."""

    REPRESENTATIVE = "representative"
    DISSENTING = "dissenting"


class Unit(StrEnum):
    """What a figure counts; figures of different units are never mixed."""

    PASSAGES = "passages"
    SUBMISSIONS = "submissions"
    RESPONDENTS = "respondents"


def noun(unit: Unit, count: int) -> str:
    """Return a unit's word in the number that a count asks for."""
    return unit.value.removesuffix("s") if count == 1 else unit.value


@dataclass(frozen=True)
class Counts:
    """How many of each unit a selection holds."""

    passages: int = 0
    submissions: int = 0
    respondents: int = 0

    def of(self, unit: Unit) -> int:
        """Return the count of one unit."""
        return int(getattr(self, unit))


@dataclass(frozen=True)
class Selection:
    """The evidence that a figure counts and that its list shows: the same value makes both."""

    inquiry_id: int
    theme_id: int | None = None
    code_id: int | None = None
    phase_id: int | None = None
    call_id: int | None = None
    # NOT_STATED selects evidence without one.
    type_id: int | None = None
    place_id: int | None = None
    # Only what carries a coding, whatever the code.
    coded: bool = False
    # What the clerk has set aside as out of scope, which no other selection holds.
    out_of_scope: bool = False
    # A closed question: answered at all, or with one of these options, numbers or places.
    question_id: int | None = None
    answers: tuple[int, ...] = ()
    # Of a matrix, the row in which they were given.
    row_id: int | None = None
    # Who chose "Prefer not to say", which no count of answers holds.
    declined: bool = False
    # Which letters of campaigns count, and where a list is of one campaign's letters, which.
    counting: Counting = Counting.RULED
    campaign_id: int | None = None

    def but(self, **changes: object) -> "Selection":
        """Return this selection narrowed or widened."""
        return replace(self, **changes)  # type: ignore[arg-type]  # replace checks the names, not the types

    @property
    def by_coding(self) -> bool:
        """Tell whether codings decide what is selected."""
        return self.coded or self.theme_id is not None or self.code_id is not None

    @property
    def everything(self) -> "Selection":
        """Return what the figure is to be read against: the same filters, whatever the codings."""
        return self.but(theme_id=None, code_id=None, coded=False)

    @property
    def filters(self) -> "Selection":
        """Return the phase, call, respondent type, place and the counting of campaigns alone."""
        return replace(
            Selection(self.inquiry_id),
            phase_id=self.phase_id,
            call_id=self.call_id,
            type_id=self.type_id,
            place_id=self.place_id,
            counting=Counting.RULED if self.counting is Counting.GROUPED else self.counting,
        )


def share(part: int, base: int) -> float:
    """Return a part as a percentage of its base; 0 of nothing is 0."""
    return 100 * part / base if base else 0.0


def percentage(part: int, base: int) -> str:
    """Return a whole percentage in words that never round something to nothing or nearly all to all."""
    if not base:
        return "no base"
    exact = share(part, base)
    if 0 < exact < 1:
        return "under 1%"
    if 99 < exact < 100:
        return "over 99%"
    # Half is rounded up, as people do by hand; Python would round it to the even number.
    return f"{int(exact + 0.5)}%"


def either(wordings: Sequence[str]) -> str:
    """Return answers as a sentence names them: “A little” or “None at all”."""
    quoted = [f"“{wording}”" for wording in wordings]
    return " or ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)


def median_of(counts: Mapping[int, int]) -> float:
    """Return the median of values that each occur a number of times; ValueError for none."""
    return median(value for value, count in counts.items() for _ in range(count))


def checked_title(title: str) -> str:
    """Return a title fit for a theme; BadInput tells what is wrong."""
    title = " ".join(title.split())
    if not title:
        raise BadInput("Give the theme a title.")
    if len(title) > LONGEST_TITLE:
        raise BadInput(f"A theme's title has at most {LONGEST_TITLE} characters.")
    return title
