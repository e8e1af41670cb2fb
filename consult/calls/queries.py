"""Reads about inquiries, calls and their questions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, case, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from consult.accounts.models import Membership, User
from consult.calls.models import Call, CallEdition, Inquiry, Phase, Place, Question, RespondentType
from consult.calls.rules import CallState
from consult.calls.wording import Part, parts_of
from consult.foundation.audit import AuditEvent
from consult.foundation.database import db
from consult.foundation.errors import NotFound
from consult.foundation.jobs.models import Job
from consult.foundation.jobs.names import FINISHED
from consult.foundation.language import ENGLISH, LANGUAGES, _
from consult.foundation.security import ActorKind, Identity


@dataclass(frozen=True)
class InquiryLine:
    """An inquiry as `flask inquiry list` prints it."""

    slug: str
    title: str
    reference_prefix: str
    calls: int


@dataclass(frozen=True)
class ActLine:
    """One act of the audit log with the name of who did it, if a member."""

    id: int
    at: datetime
    actor_kind: ActorKind
    name: str | None
    verb: str
    record_kind: str
    record_id: int
    why: str
    detail: dict[str, Any]


def identify(user_id: int, inquiry_slug: str) -> Identity | None:
    """Return who a user is in an inquiry; None for strangers and for inquiries that do not exist."""
    rows = db.session.execute(
        select(User.name, Inquiry.id, Inquiry.title, Membership.role)
        .join(Membership, Membership.user_id == User.id)
        .join(Inquiry, Inquiry.id == Membership.inquiry_id)
        .where(User.id == user_id, Inquiry.slug == inquiry_slug)
    ).all()
    if not rows:
        return None
    name, inquiry_id, title, *_roles = rows[0]
    return Identity(
        user_id,
        name,
        inquiry_id,
        inquiry_slug,
        title,
        frozenset(row.role for row in rows),
    )


def inquiry_by_slug(session: Session, slug: str) -> Inquiry:
    """Return an inquiry; NotFound names the slug."""
    inquiry = session.scalar(select(Inquiry).where(Inquiry.slug == slug))
    if inquiry is None:
        raise NotFound(f"There is no inquiry “{slug}”.")
    return inquiry


def inquiries_of(session: Session, user_id: int) -> list[Inquiry]:
    """Return the inquiries in which a user has a role, by title."""
    mine = select(Membership.inquiry_id).where(Membership.user_id == user_id)
    return list(session.scalars(select(Inquiry).where(Inquiry.id.in_(mine)).order_by(Inquiry.title)))


def whole_questions() -> tuple[Any, ...]:
    """Load the questions of a call with all that hangs on them, and its sections."""
    questions = selectinload(Call.questions)
    return (
        selectinload(Call.sections),
        questions.selectinload(Question.options),
        questions.selectinload(Question.rows),
        questions.selectinload(Question.conditions),
    )


def present_edition() -> ScalarSelect[str]:
    """Return the name of what calls ask at present, to be read beside one of them.

    What was read of questions, places and respondent types may be kept under it: it is another as soon as
    any of them has changed.
    """
    return select(CallEdition.token).scalar_subquery()


def call_with_questions(session: Session, inquiry_slug: str, call_slug: str) -> Call:
    """Return a call with its inquiry, questions and options loaded; NotFound for any other."""
    call = session.scalar(
        select(Call)
        .join(Inquiry, Inquiry.id == Call.inquiry_id)
        .where(Inquiry.slug == inquiry_slug, Call.slug == call_slug)
        .options(
            joinedload(Call.inquiry),
            *whole_questions(),
        )
        # What it asks may be kept for others: never as this session has read it before a change.
        .execution_options(populate_existing=True)
    )
    if call is None:
        raise NotFound(_("There is no such call for evidence."))
    return call


def calls_of(session: Session, inquiry_id: int) -> list[Call]:
    """Return an inquiry's calls, newest opening first."""
    calls = select(Call).where(Call.inquiry_id == inquiry_id).options(selectinload(Call.questions))
    return list(session.scalars(calls.order_by(Call.opens_at.desc(), Call.id.desc())))


def published_calls(session: Session) -> list[Call]:
    """Return every call that the public may see, open, to come or closed, those closing soonest first."""
    calls = select(Call).where(Call.state != CallState.DRAFT).options(joinedload(Call.inquiry))
    return list(session.scalars(calls.order_by(Call.closes_at, Call.id)))


def languages_in_use(session: Session, inquiry_id: int | None = None) -> list[str]:
    """Return the languages in which the public may read one call or another, in the order of pages."""
    used = select(Call.languages).where(Call.state != CallState.DRAFT)
    if inquiry_id is not None:
        used = used.where(Call.inquiry_id == inquiry_id)
    known = {ENGLISH}.union(*session.scalars(used))
    return [language for language in LANGUAGES if language in known]


def phases_of(session: Session, inquiry_id: int) -> list[Phase]:
    """Return an inquiry's phases in order."""
    return list(session.scalars(select(Phase).where(Phase.inquiry_id == inquiry_id).order_by(Phase.position)))


def places_of(session: Session, inquiry_id: int) -> list[Place]:
    """Return an inquiry's places in order."""
    places = select(Place).where(Place.inquiry_id == inquiry_id).order_by(Place.position)
    return list(session.scalars(places.execution_options(populate_existing=True)))


def respondent_types_of(session: Session, inquiry_id: int) -> list[RespondentType]:
    """Return an inquiry's respondent types in order."""
    types = select(RespondentType).where(RespondentType.inquiry_id == inquiry_id)
    ordered = types.order_by(RespondentType.position)
    return list(session.scalars(ordered.execution_options(populate_existing=True)))


def call_of(session: Session, inquiry_id: int, call_slug: str) -> Call:
    """Return a call of an inquiry with its questions and options loaded; NotFound for any other."""
    call = session.scalar(
        select(Call).where(Call.inquiry_id == inquiry_id, Call.slug == call_slug).options(*whole_questions())
    )
    if call is None:
        raise NotFound("There is no such call in this inquiry.")
    return call


def call_by_id(session: Session, call_id: int) -> Call:
    """Return a call with its questions and options loaded; for what names it by a foreign key."""
    return session.scalars(select(Call).where(Call.id == call_id).options(*whole_questions())).one()


def texts_of(session: Session, call_id: int) -> list[Part]:
    """Return all that a call says to the public, part by part, with its Welsh."""
    whole = select(Call).where(Call.id == call_id).options(joinedload(Call.inquiry), *whole_questions())
    call = session.scalars(whole).one()
    return parts_of(call, places_of(session, call.inquiry_id), respondent_types_of(session, call.inquiry_id))


def question_in(call: Call, question_id: int) -> Question:
    """Return a question of a loaded call; NotFound for any other."""
    for question in call.questions:
        if question.id == question_id:
            return question
    raise NotFound("There is no such question in this call.")


def every_inquiry(session: Session) -> list[InquiryLine]:
    """Return all inquiries with how many calls each has, by slug."""
    calls = func.count(Call.id).label("calls")
    rows = session.execute(
        select(Inquiry.slug, Inquiry.title, Inquiry.reference_prefix, calls)
        .outerjoin(Call, Call.inquiry_id == Inquiry.id)
        .group_by(Inquiry.id)
        .order_by(Inquiry.slug)
    )
    return [InquiryLine(*row) for row in rows]


def recent_jobs(session: Session, inquiry_id: int, limit: int) -> list[Job]:
    """Return the newest jobs of an inquiry, those not finished first."""
    unfinished = case((Job.state.in_(FINISHED), 1), else_=0)
    jobs = select(Job).where(Job.inquiry_id == inquiry_id).order_by(unfinished, Job.id.desc())
    return list(session.scalars(jobs.limit(limit)))


def acts_before(session: Session, inquiry_id: int, before: int, limit: int) -> list[ActLine]:
    """Return an inquiry's acts, newest first, from below an id."""
    acts = (
        select(
            AuditEvent.id,
            AuditEvent.at,
            AuditEvent.actor_kind,
            User.name,
            AuditEvent.verb,
            AuditEvent.record_kind,
            AuditEvent.record_id,
            AuditEvent.why,
            AuditEvent.detail,
        )
        .outerjoin(User, User.id == AuditEvent.user_id)
        .where(AuditEvent.inquiry_id == inquiry_id, AuditEvent.id < before)
        .order_by(AuditEvent.id.desc())
        .limit(limit)
    )
    return [ActLine(*row) for row in session.execute(acts)]
