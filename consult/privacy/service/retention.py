"""The schedule of retention: set it, find out what is due, order its erasure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from consult.calls.models import Call, Inquiry
from consult.evidence.models import Respondent, Submission, SubmissionVersion
from consult.evidence.models_documents import Attachment
from consult.evidence.rules import UNCOUNTED
from consult.foundation import audit
from consult.foundation.audit import AuditEvent
from consult.foundation.errors import BadInput
from consult.foundation.file_keeping import ERASED
from consult.foundation.security import SYSTEM, Actor
from consult.privacy.models import Erasure, ErasureStep, RetentionRule
from consult.privacy.queries import schedule_of
from consult.privacy.rules import (
    LONGEST_DAYS,
    ErasureGround,
    ErasureKind,
    Period,
    RetentionEvent,
    RetentionKind,
    TargetKind,
    due_before,
)
from consult.privacy.service.carrying_out import DONE
from consult.privacy.service.ordering import Order, Target, order_erasure

AT_ONCE = 200
ERASURE_FOR = {
    RetentionKind.ADDRESSES: ErasureKind.ADDRESSES,
    RetentionKind.NOT_COUNTED: ErasureKind.SUBMISSIONS,
    RetentionKind.ORIGINALS: ErasureKind.ORIGINALS,
    RetentionKind.REASONS: ErasureKind.REASONS,
}


@dataclass(frozen=True)
class Due:
    """What a period of an inquiry's schedule has run out for."""

    inquiry_id: int
    inquiry: str
    kind: RetentionKind
    targets: tuple[Target, ...]


def set_schedule(
    session: Session, periods: Sequence[Period], *, inquiry_id: int, actor: Actor, at: datetime
) -> None:
    """Say how long an inquiry keeps what; the audit log has what was and what is.

    BadInput for days below none or beyond ten years.
    """
    if any(p.days is not None and not 0 <= p.days <= LONGEST_DAYS for p in periods):
        raise BadInput(f"Give a number of days between 0 and {LONGEST_DAYS:,}.")
    before = {period.kind: period for period in schedule_of(session, inquiry_id)}
    changed = [period for period in periods if before[period.kind] != period]
    rows = session.scalars(select(RetentionRule).where(RetentionRule.inquiry_id == inquiry_id))
    there = {rule.kind: rule for rule in rows}
    for period in changed:
        rule = there.get(period.kind) or RetentionRule(inquiry_id=inquiry_id, kind=period.kind)
        rule.event, rule.days, rule.user_id, rule.set_at = period.event, period.days, actor.user_id or 0, at
        session.add(rule)
    if changed:
        detail = {
            str(period.kind): {"was": _said(before[period.kind]), "is": _said(period)} for period in changed
        }
        act = audit.Act("set retention", "inquiry", inquiry_id, detail=detail)
        audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)


def _said(period: Period) -> str:
    return "kept" if period.days is None else f"{period.days} days after {period.event}"


def what_is_due(session: Session, *, at: datetime) -> list[Due]:
    """Return what may be kept no longer, in every inquiry."""
    found = []
    for inquiry in session.scalars(select(Inquiry).order_by(Inquiry.id)):
        for period in schedule_of(session, inquiry.id):
            targets = tuple(_targets(session, inquiry, period, at))
            if targets:
                found.append(Due(inquiry.id, inquiry.slug, period.kind, targets))
    return found


def apply_retention(session: Session, *, at: datetime) -> list[Due]:
    """Order the erasure of what may be kept no longer, and return what was ordered.

    Where an earlier order of the kind is still being carried out nothing is ordered; the next time is soon.
    """
    due = [each for each in what_is_due(session, at=at) if not _under_way(session, each)]
    for each in due:
        for first in range(0, len(each.targets), AT_ONCE):
            some = each.targets[first : first + AT_ONCE]
            order = Order(ERASURE_FOR[each.kind], ErasureGround.RETENTION, some)
            order_erasure(session, order, inquiry_id=each.inquiry_id, actor=SYSTEM, at=at)
    return due


def _under_way(session: Session, due: Due) -> bool:
    done = exists().where(ErasureStep.erasure_id == Erasure.id, ErasureStep.store == DONE)
    waiting = select(Erasure.id).where(
        Erasure.inquiry_id == due.inquiry_id,
        Erasure.kind == ERASURE_FOR[due.kind],
        Erasure.ground == ErasureGround.RETENTION,
        ~done,
    )
    return session.scalar(waiting.limit(1)) is not None


def _targets(session: Session, inquiry: Inquiry, period: Period, at: datetime) -> Iterator[Target]:
    """Yield what one period has run out for; the conditions leave out what was erased before."""
    cutoff = due_before(period, at)
    if cutoff is None:
        return
    over = _over(inquiry, period, cutoff)
    if period.kind is RetentionKind.REASONS:
        yield from _reasons(session, inquiry, period, cutoff)
    elif over is not None:
        mine = (Submission.inquiry_id == inquiry.id, over)
        rows = {
            RetentionKind.ADDRESSES: _addresses,
            RetentionKind.NOT_COUNTED: _not_counted,
            RetentionKind.ORIGINALS: _originals,
        }[period.kind]
        yield from rows(session, mine)


def _over(inquiry: Inquiry, period: Period, cutoff: datetime) -> ColumnElement[bool] | None:
    """Return the condition that a submission's period has run out, or None where none has."""
    if period.event is RetentionEvent.CALL_CLOSED:
        return Submission.call_id.in_(select(Call.id).where(Call.closes_at <= cutoff))
    out = inquiry.report_at is not None and inquiry.report_at <= cutoff
    return Submission.id > 0 if out else None


Conditions = tuple[ColumnElement[bool], ...]


def _addresses(session: Session, mine: Conditions) -> Iterator[Target]:
    rows = session.execute(
        select(Respondent.id, func.min(Submission.reference))
        .join(SubmissionVersion, SubmissionVersion.respondent_id == Respondent.id)
        .join(Submission, Submission.id == SubmissionVersion.submission_id)
        .where(*mine, Respondent.email != "")
        .group_by(Respondent.id)
        .order_by(Respondent.id)
    )
    return (Target(TargetKind.RESPONDENT, *row) for row in rows)


def _not_counted(session: Session, mine: Conditions) -> Iterator[Target]:
    rows = session.execute(
        select(Submission.id, Submission.reference)
        .where(*mine, Submission.state.in_(UNCOUNTED))
        .order_by(Submission.id)
    )
    return (Target(TargetKind.SUBMISSION, *row) for row in rows)


def _originals(session: Session, mine: Conditions) -> Iterator[Target]:
    rows = session.execute(
        select(Attachment.id, Submission.reference)
        .join(Submission, Submission.id == Attachment.submission_id)
        .where(*mine, Attachment.sha256 != ERASED)
        .order_by(Attachment.id)
    )
    return (Target(TargetKind.ATTACHMENT, *row) for row in rows)


def _reasons(session: Session, inquiry: Inquiry, period: Period, cutoff: datetime) -> Iterator[Target]:
    """Yield the last event whose reasons go, with those of all before it."""
    moment = inquiry.report_at
    if period.event is RetentionEvent.CALL_CLOSED:
        moment = session.scalar(select(func.max(Call.closes_at)).where(Call.inquiry_id == inquiry.id))
    if moment is None or moment > cutoff:
        return
    mine = (AuditEvent.inquiry_id == inquiry.id, AuditEvent.at <= moment)
    if session.scalar(select(AuditEvent.id).where(*mine, AuditEvent.why != "").limit(1)):
        last = session.scalar(select(func.max(AuditEvent.id)).where(*mine))
        yield Target(TargetKind.EVENT, last or 0)
