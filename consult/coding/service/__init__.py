"""Verbs that record what a model proposed and what a person decided."""

from consult.coding.service.codings import apply_code, withdraw_coding
from consult.coding.service.decisions import AlreadyDecided, decide_suggestion, undo_decision
from consult.coding.service.repeats import apply_to_repeats, withdraw_from_repeats
from consult.coding.service.runs import record_suggestions, start_run, want_suggestions

__all__ = [
    "AlreadyDecided",
    "apply_code",
    "apply_to_repeats",
    "decide_suggestion",
    "record_suggestions",
    "start_run",
    "undo_decision",
    "want_suggestions",
    "withdraw_coding",
    "withdraw_from_repeats",
]
