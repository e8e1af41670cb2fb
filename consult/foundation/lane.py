"""One lane for the writers of a SQLite file, in one process or many.

SQLite lets one writer in at a time, but those who wait poll with growing pauses, so under load some
starve for seconds. Here they queue: threads on a lock, processes on a file lock that the system gives
back by itself when its holder is killed.
"""

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from consult.foundation.errors import Busy

PATIENCE_SECONDS = 20.0
POLL_SECONDS = 0.002


class WriteLane:
    """Let one writer through at a time; with no path, everybody passes."""

    def __init__(self, path: str | None) -> None:
        self.path = path
        self._thread_lock = threading.Lock()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the lane while the block runs; raise Busy when it does not come free in time."""
        if self.path is None:
            yield
            return
        deadline = time.monotonic() + PATIENCE_SECONDS
        if not self._thread_lock.acquire(timeout=PATIENCE_SECONDS):
            raise Busy("Many people are saving at once. Nothing was lost; please try again.")
        try:
            with self._file_lock(deadline):
                yield
        finally:
            self._thread_lock.release()

    @contextmanager
    def _file_lock(self, deadline: float) -> Iterator[None]:
        handle = os.open(self.path or "", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            while not _try_lock(handle):
                if time.monotonic() > deadline:
                    raise Busy("Another program is writing. Nothing was lost; please try again.")
                time.sleep(POLL_SECONDS)
            yield
        finally:
            os.close(handle)


def _try_lock(handle: int) -> bool:
    # lockf, not flock: a child forked meanwhile must not inherit the lock, for it would never give it back.
    try:
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
