"""Whether a call has been answered: known to the rooms above, asked in this one.

An upper room registers when its models are imported:

    @tells_of_use
    def has_evidence(session, call_id):
        return bool
"""

from collections.abc import Callable

from sqlalchemy.orm import Session

Use = Callable[[Session, int], bool]
_uses: list[Use] = []


def tells_of_use(use: Use) -> Use:
    """Register who knows whether anybody has answered a call."""
    _uses.append(use)
    return use


def is_answered(session: Session, call_id: int) -> bool:
    """Tell whether anybody has begun or sent an answer to a call."""
    return any(use(session, call_id) for use in _uses)
