"""Passages of campaigns' letters that have the words of one of their template's, and are read there."""

from sqlalchemy import ColumnElement, exists

from consult.evidence.models import Passage
from consult.evidence.models_campaigns import RepeatedPassage


def repeated() -> ColumnElement[bool]:
    """Hold for passages that are read once, in the template of their campaign."""
    return exists().where(RepeatedPassage.passage_id == Passage.id).correlate(Passage)
