"""Files as they were received, each kept once under the hash of its bytes.

docs/adr/0014-documents.md tells why file and folder are flushed before a name is given, and why nothing is
removed that somebody may just have been given again.
"""

import fcntl
import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import IO

from flask import current_app

from consult.foundation.errors import BadInput, NotFound

FOLDER = "files"
PIECE = 1024 * 1024
UNFINISHED = ".incoming-"

_NAME = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class StoredFile:
    """A file that the disk has: the hash of its bytes, and how many there are."""

    sha256: str
    size: int


class TooLarge(BadInput):
    """The file is larger than what is taken; nothing of it was kept."""


class FileStore:
    """A folder of files named by their own SHA-256, two letters deep."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, source: bytes | IO[bytes], *, most: int | None = None) -> StoredFile:
        """Store bytes and return once file and folder are flushed; TooLarge beyond `most` bytes.

        The same bytes given again are written again and take the old one's place, so that nobody who
        was given this name can have it swept away under them.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        incoming = self.folder / f"{UNFINISHED}{secrets.token_hex(8)}"
        try:
            stored = _write(incoming, BytesIO(source) if isinstance(source, bytes) else source, most)
            self._name(incoming, stored.sha256)
        finally:
            incoming.unlink(missing_ok=True)
        return stored

    def _name(self, incoming: Path, sha256: str) -> None:
        place = self.path_of(sha256)
        place.parent.mkdir(exist_ok=True)
        with self._alone():
            incoming.replace(place)
        for folder in (place.parent, self.folder):
            flush_folder(folder)

    def path_of(self, sha256: str) -> Path:
        """Return where a file lies or would lie; only a hash is a name here."""
        if not _NAME.fullmatch(sha256):
            raise NotFound("There is no such file.")
        return self.folder / sha256[:2] / sha256

    def open(self, sha256: str) -> IO[bytes]:
        """Return a file to read; NotFound when the store does not have it."""
        try:
            return self.path_of(sha256).open("rb")
        except FileNotFoundError:
            raise NotFound("The file is not in the store. Ask for it to be sent again.") from None

    def has(self, sha256: str) -> bool:
        """Tell whether a file is there."""
        return self.path_of(sha256).is_file()

    def remove(self, sha256: str) -> None:
        """Remove a file for good, whoever may name it; removing what is not there is nothing."""
        place = self.path_of(sha256)
        with self._alone():
            place.unlink(missing_ok=True)
        if place.parent.is_dir():
            flush_folder(place.parent)

    def remove_idle(self, sha256: str, *, before: datetime) -> bool:
        """Remove a file unless it was kept, for the first time or again, since `before`."""
        place = self.path_of(sha256)
        with self._alone():
            if not place.is_file() or place.stat().st_mtime >= before.timestamp():
                return False
            place.unlink()
        flush_folder(place.parent)
        return True

    def names(self) -> Iterator[str]:
        """Return the hash of every file there."""
        return (path.name for path in sorted(self.folder.glob("??/*")) if _NAME.fullmatch(path.name))

    def remove_unfinished(self, *, before: datetime) -> int:
        """Remove what was being written when its process ended, and return how many there were."""
        idle = [
            path for path in self.folder.glob(f"{UNFINISHED}*") if path.stat().st_mtime < before.timestamp()
        ]
        for path in idle:
            path.unlink(missing_ok=True)
        return len(idle)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let one process at a time give or take a name."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def file_store() -> FileStore:
    """Return the store of this instance."""
    return FileStore(current_app.config["CONSULT"].instance / FOLDER)


def _write(path: Path, source: IO[bytes], most: int | None) -> StoredFile:
    digest, size = hashlib.sha256(), 0
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        while piece := source.read(PIECE):
            size += len(piece)
            if most is not None and size > most:
                raise TooLarge(f"The file is larger than {most // (1024 * 1024)} MB. Send a smaller one.")
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return StoredFile(digest.hexdigest(), size)


def flush_folder(folder: Path) -> None:
    """Make a name durable: a file is lost with its name, whatever was flushed into it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
