"""Reads for the public journey; plain values, so that a page outlives the transaction that saved it."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from consult.calls.models import Call, Inquiry, Place, Question
from consult.calls.queries import call_with_questions, places_of, present_edition, respondent_types_of
from consult.calls.rules import (
    DECLARATIONS,
    CallState,
    Openness,
    QuestionKind,
    WithdrawalPolicy,
    openness,
)
from consult.calls.uses import tells_of_use
from consult.foundation.errors import NotFound
from consult.foundation.language import ENGLISH, _, in_language, page_language
from consult.respond.answers import Asked, Choice, SectionAsked
from consult.respond.codes import hash_of
from consult.respond.confidences import Confidence, confidences_in
from consult.respond.documents import FileHeld
from consult.respond.models import Draft, DraftVersion, Reminder
from consult.respond.queries_files import files_of_draft
from consult.respond.rules import Asking, Filled, VersionState


@dataclass(frozen=True)
class RespondentTypeOffered:
    """A capacity to answer in."""

    id: int
    slug: str
    name: str


@dataclass(frozen=True)
class CallToAnswer:
    """A call as the journey needs it."""

    id: int
    slug: str
    title: str
    state: CallState
    opens_at: datetime
    closes_at: datetime
    inquiry_id: int
    inquiry_slug: str
    inquiry_title: str
    questions: tuple[Asked, ...]
    types: tuple[RespondentTypeOffered, ...]
    # Which declarations it asks for.
    declarations: tuple[str, ...] = ()
    # How many may be added beside the answers.
    most_documents: int = 0
    grace_minutes: int = 0
    # The rule of withdrawal of its inquiry.
    withdrawal_policy: WithdrawalPolicy = WithdrawalPolicy.UNTIL_REPORT

    @property
    def asking(self) -> Asking:
        """Return what has to be answered, as values that rules decide on."""
        return Asking(self.questions, self.type_slugs, self.declarations, self.most_documents)

    def question(self, number: int) -> Asked:
        """Return the question with this number; NotFound for any other."""
        for asked in self.questions:
            if asked.number == number:
                return asked
        raise NotFound(_("This call has no such question."))

    @property
    def type_slugs(self) -> tuple[str, ...]:
        return tuple(offered.slug for offered in self.types)

    def openness(self, at: datetime) -> Openness:
        return openness(self.state, self.opens_at, self.closes_at, at, self.grace_minutes)

    def takes(self, at: datetime, begun_at: datetime | None = None) -> bool:
        """Tell whether something can be stored: anything while open, in the grace what was begun before."""
        standing = self.openness(at)
        if standing is Openness.GRACE:
            return begun_at is not None and begun_at < self.closes_at
        return standing is Openness.OPEN


# What calls ask, by call, edition and language, as one of this process has read it.
_asked: dict[tuple[int, str, str], tuple[tuple[Asked, ...], tuple[RespondentTypeOffered, ...]]] = {}
MOST_KEPT = 64


@dataclass(frozen=True)
class DraftHeld:
    """What a draft holds at one moment."""

    id: int
    answers: dict[str, Any]
    about: dict[str, Any]
    saved_at: datetime
    expires_at: datetime
    started_at: datetime
    submission_id: int | None
    # The name of its sending: what is sent under it twice is one submission.
    send_key: str
    confidences: tuple[Confidence, ...] = ()
    language: str = ENGLISH
    written: dict[str, Any] = field(default_factory=dict)
    waiting: tuple[str, ...] = ()
    # How many team codes were made, and whether the last still lets colleagues in.
    team_number: int = 0
    is_shared: bool = False
    # The submission that it changes, if it changes what was sent before.
    amends_id: int | None = None
    files: tuple[FileHeld, ...] = ()

    @property
    def filled(self) -> Filled:
        """Return what was typed, as values that rules decide on."""
        return Filled(self.answers, self.about, self.confidences, self.waiting, self.files)


def published_call(session: Session, inquiry_slug: str, call_slug: str) -> Call:
    """Return a published call, loaded; a call still being written does not exist for the public."""
    call = call_with_questions(session, inquiry_slug, call_slug)
    if call.state is CallState.DRAFT:
        raise NotFound(_("There is no such call for evidence."))
    return call


def published_heading(session: Session, inquiry_slug: str, call_slug: str) -> tuple[Call, str]:
    """Return a published call without its questions, and their edition; NotFound for any other."""
    named = (Inquiry.slug == inquiry_slug, Call.slug == call_slug, Call.state != CallState.DRAFT)
    row = session.execute(_headings().where(*named)).one_or_none()
    if row is None:
        raise NotFound(_("There is no such call for evidence."))
    return row[0], row[1]


def _headings() -> Select[Call, str]:
    headings = select(Call, present_edition()).join(Inquiry, Inquiry.id == Call.inquiry_id)
    return headings.options(joinedload(Call.inquiry))


def whole_call(session: Session, heading: Call, edition: str) -> CallToAnswer:
    """Return a call with what it asks, in the page's language; questions are read once in an edition."""
    key = heading.id, edition, page_language()
    asked = _asked.get(key)
    if asked is None:
        call = call_with_questions(session, heading.inquiry.slug, heading.slug)
        whole = as_call_to_answer(session, call)
        if len(_asked) >= MOST_KEPT:
            _asked.clear()
        asked = _asked[key] = whole.questions, whole.types
    return _as_call(heading, *asked)


def as_heading(call: Call) -> CallToAnswer:
    """Return a call as plain values in the page's language, without what it asks."""
    return _as_call(call, (), ())


def call_of_draft(session: Session, call_id: int) -> CallToAnswer:
    """Return the call that a draft answers, as it stands now."""
    return whole_call(session, *session.execute(_headings().where(Call.id == call_id)).one())


def as_open_now(session: Session, call: CallToAnswer) -> CallToAnswer:
    """Return a call read before with what may have changed since: dates and states, never its questions."""
    row = session.execute(
        select(Call.state, Call.opens_at, Call.closes_at, Call.grace_minutes, Inquiry.withdrawal_policy)
        .join(Inquiry, Inquiry.id == Call.inquiry_id)
        .where(Call.id == call.id)
    ).one()
    return replace(call, **row._mapping)


def as_call_to_answer(session: Session, call: Call) -> CallToAnswer:
    """Return a loaded call as plain values in the page's language, with its inquiry's places and types."""
    places = places_of(session, call.inquiry_id)
    types = respondent_types_of(session, call.inquiry_id)
    sections = sections_asked(call)
    questions = tuple(
        replace(as_asked(question, position, places), section=sections.get(question.section_id))
        for position, question in enumerate(call.questions, 1)
    )
    return _as_call(
        call, questions, tuple(RespondentTypeOffered(t.id, t.slug, in_language(t, "name")) for t in types)
    )


def _as_call(
    call: Call, questions: tuple[Asked, ...], types: tuple[RespondentTypeOffered, ...]
) -> CallToAnswer:
    return CallToAnswer(
        id=call.id,
        slug=call.slug,
        title=in_language(call, "title"),
        state=call.state,
        opens_at=call.opens_at,
        closes_at=call.closes_at,
        inquiry_id=call.inquiry_id,
        inquiry_slug=call.inquiry.slug,
        inquiry_title=in_language(call.inquiry, "title"),
        questions=questions,
        types=types,
        declarations=tuple(name for name in DECLARATIONS if name in call.declarations),
        most_documents=call.most_documents,
        grace_minutes=call.grace_minutes,
        withdrawal_policy=call.inquiry.withdrawal_policy,
    )


def sections_asked(call: Call) -> dict[int | None, SectionAsked]:
    """Return the sections of a loaded call that hold questions, numbered among themselves."""
    used = {question.section_id for question in call.questions}
    sections = [section for section in call.sections if section.id in used]
    return {
        section.id: SectionAsked(
            number, len(sections), in_language(section, "title"), in_language(section, "introduction")
        )
        for number, section in enumerate(sections, 1)
    }


def as_asked(question: Question, position: int, places: list[Place]) -> Asked:
    """Return a question as it is put, a place question with the inquiry's places to choose from."""
    choices = [Choice(o.id, in_language(o, "wording"), o.exclusive) for o in question.options]
    if question.kind is QuestionKind.PLACE:
        choices = [Choice(p.id, in_language(p, "name"), postcodes=tuple(p.postcodes)) for p in places]
    return Asked(
        id=question.id,
        slug=question.slug,
        number=question.number,
        position=position,
        kind=question.kind,
        prompt=in_language(question, "prompt"),
        hint=in_language(question, "hint"),
        required=question.required,
        choices=tuple(choices),
        minimum=question.minimum,
        maximum=question.maximum,
        minimum_meaning=in_language(question, "minimum_meaning"),
        maximum_meaning=in_language(question, "maximum_meaning"),
        word_limit=question.word_limit,
        word_guidance=question.word_guidance,
        most_files=question.most_files,
        may_decline=question.may_decline,
        rows=tuple(Choice(row.id, in_language(row, "wording")) for row in question.rows),
        conditions=frozenset(condition.option_id for condition in question.conditions),
    )


def draft_held(session: Session, call_id: int, return_code: str) -> DraftHeld | None:
    """Return what the draft of this code holds; None for a code of another call or of nothing."""
    draft = session.scalar(
        select(Draft).where(Draft.code_hash == hash_of(return_code), Draft.call_id == call_id)
    )
    return None if draft is None else as_held(session, draft)


def draft_after(session: Session, call_id: int, former_code: str, return_code: str) -> DraftHeld | None:
    """Return the draft of a code that has replaced a former one, which opens nothing by itself."""
    draft = session.scalar(
        select(Draft).where(
            Draft.code_hash == hash_of(return_code),
            Draft.former_hash == hash_of(former_code),
            Draft.call_id == call_id,
        )
    )
    return None if draft is None else as_held(session, draft)


def as_held(session: Session, draft: Draft) -> DraftHeld:
    """Return what a draft holds as plain values; nothing is left in one that was sent."""
    is_sent = draft.submission_id is not None
    return DraftHeld(
        draft.id,
        draft.answers,
        draft.about,
        draft.saved_at,
        draft.expires_at,
        draft.started_at,
        draft.submission_id,
        draft.send_key,
        confidences_in(draft.confidences),
        draft.language,
        draft.written,
        () if is_sent else slots_waiting(session, draft.id),
        draft.team_number,
        draft.team_hash is not None,
        draft.amends_id,
        () if is_sent else files_of_draft(session, draft.id),
    )


@dataclass(frozen=True)
class ReminderHeld:
    """A reminder that was asked for."""

    address: str
    day: datetime


def reminder_of(session: Session, draft_id: int) -> ReminderHeld | None:
    """Return the reminder that a draft's writer asked for, if it has not been sent."""
    row = session.execute(
        select(Reminder.address, Reminder.days_before, Call.closes_at)
        .join(Draft, Draft.id == Reminder.draft_id)
        .join(Call, Call.id == Draft.call_id)
        .where(Reminder.draft_id == draft_id)
    ).one_or_none()
    return ReminderHeld(row.address, row.closes_at - timedelta(days=row.days_before)) if row else None


def slots_waiting(session: Session, draft_id: int) -> tuple[str, ...]:
    """Return the slots of a draft of which two versions wait for somebody to choose."""
    waiting = (DraftVersion.draft_id == draft_id, DraftVersion.state == VersionState.WAITING)
    return tuple(session.scalars(select(DraftVersion.slot).where(*waiting).distinct()))


def slugs_for_code(session: Session, return_code: str) -> tuple[str, str] | None:
    """Return inquiry and call of the draft that a code opens."""
    row = session.execute(
        select(Inquiry.slug, Call.slug)
        .join(Call, Call.inquiry_id == Inquiry.id)
        .join(Draft, Draft.call_id == Call.id)
        .where(Draft.code_hash == hash_of(return_code))
    ).one_or_none()
    return (row[0], row[1]) if row else None


@tells_of_use
def has_drafts(session: Session, call_id: int) -> bool:
    """Tell whether somebody has begun to answer a call."""
    return session.scalar(select(Draft.id).where(Draft.call_id == call_id).limit(1)) is not None
