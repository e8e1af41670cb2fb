"""Commands on inquiries. They stand here because an inquiry is made with its codebook."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from consult.calls import service as calls
from consult.calls.models import Inquiry
from consult.calls.queries import every_inquiry
from consult.calls.rules import CallDetails, CallWords, QuestionDetails, QuestionKind, is_slug
from consult.codebook.models import Codebook
from consult.codebook.service import import_codebook
from consult.codebook.sheets import CodeRow, read_csv
from consult.foundation.clock import now
from consult.foundation.commands import PlainCommand, counted, plain_errors, say
from consult.foundation.database import db, transaction
from consult.foundation.errors import BadInput
from consult.foundation.security import SYSTEM

FOR_ONE_YEAR = 365
WORDS_OF_A_CALL = {
    "purpose": "To gather written evidence for this inquiry.",
    "what_happens": "People read what you write. A computer may propose codes; a named person decides.",
}
ONE_QUESTION = QuestionDetails(QuestionKind.FREE_TEXT, "Evidence", slug="evidence", required=True)


@click.group("inquiry")
def inquiry() -> None:
    """Make and list inquiries."""


@inquiry.command("create", cls=PlainCommand)
@click.option("--slug", required=True, help="Its place in addresses: small letters, digits, hyphens.")
@click.option("--title", required=True, help="As people read it.")
@click.option(
    "--codebook", type=click.Path(path_type=Path), help="A CSV file: code, name, definition and more."
)
@click.option(
    "--call", "call_slug", help="Open a call with this slug and one free text question, for imports."
)
@click.option("--prefix", default="", help="Begins references; else the slug's first three letters.")
@with_appcontext
@plain_errors
def create(slug: str, title: str, codebook: Path | None, call_slug: str | None, prefix: str) -> None:
    """Make an inquiry, if wanted with a codebook and a call that is open for a year."""
    if call_slug is not None and not is_slug(call_slug):
        raise BadInput(f"“{call_slug}” cannot stand in an address: use small letters, digits and hyphens.")
    rows = read_csv(content_of(codebook)) if codebook else []
    with transaction() as session:
        made = calls.create_inquiry(
            session, slug=slug, title=title, reference_prefix=prefix, actor=SYSTEM, at=now()
        )
        add_codebook(session, made, rows)
        if call_slug:
            open_call(session, made, call_slug)
        begins = made.reference_prefix
    click.echo(f"Inquiry “{slug}” is made: {counted(len(rows), 'code')}, references begin {begins}.")


@inquiry.command("list", cls=PlainCommand)
@with_appcontext
@plain_errors
def list_inquiries() -> None:
    """List the inquiries: slug, prefix of references, calls, title."""
    lines = every_inquiry(db.session())
    if not lines:
        say("There is no inquiry yet. Make one: flask --app wsgi inquiry create --slug S --title T")
    for line in lines:
        click.echo(f"{line.slug}\t{line.reference_prefix}\t{line.calls}\t{line.title}")


def content_of(path: Path) -> bytes:
    """Return the bytes of a file, or say why not."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}. Check the path.") from error


def add_codebook(session: Session, made: Inquiry, rows: list[CodeRow]) -> None:
    """Give an inquiry its codes, or an empty codebook."""
    if rows:
        import_codebook(session, rows, inquiry_id=made.id, actor=SYSTEM, at=now())
    else:
        session.add(Codebook(inquiry_id=made.id, title="Codebook", created_at=made.created_at))


def open_call(session: Session, made: Inquiry, slug: str) -> None:
    """Open a call with one free text question, so that evidence can be imported into it."""
    title = slug.replace("-", " ").capitalize()
    at = made.created_at
    details = CallDetails(
        CallWords(title, **WORDS_OF_A_CALL),
        opens_at=at,
        closes_at=at + timedelta(days=FOR_ONE_YEAR),
        slug=slug,
    )
    by: dict[str, Any] = {"inquiry_id": made.id, "actor": SYSTEM, "at": at}
    call = calls.prepare_call(session, details, **by)
    calls.add_question(session, ONE_QUESTION, call_id=call.id, **by)
    calls.publish_call(session, call.id, **by)


commands = [inquiry]
