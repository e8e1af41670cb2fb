"""Reads about what readers outside may have."""

from consult.publication.queries.withholding import (
    confidence_open,
    proposal_open,
    readable,
    readable_answer,
    readable_text,
    redaction_stands,
    undone,
    withheld_spans,
)

__all__ = [
    "confidence_open",
    "proposal_open",
    "readable",
    "readable_answer",
    "readable_text",
    "redaction_stands",
    "undone",
    "withheld_spans",
]
