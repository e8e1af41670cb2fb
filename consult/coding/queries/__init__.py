"""Reads about suggestions, decisions and codings."""

from consult.coding.queries.applied import applied_page
from consult.coding.queries.learning import (
    DecidedPair,
    PassageToRead,
    decided_pairs,
    held_passages,
    passages_to_propose_for,
)
from consult.coding.queries.queue import (
    anything_left,
    codings_by_code,
    decided_since,
    latest_run,
    next_reference,
    queue_page,
    totals_of,
)
from consult.coding.queries.screen import submission_to_code
from consult.coding.queries.standing import settlements, standing_codings, stands, taken_back

__all__ = [
    "DecidedPair",
    "PassageToRead",
    "anything_left",
    "applied_page",
    "codings_by_code",
    "decided_pairs",
    "decided_since",
    "held_passages",
    "latest_run",
    "next_reference",
    "passages_to_propose_for",
    "queue_page",
    "settlements",
    "standing_codings",
    "stands",
    "submission_to_code",
    "taken_back",
    "totals_of",
]
