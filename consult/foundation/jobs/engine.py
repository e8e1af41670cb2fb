"""Delivery of job ids by Huey: on SQLite, PostgreSQL or Redis by one setting, CONSULT_QUEUE_URL."""

from collections.abc import Callable
from typing import Any

from huey.api import Huey, PostgresHuey, RedisHuey, SqliteHuey
from sqlalchemy import make_url

from consult.foundation.errors import BadInput

QUEUE_NAME = "consult"
# More than the second for which a worker waits in one reading of the queue.
REDIS_SECONDS = 5


def make_huey(queue_url: str) -> Huey:
    """Return the engine for an address on sqlite:///, postgresql+psycopg:// or redis://."""
    if queue_url.startswith(("redis:", "rediss:", "unix:")):
        return RedisHuey(QUEUE_NAME, url=with_timeouts(queue_url))
    url = make_url(queue_url)
    if url.get_backend_name() == "sqlite":
        return SqliteHuey(QUEUE_NAME, filename=url.database, fsync=False, strict_fifo=True)
    if url.get_backend_name() == "postgresql":
        plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
        return PostgresHuey(QUEUE_NAME, dsn=plain)
    raise BadInput("CONSULT_QUEUE_URL must start with sqlite:///, postgresql+psycopg:// or redis://")


def with_timeouts(redis_url: str) -> str:
    """Return the address with limits on waiting: a Redis that hangs must not hold up who sends evidence."""
    joint = "&" if "?" in redis_url else "?"
    return f"{redis_url}{joint}socket_timeout={REDIS_SECONDS}&socket_connect_timeout={REDIS_SECONDS}"


class Delivery:
    """Sends job ids to workers."""

    def __init__(self, huey: Huey, run: Callable[[int], None]) -> None:
        self.huey = huey
        self._run: Any = huey.task(name="run_job")(run)

    def send(self, job_id: int) -> None:
        """Hand one committed job to whichever worker is free."""
        self._run(job_id)
