"""Reads about submissions, their answers, texts and passages."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import literal, select
from sqlalchemy.orm import Session, joinedload, selectinload

from consult.calls.models import Call, Place, Question, RespondentType
from consult.calls.rules import QuestionKind
from consult.evidence.models import (
    Answer,
    AnswerCell,
    AnswerChoice,
    Passage,
    Respondent,
    SourceText,
    Submission,
    SubmissionVersion,
)
from consult.evidence.queries.documents import AttachmentRead, attachments_of
from consult.evidence.queries.standing import answer_in, text_stands
from consult.evidence.queries.texts import TextRead
from consult.evidence.queries.versions import VersionRead, versions_of
from consult.evidence.rules import (
    Bounds,
    Channel,
    PassageKind,
    PublicationChoice,
    SubmissionState,
)
from consult.foundation.errors import NotFound
from consult.foundation.language import _, in_language


@dataclass(frozen=True)
class TextToCut:
    """A source text that has no passages yet."""

    source_text_id: int
    submission_id: int
    body: str
    language: str


@dataclass(frozen=True)
class AnswerRead:
    """A question with what was answered."""

    question: Question
    text: TextRead | None
    chosen: tuple[str, ...]
    number: int | None
    place: str | None
    cells: tuple[tuple[str, str], ...] = ()
    district: str | None = None
    declined: bool = False
    # The answer's own choice, where it is not the submission's.
    publication: PublicationChoice | None = None

    @property
    def lines(self) -> list[str]:
        """Return a closed answer in words, a line for each choice, in the language of the page."""
        return [
            *self.chosen,
            *(f"{row}: {option}" for row, option in self.cells),
            *number_in_words(self.question, self.number),
            *([self.place] if self.place else []),
            *([_("Postcode district %(district)s", district=self.district)] if self.district else []),
            *(["Prefers not to say"] if self.declined else []),
        ]


def number_in_words(question: Question, number: int | None) -> list[str]:
    """Return a number with what the ends of its scale mean."""
    if number is None:
        return []
    if question.kind is not QuestionKind.SCALE:
        return [f"{number:,}"]
    ends = [
        f"{end} ({meaning})" if meaning else f"{end}"
        for end, meaning in (
            (question.minimum, in_language(question, "minimum_meaning")),
            (question.maximum, in_language(question, "maximum_meaning")),
        )
    ]
    return [_("%(number)s on a scale from %(least)s to %(most)s", number=number, least=ends[0], most=ends[1])]


@dataclass(frozen=True)
class PassageRead:
    """A passage with its bounds in its source text."""

    id: int
    source_text_id: int
    bounds: Bounds
    quote: str
    paragraph: int
    kind: PassageKind


@dataclass(frozen=True)
class SubmissionRead:
    """A submission with who sent it, its answers in the order of the questions and its passages."""

    id: int
    reference: str
    title: str
    name: str
    organisation: str
    respondent_type: str | None
    place: str | None
    call_title: str
    publication: PublicationChoice
    state: SubmissionState
    channel: Channel
    language: str
    word_count: int
    sent_at: datetime
    # The version that was read, and all there are, the first one first.
    version: int
    versions: tuple[VersionRead, ...]
    answers: tuple[AnswerRead, ...] = field(repr=False)
    passages: tuple[PassageRead, ...] = field(repr=False)
    documents: tuple[AttachmentRead, ...] = field(default=(), repr=False)

    @property
    def is_newest(self) -> bool:
        """Tell whether the version read is the one that stands."""
        return self.version == self.versions[-1].number

    @property
    def who(self) -> str:
        """Return the name and organisation in one line."""
        return who(self.name, self.organisation)

    @property
    def texts(self) -> list[TextRead]:
        """Return the source texts in order: of answers, then of documents."""
        answers = [each.text for each in self.answers if each.text]
        return [*answers, *(text for each in self.documents for text in each.texts)]


def who(name: str, organisation: str) -> str:
    """Return a respondent in one line; a body that gave its name twice is named once."""
    return ", ".join(dict.fromkeys(part for part in (name, organisation) if part)) or "No name given"


@dataclass(frozen=True)
class Neighbours:
    """The references before and after one."""

    previous: str | None
    following: str | None


def neighbours_of(session: Session, inquiry_id: int, submission_id: int) -> Neighbours:
    """Return the references of the submissions that arrived just before and after."""
    here = select(Submission.reference).where(Submission.inquiry_id == inquiry_id).limit(1)
    return Neighbours(
        session.scalar(here.where(Submission.id < submission_id).order_by(Submission.id.desc())),
        session.scalar(here.where(Submission.id > submission_id).order_by(Submission.id)),
    )


def texts_to_cut(session: Session, inquiry_id: int, limit: int, *, after_id: int = 0) -> list[TextToCut]:
    """Return the next source texts that stand without cut passages, in order."""
    cut = select(Passage.id).where(Passage.source_text_id == SourceText.id, Passage.kind == PassageKind.CUT)
    rows = session.execute(
        select(SourceText.id, SourceText.submission_id, SourceText.body, SourceText.language)
        .join(Submission, Submission.id == SourceText.submission_id)
        .where(Submission.inquiry_id == inquiry_id, SourceText.id > after_id, ~cut.exists(), text_stands())
        .order_by(SourceText.id)
        .limit(limit)
    )
    return [TextToCut(*row) for row in rows]


def submission_by_reference(
    session: Session,
    inquiry_id: int,
    reference: str,
    *,
    with_passages: bool = True,
    version: int | None = None,
) -> SubmissionRead:
    """Return one submission whole, in its newest version unless an earlier one is asked for.

    NotFound for a reference of any other inquiry, and for a version that was never sent.
    """
    submission, sent, respondent, type_name, place_name, call_title = _row_of(
        session, inquiry_id, reference, version
    )
    newest = version is None
    return SubmissionRead(
        id=submission.id,
        reference=submission.reference,
        title=submission.title,
        name=respondent.name,
        organisation=respondent.organisation,
        respondent_type=type_name,
        place=place_name,
        call_title=call_title,
        # A clerk may have made the choice closer since it was sent.
        publication=submission.publication if newest else sent.publication,
        state=submission.state,
        channel=submission.channel,
        language=sent.language,
        word_count=sent.word_count,
        sent_at=submission.sent_at if newest else sent.sent_at,
        version=sent.number,
        versions=versions_of(session, submission.id),
        answers=_answers_of(session, submission.id, sent.number),
        passages=passages_of(session, submission.id) if with_passages else (),
        documents=attachments_of(session, submission.id, sent.number),
    )


def _row_of(session: Session, inquiry_id: int, reference: str, version: int | None) -> Any:
    wanted = Submission.version if version is None else literal(version)
    row = session.execute(
        select(Submission, SubmissionVersion, Respondent, RespondentType.name, Place.name, Call.title)
        .join(
            SubmissionVersion,
            (SubmissionVersion.submission_id == Submission.id) & (SubmissionVersion.number == wanted),
        )
        .join(Respondent, Respondent.id == SubmissionVersion.respondent_id)
        .join(Call, Call.id == Submission.call_id)
        .outerjoin(RespondentType, RespondentType.id == SubmissionVersion.respondent_type_id)
        .outerjoin(Place, Place.id == SubmissionVersion.place_id)
        .where(Submission.inquiry_id == inquiry_id, Submission.reference == reference)
    ).one_or_none()
    if row is None:
        raise NotFound(f"There is no submission {reference} in this inquiry.")
    return row


def _answers_of(session: Session, submission_id: int, version: int) -> tuple[AnswerRead, ...]:
    texts = {
        row.answer_id: TextRead(row.id, row.language, row.body, row.first_paragraph)
        for row in session.execute(
            select(
                SourceText.answer_id,
                SourceText.id,
                SourceText.language,
                SourceText.body,
                SourceText.first_paragraph,
            ).where(SourceText.submission_id == submission_id)
        )
    }
    answers = session.scalars(
        select(Answer)
        .join(Question, Question.id == Answer.question_id)
        .where(Answer.submission_id == submission_id, answer_in(version))
        .options(
            joinedload(Answer.question),
            joinedload(Answer.place),
            selectinload(Answer.choices).joinedload(AnswerChoice.option),
            selectinload(Answer.cells).options(joinedload(AnswerCell.row), joinedload(AnswerCell.option)),
        )
        .order_by(Question.number)
    )
    return tuple(_as_read(answer, texts.get(answer.id)) for answer in answers)


def _as_read(answer: Answer, text: TextRead | None) -> AnswerRead:
    options = sorted((choice.option for choice in answer.choices), key=lambda option: option.position)
    return AnswerRead(
        question=answer.question,
        text=text,
        chosen=tuple(in_language(option, "wording") for option in options),
        number=answer.number,
        place=in_language(answer.place, "name") if answer.place else None,
        cells=cells_in_words(answer),
        district=answer.district,
        declined=answer.declined,
        publication=answer.publication,
    )


def cells_in_words(answer: Answer) -> tuple[tuple[str, str], ...]:
    """Return the rows of a matrix with what was chosen in each, in order and in the language of the page."""
    in_order = sorted(answer.cells, key=lambda cell: cell.row.position)
    return tuple((in_language(cell.row, "wording"), in_language(cell.option, "wording")) for cell in in_order)


def passages_of(session: Session, submission_id: int) -> tuple[PassageRead, ...]:
    """Return the passages of a submission in reading order."""
    rows = session.execute(
        select(
            Passage.id,
            Passage.source_text_id,
            Passage.start,
            Passage.end,
            Passage.quote,
            Passage.paragraph,
            Passage.kind,
        )
        .where(Passage.submission_id == submission_id)
        .order_by(Passage.source_text_id, Passage.start, Passage.end)
    )
    return tuple(
        PassageRead(
            row.id, row.source_text_id, Bounds(row.start, row.end), row.quote, row.paragraph, row.kind
        )
        for row in rows
    )


def hashes_by_key(session: Session, call_id: int) -> dict[str, str]:
    """Return the hash of each imported submission's text by the key it came with."""
    rows = session.execute(
        select(Submission.external_key, SourceText.sha256)
        .join(SourceText, SourceText.submission_id == Submission.id)
        .where(Submission.call_id == call_id, Submission.external_key.is_not(None), text_stands())
    )
    return {key: sha256 for key, sha256 in rows if key is not None}
