"""The server that `./run` starts, really listening."""

import http.client
import threading
from collections.abc import Callable

import pytest
import waitress
from flask import Flask, request
from flask_migrate import upgrade

from consult.demo import commands
from consult.demo.commands import HOST, server_options
from consult.demo.seed import make_people
from consult.foundation.database import db, transaction
from tests.builders import Builder


@pytest.mark.parametrize(("proxies", "seen"), [(1, ("192.0.2.7", "https")), (0, (HOST, "http"))])
def test_what_a_proxy_says_of_the_reader_is_believed_only_when_told_so(
    fresh_app: Callable[..., Flask], proxies: int, seen: tuple[str, str]
) -> None:
    app, met = fresh_app(proxies=proxies), []
    app.before_request(lambda: met.append((request.remote_addr, request.scheme)))
    server = waitress.create_server(app, **server_options(app, 0))
    serving = threading.Thread(target=server.run, daemon=True)
    serving.start()
    try:
        connection = http.client.HTTPConnection(HOST, server.effective_port, timeout=10)
        connection.request(
            "GET", "/sign-in", headers={"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https"}
        )
        connection.getresponse().read()
        connection.close()
    finally:
        server.close()
        serving.join(10)
    assert met == [seen]


@pytest.mark.parametrize("are_there", [True, False])
def test_demo_accounts_are_named_only_where_they_can_sign_in(
    fresh_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch, *, are_there: bool
) -> None:
    app = fresh_app()
    with app.app_context():
        upgrade()
        with transaction() as session:
            inquiry = Builder(session).inquiry()
            if are_there:
                make_people(inquiry.id)
    monkeypatch.setattr(commands, "start_embedded", lambda _app: None)
    open_while_serving: list[bool] = []
    note = open_while_serving.append
    monkeypatch.setattr(commands, "serve_forever", lambda _app, **_options: note(db.session.registry.has()))
    result = app.test_cli_runner().invoke(args=["serve"])
    assert result.exit_code == 0
    assert ("Demo accounts" in result.output) is are_there
    # A snapshot kept open would let the write-ahead log grow for ever, with erased words in it.
    assert open_while_serving == [False]
