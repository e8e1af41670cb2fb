"""Verbs of privacy."""

from consult.privacy.service.carrying_out import erase, finish, unfinished
from consult.privacy.service.handing_out import record_bundle
from consult.privacy.service.ordering import Order, Target, ledger_entry, order_again, order_erasure
from consult.privacy.service.retention import Due, apply_retention, set_schedule, what_is_due
from consult.privacy.service.scanning import rows_with

__all__ = [
    "Due",
    "Order",
    "Target",
    "apply_retention",
    "erase",
    "finish",
    "ledger_entry",
    "order_again",
    "order_erasure",
    "record_bundle",
    "rows_with",
    "set_schedule",
    "unfinished",
    "what_is_due",
]
