"""Erasures are carried out here, and a restored database is found out here."""

from datetime import datetime, timedelta

from consult.assist.artefacts import forget_models
from consult.foundation.clock import now
from consult.foundation.database import Base, db, transaction
from consult.foundation.file_keeping import remove_unnamed
from consult.foundation.files import file_store
from consult.foundation.jobs.chores import hourly
from consult.foundation.jobs.names import JobName
from consult.foundation.jobs.worker import RunningJob, handles
from consult.foundation.ledger import ledger
from consult.foundation.scrubbing import scrub
from consult.foundation.security import SYSTEM
from consult.privacy import service
from consult.privacy.models import Erasure

# A job is tried three times, which takes minutes.
GIVEN_UP = timedelta(hours=1)


@handles(JobName.ERASURE_ORDERED)
def carry_out(job: RunningJob) -> None:
    """Carry one erasure out."""
    carry_out_erasure(job.arguments["erasure"])


def carry_out_erasure(erasure_id: int) -> None:
    """Write the order into the ledger, then take the words from the database and the files.

    Killed between two steps it is begun again and ends the same.
    """
    session = db.session()
    ledger().add(service.ledger_entry(session, session.get_one(Erasure, erasure_id)))
    began = now()
    with transaction() as writing:
        reached = service.erase(writing, erasure_id, at=began)
    if reached.probes:
        # Once more, for a run that read the words while they were being erased.
        forget_models(db.session().get_one(Erasure, erasure_id).inquiry_id)
    files = remove_unnamed(db.session(), file_store(), reached.files, at=began)
    db.session().rollback()
    scrubbed = scrub(Base.metadata.tables)
    found_again = service.rows_with(db.session(), reached.probes)
    with transaction() as writing:
        service.finish(writing, erasure_id, files=files, scrubbed=scrubbed, found_again=found_again, at=now())


@hourly
def erase_what_was_restored(at: datetime) -> None:
    """Find out that the database is an older copy, and erase in it what was erased since."""
    replay(at=at)


@hourly
def finish_what_broke(at: datetime) -> None:
    """Carry out what was ordered and given up: an order to erase is never let lie."""
    waiting = list(service.unfinished(db.session(), before=at - GIVEN_UP))
    db.session().rollback()
    for erasure_id in waiting:
        carry_out_erasure(erasure_id)


@hourly
def keep_to_the_schedule(at: datetime) -> None:
    """Order the erasure of what may be kept no longer; most hours there is nothing."""
    with transaction() as session:
        service.apply_retention(session, at=at)


def replay(*, at: datetime) -> int:
    """Order what the ledger knows and the database does not; return how many erasures that were."""
    entries = list(ledger().entries())
    if not entries:
        return 0
    with transaction() as session:
        return service.order_again(session, entries, actor=SYSTEM, at=at)
