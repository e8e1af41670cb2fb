"""Import a spreadsheet step by step: given, columns settled, checked, stored; each step may be done again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from consult.calls.models import Call
from consult.evidence.models_imports import ImportProblem, SpreadsheetImport
from consult.evidence.queries.checking import Found, Source
from consult.evidence.rules import PublicationChoice, storable
from consult.evidence.rules_desk import LONDON
from consult.evidence.rules_imports import AT_WORK, ImportState
from consult.evidence.service.spreadsheets import Origin, remember_columns, store_responses
from consult.evidence.spreadsheets.mapping import ColumnMapping
from consult.evidence.spreadsheets.rows import Problem, Response
from consult.foundation import audit
from consult.foundation.database import rows_changed
from consult.foundation.errors import BadInput, NotFound, Refused
from consult.foundation.file_keeping import ERASED
from consult.foundation.files import StoredFile
from consult.foundation.jobs.models import Job
from consult.foundation.jobs.names import FINISHED, JobName
from consult.foundation.jobs.queue import enqueue
from consult.foundation.security import Actor

KEPT = timedelta(days=30)
LONGEST_NAME = 255
# More than anybody reads; the sum of all is told beside them.
MOST_PROBLEMS = 100_000

_WORK = {
    ImportState.CHECKING: JobName.SPREADSHEET_GIVEN,
    ImportState.STORING: JobName.SPREADSHEET_SETTLED,
}


@dataclass(frozen=True)
class Settled:
    """What a clerk decided: what the columns mean, and what holds where a response does not say."""

    signature: str
    mapping: ColumnMapping
    publication: PublicationChoice


def begin_import(
    session: Session,
    call_id: int,
    name: str,
    file: StoredFile,
    *,
    inquiry_id: int,
    actor: Actor,
    at: datetime,
) -> int:
    """Keep that a file was given for a call, and return the id of its import; nothing is read yet.

    The same file given twice before it is stored is one import. NotFound for another inquiry's call.
    """
    call = session.get(Call, call_id)
    if call is None or call.inquiry_id != inquiry_id:
        raise NotFound("There is no such call in this inquiry.")
    if actor.user_id is None:
        raise Refused("Only a named member can import a spreadsheet. Sign in and try again.")
    if earlier := _earlier(session, call_id, file):
        return earlier
    begun = SpreadsheetImport(
        inquiry_id=inquiry_id,
        call_id=call_id,
        user_id=actor.user_id,
        name=storable(name.strip())[-LONGEST_NAME:] or "spreadsheet",
        size=file.size,
        sha256=file.sha256,
        kept_sha256=file.sha256,
        publication=PublicationChoice.NOT_PUBLISHED,
        begun_at=at,
    )
    session.add(begun)
    session.flush()  # the audit event names the new id
    act = audit.Act("begin import", "spreadsheet import", begun.id, detail={"sha256": file.sha256})
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return begun.id


def _earlier(session: Session, call_id: int, file: StoredFile) -> int | None:
    same = select(SpreadsheetImport.id).where(
        SpreadsheetImport.call_id == call_id,
        SpreadsheetImport.kept_sha256 == file.sha256,
        SpreadsheetImport.state != ImportState.DONE,
    )
    return session.scalar(same.limit(1))


def settle_columns(
    session: Session, import_id: int, settled: Settled, *, inquiry_id: int, actor: Actor, at: datetime
) -> None:
    """Keep what the columns mean, for this file and the next like it, and ask for every row to be checked.

    Refused while a job works on it or after it was stored; NotFound for another inquiry's import.
    """
    held = _held(session, import_id, inquiry_id)
    if held.state not in {ImportState.COLUMNS, ImportState.CHECKED} and not _has_stopped(session, held):
        raise Refused("This spreadsheet is being worked on, or is stored already.")
    if held.stored:
        raise Refused("Part of this spreadsheet is stored already, so its columns stand. Go on with it.")
    held.mapping, held.publication = settled.mapping.as_json(), settled.publication
    held.found = {}
    _ask_for(session, held, ImportState.CHECKING, actor, at)
    remember_columns(
        session,
        held.call_id,
        settled.signature,
        settled.mapping,
        inquiry_id=inquiry_id,
        actor=actor,
        at=at,
    )


def start_storing(
    session: Session,
    import_id: int,
    *,
    leave_out: bool,
    why_late: str,
    inquiry_id: int,
    actor: Actor,
    at: datetime,
) -> None:
    """Ask for what was checked to be stored.

    BadInput where rows are wrong and are not to be left out, where some came late without a reason, or
    nothing is new; Refused for what is not checked.
    """
    held = _held(session, import_id, inquiry_id)
    if held.state is not ImportState.CHECKED:
        raise Refused("This spreadsheet is not checked, or is being stored already.")
    why_late = storable(why_late.strip())
    if held.found["wrong"] and not leave_out:
        raise BadInput("Put the problems right and give the file again, or leave those rows out.")
    if held.found["late"] and not why_late:
        raise BadInput("Say why responses are taken that came after the call had closed.")
    if not held.found["new"]:
        raise BadInput("There is nothing new to store in this spreadsheet.")
    held.leave_out, held.why_late = leave_out, why_late
    _ask_for(session, held, ImportState.STORING, actor, at)
    detail = {name: held.found[name] for name in ("rows", "new", "wrong_rows", "late")}
    act = audit.Act("import spreadsheet", "spreadsheet import", held.id, why=why_late, detail=detail)
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)


def go_on(session: Session, import_id: int, *, inquiry_id: int, actor: Actor, at: datetime) -> None:
    """Ask again for work that ended too early; storing goes on after the last row that is there.

    Refused while a job is at it; NotFound for another inquiry's import.
    """
    held = _held(session, import_id, inquiry_id)
    if not _has_stopped(session, held):
        raise Refused("This spreadsheet is being worked on, or there is nothing to go on with.")
    _ask_for(session, held, held.state, actor, at)
    act = audit.Act("go on with import", "spreadsheet import", held.id)
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)


def _has_stopped(session: Session, held: SpreadsheetImport) -> bool:
    job = session.get(Job, held.job_id) if held.job_id else None
    return held.state in AT_WORK and (job is None or job.state in FINISHED)


def _ask_for(
    session: Session, held: SpreadsheetImport, state: ImportState, actor: Actor, at: datetime
) -> None:
    job = enqueue(
        session,
        _WORK[state],
        {"import": held.id},
        at=at,
        inquiry_id=held.inquiry_id,
        requested_by=actor.user_id,
    )
    held.state, held.job_id = state, job.id


def forget_problems(session: Session, import_id: int) -> None:
    """Forget what an earlier check has listed."""
    session.execute(delete(ImportProblem).where(ImportProblem.import_id == import_id))


def keep_problems(session: Session, import_id: int, problems: Sequence[Problem]) -> None:
    """List what is wrong with some rows."""
    rows = [
        {"import_id": import_id, "row": each.row, "column": each.column, "message": each.message}
        for each in problems
    ]
    if rows:
        session.execute(insert(ImportProblem), rows)


def finish_check(session: Session, import_id: int, source: Source, found: Found) -> None:
    """Keep what reading every row has shown."""
    how = {"platform": source.layout.platform.value, "format": source.sheet.format}
    session.execute(
        update(SpreadsheetImport)
        .where(SpreadsheetImport.id == import_id, SpreadsheetImport.state == ImportState.CHECKING)
        .values(state=ImportState.CHECKED, found={**found.as_json(), **how})
    )


def store_rows(
    session: Session,
    import_id: int,
    responses: Sequence[Response],
    origin: Origin,
    *,
    after_row: int,
    inquiry_id: int,
    actor: Actor,
    at: datetime,
) -> bool:
    """Store what is right in some rows and keep how far it came, in one transaction.

    Returns False, with nothing stored, where the import does not stand at `after_row`: another worker has
    it. Raises as `receive_many`.
    """
    mine = select(SpreadsheetImport).where(
        SpreadsheetImport.id == import_id,
        SpreadsheetImport.state == ImportState.STORING,
        SpreadsheetImport.row_done == after_row,
    )
    held = session.scalar(mine.with_for_update().execution_options(populate_existing=True))
    if held is None:
        return False
    right = [each for each in responses if not each.problems and not each.left_out]
    if right:
        received = store_responses(session, right, origin, inquiry_id=inquiry_id, actor=actor, at=at)
        held.stored += received.count
    held.row_done = responses[-1].row
    return True


def finish_import(session: Session, import_id: int, *, inquiry_id: int, actor: Actor, at: datetime) -> None:
    """Note that everything is stored, and let the file go: what people wrote is now in their submissions."""
    held = _held(session, import_id, inquiry_id)
    if held.state is not ImportState.STORING:
        return
    held.state, held.finished_at, held.kept_sha256 = ImportState.DONE, at, ERASED
    act = audit.Act("finish import", "spreadsheet import", held.id, detail={"stored": held.stored})
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)


def forget_old_imports(session: Session, *, at: datetime) -> int:
    """Forget, after thirty days, files never stored and the problems of all; return how many files."""
    old = select(SpreadsheetImport.id).where(SpreadsheetImport.begun_at < at - KEPT)
    unfinished = old.where(
        SpreadsheetImport.state.in_({ImportState.COLUMNS, ImportState.CHECKING, ImportState.CHECKED})
    )
    session.execute(delete(ImportProblem).where(ImportProblem.import_id.in_(old)))
    return rows_changed(
        session, delete(SpreadsheetImport).where(SpreadsheetImport.id.in_(unfinished.scalar_subquery()))
    )


def origin_of(held: SpreadsheetImport, source: Source) -> Origin:
    """Return where the responses of an import come from and go to."""
    return Origin(source.layout.platform, held.call_id, LONDON, held.why_late, held.id)


def _held(session: Session, import_id: int, inquiry_id: int) -> SpreadsheetImport:
    """Return an import, held until the commit: two presses of one button come one after the other."""
    wanted = select(SpreadsheetImport).where(
        SpreadsheetImport.id == import_id, SpreadsheetImport.inquiry_id == inquiry_id
    )
    held = session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if held is None:
        raise NotFound("There is no such import in this inquiry. It is kept for thirty days.")
    return held
