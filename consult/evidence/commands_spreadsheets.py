"""Bring in another platform's spreadsheet by command."""

import csv
from itertools import islice
from pathlib import Path

import click
from sqlalchemy.orm import Session

from consult.calls.models import Call
from consult.evidence.queries.checking import Found, Source, look_over, source_of
from consult.evidence.rules import PUBLICATION_WORDS, PublicationChoice
from consult.evidence.service import missing_types
from consult.evidence.service.spreadsheets import Origin, remember_columns, store_responses
from consult.evidence.spreadsheets.layouts import Use
from consult.evidence.spreadsheets.mapping import (
    ColumnMapping,
    ColumnUse,
    letters,
    problems_of,
    signature_of,
)
from consult.evidence.spreadsheets.reading import open_sheet
from consult.evidence.spreadsheets.rows import (
    Problem,
)
from consult.foundation.cells import formula_safe, restored
from consult.foundation.clock import now
from consult.foundation.commands import counted, progress, say
from consult.foundation.database import transaction
from consult.foundation.errors import BadInput
from consult.foundation.security import SYSTEM
from consult.foundation.web import LONDON

ROWS_A_TRANSACTION = 500
COLUMNS_FILE = ("column", "heading", "use", "question", "part")


def opened(
    session: Session, path: Path, call: Call, publication: PublicationChoice, columns: Path | None
) -> Source:
    """Open a spreadsheet and settle its columns: from the file given, as remembered, or as proposed."""
    mapping = columns_from(columns) if columns else None
    return source_of(session, open_sheet(path), call, publication, mapping, at=now())


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
        question, part = restored(row["question"] or ""), restored(row["part"] or "")
        uses.append(ColumnUse(index_of(row["column"]), Use(row["use"]), question, part))
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
            # A stranger wrote the headings, and a program may run what it is told there.
            said = (column.words, use.use.value, use.question, part)
            writer.writerow([letters(column.index), *map(formula_safe, said)])
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
    found, problems = check_rows(session, source)
    tell_found(session, source, found)
    if found.late and not why_late:
        raise BadInput(
            f"{counted(found.late, 'response')} came after the call had closed. "
            "Say why they are taken: --why-late."
        )
    if problems and not leave_out:
        raise BadInput(
            f"nothing was stored. Put right what is listed above ({len(problems)}) and run it again, "
            "or leave those rows out with --leave-out-problems.",
            [f"Row {each.row}, column {each.column}: {each.message}" for each in problems],
        )
    say(*(f"Left out: row {each.row}, column {each.column}: {each.message}" for each in problems))
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


def check_rows(session: Session, source: Source) -> tuple[Found, list[Problem]]:
    """Read every row once; nothing is stored."""
    found, problems, at = Found(), [], now()
    rows = source.responses()
    while batch := list(islice(rows, ROWS_A_TRANSACTION)):
        problems += look_over(session, source, batch, found, at=at)
    return found, problems


def tell_found(session: Session, source: Source, found: Found) -> None:
    """Say what was read and what will happen."""
    click.echo(f"Read {counted(found.rows, 'row')}. New: {found.new:,}. Already there: {found.there:,}.")
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
