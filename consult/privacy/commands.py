"""`flask privacy …`: erase again what a restored copy brought back; apply the schedule of retention."""

import click
from flask.cli import with_appcontext

from consult.foundation.clock import now
from consult.foundation.commands import PlainCommand, counted, plain_errors
from consult.foundation.database import db, transaction
from consult.privacy import jobs, service
from consult.privacy.rules import RetentionKind

DUE_WORDS = {
    RetentionKind.ADDRESSES: "e-mail addresses of {count} respondents",
    RetentionKind.NOT_COUNTED: "{count} submissions out of scope or withdrawn",
    RetentionKind.ORIGINALS: "originals of {count} files",
    RetentionKind.REASONS: "reasons in the audit log",
}


@click.group("privacy")
def privacy() -> None:
    """Erasures and how long things are kept."""


@privacy.command("replay", cls=PlainCommand)
@with_appcontext
@plain_errors
def replay() -> None:
    """Erase again, in a restored database, what was erased since the copy was made."""
    ordered = jobs.replay(at=now())
    waiting = list(service.unfinished(db.session()))
    for erasure_id in waiting:
        jobs.carry_out_erasure(erasure_id)
    click.echo(
        f"{counted(ordered, 'erasure')} ordered again, {counted(len(waiting), 'erasure')} carried out."
    )


@privacy.command("retention", cls=PlainCommand)
@click.option("--dry-run", is_flag=True, help="Only say what may be kept no longer; erase nothing.")
@with_appcontext
@plain_errors
def retention(*, dry_run: bool) -> None:
    """Erase what may be kept no longer; workers do it every hour by themselves."""
    if dry_run:
        due = service.what_is_due(db.session(), at=now())
    else:
        with transaction() as session:
            due = service.apply_retention(session, at=now())
    for each in due:
        click.echo(f"{each.inquiry}: {DUE_WORDS[each.kind].format(count=len(each.targets))}")
    if not due:
        click.echo("Nothing is due.")
    if not dry_run:
        for erasure_id in list(service.unfinished(db.session())):
            jobs.carry_out_erasure(erasure_id)


commands = [privacy]
