"""What can be decided about campaigns from values alone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from consult.evidence.rules import SubmissionState
from consult.foundation.errors import BadInput

LONGEST_NAME = 200
LONGEST_NOTE = 2_000
# From this share of own words on a letter is evidence by itself until a person says otherwise.
MUCH_OF_ITS_OWN = 1 / 3
# Two alike may be one person sending twice; a campaign has more.
FEWEST_LETTERS = 3


class CountingRule(StrEnum):
    """How the letters of a campaign are counted in every figure."""

    EACH = "each"
    ONCE = "once"
    APART = "apart"


RULE_WORDS = {
    CountingRule.EACH: "Count each letter",
    CountingRule.ONCE: "Count the campaign once",
    CountingRule.APART: "Count the campaign apart",
}
RULE_MEANINGS = {
    CountingRule.EACH: "Every letter counts as a submission of its own, like any other.",
    CountingRule.ONCE: "The letters count as one submission: the one that shows the template. The others "
    "are in no figure, but their number is told beside it.",
    CountingRule.APART: "The letters are in none of the main figures. They stand on a line of their own "
    "below them.",
}


class CampaignVerdict(StrEnum):
    """What a person said of a letter: in the campaign, in it but counted by itself, or not of it."""

    IN = "in"
    BY_ITSELF = "by_itself"
    NOT_IN = "not_in"


VERDICT_WORDS = {
    CampaignVerdict.IN: "In the campaign",
    CampaignVerdict.BY_ITSELF: "In the campaign, counted by itself",
    CampaignVerdict.NOT_IN: "Not of this campaign",
}


class Counting(StrEnum):
    """Which letters of campaigns a figure counts; GROUPED is for lists of what campaigns hold together."""

    RULED = "ruled"
    EVERY = "every"
    WITHOUT = "without"
    GROUPED = "grouped"


# What a reader of figures may choose between.
COUNTING_WORDS = {
    Counting.RULED: "As ruled for each campaign",
    Counting.EVERY: "Every letter counted",
    Counting.WITHOUT: "Without campaigns",
}


# The other states say what is still to be done with a submission, or that it is no evidence.
MOVED_TO_CAMPAIGN = frozenset(
    {SubmissionState.NEW, SubmissionState.ACCEPTED, SubmissionState.POSSIBLE_DUPLICATE}
)


def usual_verdict(own_share: float) -> CampaignVerdict:
    """Return what is proposed for a letter: much of its own is never swallowed."""
    return CampaignVerdict.BY_ITSELF if own_share >= MUCH_OF_ITS_OWN else CampaignVerdict.IN


def checked_name(name: str) -> str:
    """Return a name fit for a campaign; BadInput tells what is wrong."""
    name = " ".join(name.split())
    if not name:
        raise BadInput("Give the campaign a name, such as “Save our libraries”.")
    if len(name) > LONGEST_NAME:
        raise BadInput(f"A campaign's name has at most {LONGEST_NAME} characters.")
    return name


@dataclass(frozen=True)
class Method:
    """What the method sentence of a campaign is made of; `template` is the reference of its template."""

    name: str
    rule: CountingRule
    letters: int
    by_itself: int
    template: str
    note: str = ""


def method_sentences(method: Method) -> list[str]:
    """Return how a campaign was received and is counted, in sentences that a report can print."""
    letters = method.letters
    received = (
        f"{letters:,} {'letter' if letters == 1 else 'letters'} of the campaign “{method.name}” "
        f"{'was' if letters == 1 else 'were'} received."
    )
    return [
        sentence
        for sentence in (received, _counted(method), _by_itself(method), method.note.strip())
        if sentence
    ]


def _counted(method: Method) -> str:
    ruled = method.letters - method.by_itself
    if not ruled:
        return ""
    if method.rule is CountingRule.EACH or (ruled == 1 and method.rule is CountingRule.ONCE):
        return "Each is counted as a submission of its own in every figure."
    these = f"{ruled:,} of them are" if method.by_itself else "They are"
    if method.rule is CountingRule.ONCE:
        return f"{these} counted once in every figure, as the submission {method.template}."
    return f"{these} in none of the main figures and counted on a line of their own."


def _by_itself(method: Method) -> str:
    if not method.by_itself or method.rule is CountingRule.EACH:
        return ""
    one = method.by_itself == 1
    return (
        f"{method.by_itself:,} {'adds' if one else 'add'} much in {'its' if one else 'their'} own words and "
        f"{'is' if one else 'are'} counted by {'itself' if one else 'themselves'}."
    )


def counted_under(counted_each: int, ruled: int) -> dict[CountingRule, int]:
    """Return how many submissions figures count under each rule, where `ruled` of all are the campaign's."""
    return {
        CountingRule.EACH: counted_each,
        CountingRule.ONCE: counted_each - ruled + min(ruled, 1),
        CountingRule.APART: counted_each - ruled,
    }


@dataclass(frozen=True)
class Piece:
    """Some words of a letter: its writer's own, or the template's, of which many may be left out here."""

    words: str
    own: bool
    left_out: bool = False


# Of words that are the template's, so many are shown beside own words.
SHOWN_BESIDE = 10
_RUN = re.compile(r"\S+\s*|\s+")


def pieces_of(text: str, own: Sequence[tuple[int, int]]) -> list[Piece]:
    """Return a letter in pieces: own words and, shortened, the template's between them."""
    pieces, place = [], 0
    for start, end in own:
        pieces += _template_words(text[place:start], first=place == 0)
        pieces.append(Piece(text[start:end], own=True))
        place = end
    if not own:
        return [Piece(text, own=False)]
    return pieces + _template_words(text[place:], first=place == 0, last=True)


def _template_words(text: str, *, first: bool, last: bool = False) -> list[Piece]:
    words = _RUN.findall(text)
    if len(words) <= 3 * SHOWN_BESIDE:
        return [Piece(text, own=False)] if text else []
    before = [] if first else words[:SHOWN_BESIDE]
    after = [] if last else words[-SHOWN_BESIDE:]
    gap = Piece(" … ", own=False, left_out=True)
    parts = [Piece("".join(before), own=False), gap, Piece("".join(after), own=False)]
    return [part for part in parts if part.words]


@dataclass(frozen=True)
class Held:
    """How many letters an inquiry holds, and how many of them came since they were last grouped."""

    letters: int
    since: int


# Up to here grouping all letters takes seconds; beyond it, so much has to be new.
QUICKLY_GROUPED = 5_000
WORTH_GROUPING = 0.02


def is_time_to_group(held: Held) -> bool:
    """Tell whether new letters are worth grouping all of them again, unasked."""
    if not held.since:
        return False
    return held.letters <= QUICKLY_GROUPED or held.since >= WORTH_GROUPING * held.letters
