"""What can be decided about texts, passages, references and choices from values alone."""

import hashlib
import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from consult.foundation.errors import Refused

# The audit log's name for a clerk's act, by which the reason is found again.
CHANGE_STATE = "change state"

_BLANK_LINE = re.compile(r"\r?\n[^\S\n]*\r?\n|\r\r")
_LINE = re.compile(r"[^\r\n]+")
_INK = re.compile(r"\S(?:.*\S)?", re.DOTALL)
_SURROGATES = re.compile("[\ud800-\udfff]")


class PublicationChoice(StrEnum):
    """The respondent's choice of what is published."""

    WITH_NAME = "with_name"
    WITHOUT_NAME = "without_name"
    NOT_PUBLISHED = "not_published"


PUBLICATION_WORDS = {
    PublicationChoice.WITH_NAME: "May be published with name",
    PublicationChoice.WITHOUT_NAME: "May be published without name",
    PublicationChoice.NOT_PUBLISHED: "Not to be published",
}


# From the freest to the closest: a choice made in writing to us may be made closer by a clerk, never freer.
CLOSENESS = (PublicationChoice.WITH_NAME, PublicationChoice.WITHOUT_NAME, PublicationChoice.NOT_PUBLISHED)


def closest(first: PublicationChoice, *others: PublicationChoice | None) -> PublicationChoice:
    """Return the closest of several choices; None chooses nothing of its own."""
    return max((first, *(other or first for other in others)), key=CLOSENESS.index)


def may_record_choice(channel: "Channel", present: PublicationChoice, wanted: PublicationChoice) -> bool:
    """Tell whether a clerk may record a choice in a respondent's place.

    What came by any other way than our own pages was written down by somebody else, so any may be
    recorded. Who chose for themselves can only be protected further.
    """
    return channel is not Channel.WEB or CLOSENESS.index(wanted) >= CLOSENESS.index(present)


class SubmissionState(StrEnum):
    """Where a submission stands on the clerk's desk."""

    NEW = "new"
    NEEDS_TRANSCRIPTION = "needs_transcription"
    NEEDS_REDACTION = "needs_redaction"
    POSSIBLE_DUPLICATE = "possible_duplicate"
    CAMPAIGN = "campaign"
    OUT_OF_SCOPE = "out_of_scope"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"


STATE_WORDS = {
    SubmissionState.NEW: "New",
    SubmissionState.NEEDS_TRANSCRIPTION: "Needs transcription",
    SubmissionState.NEEDS_REDACTION: "Needs redaction",
    SubmissionState.POSSIBLE_DUPLICATE: "Possible duplicate",
    SubmissionState.CAMPAIGN: "Campaign",
    SubmissionState.OUT_OF_SCOPE: "Out of scope",
    SubmissionState.ACCEPTED: "Accepted",
    SubmissionState.WITHDRAWN: "Withdrawn",
}

# In no figure, no queue and no model: what is kept, but is not evidence.
UNCOUNTED = frozenset({SubmissionState.OUT_OF_SCOPE, SubmissionState.WITHDRAWN})


class Channel(StrEnum):
    """How a submission arrived."""

    WEB = "web"
    IMPORTED = "imported"
    PAPER = "paper"
    EMAIL = "email"
    TELEPHONE = "telephone"
    EVENT = "event"


CHANNEL_WORDS = {
    Channel.WEB: "Sent on the web",
    Channel.IMPORTED: "Imported from a file",
    Channel.PAPER: "On paper",
    Channel.EMAIL: "By e-mail",
    Channel.TELEPHONE: "By telephone",
    Channel.EVENT: "At an event",
}


class PassageKind(StrEnum):
    """Who drew the bounds of a passage."""

    CUT = "cut"
    SELECTED = "selected"


@dataclass(frozen=True, order=True)
class Bounds:
    """A half-open span in Unicode code points."""

    start: int
    end: int


def quote_of(text: str, bounds: Bounds) -> str:
    """Return the words between bounds; Refused when they do not lie inside the text or hold nothing."""
    if not 0 <= bounds.start < bounds.end <= len(text):
        raise Refused("The selection does not lie inside the text. Select the words again.")
    quote = text[bounds.start : bounds.end]
    if not quote.strip():
        raise Refused("The selection holds no words. Select at least one word.")
    return quote


def trimmed(text: str, bounds: Bounds) -> Bounds:
    """Return bounds without white space at either end."""
    ink = _INK.search(text, bounds.start, bounds.end)
    return Bounds(ink.start(), ink.end()) if ink else bounds


def sha256_of(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def hash_of_answers(answers: Iterable[Mapping[str, Any]]) -> str:
    """Return the SHA-256 of what the answers of a version say, in the order of their questions.

    Each answer names its question; what is left out of it says nothing, so a new kind of answer leaves the
    hashes of those before it as they are.
    """
    ordered = sorted(answers, key=lambda answer: answer["question_id"])
    said = json.dumps(ordered, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()


def storable(text: str) -> str:
    """Return the text if every engine can keep it exactly; Refused for NUL and lone surrogates."""
    if "\x00" in text or _SURROGATES.search(text):
        raise Refused("The text holds characters that cannot be stored. Remove them and save again.")
    return text


def paragraphs_of(text: str) -> list[Bounds]:
    """Return the paragraphs of a text in order, without the white space around them.

    A text with a blank line anywhere is divided at blank lines, so that hard-wrapped lines stay
    together; a text with none has a paragraph on each line.
    """
    pieces = _between_blank_lines(text) if _BLANK_LINE.search(text.strip()) else _lines(text)
    return [trimmed(text, piece) for piece in pieces if text[piece.start : piece.end].strip()]


def _lines(text: str) -> list[Bounds]:
    return [Bounds(*match.span()) for match in _LINE.finditer(text)]


def _between_blank_lines(text: str) -> list[Bounds]:
    gaps = [match.span() for match in _BLANK_LINE.finditer(text)]
    starts = [0, *(end for _, end in gaps)]
    ends = [*(start for start, _ in gaps), len(text)]
    return [Bounds(start, end) for start, end in zip(starts, ends, strict=True) if start < end]


def paragraph_at(paragraphs: list[Bounds], position: int) -> int:
    """Return the index of the paragraph in which a code point lies, or of the nearest one before it."""
    return max(bisect_right(paragraphs, position, key=lambda bounds: bounds.start) - 1, 0)


def reference_for(prefix: str, number: int) -> str:
    """Return a public reference such as LOC0012."""
    return f"{prefix}{number:04d}"


def word_count(text: str) -> int:
    """Return the number of words, parted by white space."""
    return len(text.split())
