"""Which readers may have a submission's words, which of them are withheld, and whether with a name."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from consult.evidence.rules import CLOSENESS, Bounds, PublicationChoice, SubmissionState
from consult.foundation.language import lazy


class Clearance(StrEnum):
    """For whom an output is made."""

    PUBLIC = "public"
    RESEARCH = "research"
    COMPLETE = "complete"


# "Not published" keeps words inside the commission: no agreement with a researcher overrides the respondent.
MAY_READ: dict[Clearance, frozenset[PublicationChoice]] = {
    Clearance.PUBLIC: frozenset({PublicationChoice.WITH_NAME, PublicationChoice.WITHOUT_NAME}),
    Clearance.RESEARCH: frozenset({PublicationChoice.WITH_NAME, PublicationChoice.WITHOUT_NAME}),
    Clearance.COMPLETE: frozenset(PublicationChoice),
}

# What a choice means to somebody who wants to quote the words in a report.
QUOTING: dict[PublicationChoice, str] = {
    PublicationChoice.WITH_NAME: "May be quoted, with name",
    PublicationChoice.WITHOUT_NAME: "May be quoted, without name",
    PublicationChoice.NOT_PUBLISHED: "Not to be quoted outside the commission",
}


class Ground(StrEnum):
    """Why words are withheld from readers outside."""

    NAME = "name"
    THIRD_PARTY = "third_party"
    EMAIL = "email"
    TELEPHONE = "telephone"
    POSTCODE = "postcode"
    ADDRESS = "address"
    NHS_NUMBER = "nhs_number"
    NI_NUMBER = "ni_number"
    DATE_OF_BIRTH = "date_of_birth"
    VEHICLE = "vehicle"
    HEALTH = "health"
    CONFIDENTIAL = "confidential"
    LEGAL = "legal"
    OTHER = "other"


# As a clerk chooses it.
GROUND_WORDS: dict[Ground, str] = {
    Ground.NAME: "Name of the writer",
    Ground.THIRD_PARTY: "Name of another person",
    Ground.EMAIL: "E-mail address",
    Ground.TELEPHONE: "Telephone number",
    Ground.POSTCODE: "Postcode",
    Ground.ADDRESS: "Postal address",
    Ground.NHS_NUMBER: "NHS number",
    Ground.NI_NUMBER: "National Insurance number",
    Ground.DATE_OF_BIRTH: "Date of birth",
    Ground.VEHICLE: "Vehicle registration",
    Ground.HEALTH: "Somebody’s health",
    Ground.CONFIDENTIAL: "Confidential passage",
    Ground.LEGAL: "Legal reason",
    Ground.OTHER: "Other personal information",
}

# What stands in the place of the words for readers outside.
REMOVED: dict[Ground, Any] = {
    Ground.NAME: lazy("[Name removed]"),
    Ground.THIRD_PARTY: lazy("[Name of another person removed]"),
    Ground.EMAIL: lazy("[E-mail address removed]"),
    Ground.TELEPHONE: lazy("[Telephone number removed]"),
    Ground.POSTCODE: lazy("[Postcode removed]"),
    Ground.ADDRESS: lazy("[Address removed]"),
    Ground.NHS_NUMBER: lazy("[NHS number removed]"),
    Ground.NI_NUMBER: lazy("[National Insurance number removed]"),
    Ground.DATE_OF_BIRTH: lazy("[Date of birth removed]"),
    Ground.VEHICLE: lazy("[Vehicle registration removed]"),
    Ground.HEALTH: lazy("[Health information removed]"),
    Ground.CONFIDENTIAL: lazy("[Confidential passage removed]"),
    Ground.LEGAL: lazy("[Removed for a legal reason]"),
    Ground.OTHER: lazy("[Personal information removed]"),
}


# A submission in one of these is accepted when its redaction is done; any other keeps its state.
AWAITS_REDACTION = frozenset({SubmissionState.NEW, SubmissionState.NEEDS_REDACTION})


class Verdict(StrEnum):
    """What a clerk says of words that might be withheld."""

    WITHHOLD = "withhold"
    RELEASE = "release"
    UNDO = "undo"


@dataclass(frozen=True, order=True)
class Withheld:
    """A span of a text, in code points, that readers outside may not have."""

    start: int
    end: int
    ground: Ground


@dataclass(frozen=True)
class Proposed:
    """What a recogniser found: where, on what ground, how surely, and by what."""

    bounds: Bounds
    ground: Ground
    score: float
    reason: str


@dataclass(frozen=True)
class Run:
    """A stretch of a text: words that are shown, or what stands in the place of words withheld."""

    bounds: Bounds
    words: str
    ground: Ground | None = None


def shown(text: str, withheld: Iterable[Withheld]) -> tuple[Run, ...]:
    """Return a text as runs, none of which holds a withheld word.

    Spans that overlap become one, which tells the ground of the first; spans that only touch stay two.
    """
    runs, position = [], 0
    for span in united(withheld):
        if position < span.start:
            runs.append(Run(Bounds(position, span.start), text[position : span.start]))
        position = min(span.end, len(text))
        runs.append(Run(Bounds(span.start, position), str(REMOVED[span.ground]), span.ground))
    if position < len(text):
        runs.append(Run(Bounds(position, len(text)), text[position:]))
    return tuple(runs)


def united(withheld: Iterable[Withheld]) -> list[Withheld]:
    """Return spans in order, those that overlap as one."""
    found: list[Withheld] = []
    for span in sorted(withheld):
        if found and span.start < found[-1].end:
            last = found[-1]
            found[-1] = Withheld(last.start, max(last.end, span.end), last.ground)
        else:
            found.append(span)
    return found


def redacted(text: str, withheld: Iterable[Withheld]) -> str:
    """Return a text as readers outside may have it."""
    return "".join(run.words for run in shown(text, withheld))


def within(withheld: Sequence[Withheld], bounds: Bounds) -> list[Withheld]:
    """Return the spans that touch a part of a text, counted from the start of that part and cut to it."""
    return [
        Withheld(max(span.start - bounds.start, 0), min(span.end, bounds.end) - bounds.start, span.ground)
        for span in withheld
        if span.start < bounds.end and span.end > bounds.start
    ]


# Stands between words that no search may join: something was withheld there.
_GAP = "·"
_WORD = re.compile(r"\w+")


def folded(runs: Iterable[Run]) -> str:
    """Return the words that are shown, without capitals and accents, each between single spaces."""
    words = [word for run in runs for word in ([_GAP] if run.ground else folded_words(run.words))]
    return f" {' '.join(words)} "


def folded_words(text: str) -> list[str]:
    """Return the words of a text without capitals and accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return _WORD.findall("".join(sign for sign in plain if not unicodedata.combining(sign)))


class Flag(StrEnum):
    """Why a submission should not go out yet."""

    NOT_AGREED = "not_agreed"
    SET_ASIDE = "set_aside"
    NOT_ACCEPTED = "not_accepted"
    NOTHING_LEFT = "nothing_left"
    UNDECIDED = "undecided"
    UNREAD = "unread"
    NAME_SHOWN = "name_shown"


FLAG_WORDS: dict[Flag, str] = {
    Flag.NOT_AGREED: "Its writer did not agree to publication",
    Flag.SET_ASIDE: "It is out of scope or withdrawn",
    Flag.NOT_ACCEPTED: "It has not been accepted as evidence",
    Flag.NOTHING_LEFT: "Nothing of it may be published",
    Flag.UNDECIDED: "Words are still undecided at the redaction desk; they would stay withheld",
    Flag.UNREAD: "The machine has not looked through it for personal data",
    Flag.NAME_SHOWN: "It is to be published without name, but the name stands in its words",
}
# A clerk may let these pass with a reason; the others stop it.
MAY_PASS = frozenset({Flag.UNDECIDED, Flag.UNREAD, Flag.NAME_SHOWN})


def closer(choice: PublicationChoice, own: PublicationChoice | None) -> PublicationChoice:
    """Return the closer of a submission's choice and an answer's own."""
    return max(choice, own or choice, key=CLOSENESS.index)


def may_name(choice: PublicationChoice, clearance: Clearance) -> bool:
    """Tell whether an output of this clearance may say who the words are from."""
    return clearance is Clearance.COMPLETE or choice is PublicationChoice.WITH_NAME
