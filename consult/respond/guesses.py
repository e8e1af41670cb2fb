"""Slows whoever tries codes that open nothing.

Nobody guesses 128 bits; this keeps the trying from being free, and from hiding among what people do. It is
counted in memory, by a digest: no address of a respondent is written down, and several processes allow so
many times more. A code that a browser keeps in its signed cookie was right once, and is never refused.
"""

import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import current_app, request
from flask.blueprints import BlueprintSetupState

from consult.accounts.sign_in import digest, network_of
from consult.foundation.clock import now
from consult.foundation.errors import Refused
from consult.foundation.language import _
from consult.respond.routes import blueprint

# A whole library or office may share one address.
MOST_WRONG = 60
COUNTED_FOR = timedelta(minutes=10)
MOST_ADDRESSES = 10_000


class TooManyGuesses(Refused):
    """Too many codes that open nothing came from where this one comes from."""


@dataclass
class Guesses:
    """When codes came that opened nothing, by the digest of an address."""

    tried: dict[str, deque[datetime]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def are_too_many(self, whence: str, at: datetime) -> bool:
        """Tell whether no more codes are looked up from there for now."""
        with self.lock:
            times = self.tried.get(whence)
            while times and times[0] <= at - COUNTED_FOR:
                times.popleft()
            return times is not None and len(times) >= MOST_WRONG

    def note(self, whence: str, at: datetime) -> None:
        """Count a code that opened nothing."""
        with self.lock:
            if whence not in self.tried and len(self.tried) >= MOST_ADDRESSES:
                self.forget_old(at)
            self.tried.setdefault(whence, deque(maxlen=MOST_WRONG)).append(at)

    def forget_old(self, at: datetime) -> None:
        """Make room: those who tried last long ago go, and if that is nobody, whoever came first."""
        self.tried = {who: times for who, times in self.tried.items() if times[-1] > at - COUNTED_FOR}
        if len(self.tried) >= MOST_ADDRESSES:
            del self.tried[next(iter(self.tried))]


def may_try() -> None:
    """Raise TooManyGuesses when too many codes from this reader's address opened nothing."""
    if guesses().are_too_many(whence(), now()):
        raise TooManyGuesses(
            _(
                "Too many codes were tried from your connection that open nothing. Wait ten minutes and try "
                "again. Nothing is lost meanwhile."
            )
        )


def note_wrong() -> None:
    """Count that this reader's code opened nothing."""
    guesses().note(whence(), now())


def whence() -> str:
    return digest(network_of(request.remote_addr))


def guesses() -> Guesses:
    found: Guesses = current_app.extensions["consult.guesses"]
    return found


@blueprint.record
def begin_counting(state: BlueprintSetupState) -> None:
    """Begin with nobody having guessed."""
    state.app.extensions.setdefault("consult.guesses", Guesses())
