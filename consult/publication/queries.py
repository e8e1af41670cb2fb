"""The rules of publication as conditions of a query."""

from sqlalchemy import ColumnElement

from consult.evidence.models import Submission
from consult.evidence.rules import SubmissionState
from consult.publication.rules import MAY_READ, Clearance


def readable(clearance: Clearance) -> ColumnElement[bool]:
    """Hold for submissions whose words an output of this clearance may carry."""
    chosen = Submission.publication.in_(sorted(MAY_READ[clearance]))
    if clearance is Clearance.COMPLETE:
        return chosen
    return chosen & (Submission.state != SubmissionState.WITHDRAWN)
