"""What can be decided about suggestions, decisions and codings from values alone."""

from enum import StrEnum


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
