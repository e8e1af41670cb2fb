"""Ask for work: a job row in the caller's transaction, its id delivered after the commit."""

import logging
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from consult.foundation.errors import NotFound
from consult.foundation.jobs.models import Job
from consult.foundation.jobs.names import FINISHED, JobName, JobState

_PROMISED = "promised_jobs"

log = logging.getLogger(__name__)


def enqueue(
    session: Session,
    name: JobName,
    arguments: dict[str, Any],
    *,
    at: datetime,
    inquiry_id: int | None = None,
    requested_by: int | None = None,
) -> Job:
    """Promise a job in this transaction; arguments carry ids and short settings, never text."""
    job = Job(
        name=name,
        arguments=arguments,
        inquiry_id=inquiry_id,
        requested_by=requested_by,
        queued_at=at,
    )
    session.add(job)
    session.flush()  # the id is what will be delivered
    session.info.setdefault(_PROMISED, []).append(job.id)
    return job


def waiting_job(session: Session, name: JobName, inquiry_id: int) -> Job | None:
    """Return a job of this kind that has not started yet, so that the same work is not asked for twice."""
    waiting = select(Job).where(Job.name == name, Job.inquiry_id == inquiry_id, Job.state == JobState.QUEUED)
    return session.scalar(waiting.order_by(Job.id).limit(1))


def cancel(session: Session, job_id: int, *, inquiry_id: int, at: datetime) -> Job:
    """Stop a job: at once when it waits, at its next step when it runs."""
    job = job_of(session, job_id, inquiry_id)
    session.execute(
        update(Job)
        .where(Job.id == job_id, Job.state == JobState.QUEUED)
        .values(state=JobState.CANCELLED, finished_at=at)
    )
    session.execute(
        update(Job).where(Job.id == job_id, Job.state.not_in(FINISHED)).values(cancel_wanted=True)
    )
    session.refresh(job)
    return job


def job_of(session: Session, job_id: int, inquiry_id: int) -> Job:
    """Return one job of an inquiry; NotFound for any other."""
    job = session.get(Job, job_id)
    if job is None or job.inquiry_id != inquiry_id:
        raise NotFound("There is no such job in this inquiry.")
    return job


@event.listens_for(Session, "after_commit")
def deliver_promises(session: Session) -> None:
    """Send what was promised, now that it is on disk; a lost delivery is found by the sweep.

    A queue that is down stops nobody: what was acknowledged is stored, whether or not its work can begin.
    """
    if session.in_nested_transaction():
        return
    promised: list[int] = session.info.pop(_PROMISED, [])
    try:
        for job_id in promised:
            current_app.extensions["consult.send_job"](job_id)
    except Exception:
        log.exception("jobs %s could not be sent; the sweep will send them", promised)


@event.listens_for(Session, "after_rollback")
def forget_promises(session: Session) -> None:
    """Drop what a failed transaction had promised."""
    session.info.pop(_PROMISED, None)
