"""Files that a clerk drops together: kept, settled row by row, and stored as submissions at once."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from consult.calls.models import Call, Place, RespondentType
from consult.evidence.extraction.result import Extraction, Outcome
from consult.evidence.models import Submission
from consult.evidence.models_batches import BatchDocument, BatchFile, FileBatch
from consult.evidence.queries import file_batches as reads
from consult.evidence.rules import Channel, PublicationChoice, storable
from consult.evidence.rules_batches import MOST_FILES, FileState
from consult.evidence.rules_desk import came_late, words_sha256
from consult.evidence.service.given import LONGEST, GivenAttachment, GivenEvidence, GivenProvenance
from consult.evidence.service.receiving import receive_many
from consult.foundation import audit
from consult.foundation.errors import BadInput, NotFound, Refused
from consult.foundation.files import StoredFile
from consult.foundation.jobs.names import JobName
from consult.foundation.jobs.queue import enqueue
from consult.foundation.security import Actor

FILES_A_STEP = 25


@dataclass(frozen=True)
class DroppedFile:
    """A file that the store of files holds already, with the name that it was given."""

    name: str
    stored: StoredFile


@dataclass(frozen=True)
class Told:
    """What a clerk says once of all files of a batch; each file's own words go before it."""

    received_on: date
    channel: Channel
    publication: PublicationChoice
    choice_known: str = ""
    why_late: str = ""
    respondent_type_id: int | None = None


@dataclass(frozen=True)
class Settled:
    """What a clerk settles of one file."""

    name: str
    organisation: str
    email: str
    title: str
    respondent_type_id: int | None
    place_id: int | None
    language: str
    received_on: date
    channel: Channel
    publication: PublicationChoice
    choice_known: str = ""
    why_late: str = ""
    note: str = ""


@dataclass(frozen=True)
class Use:
    """Whether the words of a document are evidence, and to which question."""

    taken: bool = True
    question_id: int | None = None


def drop_files(
    session: Session,
    files: Sequence[DroppedFile],
    told: Told,
    *,
    call_id: int,
    key: str,
    inquiry_id: int,
    actor: Actor,
    at: datetime,
) -> FileBatch:
    """Keep which files were dropped together and ask for them to be read.

    The same `key` again returns the batch that it made. BadInput for none or too many files; NotFound for
    a call or respondent type of another inquiry.
    """
    drop_key = hashlib.sha256(f"dropped {actor.user_id} {key}".encode()).hexdigest()
    earlier = session.scalar(select(FileBatch).where(FileBatch.drop_key == drop_key))
    if earlier:
        return earlier
    if not 0 < len(files) <= MOST_FILES:
        raise BadInput(f"Choose 1 to {MOST_FILES} files at once.")
    if actor.user_id is None:
        raise Refused("Only a named member can drop files. Sign in and try again.")
    closes_at = _closing_of(session, call_id, inquiry_id)
    _check_lists(session, inquiry_id, told.respondent_type_id, None)
    batch = FileBatch(
        inquiry_id=inquiry_id, call_id=call_id, user_id=actor.user_id, drop_key=drop_key, dropped_at=at
    )
    session.add(batch)
    session.flush()  # the rows name the new id
    _insert_files(session, batch.id, files, told, closes_at)
    act = audit.Act("drop files", "file batch", batch.id, detail={"files": len(files)})
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    want_reading(session, batch.id, inquiry_id=inquiry_id, actor=actor, at=at)
    return batch


def want_reading(session: Session, batch_id: int, *, inquiry_id: int, actor: Actor, at: datetime) -> None:
    """Promise that what is unread of a batch will be read."""
    arguments = {"batch_id": batch_id}
    enqueue(
        session,
        JobName.FILES_DROPPED,
        arguments,
        at=at,
        inquiry_id=inquiry_id,
        requested_by=actor.user_id,
    )


def _insert_files(
    session: Session, batch_id: int, files: Sequence[DroppedFile], told: Told, closes_at: datetime
) -> None:
    late = came_late(told.received_on, closes_at)
    common = {**asdict(told), "why_late": told.why_late if late else ""}
    rows = [
        {"batch_id": batch_id, "position": position, "state": FileState.WAITING, "language": "en", **common}
        for position in range(1, len(files) + 1)
    ]
    statement = insert(BatchFile).returning(BatchFile.id, sort_by_parameter_order=True)
    ids = list(session.scalars(statement, rows))
    documents = [
        {
            "file_id": file_id,
            "position": 0,
            "name": file.name,
            "sha256": file.stored.sha256,
            "size": file.stored.size,
            "flags": [],
        }
        for file_id, file in zip(ids, files, strict=True)
    ]
    session.execute(insert(BatchDocument), documents)


def _closing_of(session: Session, call_id: int, inquiry_id: int) -> datetime:
    closes_at = session.scalar(select(Call.closes_at).filter_by(id=call_id, inquiry_id=inquiry_id))
    if closes_at is None:
        raise NotFound("There is no such call in this inquiry.")
    return closes_at


def _check_lists(session: Session, inquiry_id: int, type_id: int | None, place_id: int | None) -> None:
    for model, chosen in ((RespondentType, type_id), (Place, place_id)):
        if chosen is not None and not session.scalar(
            select(model.id).where(model.id == chosen, model.inquiry_id == inquiry_id)
        ):
            raise NotFound("That is not in the lists of this inquiry. Choose another.")


def settle_file(
    session: Session,
    batch_id: int,
    position: int,
    settled: Settled,
    uses: Mapping[int, Use],
    *,
    inquiry_id: int,
    actor: Actor,
    at: datetime,
) -> BatchFile:
    """Keep what a clerk says of a file in place of what was proposed; `uses` are by id of its documents.

    BadInput for what is too long; NotFound for lists or questions of elsewhere; Refused once it is stored.
    """
    file = _held_file(session, batch_id, position, inquiry_id)
    _check_lists(session, inquiry_id, settled.respondent_type_id, settled.place_id)
    for name, value in asdict(settled).items():
        if isinstance(value, str) and len(storable(value)) > LONGEST.get(name, 2_000):
            raise BadInput(f"The {name.replace('_', ' ')} is too long. Shorten it.")
        setattr(file, name, value)
    questions = set(reads.numbers_of(session, batch_id).values())
    documents = session.scalars(
        select(BatchDocument).filter_by(file_id=file.id).order_by(BatchDocument.position)
    ).all()
    for document in documents:
        use = uses.get(document.id, Use(document.taken, document.question_id))
        if use.question_id is not None and use.question_id not in questions:
            raise NotFound("A document is for a question that this call does not ask.")
        document.taken, document.question_id = use.taken, use.question_id
    file.words_sha256 = words_sha256([each.body for each in documents if each.taken])
    file.state = FileState.READ
    detail = {"batch": batch_id, "file": position}
    act = audit.Act("settle file", "batch file", file.id, detail=detail)
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return file


def leave_out(
    session: Session, batch_id: int, position: int, *, out: bool, inquiry_id: int, actor: Actor, at: datetime
) -> None:
    """Leave a file out of what is stored, or take it in again; its bytes are kept until it is discarded."""
    file = _held_file(session, batch_id, position, inquiry_id)
    file.state = FileState.LEFT_OUT if out else FileState.READ
    detail = {"batch": batch_id, "file": position}
    act = audit.Act("leave file out" if out else "take file in", "batch file", file.id, detail=detail)
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)


def _held_file(session: Session, batch_id: int, position: int, inquiry_id: int) -> BatchFile:
    _held(session, batch_id, inquiry_id)
    file = session.scalar(select(BatchFile).filter_by(batch_id=batch_id, position=position))
    if file is None:
        raise NotFound("There is no such file in this batch.")
    if file.state not in {FileState.READ, FileState.LEFT_OUT}:
        raise Refused("This file cannot be changed: it is stored, was refused, or is still to be read.")
    return file


def _held(session: Session, batch_id: int, inquiry_id: int) -> FileBatch:
    """Return a batch, held until the commit: two presses of one button come one after the other."""
    wanted = select(FileBatch).where(FileBatch.id == batch_id, FileBatch.inquiry_id == inquiry_id)
    batch = session.scalar(wanted.with_for_update())
    if batch is None:
        raise NotFound("There is no such batch of files in this inquiry. It may have been discarded.")
    return batch


def store_batch(
    session: Session, batch_id: int, *, inquiry_id: int, actor: Actor, at: datetime
) -> tuple[str, ...]:
    """Make submissions of the next files of a batch that are ready; return their references.

    A few at a time, so that nobody who sends evidence meanwhile waits long: call it until it returns fewer
    than `FILES_A_STEP`. What is stored already is not stored again, and what is not ready stays.
    """
    _held(session, batch_id, inquiry_id)
    batch = reads.file_batch(session, inquiry_id, batch_id)
    ready = reads.with_words(session, batch.ready[:FILES_A_STEP])
    if not ready:
        return ()
    given = {each.row.id: as_given(each, batch.call.id) for each in ready}
    received = receive_many(session, list(given.values()), inquiry_id=inquiry_id, actor=actor, at=at)
    keys = {evidence.send_key: file_id for file_id, evidence in given.items()}
    rows = session.execute(
        select(Submission.id, Submission.send_key).where(Submission.send_key.in_(keys))
    ).all()
    _mark_stored(session, {keys[row.send_key]: row.id for row in rows})
    detail = {"files": len(rows), "first": received.references[0], "last": received.references[-1]}
    act = audit.Act("store files", "file batch", batch_id, detail=detail)
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return received.references


def _mark_stored(session: Session, made: Mapping[int, int]) -> None:
    """Note which submission each file became, and forget what it said: the submission has that now."""
    nothing = dict.fromkeys(
        ("name", "organisation", "email", "title", "choice_known", "why_late", "note"), ""
    )
    changes = [
        {"id": file_id, "state": FileState.STORED, "submission_id": submission_id, **nothing}
        for file_id, submission_id in made.items()
    ]
    session.execute(update(BatchFile), changes)
    session.execute(delete(BatchDocument).where(BatchDocument.file_id.in_(made)))


def as_given(read: reads.DroppedRead, call_id: int) -> GivenEvidence:
    """Return a settled file as evidence given: each of its documents that could be read, in order."""
    file = read.row
    return GivenEvidence(
        call_id=call_id,
        name=file.name,
        organisation=file.organisation,
        email=file.email,
        respondent_type_id=file.respondent_type_id,
        place_id=file.place_id,
        publication=file.publication,
        language=file.language,
        title=file.title,
        answers=(),
        channel=file.channel,
        send_key=hashlib.sha256(f"batch file {file.id}".encode()).hexdigest(),
        provenance=GivenProvenance(
            received_on=file.received_on,
            choice_known=file.choice_known,
            note=file.note,
            why_late=file.why_late if read.late else "",
        ),
        attachments=tuple(
            _attachment(each) for each in read.documents if each.outcome is not Outcome.REFUSED
        ),
    )


def _attachment(document: BatchDocument) -> GivenAttachment:
    found = Extraction(
        outcome=document.outcome or Outcome.FLAGGED,
        kind=document.kind,
        text=document.body if document.taken else "",
        flags=tuple(document.flags),
    )
    if not document.taken:
        found = replace(found, flags=tuple(flag for flag in found.flags if flag != "scanned"))
    question_id = document.question_id if document.taken else None
    return GivenAttachment(document.sha256, document.name, document.size, found, question_id)


def discard_batch(session: Session, batch_id: int, *, inquiry_id: int, actor: Actor, at: datetime) -> int:
    """Erase the files of a batch that were not stored, and return how many; the batch goes with its last.

    Their bytes are swept from the store of files unless something else names them.
    """
    batch = _held(session, batch_id, inquiry_id)
    states = session.execute(select(BatchFile.id, BatchFile.state).filter_by(batch_id=batch_id)).all()
    going = [row.id for row in states if row.state is not FileState.STORED]
    session.execute(delete(BatchDocument).where(BatchDocument.file_id.in_(going)))
    session.execute(delete(BatchFile).where(BatchFile.id.in_(going)))
    if len(going) == len(states):
        session.delete(batch)
    act = audit.Act("discard files", "file batch", batch_id, detail={"files": len(going)})
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return len(going)
