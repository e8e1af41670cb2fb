"""Reads of the clerk's desk: the inbox, the history of a submission, what was noticed about it."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from consult.accounts.models import User
from consult.calls.models import Place, RespondentType
from consult.evidence.models import Respondent, Submission
from consult.evidence.models_desk import EventSession, Mark, Provenance, StateMove
from consult.evidence.queries.listing import Filters, conditions, openings_of
from consult.evidence.queries.submission import who
from consult.evidence.rules import Channel, PublicationChoice, SubmissionState
from consult.evidence.rules_desk import MarkKind, needs_reason
from consult.foundation.errors import NotFound

ENTRIES_ON_THE_DESK = 25


@dataclass(frozen=True)
class MarkRead:
    """Something noticed when a submission arrived."""

    kind: MarkKind
    note: str


@dataclass(frozen=True)
class MoveRead:
    """One move of a submission: from where to where, who did it, when, why, and what it is like."""

    submission_id: int
    from_state: SubmissionState
    to_state: SubmissionState
    why: str
    like: str | None
    batch_id: int | None
    by: str
    at: datetime


@dataclass(frozen=True)
class DeskEntry:
    """A submission in the inbox, with what a clerk needs to decide on it."""

    id: int
    reference: str
    title: str
    name: str
    organisation: str
    respondent_type: str | None
    place: str | None
    channel: Channel
    sent_at: datetime
    word_count: int
    state: SubmissionState
    publication: PublicationChoice
    opening: str = ""
    marks: tuple[MarkRead, ...] = field(default=())
    last_move: MoveRead | None = None

    @property
    def who(self) -> str:
        """Return the name and organisation in one line."""
        return who(self.name, self.organisation)

    @property
    def quick_accept(self) -> bool:
        """Tell whether one press may accept it: from here, without a reason."""
        # The one kind of mark that there is.
        late = any(not mark.note for mark in self.marks)
        accepted = SubmissionState.ACCEPTED
        return self.state is not accepted and not needs_reason(self.state, accepted, unexplained_late=late)


@dataclass(frozen=True)
class DeskPage:
    """A page of the inbox, in order of arrival, and from where its neighbours go on."""

    entries: list[DeskEntry]
    count: int
    earlier_than: int | None
    later_than: int | None


def desk_page(
    session: Session, inquiry_id: int, filters: Filters, *, after: int = 0, before: int = 0
) -> DeskPage:
    """Return submissions in order of arrival: the first, those after an id, or those before one."""
    wanted = conditions(session, inquiry_id, filters)
    count = session.scalar(
        select(func.count()).select_from(Submission).join(Submission.respondent).where(*wanted)
    )
    rows = _rows().where(*wanted).limit(ENTRIES_ON_THE_DESK + 1)
    if before:
        rows = rows.where(Submission.id < before).order_by(Submission.id.desc())
    else:
        rows = rows.where(Submission.id > after).order_by(Submission.id)
    found = list(session.execute(rows))
    more, found = len(found) > ENTRIES_ON_THE_DESK, found[:ENTRIES_ON_THE_DESK]
    found = found[::-1] if before else found
    ids = [row.id for row in found]
    opening, marks, moves = openings_of(session, ids), marks_of(session, ids), last_moves_of(session, ids)
    entries = [
        DeskEntry(
            **row._mapping,
            opening=opening.get(row.id, ""),
            marks=tuple(marks.get(row.id, ())),
            last_move=moves.get(row.id),
        )
        for row in found
    ]
    earlier, later = (more, True) if before else (bool(after), more)
    return DeskPage(
        entries, count or 0, ids[0] if ids and earlier else None, ids[-1] if ids and later else None
    )


def next_on_desk(session: Session, inquiry_id: int, filters: Filters, reference: str) -> str | None:
    """Return the reference that follows one in the inbox, or the one before it at the end."""
    wanted = conditions(session, inquiry_id, filters)
    here = select(Submission.id).where(Submission.inquiry_id == inquiry_id, Submission.reference == reference)
    others = select(Submission.reference).join(Submission.respondent).where(*wanted)
    at = here.scalar_subquery()
    following = session.scalar(others.where(Submission.id > at).order_by(Submission.id).limit(1))
    return following or session.scalar(
        others.where(Submission.id < at).order_by(Submission.id.desc()).limit(1)
    )


def _rows() -> Any:
    return (
        select(
            Submission.id,
            Submission.reference,
            Submission.title,
            Respondent.name,
            Respondent.organisation,
            RespondentType.name.label("respondent_type"),
            Place.name.label("place"),
            Submission.channel,
            Submission.sent_at,
            Submission.word_count,
            Submission.state,
            Submission.publication,
        )
        .join(Submission.respondent)
        .outerjoin(Submission.respondent_type)
        .outerjoin(Submission.place)
    )


def marks_of(session: Session, submission_ids: Collection[int]) -> dict[int, list[MarkRead]]:
    """Return what was noticed about some submissions when they arrived."""
    found: dict[int, list[MarkRead]] = {}
    rows = select(Mark).where(Mark.submission_id.in_(submission_ids)).order_by(Mark.submission_id, Mark.kind)
    for mark in session.scalars(rows):
        found.setdefault(mark.submission_id, []).append(MarkRead(mark.kind, mark.note))
    return found


def last_moves_of(session: Session, submission_ids: Collection[int]) -> dict[int, MoveRead]:
    """Return the newest move of each of some submissions."""
    newest = select(func.max(StateMove.id)).where(StateMove.submission_id.in_(submission_ids))
    rows = _moves().where(StateMove.id.in_(newest.group_by(StateMove.submission_id)))
    return {row.submission_id: _move_read(row) for row in session.execute(rows)}


def history_of(session: Session, submission_id: int) -> list[MoveRead]:
    """Return all moves of a submission, the newest first."""
    rows = _moves().where(StateMove.submission_id == submission_id).order_by(StateMove.id.desc())
    return [_move_read(row) for row in session.execute(rows)]


def _moves() -> Any:
    like = aliased(Submission)
    return (
        select(
            StateMove.submission_id,
            StateMove.from_state,
            StateMove.to_state,
            StateMove.why,
            like.reference.label("like"),
            StateMove.batch_id,
            User.name.label("by"),
            StateMove.actor_kind,
            StateMove.at,
        )
        .outerjoin(like, like.id == StateMove.like_id)
        .outerjoin(User, User.id == StateMove.user_id)
    )


def _move_read(row: Row[Any]) -> MoveRead:
    given = dict(row._mapping)
    kind = given.pop("actor_kind")
    return MoveRead(**{**given, "by": given["by"] or f"the {kind}"})


@dataclass(frozen=True)
class SessionRead:
    """An event session, with how many submissions were given in it."""

    id: int
    name: str
    held_on: date
    place_id: int | None
    place: str | None
    venue: str
    submissions: int


def sessions_of(session: Session, inquiry_id: int) -> list[SessionRead]:
    """Return the event sessions of an inquiry, the latest first."""
    return _sessions(session, EventSession.inquiry_id == inquiry_id)


def session_by_id(session: Session, inquiry_id: int, session_id: int) -> SessionRead:
    """Return one event session; NotFound for any other inquiry's."""
    found = _sessions(session, EventSession.inquiry_id == inquiry_id, EventSession.id == session_id)
    if not found:
        raise NotFound("There is no such event session in this inquiry. Choose one from the list.")
    return found[0]


def _sessions(session: Session, *wanted: ColumnElement[bool]) -> list[SessionRead]:
    said = select(func.count()).where(Provenance.event_session_id == EventSession.id).correlate(EventSession)
    rows = session.execute(
        select(
            EventSession.id,
            EventSession.name,
            EventSession.held_on,
            EventSession.place_id,
            Place.name.label("place"),
            EventSession.venue,
            said.scalar_subquery().label("submissions"),
        )
        .outerjoin(EventSession.place)
        .where(*wanted)
        .order_by(EventSession.held_on.desc(), EventSession.id.desc())
    )
    return [SessionRead(**row._mapping) for row in rows]


def provenance_of(session: Session, submission_id: int) -> Provenance | None:
    """Return how a submission came that a clerk entered, with its session and place."""
    wanted = select(Provenance).where(Provenance.submission_id == submission_id)
    meeting = joinedload(Provenance.event_session).joinedload(EventSession.place)
    return session.scalar(wanted.options(meeting))
