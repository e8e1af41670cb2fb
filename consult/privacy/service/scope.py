"""Find what an erasure is about, in the database as it stands now."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from consult.evidence.models import Respondent, SourceText, Submission, SubmissionVersion
from consult.foundation.erasing import any_of
from consult.foundation.stores import Scope, Span
from consult.privacy.models import Erasure
from consult.privacy.rules import TargetKind
from consult.privacy.service.ordering import Target, targets_of


def scope_of(session: Session, erasure: Erasure, *, at: datetime) -> Scope:
    """Return what is still there of what an erasure names.

    A target counts only with the reference it was ordered with: on SQLite an id that was erased may be
    given again, a reference never is.
    """
    targets = targets_of(session, erasure.id)
    whole = _held(session, erasure, _of_kind(targets, TargetKind.SUBMISSION))
    texts = _texts(session, SourceText.submission_id, whole)
    spans, part_of, span_words = _spans(session, erasure, _of_kind(targets, TargetKind.SPAN))
    named = {target.record_id for target in _of_kind(targets, TargetKind.RESPONDENT)}
    people = _senders(session, whole) | _present(session, erasure, named)
    return Scope(
        inquiry_id=erasure.inquiry_id,
        at=at,
        submissions=frozenset(whole),
        texts=frozenset(texts) | {span.text_id for span in spans},
        respondents=frozenset(people),
        spans=spans,
        part_of=part_of,
        addresses=_addresses(session, people),
        words=(*texts.values(), *span_words),
    )


def _of_kind(targets: Sequence[Target], kind: TargetKind) -> list[Target]:
    return [target for target in targets if target.kind is kind]


def _held(session: Session, erasure: Erasure, targets: Iterable[Target]) -> set[int]:
    references = [target.reference for target in targets]
    held: ColumnElement[bool] = Submission.reference.in_(references)
    mine = select(Submission.id).where(Submission.inquiry_id == erasure.inquiry_id, held)
    return set(session.scalars(mine.order_by(Submission.id).with_for_update()))


def _texts(session: Session, column: Any, ids: Iterable[int]) -> dict[int, str]:
    wanted = list(ids)
    if not wanted:
        return {}
    rows = session.execute(select(SourceText.id, SourceText.body).where(any_of(column, wanted)))
    return {row.id: row.body for row in rows}


def _spans(
    session: Session, erasure: Erasure, targets: Sequence[Target]
) -> tuple[tuple[Span, ...], frozenset[int], tuple[str, ...]]:
    part_of = frozenset(_held(session, erasure, targets))
    bodies = _texts(session, SourceText.submission_id, part_of)
    spans = tuple(
        Span(target.record_id, target.start or 0, target.end or 0)
        for target in targets
        if target.record_id in bodies
    )
    words = {bodies[span.text_id][span.start : span.end] for span in spans}
    # Blotted out already: the same erasure ran before.
    return spans, part_of, tuple(sorted(each for each in words if any(sign.isalnum() for sign in each)))


def _senders(session: Session, submission_ids: set[int]) -> set[int]:
    if not submission_ids:
        return set()
    first = select(Submission.respondent_id).where(any_of(Submission.id, submission_ids))
    later = select(SubmissionVersion.respondent_id).where(
        any_of(SubmissionVersion.submission_id, submission_ids)
    )
    return set(session.scalars(first)) | set(session.scalars(later))


def _present(session: Session, erasure: Erasure, ids: set[int]) -> set[int]:
    if not ids:
        return set()
    mine = select(Respondent.id).where(
        Respondent.inquiry_id == erasure.inquiry_id, any_of(Respondent.id, ids)
    )
    return set(session.scalars(mine))


def _addresses(session: Session, respondent_ids: set[int]) -> frozenset[str]:
    if not respondent_ids:
        return frozenset()
    found = session.scalars(
        select(Respondent.email).where(any_of(Respondent.id, respondent_ids), Respondent.email != "")
    )
    return frozenset(found)
