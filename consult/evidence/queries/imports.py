"""Reads about imports of spreadsheets: the files given, what is wrong in them, how far they are."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, exists, func, select
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.calls.models import Call
from consult.evidence.models import Submission
from consult.evidence.models_desk import Provenance
from consult.evidence.models_imports import ImportProblem, SpreadsheetImport
from consult.evidence.rules import PublicationChoice, SubmissionState
from consult.evidence.rules_desk import LONDON, states_before
from consult.evidence.rules_imports import AT_WORK, ImportState
from consult.foundation.errors import NotFound
from consult.foundation.jobs.models import Job
from consult.foundation.jobs.names import FINISHED, JobState

PROBLEMS_A_PAGE = 50
IMPORTS_SHOWN = 100


@dataclass(frozen=True)
class WorkRead:
    """The job that checks or stores a spreadsheet."""

    state: JobState
    done: int
    total: int
    message: str

    @property
    def finished(self) -> bool:
        """Tell whether it works no more."""
        return self.state in FINISHED


@dataclass(frozen=True)
class ImportRead:
    """An import as pages show it."""

    id: int
    name: str
    call_id: int
    call_slug: str
    call_title: str
    by: str
    state: ImportState
    begun_at: datetime
    finished_at: datetime | None
    publication: PublicationChoice
    mapping: dict[str, Any] | None
    found: dict[str, Any]
    leave_out: bool
    why_late: str
    stored: int
    kept_sha256: str
    work: WorkRead | None
    # Whether submissions of it are left that still count.
    left: bool = False

    @property
    def taken_back(self) -> bool:
        """Tell whether all that was stored of it has been put out of scope or withdrawn since."""
        return self.state is ImportState.DONE and self.stored > 0 and not self.left

    @property
    def stopped(self) -> bool:
        """Tell whether its job ended before its work did."""
        return self.state in AT_WORK and (self.work is None or self.work.finished)

    @property
    def at_work(self) -> bool:
        """Tell whether a job is at it."""
        return self.state in AT_WORK and not self.stopped


@dataclass(frozen=True)
class ProblemPage:
    """Some problems of an import, and the ids from which its neighbours go on."""

    problems: list[ImportProblem]
    count: int
    earlier: bool
    more: bool


def _imports() -> Select[SpreadsheetImport, str, str, str, Job | None, bool]:
    left = exists().where(
        Provenance.import_id == SpreadsheetImport.id,
        Submission.id == Provenance.submission_id,
        Submission.state.in_(states_before(SubmissionState.OUT_OF_SCOPE)),
    )
    rows = select(SpreadsheetImport, Call.slug, Call.title, User.name, Job, left)
    rows = rows.join(Call, Call.id == SpreadsheetImport.call_id)
    rows = rows.join(User, User.id == SpreadsheetImport.user_id)
    return rows.outerjoin(Job, Job.id == SpreadsheetImport.job_id)


def import_by_id(session: Session, inquiry_id: int, import_id: int) -> ImportRead:
    """Return one import of an inquiry; NotFound for any other."""
    wanted = _imports().where(SpreadsheetImport.inquiry_id == inquiry_id, SpreadsheetImport.id == import_id)
    row = session.execute(wanted.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound("There is no such import in this inquiry. It is kept for thirty days.")
    return _read(row)


def imports_of(session: Session, inquiry_id: int) -> list[ImportRead]:
    """Return the latest imports of an inquiry, the newest first."""
    wanted = _imports().where(SpreadsheetImport.inquiry_id == inquiry_id)
    rows = session.execute(wanted.order_by(SpreadsheetImport.id.desc()).limit(IMPORTS_SHOWN))
    return [_read(row) for row in rows]


def _read(found: Row[SpreadsheetImport, str, str, str, Job | None, bool]) -> ImportRead:
    row, call_slug, call_title, by, job, left = found
    work = WorkRead(job.state, job.progress_done, job.progress_total, job.message) if job else None
    return ImportRead(
        id=row.id,
        name=row.name,
        call_id=row.call_id,
        call_slug=call_slug,
        call_title=call_title,
        by=by,
        state=row.state,
        begun_at=row.begun_at,
        finished_at=row.finished_at,
        publication=row.publication,
        mapping=row.mapping,
        found=row.found,
        leave_out=row.leave_out,
        why_late=row.why_late,
        stored=row.stored,
        kept_sha256=row.kept_sha256,
        work=work,
        left=left,
    )


def stored_spreadsheets(session: Session, inquiry_id: int) -> dict[int, str]:
    """Return the spreadsheets from which evidence was stored, the newest first: name and day by id."""
    kept = SpreadsheetImport
    wanted = select(kept.id, kept.name, kept.begun_at).where(kept.inquiry_id == inquiry_id, kept.stored > 0)
    rows = session.execute(wanted.order_by(kept.id.desc()).limit(IMPORTS_SHOWN))
    return {id_: f"{name}, {begun_at.astimezone(LONDON):%d/%m/%Y}" for id_, name, begun_at in rows}


def problem_page(
    session: Session, import_id: int, *, page: int = 1, size: int = PROBLEMS_A_PAGE
) -> ProblemPage:
    """Return a page of an import's problems in the order of its rows."""
    mine = ImportProblem.import_id == import_id
    count = session.scalar(select(func.count()).select_from(ImportProblem).where(mine)) or 0
    rows = select(ImportProblem).where(mine).order_by(ImportProblem.id)
    found = list(session.scalars(rows.offset((page - 1) * size).limit(size)))
    return ProblemPage(found, count, earlier=page > 1, more=page * size < count)


def every_problem(session: Session, import_id: int) -> Iterator[ImportProblem]:
    """Return all problems of an import in the order of its rows, read some at a time."""
    rows = select(ImportProblem).where(ImportProblem.import_id == import_id).order_by(ImportProblem.id)
    yield from session.scalars(rows.execution_options(yield_per=1000))
