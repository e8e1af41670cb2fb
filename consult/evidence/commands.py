"""Commands on evidence."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from consult.calls.models import Call
from consult.calls.queries import call_with_questions, inquiry_by_slug
from consult.calls.rules import QuestionKind
from consult.evidence import intake, queries, service
from consult.evidence.commands_documents import import_documents, into_call
from consult.evidence.commands_spreadsheets import import_spreadsheet, opened, write_columns
from consult.evidence.extraction import extract
from consult.evidence.rules import PUBLICATION_WORDS, Channel, PublicationChoice
from consult.foundation.clock import now
from consult.foundation.commands import batches, counted, plain_errors, progress, say
from consult.foundation.database import db, transaction
from consult.foundation.errors import BadInput
from consult.foundation.security import SYSTEM

# Short enough that nobody who saves meanwhile waits long.
SUBMISSIONS_A_TRANSACTION = 500
CONSENT = (
    "Publication choice: not published, for a file does not tell what its writers agreed to. A clerk records "
    "what they said on the submission’s page; where all agreed to the same, import with --publication."
)


@dataclass(frozen=True)
class Target:
    """Where imported evidence goes."""

    inquiry_id: int
    inquiry_slug: str
    call_id: int
    question_id: int
    publication: PublicationChoice = PublicationChoice.NOT_PUBLISHED


@click.group("evidence")
def evidence() -> None:
    """Bring evidence in."""


@evidence.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--inquiry", "inquiry_slug", required=True, help="The inquiry's address, such as localism.")
@click.option("--call", "call_slug", required=True, help="The call's address within the inquiry.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; store nothing.")
@click.option(
    "--publication",
    default=PublicationChoice.NOT_PUBLISHED.value,
    show_default=True,
    type=click.Choice([choice.value for choice in PublicationChoice]),
    help="What all its writers agreed to, where that is known.",
)
@click.option(
    "--columns",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="What a spreadsheet's columns mean, as `evidence columns` wrote it and you settled it.",
)
@click.option(
    "--leave-out-problems", is_flag=True, help="Import the other rows of a spreadsheet that has wrong cells."
)
@click.option("--why-late", default="", help="Why responses are taken that came after the call had closed.")
@with_appcontext
@plain_errors
def import_evidence(
    path: Path,
    *,
    inquiry_slug: str,
    call_slug: str,
    publication: str,
    columns: Path | None,
    why_late: str,
    dry_run: bool,
    leave_out_problems: bool,
) -> None:
    """Import evidence; a second time changes nothing.

    PATH is a folder of documents (.docx, .odt, .rtf, .pdf, .eml, .html, .md, .txt), each a submission; a
    folder of .txt files with a metadata.csv, a units.csv, or a spreadsheet of responses (.xlsx, .csv) from
    Citizen Space, Microsoft Forms, SurveyMonkey, Qualtrics, Jisc Online surveys or elsewhere.
    """
    session, choice = db.session(), PublicationChoice(publication)
    if intake.is_documents(path):
        into = into_call(call_with_questions(session, inquiry_slug, call_slug), choice, why_late)
        import_documents(session, path, into, dry_run=dry_run)
    elif intake.is_spreadsheet(path):
        call = call_with_questions(session, inquiry_slug, call_slug)
        source = opened(session, path, call, choice, columns)
        import_spreadsheet(session, source, dry_run=dry_run, leave_out=leave_out_problems, why_late=why_late)
    else:
        target = replace(find_target(session, inquiry_slug, call_slug), publication=choice)
        import_texts(session, path, target, dry_run=dry_run)


def import_texts(session: Session, path: Path, target: Target, *, dry_run: bool) -> None:
    """Store texts that a table lists; BadInput, and nothing stored, where one of them is wrong."""
    found = intake.read(path)
    plan = intake.plan(found.items, queries.hashes_by_key(session, target.call_id))
    tell_notices(found, plan)
    if found.faults:
        raise BadInput(
            f"nothing was stored. Put right what is listed above ({len(found.faults)}) and run it again.",
            found.faults,
        )
    new_types = service.missing_types(session, [item.respondent_type for item in plan.new], target.inquiry_id)
    tell_plan(path, found, plan, new_types)
    if dry_run:
        click.echo("Dry run: nothing was stored.")
    elif plan.new:
        store(plan.new, target)


@evidence.command("columns")
@click.argument("path", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--inquiry", "inquiry_slug", required=True, help="The inquiry's address, such as localism.")
@click.option("--call", "call_slug", required=True, help="The call's address within the inquiry.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The CSV file to write.")
@with_appcontext
@plain_errors
def columns_of(path: Path, inquiry_slug: str, call_slug: str, out: Path) -> None:
    """Write what each column of a spreadsheet seems to mean, for you to change and give to the import."""
    session = db.session()
    call = call_with_questions(session, inquiry_slug, call_slug)
    write_columns(opened(session, path, call, PublicationChoice.NOT_PUBLISHED, None), out)


@evidence.command("extract")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Everything found, as JSON on standard output.")
@plain_errors
def extract_text(file: Path, *, as_json: bool) -> None:
    """Show the text of a document as evidence would be read from it; stores nothing."""
    if not file.is_file():
        raise BadInput(f"{file}: there is no such file.")
    try:
        found = extract(file)
    except OSError as error:
        raise BadInput(f"{file}: cannot be read ({error.strerror}).") from error
    if as_json:
        click.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=2))
        return
    if found.text:
        click.echo(found.text)
    if found.message:
        say(f"{found.outcome.value.capitalize()}: {found.message}")


def find_target(session: Session, inquiry_slug: str, call_slug: str) -> Target:
    """Return where to put the evidence; its words answer the call's first free-text question."""
    inquiry = inquiry_by_slug(session, inquiry_slug)
    call: Call = call_with_questions(session, inquiry_slug, call_slug)
    questions = [each.id for each in call.questions if each.kind is QuestionKind.FREE_TEXT]
    if not questions:
        raise BadInput(f"The call “{call_slug}” has no free-text question to hold the words. Add one first.")
    return Target(inquiry.id, inquiry.slug, call.id, questions[0])


def tell_notices(found: intake.Intake, plan: intake.Plan) -> None:
    """Say what the reader should know, on standard error."""
    say(*(f"Notice: {notice}" for notice in found.notices))
    for key in plan.changed:
        say(f"Notice: {key}: was imported before with other words, which are kept; these are left out.")


def tell_plan(path: Path, found: intake.Intake, plan: intake.Plan, new_types: Sequence[str]) -> None:
    """Say what will happen."""
    click.echo(
        f"Read {counted(len(found.items), 'submission')} with {counted(found.words, 'word')} from {path}."
    )
    click.echo(
        f"New: {len(plan.new):,}. Already there: {plan.unchanged:,}. "
        f"Already there with other words, left as they are: {len(plan.changed):,}."
    )
    if new_types:
        click.echo(f"New respondent types: {'; '.join(new_types)}.")


def store(items: list[intake.Item], target: Target) -> None:
    """Store items in batches; one that is broken off goes on where it stopped when run again."""
    received: list[service.Received] = []
    with progress(len(items), "Storing submissions") as advance:
        for batch in batches(items, SUBMISSIONS_A_TRANSACTION):
            with transaction() as session:
                received.append(store_batch(session, batch, target))
            advance(len(batch))
    references = [reference for each in received for reference in each.references]
    if references:
        span = " to ".join(dict.fromkeys([references[0], references[-1]]))
        click.echo(f"Stored {counted(len(references), 'submission')}, {span}.")
        unknown = target.publication is PublicationChoice.NOT_PUBLISHED
        click.echo(
            CONSENT if unknown else f"Publication choice: {PUBLICATION_WORDS[target.publication].lower()}."
        )
        click.echo(f"Next: flask --app wsgi suggest --inquiry {target.inquiry_slug}")


def store_batch(session: Session, items: list[intake.Item], target: Target) -> service.Received:
    """Store one batch with the respondent types it needs."""
    at = now()
    names = [item.respondent_type for item in items]
    service.add_missing_types(session, names, inquiry_id=target.inquiry_id, actor=SYSTEM, at=at)
    types = service.types_by_name(session, target.inquiry_id)
    given = [as_given(item, service.known_type(types, item.respondent_type), target) for item in items]
    return service.receive_many(session, given, inquiry_id=target.inquiry_id, actor=SYSTEM, at=at)


def as_given(item: intake.Item, respondent_type_id: int | None, target: Target) -> service.GivenEvidence:
    """Return an item as evidence given."""
    return service.GivenEvidence(
        call_id=target.call_id,
        name="",
        organisation=item.organisation,
        email="",
        respondent_type_id=respondent_type_id,
        place_id=None,
        publication=target.publication,
        language="en",
        title=item.title,
        answers=(service.GivenAnswer(target.question_id, item.text),),
        channel=Channel.IMPORTED,
        external_key=item.key,
    )


commands = [evidence]
