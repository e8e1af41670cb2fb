"""The import of a folder of documents: each file a submission, a message with the documents inside it."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy.orm import Session

from consult.calls.models import Call
from consult.evidence.extraction import Enclosed, Extraction, extract
from consult.evidence.extraction.result import Outcome
from consult.evidence.extraction.words import flag_words
from consult.evidence.queries.documents import files_by_key
from consult.evidence.rules import Channel, PublicationChoice, storable
from consult.evidence.rules_batches import message_alone, proposed_from, question_in
from consult.evidence.rules_desk import LONDON, came_late
from consult.evidence.service import (
    GivenAttachment,
    GivenEvidence,
    GivenProvenance,
    receive_many,
)
from consult.evidence.service.given import LONGEST
from consult.foundation.clock import now
from consult.foundation.commands import batches, counted, progress, say
from consult.foundation.database import transaction
from consult.foundation.errors import BadInput
from consult.foundation.files import StoredFile, file_store
from consult.foundation.security import SYSTEM

# A document takes up to seconds; so many are read again at most where an import was broken off.
FILES_A_TRANSACTION = 25
LONGEST_KEY = 400
UNNAMED = "unnamed"


@dataclass(frozen=True)
class Into:
    """The call that the documents of a folder answer; `numbers` are the ids of its questions by number."""

    inquiry_id: int
    call_id: int
    closes_at: datetime
    numbers: Mapping[int, int]
    publication: PublicationChoice
    why_late: str


def into_call(call: Call, publication: PublicationChoice, why_late: str) -> Into:
    """Return what an import needs to know of a call, and how its documents were given."""
    numbers = {question.number: question.id for question in call.questions}
    return Into(call.inquiry_id, call.id, call.closes_at, numbers, publication, why_late)


@dataclass
class Folder:
    """What a folder holds against what the call has: files by the key of their submission."""

    path: Path
    new: dict[str, Path] = field(default_factory=dict)
    there: int = 0
    changed: list[str] = field(default_factory=list)


@dataclass
class Outcomes:
    """What became of the new files."""

    references: list[str] = field(default_factory=list)
    ready: int = 0
    refused: list[str] = field(default_factory=list)
    noticed: list[str] = field(default_factory=list)


def import_documents(session: Session, path: Path, into: Into, *, dry_run: bool) -> None:
    """Store each document of a folder that can be read, and name each that cannot; again changes nothing."""
    folder = compare(path, files_by_key(session, into.call_id))
    say(*(f"Notice: {key}: was imported before as another file, which is kept." for key in folder.changed))
    click.echo(
        f"Found {counted(len(folder.new) + folder.there + len(folder.changed), 'file')} in {path}. "
        f"New: {len(folder.new):,}. Already there: {folder.there:,}."
    )
    session.rollback()  # reading takes long; nothing is held meanwhile
    came = Outcomes()
    with progress(len(folder.new), "Reading documents") as advance:
        for batch in batches(list(folder.new.items()), FILES_A_TRANSACTION):
            take(batch, into, came, dry_run=dry_run)
            advance(len(batch))
    tell(came, into, earlier=folder.there + len(folder.changed), dry_run=dry_run)


def compare(path: Path, known: Mapping[str, str]) -> Folder:
    """Return which files are new, of a folder or one alone; BadInput for a folder without any."""
    top = path if path.is_dir() else path.parent
    files = [each for each in sorted(top.rglob("*")) if is_document(top, each)] if path.is_dir() else [path]
    if not files:
        raise BadInput(f"{path}: holds no files to import.")
    folder = Folder(path)
    for file in files:
        key = key_of(top, file)
        if key not in known:
            folder.new[key] = file
        elif known[key] == hash_of(file):
            folder.there += 1
        else:
            folder.changed.append(key)
    return folder


def hash_of(file: Path) -> str:
    """Return the hash that the store of files would give a file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def is_document(folder: Path, file: Path) -> bool:
    """Tell whether a file is one that somebody put there: no hidden file, and nothing outside by a link."""
    hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
    return not hidden and file.is_file() and not file.is_symlink()


def key_of(folder: Path, file: Path) -> str:
    """Return what names a file from one import to the next."""
    return storable(f"file {file.relative_to(folder).as_posix()}")[-LONGEST_KEY:]


def take(batch: Sequence[tuple[str, Path]], into: Into, came: Outcomes, *, dry_run: bool) -> None:
    """Read the files of a batch and store those that could be read, all or none."""
    given: list[GivenEvidence] = []
    for key, file in batch:
        found = extract(file, with_files=True)
        if found.outcome is Outcome.REFUSED:
            came.refused.append(f"{file}: {found.message}")
            continue
        came.noticed += [f"{file}: {words}" for words in flag_words(found.flags)]
        given.append(as_given(key, file, found, into, keep=not dry_run))
    came.ready += len(given)
    if dry_run or not given:
        return
    with transaction() as session:
        received = receive_many(session, given, inquiry_id=into.inquiry_id, actor=SYSTEM, at=now())
    came.references += received.references


def as_given(key: str, file: Path, found: Extraction, into: Into, *, keep: bool) -> GivenEvidence:
    """Return a document that was read as evidence given; BadInput where it came late and nobody says why."""
    today = now().astimezone(LONDON).date()
    proposal = proposed_from(found, today=today)
    received_on = proposal.received_on or today
    late = came_late(received_on, into.closes_at)
    if late and not into.why_late:
        raise BadInput(f"{file} came after the call had closed. Say why it is taken: --why-late.")
    # Without any name the file's own says which it was.
    named = proposal.name or proposal.organisation
    return GivenEvidence(
        call_id=into.call_id,
        name=storable(proposal.name)[: LONGEST["name"]],
        organisation=storable(proposal.organisation)[: LONGEST["organisation"]],
        email=storable(proposal.email)[: LONGEST["email"]],
        respondent_type_id=None,
        place_id=None,
        publication=into.publication,
        language="en",
        title=storable(proposal.title or ("" if named else file.stem))[: LONGEST["title"]],
        answers=(),
        channel=Channel.IMPORTED,
        external_key=key,
        provenance=GivenProvenance(received_on=received_on, why_late=into.why_late if late else ""),
        attachments=tuple(attachments_of(file, found, into.numbers, keep=keep)),
    )


def attachments_of(
    file: Path, found: Extraction, numbers: Mapping[int, int], *, keep: bool
) -> Iterator[GivenAttachment]:
    """Return the documents of a file: itself first, then what is enclosed where it is a message."""
    with file.open("rb") as stream:
        stored = file_store().keep(stream) if keep else StoredFile(hash_of(file), file.stat().st_size)
    own = message_alone(found) if found.kind == "eml" else found
    yield GivenAttachment(stored.sha256, file.name, stored.size, own, question_in(own.text, numbers))
    for each in found.enclosed:
        if each.data is not None and each.outcome is not Outcome.REFUSED:
            inner = file_store().keep(each.data) if keep else stored
            yield GivenAttachment(
                inner.sha256, each.name or UNNAMED, each.size, read_of(each), question_in(each.text, numbers)
            )


def read_of(each: Enclosed) -> Extraction:
    """Return what was read in an enclosed document."""
    return Extraction(each.outcome, each.kind, each.text, each.flags)


def tell(came: Outcomes, into: Into, *, earlier: int, dry_run: bool) -> None:
    """Say what became of the files; BadInput where not one could be read, now or `earlier`."""
    say(*(f"Notice: {words}" for words in came.noticed), *(f"Left out: {words}" for words in came.refused))
    if came.refused and not came.ready and not earlier:
        raise BadInput("nothing was stored: not one of these files could be read.")
    if dry_run:
        click.echo(
            f"Could be read: {came.ready:,}. Refused: {len(came.refused):,}. Dry run: nothing was stored."
        )
    elif came.references:
        span = " to ".join(dict.fromkeys([came.references[0], came.references[-1]]))
        click.echo(
            f"Stored {counted(len(came.references), 'submission')}, {span}. Refused: {len(came.refused):,}."
        )
        if into.publication is PublicationChoice.NOT_PUBLISHED:
            click.echo("Publication choice: not published, until a clerk records what each writer said.")
    else:
        click.echo(f"Nothing new was stored. Refused: {len(came.refused):,}.")
