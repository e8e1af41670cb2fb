"""The server that `./run` starts, really listening."""

import http.client
import threading
from collections.abc import Callable

import pytest
import waitress
from flask import Flask, request

from consult.demo.commands import HOST, server_options


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
