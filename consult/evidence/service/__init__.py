"""Verbs that receive evidence, keep passages and move a submission across the clerk's desk."""

from consult.evidence.service.given import GivenAnswer, GivenEvidence
from consult.evidence.service.passages import CutText, passage_for, store_passages
from consult.evidence.service.receiving import Received, receive_many, receive_submission

__all__ = [
    "CutText",
    "GivenAnswer",
    "GivenEvidence",
    "Received",
    "passage_for",
    "receive_many",
    "receive_submission",
    "store_passages",
]
