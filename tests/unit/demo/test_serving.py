"""The server that `./run` starts, really listening."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request
from flask_migrate import upgrade
from waitress import wasyncore

from consult.demo import commands, serving
from consult.demo.seed import make_people
from consult.demo.serving import HOST, reserve, server_options
from consult.demo.sharing import SharingServer, sharing_server
from consult.foundation.database import db, transaction
from consult.foundation.errors import ConsultError
from tests.builders import Builder

ROOT = Path(__file__).resolve().parents[3]
PATIENCE_SECONDS = 60


@pytest.mark.parametrize(("proxies", "seen"), [(1, ("192.0.2.7", "https")), (0, (HOST, "http"))])
def test_what_a_proxy_says_of_the_reader_is_believed_only_when_told_so(
    fresh_app: Callable[..., Flask], proxies: int, seen: tuple[str, str]
) -> None:
    app, met = fresh_app(proxies=proxies), []
    app.before_request(lambda: met.append((request.remote_addr, request.scheme)))
    listening = reserve(0)
    server = sharing_server(app, listening, **server_options(app))
    serving = threading.Thread(target=server.run, daemon=True)
    serving.start()
    try:
        connection = http.client.HTTPConnection(*listening.getsockname(), timeout=PATIENCE_SECONDS)
        connection.request(
            "GET", "/sign-in", headers={"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https"}
        )
        connection.getresponse().read()
        connection.close()
    finally:
        stop(server, serving)
    assert met == [seen]


@pytest.fixture
def running(fresh_app: Callable[..., Flask]) -> Iterator[tuple[SharingServer, Flask, tuple[str, int]]]:
    """Give a server that has one thread, really listening."""
    app = fresh_app()
    listening = reserve(0)
    server = sharing_server(app, listening, **{**server_options(app), "threads": 1})
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield server, app, listening.getsockname()
    stop(server, thread)


def test_a_thread_that_is_busy_keeps_no_other_from_answering(fresh_app: Callable[..., Flask]) -> None:
    app, listening = fresh_app(), reserve(0)
    may_go, begun = threading.Event(), threading.Event()

    def hold() -> None:
        if request.path == "/accessibility":
            begun.set()
            may_go.wait(PATIENCE_SECONDS)

    app.before_request(hold)
    server = sharing_server(app, listening, **{**server_options(app), "threads": 2})
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    port = listening.getsockname()[1]
    slow = threading.Thread(target=answers, args=(port, "/accessibility"))
    slow.start()
    begun.wait(PATIENCE_SECONDS)
    # Asked of the server itself, for a clock would say little on a busy machine.
    until(lambda: not server.task_dispatcher.queue)
    assert server.readable()
    assert answers(port, "/sign-in")
    may_go.set()
    slow.join(PATIENCE_SECONDS)
    stop(server, thread)


@pytest.mark.parametrize("asked", ["1.0 keep-alive", "1.1 keep-alive", "1.1 close"])
def test_each_answer_says_once_that_the_connection_ends(
    running: tuple[SharingServer, Flask, tuple[str, int]], asked: str
) -> None:
    version, connection = asked.split()
    with socket.create_connection(running[2], PATIENCE_SECONDS) as line:
        line.sendall(f"GET /sign-in HTTP/{version}\r\nHost: x\r\nConnection: {connection}\r\n\r\n".encode())
        head = b"".join(iter(lambda: line.recv(65536), b"")).partition(b"\r\n\r\n")[0].lower()
    assert head.count(b"\r\nconnection:") == 1
    assert b"keep-alive" not in head


def test_a_connection_ends_with_its_answer_so_that_another_process_may_give_the_next(
    running: tuple[SharingServer, Flask, tuple[str, int]],
) -> None:
    connection = http.client.HTTPConnection(*running[2], timeout=PATIENCE_SECONDS)
    connection.request("GET", "/sign-in")
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Connection"]) == (200, "close")
    connection.close()


def test_a_server_takes_no_more_than_it_can_begin_and_leaves_the_rest_to_others(
    running: tuple[SharingServer, Flask, tuple[str, int]],
) -> None:
    server, app, address = running
    may_go = threading.Event()
    app.before_request(lambda: may_go.wait(PATIENCE_SECONDS) and None)
    sent = [threading.Thread(target=answers, args=(address[1],)) for _ in range(20)]
    for thread in sent:
        thread.start()
    # One is being answered and one waits for the thread; some may have been taken before it was woken.
    until(lambda: len(server.task_dispatcher.queue) > 0)
    time.sleep(0.3)
    taken = len(server.active_channels)
    may_go.set()
    for thread in sent:
        thread.join(PATIENCE_SECONDS)
    assert not any(thread.is_alive() for thread in sent)
    assert taken < len(sent) / 2


def test_what_a_page_takes_the_server_lets_through(fresh_app: Callable[..., Flask]) -> None:
    app = fresh_app()
    most = [getattr(view, "largest_post", 0) for view in app.view_functions.values()]
    assert max(most) > app.config["MAX_CONTENT_LENGTH"]
    assert server_options(app)["max_request_body_size"] > max(most)


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
    monkeypatch.setattr(commands, "reserve", lambda _port: reserve(0))
    monkeypatch.setattr(serving, "how_many", lambda: 1)
    monkeypatch.setattr(serving, "start_embedded", lambda _app: None)
    open_while_serving: list[bool] = []

    def serve(_app: Flask, *, sockets: list[socket.socket], **_options: Any) -> None:
        open_while_serving.append(db.session.registry.has())
        sockets[0].close()

    monkeypatch.setattr(serving, "serve_forever", serve)
    result = app.test_cli_runner().invoke(args=["serve"])
    assert result.exit_code == 0
    assert ("Demo accounts" in result.output) is are_there
    # A snapshot kept open would let the write-ahead log grow for ever, with erased words in it.
    assert open_while_serving == [False]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere nothing is forked")
def test_the_demo_is_made_where_the_processes_that_serve_do_not_come_from(app: Flask, tmp_path: Path) -> None:
    told = tmp_path / "process"
    with app.app_context():
        serving.in_a_process_of_its_own(lambda: told.write_text(str(os.getpid())) and None)
        with pytest.raises(ConsultError, match="could not be made"):
            serving.in_a_process_of_its_own(lambda: 1 // 0 and None)
    assert int(told.read_text()) != os.getpid()


def test_a_port_that_is_taken_is_said_plainly_and_nothing_is_made(fresh_app: Callable[..., Flask]) -> None:
    with reserve(0) as taken:
        taken.listen()
        result = fresh_app().test_cli_runner().invoke(args=["serve", "--port", str(taken.getsockname()[1])])
    assert result.exit_code == 2
    assert "cannot be used" in result.stderr
    assert "Making the demo" not in result.output


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere one process serves")
def test_the_processes_that_serve_pages_end_with_the_first_one_even_when_it_is_killed(tmp_path: Path) -> None:
    with reserve(0) as probe:
        port = probe.getsockname()[1]
    serve = [sys.executable, "-m", "flask", "--app", "wsgi", "serve", "--no-demo", "--port", str(port)]
    log = (tmp_path / "serve.log").open("wb")
    environment = {**os.environ, "CONSULT_INSTANCE": str(tmp_path)}
    with log, subprocess.Popen(serve, cwd=ROOT, env=environment, stdout=log, stderr=log) as first:
        until(lambda: answers(port))
        children = Path(f"/proc/{first.pid}/task/{first.pid}/children").read_text().split()
        assert len(children) >= 2
        first.send_signal(signal.SIGKILL)
        first.wait(PATIENCE_SECONDS)
    until(lambda: not any(is_running(int(child)) for child in children))
    assert not answers(port)


def stop(server: SharingServer, thread: threading.Thread) -> None:
    """Close a server when its last answer has gone out, for its threads would write to what is closed."""
    until(lambda: not server.active_channels)
    until(lambda: server.task_dispatcher.active_count == 0)
    # In the server's own thread: closed from another one, its loop would stumble over what is gone.
    server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map))
    thread.join(PATIENCE_SECONDS)
    server.task_dispatcher.shutdown()


def answers(port: int, path: str = "/") -> bool:
    """Tell whether a page comes."""
    connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def is_running(process: int) -> bool:
    """Tell whether a process is there that has not ended."""
    status = Path(f"/proc/{process}/stat")
    try:
        return status.read_text().rpartition(") ")[2][0] not in "ZX"
    except OSError:
        return False


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)
