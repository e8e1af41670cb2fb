"""Verbs that change inquiries, their closed lists, calls and questions."""

from consult.calls.service.calls import close_call, edit_call, extend_call, prepare_call, publish_call
from consult.calls.service.inquiries import (
    add_phase,
    add_place,
    add_respondent_type,
    create_inquiry,
    rename_phase,
    rename_place,
    rename_respondent_type,
)
from consult.calls.service.questions import (
    add_question,
    details_of,
    edit_question,
    move_question,
    remove_question,
)

__all__ = [
    "add_phase",
    "add_place",
    "add_question",
    "add_respondent_type",
    "close_call",
    "create_inquiry",
    "details_of",
    "edit_call",
    "edit_question",
    "extend_call",
    "move_question",
    "prepare_call",
    "publish_call",
    "remove_question",
    "rename_phase",
    "rename_place",
    "rename_respondent_type",
]
