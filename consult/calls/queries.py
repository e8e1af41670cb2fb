"""Reads about inquiries, calls and their questions."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from consult.accounts.models import Membership, User
from consult.calls.models import Call, Inquiry, Phase, Place, Question, RespondentType
from consult.calls.rules import CallState
from consult.foundation.database import db
from consult.foundation.errors import NotFound
from consult.foundation.security import Identity


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
    name, inquiry_id, title, _ = rows[0]
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


def call_with_questions(session: Session, inquiry_slug: str, call_slug: str) -> Call:
    """Return a call with its inquiry, questions and options loaded; NotFound for any other."""
    call = session.scalar(
        select(Call)
        .join(Inquiry, Inquiry.id == Call.inquiry_id)
        .where(Inquiry.slug == inquiry_slug, Call.slug == call_slug)
        .options(
            joinedload(Call.inquiry),
            selectinload(Call.questions).selectinload(Question.options),
        )
    )
    if call is None:
        raise NotFound("There is no such call for evidence.")
    return call


def calls_of(session: Session, inquiry_id: int) -> list[Call]:
    """Return an inquiry's calls, newest opening first."""
    calls = select(Call).where(Call.inquiry_id == inquiry_id).options(selectinload(Call.questions))
    return list(session.scalars(calls.order_by(Call.opens_at.desc(), Call.id.desc())))


def published_calls(session: Session, at: datetime) -> list[Call]:
    """Return every call that the public may see, those closing soonest first."""
    calls = (
        select(Call)
        .where(Call.state != CallState.DRAFT, Call.opens_at <= at)
        .options(joinedload(Call.inquiry))
    )
    return list(session.scalars(calls.order_by(Call.closes_at, Call.id)))


def phases_of(session: Session, inquiry_id: int) -> list[Phase]:
    """Return an inquiry's phases in order."""
    return list(session.scalars(select(Phase).where(Phase.inquiry_id == inquiry_id).order_by(Phase.position)))


def places_of(session: Session, inquiry_id: int) -> list[Place]:
    """Return an inquiry's places in order."""
    return list(session.scalars(select(Place).where(Place.inquiry_id == inquiry_id).order_by(Place.position)))


def respondent_types_of(session: Session, inquiry_id: int) -> list[RespondentType]:
    """Return an inquiry's respondent types in order."""
    types = select(RespondentType).where(RespondentType.inquiry_id == inquiry_id)
    return list(session.scalars(types.order_by(RespondentType.position)))
