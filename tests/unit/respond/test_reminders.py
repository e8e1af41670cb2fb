"""One e-mail before a call closes, offered only where mails can be sent."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from consult.foundation import mail
from consult.foundation.audit import AuditEvent
from consult.foundation.clock import now
from consult.foundation.jobs.chores import do_chores
from consult.respond.jobs import words_of_reminder
from consult.respond.models import Draft, Reminder
from consult.respond.service import send_due_reminders
from tests.page import Page, PageClient
from tests.unit.foundation.smtp import Receiver, receiving
from tests.unit.respond.walk import World, code_on

ADDRESS = "ann.oneill@example.org"


@pytest.fixture
def server(app: Flask) -> Iterator[Receiver]:
    """Give the mail server that the application speaks to."""
    extensions, config = dict(app.extensions), dict(app.config)
    with receiving() as receiver:
        url = f"smtp://127.0.0.1:{receiver.port}?from=evidence@example.org"
        app.config["CONSULT"] = replace(app.config["CONSULT"], mail_url=url, public_url="http://x.example")
        mail.init_app(app)
        yield receiver
    app.extensions.pop("mailman")
    app.extensions.update(extensions)
    app.config.clear()
    app.config.update(config)


def ask(world: World, client: PageClient, *, status: int = 200, **typed: str) -> Page:
    """Ask for a reminder a day before the closing."""
    page = client.get(f"{world.base}/later")
    values = {"address": ADDRESS, "days_before": "1", **typed}
    return client.submit(page, values, button="Remind me once", status=status)


def remind_now(world: World, session: Session, run_sent_jobs: Callable[[], int]) -> None:
    """Let the hour come that is a day before the closing."""
    session.refresh(world.call)
    do_chores(at=world.call.closes_at - timedelta(hours=23))
    run_sent_jobs()


def test_without_a_mail_server_no_page_speaks_of_reminders(world: World, begun: PageClient) -> None:
    assert "remind" not in begun.get(f"{world.base}/later").text.lower()


def test_a_reminder_is_sent_once_on_its_day_and_then_its_address_is_nowhere(
    world: World, begun: PageClient, server: Receiver, session: Session, run_sent_jobs: Callable[[], int]
) -> None:
    page = ask(world, begun)
    assert f"We write to {ADDRESS}" in page.text
    do_chores(at=world.call.closes_at - timedelta(days=1, hours=1))
    run_sent_jobs()
    assert server.received == []
    for _ in range(2):
        remind_now(world, session, run_sent_jobs)
    ((recipients, message),) = server.received
    assert recipients == [ADDRESS]
    assert world.call.title in message["Subject"]
    assert "http://x.example/respond/resume\n" in message.get_content().replace("\r\n", "\n")
    assert session.query(Reminder).count() == session.query(mail.QueuedMail).count() == 0
    assert "Shall we remind you?" in begun.get(f"{world.base}/later").text
    assert not [e for e in session.query(AuditEvent) if "oneill" in str(e.detail)]


def test_the_return_code_is_sent_along_only_when_asked_for(
    world: World, begun: PageClient, server: Receiver, session: Session, run_sent_jobs: Callable[[], int]
) -> None:
    code = code_on(begun.get(f"{world.base}/later"))
    ask(world, begun)
    assert session.query(Reminder.return_code).scalar() is None
    begun.submit(begun.get(f"{world.base}/later"), button="Do not remind me")
    ask(world, begun, with_code="y")
    remind_now(world, session, run_sent_jobs)
    ((_, message),) = server.received
    assert f"http://x.example/respond/resume#{code}" in message.get_content()


def test_a_new_return_code_takes_the_place_of_the_one_to_be_sent(
    world: World, begun: PageClient, server: Receiver, session: Session, run_sent_jobs: Callable[[], int]
) -> None:
    ask(world, begun, with_code="y")
    code = code_on(begun.submit(begun.get(f"{world.base}/later"), button="Make a new code"))
    remind_now(world, session, run_sent_jobs)
    assert code in server.received[0][1].get_content()


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"address": ""}, "Enter the address to write to."),
        ({"address": "ann"}, "Enter an e-mail address like"),
        ({"days_before": "2"}, "Choose when we write to you."),
    ],
)
@pytest.mark.usefixtures("server")
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    world: World, begun: PageClient, session: Session, typed: dict[str, str], problem: str
) -> None:
    page = ask(world, begun, status=422, **typed)
    assert problem in page.text
    assert page.typed("address") == typed.get("address", ADDRESS)
    assert session.query(Reminder).count() == 0


def test_whoever_has_sent_or_taken_it_back_is_not_written_to(
    world: World,
    filled_in: PageClient,
    server: Receiver,
    session: Session,
    run_sent_jobs: Callable[[], int],
) -> None:
    ask(world, filled_in)
    filled_in.submit(filled_in.get(f"{world.base}/later"), button="Do not remind me")
    assert session.query(Reminder).count() == 0
    ask(world, filled_in)
    filled_in.submit(filled_in.get(f"{world.base}/check"), button="Send my evidence")
    assert session.query(Reminder).count() == 0
    remind_now(world, session, run_sent_jobs)
    assert server.received == []


@pytest.mark.usefixtures("begun")
def test_a_reminder_that_comes_too_late_is_erased_unsent(
    world: World, server: Receiver, session: Session, run_sent_jobs: Callable[[], int]
) -> None:
    draft = session.query(Draft).filter_by(call_id=world.call.id).one()
    session.add(Reminder(draft_id=draft.id, address=ADDRESS, days_before=1, asked_at=now()))
    session.commit()
    assert send_due_reminders(session, words_of_reminder, at=world.call.closes_at) == 0
    session.commit()
    assert session.query(Reminder).count() == 0
    run_sent_jobs()
    assert server.received == []


def test_the_mail_is_in_the_language_of_the_draft(
    world: World, begun: PageClient, server: Receiver, session: Session, run_sent_jobs: Callable[[], int]
) -> None:
    ask(world, begun)
    session.query(Draft).filter_by(call_id=world.call.id).update({"language": "cy"})
    session.commit()
    remind_now(world, session, run_sent_jobs)
    words = server.received[0][1].get_content()
    assert "Fe wnaethoch ofyn am yr e-bost hwn" in words
    assert "http://x.example/respond/resume?lang=cy" in words
