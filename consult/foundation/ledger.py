"""The list of erasures that is kept beside the database, so that a restored copy can be erased again.

A line is a JSON object: ids, references and times, never a word of what was erased. A line is on disk before
the first word goes. Where the folder of the instance is restored as a whole, CONSULT_ERASURE_LEDGER should
name a place outside it (docs/operate/privacy.md).
"""

import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import current_app

from consult.foundation.files import flush_folder

FILE = "erasures.jsonl"


class Ledger:
    """A file of one line an erasure, only ever added to."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def entries(self) -> Iterator[dict[str, Any]]:
        """Yield what is written there, the oldest first; a line that a crash cut short is passed over."""
        if not self.path.is_file():
            return
        for line in self.path.read_text("utf-8").splitlines():
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            if isinstance(entry, dict) and "key" in entry:
                yield entry

    def add(self, entry: dict[str, Any]) -> bool:
        """Add a line unless its key is there, and return once the disk has it; tell whether it was new."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if any(known["key"] == entry["key"] for known in self.entries()):
                return False
            # Begins on a line of its own, whatever a crash left of the one before.
            os.write(handle, f"\n{json.dumps(entry, sort_keys=True)}\n".encode())
            os.fsync(handle)
        finally:
            os.close(handle)
        flush_folder(self.path.parent)
        return True


def ledger() -> Ledger:
    """Return the ledger of this instance."""
    settings = current_app.config["CONSULT"]
    return Ledger(Path(settings.erasure_ledger) if settings.erasure_ledger else settings.instance / FILE)
