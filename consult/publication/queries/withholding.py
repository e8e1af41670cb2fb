"""What readers outside may have: conditions of a query, and the spans that are withheld."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, literal, or_, select, true, union_all
from sqlalchemy.orm import Session, aliased

from consult.evidence.models import Answer, ConfidentialPassage, ReplacedAnswer, SourceText, Submission
from consult.evidence.models_documents import Attachment
from consult.evidence.queries import answer_stands, counted, text_stands
from consult.evidence.rules import PublicationChoice
from consult.publication.models import Redaction, RedactionDecision, RedactionProposal, RedactionReading
from consult.publication.rules import MAY_READ, Clearance, Ground, Withheld

# More values than this in one statement, and engines begin to refuse it.
_AT_ONCE = 5_000
_EMPTY: dict[int, list[Withheld]] = {}


def readable(clearance: Clearance) -> ColumnElement[bool]:
    """Hold for submissions whose words an output of this clearance may carry."""
    chosen = Submission.publication.in_(sorted(MAY_READ[clearance]))
    return chosen if clearance is Clearance.COMPLETE else and_(chosen, counted())


def readable_answer(clearance: Clearance) -> ColumnElement[bool]:
    """Hold for standing answers that an output of this clearance may carry, and where there is no answer.

    The closer of the two choices rules: an answer without name is not shown beside its writer's name, which
    every output of a submission published with name shows. Needs Submission and Answer in the statement.
    """
    if clearance is Clearance.COMPLETE:
        return answer_stands()
    return or_(Answer.id.is_(None), _free_by(Answer.publication)) & answer_stands()


def readable_document(clearance: Clearance) -> ColumnElement[bool]:
    """Hold for source texts but those of a document that is kept back: by itself, or with its answer.

    A document is given for a question; where words were given too and are kept back, so is the document.
    Needs Submission and SourceText in the statement.
    """
    if clearance is Clearance.COMPLETE:
        return true()
    mine = Attachment.id == SourceText.attachment_id
    by_itself = exists().where(mine, ~_free_by(Attachment.publication))
    beside = aliased(Answer)
    with_answer = exists().where(
        mine,
        beside.submission_id == SourceText.submission_id,
        beside.question_id == Attachment.question_id,
        ~_free_by(beside.publication),
        ~exists().where(ReplacedAnswer.answer_id == beside.id),
    )
    return ~(by_itself.correlate(SourceText, Submission) | with_answer.correlate(SourceText, Submission))


def _free_by(own: Any) -> ColumnElement[bool]:
    """Hold where a choice of a part's own keeps it no closer than the submission's; none does not."""
    nameless = PublicationChoice.WITHOUT_NAME
    return or_(
        own.is_(None),
        own == PublicationChoice.WITH_NAME,
        and_(own == nameless, Submission.publication == nameless),
    )


def readable_text(clearance: Clearance) -> ColumnElement[bool]:
    """Hold for standing source texts that an output of this clearance may carry; needs only SourceText."""
    if clearance is Clearance.COMPLETE:
        return text_stands()
    mine = (
        select(Submission.id)
        .outerjoin(Answer, Answer.id == SourceText.answer_id)
        .where(
            Submission.id == SourceText.submission_id,
            readable(clearance),
            readable_answer(clearance),
            readable_document(clearance),
        )
        .correlate(SourceText)
    )
    return mine.exists() & text_stands()


def has_been_read() -> ColumnElement[bool]:
    """Hold for texts that a machine has read for personal data, knowing whether their writer is named.

    Needs Submission and SourceText in the statement.
    """
    as_chosen = or_(RedactionReading.named.is_(False), Submission.publication == PublicationChoice.WITH_NAME)
    return exists().where(RedactionReading.source_text_id == SourceText.id, as_chosen)


def undone(decision: Any = RedactionDecision) -> ColumnElement[bool]:
    """Hold for decisions that a later one has undone."""
    later = aliased(RedactionDecision)
    return exists().where(later.undoes_id == decision.id)


def redaction_stands() -> ColumnElement[bool]:
    """Hold for redactions that nobody has withdrawn."""
    word = aliased(RedactionDecision)
    return exists().where(word.redaction_id == Redaction.id, ~undone(word))


def proposal_open() -> ColumnElement[bool]:
    """Hold for proposals that nobody has decided."""
    word = aliased(RedactionDecision)
    return ~exists().where(word.proposal_id == RedactionProposal.id, ~undone(word))


def confidence_open() -> ColumnElement[bool]:
    """Hold for passages in confidence that nobody has decided."""
    word = aliased(RedactionDecision)
    return ~exists().where(word.confidence_id == ConfidentialPassage.id, ~undone(word))


def withheld_spans(
    session: Session, source_text_ids: Collection[int], clearance: Clearance
) -> dict[int, list[Withheld]]:
    """Return the spans of each text that an output of this clearance may not carry, in order.

    Besides redactions these are what nobody has decided yet: proposals, and passages that their writer
    marked confidential. A text without any has no entry.
    """
    if clearance is Clearance.COMPLETE:
        return _EMPTY
    found: dict[int, list[Withheld]] = {}
    wanted = sorted(set(source_text_ids))
    for first in range(0, len(wanted), _AT_ONCE):
        for text_id, start, end, ground in session.execute(_withheld(wanted[first : first + _AT_ONCE])):
            found.setdefault(text_id, []).append(Withheld(start, end, Ground(ground)))
    return {text_id: sorted(spans) for text_id, spans in found.items()}


def touches_withheld(text_id: Any, start: Any, end: Any) -> ColumnElement[bool]:
    """Hold for spans, given by three columns, of which readers outside may not have every word."""
    touching = [
        rows.where(text == text_id, rows.selected_columns.start < end, rows.selected_columns.end > start)
        for rows, text in withholding()
    ]
    return or_(*(rows.exists() for rows in touching))


def _withheld(ids: Sequence[int]) -> Any:
    return union_all(*(rows.where(text_id.in_(ids)) for rows, text_id in withholding()))


def withholding() -> list[tuple[Any, Any]]:
    """Return each source of withheld spans, as (text, start, end, ground), with its column of the text."""
    return [
        (
            select(Redaction.source_text_id, Redaction.start, Redaction.end, Redaction.ground).where(
                redaction_stands()
            ),
            Redaction.source_text_id,
        ),
        (
            select(
                RedactionProposal.source_text_id,
                RedactionProposal.start,
                RedactionProposal.end,
                RedactionProposal.ground,
            ).where(proposal_open()),
            RedactionProposal.source_text_id,
        ),
        (
            select(
                ConfidentialPassage.source_text_id,
                ConfidentialPassage.start,
                ConfidentialPassage.end,
                literal(Ground.CONFIDENTIAL.value).label("ground"),
            ).where(confidence_open()),
            ConfidentialPassage.source_text_id,
        ),
    ]
