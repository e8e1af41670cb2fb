"""Receive evidence: by one submission or by the thousand, in the same statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, or_, select, update
from sqlalchemy.orm import Session

from consult.calls.models import Inquiry
from consult.evidence.models import Respondent, Submission, SubmissionVersion
from consult.evidence.rules import reference_for
from consult.evidence.service.arrival import arrivals, note_arrivals
from consult.evidence.service.documents import store_attachments
from consult.evidence.service.given import GivenEvidence, Ready, check, made_ready
from consult.evidence.service.storing import insert_rows, store_answers, store_declarations, table_of
from consult.foundation import audit
from consult.foundation.errors import NotFound
from consult.foundation.jobs.models import Job
from consult.foundation.jobs.names import JobName, JobState
from consult.foundation.jobs.queue import enqueue
from consult.foundation.security import Actor


@dataclass(frozen=True)
class Received:
    """What became of a batch."""

    references: tuple[str, ...]
    already_there: int

    @property
    def count(self) -> int:
        """Return how many submissions were stored."""
        return len(self.references)


@dataclass(frozen=True)
class Stored:
    """A submission that is there."""

    id: int
    reference: str


def receive_submission(
    session: Session, evidence: GivenEvidence, *, inquiry_id: int, actor: Actor, at: datetime
) -> Submission:
    """Store one submission with all that hangs on it and ask for its passages.

    A `send_key` used before returns the submission it made. Texts are kept exactly as given; Refused when
    they hold what no database can keep, BadInput when a name or title is too long, NotFound when the
    call, a question, an option, a type or a place is not of this inquiry.
    """
    stored = receive_ready(session, made_ready(session, evidence, inquiry_id), actor=actor, at=at)
    return session.get_one(Submission, stored.id)


def receive_ready(session: Session, ready: Ready, *, actor: Actor, at: datetime) -> Stored:
    """Store one submission that was made ready before this turn to write, as `receive_submission` does."""
    evidence, inquiry_id = ready.evidence, ready.inquiry_id
    lock_references(session, inquiry_id)
    earlier = _earlier(session, evidence)
    if earlier:
        return earlier
    (reference,) = take_references(session, inquiry_id, 1)
    (submission_id,) = _store(session, [evidence], [reference], inquiry_id, at)
    ask_for_passages(session, inquiry_id, actor, at)
    detail = {"reference": reference, "words": evidence.words, "channel": evidence.channel}
    act = audit.Act("receive submission", "submission", submission_id, detail=detail)
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return Stored(submission_id, reference)


def receive_many(
    session: Session, batch: Sequence[GivenEvidence], *, inquiry_id: int, actor: Actor, at: datetime
) -> Received:
    """Store a batch of submissions by a few statements, with one audit event and one job for all.

    What has an `external_key` or `send_key` that is already there is left out, so giving a batch again
    changes nothing. A thousand at a time is a good size; raises as `receive_submission`.
    """
    lock_references(session, inquiry_id)
    new = _not_there_yet(session, batch)
    if not new:
        return Received((), len(batch))
    check(session, new, inquiry_id)
    references = take_references(session, inquiry_id, len(new))
    _store(session, new, references, inquiry_id, at)
    ask_for_passages(session, inquiry_id, actor, at)
    detail = {"count": len(new), "first": references[0], "last": references[-1]}
    act = audit.Act("receive submissions", "call", new[0].call_id, detail=detail)
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return Received(tuple(references), len(batch) - len(new))


def lock_references(session: Session, inquiry_id: int) -> None:
    """Let one receiver of an inquiry at a time past this line, until it commits.

    Without it two sendings of one draft could both find that neither is there. SQLite has one writer anyway,
    so there nothing is asked. Elsewhere NotFound when there is no such inquiry.
    """
    if session.get_bind().dialect.name == "sqlite":
        return
    inquiry = select(Inquiry.id).where(Inquiry.id == inquiry_id).with_for_update()
    if session.scalar(inquiry) is None:
        raise NotFound("There is no such inquiry.")


def _earlier(session: Session, evidence: GivenEvidence) -> Stored | None:
    if evidence.send_key is None:
        return None
    sent = select(Submission.id, Submission.reference).where(Submission.send_key == evidence.send_key)
    row = session.execute(sent).one_or_none()
    return Stored(*row) if row else None


def _not_there_yet(session: Session, batch: Sequence[GivenEvidence]) -> list[GivenEvidence]:
    external = {evidence.external_key for evidence in batch if evidence.external_key}
    sent = {evidence.send_key for evidence in batch if evidence.send_key}
    # Keys are unique within a call: without it no index serves, and each batch would read every submission.
    calls = {evidence.call_id for evidence in batch}
    named = Submission.call_id.in_(calls) & Submission.external_key.in_(external)
    rows = session.execute(
        select(Submission.call_id, Submission.external_key, Submission.send_key).where(
            or_(named, Submission.send_key.in_(sent))
        )
    ).all()
    known: set[object] = {row.send_key for row in rows} | {(row.call_id, row.external_key) for row in rows}
    new = []
    for evidence in batch:
        keys = _keys_of(evidence)
        if not keys & known:
            new.append(evidence)
        known |= keys
    return new


def _keys_of(evidence: GivenEvidence) -> set[object]:
    keys: set[object] = {evidence.send_key} if evidence.send_key else set()
    return keys | ({(evidence.call_id, evidence.external_key)} if evidence.external_key else set())


def _store(
    session: Session,
    batch: Sequence[GivenEvidence],
    references: list[str],
    inquiry_id: int,
    at: datetime,
) -> list[int]:
    found = arrivals(session, batch, references, inquiry_id)
    respondent_ids = insert_rows(session, Respondent, [respondent_values(each, inquiry_id) for each in batch])
    rows = [
        {
            "inquiry_id": inquiry_id,
            "respondent_id": respondent_id,
            "reference": reference,
            "sent_at": at,
            "state": arrival.state,
            "words_sha256": arrival.words_sha256,
            **_submission_values(evidence),
        }
        for evidence, respondent_id, reference, arrival in zip(
            batch, respondent_ids, references, found, strict=True
        )
    ]
    ids = insert_rows(session, Submission, rows)
    stored = list(zip(ids, batch, strict=True))
    versions = [
        version_values(submission_id, respondent_id, evidence, at=at)
        for respondent_id, (submission_id, evidence) in zip(respondent_ids, stored, strict=True)
    ]
    session.execute(insert(table_of(SubmissionVersion)), versions)
    note_arrivals(session, list(zip(ids, batch, found, strict=True)), inquiry_id=inquiry_id, at=at)
    store_answers(session, stored, at=at)
    store_attachments(session, stored, at=at)
    store_declarations(session, stored)
    return ids


def version_values(
    submission_id: int, respondent_id: int, evidence: GivenEvidence, *, at: datetime, number: int = 1
) -> dict[str, Any]:
    """Return the row of one version."""
    return {
        "submission_id": submission_id,
        "number": number,
        "respondent_id": respondent_id,
        "respondent_type_id": evidence.respondent_type_id,
        "place_id": evidence.place_id,
        "publication": evidence.publication,
        "language": evidence.language,
        "word_count": evidence.words,
        "sent_at": at,
        "send_key": evidence.send_key,
        "receipt_hash": evidence.receipt_hash,
        "sha256": evidence.sha256,
        "declared": evidence.declared,
    }


def take_references(session: Session, inquiry_id: int, count: int) -> list[str]:
    """Take the next references of an inquiry, in order."""
    taken = (
        update(Inquiry)
        .where(Inquiry.id == inquiry_id)
        .values(last_reference=Inquiry.last_reference + count)
        .returning(Inquiry.reference_prefix, Inquiry.last_reference)
        .execution_options(synchronize_session=False)
    )
    prefix, last = session.execute(taken).one()
    return [reference_for(prefix, number) for number in range(last - count + 1, last + 1)]


def respondent_values(evidence: GivenEvidence, inquiry_id: int) -> dict[str, Any]:
    """Return the row of who sends evidence."""
    return {
        "inquiry_id": inquiry_id,
        "name": evidence.name,
        "organisation": evidence.organisation,
        "email": evidence.email,
    }


def _submission_values(evidence: GivenEvidence) -> dict[str, Any]:
    return {
        "call_id": evidence.call_id,
        "respondent_type_id": evidence.respondent_type_id,
        "place_id": evidence.place_id,
        "title": evidence.title,
        "publication": evidence.publication,
        "channel": evidence.channel,
        "language": evidence.language,
        "word_count": evidence.words,
        "send_key": evidence.send_key,
        "external_key": evidence.external_key,
        "receipt_hash": evidence.receipt_hash,
        "withdrawal_policy": evidence.withdrawal_policy,
    }


def ask_for_passages(session: Session, inquiry_id: int, actor: Actor, at: datetime) -> None:
    """Promise the job, unless one that waits will see these rows too.

    The lock makes a worker wait that is about to start the one found, until these rows are there for it.
    """
    waiting = select(Job.id).where(
        Job.name == JobName.SUBMISSIONS_RECEIVED, Job.inquiry_id == inquiry_id, Job.state == JobState.QUEUED
    )
    if session.scalar(waiting.order_by(Job.id).limit(1).with_for_update()) is None:
        enqueue(
            session,
            JobName.SUBMISSIONS_RECEIVED,
            {},
            at=at,
            inquiry_id=inquiry_id,
            requested_by=actor.user_id,
        )
