"""One lane for the writers of a SQLite file, in one process or many.

SQLite lets one writer in at a time, but those who wait poll with growing pauses, so under load some
starve for seconds. Here they queue: threads on a lock, processes on a file lock that the system gives
back by itself when its holder is killed.
"""

import fcntl
import mmap
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from consult.foundation.errors import Busy

PATIENCE_SECONDS = 20.0
POLL_SECONDS = 0.002
# How long a job lets writers of pages pass before it takes its turn all the same.
WAY_SECONDS = 2.0
MOST_COUNTED = 255


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


class WritersOfPages:
    """How many writers of pages wait or write, a count for each process that serves pages, in shared memory.

    Made before these processes are forked. A job writes for nobody who waits: it lets them pass.
    """

    def __init__(self, processes: int) -> None:
        self._counts = mmap.mmap(-1, processes)
        self._lock = threading.Lock()

    @contextmanager
    def counted(self, process: int) -> Iterator[None]:
        """Count a writer of this process, whose number nobody else has, while the block runs."""
        self._add(process, 1)
        try:
            yield
        finally:
            self._add(process, -1)

    @contextmanager
    def let_pass(self) -> Iterator[None]:
        """Run the block when no page waits to write, or after two seconds: jobs get on all the same."""
        deadline = time.monotonic() + WAY_SECONDS
        while self.are_there() and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        yield

    def are_there(self) -> bool:
        """Tell whether any page waits to write or writes."""
        return any(self._counts[:])

    def _add(self, process: int, count: int) -> None:
        with self._lock:
            self._counts[process] = min(max(self._counts[process] + count, 0), MOST_COUNTED)
