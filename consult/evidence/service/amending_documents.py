"""What a new version changes in the documents of a submission, and the words in them that are kept back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from consult.evidence.models import ReplacedText, SourceText
from consult.evidence.models_documents import Attachment, ReplacedAttachment
from consult.evidence.queries.standing_documents import BETWEEN_TEXTS, StandingText, standing_documents
from consult.evidence.rules import Bounds, PublicationChoice
from consult.evidence.service.documents import store_attachments
from consult.evidence.service.given import GivenAttachment, GivenConfidence, GivenEvidence
from consult.evidence.service.storing import store_confidences


@dataclass(frozen=True)
class DocumentChanges:
    """Documents that come, those that stand no more, and marks added to the texts of those that stay."""

    new: tuple[GivenAttachment, ...] = ()
    gone: tuple[int, ...] = ()
    marked: tuple[tuple[int, tuple[GivenConfidence, ...]], ...] = ()

    @property
    def any(self) -> bool:
        """Tell whether anything changes."""
        return bool(self.new or self.gone or self.marked)


def document_changes(session: Session, submission_id: int, evidence: GivenEvidence) -> DocumentChanges:
    """Compare the documents given with those that stand.

    More words kept back leave a document and its codings alone. One of which fewer are kept back is replaced,
    as an answer is: what was decided about its old text stays with that.
    """
    given = {each.identity: each for each in evidence.attachments}
    kept, gone = set(), []
    marked: list[tuple[int, tuple[GivenConfidence, ...]]] = []
    for each in standing_documents(session, submission_id):
        again = given.get(_identity(each.attachment))
        more = _marked_since(each.texts, again) if again else None
        if again is None or more is None:
            gone.append(each.attachment.id)
            continue
        kept.add(again.identity)
        marked += more
    new = tuple(each for each in evidence.attachments if each.identity not in kept)
    return DocumentChanges(new, tuple(gone), tuple(marked))


def amend_documents(
    session: Session,
    submission_id: int,
    evidence: GivenEvidence,
    changes: DocumentChanges,
    *,
    at: datetime,
    version: int,
) -> None:
    """Let a new version have the documents given: those it had and keeps stay with their codings."""
    if changes.gone:
        rows = [{"attachment_id": each, "version": version} for each in changes.gone]
        session.execute(insert(ReplacedAttachment), rows)
        texts = session.scalars(select(SourceText.id).where(SourceText.attachment_id.in_(changes.gone)))
        replaced = [{"source_text_id": each, "version": version} for each in texts]
        if replaced:
            session.execute(insert(ReplacedText), replaced)
    store_confidences(session, changes.marked, at=at)
    brought = replace(evidence, attachments=changes.new)
    store_attachments(session, [(submission_id, brought)], at=at, version=version)


def _marked_since(
    texts: Sequence[StandingText], again: GivenAttachment
) -> list[tuple[int, tuple[GivenConfidence, ...]]] | None:
    """Return the marks added to each text, or None where one was taken away."""
    added, start = [], 0
    for text in texts:
        marks = _within(again.confidences, Bounds(start, start + len(text.body)))
        start += len(text.body) + len(BETWEEN_TEXTS)
        kept_back = {bounds for bounds, _harm in text.confidences}
        if not kept_back <= {each.bounds for each in marks}:
            return None
        more = tuple(each for each in marks if each.bounds not in kept_back)
        added += [(text.id, more)] if more else []
    return added


def _within(marks: Iterable[GivenConfidence], text: Bounds) -> list[GivenConfidence]:
    """Return the parts of marks that lie within one of several texts, counted from where it begins."""
    parts = (
        (max(each.bounds.start, text.start), min(each.bounds.end, text.end), each.harm) for each in marks
    )
    return [
        GivenConfidence(Bounds(start - text.start, end - text.start), harm)
        for start, end, harm in parts
        if start < end
    ]


def _identity(held: Attachment) -> tuple[str, str, int | None, PublicationChoice | None]:
    return held.sha256, held.name, held.question_id, held.publication
