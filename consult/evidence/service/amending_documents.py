"""What a new version changes in the documents of a submission, and the words in them that are kept back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from consult.evidence.models import ConfidentialPassage, ReplacedText, SourceText
from consult.evidence.models_documents import Attachment, ReplacedAttachment
from consult.evidence.queries.documents import attachment_stands
from consult.evidence.rules import Bounds, PublicationChoice
from consult.evidence.service.documents import store_attachments
from consult.evidence.service.given import GivenAttachment, GivenConfidence, GivenEvidence
from consult.evidence.service.storing import store_confidences

# Stands between the texts of a document that has several, such as a scan of which some pages were typed.
BETWEEN_TEXTS = "\n\n"


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


@dataclass(frozen=True)
class _TextHeld:
    """A stored text of a document, with the spans in it that are kept back already."""

    id: int
    length: int
    kept_back: frozenset[Bounds]


def document_changes(session: Session, submission_id: int, evidence: GivenEvidence) -> DocumentChanges:
    """Compare the documents given with those that stand.

    More words kept back leave a document and its codings alone. One of which fewer are kept back is replaced,
    as an answer is: what was decided about its old text stays with that.
    """
    given = {each.identity: each for each in evidence.attachments}
    standing = _standing(session, submission_id)
    texts = _texts(session, [each.id for each in standing])
    kept, gone = set(), []
    marked: list[tuple[int, tuple[GivenConfidence, ...]]] = []
    for each in standing:
        again = given.get(_identity(each))
        more = _marked_since(texts.get(each.id, ()), again) if again else None
        if again is None or more is None:
            gone.append(each.id)
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
    texts: Sequence[_TextHeld], again: GivenAttachment
) -> list[tuple[int, tuple[GivenConfidence, ...]]] | None:
    """Return the marks added to each text, or None where one was taken away."""
    added, start = [], 0
    for text in texts:
        marks = _within(again.confidences, Bounds(start, start + text.length))
        start += text.length + len(BETWEEN_TEXTS)
        if not text.kept_back <= {each.bounds for each in marks}:
            return None
        more = tuple(each for each in marks if each.bounds not in text.kept_back)
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


def _standing(session: Session, submission_id: int) -> Sequence[Attachment]:
    mine = select(Attachment).where(Attachment.submission_id == submission_id, attachment_stands())
    return session.scalars(mine.order_by(Attachment.position)).all()


def _texts(session: Session, attachment_ids: Sequence[int]) -> dict[int, list[_TextHeld]]:
    """Return the texts of documents, those of each in order."""
    if not attachment_ids:
        return {}
    mine = SourceText.attachment_id.in_(attachment_ids)
    spans = session.execute(
        select(ConfidentialPassage.source_text_id, ConfidentialPassage.start, ConfidentialPassage.end)
        .join(SourceText, SourceText.id == ConfidentialPassage.source_text_id)
        .where(mine)
    )
    kept_back: dict[int, set[Bounds]] = {}
    for text_id, start, end in spans:
        kept_back.setdefault(text_id, set()).add(Bounds(start, end))
    rows = session.execute(
        select(SourceText.attachment_id, SourceText.id, SourceText.body)
        .where(mine)
        .order_by(SourceText.attachment_id, SourceText.position)
    )
    held = (
        (row.attachment_id, _TextHeld(row.id, len(row.body), frozenset(kept_back.get(row.id, ()))))
        for row in rows
    )
    return {
        key: [text for _, text in texts] for key, texts in groupby(held, key=lambda attached: attached[0])
    }


def _identity(held: Attachment) -> tuple[str, str, int | None, PublicationChoice | None]:
    return held.sha256, held.name, held.question_id, held.publication
