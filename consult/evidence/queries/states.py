"""Which states count: the one condition that every figure, queue, model and output asks."""

from sqlalchemy import ColumnElement

from consult.evidence.models import Submission
from consult.evidence.rules import UNCOUNTED


def counted() -> ColumnElement[bool]:
    """Hold for submissions that are evidence: neither out of scope nor withdrawn."""
    return Submission.state.not_in(sorted(UNCOUNTED))
