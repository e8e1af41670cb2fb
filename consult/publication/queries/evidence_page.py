"""One published submission whole, or what stands in its place; and what indexes of all of them say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.calls.models import Call, Inquiry, Place, RespondentType
from consult.evidence.models import Answer, Respondent, SourceText, Submission
from consult.evidence.queries import (
    AnswerRead,
    SubmissionRead,
    TextRead,
    submission_by_reference,
)
from consult.foundation.errors import NotFound
from consult.foundation.language import Words, in_language
from consult.publication.models import (
    PublicationWithdrawal,
    PublishedPart,
    PublishedSubmission,
    WithheldSpan,
)
from consult.publication.queries.going_out import GoingOut, parts_given
from consult.publication.queries.published import (
    PublicEvidence,
    PublicParagraph,
    PublicPart,
    name_shown,
    on_show,
    public_spans,
)
from consult.publication.queries.withholding import readable_answer
from consult.publication.rules import Clearance, Withheld, folded_words, shown, united, within


@dataclass(frozen=True)
class Gone:
    """What stands where evidence stood; the reason is a clerk's, and empty where its writer decided."""

    reference: str
    at: datetime | None
    why: str


@dataclass(frozen=True)
class Listed:
    """A name in the list of respondents, and its evidence."""

    who: str
    references: tuple[str, ...]


@dataclass(frozen=True)
class Address:
    """A published page for machines that index."""

    inquiry_slug: str
    reference: str
    at: datetime


@dataclass(frozen=True)
class _Out:
    """Which parts of a submission are shown, each text with the spans that are not."""

    answer_ids: frozenset[int]
    withheld: dict[int, list[Withheld]]


def evidence_page(session: Session, inquiry_id: int, reference: str) -> PublicEvidence | Gone:
    """Return a published submission as readers outside see it, or what stands in its place.

    NotFound for what never was published: it looks like a reference that was never given.
    """
    versions = session.execute(
        select(PublishedSubmission)
        .join(Submission, Submission.id == PublishedSubmission.submission_id)
        .where(Submission.inquiry_id == inquiry_id, Submission.reference == reference)
        .order_by(PublishedSubmission.version)
    ).scalars().all()  # fmt: skip
    if not versions:
        raise NotFound("There is no published evidence under this reference.")
    latest = versions[-1]
    is_out = session.scalar(
        select(PublishedSubmission.id)
        .join(Submission, Submission.id == PublishedSubmission.submission_id)
        .where(*on_show(), PublishedSubmission.id == latest.id)
    )
    if is_out is None:
        return _gone(session, reference, latest.id)
    read = submission_by_reference(session, inquiry_id, reference, with_passages=False)
    out = _out(session, latest.id)
    return replace(
        _page(session, read, out, named=latest.named),
        first_at=versions[0].at,
        at=latest.at,
        version=latest.version,
        removed_since=_removes_more(session, latest.id, out),
    )


def preview(session: Session, inquiry_id: int, going: GoingOut) -> PublicEvidence:
    """Return the page that readers would see if a submission went out as it stands."""
    read = submission_by_reference(session, inquiry_id, going.reference, with_passages=False)
    out = _Out(frozenset(going.answer_ids), {key: list(spans) for key, spans in going.withheld.items()})
    return _page(session, read, out, named=going.named)


def _gone(session: Session, reference: str, published_id: int) -> Gone:
    taken_back = session.get(PublicationWithdrawal, published_id)
    return Gone(reference, taken_back.at, taken_back.why) if taken_back else Gone(reference, None, "")


def _out(session: Session, published_id: int) -> _Out:
    parts = session.execute(
        select(PublishedPart.answer_id, PublishedPart.source_text_id).where(
            PublishedPart.published_id == published_id
        )
    ).all()
    texts = [row.source_text_id for row in parts if row.source_text_id]
    answers = [row.answer_id for row in parts if row.answer_id]
    still = (
        select(Answer.id)
        .join(Submission, Submission.id == Answer.submission_id)
        .where(Answer.id.in_(answers), readable_answer(Clearance.PUBLIC))
    )
    return _Out(frozenset(session.scalars(still)), public_spans(session, texts))


def _page(session: Session, read: SubmissionRead, out: _Out, *, named: bool) -> PublicEvidence:
    name = name_shown(named, read.publication, read.name, read.organisation)
    call, respondent_type, place = _context(session, read.id)
    parts = _parts(session, read, out)
    return PublicEvidence(
        reference=read.reference,
        # A title is the writer's own and may name them.
        title=Words(_title(session, read, out) if name else "", read.language),
        who=Words(name, read.language),
        call=in_language(call, "title"),
        respondent_type=in_language(respondent_type, "name") if respondent_type else None,
        place=in_language(place, "name") if place else None,
        language=read.language,
        held_back=len(parts) < parts_given(session, [read.id]).get(read.id, 0),
        parts=tuple(parts),
    )


def _title(session: Session, read: SubmissionRead, out: _Out) -> str:
    """Return the title, or nothing where words stand in it that are withheld below, as in many a subject."""
    if not read.title or not any(out.withheld.values()):
        return read.title
    said = f" {' '.join(folded_words(read.title))} "
    texts = select(SourceText.id, SourceText.body).where(SourceText.id.in_(out.withheld))
    kept_back = (
        folded_words(body[span.start : span.end])
        for text_id, body in session.execute(texts).all()
        for span in out.withheld[text_id]
    )
    tells = any(words and f" {' '.join(words)} " in said for words in kept_back)
    return "" if tells else read.title


def _removes_more(session: Session, published_id: int, out: _Out) -> bool:
    """Tell whether words are withheld now that went out with this version."""
    frozen: dict[int, list[Withheld]] = {text_id: [] for text_id in out.withheld}
    for span in session.scalars(select(WithheldSpan).where(WithheldSpan.published_id == published_id)):
        frozen.setdefault(span.source_text_id, []).append(Withheld(span.start, span.end, span.ground))
    return any(
        [(span.start, span.end) for span in united(spans)]
        != [(span.start, span.end) for span in united(frozen[text_id])]
        for text_id, spans in out.withheld.items()
    )


def _context(session: Session, submission_id: int) -> Any:
    """Return the call of a submission, its respondent type and its place, each with all its languages."""
    return session.execute(
        select(Call, RespondentType, Place)
        .select_from(Submission)
        .join(Call, Call.id == Submission.call_id)
        .outerjoin(RespondentType, RespondentType.id == Submission.respondent_type_id)
        .outerjoin(Place, Place.id == Submission.place_id)
        .where(Submission.id == submission_id)
    ).one()


def _parts(session: Session, read: SubmissionRead, out: _Out) -> list[PublicPart]:
    answered = select(Answer.question_id).where(Answer.id.in_(out.answer_ids))
    closed = set(session.scalars(answered))
    parts = [part for answer in read.answers for part in [_part(answer, closed, out)] if part]
    others = session.execute(
        select(SourceText.id, SourceText.language, SourceText.body, SourceText.first_paragraph)
        .where(SourceText.id.in_(out.withheld), SourceText.answer_id.is_(None))
        .order_by(SourceText.position)
    )
    documents = [TextRead(*row) for row in others]
    return parts + [
        PublicPart("", None, text.language, (), _paragraphs(text, out.withheld[text.id]))
        for text in documents
    ]


def _part(answer: AnswerRead, closed: set[int], out: _Out) -> PublicPart | None:
    question = answer.question
    prompt = in_language(question, "prompt")
    if answer.text is not None:
        if answer.text.id not in out.withheld:
            return None
        paragraphs = _paragraphs(answer.text, out.withheld[answer.text.id])
        return PublicPart(prompt, question.number, answer.text.language, (), paragraphs)
    if question.id not in closed or not answer.lines:
        return None
    return PublicPart(prompt, question.number, "", tuple(answer.lines))


def _paragraphs(text: TextRead, withheld: list[Withheld]) -> tuple[PublicParagraph, ...]:
    return tuple(
        PublicParagraph(each.number, shown(each.words, within(sorted(withheld), each.bounds)))
        for each in text.paragraphs
    )


def respondents_listed(session: Session, inquiry_id: int) -> tuple[list[Listed], int]:
    """Return who agreed to be named, by name, with what each sent, and how many pages are without name."""
    rows = session.execute(
        select(
            Submission.reference,
            Submission.publication,
            Submission.language,
            PublishedSubmission.named,
            Respondent.name,
            Respondent.organisation,
        )
        .select_from(Submission)
        .join(PublishedSubmission, PublishedSubmission.submission_id == Submission.id)
        .join(Respondent, Respondent.id == Submission.respondent_id)
        .where(*on_show(), Submission.inquiry_id == inquiry_id)
        .order_by(Submission.id)
    )
    found: dict[Words, list[str]] = {}
    nameless = 0
    for row in rows:
        # A body comes before the person who wrote for it.
        name = name_shown(row.named, row.publication, row.organisation or row.name, "")
        if name and (row.name or row.organisation):
            found.setdefault(Words(name, row.language), []).append(row.reference)
        else:
            nameless += 1
    listed = [Listed(name, tuple(references)) for name, references in found.items()]
    return sorted(listed, key=lambda each: each.who.casefold()), nameless


def addresses(session: Session) -> list[Address]:
    """Return every page of evidence that is out, of all inquiries, for a sitemap."""
    rows = session.execute(
        select(Inquiry.slug, Submission.reference, PublishedSubmission.at)
        .select_from(Submission)
        .join(PublishedSubmission, PublishedSubmission.submission_id == Submission.id)
        .join(Inquiry, Inquiry.id == Submission.inquiry_id)
        .where(*on_show())
        .order_by(Submission.id)
    )
    return [Address(*row) for row in rows]


@dataclass(frozen=True)
class InquiryOnShow:
    """An inquiry that has published evidence, and how much."""

    slug: str
    title: str
    count: int


def inquiries_on_show(session: Session) -> list[InquiryOnShow]:
    """Return the inquiries that have published evidence, by title."""
    rows = session.execute(
        select(Inquiry, func.count(Submission.id).label("number"))
        .select_from(Submission)
        .join(PublishedSubmission, PublishedSubmission.submission_id == Submission.id)
        .join(Inquiry, Inquiry.id == Submission.inquiry_id)
        .where(*on_show())
        .group_by(Inquiry.id)
        .order_by(Inquiry.title)
    )
    return [InquiryOnShow(row.Inquiry.slug, in_language(row.Inquiry, "title"), row.number) for row in rows]


def filters_on_show(session: Session, inquiry_id: int) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return the respondent types and places, by slug, of what is out: others would tell of what is not."""
    out = (
        select(Submission.respondent_type_id, Submission.place_id)
        .join(PublishedSubmission, PublishedSubmission.submission_id == Submission.id)
        .where(*on_show(), Submission.inquiry_id == inquiry_id)
        .subquery()
    )
    types = select(RespondentType).where(RespondentType.id.in_(select(out.c.respondent_type_id)))
    places = select(Place).where(Place.id.in_(select(out.c.place_id)))
    return (
        _names(session.scalars(types.order_by(RespondentType.position, RespondentType.name))),
        _names(session.scalars(places.order_by(Place.position, Place.name))),
    )


def _names(rows: Iterable[RespondentType | Place]) -> dict[str, str]:
    return {row.slug: in_language(row, "name") for row in rows}


def last_change(session: Session, inquiry_id: int) -> datetime | None:
    """Return when the public pages of an inquiry last gained or lost anything by publication."""
    published = select(func.max(PublishedSubmission.at)).join(
        Submission, Submission.id == PublishedSubmission.submission_id
    )
    out = session.scalar(published.where(Submission.inquiry_id == inquiry_id))
    taken = session.scalar(
        select(func.max(PublicationWithdrawal.at))
        .join(PublishedSubmission, PublishedSubmission.id == PublicationWithdrawal.published_id)
        .join(Submission, Submission.id == PublishedSubmission.submission_id)
        .where(Submission.inquiry_id == inquiry_id)
    )
    return max(filter(None, (out, taken)), default=None)
