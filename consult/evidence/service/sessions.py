"""The meetings at which people spoke."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.calls.models import Place
from consult.evidence.models_desk import EventSession
from consult.evidence.rules import storable
from consult.foundation import audit
from consult.foundation.errors import BadInput, NotFound
from consult.foundation.security import Actor


@dataclass(frozen=True)
class Meeting:
    """An event session as it is described."""

    name: str
    held_on: date
    place_id: int | None = None
    venue: str = ""


def add_event_session(
    session: Session, meeting: Meeting, *, inquiry_id: int, actor: Actor, at: datetime
) -> EventSession:
    """Add a meeting at which people spoke; the same name on the same day is the one that is there already.

    BadInput without a name; NotFound for a place of another inquiry.
    """
    name = storable(meeting.name.strip())
    if not name:
        raise BadInput("Give the session a name.")
    there = select(EventSession).filter_by(inquiry_id=inquiry_id, name=name, held_on=meeting.held_on)
    earlier = session.scalar(there)
    if earlier:
        return earlier
    if meeting.place_id is not None:
        place = session.get(Place, meeting.place_id)
        if place is None or place.inquiry_id != inquiry_id:
            raise NotFound("There is no such place in this inquiry.")
    added = EventSession(
        inquiry_id=inquiry_id,
        name=name,
        held_on=meeting.held_on,
        place_id=meeting.place_id,
        venue=storable(meeting.venue.strip()),
    )
    session.add(added)
    session.flush()  # the audit event names the new id
    detail = {"name": name, "held_on": meeting.held_on.isoformat()}
    act = audit.Act("add event session", "event session", added.id, detail=detail)
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return added
