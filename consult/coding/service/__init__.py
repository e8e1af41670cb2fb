"""Verbs that record what a model proposed and what a person decided."""

from consult.coding.service.blind import read_passage_blind
from consult.coding.service.codings import apply_code, withdraw_coding
from consult.coding.service.decisions import AlreadyDecided, decide_suggestion, undo_decision
from consult.coding.service.repeats import apply_to_repeats, withdraw_from_repeats
from consult.coding.service.runs import (
    finish_run,
    put_in_order,
    record_suggestions,
    start_run,
    want_suggestions,
)
from consult.coding.service.settings import set_suggestion_settings

__all__ = [
    "AlreadyDecided",
    "apply_code",
    "apply_to_repeats",
    "decide_suggestion",
    "finish_run",
    "put_in_order",
    "read_passage_blind",
    "record_suggestions",
    "set_suggestion_settings",
    "start_run",
    "undo_decision",
    "want_suggestions",
    "withdraw_coding",
    "withdraw_from_repeats",
]
