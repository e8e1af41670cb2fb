"""Verbs of the public journey."""

from consult.respond.service.after import begin_amendment, withdraw_sent
from consult.respond.service.drafts import (
    AlreadySent,
    CallNotOpen,
    NothingChanged,
    Overtaken,
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
    "NothingChanged",
    "Overtaken",
    "Wanted",
    "begin_amendment",
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
    "withdraw_sent",
    "write_in",
]
