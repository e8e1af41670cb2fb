"""Reads about files that were dropped together and are not all submissions yet."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, defer

from consult.accounts.models import User
from consult.calls.models import Call, Question
from consult.calls.rules import QuestionKind
from consult.evidence.extraction.result import Outcome
from consult.evidence.extraction.words import flag_words, message_for
from consult.evidence.models import Submission
from consult.evidence.models_batches import BatchDocument, BatchFile, FileBatch
from consult.evidence.models_documents import Attachment
from consult.evidence.queries.submission import who
from consult.evidence.rules import SubmissionState
from consult.evidence.rules_batches import FileState, Standing, still_missing
from consult.evidence.rules_desk import LONDON, came_late
from consult.foundation.errors import NotFound
from consult.foundation.jobs.models import Job
from consult.foundation.jobs.names import FINISHED, JobName

REFUSED = Outcome.REFUSED


@dataclass(frozen=True)
class BatchEntry:
    """A batch in the list of batches: how many of its files stand where."""

    id: int
    call_title: str
    by: str
    dropped_at: datetime
    files: int
    waiting: int
    open: int
    stored: int


@dataclass(frozen=True)
class DroppedRead:
    """A dropped file as a clerk sees it: what it is to be, what is still missing, what it is like."""

    row: BatchFile
    documents: tuple[BatchDocument, ...]
    late: bool
    same_file: str = ""
    same_words: str = ""
    reference: str = ""

    @property
    def file_name(self) -> str:
        """Return the name of the file, or nothing once it is stored: its submission has it."""
        return self.documents[0].name if self.documents else ""

    @property
    def who(self) -> str:
        """Return the name and organisation in one line."""
        return who(self.row.name, self.row.organisation)

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """Return what has to be settled before it can be stored."""
        if self.row.state is not FileState.READ:
            return ()
        reads = any(each.taken and each.outcome is not Outcome.REFUSED for each in self.documents)
        given = Standing(self.row.name, self.row.organisation, self.late, self.row.why_late, reads)
        return tuple(still_missing(given))

    @property
    def ready(self) -> bool:
        """Tell whether it can be stored as it stands."""
        return self.row.state is FileState.READ and not self.missing

    @property
    def refusal(self) -> str:
        """Return why it cannot be read, and what to do."""
        first = self.documents[:1]
        return "".join(message_for(REFUSED, each.flags) for each in first if each.outcome is REFUSED)

    @property
    def noticed(self) -> list[str]:
        """Return a sentence for each thing that a clerk should know."""
        inside = [
            f"“{each.name}” cannot be read. {message_for(REFUSED, each.flags)} The message keeps it."
            for each in self.documents[1:]
            if each.outcome is REFUSED
        ]
        read = [each for each in self.documents if each.outcome is not REFUSED]
        said = dict.fromkeys(words for each in read for words in flag_words(each.flags))
        return [*said, *inside]


@dataclass(frozen=True)
class BatchRead:
    """A batch with its files, in the order in which they were dropped."""

    id: int
    call: Call
    dropped_at: datetime
    files: tuple[DroppedRead, ...]
    being_read: bool

    def of(self, *states: FileState) -> list[DroppedRead]:
        """Return the files that stand in one of some states."""
        return [each for each in self.files if each.row.state in states]

    @cached_property
    def waiting(self) -> int:
        """Return how many are still to be read."""
        return len(self.of(FileState.WAITING))

    @cached_property
    def ready(self) -> list[DroppedRead]:
        """Return those that can be stored."""
        return [each for each in self.files if each.ready]

    @cached_property
    def incomplete(self) -> list[DroppedRead]:
        """Return those of which something has to be settled first."""
        return [each for each in self.files if each.missing]


def file_batches_of(session: Session, inquiry_id: int) -> list[BatchEntry]:
    """Return the batches of an inquiry, the newest first."""

    def number(*states: FileState) -> Any:
        return func.coalesce(func.sum(case((BatchFile.state.in_(states), 1), else_=0)), 0)

    rows = session.execute(
        select(
            FileBatch.id,
            Call.title.label("call_title"),
            User.name.label("by"),
            FileBatch.dropped_at,
            func.count(BatchFile.id).label("files"),
            number(FileState.WAITING).label("waiting"),
            number(FileState.READ).label("open"),
            number(FileState.STORED).label("stored"),
        )
        .join(Call, Call.id == FileBatch.call_id)
        .join(User, User.id == FileBatch.user_id)
        .outerjoin(BatchFile, BatchFile.batch_id == FileBatch.id)
        .where(FileBatch.inquiry_id == inquiry_id)
        .group_by(FileBatch.id, Call.title, User.name, FileBatch.dropped_at)
        .order_by(FileBatch.id.desc())
    )
    return [BatchEntry(**row._mapping) for row in rows]


def file_batch(session: Session, inquiry_id: int, batch_id: int) -> BatchRead:
    """Return a batch with its files but not their words, by a few reads; NotFound for another inquiry's."""
    row = session.execute(
        select(FileBatch, Call)
        .join(Call, Call.id == FileBatch.call_id)
        .where(FileBatch.id == batch_id, FileBatch.inquiry_id == inquiry_id)
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such batch of files in this inquiry. It may have been discarded.")
    batch, call = row
    return BatchRead(
        batch.id,
        call,
        batch.dropped_at,
        tuple(_files(session, inquiry_id, batch.id, call.closes_at)),
        being_read(session, inquiry_id, batch.id),
    )


def _files(session: Session, inquiry_id: int, batch_id: int, closes_at: datetime) -> list[DroppedRead]:
    rows = session.execute(
        select(BatchFile, Submission.reference)
        .outerjoin(Submission, Submission.id == BatchFile.submission_id)
        .where(BatchFile.batch_id == batch_id)
        .order_by(BatchFile.position)
    ).all()
    documents = documents_of(session, [row[0].id for row in rows], words=False)
    files = {each[0].sha256 for each in documents.values()}
    same_file = files_there(session, inquiry_id, files)
    twins = earlier_twins(session, inquiry_id, files)
    same_words = words_there(session, inquiry_id, {row[0].words_sha256 for row in rows} - {None})
    read = []
    for file, reference in rows:
        mine = documents.get(file.id, ())
        sha256 = mine[0].sha256 if mine else ""
        read.append(
            DroppedRead(
                file,
                tuple(mine),
                came_late(file.received_on, closes_at),
                same_file.get(sha256) or _twin(file, twins.get(sha256)),
                same_words.get(file.words_sha256 or "", ""),
                reference or "",
            )
        )
    return read


def _twin(file: BatchFile, earliest: tuple[int, int, int] | None) -> str:
    """Return the words for an earlier drop of the same file."""
    if earliest is None or earliest[0] >= file.id:
        return ""
    _, batch_id, position = earliest
    return f"file {position} of this batch" if batch_id == file.batch_id else "a file of an earlier batch"


def documents_of(
    session: Session, file_ids: Collection[int], *, words: bool
) -> dict[int, list[BatchDocument]]:
    """Return the documents of some files, in order; their words only where asked for."""
    wanted = select(BatchDocument).where(BatchDocument.file_id.in_(file_ids))
    ordered = wanted.order_by(BatchDocument.file_id, BatchDocument.position)
    if words:
        ordered = ordered.execution_options(populate_existing=True)
    else:
        ordered = ordered.options(defer(BatchDocument.body, raiseload=True))
    found: dict[int, list[BatchDocument]] = {}
    for document in session.scalars(ordered):
        found.setdefault(document.file_id, []).append(document)
    return found


def with_words(session: Session, files: Sequence[DroppedRead]) -> list[DroppedRead]:
    """Return some files of a batch with the words of their documents."""
    documents = documents_of(session, [each.row.id for each in files], words=True)
    return [replace(each, documents=tuple(documents.get(each.row.id, ()))) for each in files]


def files_there(session: Session, inquiry_id: int, hashes: Collection[str]) -> dict[str, str]:
    """Return which files have come with a submission already, by the reference of the earliest."""
    rows = session.execute(
        select(Attachment.sha256, Submission.reference)
        .join(Submission, Submission.id == Attachment.submission_id)
        .where(
            Submission.inquiry_id == inquiry_id,
            Attachment.sha256.in_(hashes),
            Submission.state != SubmissionState.WITHDRAWN,
        )
        .order_by(Submission.id.desc())
    )
    return {row.sha256: row.reference for row in rows}


def earlier_twins(
    session: Session, inquiry_id: int, hashes: Collection[str]
) -> dict[str, tuple[int, int, int]]:
    """Return the first undecided drop of each file: its id, its batch and its place there."""
    rows = session.execute(
        select(BatchDocument.sha256, BatchFile.id, BatchFile.batch_id, BatchFile.position)
        .join(BatchFile, BatchFile.id == BatchDocument.file_id)
        .join(FileBatch, FileBatch.id == BatchFile.batch_id)
        .where(
            FileBatch.inquiry_id == inquiry_id,
            BatchDocument.position == 0,
            BatchDocument.sha256.in_(hashes),
            BatchFile.state.in_((FileState.WAITING, FileState.READ)),
        )
        .order_by(BatchFile.id.desc())
    )
    return {row.sha256: (row.id, row.batch_id, row.position) for row in rows}


def words_there(session: Session, inquiry_id: int, hashes: Collection[str | None]) -> dict[str, str]:
    """Return which words have arrived already, by the reference of the earliest."""
    rows = session.execute(
        select(Submission.words_sha256, Submission.reference)
        .where(
            Submission.inquiry_id == inquiry_id,
            Submission.words_sha256.in_(hashes),
            Submission.state != SubmissionState.WITHDRAWN,
        )
        .order_by(Submission.id.desc())
    )
    return {sha256: reference for sha256, reference in rows if sha256}


def being_read(session: Session, inquiry_id: int, batch_id: int) -> bool:
    """Tell whether a job that reads this batch waits or runs."""
    jobs = session.scalars(
        select(Job).where(
            Job.name == JobName.FILES_DROPPED, Job.inquiry_id == inquiry_id, Job.state.not_in(FINISHED)
        )
    )
    return any(job.arguments.get("batch_id") == batch_id for job in jobs)


def waiting_files(session: Session, batch_id: int) -> Sequence[int]:
    """Return the ids of the files of a batch that are still to be read."""
    wanted = select(BatchFile.id).where(BatchFile.batch_id == batch_id, BatchFile.state == FileState.WAITING)
    return session.scalars(wanted.order_by(BatchFile.position)).all()


def first_document(session: Session, file_id: int) -> tuple[str, str] | None:
    """Return the hash and the name of a dropped file itself; nothing once it was discarded."""
    wanted = select(BatchDocument.sha256, BatchDocument.name).filter_by(file_id=file_id, position=0)
    row = session.execute(wanted).one_or_none()
    return (row.sha256, row.name) if row else None


def numbers_of(session: Session, batch_id: int) -> dict[int, int]:
    """Return the ids of the questions of a batch's call by number, of those that a document can answer."""
    rows = session.execute(
        select(Question.number, Question.id)
        .join(FileBatch, FileBatch.call_id == Question.call_id)
        .where(
            FileBatch.id == batch_id,
            Question.kind.in_((QuestionKind.FREE_TEXT, QuestionKind.FILE)),
        )
    )
    return {row.number: row.id for row in rows}


def received_by(session: Session, batch_id: int) -> date:
    """Return the day in London on which a batch was dropped."""
    dropped = session.scalars(select(FileBatch.dropped_at).where(FileBatch.id == batch_id)).one()
    return dropped.astimezone(LONDON).date()
