"""Reads about requests to withdraw."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.calls.models import Inquiry
from consult.calls.rules import WithdrawalPolicy
from consult.evidence.models import Submission, WithdrawalRequest


def request_waiting(session: Session, submission_id: int) -> WithdrawalRequest | None:
    """Return the request to withdraw a submission on which nobody has decided."""
    return session.scalar(
        select(WithdrawalRequest).where(
            WithdrawalRequest.submission_id == submission_id, WithdrawalRequest.decided_at.is_(None)
        )
    )


def references_asked_for(session: Session, inquiry_id: int) -> Sequence[str]:
    """Return the submissions of an inquiry whose writers wait for a decision, the longest first."""
    return session.scalars(
        select(Submission.reference)
        .join(WithdrawalRequest, WithdrawalRequest.submission_id == Submission.id)
        .where(Submission.inquiry_id == inquiry_id, WithdrawalRequest.decided_at.is_(None))
        .order_by(WithdrawalRequest.id)
    ).all()


def policy_shown(session: Session, submission_id: int) -> WithdrawalPolicy:
    """Return the rule under which a submission was sent, else that of its inquiry."""
    row = session.execute(
        select(Submission.withdrawal_policy, Inquiry.withdrawal_policy)
        .join(Inquiry, Inquiry.id == Submission.inquiry_id)
        .where(Submission.id == submission_id)
    ).one()
    shown, usual = row
    return shown or usual
