"""What the coding screen shows of one submission: a constant number of statements, however long it is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from consult.accounts.models import User
from consult.calls.models import Place, Question, RespondentType
from consult.codebook.models import Code
from consult.codebook.rules import CodeState
from consult.coding.layout import (
    CodingShown,
    DecisionShown,
    Part,
    PassageShown,
    SuggestionShown,
    TextShown,
    parts_of,
)
from consult.coding.models import Coding, Decision, LatestRun, Suggestion
from consult.coding.models_quality import RunResult
from consult.coding.queries.blind import kept_back
from consult.coding.queries.repeats import coded_by, number_elsewhere, without_code
from consult.coding.queries.standing import stands, taken_back
from consult.coding.rules import MOST_SHOWN, Verdict
from consult.coding.rules_quality import share_accepted
from consult.evidence.models import Answer, Passage, SourceText, Submission
from consult.evidence.models_campaigns import RepeatedPassage
from consult.evidence.models_documents import Attachment
from consult.evidence.queries import in_cut, passage_stands, text_stands
from consult.evidence.queries.paragraphs import mapped_numbers
from consult.evidence.rules import STATE_WORDS, UNCOUNTED, Bounds, SubmissionState
from consult.foundation.errors import NotFound

Original = aliased(Passage)


@dataclass(frozen=True)
class Header:
    """What a reader is told of a submission before reading it; who sent it is not among it."""

    id: int
    reference: str
    title: str
    respondent_type: str | None
    place: str | None
    state: SubmissionState
    sent_at: datetime

    @property
    def uncounted(self) -> str:
        """Return why nothing in it counts, in words, or nothing."""
        return STATE_WORDS[self.state].lower() if self.state in UNCOUNTED else ""


@dataclass(frozen=True)
class SubmissionToCode:
    """A submission with all that lies beside its text, as one reader sees it."""

    header: Header
    texts: tuple[TextShown, ...]
    passages: tuple[PassageShown, ...]
    suggestions: tuple[SuggestionShown, ...]
    codings: tuple[CodingShown, ...]

    @cached_property
    def parts(self) -> list[Part]:
        """Return the texts in blocks, each with what lies beside it."""
        return parts_of(self.texts, self.passages, self.suggestions, self.codings)


def submission_to_code(session: Session, inquiry_id: int, reference: str, reader_id: int) -> SubmissionToCode:
    """Return a submission of an inquiry as a reader sees it; NotFound for any other reference."""
    header = _header(session, inquiry_id, reference)
    passages = _passages(session, header.id)
    return SubmissionToCode(
        header=header,
        texts=_texts(session, header.id),
        passages=passages,
        suggestions=_suggestions(session, header.id, _decisions(session, header.id, reader_id)),
        codings=_codings(session, header.id, passages, reader_id),
    )


def _header(session: Session, inquiry_id: int, reference: str) -> Header:
    row = session.execute(
        select(
            Submission.id,
            Submission.reference,
            Submission.title,
            RespondentType.name.label("respondent_type"),
            Place.name.label("place"),
            Submission.state,
            Submission.sent_at,
        )
        .outerjoin(Submission.respondent_type)
        .outerjoin(Submission.place)
        .where(Submission.inquiry_id == inquiry_id, Submission.reference == reference)
    ).first()
    if row is None:
        raise NotFound(f"There is no submission “{reference}” in this inquiry.")
    return Header(**row._mapping)


def _texts(session: Session, submission_id: int) -> tuple[TextShown, ...]:
    rows = session.execute(
        select(
            SourceText.id,
            SourceText.body,
            SourceText.first_paragraph,
            SourceText.language,
            Question.number,
            func.coalesce(Question.prompt, Attachment.name).label("prompt"),
        )
        .outerjoin(Answer, Answer.id == SourceText.answer_id)
        .outerjoin(Question, Question.id == Answer.question_id)
        .outerjoin(Attachment, Attachment.id == SourceText.attachment_id)
        .where(SourceText.submission_id == submission_id, text_stands())
        # A text given anew has the newest position, but is read where its question stands.
        .order_by(Question.number.nulls_last(), SourceText.position)
    )
    mapped = mapped_numbers(session, submission_id)
    return tuple(
        TextShown(row.id, row.body, row.first_paragraph, row.number, row.prompt or "", mapped, row.language)
        for row in rows
    )


def _passages(session: Session, submission_id: int) -> tuple[PassageShown, ...]:
    rows = session.execute(
        select(
            Passage.id,
            Passage.source_text_id,
            Passage.start,
            Passage.end,
            in_cut().label("cut"),
            Passage.language,
            Submission.reference.label("repeats"),
            kept_back().label("blind"),
        )
        .outerjoin(RepeatedPassage, RepeatedPassage.passage_id == Passage.id)
        .outerjoin(Original, Original.id == RepeatedPassage.template_passage_id)
        .outerjoin(Submission, Submission.id == Original.submission_id)
        .where(Passage.submission_id == submission_id, passage_stands())
        .order_by(Passage.source_text_id, Passage.start)
    )
    return tuple(
        PassageShown(
            r.id,
            r.source_text_id,
            Bounds(r.start, r.end),
            bool(r.cut),
            r.repeats or "",
            r.language,
            bool(r.blind),
        )
        for r in rows
    )


# A decision holds for its passage and code, so that is what it is found by; skips are a reader's own.
Decided = Sequence[tuple[tuple[int, int], DecisionShown]]


def _decisions(session: Session, submission_id: int, reader_id: int) -> Decided:
    put = aliased(Code)
    rows = session.execute(
        select(
            Suggestion.passage_id,
            Suggestion.code_id,
            Decision.id,
            Decision.user_id,
            Decision.verdict,
            Decision.at,
            User.name,
            put.name.label("replacement"),
        )
        .join(Suggestion, Suggestion.id == Decision.suggestion_id)
        .join(Passage, Passage.id == Suggestion.passage_id)
        .join(User, User.id == Decision.user_id)
        .outerjoin(put, put.id == Decision.replacement_id)
        .where(Passage.submission_id == submission_id, Decision.verdict != Verdict.UNDO, ~taken_back())
        .order_by(Decision.id)
    )
    return [
        (
            (r.passage_id, r.code_id),
            DecisionShown(r.id, r.name, r.user_id == reader_id, r.verdict, r.at, r.replacement or ""),
        )
        for r in rows
    ]


def _suggestions(session: Session, submission_id: int, decided: Decided) -> tuple[SuggestionShown, ...]:
    settled = {key: d for key, d in decided if d.verdict is not Verdict.SKIP}
    skipped = {key: d for key, d in decided if d.verdict is Verdict.SKIP and d.mine}
    shown = []
    rows = session.execute(_latest_suggestions(submission_id)).all()
    summaries = _summaries(session, {row.run_id for row in rows})
    for row in rows:
        key = (row.passage_id, row.code_id)
        # A code retired meanwhile can no longer be accepted: what nobody settled is not offered any more.
        if key not in settled and row.state is CodeState.RETIRED:
            continue
        suggestion = SuggestionShown(
            id=row.id,
            passage_id=row.passage_id,
            code_id=row.code_id,
            name=row.name,
            definition=row.definition,
            score=row.score,
            reasons=tuple(row.reasons),
            from_definition=row.from_definition,
            share=share_accepted(summaries.get(row.run_id, {}), row.slug, row.score),
        )
        shown.append(replace(suggestion, decision=settled.get(key), skip=skipped.get(key)))
    return tuple(shown)


def _summaries(session: Session, run_ids: set[int]) -> dict[int, dict[str, Any]]:
    """Return what the runs that proposed recorded of what their scores mean."""
    wanted = select(RunResult.run_id, RunResult.summary).where(RunResult.run_id.in_(run_ids))
    return {row.run_id: row.summary for row in session.execute(wanted)}


def _latest_suggestions(submission_id: int) -> Select[Any]:
    return (
        select(
            Suggestion.id,
            Suggestion.passage_id,
            Suggestion.code_id,
            Suggestion.score,
            Suggestion.reasons,
            Suggestion.from_definition,
            Suggestion.run_id,
            Code.slug,
            Code.name,
            Code.definition,
            Code.state,
        )
        .join(Passage, Passage.id == Suggestion.passage_id)
        .join(LatestRun, LatestRun.passage_id == Passage.id)
        .join(Code, Code.id == Suggestion.code_id)
        .where(
            Passage.submission_id == submission_id,
            passage_stands(),
            Suggestion.run_id == LatestRun.run_id,
            Suggestion.rank <= MOST_SHOWN,
            # Not sent to the page at all, so that nobody sees them who looks at its source.
            ~kept_back(),
        )
        .order_by(Suggestion.passage_id, Suggestion.rank, Suggestion.id)
    )


def _codings(
    session: Session, submission_id: int, passages: Sequence[PassageShown], reader_id: int
) -> tuple[CodingShown, ...]:
    by_id = {passage.id: passage for passage in passages}
    rows = session.execute(
        select(
            Coding.id,
            Coding.passage_id,
            Coding.code_id,
            Coding.user_id,
            Coding.at,
            Coding.origin,
            Coding.decision_id,
            Code.name,
            User.name.label("who"),
            number_elsewhere(without_code()).label("elsewhere"),
            number_elsewhere(coded_by(reader_id)).label("elsewhere_mine"),
        )
        .join(Passage, Passage.id == Coding.passage_id)
        .join(Code, Code.id == Coding.code_id)
        .join(User, User.id == Coding.user_id)
        .where(Passage.submission_id == submission_id, stands(), passage_stands())
        .order_by(Passage.start, Coding.id)
    )
    return tuple(
        CodingShown(
            id=row.id,
            passage=by_id[row.passage_id],
            code_id=row.code_id,
            name=row.name,
            who=row.who,
            mine=row.user_id == reader_id,
            at=row.at,
            origin=row.origin,
            decision_id=row.decision_id,
            elsewhere=row.elsewhere,
            elsewhere_mine=row.elsewhere_mine,
        )
        for row in rows
    )
