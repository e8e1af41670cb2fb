"""Values that go into and come out of the library; all frozen, none knows where it is stored."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open range of Unicode code points in a text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class CodeSpec:
    """What a codebook says about one code."""

    code: str
    name: str
    definition: str = ""
    include: str = ""
    exclude: str = ""
    examples: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """One human decision: whether a code applies to a passage of this text."""

    text: str
    code: str
    applies: bool


@dataclass(frozen=True, slots=True)
class Reason:
    """Words of the passage that moved a score; `weight` is their part of it on the logit scale."""

    start: int
    end: int
    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class ScoredCode:
    """One suggestion: `score` is a probability, `rank` counts from 1.

    `from_definition` says that no decision on this code has been learned from, so that the
    score is only roughly calibrated.
    """

    code: str
    score: float
    rank: int
    reasons: tuple[Reason, ...]
    from_definition: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed for one passage; nothing above the floor is a result, not a failure."""

    codes: tuple[ScoredCode, ...]
    abstained: bool
