"""Reads about codes."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.codebook.models import Code, Codebook, CodebookVersion, CodeExample
from consult.codebook.rules import CodeState, CodeText, content_hash
from consult.foundation.audit import AuditEvent
from consult.foundation.errors import NotFound


@dataclass(frozen=True)
class CodeEntry:
    """A code as it stands in its codebook; `depth` is 0 for a heading."""

    id: int
    slug: str
    parent_id: int | None
    parent_slug: str | None
    depth: int
    state: CodeState
    text: CodeText

    @property
    def name(self) -> str:
        return self.text.name

    @property
    def definition(self) -> str:
        return self.text.definition

    @property
    def fingerprint(self) -> str:
        """Return a hash of what the code says and where it stands, to see whether it has changed."""
        return content_hash([{**asdict(self.text), "parent": self.parent_slug}])

    @property
    def active(self) -> bool:
        """Tell whether the code may still be applied."""
        return self.state is CodeState.ACTIVE


def codes_of(session: Session, inquiry_id: int) -> list[CodeEntry]:
    """Return every code of an inquiry, retired ones too, each parent before its children."""
    codes = session.scalars(
        select(Code)
        .join(Codebook, Codebook.id == Code.codebook_id)
        .where(Codebook.inquiry_id == inquiry_id)
        .order_by(Code.position, Code.id)
    ).all()
    examples = _examples_of(session, inquiry_id)
    slugs = {code.id: code.slug for code in codes}
    return [
        CodeEntry(
            id=code.id,
            slug=code.slug,
            parent_id=code.parent_id,
            parent_slug=slugs.get(code.parent_id) if code.parent_id else None,
            depth=depth,
            state=code.state,
            text=CodeText(code.name, code.definition, code.include, code.exclude, tuple(examples[code.id])),
        )
        for code, depth in _walked(codes)
    ]


def active_codes_of(session: Session, inquiry_id: int) -> list[CodeEntry]:
    """Return the codes that may be applied, in the order of the tree."""
    return [code for code in codes_of(session, inquiry_id) if code.active]


def code_by_slug(session: Session, inquiry_id: int, slug: str) -> CodeEntry:
    """Return one code of an inquiry; NotFound names the slug."""
    for code in codes_of(session, inquiry_id):
        if code.slug == slug:
            return code
    raise NotFound(f"There is no code “{slug}” in this inquiry.")


def newest_version(session: Session, inquiry_id: int) -> CodebookVersion | None:
    """Return the version frozen last, if any."""
    versions = select(CodebookVersion).join(Codebook, Codebook.id == CodebookVersion.codebook_id)
    newest = versions.where(Codebook.inquiry_id == inquiry_id).order_by(CodebookVersion.number.desc())
    return session.scalar(newest.limit(1))


def _examples_of(session: Session, inquiry_id: int) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    rows = session.execute(
        select(CodeExample.code_id, CodeExample.quote)
        .join(Code, Code.id == CodeExample.code_id)
        .join(Codebook, Codebook.id == Code.codebook_id)
        .where(Codebook.inquiry_id == inquiry_id)
        .order_by(CodeExample.code_id, CodeExample.position)
    )
    for code_id, quote in rows:
        found[code_id].append(quote)
    return found


def _walked(codes: Iterable[Code]) -> list[tuple[Code, int]]:
    beneath: dict[int | None, list[Code]] = defaultdict(list)
    for code in codes:
        beneath[code.parent_id].append(code)
    walked: list[tuple[Code, int]] = []
    ahead = [(code, 0) for code in reversed(beneath[None])]
    while ahead:
        code, depth = ahead.pop()
        walked.append((code, depth))
        ahead.extend((child, depth + 1) for child in reversed(beneath[code.id]))
    return walked


@dataclass(frozen=True)
class Act:
    """One act in the life of a code."""

    who: str
    verb: str
    at: datetime
    changed: tuple[str, ...]


def history_of(session: Session, inquiry_id: int, code_id: int) -> list[Act]:
    """Return what was done to a code, the newest first."""
    events = session.execute(
        select(AuditEvent.verb, AuditEvent.at, AuditEvent.detail, User.name)
        .outerjoin(User, User.id == AuditEvent.user_id)
        .where(
            AuditEvent.inquiry_id == inquiry_id,
            AuditEvent.record_kind == "code",
            AuditEvent.record_id == code_id,
        )
        .order_by(AuditEvent.id.desc())
    )
    return [
        Act(row.name or "The system", row.verb, row.at, tuple(row.detail) if row.verb == "edit code" else ())
        for row in events
    ]
