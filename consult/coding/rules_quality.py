"""What can be decided from values alone about how good suggestions are and what to read next."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby
from typing import Any

LEAST_PRECISION, MOST_PRECISION = 10, 99
MOST_AT_MOST = 10
DEFAULT_MOST = 5
# So many places of each order are kept; whoever gets there has long had a new run.
PLACES_KEPT = 500


class ReadingOrder(StrEnum):
    """What comes first in the coding queue."""

    BALANCED = "balanced"
    CERTAIN = "certain"
    UNCERTAIN = "uncertain"
    RAREST = "rarest"
    DIVERSE = "diverse"
    ARRIVAL = "arrival"


ORDER_WORDS = {
    ReadingOrder.BALANCED: "Mixed: rare codes and a random draw",
    ReadingOrder.CERTAIN: "Surest suggestions first",
    ReadingOrder.UNCERTAIN: "Least sure suggestions first",
    ReadingOrder.RAREST: "Codes short of examples first",
    ReadingOrder.DIVERSE: "As varied as possible",
    ReadingOrder.ARRIVAL: "Submission by submission, as they came",
}
ORDER_PURPOSE = {
    ReadingOrder.BALANCED: "Teaches the machine most.",
    ReadingOrder.CERTAIN: "Quick to decide; teaches the machine little.",
    ReadingOrder.UNCERTAIN: "Where the machine hesitates between yes and no.",
    ReadingOrder.RAREST: "Likely passages of codes that have been confirmed least.",
    ReadingOrder.DIVERSE: "Each passage unlike those before it.",
    ReadingOrder.ARRIVAL: "Whole submissions in order.",
}


def order_of(name: str | None) -> ReadingOrder | None:
    """Return the order with this name, or None for any other word."""
    return ReadingOrder(name) if name in set(ReadingOrder) else None


@dataclass(frozen=True)
class Wanted:
    """What an inquiry wants of suggestions: how many in a hundred right, and how many a passage."""

    precision: int | None = None
    most: int = DEFAULT_MOST


@dataclass(frozen=True)
class RunEnd:
    """What is recorded of a model run when it ends; `summary` holds numbers and slugs of codes only."""

    took: int
    passages: int
    suggestions: int
    abstained: int
    summary: dict[str, Any] = field(default_factory=dict)
    artefact_sha256: str | None = None


def share_accepted(summary: Mapping[str, Any], code: str, score: float) -> float | None:
    """Return what share of suggestions with a score like this was accepted; None on too few decisions."""
    acceptance = summary.get("acceptance") or {}
    overall = acceptance.get("overall") or []
    if not overall:
        return None
    place = max(0, bisect_right([each["least"] for each in overall], score) - 1)
    if overall[place]["decided"] < acceptance["least"]:
        return None
    own = acceptance.get("codes", {}).get(code)
    share: float = (own or overall)[place]["share"]
    return share


@dataclass(frozen=True)
class BinShown:
    """Scores from `least` up to the next line's: how many of those decided were accepted, what to expect."""

    least: float
    accepted: int
    decided: int
    share: float


def bins_shown(summary: Mapping[str, Any]) -> list[BinShown]:
    """Return what scores have meant, those neighbours in one line of which the same is to be expected."""
    overall = (summary.get("acceptance") or {}).get("overall") or []
    found = []
    for share, alike in groupby(overall, key=lambda each: each["share"]):
        bins = list(alike)
        accepted, decided = (sum(each[name] for each in bins) for name in ("accepted", "decided"))
        found.append(BinShown(bins[0]["least"], accepted, decided, share))
    return found


def share_in_words(share: float) -> str:
    """Return a share of suggestions accepted as people count: in tens."""
    tens = round(share * 10)
    if tens < 1:
        return "fewer than 1 in 10 like this were accepted"
    if tens > 9:
        return "nearly all like this were accepted"
    return f"about {tens} in 10 like this were accepted"
