"""Verbs that receive evidence, keep passages and move a submission across the clerk's desk."""

from consult.evidence.service.amending import amend_submission
from consult.evidence.service.desk import change_state, record_publication_choice, unexplained_late
from consult.evidence.service.documents import transcribe
from consult.evidence.service.given import (
    GivenAnswer,
    GivenAttachment,
    GivenConfidence,
    GivenDeclaration,
    GivenEvidence,
    GivenMark,
    GivenProvenance,
    Ready,
    made_ready,
)
from consult.evidence.service.moves import move_all
from consult.evidence.service.passages import CutText, passage_for, store_passages
from consult.evidence.service.receiving import (
    Received,
    Stored,
    receive_many,
    receive_ready,
    receive_submission,
)
from consult.evidence.service.respondent_types import (
    add_missing_types,
    known_type,
    missing_types,
    types_by_name,
)
from consult.evidence.service.vectors import keep_vectors
from consult.evidence.service.withdrawing import ask_to_withdraw, decide_request, withdraw_submission

__all__ = [
    "CutText",
    "GivenAnswer",
    "GivenAttachment",
    "GivenConfidence",
    "GivenDeclaration",
    "GivenEvidence",
    "GivenMark",
    "GivenProvenance",
    "Ready",
    "Received",
    "Stored",
    "add_missing_types",
    "amend_submission",
    "ask_to_withdraw",
    "change_state",
    "decide_request",
    "keep_vectors",
    "known_type",
    "made_ready",
    "missing_types",
    "move_all",
    "passage_for",
    "receive_many",
    "receive_ready",
    "receive_submission",
    "record_publication_choice",
    "store_passages",
    "transcribe",
    "types_by_name",
    "unexplained_late",
    "withdraw_submission",
]
