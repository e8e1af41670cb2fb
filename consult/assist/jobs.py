"""What the machine does when evidence arrives or a member asks: cut, group, place, propose, search."""

from consult.assist import bridge, discovering, grouping, personal, placing, quoting
from consult.codebook.service import want_groups
from consult.foundation.clock import now
from consult.foundation.database import transaction
from consult.foundation.errors import Refused
from consult.foundation.jobs.names import JobName
from consult.foundation.jobs.queue import enqueue, waiting_job
from consult.foundation.jobs.worker import RunningJob, handles


@handles(JobName.SUBMISSIONS_RECEIVED)
def prepare(job: RunningJob) -> None:
    """Cut what has arrived, look for campaigns and propose codes.

    Looking for personal data, and after much new evidence for groups, are jobs of their own.
    """
    with transaction() as session:
        if job.inquiry_id and not waiting_job(session, JobName.PERSONAL_DATA_WANTED, job.inquiry_id):
            enqueue(session, JobName.PERSONAL_DATA_WANTED, {}, at=now(), inquiry_id=job.inquiry_id)
    work(job, again=False)
    if job.inquiry_id and discovering.due(job.inquiry_id):
        with transaction() as session:
            want_groups(session, inquiry_id=job.inquiry_id, actor=job.actor, at=now())


@handles(JobName.SUGGESTIONS_WANTED)
def propose_again(job: RunningJob) -> None:
    """Propose with all that has been decided since, for every passage."""
    work(job, again=True)


@handles(JobName.PERSONAL_DATA_WANTED)
def look_for_personal_data(job: RunningJob) -> None:
    """Look through what has not been read for personal data, and put what is found on the redaction desk."""
    personal.search_waiting(_inquiry_of(job), job.progress, actor=job.actor)


@handles(JobName.GROUPS_WANTED)
def look_for_groups(job: RunningJob) -> None:
    """Look for groups among passages, and offer them to the codebook's room."""
    discovering.find_groups(_inquiry_of(job), job.progress, actor=job.actor)


@handles(JobName.QUOTES_WANTED)
def look_for_quotes(job: RunningJob) -> None:
    """Suggest passages to quote on every theme."""
    quoting.suggest_quotes(_inquiry_of(job), job.progress)


@handles(JobName.CAMPAIGNS_WANTED)
def group_again(job: RunningJob) -> None:
    """Group all letters anew."""
    grouping.group_waiting(_inquiry_of(job), job.progress, actor=job.actor, again=True)


def work(job: RunningJob, *, again: bool) -> None:
    """Run the bridge under a job, which shows how far it is after each batch."""
    inquiry_id = _inquiry_of(job)
    bridge.cut_waiting(inquiry_id, job.progress)
    if not again:
        grouping.group_waiting(inquiry_id, job.progress, actor=job.actor)
        placing.place_waiting(inquiry_id, job.progress)
    bridge.propose_waiting(inquiry_id, job.progress, actor=job.actor, again=again)


def _inquiry_of(job: RunningJob) -> int:
    if job.inquiry_id is None:
        raise Refused("This job names no inquiry.")
    return job.inquiry_id
