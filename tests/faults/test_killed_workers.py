"""A job whose worker is killed with kill -9 runs again: on SQLite, PostgreSQL and Redis, really."""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade

from consult.foundation.clock import now
from consult.foundation.config import sqlite_url
from consult.foundation.database import db, transaction
from consult.foundation.jobs import queue
from consult.foundation.jobs.models import Job
from consult.foundation.jobs.names import FINISHED, JobName, JobState
from tests.conftest import skip_or_fail

ROOT = Path(__file__).resolve().parents[2]
# Far more than it takes: other work on the same cores must not look like a fault.
PATIENCE_SECONDS = 120.0


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a Redis server that this run started, on a socket of its own."""
    program = shutil.which("redis-server")
    if program is None:
        skip_or_fail("there is no redis-server on this machine")
    folder = tmp_path_factory.mktemp("redis")
    socket = folder / "redis.sock"
    log = folder / "redis.log"
    words = [
        "--port",
        "0",
        "--unixsocket",
        str(socket),
        "--save",
        "",
        "--dir",
        str(folder),
        "--logfile",
        str(log),
    ]
    server = subprocess.Popen([program or "", *words])
    wait_until(socket.exists, log)
    yield f"unix://{socket}"
    server.terminate()
    server.wait(timeout=PATIENCE_SECONDS)


@pytest.fixture(params=["sqlite", "postgresql", "redis"])
def queue_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the address of an empty queue on one of the three engines."""
    if request.param == "redis":
        return str(request.getfixturevalue("redis_url"))
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_server"))
    return sqlite_url(tmp_path / "queue.db")


def wait_until(condition: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, log.read_text()[-3000:]
        time.sleep(0.05)


class Workers:
    """Worker processes started by one test, each in its own process group."""

    def __init__(self, app: Flask, folder: Path, queue_url: str, kind: str) -> None:
        url = app.config["SQLALCHEMY_DATABASE_URI"]
        self.command = [sys.executable, str(Path(__file__).with_name("worker_main.py"))]
        self.command += [str(folder), url, queue_url, kind]
        self.log = folder / "worker.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stderr=log,
                stdout=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(timeout=PATIENCE_SECONDS)


def job_state(app: Flask, job_id: int) -> tuple[JobState, int, int]:
    with app.app_context():
        job = db.session.get_one(Job, job_id)
        return job.state, job.attempts, job.progress_done


@pytest.mark.parametrize("kind", ["embedded", "process"])
def test_a_killed_job_runs_again(
    fresh_app: Callable[..., Flask], tmp_path: Path, queue_url: str, kind: str, engine_name: str
) -> None:
    app = fresh_app(queue_url=queue_url)
    steps = tmp_path / "steps.txt"
    with app.app_context():
        upgrade()
        with transaction() as session:
            job_id = queue.enqueue(
                session, JobName.SUGGESTIONS_WANTED, {"token": secrets.token_hex(4)}, at=now()
            ).id
    workers = Workers(app, tmp_path, queue_url, kind)
    try:
        workers.start()
        wait_until(lambda: steps.exists() and steps.read_text().count("\n") >= 3, workers.log)
        workers.kill()
        state, attempts, _ = job_state(app, job_id)
        assert (state, attempts) == (JobState.RUNNING, 1), "it was killed in the middle of its first attempt"
        workers.start()
        wait_until(lambda: job_state(app, job_id)[0] in FINISHED, workers.log)
    finally:
        workers.kill()
    assert job_state(app, job_id) == (JobState.DONE, 2, 8)
    assert steps.read_text().split("\n").count(f"{job_id} 0") == 2
