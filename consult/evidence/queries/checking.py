"""Read a whole spreadsheet against a call: what is new, what is there, what is late, what is wrong."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from consult.calls.models import Call
from consult.evidence.queries.spreadsheets import destination_of, keys_there, remembered_columns
from consult.evidence.rules import PublicationChoice
from consult.evidence.rules_desk import LONDON, came_late
from consult.evidence.spreadsheets.layouts import Layout, Platform, Use
from consult.evidence.spreadsheets.mapping import ColumnMapping, proposed, signature_of, with_day_first
from consult.evidence.spreadsheets.reading import Row, Sheet
from consult.evidence.spreadsheets.rows import (
    Destination,
    Problem,
    Response,
    RowReader,
    look_at,
    responses,
)

MOST_TYPES = 200


@dataclass(frozen=True)
class Source:
    """A sheet, how it is laid out, and what its columns mean for a call."""

    sheet: Sheet
    layout: Layout
    mapping: ColumnMapping
    to: Destination
    # Read once: a row of the session would be read again after each batch.
    call_id: int
    inquiry_id: int
    closes_at: datetime
    # The first responses, to show what is in a column.
    first: tuple[Row, ...] = ()

    def responses(self, *, after_row: int = 0) -> Iterator[Response]:
        """Return every row after one, read anew."""
        return responses(self.sheet, self.layout, RowReader(self.mapping, self.to), after_row=after_row)


@dataclass
class Found:
    """What reading rows has shown."""

    rows: int = 0
    ready: int = 0
    there: int = 0
    late: int = 0
    unsaid: int = 0
    wrong: int = 0
    wrong_rows: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    types: set[str] = field(default_factory=set)

    @property
    def new(self) -> int:
        """Return how many responses are not there yet."""
        return self.ready - self.there

    def as_json(self) -> dict[str, Any]:
        """Return what is stored of it."""
        return {**vars(self), "new": self.new, "types": sorted(self.types)[:MOST_TYPES]}


def source_of(
    session: Session,
    sheet: Sheet,
    call: Call,
    publication: PublicationChoice,
    mapping: ColumnMapping | None = None,
    *,
    at: datetime,
) -> Source:
    """Settle what the columns of a sheet mean: as given, as remembered, or as its headings say."""
    to = destination_of(session, call, zone=LONDON, publication=publication, at=at)
    layout, first = look_at(sheet)
    mapping = mapping or remembered_columns(session, call.id, signature_of(layout))
    if mapping is None:
        mapping = proposed(layout, to.questions)
        dated = [column.index for column in mapping.columns if column.use is Use.SENT_AT]
        said = [row.cells[place] for row in first for place in dated if place < len(row.cells)]
        mapping = with_day_first(mapping, said, layout.platform)
    return Source(sheet, layout, mapping, to, call.id, call.inquiry_id, call.closes_at, tuple(first))


def look_over(
    session: Session, source: Source, batch: Sequence[Response], found: Found, *, at: datetime
) -> list[Problem]:
    """Add a batch of rows to what was found, and return what is wrong with it."""
    ready = [each for each in batch if not each.problems and not each.left_out]
    keys = {key_of(source.layout.platform, each.key): each for each in ready}
    there = keys_there(session, source.call_id, keys)
    new = [each for key, each in keys.items() if key not in there]
    wrong = [each for each in batch if each.problems and not each.left_out]
    problems = [problem for each in wrong for problem in each.problems]
    found.rows += len(batch)
    found.ready += len(ready)
    found.there += len(there)
    found.late += sum(is_late(each, source.closes_at, at) for each in new)
    found.unsaid += sum(each.publication is PublicationChoice.NOT_PUBLISHED for each in new)
    found.wrong += len(problems)
    found.wrong_rows += len(wrong)
    found.types |= {each.respondent_type for each in ready if each.respondent_type}
    for each in batch:
        if each.left_out:
            found.left_out[each.left_out] = found.left_out.get(each.left_out, 0) + 1
    return problems


def is_late(response: Response, closes_at: datetime, at: datetime) -> bool:
    """Tell whether a response was sent on a day after the call had closed."""
    return came_late((response.sent_at or at).astimezone(LONDON).date(), closes_at)


def key_of(platform: Platform, key: str) -> str:
    """Return the external key of a response: two platforms may both count from 1."""
    return f"{platform.name.lower()} {key}"
