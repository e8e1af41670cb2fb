from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from consult.foundation import mail
from consult.foundation.audit import AuditEvent
from consult.foundation.clock import now
from consult.foundation.config import UnsafeSettings
from consult.foundation.database import transaction
from consult.foundation.errors import Refused
from consult.foundation.jobs.models import Job
from consult.foundation.jobs.names import JobState
from tests.builders import NOON
from tests.unit.foundation.smtp import Receiver, receiving

ADDRESS = "ann.oneill@example.org"
SENDER = "evidence@example.org"


@pytest.fixture
def server(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """Give the mail server that the application speaks to."""
    extensions, config = dict(app.extensions), dict(app.config)
    with receiving() as receiver:
        url = f"smtp://127.0.0.1:{receiver.port}?from={SENDER}"
        app.config["CONSULT"] = replace(app.config["CONSULT"], mail_url=url, public_url="http://x.example")
        mail.init_app(app)
        yield receiver
    app.extensions.pop("mailman")
    app.extensions.update(extensions)
    app.config.clear()
    app.config.update(config)


def queue(subject: str = "Your evidence", body: str = "It closes soon.\nCafé ☕.", **values: Any) -> None:
    given = {"at": now(), "inquiry_id": None, **values}
    with transaction() as session:
        mail.queue_mail(session, ADDRESS, subject, body, **given)


def test_a_queued_mail_is_sent_once_and_erased(
    server: Receiver, session: Session, sent_jobs: list[int], run_sent_jobs: Callable[[], int]
) -> None:
    queue()
    sent_jobs.append(sent_jobs[0])  # delivered twice, as a queue may
    run_sent_jobs()
    ((recipients, message),) = server.received
    assert recipients == [ADDRESS]
    assert (message["Subject"], message["From"]) == ("Your evidence", SENDER)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().replace("\r\n", "\n").strip() == "It closes soon.\nCafé ☕."
    assert session.query(mail.QueuedMail).count() == 0


def test_a_mail_of_a_transaction_that_fails_is_never_sent(
    server: Receiver, session: Session, run_sent_jobs: Callable[[], int]
) -> None:
    def promise_and_fail() -> None:
        with transaction() as writing:
            mail.queue_mail(writing, ADDRESS, "s", "b", at=now(), inquiry_id=None)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        promise_and_fail()
    assert run_sent_jobs() == 0
    assert session.query(mail.QueuedMail).count() == 0


def test_a_mail_that_was_not_taken_is_tried_an_hour_later(
    server: Receiver, session: Session, run_sent_jobs: Callable[[], int]
) -> None:
    server.to_message = b"451 try later"
    queue(at=NOON)
    run_sent_jobs()
    assert server.received == []
    server.to_message = b"250 ok"
    mail.try_mails_again(NOON + timedelta(hours=1))
    run_sent_jobs()
    assert len(server.received) == 1
    assert session.query(mail.QueuedMail).count() == 0


def test_a_mail_nobody_takes_is_erased_after_three_days(
    server: Receiver, session: Session, run_sent_jobs: Callable[[], int]
) -> None:
    server.to_message = b"451 try later"
    queue(at=NOON)
    run_sent_jobs()
    mail.try_mails_again(NOON + timedelta(days=3, seconds=1))
    assert session.query(mail.QueuedMail).count() == 0
    assert run_sent_jobs() == 0


def test_an_address_that_the_server_refuses_is_erased_and_stands_nowhere(
    server: Receiver,
    session: Session,
    sent_jobs: list[int],
    run_sent_jobs: Callable[[], int],
    caplog: pytest.LogCaptureFixture,
) -> None:
    server.to_recipient = b"550 no such user " + ADDRESS.encode()
    queue()
    job_id = sent_jobs[0]
    run_sent_jobs()
    job = session.get_one(Job, job_id, populate_existing=True)
    assert job.state is JobState.FAILED
    assert session.query(mail.QueuedMail).count() == 0
    told = [job.message, str(job.arguments), caplog.text, *(str(e.detail) for e in session.query(AuditEvent))]
    assert not [text for text in told if "oneill" in text]


def test_a_line_end_in_a_subject_makes_no_header(
    server: Receiver, session: Session, run_sent_jobs: Callable[[], int]
) -> None:
    queue(subject="Hello\nBcc: all@example.org")
    run_sent_jobs()
    assert server.received == []


def test_without_the_setting_no_mail_is_promised(session: Session) -> None:
    assert not mail.is_offered()
    with pytest.raises(Refused):
        queue()


@pytest.mark.parametrize(
    "wrong", ["mail.example.org", "http://x?from=a@b.example", "smtp://x", "smtp://?from=a@b"]
)
def test_an_address_of_a_server_that_cannot_be_used_stops_the_start(wrong: str) -> None:
    with pytest.raises(UnsafeSettings, match="must look like"):
        mail.options_of(wrong)


def test_secrets_in_the_address_are_unquoted_and_encryption_is_by_its_scheme() -> None:
    options = mail.options_of("smtp+tls://ann:p%40ss@mail.example.org?from=a@example.org")
    assert (options["MAIL_PASSWORD"], options["MAIL_PORT"], options["MAIL_USE_TLS"]) == ("p@ss", 587, True)
    assert mail.options_of("smtps://mail.example.org?from=a@example.org")["MAIL_USE_SSL"]
