"""The one policy of closing, in the words that people read before they begin, write and send."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from consult.calls.rules import KEPT_AFTER_CLOSING, Openness, grace_ends
from consult.calls.time_left import time_left
from consult.foundation.language import _, ngettext
from consult.foundation.web import LONDON, as_time

ZONE = "Europe/London"
_DAY, _HOUR, _MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
# Crossing one of these is said aloud by screen readers; all other changes are only shown.
MILESTONES = (_HOUR, 10 * _MINUTE, 2 * _MINUTE)


class Closes(Protocol):
    """Whatever closes: a call as a row or as the journey reads it."""

    @property
    def closes_at(self) -> datetime: ...
    @property
    def grace_minutes(self) -> int: ...


@dataclass(frozen=True)
class Countdown:
    """How much time is left, in words, and after how many seconds to ask again."""

    words: str
    again: int
    # How many milestones are past.
    passed: int


def london_time(moment: datetime) -> str:
    """Return a moment on London's clock with the zone's name at that hour, which tells 01:30 from 01:30."""
    return _(
        "%(when)s (London time, %(zone)s)", when=as_time(moment), zone=moment.astimezone(LONDON).tzname()
    )


def closing_policy(call: Closes) -> list[str]:
    """Return the policy of a call, a sentence or two for each thing that people ask."""
    grace = _("What has not been sent by then cannot be sent any more, and nothing new can be begun.")
    if call.grace_minutes:
        grace = ngettext(
            "What you have begun before can still be sent for %(num)s minute more, until %(until)s. "
            "Nothing new can be begun.",
            "What you have begun before can still be sent for %(num)s minutes more, until %(until)s. "
            "Nothing new can be begun.",
            call.grace_minutes,
            until=f"{grace_ends(call.closes_at, call.grace_minutes).astimezone(LONDON):%H:%M}",
        )
    days = KEPT_AFTER_CLOSING.days
    return [
        _(
            "The call closes on %(when)s. The clock of our server decides, set to %(zone)s; the clock of "
            "your device does not matter.",
            when=london_time(call.closes_at),
            zone=ZONE,
        ),
        grace,
        ngettext(
            "Answers that were not sent are kept for %(num)s day, for you to copy with your return code, "
            "and are then erased.",
            "Answers that were not sent are kept for %(num)s days, for you to copy with your return code, "
            "and are then erased.",
            days,
        ),
        _("If something kept you from sending in time, write to the commission: it may take late evidence."),
    ]


def countdown(call: Closes, standing: Openness, at: datetime) -> Countdown | None:
    """Return how much time is left while anything can still be sent."""
    if standing is Openness.OPEN:
        when, left = london_time(call.closes_at), call.closes_at - at
        remaining = time_left(call.closes_at, at, LONDON)
        words = _("This call closes on %(when)s: %(remaining)s.", when=when, remaining=remaining)
        return Countdown(words, again_in(left), passed(left))
    if standing is Openness.GRACE:
        ends = grace_ends(call.closes_at, call.grace_minutes)
        until = london_time(ends)
        words = _("This call has closed. What you have begun can be sent until %(until)s.", until=until)
        return Countdown(words, again_in(ends - at), len(MILESTONES) + 1)
    return None


def again_in(left: timedelta) -> int:
    """Return after how many seconds the words may be others."""
    if left > _DAY:
        return 3_600
    if left > _HOUR:
        return 300
    return 30 if left > 2 * _MINUTE else max(1, min(10, int(left.total_seconds()) + 1))


def passed(left: timedelta) -> int:
    """Return how many milestones are past."""
    return sum(left <= milestone for milestone in MILESTONES)
