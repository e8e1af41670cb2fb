"""What was read in a dropped file, kept with what it seems to say of its sender."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from consult.evidence.extraction.result import Enclosed, Extraction, Outcome
from consult.evidence.models_batches import BatchDocument, BatchFile
from consult.evidence.queries import file_batches as reads
from consult.evidence.rules import storable, word_count
from consult.evidence.rules_batches import FileState, has_words_of_its_own, proposed_from, question_in
from consult.evidence.rules_desk import words_sha256
from consult.evidence.service.given import LONGEST
from consult.foundation.files import StoredFile


def keep_reading(
    session: Session,
    file_id: int,
    found: Extraction,
    enclosed: Sequence[tuple[Enclosed, StoredFile]],
    *,
    inquiry_id: int,
) -> None:
    """Keep what was read in a dropped file, with what it says of its sender; once, however often read.

    What has come before, byte for byte, is left out until a clerk takes it in.
    """
    file = session.scalar(select(BatchFile).where(BatchFile.id == file_id).with_for_update())
    if file is None or file.state is not FileState.WAITING:
        return
    first = session.scalars(select(BatchDocument).filter_by(file_id=file_id, position=0)).one()
    numbers = reads.numbers_of(session, file.batch_id)
    _keep_first(first, found, numbers)
    others = [
        _enclosed_row(file_id, position, each, stored, numbers)
        for position, (each, stored) in enumerate(enclosed, 1)
    ]
    if others:
        session.execute(insert(BatchDocument), others)
    bodies = [body for body, taken in [(first.body, first.taken), *_texts(others)] if taken]
    file.words_sha256 = words_sha256(bodies)
    _propose(file, found, reads.received_by(session, file.batch_id))
    file.state = _state_after(session, file, first, inquiry_id)


def _texts(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, bool]]:
    return [(row["body"], row["taken"]) for row in rows]


def _keep_first(first: BatchDocument, found: Extraction, numbers: Mapping[int, int]) -> None:
    mail = found.kind == "eml" and found.outcome is not Outcome.REFUSED
    # What cannot be read inside it is said of each by name.
    inside = {flag for each in found.enclosed for flag in each.flags} | {"enclosed-refused"}
    first.kind, first.body = found.kind, found.own_text if mail else found.text
    first.flags = [flag for flag in found.flags if flag not in inside]
    first.outcome = found.outcome
    if mail:
        first.outcome = Outcome.FLAGGED if first.flags else Outcome.TEXT
        first.taken = has_words_of_its_own(found.own_text, found.mail.get("subject", ""))
    first.words = word_count(first.body)
    first.question_id = question_in(first.body, numbers)


def _enclosed_row(
    file_id: int, position: int, each: Enclosed, stored: StoredFile, numbers: Mapping[int, int]
) -> dict[str, Any]:
    return {
        "file_id": file_id,
        "position": position,
        "name": each.name or "unnamed",
        "sha256": stored.sha256,
        "size": stored.size,
        "kind": each.kind,
        "outcome": each.outcome,
        "flags": list(each.flags),
        "body": each.text,
        "words": word_count(each.text),
        "question_id": question_in(each.text, numbers),
        "taken": each.outcome is not Outcome.REFUSED,
    }


def _propose(file: BatchFile, found: Extraction, today: date) -> None:
    proposal = proposed_from(found, today=today)
    for name in ("name", "organisation", "email", "title"):
        setattr(file, name, storable(getattr(proposal, name))[: LONGEST[name]])
    file.received_on = proposal.received_on or file.received_on
    file.channel = proposal.channel or file.channel


def _state_after(session: Session, file: BatchFile, first: BatchDocument, inquiry_id: int) -> FileState:
    if first.outcome is Outcome.REFUSED:
        return FileState.REFUSED
    earliest = reads.earlier_twins(session, inquiry_id, [first.sha256]).get(first.sha256)
    if earliest and earliest[0] < file.id:
        return FileState.LEFT_OUT
    there = reads.files_there(session, inquiry_id, [first.sha256])
    return FileState.LEFT_OUT if there else FileState.READ
