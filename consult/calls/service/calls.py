"""Verbs that prepare, publish, extend and close a call for evidence."""

from dataclasses import fields
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.calls.models import Call, Inquiry, Phase, Place, Question
from consult.calls.queries import texts_of
from consult.calls.rules import (
    USUAL_GRACE,
    CallDetails,
    CallState,
    CallWords,
    free_slug,
    is_storable,
    obstacles_to_publishing,
    problems_of_call,
    slug_of,
)
from consult.calls.wording import obstacle_in
from consult.foundation import audit
from consult.foundation.errors import BadInput, NotFound, Refused
from consult.foundation.language import WELSH
from consult.foundation.security import Actor

WORDS = tuple(field.name for field in fields(CallWords))


def prepare_call(
    session: Session, details: CallDetails, *, inquiry_id: int, actor: Actor, at: datetime
) -> Call:
    """Add a draft call; BadInput names what is wrong, or a slug that is taken."""
    call = Call(inquiry_id=inquiry_id, state=CallState.DRAFT, grace_minutes=USUAL_GRACE)
    _write(session, call, details)
    session.add(call)
    session.flush()  # the audit event names the new id
    act = audit.Act("prepare call", "call", call.id, detail={"slug": call.slug, "title": call.title})
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return call


def edit_call(
    session: Session,
    call_id: int,
    details: CallDetails,
    *,
    inquiry_id: int,
    why: str = "",
    actor: Actor,
    at: datetime,
) -> Call:
    """Change a draft; once published only its words may be mended, and `why` is then asked for."""
    call = call_held(session, call_id, inquiry_id)
    was = _details_of(call)
    if call.state is not CallState.DRAFT:
        _check_mending(was, details, why)
    _write(session, call, details)
    changed = _difference(was, _details_of(call))
    if changed:
        act = audit.Act("edit call", "call", call_id, why=why.strip(), detail={"was": changed})
        audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return call


def publish_call(session: Session, call_id: int, *, inquiry_id: int, actor: Actor, at: datetime) -> Call:
    """Show a draft to the public from its opening on; BadInput lists what it still needs."""
    call = call_held(session, call_id, inquiry_id)
    if call.state is not CallState.DRAFT:
        raise Refused("This call has been published already.")
    kinds = session.scalars(select(Question.kind).where(Question.call_id == call_id)).all()
    places = session.scalar(select(func.count()).where(Place.inquiry_id == inquiry_id)) or 0
    in_welsh = obstacle_in(texts_of(session, call_id)) if WELSH in call.languages else ""
    obstacles = obstacles_to_publishing(_details_of(call), kinds, places=places, at=at, in_welsh=in_welsh)
    if obstacles:
        raise BadInput("This call cannot be published yet.", obstacles)
    call.state = CallState.PUBLISHED
    act = audit.Act("publish call", "call", call_id, detail={"questions": len(kinds)})
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return call


def extend_call(
    session: Session,
    call_id: int,
    closes_at: datetime,
    *,
    inquiry_id: int,
    why: str = "",
    actor: Actor,
    at: datetime,
) -> Call:
    """Let evidence come until later; a call that has closed opens again."""
    call = call_held(session, call_id, inquiry_id)
    if call.state is CallState.DRAFT:
        raise Refused("This call is a draft: change its dates in its details.")
    if closes_at <= at or (call.state is CallState.PUBLISHED and closes_at <= call.closes_at):
        raise BadInput(
            "Choose a closing date later than the present one. To close earlier, close the call now."
        )
    was = {"closes_at": call.closes_at.isoformat(), "state": call.state}
    call.closes_at, call.state = closes_at, CallState.PUBLISHED
    detail = {"was": was, "closes_at": closes_at.isoformat()}
    act = audit.Act("extend call", "call", call_id, why=why.strip(), detail=detail)
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return call


def close_call(
    session: Session, call_id: int, *, inquiry_id: int, why: str = "", actor: Actor, at: datetime
) -> Call:
    """Take no more evidence from this moment; the date that had been promised stays in the audit log."""
    call = call_held(session, call_id, inquiry_id)
    if call.state is CallState.DRAFT:
        raise Refused("This call is a draft: nobody can answer it.")
    if call.state is CallState.CLOSED or call.closes_at <= at:
        raise Refused("This call is closed already.")
    was = call.closes_at.isoformat()
    call.state = CallState.CLOSED
    if at > call.opens_at:
        call.closes_at = at
    act = audit.Act("close call", "call", call_id, why=why.strip(), detail={"was": {"closes_at": was}})
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return call


def call_held(session: Session, call_id: int, inquiry_id: int) -> Call:
    """Return a call of this inquiry as it stands now, held until the commit; NotFound for any other."""
    held = (
        select(Call)
        .where(Call.id == call_id, Call.inquiry_id == inquiry_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    call = session.scalar(held)
    if call is None:
        raise NotFound("There is no such call in this inquiry.")
    return call


def refuse_unless_draft(call: Call) -> None:
    """Raise Refused once people may have answered."""
    if call.state is not CallState.DRAFT:
        raise Refused(
            "This call is published: its questions stand as people answered them. Wording may be mended."
        )


def _check_mending(was: CallDetails, details: CallDetails, why: str) -> None:
    if not why.strip():
        raise BadInput("Say why the words of a published call are changed.")
    fixed = (was.slug, was.opens_at, was.closes_at, was.phase_id)
    if (details.slug or was.slug, details.opens_at, details.closes_at, details.phase_id) != fixed:
        raise Refused("A published call keeps its address, phase and opening; extend or close it instead.")
    if details.declarations != was.declarations:
        raise Refused("A published call keeps the declarations that it asks for.")
    if details.most_documents != was.most_documents:
        raise Refused("A published call goes on to take as many documents as it said.")


def _write(session: Session, call: Call, details: CallDetails) -> None:
    problems = problems_of_call(details)
    if not is_storable("".join(getattr(details.words, name) for name in WORDS)):
        problems["purpose"] = "The text holds characters that cannot be stored."
    if problems:
        raise BadInput("The call was not saved.", list(problems.values()))
    call.slug = _slug_for(session, call, details)
    call.phase_id = _phase_of(session, call.inquiry_id, details.phase_id)
    call.opens_at, call.closes_at = details.opens_at, details.closes_at
    call.declarations, call.most_documents = list(details.declarations), details.most_documents
    for name in WORDS:
        setattr(call, name, getattr(details.words, name))


def _slug_for(session: Session, call: Call, details: CallDetails) -> str:
    """Return the slug asked for, the one that stands, or one made from the title."""
    held = session.scalar(select(Inquiry.id).where(Inquiry.id == call.inquiry_id).with_for_update())
    if held is None:
        raise NotFound("There is no such inquiry.")
    others = select(Call.slug).where(Call.inquiry_id == call.inquiry_id)
    if call.id is not None:
        others = others.where(Call.id != call.id)
    taken = set(session.scalars(others))
    if details.slug in taken:
        raise BadInput(f"Another call has the address “{details.slug}”. Choose another.")
    return details.slug or call.slug or free_slug(slug_of(details.words.title), taken)


def _phase_of(session: Session, inquiry_id: int, phase_id: int | None) -> int | None:
    mine = select(Phase.id).where(Phase.id == phase_id, Phase.inquiry_id == inquiry_id)
    if phase_id is not None and session.scalar(mine) is None:
        raise NotFound("There is no such phase in this inquiry.")
    return phase_id


def _details_of(call: Call) -> CallDetails:
    words = CallWords(call.title, call.purpose, call.terms, call.what_happens)
    return CallDetails(
        words,
        call.opens_at,
        call.closes_at,
        call.slug,
        call.phase_id,
        tuple(call.declarations),
        call.most_documents,
    )


def _difference(was: CallDetails, now: CallDetails) -> dict[str, str]:
    """Return the old value of each thing that changed."""
    old = {
        name: getattr(was.words, name)
        for name in WORDS
        if getattr(was.words, name) != getattr(now.words, name)
    }
    rest = ("slug", "phase_id", "opens_at", "closes_at", "declarations", "most_documents")
    return old | {name: str(getattr(was, name)) for name in rest if getattr(was, name) != getattr(now, name)}
