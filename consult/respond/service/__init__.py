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
from consult.respond.service.team import (
    join_team,
    leave_team,
    note_presence,
    renew_code,
    share_draft,
    stop_sharing,
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
    "join_team",
    "leave_team",
    "note_presence",
    "renew_code",
    "save_about",
    "save_answer",
    "save_confidences",
    "send_draft",
    "share_draft",
    "stop_sharing",
    "write_in",
]
