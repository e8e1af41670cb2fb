"""Verbs that propose, decide and withdraw redactions, and that publish."""

from consult.publication.service.desk import About, Deed, Words, decide_all, finish, release, undo, withhold
from consult.publication.service.proposals import Searched, record_proposals, start_redaction_run
from consult.publication.service.publishing import publish, unpublish, unpublish_batch

__all__ = [
    "About",
    "Deed",
    "Searched",
    "Words",
    "decide_all",
    "finish",
    "publish",
    "record_proposals",
    "release",
    "start_redaction_run",
    "undo",
    "unpublish",
    "unpublish_batch",
    "withhold",
]
