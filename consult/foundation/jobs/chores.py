"""What the clock asks for rather than a person: done about every hour by whoever sweeps."""

import logging
from collections.abc import Callable
from datetime import datetime

Chore = Callable[[datetime], None]
_chores: list[Chore] = []

log = logging.getLogger(__name__)


def hourly(chore: Chore) -> Chore:
    """Register a function that is called with the time; several processes may call it, also at once."""
    _chores.append(chore)
    return chore


def do_chores(*, at: datetime) -> None:
    """Do each chore; one that breaks keeps none of the others from being done."""
    for chore in _chores:
        try:
            chore(at)
        except Exception:
            log.exception("the chore %s broke; it is tried again in an hour", chore.__name__)
