"""What became of a submission, for its writer: known to the rooms above, asked from below.

An upper room registers a question of its own:

    @tells_what_became
    def quoted(session, submission_id):
        return [Fate(words, href)]
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Fate:
    """One thing that became of it, in words of the page's language, and where that can be seen."""

    words: str
    href: str = ""


Telling = Callable[[Session, int], list[Fate]]
_tellings: list[Telling] = []


def tells_what_became(telling: Telling) -> Telling:
    """Register a room that knows something."""
    _tellings.append(telling)
    return telling


def what_became(session: Session, submission_id: int) -> list[Fate]:
    """Return all that became of a submission, in the order of the rooms."""
    return [fate for telling in _tellings for fate in telling(session, submission_id)]
