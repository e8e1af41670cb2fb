"""One e-mail, asked for on a draft's page: some days before the call closes, that the draft waits."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.orm import Session

from consult.calls.models import Call
from consult.foundation.errors import Refused
from consult.foundation.language import _
from consult.foundation.mail import queue_mail
from consult.respond.models import Draft, Reminder
from consult.respond.rules import REMINDER_DAYS
from consult.respond.service.drafts import AlreadySent, locked

Words = Callable[[Draft, Call, str | None], tuple[str, str]]


@dataclass(frozen=True)
class Wanted:
    """What somebody asks for; with a return code, the mail carries it."""

    address: str
    days_before: int
    return_code: str | None = None


def set_reminder(session: Session, draft_id: int, wanted: Wanted, *, at: datetime) -> None:
    """Promise one reminder, in place of an earlier one. Raises Refused (too late), AlreadySent, NotFound.

    Not audited, as saving is not: until it is sent, a draft belongs to its writer.
    """
    draft = locked(session, draft_id)
    if draft.submission_id is not None:
        raise AlreadySent(_("This evidence has been sent already."))
    closes_at = session.scalars(select(Call.closes_at).where(Call.id == draft.call_id)).one()
    if closes_at - timedelta(days=wanted.days_before) <= at:
        raise Refused(_("It is too late for a reminder on that day."))
    forget_reminder(session, draft_id)
    session.add(
        Reminder(
            draft_id=draft_id,
            address=wanted.address,
            days_before=wanted.days_before,
            return_code=wanted.return_code,
            asked_at=at,
        )
    )


def forget_reminder(session: Session, draft_id: int) -> None:
    """Erase the reminder of a draft with its address, if there is one."""
    gone = delete(Reminder).where(Reminder.draft_id == draft_id)
    session.execute(gone.execution_options(synchronize_session=False))


def send_due_reminders(session: Session, words: Words, *, at: datetime) -> int:
    """Queue the mails that are due and return how many; erase their reminders and those that came too late.

    `words` gives subject and body for a draft, its call and the return code if the mail is to carry it.
    Erasing gives each reminder to one caller alone, so two processes at once send none twice.
    """
    due = select(Reminder.id).join(Draft, Draft.id == Reminder.draft_id).join(Call, Call.id == Draft.call_id)
    taken = session.execute(
        delete(Reminder)
        .where(Reminder.id.in_(due.where(or_(Call.closes_at <= at, *_is_due(at)))))
        .returning(Reminder.draft_id, Reminder.address, Reminder.return_code)
        .execution_options(synchronize_session=False)
    ).all()
    by_draft = {row.draft_id: row for row in taken}
    sent = 0
    for draft, call in _open_drafts(session, list(by_draft), at):
        row = by_draft[draft.id]
        subject, body = words(draft, call, row.return_code)
        queue_mail(session, row.address, subject, body, at=at, inquiry_id=call.inquiry_id)
        sent += 1
    return sent


def _is_due(at: datetime) -> Iterator[ColumnElement[bool]]:
    # Days are put to the moment rather than to the column: engines add days in ways of their own.
    for days in REMINDER_DAYS:
        yield and_(Reminder.days_before == days, Call.closes_at <= at + timedelta(days=days))


def _open_drafts(session: Session, draft_ids: list[int], at: datetime) -> list[tuple[Draft, Call]]:
    found = session.execute(
        select(Draft, Call)
        .join(Call, Call.id == Draft.call_id)
        .where(Draft.id.in_(draft_ids), Draft.submission_id.is_(None), Call.closes_at > at)
        .order_by(Draft.id)
    )
    return [(draft, call) for draft, call in found]
