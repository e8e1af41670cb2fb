"""Start the child that reads a document, wait for it with patience that ends, and believe little of it."""

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from consult.evidence.extraction.limits import (
    CHILDREN_AT_ONCE,
    IN_BACKGROUND,
    LARGEST_FILE,
    LARGEST_REPORT,
    LONGEST_NAME,
    WHILE_WAITED_FOR,
    Patience,
)
from consult.evidence.extraction.result import Extraction, refused, unread
from consult.evidence.extraction.words import message_of

CHILD = Path(__file__).with_name("child.py")
PIECE = 1024 * 1024

READY = b"ready\n"
TOO_MUCH = "too-much"

_places = threading.BoundedSemaphore(CHILDREN_AT_ONCE)


class ReaderBroken(Exception):
    """Not the document but our reader does not work: a fault of ours, to be shown as one."""


def extract(
    document: Path | bytes | IO[bytes],
    name: str = "",
    *,
    with_files: bool = False,
    patience: Patience = WHILE_WAITED_FOR,
) -> Extraction:
    """Return the text of a document that a stranger sent, read in a child process with limits.

    `name` is never trusted: it only chooses among kinds that are all plain text, and is told from content
    that contradicts it. Enclosed files come with their bytes where `with_files`. Raises OSError when the
    document cannot be opened, and ReaderBroken where reading does not work at all.
    """
    if isinstance(document, Path):
        name = name or document.name
    with _as_file(document) as file, _places:
        found = _report_of(file, name, patience, with_files=with_files)
    return replace(found, message=message_of(found))


def extract_within(document: bytes, name: str, seconds: float) -> Extraction:
    """Read a document while its sender waits: after so many seconds it is flagged as unread, not refused.

    Waiting until few enough others are being read counts too.
    """
    ends = time.monotonic() + seconds
    found = unread()
    if _places.acquire(timeout=seconds):
        try:
            left = max(ends - time.monotonic(), 0.0)
            patience = replace(WHILE_WAITED_FOR, wall_seconds=min(left, WHILE_WAITED_FOR.wall_seconds))
            with _as_file(document) as file:
                found = _report_of(file, name, patience, with_files=False)
        finally:
            _places.release()
    if TOO_MUCH in found.flags and time.monotonic() >= ends:
        found = unread()
    return replace(found, message=message_of(found))


def extract_patiently(document: IO[bytes], name: str, *, with_files: bool = False) -> Extraction:
    """Read a document in the background: one that is too much at first is tried again with more patience.

    Most are read within the lesser limits, so that a hostile one seldom gets to use the greater.
    """
    found = extract(document, name, with_files=with_files)
    if TOO_MUCH not in found.flags:
        return found
    document.seek(0)
    return extract(document, name, with_files=with_files, patience=IN_BACKGROUND)


@contextmanager
def _as_file(document: Path | bytes | IO[bytes]) -> Iterator[IO[bytes]]:
    """Give a document as a file that a child can inherit; bytes go through one that has no name."""
    if isinstance(document, Path):
        with document.open("rb") as file:
            yield file
    elif isinstance(document, bytes):
        with tempfile.TemporaryFile() as file:
            file.write(document)
            file.seek(0)
            yield file
    else:
        yield document


def _report_of(file: IO[bytes], name: str, patience: Patience, *, with_files: bool) -> Extraction:
    if os.fstat(file.fileno()).st_size > LARGEST_FILE:
        return refused("too-large")
    shown_name = name.encode("utf-8", "replace").decode().replace("\x00", "")[-LONGEST_NAME:]
    limits = (patience.memory, patience.cpu_seconds, LARGEST_FILE)
    child = subprocess.Popen(
        [sys.executable, "-I", str(CHILD), *map(str, limits), shown_name, "1" if with_files else "0"],
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={key: os.environ[key] for key in ("LD_LIBRARY_PATH", "SYSTEMROOT") if key in os.environ},
        cwd="/",
        close_fds=True,
        start_new_session=True,
    )
    try:
        report = _read_within(child, time.monotonic() + patience.wall_seconds)
        child.wait(timeout=patience.wall_seconds)
    except subprocess.TimeoutExpired:
        report = None
    finally:
        _end(child)
    return refused(TOO_MUCH) if report is None else _believed(report)


def _read_within(child: "subprocess.Popen[bytes]", deadline: float) -> bytes | None:
    """Return what the child wrote until it closed its output, or None when it took or wrote too much."""
    pieces: list[bytes] = []
    size = 0
    assert child.stdout is not None  # noqa: S101  # asked for above
    handle = child.stdout.fileno()
    while (left := deadline - time.monotonic()) > 0:
        if not select.select([handle], [], [], left)[0]:
            break
        piece = os.read(handle, PIECE)
        if not piece:
            return b"".join(pieces)
        pieces.append(piece)
        size += len(piece)
        if size > LARGEST_REPORT:
            break
    return None


def _end(child: "subprocess.Popen[bytes]") -> None:
    """End the child and whatever it started."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        child.kill()
    child.wait()
    if child.stdout is not None:
        child.stdout.close()


def _believed(said: bytes) -> Extraction:
    """Return what a child reported; one that was ended by its limits reports nothing after its first word."""
    ready, _, report = said.partition(READY)
    if ready or not said:
        raise ReaderBroken("The process that reads documents does not start on this machine.")
    if not report:
        return refused(TOO_MUCH)
    try:
        values: dict[str, Any] = json.loads(report)
        return Extraction.from_json(values)
    except (ValueError, KeyError, TypeError):
        return refused(TOO_MUCH)
