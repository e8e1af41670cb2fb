"""Verbs that change inquiries, their closed lists, calls and questions."""

from consult.calls.service.calls import close_call, edit_call, extend_call, prepare_call, publish_call
from consult.calls.service.closing import move_opening, set_grace
from consult.calls.service.inquiries import (
    add_phase,
    add_place,
    add_respondent_type,
    create_inquiry,
    rename_phase,
    rename_place,
    rename_respondent_type,
    set_postcodes,
)
from consult.calls.service.languages import translate_call
from consult.calls.service.questions import (
    add_question,
    details_of,
    edit_question,
    move_question,
    remove_question,
)
from consult.calls.service.report import announce_report, set_withdrawal_policy
from consult.calls.service.sections import add_section, edit_section, move_section, remove_section

__all__ = [
    "add_phase",
    "add_place",
    "add_question",
    "add_respondent_type",
    "add_section",
    "announce_report",
    "close_call",
    "create_inquiry",
    "details_of",
    "edit_call",
    "edit_question",
    "edit_section",
    "extend_call",
    "move_opening",
    "move_question",
    "move_section",
    "prepare_call",
    "publish_call",
    "remove_question",
    "remove_section",
    "rename_phase",
    "rename_place",
    "rename_respondent_type",
    "set_grace",
    "set_postcodes",
    "set_withdrawal_policy",
    "translate_call",
]
