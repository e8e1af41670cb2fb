"""What a clerk does with a submission that has arrived."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.evidence.models import Submission
from consult.evidence.rules import (
    CHANGE_STATE,
    PublicationChoice,
    SubmissionState,
    may_record_choice,
    storable,
)
from consult.foundation import audit
from consult.foundation.errors import BadInput, NotFound, Refused
from consult.foundation.security import Actor


def change_state(
    session: Session,
    reference: str,
    state: SubmissionState,
    *,
    why: str = "",
    inquiry_id: int,
    actor: Actor,
    at: datetime,
) -> Submission:
    """Accept a submission or put it out of scope, with the reason in the audit log.

    Its words stay as they are. The state it already has changes nothing unless there is a new reason.
    BadInput for going back to new, or out of scope without a reason; NotFound for another inquiry's.
    """
    submission = _held(session, reference, inquiry_id)
    why = storable(why.strip())
    if state is SubmissionState.NEW:
        raise BadInput("A submission that was looked at is not new again. Accept it or put it out of scope.")
    if state is SubmissionState.OUT_OF_SCOPE and not why:
        raise BadInput("Say why it is out of scope.")
    if submission.state is state and not why:
        return submission
    detail = {"reference": reference, "from": submission.state, "to": state}
    submission.state = state
    act = audit.Act(CHANGE_STATE, "submission", submission.id, why=why, detail=detail)
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return submission


def record_publication_choice(
    session: Session,
    reference: str,
    choice: PublicationChoice,
    *,
    why: str,
    inquiry_id: int,
    actor: Actor,
    at: datetime,
) -> Submission:
    """Record what a respondent said of publication elsewhere than here, with how it is known.

    BadInput without the reason; Refused for a freer choice than the respondent made here.
    """
    submission = _held(session, reference, inquiry_id)
    why = storable(why.strip())
    if not why:
        raise BadInput("Say how you know what the respondent agreed to.")
    if not may_record_choice(submission.channel, submission.publication, choice):
        raise Refused("The respondent chose this here. It can be made closer, not freer.")
    detail = {"reference": reference, "from": submission.publication, "to": choice}
    submission.publication = choice
    act = audit.Act("record publication choice", "submission", submission.id, why=why, detail=detail)
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return submission


def _held(session: Session, reference: str, inquiry_id: int) -> Submission:
    """Return a submission, held until the commit: the log must name what it really was before."""
    wanted = select(Submission).where(Submission.inquiry_id == inquiry_id, Submission.reference == reference)
    submission = session.scalar(wanted.with_for_update())
    if submission is None:
        raise NotFound(f"There is no submission {reference} in this inquiry.")
    return submission
