"""The subject-access bundle: everything held about a respondent, for people (HTML) and machines (JSON)."""

import json
import zipfile
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO

from flask import render_template
from sqlalchemy.orm import Session

from consult.foundation.errors import NotFound
from consult.foundation.files import FileStore, file_store
from consult.foundation.security import Actor
from consult.privacy import queries_bundle as reads
from consult.privacy.queries import held_by_reference
from consult.privacy.service import record_bundle

# The same things give the same bytes, whenever the archive is made.
_ALWAYS = (1980, 1, 1, 0, 0, 0)


def bundle_of(
    session: Session, references: Sequence[str], *, inquiry_id: int, actor: Actor, at: datetime
) -> BytesIO:
    """Return an archive of all that is held under some references, and log that it was handed out."""
    held = held_by_reference(session, inquiry_id, references)
    if not held:
        raise NotFound("There is no such submission in this inquiry.")
    ids = [each.id for each in held]
    tables = reads.tables_about(session, inquiry_id, ids)
    files = reads.files_about(session, ids)
    page = render_template(
        "privacy/bundle.html",
        held=held,
        versions=reads.versions_about(session, inquiry_id, [each.reference for each in held]),
        files=[(file, place_of(file)) for file in files],
        codings=reads.codings_about(session, inquiry_id, ids),
        events=reads.events_about(session, inquiry_id, ids),
    )
    record_bundle(session, held, inquiry_id=inquiry_id, actor=actor, at=at)
    return _archive(page, json.dumps(tables, indent=1, ensure_ascii=False, sort_keys=True), files)


def place_of(file: reads.FileTold) -> str:
    """Return where a file lies in the archive: never as its sender named it, which may lead anywhere."""
    ending = file.name.rpartition(".")[2].lower()
    suffix = f".{ending}" if ending.isalnum() and len(ending) <= 5 and "." in file.name else ""
    return f"files/{file.reference}-{file.position}{suffix}"


def _archive(page: str, data: str, files: Sequence[reads.FileTold]) -> BytesIO:
    made, store = BytesIO(), file_store()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("data.json", _ALWAYS), data)
        for file in files:
            _add(archive, store, file)
        archive.writestr(zipfile.ZipInfo("read-me-first.html", _ALWAYS), page)
    made.seek(0)
    return made


def _add(archive: zipfile.ZipFile, store: FileStore, file: reads.FileTold) -> None:
    if store.has(file.sha256):
        with store.open(file.sha256) as original:
            archive.writestr(zipfile.ZipInfo(place_of(file), _ALWAYS), original.read())
