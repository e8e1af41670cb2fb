"""Reading of files that were dropped together: one by one, in a child process, going on where it stopped."""

from consult.evidence.extraction import Enclosed, extract_patiently
from consult.evidence.queries.file_batches import first_document, waiting_files
from consult.evidence.service.documents import transcribe, unread_file
from consult.evidence.service.file_reading import keep_reading
from consult.evidence.service.receiving import ask_for_passages
from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.errors import NotFound, Refused
from consult.foundation.files import StoredFile, file_store
from consult.foundation.jobs.names import JobName
from consult.foundation.jobs.worker import RunningJob, handles
from consult.foundation.security import SYSTEM


@handles(JobName.FILES_DROPPED)
def read_files(job: RunningJob) -> None:
    """Read what is unread of a batch; each file is kept by itself, so a new worker goes on with the next."""
    if job.inquiry_id is None:
        raise Refused("This job names no inquiry.")
    waiting = waiting_files(db.session(), int(job.arguments["batch_id"]))
    for done, file_id in enumerate(waiting):
        job.progress(done, len(waiting))
        read_file(file_id, job.inquiry_id)
    job.progress(len(waiting), len(waiting))


@handles(JobName.DOCUMENTS_UNREAD)
def read_documents(job: RunningJob) -> None:
    """Read documents that nobody could wait for; what has no text after this is left for a person to type."""
    if job.inquiry_id is None:
        raise Refused("This job names no inquiry.")
    waiting = [int(each) for each in job.arguments["attachment_ids"]]
    for done, attachment_id in enumerate(waiting):
        job.progress(done, len(waiting))
        read_document(attachment_id, job.inquiry_id)
    job.progress(len(waiting), len(waiting))


def read_document(attachment_id: int, inquiry_id: int) -> None:
    """Read one document outside any transaction and keep its text inside one."""
    unread = unread_file(db.session(), attachment_id)
    db.session().rollback()
    if unread is None:
        return
    with file_store().open(unread[0]) as file:
        found = extract_patiently(file, unread[1])
    if not found.text.strip():
        return
    try:
        with transaction() as session:
            transcribe(session, attachment_id, found.text, inquiry_id=inquiry_id, actor=SYSTEM, at=now())
            ask_for_passages(session, inquiry_id, SYSTEM, now())
    except (NotFound, Refused):
        return  # typed, taken back or erased while it was read


def read_file(file_id: int, inquiry_id: int) -> None:
    """Read one file outside any transaction, keep the files inside it, then note what was found."""
    first = first_document(db.session(), file_id)
    db.session().rollback()
    if first is None:
        return
    sha256, name = first
    with file_store().open(sha256) as file:
        found = extract_patiently(file, name, with_files=True)
    enclosed: list[tuple[Enclosed, StoredFile]] = [
        (each, file_store().keep(each.data)) for each in found.enclosed if each.data is not None
    ]
    with transaction() as session:
        keep_reading(session, file_id, found, enclosed, inquiry_id=inquiry_id)
