"""Verbs that change a codebook."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from consult.calls.models import Inquiry
from consult.codebook.models import Code, Codebook, CodebookVersion, CodeExample
from consult.codebook.queries import CodeEntry, codes_of, newest_version
from consult.codebook.rules import CodeState, CodeText, content_hash, makes_cycle, problems_of, slug_from
from consult.codebook.sheets import CodeRow
from consult.evidence.rules import storable
from consult.foundation import audit
from consult.foundation.errors import BadInput, NotFound, Refused
from consult.foundation.security import Actor

VERB_FOR = {CodeState.RETIRED: "retire", CodeState.ACTIVE: "restore"}


class ChangedMeanwhile(Refused):
    """Somebody else changed the code after the writer had read it."""


@dataclass(frozen=True)
class Imported:
    """What an import of a codebook did."""

    added: int
    changed: int
    unchanged: int


def add_code(
    session: Session,
    text: CodeText,
    *,
    inquiry_id: int,
    parent_id: int | None = None,
    actor: Actor,
    at: datetime,
) -> Code:
    """Add a code as the last beneath its parent; its slug is made from the name and never changes."""
    codebook = _codebook(session, inquiry_id, at)
    text = _fit(text)
    codes = codes_of(session, inquiry_id)
    _check_parent(codes, None, parent_id)
    slug = slug_from(text.name, {code.slug for code in codes})
    code = _insert_code(session, codebook, slug, text, parent_id)
    act = audit.Act("add code", "code", code.id, detail={"code": slug, "name": text.name})
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return code


def edit_code(
    session: Session,
    code_id: int,
    text: CodeText,
    *,
    inquiry_id: int,
    parent_id: int | None = None,
    seen: str | None = None,
    actor: Actor,
    at: datetime,
) -> Code:
    """Change what a code says and where it stands; saving it unchanged records nothing.

    `seen` is the fingerprint of the code as the writer saw it; raises ChangedMeanwhile for another one.
    """
    _codebook(session, inquiry_id, at)
    text = _fit(text)
    codes = codes_of(session, inquiry_id)
    entry = _entry(codes, code_id)
    if seen is not None and seen != entry.fingerprint:
        raise ChangedMeanwhile(f"“{entry.name}” was changed while you had it open.")
    _check_parent(codes, entry, parent_id)
    code = session.get_one(Code, code_id)
    if (entry.text, entry.parent_id) == (text, parent_id):
        return code
    if entry.parent_id != parent_id:
        code.position = _next_position(session, code.codebook_id)
    code.parent_id = parent_id
    _write(session, code, text)
    act = audit.Act("edit code", "code", code_id, detail=_difference(entry, text, parent_id))
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return code


def move_code(
    session: Session, code_id: int, steps: int, *, inquiry_id: int, actor: Actor, at: datetime
) -> Code:
    """Move a code up (-1) or down (+1) among the active codes beside it; at the end nothing happens."""
    _codebook(session, inquiry_id, at)
    codes = codes_of(session, inquiry_id)
    entry = _entry(codes, code_id)
    beside = [code for code in codes if code.parent_id == entry.parent_id and (code.active or code is entry)]
    place = beside.index(entry)
    wanted = max(0, min(len(beside) - 1, place + steps))
    code = session.get_one(Code, code_id)
    if wanted == place:
        return code
    beside.insert(wanted, beside.pop(place))
    for position, sibling in enumerate(beside, start=1):
        session.get_one(Code, sibling.id).position = position
    session.flush()
    act = audit.Act("move code", "code", code_id, detail={"from": place + 1, "to": wanted + 1})
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return code


def retire_code(session: Session, code_id: int, *, inquiry_id: int, actor: Actor, at: datetime) -> Code:
    """Take a code out of use; its codings stand. Refused while active codes are beneath it."""
    _codebook(session, inquiry_id, at)
    codes = codes_of(session, inquiry_id)
    entry = _entry(codes, code_id)
    beneath = [code.name for code in codes if code.parent_id == code_id and code.active]
    if entry.active and beneath:
        raise Refused(f"Move or retire the codes beneath “{entry.name}” first: {', '.join(beneath)}.")
    return _set_state(session, entry, CodeState.RETIRED, inquiry_id=inquiry_id, actor=actor, at=at)


def restore_code(session: Session, code_id: int, *, inquiry_id: int, actor: Actor, at: datetime) -> Code:
    """Bring a retired code back into use. Refused while its parent is retired."""
    _codebook(session, inquiry_id, at)
    codes = codes_of(session, inquiry_id)
    entry = _entry(codes, code_id)
    if entry.parent_id is not None and not _entry(codes, entry.parent_id).active:
        raise Refused(f"“{entry.name}” is beneath a retired code. Restore that one first.")
    return _set_state(session, entry, CodeState.ACTIVE, inquiry_id=inquiry_id, actor=actor, at=at)


def import_codebook(
    session: Session, rows: Sequence[CodeRow], *, inquiry_id: int, actor: Actor, at: datetime
) -> Imported:
    """Add the codes of a sheet and change those already there; codes not in it stay as they are.

    BadInput lists every problem by row, and nothing is stored. The rows come from
    `sheets.read_csv` or `sheets.rows_of`; a second import of the same changes nothing.
    """
    codebook = _codebook(session, inquiry_id, at)
    codes = {code.slug: code for code in codes_of(session, inquiry_id)}
    _check_rows(rows, codes)
    ids = {slug: code.id for slug, code in codes.items()}
    for row in rows:
        if row.slug not in ids:
            ids[row.slug] = _insert_code(session, codebook, row.slug, _fit(row.text), None).id
    # Parents come last: a sheet may name a child before its parent.
    changed = [row for row in rows if _place_row(session, row, codes.get(row.slug), ids)]
    added = len(ids) - len(codes)
    done = Imported(added, len(changed), len(rows) - added - len(changed))
    if done.added or done.changed:
        act = audit.Act("import codebook", "codebook", codebook.id, detail=asdict(done))
        audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return done


def freeze_version(session: Session, inquiry_id: int, *, actor: Actor, at: datetime) -> CodebookVersion:
    """Freeze the active codes as a numbered version; the newest one when nothing has changed since.

    Refused while there is no active code. `content` lists, in the order of the tree, dicts of
    code (the slug), name, definition, include, exclude, examples and parent (a slug or None).
    """
    codebook = _codebook(session, inquiry_id, at)
    content = [_frozen(code) for code in codes_of(session, inquiry_id) if code.active]
    if not content:
        raise Refused("The codebook has no codes yet. Add one first.")
    newest = newest_version(session, inquiry_id)
    sha256 = content_hash(content)
    if newest is not None and newest.sha256 == sha256:
        return newest
    version = CodebookVersion(
        codebook_id=codebook.id,
        number=newest.number + 1 if newest else 1,
        sha256=sha256,
        content=content,
        frozen_at=at,
        frozen_by=actor.user_id,
    )
    session.add(version)
    session.flush()  # the audit event names the new id
    detail = {"number": version.number, "codes": len(content), "sha256": sha256}
    act = audit.Act("freeze codebook", "codebook version", version.id, detail=detail)
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return version


def _codebook(session: Session, inquiry_id: int, at: datetime) -> Codebook:
    """Return the inquiry's codebook, made when missing, held until the commit."""
    # One writer at a time: the tree, slugs and version numbers are read before they are written.
    if session.scalar(select(Inquiry.id).where(Inquiry.id == inquiry_id).with_for_update()) is None:
        raise NotFound("There is no such inquiry.")
    codebook = session.scalar(select(Codebook).where(Codebook.inquiry_id == inquiry_id))
    if codebook is None:
        codebook = Codebook(inquiry_id=inquiry_id, title="Codebook", created_at=at)
        session.add(codebook)
        session.flush()
    return codebook


def _fit(text: CodeText) -> CodeText:
    text = text.stripped()
    problems = problems_of(text)
    if problems:
        raise BadInput(" ".join(problems.values()), list(problems.values()))
    for words in (text.name, text.definition, text.include, text.exclude, *text.examples):
        storable(words)
    return text


def _entry(codes: Sequence[CodeEntry], code_id: int) -> CodeEntry:
    for code in codes:
        if code.id == code_id:
            return code
    raise NotFound("There is no such code in this inquiry.")


def _check_parent(codes: Sequence[CodeEntry], entry: CodeEntry | None, parent_id: int | None) -> None:
    if parent_id is None or (entry is not None and parent_id == entry.parent_id):
        return
    parent = _entry(codes, parent_id)
    if not parent.active:
        raise Refused(f"“{parent.name}” is retired. Choose another parent, or restore it first.")
    parents = {code.id: code.parent_id for code in codes}
    if entry is not None and makes_cycle(parents, entry.id, parent_id):
        raise Refused(f"“{entry.name}” cannot be beneath itself. Choose another parent.")


def _insert_code(
    session: Session, codebook: Codebook, slug: str, text: CodeText, parent_id: int | None
) -> Code:
    code = Code(
        codebook_id=codebook.id,
        parent_id=parent_id,
        slug=slug,
        name=text.name,
        position=_next_position(session, codebook.id),
    )
    session.add(code)
    session.flush()  # examples name the new id
    _write(session, code, text)
    return code


def _write(session: Session, code: Code, text: CodeText) -> None:
    code.name, code.definition = text.name, text.definition
    code.include, code.exclude = text.include, text.exclude
    session.flush()
    session.execute(delete(CodeExample).where(CodeExample.code_id == code.id))
    rows = [
        {"code_id": code.id, "position": position, "quote": quote}
        for position, quote in enumerate(text.examples, start=1)
    ]
    if rows:
        session.execute(insert(CodeExample), rows)


def _next_position(session: Session, codebook_id: int) -> int:
    last = session.scalar(select(func.max(Code.position)).where(Code.codebook_id == codebook_id))
    return (last or 0) + 1


def _check_rows(rows: Sequence[CodeRow], codes: dict[str, CodeEntry]) -> None:
    in_sheet = {row.slug for row in rows}
    parents = {code.slug: code.parent_slug for code in codes.values()}
    parents.update((row.slug, row.parent or None) for row in rows)
    found = []
    for row in rows:
        standing, parent = codes.get(row.slug), codes.get(row.parent)
        if standing is not None and not standing.active:
            found.append(
                f"Row {row.row}: “{row.slug}” is retired here. Restore it first, or leave the row out."
            )
        if row.parent and parent is None and row.parent not in in_sheet:
            found.append(
                f"Row {row.row}: the parent “{row.parent}” is neither in the file nor in the codebook."
            )
        elif parent is not None and not parent.active:
            found.append(f"Row {row.row}: the parent “{row.parent}” is retired here. Restore it first.")
        if _circular(parents, row.slug):
            found.append(f"Row {row.row}: “{row.slug}” would be beneath itself. Change its parent.")
    if found:
        raise BadInput("The codebook was not imported. Put these things right and try again.", found)


def _circular(parents: dict[str, str | None], slug: str) -> bool:
    met, step = set(), parents.get(slug)
    while step is not None and step != slug and step not in met:
        met.add(step)
        step = parents.get(step)
    return step == slug


def _place_row(session: Session, row: CodeRow, standing: CodeEntry | None, ids: dict[str, int]) -> bool:
    """Set what a row says on its code; tell whether a code that was there before has changed."""
    text, parent_id = _fit(row.text), ids.get(row.parent)
    if standing is not None and (standing.text, standing.parent_id) == (text, parent_id):
        return False
    code = session.get_one(Code, ids[row.slug])
    code.parent_id = parent_id
    if standing is not None:
        _write(session, code, text)
    session.flush()
    return standing is not None


def _set_state(
    session: Session, entry: CodeEntry, state: CodeState, *, inquiry_id: int, actor: Actor, at: datetime
) -> Code:
    code = session.get_one(Code, entry.id)
    if code.state is state:
        return code
    code.state = state
    session.flush()
    act = audit.Act(f"{VERB_FOR[state]} code", "code", code.id, detail={"code": entry.slug})
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return code


def _frozen(code: CodeEntry) -> dict[str, Any]:
    text = code.text
    return {
        "code": code.slug,
        "name": text.name,
        "definition": text.definition,
        "include": text.include,
        "exclude": text.exclude,
        "examples": list(text.examples),
        "parent": code.parent_slug,
    }


def _difference(entry: CodeEntry, text: CodeText, parent_id: int | None) -> dict[str, Any]:
    before = {**asdict(entry.text), "parent_id": entry.parent_id}
    after = {**asdict(text), "parent_id": parent_id}
    return {name: [before[name], after[name]] for name in before if before[name] != after[name]}
