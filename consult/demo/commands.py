"""`flask serve`: everything that `./run` does once the packages are there."""

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade

from consult.demo.seed import ACCOUNTS, PASSWORD, has_accounts, is_empty, seed
from consult.demo.serving import HOST, in_a_process_of_its_own, reserve, serve_from
from consult.foundation.commands import plain_errors


@click.command("serve")
@click.option(
    "--port", default=5000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on."
)
@click.option("--demo/--no-demo", default=True, help="Fill an empty database with the demo inquiry.")
@with_appcontext
@plain_errors
def serve(port: int, *, demo: bool) -> None:
    """Migrate, seed the demo if there is no inquiry, and serve with an embedded worker."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # werkzeug's proxy
    # First: where something else listens there, nothing is made.
    listening = reserve(port)
    upgrade()
    if demo and is_empty():
        click.echo("Making the demo inquiry; this happens once.")
        in_a_process_of_its_own(lambda: seed(lambda step: click.echo(f"  {step} …")))
    click.echo(welcome(app, port, demo=demo and has_accounts()))
    serve_from(app, listening)


def welcome(app: Flask, port: int, *, demo: bool) -> str:
    """Return what is printed once the site is about to answer."""
    lines = [app.extensions["consult.durability"], f"Open http://{HOST}:{port}/ (stop with Ctrl-C)."]
    if demo:
        lines += [f"Demo accounts, all with the password “{PASSWORD}”:"]
        lines += [f"  {account.email:<32} {account.role}" for account in ACCOUNTS]
    return "\n".join(lines)


commands = [serve]
