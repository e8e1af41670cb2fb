"""The jobs table: work promised in the transaction that needs it.

Huey only delivers ids, at most once: a worker that is killed loses the delivery. This row does not get
lost, so a sweep finds work whose lease has run out and delivers it again.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from consult.foundation.database import Base, state_type
from consult.foundation.jobs.names import JobName, JobState


class Job(Base):
    """One piece of deferred work, its progress and its lease."""

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint("attempts >= 0", name="attempts_counted"),
        CheckConstraint("progress_done >= 0", name="progress_counted"),
        CheckConstraint("(state = 'running') = (lease_token IS NOT NULL)", name="running_has_lease"),
        Index("ix_jobs_waiting", "state", "lease_until"),
        Index("ix_jobs_inquiry_id", "inquiry_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[JobName] = mapped_column(state_type(JobName, "job_name", closed=False))
    state: Mapped[JobState] = mapped_column(state_type(JobState, "job_state"), default=JobState.QUEUED)
    inquiry_id: Mapped[int | None]
    requested_by: Mapped[int | None]
    arguments: Mapped[dict[str, Any]]
    attempts: Mapped[int] = mapped_column(default=0)
    cancel_wanted: Mapped[bool] = mapped_column(default=False)
    progress_done: Mapped[int] = mapped_column(default=0)
    progress_total: Mapped[int] = mapped_column(default=0)
    message: Mapped[str] = mapped_column(Text, default="")
    lease_token: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None]
    queued_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
