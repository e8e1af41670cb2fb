"""Verbs that withdraw a submission: by its writer at once, or by the commission on its writer's request."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.evidence.models import Submission, WithdrawalRequest
from consult.evidence.rules import SubmissionState, storable
from consult.evidence.service.amending import held
from consult.evidence.service.moves import move_all
from consult.foundation import audit
from consult.foundation.errors import BadInput, NotFound, Refused
from consult.foundation.security import Actor

LONGEST_WISH = 2_000
BY_ITS_WRITER = "Its writer withdrew it."
ON_REQUEST = "Its writer asked for it."


def withdraw_submission(
    session: Session, submission_id: int, *, inquiry_id: int, actor: Actor, at: datetime
) -> Submission:
    """Withdraw a submission for its writer, who the caller knows may; doing it again changes nothing."""
    return _withdrawn(session, held(session, submission_id, inquiry_id), BY_ITS_WRITER, actor=actor, at=at)


def ask_to_withdraw(
    session: Session, submission_id: int, why: str, *, inquiry_id: int, actor: Actor, at: datetime
) -> WithdrawalRequest:
    """Keep a writer's wish for the commission to decide on; a second wish while one waits is the first.

    BadInput for a reason that is too long, Refused once it is withdrawn. The log does not have the reason.
    """
    why = storable(why.strip())
    if len(why) > LONGEST_WISH:
        raise BadInput(f"Shorten the reason to {LONGEST_WISH:,} characters.")
    submission = held(session, submission_id, inquiry_id)
    if submission.state is SubmissionState.WITHDRAWN:
        raise Refused("This evidence has been withdrawn already.")
    waiting = select(WithdrawalRequest).where(
        WithdrawalRequest.submission_id == submission_id, WithdrawalRequest.decided_at.is_(None)
    )
    if request := session.scalar(waiting):
        return request
    request = WithdrawalRequest(submission_id=submission_id, asked_at=at, why=why)
    session.add(request)
    act = audit.Act("ask to withdraw", "submission", submission_id, detail=_named(submission))
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return request


def decide_request(
    session: Session,
    request_id: int,
    *,
    granted: bool,
    answer: str,
    inquiry_id: int,
    actor: Actor,
    at: datetime,
) -> WithdrawalRequest:
    """Grant or refuse a writer's wish to withdraw; the answer is what they are told.

    BadInput for a refusal without an answer, Refused once it is decided, NotFound in another inquiry.
    """
    mine = select(Submission.id).where(Submission.inquiry_id == inquiry_id)
    wanted = select(WithdrawalRequest).where(
        WithdrawalRequest.id == request_id, WithdrawalRequest.submission_id.in_(mine)
    )
    request = session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if request is None:
        raise NotFound("There is no such request in this inquiry.")
    if request.decided_at is not None:
        raise Refused("Somebody has decided this request meanwhile. Load the page again.")
    answer = storable(answer.strip())
    if not answer and not granted:
        raise BadInput("Tell the respondent why it is not withdrawn.")
    request.decided_at, request.granted, request.answer = at, granted, answer
    request.user_id = actor.user_id
    submission = held(session, request.submission_id, inquiry_id)
    if granted:
        _withdrawn(session, submission, ON_REQUEST, actor=actor, at=at)
    act = audit.Act(
        "decide request to withdraw",
        "submission",
        submission.id,
        detail={"granted": granted, **_named(submission)},
    )
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return request


def _withdrawn(
    session: Session, submission: Submission, why: str, *, actor: Actor, at: datetime
) -> Submission:
    if submission.state is SubmissionState.WITHDRAWN:
        return submission
    was = submission.state
    move_all(session, Submission.id == submission.id, SubmissionState.WITHDRAWN, why=why, actor=actor, at=at)
    detail = {**_named(submission), "from": was, "to": SubmissionState.WITHDRAWN}
    act = audit.Act("withdraw submission", "submission", submission.id, why=why, detail=detail)
    audit.record(session, act, inquiry_id=submission.inquiry_id, actor=actor, at=at)
    return submission


def _named(submission: Submission) -> dict[str, str]:
    return {"reference": submission.reference}
