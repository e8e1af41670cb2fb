"""What a clerk may publish next, and what was published."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.evidence.models import Submission
from consult.foundation.errors import NotFound
from consult.publication.models import (
    PublicationBatch,
    PublicationWithdrawal,
    PublishedPart,
    PublishedSubmission,
    WithheldSpan,
)
from consult.publication.queries.going_out import READY, GoingOut, content_of, going_out
from consult.publication.queries.published import is_latest, not_taken_back, on_show
from consult.publication.queries.withholding import readable
from consult.publication.rules import Clearance, Withheld

AT_ONCE = 50


@dataclass(frozen=True)
class OutRow:
    """A submission that was published: which version, when, and whether it was taken back."""

    reference: str
    version: int
    at: datetime
    taken_back_at: datetime | None
    why: str


@dataclass(frozen=True)
class BatchRow:
    """A batch: who published how many, when, how many are out yet, and what was passed over."""

    id: int
    at: datetime
    by: str
    count: int
    out: int
    passed_over: str


def never_out(session: Session, inquiry_id: int, limit: int = AT_ONCE) -> tuple[list[GoingOut], int]:
    """Return the next submissions to publish, of those that were never out, and how many there are."""
    wanted = [
        Submission.inquiry_id == inquiry_id,
        readable(Clearance.PUBLIC),
        Submission.state.in_(READY),
        Submission.id.not_in(select(PublishedSubmission.submission_id)),
    ]
    ids = list(session.scalars(select(Submission.id).where(*wanted).order_by(Submission.id).limit(limit)))
    count = session.scalar(select(func.count(Submission.id)).where(*wanted)) or 0
    return going_out(session, inquiry_id, ids), count


def changed_since(session: Session, inquiry_id: int) -> list[GoingOut]:
    """Return the submissions that are out and would now go out otherwise."""
    rows = session.execute(
        select(PublishedSubmission.submission_id, PublishedSubmission.id)
        .join(Submission, Submission.id == PublishedSubmission.submission_id)
        .where(Submission.inquiry_id == inquiry_id, is_latest(), not_taken_back(), readable(Clearance.PUBLIC))
    )
    out: dict[int, int] = dict(rows.all())
    before = contents(session, list(out.values()))
    now = going_out(session, inquiry_id, list(out))
    return [each for each in now if each.content != before[out[each.submission_id]]]


@dataclass(frozen=True)
class PublicPage:
    """The page of a submission that is out: since when, and whether it would now go out otherwise."""

    version: int
    at: datetime
    differs: bool


def public_page(session: Session, going: GoingOut) -> PublicPage | None:
    """Return how the public page of a submission stands beside what would go out now; None without one."""
    out = session.scalar(
        select(PublishedSubmission)
        .join(Submission, Submission.id == PublishedSubmission.submission_id)
        .where(*on_show(), Submission.id == going.submission_id)
    )
    if out is None:
        return None
    return PublicPage(out.version, out.at, going.content != contents(session, [out.id])[out.id])


def contents(session: Session, published_ids: Sequence[int]) -> dict[int, list[object]]:
    """Return what went out with each published version, in the form of `GoingOut.content`."""
    published = session.execute(
        select(PublishedSubmission.id, PublishedSubmission.submission_id, PublishedSubmission.named).where(
            PublishedSubmission.id.in_(published_ids)
        )
    ).all()
    answers: dict[int, list[int]] = {row.id: [] for row in published}
    texts: dict[int, dict[int, list[Withheld]]] = {row.id: {} for row in published}
    for part in session.scalars(select(PublishedPart).where(PublishedPart.published_id.in_(published_ids))):
        if part.answer_id:
            answers[part.published_id].append(part.answer_id)
        elif part.source_text_id:
            texts[part.published_id][part.source_text_id] = []
    for span in session.scalars(select(WithheldSpan).where(WithheldSpan.published_id.in_(published_ids))):
        texts[span.published_id][span.source_text_id].append(Withheld(span.start, span.end, span.ground))
    return {
        row.id: content_of(
            row.submission_id, named=row.named, answer_ids=answers[row.id], withheld=texts[row.id]
        )
        for row in published
    }


def out_rows(session: Session, inquiry_id: int) -> list[OutRow]:
    """Return what was published, by reference."""
    rows = session.execute(
        select(
            Submission.reference,
            PublishedSubmission.version,
            PublishedSubmission.at,
            PublicationWithdrawal.at.label("taken_back_at"),
            func.coalesce(PublicationWithdrawal.why, "").label("why"),
        )
        .select_from(PublishedSubmission)
        .join(Submission, Submission.id == PublishedSubmission.submission_id)
        .outerjoin(PublicationWithdrawal, PublicationWithdrawal.published_id == PublishedSubmission.id)
        .where(Submission.inquiry_id == inquiry_id, is_latest())
        .order_by(Submission.id)
    )
    return [OutRow(**row._mapping) for row in rows]


def batch_rows(session: Session, inquiry_id: int) -> list[BatchRow]:
    """Return the batches of an inquiry, the newest first."""
    rows = session.execute(
        select(
            PublicationBatch.id,
            PublicationBatch.at,
            User.name.label("by"),
            func.count(PublishedSubmission.id).label("count"),
            func.sum(case((is_latest() & not_taken_back(), 1), else_=0)).label("out"),
            PublicationBatch.passed_over,
        )
        .join(User, User.id == PublicationBatch.user_id)
        .join(PublishedSubmission, PublishedSubmission.batch_id == PublicationBatch.id)
        .where(PublicationBatch.inquiry_id == inquiry_id)
        .group_by(PublicationBatch.id, PublicationBatch.at, User.name, PublicationBatch.passed_over)
        .order_by(PublicationBatch.id.desc())
    )
    return [BatchRow(**row._mapping) for row in rows]


def out_of_batch(session: Session, inquiry_id: int, batch_id: int) -> list[str]:
    """Return what of a batch is still out as that batch let it out; NotFound where nothing is."""
    rows = (
        select(Submission.reference)
        .join(PublishedSubmission, PublishedSubmission.submission_id == Submission.id)
        .where(
            Submission.inquiry_id == inquiry_id,
            PublishedSubmission.batch_id == batch_id,
            is_latest(),
            not_taken_back(),
        )
    )
    found = list(session.scalars(rows.order_by(Submission.id)))
    if not found:
        raise NotFound("Nothing of this batch is published any more.")
    return found


def ids_of(session: Session, inquiry_id: int, references: Sequence[str]) -> list[int]:
    """Return the ids of submissions by reference; NotFound names the first that is not of this inquiry."""
    rows = session.execute(
        select(Submission.reference, Submission.id).where(
            Submission.inquiry_id == inquiry_id, Submission.reference.in_(references)
        )
    )
    found: dict[str, int] = dict(rows.all())
    for reference in references:
        if reference not in found:
            raise NotFound(f"There is no submission {reference} in this inquiry.")
    return [found[reference] for reference in dict.fromkeys(references)]
