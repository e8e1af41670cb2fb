"""Reads about suggestions, decisions and codings."""

from consult.coding.queries.learning import (
    DecidedPair,
    PassageToRead,
    decided_pairs,
    held_passages,
    passages_to_propose_for,
    passages_unread_by,
)
from consult.coding.queries.standing import settlements, standing_codings, stands, taken_back

__all__ = [
    "DecidedPair",
    "PassageToRead",
    "decided_pairs",
    "held_passages",
    "passages_to_propose_for",
    "passages_unread_by",
    "settlements",
    "standing_codings",
    "stands",
    "taken_back",
]
