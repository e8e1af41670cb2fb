"""`flask serve`: everything that `./run` does once the packages are there."""

from typing import Any

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from waitress import serve as serve_forever

from consult.demo.seed import ACCOUNTS, PASSWORD, has_accounts, is_empty, seed
from consult.foundation.commands import plain_errors
from consult.foundation.database import db
from consult.foundation.jobs.service import start_embedded

HOST = "127.0.0.1"
THREADS = 8
# Above our own limit, so that our page tells what to do; below what would fill a disk.
LARGEST_BODY = 64 * 1024 * 1024


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
    upgrade()
    if demo and is_empty():
        click.echo("Making the demo inquiry; this happens once.")
        seed(lambda step: click.echo(f"  {step} …"))
    click.echo(welcome(app, port, demo=demo and has_accounts()))
    # What was read above would stay an open snapshot while we serve, and the write-ahead log only grow.
    db.session.remove()
    start_embedded(app)
    serve_forever(app, **server_options(app, port))


def server_options(app: Flask, port: int) -> dict[str, Any]:
    """Return how waitress serves: by itself it would hide from us what a proxy says of the reader."""
    proxies: int = app.config["CONSULT"].proxies
    return {
        "host": HOST,
        "port": port,
        "threads": THREADS,
        "ident": None,
        "max_request_body_size": LARGEST_BODY,
        "clear_untrusted_proxy_headers": proxies == 0,
    }


def welcome(app: Flask, port: int, *, demo: bool) -> str:
    """Return what is printed once the site is about to answer."""
    lines = [app.extensions["consult.durability"], f"Open http://{HOST}:{port}/ (stop with Ctrl-C)."]
    if demo:
        lines += [f"Demo accounts, all with the password “{PASSWORD}”:"]
        lines += [f"  {account.email:<32} {account.role}" for account in ACCOUNTS]
    return "\n".join(lines)


commands = [serve]
