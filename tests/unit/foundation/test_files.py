"""The store of files: named by content, whole or not at all, and never swept from under anybody."""

import hashlib
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest

from consult.foundation.errors import NotFound
from consult.foundation.files import FileStore, TooLarge

WORDS = b"the original, byte for byte"


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


def test_a_file_comes_back_byte_for_byte_under_the_hash_of_its_bytes(store: FileStore):
    stored = store.keep(BytesIO(WORDS))
    assert (stored.sha256, stored.size) == (hashlib.sha256(WORDS).hexdigest(), len(WORDS))
    with store.open(stored.sha256) as file:
        assert file.read() == WORDS


def test_the_same_bytes_are_kept_once(store: FileStore):
    store.keep(WORDS)
    store.keep(WORDS)
    assert len(list(store.names())) == 1


def test_nobody_else_on_the_machine_may_read_a_file(store: FileStore):
    stored = store.keep(WORDS)
    assert store.path_of(stored.sha256).stat().st_mode & 0o077 == 0


def test_what_is_too_large_leaves_nothing_behind(store: FileStore):
    with pytest.raises(TooLarge):
        store.keep(BytesIO(b"x" * 2_000_000), most=1_000_000)
    assert list(store.names()) == []
    assert list(store.folder.glob(".incoming-*")) == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "a" * 63, "a" * 64 + "/x"])
def test_only_a_hash_is_a_name(store: FileStore, name: str):
    with pytest.raises(NotFound):
        store.open(name)


def test_a_file_not_there_is_said_to_be_missing(store: FileStore):
    with pytest.raises(NotFound, match="not in the store"):
        store.open("a" * 64)


def test_a_removed_file_is_gone_and_removing_again_is_nothing(store: FileStore):
    stored = store.keep(WORDS)
    store.remove(stored.sha256)
    store.remove(stored.sha256)
    assert not store.has(stored.sha256)


def test_an_idle_file_is_removed_and_one_given_again_is_not(store: FileStore):
    stored = store.keep(WORDS)
    place = store.path_of(stored.sha256)
    long_ago = datetime(2017, 1, 1, tzinfo=UTC)
    os.utime(place, (long_ago.timestamp(), long_ago.timestamp()))
    store.keep(WORDS)
    assert not store.remove_idle(stored.sha256, before=long_ago + timedelta(days=1))
    os.utime(place, (long_ago.timestamp(), long_ago.timestamp()))
    assert store.remove_idle(stored.sha256, before=long_ago + timedelta(days=1))
    assert not store.has(stored.sha256)


WRITER = """
import sys, os
from pathlib import Path
from consult.foundation.files import FileStore
class Source:
    def __init__(self): self.left = 3
    def read(self, size):
        self.left -= 1
        if not self.left: os._exit(9)
        return b"x" * 1000
FileStore(Path(sys.argv[1])).keep(Source())
"""


def test_a_process_that_ends_while_writing_leaves_no_file_by_any_name(store: FileStore):
    done = subprocess.run([sys.executable, "-c", WRITER, str(store.folder)], check=False)
    assert done.returncode == 9
    assert list(store.names()) == []
    assert store.remove_unfinished(before=datetime.now(UTC) + timedelta(seconds=5)) == 1
    assert list(store.folder.glob(".incoming-*")) == []


def test_file_and_folder_are_flushed_before_the_name_is_given_back(
    store: FileStore, monkeypatch: pytest.MonkeyPatch
):
    """By order of calls: content, then its name, then the folders that hold the name."""
    done: list[str] = []
    real_sync, real_replace = os.fsync, Path.replace

    def sync(handle: int) -> None:
        done.append("folder" if Path(f"/proc/self/fd/{handle}").resolve().is_dir() else "file")
        real_sync(handle)

    def replace(path: Path, target: Path) -> Path:
        done.append("name")
        return real_replace(path, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(Path, "replace", replace)
    store.keep(WORDS)
    assert done == ["file", "name", "folder", "folder"]
