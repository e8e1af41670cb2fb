"""What an export holds, read in batches and checked against the source texts."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row, case, func, select
from sqlalchemy.orm import Session, aliased

from consult.accounts.models import User
from consult.calls.models import Call, Place, Question, RespondentType
from consult.codebook.models import Code
from consult.coding.models import Coding, Decision, LatestRun, Suggestion
from consult.coding.queries import settlements, stands, taken_back
from consult.coding.queries.blind import kept_back
from consult.coding.rules import Verdict
from consult.evidence.models import Answer, Passage, Respondent, SourceText, Submission
from consult.evidence.models_campaigns import Campaign, CampaignMember
from consult.evidence.models_documents import Attachment
from consult.evidence.queries import counted, passage_stands
from consult.evidence.queries.counting import counts
from consult.evidence.queries.paragraphs import question_of_passage
from consult.evidence.rules import Bounds
from consult.publication.queries import readable, readable_answer, readable_document
from consult.publication.rules import Clearance
from consult.reports.rules import Export, StoredText, checked_quote

BATCH = 1_000
Replacement = aliased(Code)


def export_batches(
    session: Session, export: Export, inquiry_id: int, clearance: Clearance, *, with_kept_back: bool = False
) -> Iterator[Sequence[Row[Any]]]:
    """Yield an export's rows in reading order, each quote checked; DamagedText when one is not verbatim.

    Suggestions kept back from readers of the blind sample only where asked for: who reads may export, too.
    """
    wanted = _statement(export, inquiry_id, clearance)
    if export is Export.SUGGESTIONS and not with_kept_back:
        wanted = wanted.where(~kept_back())
    rows = session.execute(wanted.execution_options(yield_per=BATCH))
    last: dict[int, StoredText] = {}
    for batch in rows.partitions(BATCH):
        last = _texts(session, batch, last)
        for row in batch:
            text = last[row.source_text]
            checked_quote(text, Bounds(row.start, row.end), row.quote, row.submission)
        yield batch


def row_count(session: Session, export: Export, inquiry_id: int, clearance: Clearance) -> int:
    """Return how many rows an export has."""
    rows = _statement(export, inquiry_id, clearance).order_by(None).subquery()
    return session.scalar(select(func.count()).select_from(rows)) or 0


def _texts(session: Session, batch: Sequence[Any], held: dict[int, StoredText]) -> dict[int, StoredText]:
    """Return the source texts of a batch, each hashed once: a text may run on from the batch before."""
    references = {row.source_text: row.submission for row in batch}
    wanted = references.keys() - held.keys()
    texts = select(SourceText.id, SourceText.body, SourceText.sha256).where(SourceText.id.in_(wanted))
    found = {
        row.id: StoredText(row.body, row.sha256).unharmed(references[row.id])
        for row in session.execute(texts.order_by(SourceText.id))
    }
    return {**{key: held[key] for key in references.keys() & held.keys()}, **found}


def _statement(export: Export, inquiry_id: int, clearance: Clearance) -> Any:
    statement = {
        Export.CODINGS: _codings,
        Export.SUGGESTIONS: _suggestions,
        Export.DECISIONS: _decisions,
    }[export]()
    readable_words = (
        passage_stands(),
        readable(clearance),
        readable_answer(clearance),
        readable_document(clearance),
    )
    in_figures = case((counted() & counts(inquiry_id), "yes"), else_="no").label("counted")
    mine = statement.add_columns(in_figures).where(Passage.inquiry_id == inquiry_id, *readable_words)
    reading_order = (Passage.submission_id, Passage.source_text_id, Passage.start, Passage.end, Code.slug)
    return mine.order_by(*reading_order, "id")


def _codings() -> Any:
    own: list[Any] = [
        Coding.id.label("id"),
        Coding.user_id.label("user_id"),
        User.name.label("user_name"),
        Coding.at.label("at"),
        Coding.origin.label("origin"),
    ]
    rows = select(*own, *_context()).select_from(Coding).join(Code, Code.id == Coding.code_id)
    rows = rows.join(User, User.id == Coding.user_id).join(Passage, Passage.id == Coding.passage_id)
    return _with_context(rows).where(stands())


def _suggestions() -> Any:
    """Select what each passage's latest run proposed, with the last word given on that code there."""
    words = settlements().subquery()
    last = (
        select(words.c.passage_id, words.c.code_id, func.max(words.c.id).label("decision_id"))
        .group_by(words.c.passage_id, words.c.code_id)
        .subquery()
    )
    own: list[Any] = [Suggestion.id.label("id"), *_proposed(), Suggestion.reasons.label("reasons")]
    rows = (
        select(*own, Decision.verdict.label("verdict"), *_context())
        .select_from(Suggestion)
        .join(
            LatestRun,
            (LatestRun.passage_id == Suggestion.passage_id) & (LatestRun.run_id == Suggestion.run_id),
        )
        .join(Code, Code.id == Suggestion.code_id)
        .join(Passage, Passage.id == Suggestion.passage_id)
        .outerjoin(
            last, (last.c.passage_id == Suggestion.passage_id) & (last.c.code_id == Suggestion.code_id)
        )
        .outerjoin(Decision, Decision.id == last.c.decision_id)
    )
    return _with_context(rows)


def _decisions() -> Any:
    own: list[Any] = [
        Decision.id.label("id"),
        Decision.user_id.label("user_id"),
        User.name.label("user_name"),
        Decision.verdict.label("verdict"),
        Replacement.slug.label("replacement"),
        Decision.at.label("at"),
        *_proposed(),
        case((taken_back(), "yes"), else_="no").label("taken_back"),
    ]
    rows = (
        select(*own, *_context())
        .select_from(Decision)
        .join(User, User.id == Decision.user_id)
        .join(Suggestion, Suggestion.id == Decision.suggestion_id)
        .join(Code, Code.id == Suggestion.code_id)
        .join(Passage, Passage.id == Suggestion.passage_id)
        .outerjoin(Replacement, Replacement.id == Decision.replacement_id)
    )
    return _with_context(rows).where(Decision.verdict != Verdict.UNDO)


def _proposed() -> list[Any]:
    return [
        Suggestion.score.label("score"),
        Suggestion.rank.label("rank"),
        Suggestion.run_id.label("run"),
    ]


def _context() -> list[Any]:
    return [
        Submission.reference.label("submission"),
        Passage.source_text_id.label("source_text"),
        Passage.start.label("start"),
        Passage.end.label("end"),
        Passage.quote.label("quote"),
        Code.slug.label("code"),
        Passage.paragraph.label("paragraph"),
        Code.name.label("code_name"),
        Call.slug.label("call"),
        Question.slug.label("question"),
        Submission.state.label("state"),
        Submission.publication.label("publication"),
        func.coalesce(func.nullif(Respondent.organisation, ""), Respondent.name).label("respondent"),
        RespondentType.name.label("respondent_type"),
        Place.name.label("place"),
        SourceText.sha256.label("source_sha256"),
        Campaign.name.label("campaign"),
    ]


def _with_context(rows: Any) -> Any:
    return (
        rows.join(Submission, Submission.id == Passage.submission_id)
        .join(SourceText, SourceText.id == Passage.source_text_id)
        .join(Call, Call.id == Submission.call_id)
        .join(Respondent, Respondent.id == Submission.respondent_id)
        .outerjoin(Answer, Answer.id == SourceText.answer_id)
        .outerjoin(Attachment, Attachment.id == SourceText.attachment_id)
        .outerjoin(Question, Question.id == question_of_passage())
        .outerjoin(RespondentType, RespondentType.id == Submission.respondent_type_id)
        .outerjoin(Place, Place.id == Submission.place_id)
        .outerjoin(CampaignMember, CampaignMember.submission_id == Submission.id)
        .outerjoin(Campaign, Campaign.id == CampaignMember.campaign_id)
    )
