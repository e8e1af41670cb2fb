"""Check and store a spreadsheet, some rows at a time; what was broken off goes on where it stopped."""

from datetime import datetime
from itertools import islice

from consult.calls.models import Call
from consult.calls.queries import call_by_id
from consult.evidence.models_imports import SpreadsheetImport
from consult.evidence.queries.checking import Found, Source, look_over, source_of
from consult.evidence.rules_imports import ImportState
from consult.evidence.service import imports
from consult.evidence.spreadsheets.mapping import ColumnMapping
from consult.evidence.spreadsheets.reading import open_sheet
from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.files import file_store
from consult.foundation.jobs.chores import hourly
from consult.foundation.jobs.names import JobName
from consult.foundation.jobs.worker import RunningJob, handles

# Short enough that nobody who saves meanwhile waits long.
ROWS_AT_ONCE = 500


@handles(JobName.SPREADSHEET_GIVEN)
def check_spreadsheet(job: RunningJob) -> None:
    """Read every row and list what is wrong; nothing is stored as evidence."""
    held = import_of(job, ImportState.CHECKING)
    if held is None:
        return
    import_id, source = held.id, source_for(held)
    with transaction() as session:
        imports.forget_problems(session, import_id)
    found, rows, at = Found(), source.responses(), now()
    while batch := list(islice(rows, ROWS_AT_ONCE)):
        problems = look_over(db.session(), source, batch, found, at=at)
        kept = problems[: max(0, imports.MOST_PROBLEMS - found.wrong + len(problems))]
        if kept:
            with transaction() as session:
                imports.keep_problems(session, import_id, kept)
        job.progress(found.rows, 0, f"{found.wrong:,} problems so far." if found.wrong else "")
    with transaction() as session:
        imports.finish_check(session, import_id, source, found)


@handles(JobName.SPREADSHEET_SETTLED)
def store_spreadsheet(job: RunningJob) -> None:
    """Store what is right, some rows a transaction, after the last row that is there."""
    held = import_of(job, ImportState.STORING)
    if held is None or job.inquiry_id is None:
        return
    source = source_for(held)
    import_id, done, total = held.id, held.row_done, held.found["rows"]
    origin, actor = imports.origin_of(held, source), job.actor
    rows, first = source.responses(after_row=done), source.layout.heading_rows
    while batch := list(islice(rows, ROWS_AT_ONCE)):
        with transaction() as session:
            if not imports.store_rows(
                session, import_id, batch, origin,
                after_row=done, inquiry_id=job.inquiry_id, actor=actor, at=now(),
            ):  # fmt: skip
                return
        done = batch[-1].row
        job.progress(min(done - first, total), total)
    with transaction() as session:
        imports.finish_import(session, import_id, inquiry_id=job.inquiry_id, actor=actor, at=now())


def import_of(job: RunningJob, state: ImportState) -> SpreadsheetImport | None:
    """Return the import of a job, unless somebody has taken it further already."""
    held = db.session().get(SpreadsheetImport, job.arguments["import"], populate_existing=True)
    return held if held and held.state is state and held.job_id == job.id else None


def source_for(held: SpreadsheetImport) -> Source:
    """Open the file of an import with its columns as they were settled."""
    session, store = db.session(), file_store()
    store.open(held.kept_sha256).close()  # says what to do where the file is gone
    sheet = open_sheet(store.path_of(held.kept_sha256), held.name)
    call: Call = call_by_id(session, held.call_id)
    mapping = ColumnMapping.from_json(held.mapping or {})
    return source_of(session, sheet, call, held.publication, mapping, at=now())


@hourly
def forget_old_imports(at: datetime) -> None:
    """Let go of spreadsheets that nobody went on with."""
    with transaction() as session:
        imports.forget_old_imports(session, at=at)
