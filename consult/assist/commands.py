"""`flask suggest`: cut and propose from the command line."""

import sys
from collections.abc import Callable
from typing import TypeVar

import click
from flask.cli import with_appcontext

from consult.assist import bridge
from consult.assist.artefacts import is_kept_whole, runs_kept, state_of
from consult.assist.grouping import group_waiting
from consult.calls.queries import inquiry_by_slug
from consult.coding.queries.runs import one_run
from consult.foundation.commands import plain_errors
from consult.foundation.database import db
from consult.foundation.security import SYSTEM

Result = TypeVar("Result")


@click.command("suggest")
@click.option("--inquiry", "slug", required=True, help="The inquiry's slug.")
@click.option("--again", is_flag=True, help="Also for passages already proposed for, with all decided since.")
@with_appcontext
@plain_errors
def suggest(slug: str, *, again: bool) -> None:
    """Propose codes for every passage not yet proposed for under the present codebook and model."""
    inquiry_id = inquiry_by_slug(db.session(), slug).id
    with_bar("Cutting passages", lambda tell: bridge.cut_waiting(inquiry_id, tell))
    done = with_bar(
        "Proposing codes", lambda tell: bridge.propose_waiting(inquiry_id, tell, actor=SYSTEM, again=again)
    )
    click.echo(summary_of(done))


def summary_of(done: bridge.Proposed) -> str:
    """Return what was done, in a sentence."""
    if done.run_id is None:
        return "Nothing to propose: every passage has been read, or the codebook has no code."
    return (
        f"Run {done.run_id}: {done.suggestions} suggestions for {done.passages} passages; "
        f"on {done.abstained} the machine abstained."
    )


def with_bar(title: str, work: Callable[[bridge.Tell], Result]) -> Result:
    """Do work under a progress bar on standard error."""
    with click.progressbar(length=0, label=title, file=sys.stderr, show_pos=True) as bar:

        def tell(done: int, total: int, _message: str) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        return work(tell)


@click.command("campaigns")
@click.option("--inquiry", "slug", required=True, help="The inquiry's slug.")
@with_appcontext
@plain_errors
def find_campaigns(slug: str) -> None:
    """Group similar letters; what is found waits for a clerk."""
    inquiry_id = inquiry_by_slug(db.session(), slug).id
    done = with_bar(
        "Grouping letters", lambda tell: group_waiting(inquiry_id, tell, actor=SYSTEM, again=True)
    )
    click.echo(f"{done.letters} letters compared; something new was found on {done.changed} of them.")


@click.group("models")
def models() -> None:
    """Look after the models that runs have saved."""


@models.command("check")
@click.option("--inquiry", "slug", required=True, help="The inquiry's slug.")
@with_appcontext
@plain_errors
def check_models(slug: str) -> None:
    """Say of each saved model whether it is what was saved; exits 1 where one is not."""
    inquiry_id = inquiry_by_slug(db.session(), slug).id
    damaged = 0
    for run_id in runs_kept(inquiry_id):
        run = one_run(db.session(), inquiry_id, run_id)
        damaged += not is_kept_whole(inquiry_id, run_id, run.artefact_sha256)
        click.echo(f"Run {run_id}: {state_of(inquiry_id, run_id, run.artefact_sha256)}")
    if damaged:
        raise click.exceptions.Exit(1)


commands = [suggest, find_campaigns, models]
