"""`flask drafts erase-expired`: at once, what workers do every hour by themselves."""

import click
from flask.cli import with_appcontext

from consult.foundation.clock import now
from consult.foundation.commands import PlainCommand, plain_errors
from consult.foundation.database import transaction
from consult.foundation.security import SYSTEM
from consult.respond.service import erase_expired_drafts


@click.group("drafts")
def drafts() -> None:
    """Drafts of evidence not yet sent."""


@drafts.command("erase-expired", cls=PlainCommand)
@with_appcontext
@plain_errors
def erase_expired() -> None:
    """Erase drafts whose call closed more than 14 days ago."""
    with transaction() as session:
        count = erase_expired_drafts(session, actor=SYSTEM, at=now())
    drafts_erased = "1 draft" if count == 1 else f"{count} drafts"
    click.echo(f"{drafts_erased} with unsent answers erased.")


commands = [drafts]
