"""What can be decided about suggestions, decisions and codings from values alone."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from consult.evidence.rules import Bounds
from consult.foundation.errors import BadInput


class Verdict(StrEnum):
    """What a member said of a suggestion."""

    ACCEPT = "accept"
    REJECT = "reject"
    REPLACE = "replace"
    SKIP = "skip"
    UNDO = "undo"


# Verdicts that make a coding.
CODING_VERDICTS = frozenset({Verdict.ACCEPT, Verdict.REPLACE})
# Verdicts that settle a suggestion; a skipped one stays open.
SETTLING = frozenset({Verdict.ACCEPT, Verdict.REJECT, Verdict.REPLACE})


class CodingOrigin(StrEnum):
    """How a person came to apply a code."""

    ACCEPTED = "accepted suggestion"
    REPLACED = "replaced suggestion"
    OWN = "own reading"


# The machine proposes again after so many decisions: often enough to be seen to learn, seldom enough
# that the work of proposing stays small beside the work of deciding.
LEARN_EVERY = 50


def is_time_to_learn(decision_id: int) -> bool:
    """Tell whether the machine should propose again after this decision."""
    return decision_id % LEARN_EVERY == 0


class Band(StrEnum):
    """A score in words, for people."""

    STRONG = "strong"
    LIKELY = "likely"
    POSSIBLE = "possible"


STRONG_FROM = 0.5
LIKELY_FROM = 0.2


def band_of(score: float) -> Band:
    """Return the band of a probability."""
    if score >= STRONG_FROM:
        return Band.STRONG
    return Band.LIKELY if score >= LIKELY_FROM else Band.POSSIBLE


# How many suggestions of a passage may be shown to a person; runs propose as many as the inquiry wants.
MOST_SHOWN = 10
LONGEST_ACT_KEY = 64


@dataclass(frozen=True)
class NewSuggestion:
    """What a run proposes for one passage and one code.

    `reasons` are dicts of start, end (code points within the passage), text and weight.
    """

    code_id: int
    score: float
    rank: int
    reasons: tuple[dict[str, Any], ...] = ()
    from_definition: bool = True


@dataclass(frozen=True)
class PassageRead:
    """One passage as a run read it; no suggestions means that the run abstained, which is a result."""

    passage_id: int
    suggestions: tuple[NewSuggestion, ...] = ()
    # Drawn by lot to be read without suggestions first.
    blind: bool = False


@dataclass(frozen=True)
class RunRecord:
    """What is recorded of a model run when it starts; `decided` counts the decisions it learned from."""

    codebook_version_id: int
    model: str
    model_version: str
    settings: dict[str, Any]
    data_sha256: str
    seed: int
    decided: int


@dataclass(frozen=True)
class Said:
    """Who said what of a suggestion."""

    user_id: int
    verdict: Verdict
    replacement_id: int | None = None


def located(body: str, passage: Bounds, words: str, claimed: Bounds | None = None) -> Bounds:
    """Return where in a text the words to be coded stand; without words, the whole passage.

    `claimed` is where the page says they are: it is believed only if the text says so too, because
    a browser counts some line ends differently. BadInput when the words are not there, or more than once.
    """
    if not words.strip():
        return passage
    if claimed and _folded(body[claimed.start : claimed.end]) == _folded(words):
        return claimed
    wanted = re.compile(r"\s+".join(map(re.escape, words.split())))
    found = [Bounds(*match.span()) for match in wanted.finditer(body)]
    inside = [bounds for bounds in found if passage.start <= bounds.start and bounds.end <= passage.end]
    fitting = inside or found
    if not fitting:
        raise BadInput("These words are not in the text. Copy them from it exactly, or select them again.")
    if len(fitting) > 1:
        raise BadInput(
            f"These words occur {len(fitting)} times. Add a word before or after, so that one place fits."
        )
    return fitting[0]


def _folded(words: str) -> str:
    return " ".join(words.split())
