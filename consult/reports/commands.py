"""The command that writes records to a file."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import click
from flask.cli import with_appcontext

from consult.calls.queries import inquiry_by_slug
from consult.foundation.clock import now
from consult.foundation.commands import PlainCommand, plain_errors, progress, say
from consult.foundation.database import db, transaction
from consult.foundation.errors import BadInput
from consult.foundation.security import SYSTEM
from consult.publication.rules import Clearance
from consult.reports.queries import row_count
from consult.reports.rules import DamagedText, Export
from consult.reports.service import record_export
from consult.reports.writing import Order, Written, write_csv


@click.command("export", cls=PlainCommand)
@click.argument(
    "export",
    metavar="[codings|suggestions|decisions]",
    type=click.Choice([export.value for export in Export]),
)
@click.option("--inquiry", "inquiry_slug", required=True, help="The inquiry's address, such as localism.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The CSV file to write.")
@click.option(
    "--clearance",
    type=click.Choice([clearance.value for clearance in Clearance]),
    default=Clearance.COMPLETE.value,
    show_default=True,
    help="For whom: public and research leave out what is not to be published and name no member.",
)
@with_appcontext
@plain_errors
def export_records(export: str, inquiry_slug: str, out: Path, clearance: str) -> None:
    """Write codings, suggestions or decisions to a CSV file."""
    reading = db.session()
    inquiry_id = inquiry_by_slug(reading, inquiry_slug).id
    order = Order(Export(export), inquiry_id, Clearance(clearance), with_kept_back=True)
    total = row_count(reading, order.export, order.inquiry_id, order.clearance)
    with progress(total, f"Writing {export}") as on_rows:
        try:
            written = write_whole(out, order, on_rows)
        except DamagedText as damage:
            raise click.ClickException(str(damage)) from damage
    say(f"{written.rows:,} {export} written to {out}.")


def write_whole(out: Path, order: Order, on_rows: Callable[[int], None]) -> Written:
    """Write to a new file beside `out` and put it in its place once it is whole and on record.

    A fault leaves no half file, and no file of which the audit log knows nothing.
    """
    if not out.parent.is_dir():
        raise BadInput(f"There is no folder {out.parent}. Make it, or choose another --out.")
    if out.exists() and not out.is_file():
        raise BadInput(f"{out} is not a file. Choose another --out.")
    try:
        handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
    except OSError as error:
        raise BadInput(f"Cannot write in {out.parent}: {error.strerror}. Choose another --out.") from error
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            written = write_csv(db.session(), order, file, on_rows)
        with transaction() as session:
            record_export(session, order, written, actor=SYSTEM, at=now())
        beside.replace(out)
    finally:
        beside.unlink(missing_ok=True)
    return written


commands = [export_records]
