"""Verbs of privacy."""

from consult.privacy.service.carrying_out import erase, finish, unfinished
from consult.privacy.service.ordering import Order, Target, ledger_entry, order_again, order_erasure
from consult.privacy.service.scanning import rows_with

__all__ = [
    "Order",
    "Target",
    "erase",
    "finish",
    "ledger_entry",
    "order_again",
    "order_erasure",
    "rows_with",
    "unfinished",
]
