"""What the machine does when evidence arrives or a member asks: cut, then propose."""

from consult.assist import bridge
from consult.foundation.errors import Refused
from consult.foundation.jobs.names import JobName
from consult.foundation.jobs.worker import RunningJob, handles
from consult.foundation.security import SYSTEM, Actor


@handles(JobName.SUBMISSIONS_RECEIVED)
def prepare(job: RunningJob) -> None:
    """Cut what has arrived into passages and propose codes for them."""
    work(job, again=False)


@handles(JobName.SUGGESTIONS_WANTED)
def propose_again(job: RunningJob) -> None:
    """Propose with all that has been decided since, for every passage."""
    work(job, again=True)


def work(job: RunningJob, *, again: bool) -> None:
    """Run the bridge under a job, which shows how far it is after each batch."""
    if job.inquiry_id is None:
        raise Refused("This job names no inquiry.")
    actor = Actor.member(job.requested_by) if job.requested_by else SYSTEM
    bridge.cut_waiting(job.inquiry_id, job.progress)
    bridge.propose_waiting(job.inquiry_id, job.progress, actor=actor, again=again)
