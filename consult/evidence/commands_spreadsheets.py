"""Bring in another platform's spreadsheet by command."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

import click
from sqlalchemy.orm import Session

from consult.calls.models import Call
from consult.evidence.queries.spreadsheets import destination_of, keys_there, remembered_columns
from consult.evidence.rules import PUBLICATION_WORDS, PublicationChoice
from consult.evidence.rules_desk import came_late
from consult.evidence.service import missing_types
from consult.evidence.service.spreadsheets import Origin, key_of, remember_columns, store_responses
from consult.evidence.spreadsheets.layouts import Layout, Use
from consult.evidence.spreadsheets.mapping import (
    ColumnMapping,
    ColumnUse,
    letters,
    problems_of,
    proposed,
    signature_of,
    with_day_first,
)
from consult.evidence.spreadsheets.reading import Sheet, open_sheet
from consult.evidence.spreadsheets.rows import (
    Destination,
    Problem,
    Response,
    RowReader,
    look_at,
    responses,
)
from consult.foundation.clock import now
from consult.foundation.commands import counted, progress, say
from consult.foundation.database import transaction
from consult.foundation.errors import BadInput
from consult.foundation.security import SYSTEM
from consult.foundation.web import LONDON

ROWS_A_TRANSACTION = 500
COLUMNS_FILE = ("column", "heading", "use", "question", "part")


@dataclass
class Found:
    """What reading every row once has shown."""

    rows: int = 0
    ready: int = 0
    there: int = 0
    late: int = 0
    problems: list[Problem] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    types: set[str] = field(default_factory=set)
    unsaid: int = 0


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

    def responses(self) -> Iterator[Response]:
        """Return every row, read anew."""
        return responses(self.sheet, self.layout, RowReader(self.mapping, self.to))


def source_of(
    session: Session, path: Path, call: Call, publication: PublicationChoice, columns: Path | None
) -> Source:
    """Open a spreadsheet and settle its columns: from the file given, as remembered, or as proposed."""
    to = destination_of(session, call, zone=LONDON, publication=publication)
    sheet = open_sheet(path)
    layout, first = look_at(sheet)
    mapping = columns_from(columns) if columns else None
    mapping = mapping or remembered_columns(session, call.id, signature_of(layout))
    if mapping is None:
        mapping = proposed(layout, to.questions)
        dated = [column.index for column in mapping.columns if column.use is Use.SENT_AT]
        said = [row.cells[place] for row in first for place in dated if place < len(row.cells)]
        mapping = with_day_first(mapping, said)
    return Source(sheet, layout, mapping, to, call.id, call.inquiry_id, call.closes_at)


def columns_from(path: Path) -> ColumnMapping:
    """Read what somebody settled in the file that `evidence columns` wrote."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows or not set(COLUMNS_FILE) <= set(rows[0]):
        raise BadInput(
            f"{path}: needs the columns {', '.join(COLUMNS_FILE)}. Run evidence columns to get them."
        )
    uses = []
    for number, row in enumerate(rows, 2):
        if row["use"] not in set(Use):
            known = ", ".join(Use)
            raise BadInput(
                f"{path}, row {number}: “{row['use']}” is no use of a column. Choose from: {known}."
            )
        uses.append(ColumnUse(index_of(row["column"]), Use(row["use"]), row["question"], row["part"]))
    day_first = not any(row["part"] == "month first" for row in rows if row["use"] == Use.SENT_AT)
    return ColumnMapping(tuple(uses), day_first)


def index_of(name: str) -> int:
    """Return the place of a column from its letters."""
    index = 0
    for letter in name.strip().upper():
        if not "A" <= letter <= "Z":
            raise BadInput(f"“{name}” is no name of a column. Columns are named A to Z, then AA.")
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


def write_columns(source: Source, out: Path) -> None:
    """Write what each column means, for somebody to change and give back."""
    uses = {column.index: column for column in source.mapping.columns}
    with out.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS_FILE)
        for column in source.layout.columns:
            use = uses.get(column.index, ColumnUse(column.index))
            part = use.part or (
                "" if use.use is not Use.SENT_AT or source.mapping.day_first else "month first"
            )
            writer.writerow([letters(column.index), column.words, use.use.value, use.question, part])
    click.echo(f"Wrote {counted(len(source.layout.columns), 'column')} to {out}.")
    click.echo(f"Change its uses, then: evidence import {source.sheet.name} … --columns {out}")


def import_spreadsheet(
    session: Session, source: Source, *, dry_run: bool, leave_out: bool, why_late: str
) -> None:
    """Check every row, say what is wrong or would happen, and store what is right unless it is a trial."""
    tell_columns(source)
    wrong = problems_of(source.mapping, source.to.questions)
    if wrong:
        lines = [f"Column {letters(at)}: {words}" if at >= 0 else words for at, words in wrong.items()]
        raise BadInput("The columns are not settled. Run evidence columns, change its file, give it.", lines)
    found = check_rows(session, source)
    tell_found(session, source, found)
    if found.late and not why_late:
        raise BadInput(
            f"{counted(found.late, 'response')} came after the call had closed. "
            "Say why they are taken: --why-late."
        )
    if found.problems and not leave_out:
        raise BadInput(
            f"nothing was stored. Put right what is listed above ({len(found.problems)}) and run it again, "
            "or leave those rows out with --leave-out-problems.",
            [f"Row {each.row}, column {each.column}: {each.message}" for each in found.problems],
        )
    say(*(f"Left out: row {each.row}, column {each.column}: {each.message}" for each in found.problems))
    if dry_run:
        click.echo("Dry run: nothing was stored.")
    else:
        store_rows(source, found, why_late)


def tell_columns(source: Source) -> None:
    """Say how the file was understood."""
    click.echo(f"{source.sheet.name}: {source.layout.platform.value}, {source.sheet.format}.")
    uses = {column.index: column for column in source.mapping.columns}
    for column in source.layout.columns:
        use = uses.get(column.index, ColumnUse(column.index))
        what = " ".join(part for part in (use.use.value, use.question, use.part) if part)
        click.echo(f"  {letters(column.index):>3}  {column.words[:60]:<60}  {what}")


def check_rows(session: Session, source: Source) -> Found:
    """Read every row once; nothing is stored."""
    found = Found()
    rows = source.responses()
    while batch := list(islice(rows, ROWS_A_TRANSACTION)):
        ready = [each for each in batch if not each.problems and not each.left_out]
        keys = {key_of(source.layout.platform, each.key) for each in ready}
        found.rows += len(batch)
        found.ready += len(ready)
        found.there += len(keys_there(session, source.call_id, keys))
        found.late += sum(is_late(each, source.closes_at) for each in ready)
        found.unsaid += sum(each.publication is PublicationChoice.NOT_PUBLISHED for each in ready)
        found.types |= {each.respondent_type for each in ready}
        found.problems += [problem for each in batch if not each.left_out for problem in each.problems]
        for each in batch:
            if each.left_out:
                found.left_out[each.left_out] = found.left_out.get(each.left_out, 0) + 1
    return found


def is_late(response: Response, closes_at: datetime) -> bool:
    """Tell whether a response was sent on a day after the call had closed."""
    sent_at = response.sent_at or now()
    return came_late(sent_at.astimezone(LONDON).date(), closes_at)


def tell_found(session: Session, source: Source, found: Found) -> None:
    """Say what was read and what will happen."""
    new = found.ready - found.there
    click.echo(f"Read {counted(found.rows, 'row')}. New: {new:,}. Already there: {found.there:,}.")
    for why, number in found.left_out.items():
        click.echo(f"Left out, {why}: {number:,}.")
    new_types = missing_types(session, sorted(found.types), source.inquiry_id)
    if new_types:
        click.echo(f"New respondent types: {'; '.join(new_types)}.")
    if found.unsaid:
        words = PUBLICATION_WORDS[PublicationChoice.NOT_PUBLISHED].lower()
        click.echo(f"{words.capitalize()}: {found.unsaid:,}.")


def store_rows(source: Source, found: Found, why_late: str) -> None:
    """Store what is right in batches; one that is broken off goes on where it stopped when run again."""
    stored = 0
    origin = Origin(source.layout.platform, source.call_id, LONDON, why_late)
    rows = (each for each in source.responses() if not each.problems and not each.left_out)
    with progress(found.ready, "Storing submissions") as advance:
        while batch := list(islice(rows, ROWS_A_TRANSACTION)):
            with transaction() as session:
                stored += store_responses(
                    session,
                    batch,
                    origin,
                    inquiry_id=source.inquiry_id,
                    actor=SYSTEM,
                    at=now(),
                ).count
            advance(len(batch))
    with transaction() as session:
        remember_columns(
            session,
            source.call_id,
            signature_of(source.layout),
            source.mapping,
            inquiry_id=source.inquiry_id,
            actor=SYSTEM,
            at=now(),
        )
    click.echo(f"Stored {counted(stored, 'submission')}. The columns are remembered for the next such file.")
