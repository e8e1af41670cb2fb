"""The reading room's list: submissions by type, place, state, call and words."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from consult.calls.models import Call, Place, RespondentType
from consult.evidence import search
from consult.evidence.models import (
    Respondent,
    SourceText,
    Submission,
)
from consult.evidence.models_desk import Provenance
from consult.evidence.queries.standing import text_stands
from consult.evidence.queries.submission import who
from consult.evidence.rules import (
    Channel,
    PublicationChoice,
    SubmissionState,
)


@dataclass(frozen=True)
class Filters:
    """What a reader asked for; NOT_GIVEN as type or place means submissions without one."""

    words: str = ""
    respondent_type: str = ""
    place: str = ""
    state: SubmissionState | None = None
    call: str = ""
    channel: Channel | None = None
    # The id of an event session.
    session: int | None = None
    # The id of the import of a spreadsheet.
    spreadsheet: int | None = None

    @property
    def narrows(self) -> bool:
        """Tell whether anything was asked for."""
        return self.state is not None or self.narrows_beyond_state

    @property
    def narrows_beyond_state(self) -> bool:
        """Tell whether anything was asked for but a state."""
        lists = (self.respondent_type, self.place, self.call, self.channel, self.session)
        return any((self.words.strip(), self.spreadsheet, *lists))


NOT_GIVEN = "-"
ENTRIES_A_PAGE = 25
OPENING_CHARACTERS = 180


@dataclass(frozen=True)
class Entry:
    """A submission in a list, with its opening words, or the words searched for with those around them."""

    id: int
    reference: str
    title: str
    name: str
    organisation: str
    respondent_type: str | None
    place: str | None
    sent_at: datetime
    word_count: int
    state: SubmissionState
    publication: PublicationChoice
    opening: str = ""
    context: tuple[search.Piece, ...] = ()

    @property
    def who(self) -> str:
        """Return the name and organisation in one line."""
        return who(self.name, self.organisation)


@dataclass(frozen=True)
class EntryPage:
    """A page of entries, newest first, and the ids from which its neighbours go on."""

    entries: list[Entry]
    count: int
    newer_than: int | None
    older_than: int | None


def entry_page(
    session: Session,
    inquiry_id: int,
    filters: Filters,
    *,
    before: int | None = None,
    after: int | None = None,
) -> EntryPage:
    """Return the submissions a reader asked for: the newest, those before an id, or those after one."""
    wanted = conditions(session, inquiry_id, filters)
    count = session.scalar(
        select(func.count()).select_from(Submission).join(Submission.respondent).where(*wanted)
    )
    entries, more = _entries(session, wanted, before, after)
    newer = bool(before) or (bool(after) and more)
    older = bool(after) or more
    return EntryPage(
        entries=_with_words(session, entries, filters),
        count=count or 0,
        newer_than=entries[0].id if entries and newer else None,
        older_than=entries[-1].id if entries and older else None,
    )


def matching(session: Session, inquiry_id: int, filters: Filters) -> Select[int]:
    """Select the ids of all submissions that a reader asked for."""
    wanted = conditions(session, inquiry_id, filters)
    return select(Submission.id).join(Submission.respondent).where(*wanted)


def conditions(session: Session, inquiry_id: int, filters: Filters) -> list[ColumnElement[bool]]:
    """Return what a submission must meet, its respondent joined, to be what a reader asked for."""
    wanted = [Submission.inquiry_id == inquiry_id]
    for model, slug, key in (
        (RespondentType, filters.respondent_type, Submission.respondent_type_id),
        (Place, filters.place, Submission.place_id),
        (Call, filters.call, Submission.call_id),
    ):
        if slug == NOT_GIVEN:
            wanted.append(key.is_(None))
        elif slug:
            named = select(model.id).where(model.inquiry_id == inquiry_id, model.slug == slug)
            wanted.append(key == named.scalar_subquery())
    if filters.state:
        wanted.append(Submission.state == filters.state)
    if filters.channel:
        wanted.append(Submission.channel == filters.channel)
    came_by = ((Provenance.event_session_id, filters.session), (Provenance.import_id, filters.spreadsheet))
    wanted += [
        Submission.id.in_(select(Provenance.submission_id).where(column == asked))
        for column, asked in came_by
        if asked
    ]
    if filters.words.strip():
        wanted.append(_speaks_of(session, filters.words.strip()))
    return wanted


def _speaks_of(session: Session, typed: str) -> ColumnElement[bool]:
    """Hold where the words stand in a text, or name the respondent, the title or the reference."""
    plain = typed.strip('"*')
    fields = (Respondent.name, Respondent.organisation, Submission.title)
    named = [each.icontains(plain, autoescape=True) for each in fields] if plain else []
    terms = search.terms_of(typed)
    if terms:
        texts = SourceText.id.in_(search.texts_matching(session, terms))
        named.append(Submission.id.in_(select(SourceText.submission_id).where(texts, text_stands())))
    return or_(Submission.reference == plain.upper(), *named)


def _entries(
    session: Session, wanted: list[ColumnElement[bool]], before: int | None, after: int | None
) -> tuple[list[Entry], bool]:
    rows = (
        select(
            Submission.id,
            Submission.reference,
            Submission.title,
            Respondent.name,
            Respondent.organisation,
            RespondentType.name.label("respondent_type"),
            Place.name.label("place"),
            Submission.sent_at,
            Submission.word_count,
            Submission.state,
            Submission.publication,
        )
        .join(Submission.respondent)
        .outerjoin(Submission.respondent_type)
        .outerjoin(Submission.place)
        .where(*wanted)
        .limit(ENTRIES_A_PAGE + 1)
    )
    if after:
        rows = rows.where(Submission.id > after).order_by(Submission.id)
    else:
        rows = rows.where(Submission.id < before) if before else rows
        rows = rows.order_by(Submission.id.desc())
    found = [Entry(**row._mapping) for row in session.execute(rows)]
    more, entries = len(found) > ENTRIES_A_PAGE, found[:ENTRIES_A_PAGE]
    return (entries[::-1] if after else entries), more


def _with_words(session: Session, entries: list[Entry], filters: Filters) -> list[Entry]:
    ids = [entry.id for entry in entries]
    terms = search.terms_of(filters.words)
    context = search.in_context(session, terms, ids) if terms and ids else {}
    openings = openings_of(session, ids)
    return [
        replace(
            entry,
            opening=openings.get(entry.id, ""),
            context=tuple(context.get(entry.id, ())),
        )
        for entry in entries
    ]


def openings_of(session: Session, ids: Collection[int]) -> dict[int, str]:
    """Return the first words of some submissions, each in one line."""
    # Of the texts that stand the one placed first comes last here, and so prevails.
    firsts = (
        select(SourceText.submission_id, func.substr(SourceText.body, 1, OPENING_CHARACTERS))
        .where(SourceText.submission_id.in_(ids), text_stands())
        .order_by(SourceText.position.desc())
    )
    return {submission_id: shortened(opening) for submission_id, opening in session.execute(firsts)}


def shortened(opening: str) -> str:
    """Return the first words of a text in one line, ending at a word."""
    line = " ".join(opening.split())
    return line if len(opening) < OPENING_CHARACTERS else line.rsplit(" ", 1)[0] + " …"


def counts_by_state(session: Session, inquiry_id: int) -> dict[SubmissionState, int]:
    """Return how many submissions stand in each state."""
    rows = session.execute(
        select(Submission.state, func.count())
        .where(Submission.inquiry_id == inquiry_id)
        .group_by(Submission.state)
    )
    return dict(rows.all())
