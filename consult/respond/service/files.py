"""Verbs on the files of a draft. The bytes lie in the store before a row names them."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from consult.evidence.extraction import Extraction, Outcome
from consult.foundation.errors import BadInput, NotFound, Refused
from consult.foundation.files import StoredFile
from consult.foundation.language import _
from consult.respond.answers import Asked
from consult.respond.documents import ANSWERED_BY_FILES, FileHeld, of_files, problem_with_one_more
from consult.respond.models import Draft, DraftFile
from consult.respond.queries import CallToAnswer
from consult.respond.queries_files import files_of_draft
from consult.respond.service.drafts import open_draft

_UNSTORABLE = {0: None} | dict.fromkeys(range(0xD800, 0xE000))


def add_file(
    session: Session,
    draft_id: int,
    stored: StoredFile,
    name: str,
    extraction: Extraction,
    *,
    question: str = "",
    writer_id: int | None = None,
    at: datetime,
) -> int:
    """Add a file that the store holds to a draft, and return its id; the same file added twice is one.

    Raises BadInput when there are too many or they are too large together, Refused for a document that was
    refused, and CallNotOpen, AlreadySent, NotFound.
    """
    draft, call = open_draft(session, draft_id, at)
    if extraction.outcome is Outcome.REFUSED:
        raise Refused(extraction.message)
    files = files_of_draft(session, draft.id)
    there = next((each for each in files if (each.sha256, each.question) == (stored.sha256, question)), None)
    if there is not None:
        return there.id
    _must_fit(call, files, question, stored.size)
    row = DraftFile(
        draft_id=draft.id,
        name=name,
        sha256=stored.sha256,
        size=stored.size,
        question=question,
        writer_id=writer_id,
        # What is enclosed in a message stands in its text.
        extraction=_storable(replace(extraction, enclosed=()).as_json()),
        added_at=at,
    )
    session.add(row)
    session.flush()  # the id is returned
    return row.id


def place_file(session: Session, draft_id: int, file_id: int, question: str, *, at: datetime) -> None:
    """Let a file answer another question, or with an empty slug none in particular.

    Raises BadInput when there is no more room there, and what `add_file` raises.
    """
    draft, call = open_draft(session, draft_id, at)
    row = _file_of(session, draft, file_id)
    if row.question == question:
        return
    others = tuple(each for each in files_of_draft(session, draft.id) if each.id != row.id)
    if _is_beside(call, row.question) and _is_beside(call, question):
        _asked(call, question)
    else:
        _must_fit(call, others, question, row.size)
    row.question = question


def remove_file(session: Session, draft_id: int, file_id: int, *, at: datetime) -> None:
    """Take a file out of a draft; once nobody names its bytes they leave the store. Raises as `add_file`."""
    draft, _call = open_draft(session, draft_id, at)
    session.delete(_file_of(session, draft, file_id))


def _file_of(session: Session, draft: Draft, file_id: int) -> DraftFile:
    row = session.get(DraftFile, file_id)
    if row is None or row.draft_id != draft.id:
        raise NotFound(_("This document is not in your draft any more."))
    return row


def _must_fit(call: CallToAnswer, files: tuple[FileHeld, ...], question: str, size: int) -> None:
    asked = _asked(call, question)
    if problem := problem_with_one_more(files, call.questions, asked, size, call.most_documents):
        raise BadInput(problem)


def _asked(call: CallToAnswer, question: str) -> Asked | None:
    if not question:
        return None
    asked = next((each for each in call.questions if each.slug == question), None)
    if asked is None or asked.kind not in ANSWERED_BY_FILES:
        raise NotFound(_("This call has no such question."))
    return asked


def _is_beside(call: CallToAnswer, question: str) -> bool:
    return question not in of_files(call.questions)


def _storable(value: Any) -> Any:
    """Return values of JSON without characters that no engine stores; headers of a message may hold them."""
    if isinstance(value, str):
        return value.translate(_UNSTORABLE)
    if isinstance(value, dict):
        return {key: _storable(each) for key, each in value.items()}
    return [_storable(each) for each in value] if isinstance(value, list) else value
