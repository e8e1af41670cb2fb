"""Verbs of the public journey."""

from consult.respond.service.drafts import (
    AlreadySent,
    CallNotOpen,
    begin_draft,
    choose_version,
    erase_expired_drafts,
    save_about,
    save_answer,
    save_confidences,
    send_draft,
    write_in,
)
from consult.respond.service.words import ChangedMeanwhile, Wanted

__all__ = [
    "AlreadySent",
    "CallNotOpen",
    "ChangedMeanwhile",
    "Wanted",
    "begin_draft",
    "choose_version",
    "erase_expired_drafts",
    "save_about",
    "save_answer",
    "save_confidences",
    "send_draft",
    "write_in",
]
