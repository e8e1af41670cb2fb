"""Verbs of the public journey."""

from consult.respond.service.after import begin_amendment, withdraw_sent
from consult.respond.service.drafts import (
    AlreadySent,
    CallNotOpen,
    begin_draft,
    choose_version,
    erase_expired_drafts,
    save_about,
    save_answer,
    save_confidences,
    write_in,
)
from consult.respond.service.files import add_file, place_file, remove_file
from consult.respond.service.reminders import Wanted as WantedReminder
from consult.respond.service.reminders import forget_reminder, send_due_reminders, set_reminder
from consult.respond.service.sending import NothingChanged, Overtaken, Prepared, prepare, send_draft
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
    "Prepared",
    "Wanted",
    "WantedReminder",
    "add_file",
    "begin_amendment",
    "begin_draft",
    "choose_version",
    "erase_expired_drafts",
    "forget_reminder",
    "join_team",
    "leave_team",
    "note_presence",
    "place_file",
    "prepare",
    "remove_file",
    "renew_code",
    "save_about",
    "save_answer",
    "save_confidences",
    "send_draft",
    "send_due_reminders",
    "set_reminder",
    "share_draft",
    "stop_sharing",
    "withdraw_sent",
    "write_in",
]
