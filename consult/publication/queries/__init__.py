"""Reads about what readers outside may have."""

from consult.publication.queries.withholding import (
    proposal_open,
    readable,
    redaction_stands,
    undone,
    withheld_spans,
)

__all__ = [
    "proposal_open",
    "readable",
    "redaction_stands",
    "undone",
    "withheld_spans",
]
