"""Everything held about a respondent, read table by table, so that nothing new can be left out.

Members stand in it by their role alone, and nothing of other respondents does.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import Column, Table, or_, select
from sqlalchemy.orm import Session

from consult.accounts.models import Membership
from consult.codebook.models import Code
from consult.coding.models import Coding, CodingWithdrawal
from consult.evidence.models import Passage, Respondent, Submission, SubmissionVersion
from consult.evidence.models_documents import Attachment
from consult.evidence.queries import submission_by_reference
from consult.foundation.audit import AuditEvent
from consult.foundation.database import Base
from consult.foundation.erasing import any_of, doomed_rows
from consult.foundation.stores import Holds, classified

# What is told apart from a submission by these is about others, or is how the machine works.
_LEFT_OUT_TABLES = {"campaigns", "repeated_passages", "latest_runs", "redaction_readings", "published_words"}
_LEFT_OUT_COLUMNS = {"like_id", "template_id", "template_passage_id", "own", "batch_id", "run_id"}
# Of what machines need, this is told all the same.
_TOLD = {"reference", "language", "sha256", "kind", "flags", "model"}
_BY = {"user_id", "confirmed_by", "frozen_by"}


@dataclass(frozen=True)
class CodingTold:
    """A code that a member applied to words."""

    quote: str
    code: str
    by: str
    at: datetime
    withdrawn: bool


@dataclass(frozen=True)
class EventTold:
    """One thing that was done with a submission."""

    what: str
    by: str
    at: datetime
    why: str


@dataclass(frozen=True)
class FileTold:
    """A file that was sent."""

    reference: str
    position: int
    name: str
    sha256: str


def roles_of(session: Session, inquiry_id: int) -> Mapping[int, str]:
    """Return each member's roles in words, by user: what stands for their name."""
    rows = session.execute(
        select(Membership.user_id, Membership.role)
        .where(Membership.inquiry_id == inquiry_id)
        .order_by(Membership.user_id, Membership.role)
    )
    roles: dict[int, str] = {}
    for user_id, role in rows:
        roles[user_id] = f"{roles[user_id]}, {role}" if user_id in roles else str(role)
    return roles


def by_whom(user_id: int | None, kind: str, roles: Mapping[int, str]) -> str:
    """Return who did something: the respondent, a role, or the system."""
    if user_id is None:
        return "you" if kind == "respondent" else "the system"
    return roles.get(user_id, "a former member")


def tables_about(session: Session, inquiry_id: int, ids: Collection[int]) -> dict[str, list[dict[str, Any]]]:
    """Return the rows about some submissions, and those who sent them, by table."""
    roles = roles_of(session, inquiry_id)
    told: dict[str, list[dict[str, Any]]] = {"respondents": _senders(session, ids, roles)}
    for rows in doomed_rows(session, {"submissions": ids}):
        if rows.table.name in _LEFT_OUT_TABLES:
            continue
        found = select(rows.table).where(or_(*rows.which))
        if "submission_id" in rows.table.c and rows.table.name != "drafts":
            found = found.where(any_of(rows.table.c.submission_id, ids))
        key = list(rows.table.primary_key.columns)
        told[rows.table.name] = [
            _as_told(rows.table, row._mapping, roles) for row in session.execute(found.order_by(*key))
        ]
    return {name: rows for name, rows in sorted(told.items()) if rows}


def _senders(session: Session, ids: Collection[int], roles: Mapping[int, str]) -> list[dict[str, Any]]:
    table = Base.metadata.tables["respondents"]
    versions = select(SubmissionVersion.respondent_id).where(any_of(SubmissionVersion.submission_id, ids))
    first = select(Submission.respondent_id).where(any_of(Submission.id, ids))
    mine = select(table).where(or_(Respondent.id.in_(versions), Respondent.id.in_(first)))
    return [_as_told(table, row._mapping, roles) for row in session.execute(mine.order_by(table.c.id))]


def _as_told(table: Table, row: Mapping[Any, Any], roles: Mapping[int, str]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for column in table.columns:
        value = row[column]
        if column.name in _BY:
            told["by"] = by_whom(value, "system", roles)
        elif _is_told(table, column):
            told[column.name] = plain(value)
    return told


def _is_told(table: Table, column: Column[Any]) -> bool:
    machine = classified().get(table.name, {}).get(column.name) is Holds.KEYS
    return column.name not in _LEFT_OUT_COLUMNS and (not machine or column.name in _TOLD)


def plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value


def codings_about(session: Session, inquiry_id: int, ids: Collection[int]) -> list[CodingTold]:
    """Return the codes that members applied to the words of submissions, withdrawn ones too."""
    roles = roles_of(session, inquiry_id)
    rows = session.execute(
        select(Passage.quote, Code.name, Coding.user_id, Coding.at, CodingWithdrawal.at.label("withdrawn"))
        .join(Passage, Passage.id == Coding.passage_id)
        .join(Code, Code.id == Coding.code_id)
        .outerjoin(CodingWithdrawal, CodingWithdrawal.coding_id == Coding.id)
        .where(any_of(Passage.submission_id, ids))
        .order_by(Passage.id, Coding.id)
    )
    return [
        CodingTold(
            row.quote, row.name, by_whom(row.user_id, "member", roles), row.at, row.withdrawn is not None
        )
        for row in rows
    ]


def events_about(session: Session, inquiry_id: int, ids: Collection[int]) -> list[EventTold]:
    """Return what was done with submissions, from the audit log."""
    roles = roles_of(session, inquiry_id)
    events = session.scalars(
        select(AuditEvent)
        .where(
            AuditEvent.inquiry_id == inquiry_id,
            AuditEvent.record_kind == "submission",
            any_of(AuditEvent.record_id, ids),
        )
        .order_by(AuditEvent.id)
    )
    return [
        EventTold(event.verb, by_whom(event.user_id, event.actor_kind, roles), event.at, event.why)
        for event in events
    ]


def files_about(session: Session, ids: Collection[int]) -> list[FileTold]:
    """Return the files sent with submissions, in order."""
    rows = session.execute(
        select(Submission.reference, Attachment.position, Attachment.name, Attachment.sha256)
        .join(Submission, Submission.id == Attachment.submission_id)
        .where(any_of(Attachment.submission_id, ids))
        .order_by(Submission.id, Attachment.position)
    )
    return [FileTold(*row) for row in rows]


def versions_about(session: Session, inquiry_id: int, references: Collection[str]) -> list[Any]:
    """Return each version of submissions with its answers, as it was sent."""
    found = []
    for reference in references:
        newest = submission_by_reference(session, inquiry_id, reference, with_passages=False)
        found += [
            submission_by_reference(
                session, inquiry_id, reference, with_passages=False, version=version.number
            )
            for version in newest.versions
        ]
    return found
