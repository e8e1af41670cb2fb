"""What can be decided about the clerk's desk from values alone: which moves there are, and what is alike."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from consult.evidence.rules import Channel, SubmissionState

# Shorter answers ("I agree with all of it") are the same in many mouths and say nothing of a duplicate.
FEWEST_WORDS_ALIKE = 12
LONGEST_REASON = 2_000

LONDON = ZoneInfo("Europe/London")
_WORD = re.compile(r"\w+")


class MarkKind(StrEnum):
    """What was noticed about a submission when it arrived."""

    LATE = "late"


MARK_WORDS = {
    MarkKind.LATE: "Late",
}

# What a clerk may enter for somebody; web and import come by themselves.
ENTERED_CHANNELS = (Channel.PAPER, Channel.EMAIL, Channel.TELEPHONE, Channel.EVENT)

# The words of the button that makes a move.
MOVE_WORDS = {
    SubmissionState.ACCEPTED: "Accept it as evidence",
    SubmissionState.NEEDS_TRANSCRIPTION: "Send it to be transcribed",
    SubmissionState.NEEDS_REDACTION: "Send it to be redacted",
    SubmissionState.POSSIBLE_DUPLICATE: "Mark it as a possible duplicate",
    SubmissionState.CAMPAIGN: "Put it with the campaigns",
    SubmissionState.OUT_OF_SCOPE: "Put it out of scope",
    SubmissionState.WITHDRAWN: "Withdraw it, as its writer asked",
}

# The order in which a clerk works.
DESK_ORDER = (
    SubmissionState.NEW,
    SubmissionState.NEEDS_TRANSCRIPTION,
    SubmissionState.NEEDS_REDACTION,
    SubmissionState.POSSIBLE_DUPLICATE,
    SubmissionState.CAMPAIGN,
    SubmissionState.ACCEPTED,
    SubmissionState.OUT_OF_SCOPE,
    SubmissionState.WITHDRAWN,
)
# What still waits for a clerk.
WAITING = DESK_ORDER[:4]

_FREE, _WITH_REASON = False, True
_FROM_THE_DESK = {
    SubmissionState.ACCEPTED: _FREE,
    SubmissionState.NEEDS_TRANSCRIPTION: _FREE,
    SubmissionState.NEEDS_REDACTION: _FREE,
    SubmissionState.POSSIBLE_DUPLICATE: _FREE,
    SubmissionState.CAMPAIGN: _FREE,
    SubmissionState.OUT_OF_SCOPE: _WITH_REASON,
    SubmissionState.WITHDRAWN: _WITH_REASON,
}
# From each state, where a submission may go, and whether only with a reason. Nothing becomes new again, but
# by undoing a batch; what its writer withdrew comes back only by name and reason.
MOVES: dict[SubmissionState, dict[SubmissionState, bool]] = {
    SubmissionState.NEW: _FROM_THE_DESK,
    SubmissionState.NEEDS_TRANSCRIPTION: _FROM_THE_DESK,
    SubmissionState.NEEDS_REDACTION: _FROM_THE_DESK,
    SubmissionState.POSSIBLE_DUPLICATE: _FROM_THE_DESK,
    SubmissionState.CAMPAIGN: _FROM_THE_DESK,
    SubmissionState.OUT_OF_SCOPE: _FROM_THE_DESK,
    SubmissionState.ACCEPTED: dict.fromkeys(_FROM_THE_DESK, _WITH_REASON),
    SubmissionState.WITHDRAWN: {
        SubmissionState.ACCEPTED: _WITH_REASON,
        SubmissionState.OUT_OF_SCOPE: _WITH_REASON,
    },
}


WHY_LATE = "It came late. Say why it is accepted all the same."


def why_asked(state: SubmissionState) -> str:
    """Return how to ask for the reason that a move lacks."""
    if state is SubmissionState.OUT_OF_SCOPE:
        return "Say why it is out of scope."
    if state is SubmissionState.WITHDRAWN:
        return "Say who withdrew it, and how you know."
    return "Say why it is moved."


def moves_from(state: SubmissionState) -> list[SubmissionState]:
    """Return where a submission may go from a state, the most usual first."""
    return [to for to in MOVE_WORDS if to in MOVES[state] and to is not state]


def may_move(before: SubmissionState, after: SubmissionState) -> bool:
    """Tell whether a clerk may move a submission so."""
    return before is not after and after in MOVES[before]


def states_before(after: SubmissionState) -> list[SubmissionState]:
    """Return the states from which a submission may go to one."""
    return [before for before in DESK_ORDER if may_move(before, after)]


def needs_reason(before: SubmissionState, after: SubmissionState, *, unexplained_late: bool = False) -> bool:
    """Tell whether a move needs a reason; late evidence is accepted only with one, given now or earlier."""
    return MOVES[before].get(after, False) or (after is SubmissionState.ACCEPTED and unexplained_late)


def came_late(received_on: date, closes_at: datetime) -> bool:
    """Tell whether something came on a day after the one on which a call closed, on London's calendar."""
    return received_on > closes_at.astimezone(LONDON).date()


def words_sha256(texts: Iterable[str]) -> str | None:
    """Return one hash for the same words however spaced, cased or pointed; None for too few to compare."""
    whole = unicodedata.normalize("NFKC", "\n".join(texts)).casefold()
    words = _WORD.findall(whole)
    return hashlib.sha256(" ".join(words).encode()).hexdigest() if len(words) >= FEWEST_WORDS_ALIKE else None
