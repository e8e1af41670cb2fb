"""Reads about erasures, about what is held of a respondent, and about what is due."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.evidence.models import Respondent, SourceText, Submission
from consult.evidence.models_documents import Attachment
from consult.evidence.rules import paragraph_at, paragraphs_of
from consult.foundation.audit import AuditEvent
from consult.foundation.erasing import count_with_all
from consult.foundation.errors import NotFound
from consult.foundation.file_keeping import ERASED
from consult.privacy.models import Erasure, ErasureStep, ErasureTarget, RetentionRule
from consult.privacy.rules import (
    DEFAULT_SCHEDULE,
    ErasureGround,
    ErasureKind,
    Period,
    TargetKind,
    occurrences,
)

MOST_ALIKE = 50
AROUND = 60


@dataclass(frozen=True)
class ErasureLine:
    """An erasure in a list."""

    id: int
    kind: ErasureKind
    ground: ErasureGround
    by: str
    ordered_at: datetime
    done_at: datetime | None
    references: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """One store that was reached."""

    store: str
    reached: int


@dataclass(frozen=True)
class Held:
    """A submission by somebody, as a clerk picks it out."""

    id: int
    reference: str
    name: str
    organisation: str
    email: str
    sent_at: datetime
    respondent_id: int

    @property
    def who(self) -> str:
        """Return the name and organisation in one line."""
        return ", ".join(dict.fromkeys(part for part in (self.name, self.organisation) if part)) or "No name"


@dataclass(frozen=True)
class Found:
    """Words found in a submission, with what stands around them."""

    text_id: int
    start: int
    end: int
    paragraph: int
    before: str
    words: str
    after: str


def erasures_of(session: Session, inquiry_id: int, *, limit: int = 200) -> list[ErasureLine]:
    """Return the erasures of an inquiry, the newest first."""
    return _lines(session, inquiry_id, None, limit)


def erasure_by_id(session: Session, inquiry_id: int, erasure_id: int) -> ErasureLine:
    """Return one erasure; NotFound for another inquiry's."""
    found = _lines(session, inquiry_id, erasure_id, 1)
    if not found:
        raise NotFound("There is no such erasure in this inquiry.")
    return found[0]


def _lines(session: Session, inquiry_id: int, erasure_id: int | None, limit: int) -> list[ErasureLine]:
    done = select(func.min(ErasureStep.at)).where(
        ErasureStep.erasure_id == Erasure.id, ErasureStep.store == "Done"
    )
    wanted = (
        select(Erasure, User.name, done.scalar_subquery())
        .outerjoin(User, User.id == Erasure.user_id)
        .where(Erasure.inquiry_id == inquiry_id)
        .order_by(Erasure.id.desc())
        .limit(limit)
    )
    if erasure_id is not None:
        wanted = wanted.where(Erasure.id == erasure_id)
    rows = session.execute(wanted).all()
    references = _references(session, [row[0].id for row in rows])
    return [
        ErasureLine(
            erasure.id,
            erasure.kind,
            erasure.ground,
            by or "The schedule",
            erasure.ordered_at,
            done_at,
            references.get(erasure.id, ()),
        )
        for erasure, by, done_at in rows
    ]


def _references(session: Session, erasure_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    rows = session.execute(
        select(ErasureTarget.erasure_id, ErasureTarget.reference)
        .where(ErasureTarget.erasure_id.in_(erasure_ids), ErasureTarget.reference != "")
        .distinct()
        .order_by(ErasureTarget.reference)
    )
    found: dict[int, tuple[str, ...]] = {}
    for erasure_id, reference in rows:
        found[erasure_id] = (*found.get(erasure_id, ()), reference)
    return found


def steps_of(session: Session, erasure_id: int) -> list[Step]:
    """Return what an erasure reached, in order."""
    rows = session.execute(
        select(ErasureStep.store, ErasureStep.reached)
        .where(ErasureStep.erasure_id == erasure_id)
        .order_by(ErasureStep.id)
    )
    return [Step(*row) for row in rows]


def when_erased(session: Session, inquiry_id: int, reference: str) -> datetime | None:
    """Return when a submission was erased as a whole, or None."""
    return session.scalar(
        select(Erasure.ordered_at)
        .join(ErasureTarget, ErasureTarget.erasure_id == Erasure.id)
        .where(
            Erasure.inquiry_id == inquiry_id,
            ErasureTarget.kind == TargetKind.SUBMISSION,
            ErasureTarget.reference == reference,
        )
        .limit(1)
    )


def exports_before(session: Session, inquiry_id: int, moment: datetime) -> list[datetime]:
    """Return when members downloaded records before a moment: copies that nothing here can reach."""
    exports = select(AuditEvent.at).where(
        AuditEvent.inquiry_id == inquiry_id, AuditEvent.verb == "export records", AuditEvent.at <= moment
    )
    return list(session.scalars(exports.order_by(AuditEvent.at.desc()).limit(MOST_ALIKE)))


def number_erased(session: Session, inquiry_id: int) -> int:
    """Return how many submissions were erased as a whole."""
    targets = (
        select(func.count(ErasureTarget.reference.distinct()))
        .join(Erasure, Erasure.id == ErasureTarget.erasure_id)
        .where(Erasure.inquiry_id == inquiry_id, ErasureTarget.kind == TargetKind.SUBMISSION)
    )
    return session.scalar(targets) or 0


def held_by_reference(session: Session, inquiry_id: int, references: Collection[str]) -> list[Held]:
    """Return submissions by reference; those that are not there are left out."""
    wanted = _held().where(Submission.inquiry_id == inquiry_id, Submission.reference.in_(list(references)))
    return [Held(*row) for row in session.execute(wanted.order_by(Submission.id))]


def one_held(session: Session, inquiry_id: int, reference: str) -> Held:
    """Return a submission by its reference; NotFound says when it was erased, if it was."""
    found = held_by_reference(session, inquiry_id, [reference])
    if found:
        return found[0]
    if when_erased(session, inquiry_id, reference):
        raise NotFound(f"{reference} was erased. The list of erasures has its receipt.")
    raise NotFound(f"There is no submission {reference} in this inquiry.")


def alike(session: Session, inquiry_id: int, held: Held) -> list[Held]:
    """Return other submissions with the same address or the same name: a proposal for a person to check."""
    same = []
    if held.email:
        same.append(func.lower(Respondent.email) == held.email.lower())
    if held.name:
        same.append(func.lower(Respondent.name) == held.name.lower())
    if not same:
        return []
    wanted = _held().where(Submission.inquiry_id == inquiry_id, Submission.id != held.id, or_(*same))
    return [Held(*row) for row in session.execute(wanted.order_by(Submission.id).limit(MOST_ALIKE))]


def _held() -> Any:
    return select(
        Submission.id,
        Submission.reference,
        Respondent.name,
        Respondent.organisation,
        Respondent.email,
        Submission.sent_at,
        Respondent.id,
    ).join(Respondent, Respondent.id == Submission.respondent_id)


def what_goes(session: Session, submission_ids: Collection[int]) -> list[tuple[str, int]]:
    """Return how many rows of each table an erasure would take, the most telling first."""
    counts = count_with_all(session, {"submissions": submission_ids})
    return sorted(counts.items(), key=lambda item: item[0])


def where_words_stand(session: Session, submission_id: int, words: str) -> list[Found]:
    """Return each place of a submission, all its versions and documents, where words stand as typed."""
    rows = session.execute(
        select(SourceText.id, SourceText.body, SourceText.first_paragraph)
        .where(SourceText.submission_id == submission_id)
        .order_by(SourceText.position)
    )
    found = []
    for text_id, body, first_paragraph in rows:
        paragraphs = paragraphs_of(body)
        for start in occurrences(body, words):
            end = start + len(words)
            number = first_paragraph + paragraph_at(paragraphs, start)
            around = body[max(0, start - AROUND) : start], body[end : end + AROUND]
            found.append(Found(text_id, start, end, number, around[0], body[start:end], around[1]))
    return found


def schedule_of(session: Session, inquiry_id: int) -> list[Period]:
    """Return how long an inquiry keeps what: as it decided, else the default."""
    rules = session.scalars(select(RetentionRule).where(RetentionRule.inquiry_id == inquiry_id))
    decided = {rule.kind: Period(rule.kind, rule.event, rule.days) for rule in rules}
    return [decided.get(period.kind, period) for period in DEFAULT_SCHEDULE]


def originals_of(session: Session, submission_ids: Sequence[int]) -> list[Attachment]:
    """Return the documents of submissions whose originals are still kept."""
    wanted = select(Attachment).where(
        Attachment.submission_id.in_(submission_ids), Attachment.sha256 != ERASED
    )
    return list(session.scalars(wanted.order_by(Attachment.submission_id, Attachment.position)))
