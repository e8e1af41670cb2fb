"""`flask worker`: serve the queue from processes of their own."""

import click
from flask import current_app
from flask.cli import with_appcontext

from consult.foundation.jobs.service import run_worker


@click.command("worker")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="How many at once.")
@click.option(
    "--kind", default="process", show_default=True, type=click.Choice(["process", "thread"]),
    help="Processes use every core; threads share one.",
)  # fmt: skip
@with_appcontext
def worker(workers: int, kind: str) -> None:
    """Run queued jobs until told to stop (SIGINT or SIGTERM)."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # werkzeug's proxy
    run_worker(app, workers, kind)


commands = [worker]
