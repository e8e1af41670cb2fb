"""What a clerk does with a submission that has arrived."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.evidence.models import Submission
from consult.evidence.models_desk import Mark, StateMove
from consult.evidence.rules import (
    CHANGE_STATE,
    STATE_WORDS,
    PublicationChoice,
    SubmissionState,
    may_record_choice,
    storable,
)
from consult.evidence.rules_desk import WHY_LATE, MarkKind, may_move, needs_reason, why_asked
from consult.foundation import audit
from consult.foundation.errors import BadInput, NotFound, Refused
from consult.foundation.jobs.names import JobName
from consult.foundation.jobs.queue import enqueue, waiting_job
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
    """Move a submission on the desk, with the reason in its history and in the audit log.

    Its words stay as they are. The state it already has changes nothing unless there is a new reason.
    BadInput for a move that there is not, or one that needs a reason without it; NotFound for another
    inquiry's.
    """
    submission = _held(session, reference, inquiry_id)
    why = storable(why.strip())
    if submission.state is state and not why and state is not SubmissionState.NEW:
        return submission
    _check_move(session, submission, state, why)
    session.add(_move_of(submission, state, why, actor=actor, at=at))
    detail = {"reference": reference, "from": submission.state, "to": state}
    submission.state = state
    act = audit.Act(CHANGE_STATE, "submission", submission.id, why=why, detail=detail)
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return submission


def _move_of(
    submission: Submission, state: SubmissionState, why: str, *, actor: Actor, at: datetime
) -> StateMove:
    return StateMove(
        submission_id=submission.id,
        from_state=submission.state,
        to_state=state,
        why=why,
        actor_kind=actor.kind,
        user_id=actor.user_id,
        at=at,
    )


def _check_move(session: Session, submission: Submission, state: SubmissionState, why: str) -> None:
    if state is SubmissionState.NEW:
        raise BadInput("A submission that was looked at is not new again. Choose another state.")
    if submission.state is not state and not may_move(submission.state, state):
        before, after = STATE_WORDS[submission.state].lower(), STATE_WORDS[state].lower()
        raise BadInput(f"What is {before} does not go straight to {after}. Choose another state.")
    if why:
        return
    late = state is SubmissionState.ACCEPTED and unexplained_late(session, submission.id)
    if needs_reason(submission.state, state, unexplained_late=late):
        raise BadInput(WHY_LATE if late else why_asked(state))


def unexplained_late(session: Session, submission_id: int) -> bool:
    """Tell whether a submission came late and nobody has said why it may be taken."""
    mark = session.get(Mark, (submission_id, MarkKind.LATE))
    return mark is not None and not mark.note


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
    # A name that might stand in the words may stand there no more: the words are read again.
    if waiting_job(session, JobName.PERSONAL_DATA_WANTED, inquiry_id) is None:
        enqueue(session, JobName.PERSONAL_DATA_WANTED, {}, at=at, inquiry_id=inquiry_id)
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
