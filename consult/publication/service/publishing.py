"""Publish submissions in batches, and take them back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from consult.evidence.models import Submission
from consult.evidence.rules import storable
from consult.foundation import audit
from consult.foundation.errors import BadInput, NotFound, Refused
from consult.foundation.security import Actor
from consult.publication.models import (
    PublicationBatch,
    PublicationWithdrawal,
    PublishedPart,
    PublishedSubmission,
    WithheldSpan,
)
from consult.publication.queries import (
    GoingOut,
    fingerprint,
    going_out,
    ids_of,
    is_latest,
    not_taken_back,
    out_of_batch,
)
from consult.publication.rules import FLAG_WORDS, MAY_PASS
from consult.publication.service.searching import refresh_published_words


def publish(
    session: Session,
    references: Sequence[str],
    *,
    looked_at: str | None = None,
    passed_over: str = "",
    inquiry_id: int,
    actor: Actor,
    at: datetime,
) -> PublicationBatch:
    """Let submissions out as they stand, each as a new version of its page.

    `looked_at` is the fingerprint of what a clerk was shown: Refused when it would go out otherwise by now.
    Refused too while anything speaks against it; what may pass, passes with a reason, and undecided words
    stay withheld. NotFound for a reference of another inquiry, BadInput for no reference.
    """
    if actor.user_id is None:
        raise Refused("Only a named member can publish. Sign in and try again.")
    if not references:
        raise BadInput("Choose at least one submission to publish.")
    ids = ids_of(session, inquiry_id, references)
    # Held until the commit: a redaction or a choice made at the same moment comes before or after.
    session.scalars(select(Submission.id).where(Submission.id.in_(ids)).with_for_update()).all()
    batch = going_out(session, inquiry_id, ids)
    reason = storable(passed_over.strip())
    _check(batch, looked_at, reason)
    row = PublicationBatch(inquiry_id=inquiry_id, passed_over=reason, user_id=actor.user_id, at=at)
    session.add(row)
    session.flush()  # what it lets out names its id
    _let_out(session, row, batch, at)
    refresh_published_words(session, [text_id for each in batch for text_id in each.withheld])
    detail = {"references": [each.reference for each in batch], "fingerprint": fingerprint(batch)}
    act = audit.Act("publish evidence", "publication batch", row.id, why=reason, detail=detail)
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return row


def unpublish(
    session: Session, reference: str, *, why: str, inquiry_id: int, actor: Actor, at: datetime
) -> PublicationWithdrawal:
    """Take a submission off the public pages; its page says since when and why.

    BadInput without a reason; NotFound when it is not out.
    """
    if actor.user_id is None:
        raise Refused("Only a named member can take evidence back. Sign in and try again.")
    why = storable(why.strip())
    if not why:
        raise BadInput("Say why it is taken back. Readers see this where the evidence stood.")
    submission = select(Submission.id).where(
        Submission.inquiry_id == inquiry_id, Submission.reference == reference
    )
    submission_id = session.scalar(submission.with_for_update())
    published = session.scalar(
        select(PublishedSubmission).where(
            PublishedSubmission.submission_id == submission_id, is_latest(), not_taken_back()
        )
    )
    if published is None:
        raise NotFound(f"{reference} is not published.")
    withdrawal = PublicationWithdrawal(published_id=published.id, why=why, user_id=actor.user_id, at=at)
    session.add(withdrawal)
    session.flush()  # what is out is asked next
    texts = select(PublishedPart.source_text_id).where(PublishedPart.published_id == published.id)
    refresh_published_words(session, [each for each in session.scalars(texts) if each])
    detail = {"reference": reference, "version": published.version}
    act = audit.Act("take evidence back", "submission", published.submission_id, why=why, detail=detail)
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return withdrawal


def unpublish_batch(
    session: Session, batch_id: int, *, why: str, inquiry_id: int, actor: Actor, at: datetime
) -> list[str]:
    """Take all of a batch off the public pages that is still out; raises as `unpublish`."""
    references = out_of_batch(session, inquiry_id, batch_id)
    for reference in references:
        unpublish(session, reference, why=why, inquiry_id=inquiry_id, actor=actor, at=at)
    return references


def _check(batch: Sequence[GoingOut], looked_at: str | None, reason: str) -> None:
    if looked_at is not None and looked_at != fingerprint(batch):
        raise Refused("Something has changed since you looked. Look at the preview again, then publish.")
    for each in batch:
        stopping = [flag for flag in each.flags if flag not in MAY_PASS]
        if stopping or (each.flags and not reason):
            raise Refused(f"{each.reference}: {FLAG_WORDS[(stopping or list(each.flags))[0]].lower()}.")


def _let_out(session: Session, row: PublicationBatch, batch: Sequence[GoingOut], at: datetime) -> None:
    ids = [each.submission_id for each in batch]
    newest = select(PublishedSubmission.submission_id, func.max(PublishedSubmission.version)).where(
        PublishedSubmission.submission_id.in_(ids)
    )
    before: dict[int, int] = dict(session.execute(newest.group_by(PublishedSubmission.submission_id)).all())
    versions = [
        {
            "batch_id": row.id,
            "submission_id": each.submission_id,
            "version": before.get(each.submission_id, 0) + 1,
            "named": each.named,
            "at": at,
        }
        for each in batch
    ]
    insertion = insert(PublishedSubmission).returning(PublishedSubmission.id, sort_by_parameter_order=True)
    out = list(zip(session.scalars(insertion, versions), batch, strict=True))
    _insert(session, PublishedPart, [part for key, each in out for part in _parts(key, each)])
    _insert(session, WithheldSpan, [span for key, each in out for span in _spans(key, each)])


def _parts(published_id: int, each: GoingOut) -> list[dict[str, Any]]:
    answers = [(answer_id, None) for answer_id in each.answer_ids]
    texts = [(None, text_id) for text_id in each.withheld]
    return [
        {"published_id": published_id, "answer_id": answer_id, "source_text_id": text_id}
        for answer_id, text_id in [*answers, *texts]
    ]


def _spans(published_id: int, each: GoingOut) -> list[dict[str, Any]]:
    return [
        {
            "published_id": published_id,
            "source_text_id": text_id,
            "start": span.start,
            "end": span.end,
            "ground": span.ground,
        }
        for text_id, spans in each.withheld.items()
        for span in spans
    ]


def _insert(session: Session, model: type[Any], rows: list[dict[str, Any]]) -> None:
    if rows:
        session.execute(insert(model), rows)
