"""Mails: queued in the transaction that promises them, sent by a job, erased once the server has taken them.

Only where CONSULT_MAIL_URL is set. An address is on its row until then and in no log, job or audit event.
"""

import smtplib
import ssl
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from flask import Flask, current_app
from flask_mailman import EmailMessage, Mail
from flask_mailman.backends import smtp
from sqlalchemy import String, Text, delete, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from consult.foundation.clock import now
from consult.foundation.config import UnsafeSettings
from consult.foundation.database import Base, db, rows_changed, transaction
from consult.foundation.errors import Refused
from consult.foundation.jobs.chores import hourly
from consult.foundation.jobs.names import JobName
from consult.foundation.jobs.queue import enqueue
from consult.foundation.jobs.worker import RunningJob, handles
from consult.foundation.stores import Scope, reaches

PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
TRY = timedelta(minutes=5)
KEPT_UNSENT = timedelta(days=3)
SECONDS_TO_ANSWER = 20


class QueuedMail(Base):
    """A mail that no server has taken yet."""

    __tablename__ = "mails"

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    inquiry_id: Mapped[int | None]
    queued_at: Mapped[datetime]
    # While a worker speaks with the server about it; two must not send the same mail.
    trying_until: Mapped[datetime | None]


def is_offered() -> bool:
    """Tell whether this site can send mails; where it cannot, no page speaks of them."""
    return bool(current_app.config["CONSULT"].mail_url)


def queue_mail(
    session: Session, to: str, subject: str, body: str, *, at: datetime, inquiry_id: int | None
) -> None:
    """Promise a mail in this transaction; refused where the site sends none."""
    if not is_offered():
        raise Refused("This site sends no e-mail.")
    mail = QueuedMail(address=to, subject=subject, body=body, inquiry_id=inquiry_id, queued_at=at)
    session.add(mail)
    session.flush()  # the job carries the id
    enqueue(session, JobName.MAIL_QUEUED, {"mail": mail.id}, at=at, inquiry_id=inquiry_id)


@handles(JobName.MAIL_QUEUED)
def send_queued_mail(job: RunningJob) -> None:
    """Hand one mail to the server, outside of any transaction, and erase it."""
    mail = taken_up(job.arguments["mail"], at=now())
    if mail is None:
        return
    message = EmailMessage(
        mail.subject, mail.body, to=[mail.address], headers={"Auto-Submitted": "auto-generated"}
    )
    try:
        # By itself the library leaves a connection open that broke in the middle of a message.
        with message.get_connection() as connection:
            connection.send_messages([message])
    except smtplib.SMTPRecipientsRefused:
        erase(mail.id)
        # Without a cause: the server's own words name the address.
        raise Refused("The mail server knows no such address; the mail was erased.") from None
    except (smtplib.SMTPException, OSError) as error:
        let_go(mail.id)
        raise Refused(
            f"The mail server did not take it ({type(error).__name__}). It is tried hourly."
        ) from None
    erase(mail.id)


def taken_up(mail_id: int, *, at: datetime) -> QueuedMail | None:
    """Return a mail that nobody else is sending, or None."""
    free = or_(QueuedMail.trying_until.is_(None), QueuedMail.trying_until < at)
    take = update(QueuedMail).where(QueuedMail.id == mail_id, free).values(trying_until=at + TRY)
    with transaction() as session:
        if rows_changed(session, take) == 0:
            return None
        mail = session.get_one(QueuedMail, mail_id, populate_existing=True)
        session.expunge(mail)
        return mail


def let_go(mail_id: int) -> None:
    """Leave a mail to the next try."""
    with transaction() as session:
        session.execute(update(QueuedMail).where(QueuedMail.id == mail_id).values(trying_until=None))


def erase(mail_id: int) -> None:
    """Erase a mail with its address."""
    with transaction() as session:
        session.execute(delete(QueuedMail).where(QueuedMail.id == mail_id))


@hourly
def try_mails_again(at: datetime) -> None:
    """Queue once more what a server did not take, and erase what none took for three days."""
    if not db.session.scalar(select(QueuedMail.id).limit(1)):
        return
    with transaction() as session:
        session.execute(delete(QueuedMail).where(QueuedMail.queued_at < at - KEPT_UNSENT))
        late = select(QueuedMail.id, QueuedMail.inquiry_id).where(QueuedMail.queued_at < at - TRY)
        for mail_id, inquiry_id in session.execute(late).all():
            enqueue(session, JobName.MAIL_QUEUED, {"mail": mail_id}, at=at, inquiry_id=inquiry_id)


@reaches("Mails not yet sent")
def erase_mails(session: Session, scope: Scope) -> int:
    """Erase what waits to be sent to somebody who is erased."""
    mine = delete(QueuedMail).where(
        scope.has_address(QueuedMail.address), QueuedMail.inquiry_id == scope.inquiry_id
    )
    return rows_changed(session, mine) if scope.addresses else 0


class CheckedSMTP(smtplib.SMTP):
    """SMTP whose STARTTLS asks for a certificate that is valid: Python's own, by itself, asks for none."""

    def starttls(self, *, context: ssl.SSLContext | None = None, **_: Any) -> tuple[int, bytes]:  # type: ignore[override]  # older arguments are gone in Python 3.12
        return super().starttls(context=context or ssl.create_default_context())


class EmailBackend(smtp.EmailBackend):
    """Flask-Mailman's SMTP with checked certificates."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return smtplib.SMTP_SSL if self.use_ssl else CheckedSMTP


def options_of(mail_url: str) -> Mapping[str, Any]:
    """Return Flask-Mailman's settings for an address like that of configure.md, else UnsafeSettings."""
    url = urlsplit(mail_url)
    sender = parse_qs(url.query).get("from", [""])[0]
    if url.scheme not in PORTS or not url.hostname or "@" not in sender:
        raise UnsafeSettings(
            "CONSULT_MAIL_URL must look like smtp+tls://user:password@mail.example.org:587?from=evidence@example.org"
        )
    return {
        "MAIL_SERVER": url.hostname,
        "MAIL_PORT": url.port or PORTS[url.scheme],
        "MAIL_USERNAME": unquote(url.username) if url.username else None,
        "MAIL_PASSWORD": unquote(url.password) if url.password else None,
        "MAIL_USE_TLS": url.scheme == "smtp+tls",
        "MAIL_USE_SSL": url.scheme == "smtps",
        "MAIL_DEFAULT_SENDER": sender,
        "MAIL_TIMEOUT": SECONDS_TO_ANSWER,
        "MAIL_BACKEND": f"{__name__}.EmailBackend",
    }


def init_app(app: Flask) -> None:
    """Let the application send mails, where it is told by which server."""
    if app.config["CONSULT"].mail_url:
        app.config.update(options_of(app.config["CONSULT"].mail_url))
        Mail(app)
