"""`flask privacy …`: erase again what a restored copy brought back; apply the schedule of retention."""

import click
from flask.cli import with_appcontext

from consult.foundation.clock import now
from consult.foundation.commands import PlainCommand, counted, plain_errors
from consult.foundation.database import db
from consult.privacy import jobs, service


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


commands = [privacy]
