"""Run jobs: claim by one conditional UPDATE, keep the lease warm, record the end.

A job whose worker dies keeps its row; when the lease runs out the sweep delivers it again, three times
at the most. Handlers therefore run at least once and must do no harm when they run twice.
"""

import logging
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any, cast

from flask import Flask, current_app
from sqlalchemy import or_, select, update

from consult.foundation.clock import now
from consult.foundation.database import db, rows_changed, transaction
from consult.foundation.errors import Busy, ConsultError
from consult.foundation.jobs.models import Job
from consult.foundation.jobs.names import JobName, JobState
from consult.foundation.security import SYSTEM, Actor

LEASE = timedelta(seconds=20)
HEARTBEAT_SECONDS = 5.0
MOST_ATTEMPTS = 3
OVERDUE_DELIVERY = timedelta(seconds=15)

log = logging.getLogger(__name__)


class LeaseLost(Exception):
    """Another worker has the job now, or it was cancelled: stop without a trace."""


class RunningJob:
    """What a handler is given: its arguments, and the means to tell how far it is."""

    def __init__(self, job: Job, token: str) -> None:
        self.id = job.id
        self.inquiry_id = job.inquiry_id
        self.requested_by = job.requested_by
        self.arguments: dict[str, Any] = job.arguments
        self._token = token

    @property
    def actor(self) -> Actor:
        """Return who asked for the work."""
        return Actor.member(self.requested_by) if self.requested_by else SYSTEM

    def progress(self, done: int, total: int, message: str = "") -> None:
        """Show progress and renew the lease, in a transaction of its own; raises LeaseLost when to stop."""
        with transaction() as session:
            kept = rows_changed(
                session,
                update(Job)
                .where(
                    Job.id == self.id,
                    Job.lease_token == self._token,
                    Job.cancel_wanted.is_(False),
                )
                .values(
                    progress_done=done,
                    progress_total=total,
                    message=message,
                    lease_until=now() + LEASE,
                ),
            )
            if kept == 0:
                raise LeaseLost


Handler = Callable[[RunningJob], None]
_handlers: dict[JobName, Handler] = {}


def handles(name: JobName) -> Callable[[Handler], Handler]:
    """Register the function that does a kind of job."""

    def register(handler: Handler) -> Handler:
        _handlers[name] = handler
        return handler

    return register


def run_job(job_id: int) -> None:
    """Claim and run one job; does nothing when another worker has it or it is finished."""
    token = secrets.token_hex(16)
    job = claim(job_id, token, at=now())
    if job is None:
        return
    with warm_lease(cast(Any, current_app)._get_current_object(), job_id, token):
        state, message = outcome_of(job, token)
    if state is not None:
        finish(job_id, token, state, message)


def outcome_of(job: Job, token: str) -> tuple[JobState | None, str]:
    """Run the handler; return the state to record, or None when the job is no longer ours."""
    try:
        _handlers[job.name](RunningJob(job, token))
    except LeaseLost:
        return JobState.CANCELLED, "Cancelled."
    except Busy:
        # Other writers kept the database: nothing is wrong with the work itself.
        log.warning("job %s (%s) found the database busy", job.id, job.name)
        return tried_again(job), "The database was busy."
    except ConsultError as refused:
        return JobState.FAILED, str(refused)
    except Exception:
        # The trace may hold no evidence: handlers log ids only, and so do we.
        log.exception("job %s (%s) broke", job.id, job.name)
        return tried_again(job), "It broke; see the log."
    return JobState.DONE, ""


def tried_again(job: Job) -> JobState:
    """Return the state of a job that did not get through: it waits, until it has been tried enough."""
    return JobState.QUEUED if job.attempts < MOST_ATTEMPTS else JobState.FAILED


def claim(job_id: int, token: str, *, at: datetime) -> Job | None:
    """Take the lease of a waiting or abandoned job, or return None."""
    free = or_(
        Job.state == JobState.QUEUED,
        (Job.state == JobState.RUNNING) & (Job.lease_until < at),
    )
    with transaction() as session:
        taken = rows_changed(
            session,
            update(Job)
            .where(Job.id == job_id, free, Job.attempts < MOST_ATTEMPTS)
            .values(
                state=JobState.RUNNING,
                lease_token=token,
                lease_until=at + LEASE,
                attempts=Job.attempts + 1,
                message="",
            ),
        )
        if taken == 0:
            return None
        job = session.get_one(Job, job_id, populate_existing=True)
        session.flush()
        session.expunge(job)
        return job


def finish(job_id: int, token: str, state: JobState, message: str) -> None:
    """Record the end of a job, if the lease is still ours."""
    values: dict[str, Any] = {"state": state, "lease_token": None, "lease_until": None}
    if state is not JobState.QUEUED:
        values["finished_at"] = now()
    if message:
        values["message"] = message
    with transaction() as session:
        session.execute(update(Job).where(Job.id == job_id, Job.lease_token == token).values(**values))


@contextmanager
def warm_lease(app: Flask, job_id: int, token: str) -> Iterator[None]:
    """Renew the lease from a second thread, so that one long step is not taken for a dead worker."""
    stop = threading.Event()

    def beat() -> None:
        while not stop.wait(HEARTBEAT_SECONDS):
            with suppress(Busy), app.app_context(), transaction() as session:
                session.execute(
                    update(Job)
                    .where(Job.id == job_id, Job.lease_token == token)
                    .values(lease_until=now() + LEASE)
                )

    thread = threading.Thread(target=beat, daemon=True, name=f"lease-{job_id}")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def sweep(*, at: datetime) -> list[int]:
    """Deliver again what waits undelivered or was abandoned; give up on what failed three times."""
    abandoned = (Job.state == JobState.RUNNING) & (Job.lease_until < at)
    with transaction() as session:
        session.execute(
            update(Job)
            .where(abandoned, Job.attempts >= MOST_ATTEMPTS)
            .values(
                state=JobState.FAILED,
                lease_token=None,
                lease_until=None,
                finished_at=at,
                message="Its worker stopped three times; it needs a person.",
            )
        )
    overdue = (Job.state == JobState.QUEUED) & (Job.queued_at < at - OVERDUE_DELIVERY)
    due = list(db.session.scalars(select(Job.id).where(or_(abandoned, overdue)).order_by(Job.id)))
    db.session.rollback()
    # While deliveries wait in the queue these jobs may be among them: to send them again each time
    # would fill it with idle ones.
    if current_app.extensions["consult.delivery"].huey.pending_count():
        return []
    for job_id in due:
        current_app.extensions["consult.send_job"](job_id)
    return due
