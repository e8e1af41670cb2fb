from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.errors import Busy, NotFound, Refused
from consult.foundation.jobs import chores, engine, queue, worker
from consult.foundation.jobs.models import Job
from consult.foundation.jobs.names import JobName, JobState
from consult.foundation.jobs.views import RESULTS, TITLES
from consult.foundation.security import ROLES_WITH, Role
from tests.builders import NOON, Builder
from tests.page import PageClient

NAME = JobName.SUGGESTIONS_WANTED


@pytest.fixture
def handler(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Give the list of what the handler was asked; an exception in it is raised instead."""
    asked: list[Any] = []

    def handle(job: worker.RunningJob) -> None:
        asked.append(job.arguments)
        job.progress(1, 2, "half way")
        for wanted in (a for a in asked if isinstance(a, BaseException)):
            raise wanted

    monkeypatch.setitem(worker._handlers, NAME, handle)
    return asked


def promise(inquiry_id: int = 1) -> int:
    with transaction() as session:
        return queue.enqueue(session, NAME, {"of": 3}, at=now(), inquiry_id=inquiry_id).id


def reread(session: Session, job_id: int) -> Job:
    session.expire_all()
    return session.get_one(Job, job_id)


def test_a_job_is_sent_after_the_commit_that_promised_it(session: Session, sent_jobs: list[int]) -> None:
    with transaction() as writing:
        job = queue.enqueue(writing, NAME, {}, at=now())
        assert sent_jobs == []
    assert sent_jobs == [job.id]


def test_a_promise_that_is_rolled_back_is_not_sent(session: Session, sent_jobs: list[int]) -> None:
    def promise_and_fail() -> None:
        with transaction() as writing:
            queue.enqueue(writing, NAME, {}, at=now())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        promise_and_fail()
    promise()
    assert len(sent_jobs) == 1


def test_a_queue_that_is_down_does_not_undo_what_was_stored(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(_job_id: int) -> None:
        raise ConnectionError("the queue is down")

    monkeypatch.setitem(app.extensions, "consult.send_job", refuse)
    job_id = promise()
    assert reread(session, job_id).state is JobState.QUEUED
    assert "the sweep will send them" in caplog.text


def test_a_promise_is_kept_until_the_whole_transaction_is_on_disk(
    session: Session, sent_jobs: list[int]
) -> None:
    with transaction() as writing:
        job_id = queue.enqueue(writing, NAME, {}, at=now()).id
        with writing.begin_nested():
            pass
        assert sent_jobs == []
    assert sent_jobs == [job_id]


def test_a_job_runs_once_however_often_it_is_delivered(
    session: Session, sent_jobs: list[int], handler: list[Any]
) -> None:
    job_id = promise()
    worker.run_job(job_id)
    worker.run_job(job_id)
    job = reread(session, job_id)
    assert handler == [{"of": 3}]
    assert (job.state, job.attempts, job.progress_done, job.progress_total) == (JobState.DONE, 1, 1, 2)
    assert job.finished_at is not None


def test_a_refusal_ends_a_job_with_its_message(
    session: Session, sent_jobs: list[int], handler: list[Any]
) -> None:
    handler.append(Refused("The codebook has no code."))
    job_id = promise()
    worker.run_job(job_id)
    assert reread(session, job_id).state is JobState.FAILED
    assert reread(session, job_id).message == "The codebook has no code."


def test_a_job_that_finds_the_database_busy_is_tried_again(
    session: Session, sent_jobs: list[int], handler: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    handler.append(Busy("Another program is writing."))
    job_id = promise()
    worker.run_job(job_id)
    assert reread(session, job_id).state is JobState.QUEUED
    monkeypatch.setitem(worker._handlers, NAME, lambda _job: None)
    worker.run_job(job_id)
    assert (reread(session, job_id).state, reread(session, job_id).message) == (JobState.DONE, "")


def test_a_broken_job_is_tried_three_times_and_then_needs_a_person(
    session: Session, sent_jobs: list[int], handler: list[Any], caplog: pytest.LogCaptureFixture
) -> None:
    handler.append(ValueError("secret words of a submission"))
    job_id = promise()
    for state in (JobState.QUEUED, JobState.QUEUED, JobState.FAILED, JobState.FAILED):
        worker.run_job(job_id)
        assert reread(session, job_id).state is state
    assert reread(session, job_id).attempts == 3
    assert "secret" not in reread(session, job_id).message


def test_the_trace_of_a_broken_statement_quotes_no_evidence(
    session: Session,
    sent_jobs: list[int],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    secret = {"body": "words in confidence"}  # not on the line that breaks, which a trace quotes

    def ask_in_vain(_job: worker.RunningJob) -> None:
        db.session.execute(text("SELECT 1 FROM nowhere WHERE body = :body"), secret)

    monkeypatch.setitem(worker._handlers, NAME, ask_in_vain)
    worker.run_job(promise())
    assert "nowhere" in caplog.text
    assert "in confidence" not in caplog.text


def test_the_sweep_delivers_what_was_abandoned_and_what_never_arrived(
    session: Session, sent_jobs: list[int], handler: list[Any]
) -> None:
    abandoned, lost, fresh = promise(), promise(), promise()
    worker.claim(abandoned, "a" * 32, at=now() - timedelta(minutes=5))
    reread(session, lost).queued_at = now() - timedelta(minutes=5)
    session.commit()
    sent_jobs.clear()
    assert worker.sweep(at=now()) == [abandoned, lost]
    assert fresh not in sent_jobs


def test_the_sweep_gives_up_on_a_job_whose_worker_died_three_times(
    session: Session, sent_jobs: list[int], handler: list[Any]
) -> None:
    job_id = promise()
    for attempt in range(3):
        worker.claim(job_id, f"{attempt}" * 32, at=now() - timedelta(minutes=5 - attempt))
    worker.sweep(at=now())
    assert reread(session, job_id).state is JobState.FAILED
    assert "needs a person" in reread(session, job_id).message


def test_a_worker_that_lost_its_lease_stops_and_leaves_no_trace(
    session: Session, sent_jobs: list[int]
) -> None:
    job_id = promise()
    slow = worker.claim(job_id, "a" * 32, at=now() - timedelta(minutes=5))
    assert slow is not None
    worker.claim(job_id, "b" * 32, at=now())
    with pytest.raises(worker.LeaseLost):
        worker.RunningJob(slow, "a" * 32).progress(1, 2)
    worker.finish(job_id, "a" * 32, JobState.DONE, "")
    assert reread(session, job_id).state is JobState.RUNNING


def test_a_waiting_job_is_cancelled_at_once(
    session: Session, sent_jobs: list[int], handler: list[Any]
) -> None:
    job_id = promise()
    with transaction() as writing:
        queue.cancel(writing, job_id, inquiry_id=1, at=now())
    worker.run_job(job_id)
    assert handler == []
    assert reread(session, job_id).state is JobState.CANCELLED


def test_a_running_job_is_cancelled_at_its_next_step(
    session: Session, sent_jobs: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def handle(job: worker.RunningJob) -> None:
        with transaction() as writing:
            queue.cancel(writing, job.id, inquiry_id=1, at=now())
        job.progress(1, 2)
        raise AssertionError("it went on")

    monkeypatch.setitem(worker._handlers, NAME, handle)
    job_id = promise()
    worker.run_job(job_id)
    assert reread(session, job_id).state is JobState.CANCELLED


def test_a_job_of_another_inquiry_is_not_found(session: Session, sent_jobs: list[int]) -> None:
    job_id = promise(inquiry_id=1)
    with pytest.raises(NotFound):
        queue.job_of(session, job_id, inquiry_id=2)


def test_a_chore_that_breaks_keeps_no_other_from_being_done(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[datetime] = []

    def broken(_at: datetime) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(chores, "_chores", [broken, done.append])
    chores.do_chores(at=NOON)
    assert done == [NOON]
    assert "broken broke" in caplog.text


@pytest.mark.parametrize(("role", "offered"), [(Role.CLERK, True), (Role.COMMISSIONER, False)])
def test_only_who_may_ask_for_work_is_offered_to_stop_it(
    build: Builder, client_of: Callable[[User], PageClient], role: Role, *, offered: bool
) -> None:
    inquiry = build.inquiry()
    member = build.member(inquiry, role)
    build.session.commit()  # a promise begins by dropping what is not
    job_id = promise(inquiry.id)
    page = client_of(member).get(f"/inquiries/{inquiry.slug}/jobs/{job_id}")
    assert "Waiting for its turn." in page.text
    assert ("Stop it" in page.text) is offered


@pytest.mark.parametrize("name", RESULTS)
@pytest.mark.parametrize("role", [Role.ANALYST, Role.CHAIR])
def test_the_page_of_a_job_leads_to_what_it_made_whoever_may_read_that(
    build: Builder, client_of: Callable[[User], PageClient], name: JobName, role: Role
) -> None:
    inquiry = build.inquiry()
    member = build.member(inquiry, role)
    wanted = queue.enqueue(build.session, name, {}, at=NOON, inquiry_id=inquiry.id)
    build.session.commit()
    browser = client_of(member)
    page = browser.get(f"/inquiries/{inquiry.slug}/jobs/{wanted.id}")
    permission, _, words = RESULTS[name]
    offered = role in ROLES_WITH[permission]
    assert (words in page.text) is offered
    if offered:
        assert browser.get(page.link(words)).status == 200


def test_every_job_name_has_a_handler_and_a_title(app: Flask, build: Builder) -> None:
    assert set(worker._handlers) == set(JobName) == set(TITLES)


def test_the_sweep_sends_nothing_again_while_deliveries_wait(
    app: Flask, session: Session, sent_jobs: list[int], handler: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = promise()
    reread(session, lost).queued_at = now() - timedelta(minutes=5)
    session.commit()
    sent_jobs.clear()
    monkeypatch.setattr(app.extensions["consult.delivery"].huey, "pending_count", lambda: 1)
    assert worker.sweep(at=now()) == []
    assert sent_jobs == []


def test_a_redis_that_hangs_is_not_waited_for_long() -> None:
    assert engine.with_timeouts("redis://h/0") == "redis://h/0?socket_timeout=5&socket_connect_timeout=5"
    assert engine.with_timeouts("unix:///s?db=1").startswith("unix:///s?db=1&socket_timeout=5")
