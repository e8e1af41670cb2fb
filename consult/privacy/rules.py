"""What can be erased, on what ground, and how long things are kept: decided from values alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class ErasureKind(StrEnum):
    """What an erasure takes away."""

    SUBMISSIONS = "submissions"
    WORDS = "words"
    ADDRESSES = "addresses"
    ORIGINALS = "originals"
    REASONS = "reasons"


class ErasureGround(StrEnum):
    """Why; a closed list, so that no reason typed by hand can repeat what was erased."""

    ASKED = "asked"
    NOT_THEIRS = "not_theirs"
    MISTAKE = "mistake"
    UNLAWFUL = "unlawful"
    RETENTION = "retention"


class TargetKind(StrEnum):
    """What a target's id names."""

    SUBMISSION = "submission"
    SPAN = "span"
    RESPONDENT = "respondent"
    ATTACHMENT = "attachment"
    EVENT = "event"


class RetentionKind(StrEnum):
    """A kind of thing that is kept for a time."""

    ADDRESSES = "addresses"
    NOT_COUNTED = "not_counted"
    ORIGINALS = "originals"
    REASONS = "reasons"


class RetentionEvent(StrEnum):
    """What a period counts from."""

    CALL_CLOSED = "call_closed"
    REPORT_OUT = "report_out"


KIND_WORDS = {
    ErasureKind.SUBMISSIONS: "Whole submissions",
    ErasureKind.WORDS: "Words of a submission",
    ErasureKind.ADDRESSES: "E-mail addresses",
    ErasureKind.ORIGINALS: "Originals of files",
    ErasureKind.REASONS: "Reasons in the audit log",
}
GROUND_WORDS = {
    ErasureGround.ASKED: "The respondent asked for it",
    ErasureGround.NOT_THEIRS: "It tells of somebody else, who asked for it or should be spared",
    ErasureGround.MISTAKE: "It was sent or entered by mistake",
    ErasureGround.UNLAWFUL: "We may not hold it by law",
    ErasureGround.RETENTION: "The time for which it may be kept is over",
}
# Nobody chooses this one: the schedule does.
CHOSEN_GROUNDS = tuple(ground for ground in ErasureGround if ground is not ErasureGround.RETENTION)

SHORTEST_WORDS = 3
LONGEST_DAYS = 3_650
BLOT = "█"


@dataclass(frozen=True)
class Period:
    """How long a kind of thing is kept: days from an event; None is as long as the inquiry's records."""

    kind: RetentionKind
    event: RetentionEvent
    days: int | None


DEFAULT_SCHEDULE = (
    Period(RetentionKind.ADDRESSES, RetentionEvent.REPORT_OUT, 90),
    Period(RetentionKind.NOT_COUNTED, RetentionEvent.REPORT_OUT, 90),
    Period(RetentionKind.ORIGINALS, RetentionEvent.REPORT_OUT, 365),
    Period(RetentionKind.REASONS, RetentionEvent.REPORT_OUT, 730),
)


def due_before(period: Period, at: datetime) -> datetime | None:
    """Return the latest moment of the event at which the period is over now; None where it never ends."""
    return None if period.days is None else at - timedelta(days=period.days)


def occurrences(text: str, words: str) -> list[int]:
    """Return where words stand in a text, one after the other."""
    found, start = [], text.find(words)
    while start >= 0:
        found.append(start)
        start = text.find(words, start + len(words))
    return found


def blotted(text: str, start: int, end: int) -> str:
    """Return a text of the same length with a span blotted out; line ends stay, and so do its paragraphs."""
    return text[:start] + blot(text[start:end]) + text[end:]


def blot(words: str) -> str:
    """Return words blotted out, sign by sign, but for white space, by which a text is divided."""
    return "".join(sign if sign.isspace() else BLOT for sign in words)
