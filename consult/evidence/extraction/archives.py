"""Archives from strangers: nothing is inflated before its table of contents was found bearable."""

import io
import zipfile
import zlib

from consult.evidence.extraction.limits import (
    LARGEST_INFLATED,
    LARGEST_PART,
    MOST_ENTRIES,
    RATIO_COUNTS_FROM,
    STEEPEST_RATIO,
)
from consult.evidence.extraction.result import Refusal

_ENCRYPTED = 0x1
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_LOCAL_HEADER = 30
_END = b"PK\x05\x06"


class Archive:
    """A zip file whose parts are read into memory, never to disk."""

    def __init__(self, data: bytes) -> None:
        _refuse_long_directory(data)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise Refusal("damaged") from error
        self._entries = self._zip.infolist()
        self.names = frozenset(entry.filename for entry in self._entries)

    def check(self) -> None:
        """Raise Refusal unless everything in it may be inflated."""
        if len(self._entries) > MOST_ENTRIES:
            raise Refusal("inflating")
        if len(self.names) != len(self._entries):
            raise Refusal("damaged")  # one name twice: which of them is read would be anybody's guess
        if any(entry.flag_bits & _ENCRYPTED for entry in self._entries):
            raise Refusal("encrypted")
        if any(entry.compress_type not in _METHODS for entry in self._entries):
            raise Refusal("damaged")
        self._refuse_inflating()
        self._refuse_overlapping()

    def _refuse_inflating(self) -> None:
        total = sum(entry.file_size for entry in self._entries)
        steep = any(
            entry.file_size > RATIO_COUNTS_FROM
            and entry.file_size > STEEPEST_RATIO * max(entry.compress_size, 1)
            for entry in self._entries
        )
        if total > LARGEST_INFLATED or steep:
            raise Refusal("inflating")

    def _refuse_overlapping(self) -> None:
        """Entries that share their bytes make a small file inflate without any being steep."""
        spans = sorted((entry.header_offset, entry.compress_size) for entry in self._entries)
        end = 0
        for start, size in spans:
            if start < end:
                raise Refusal("inflating")
            end = start + _LOCAL_HEADER + size

    def has(self, name: str) -> bool:
        """Tell whether there is such a part."""
        return name in self.names

    def read(self, name: str) -> bytes:
        """Return a part, at most as long as its table of contents said; Refusal when it is broken."""
        try:
            if self._zip.getinfo(name).file_size > LARGEST_PART:
                raise Refusal("inflating")
            return self._zip.read(name)
        except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
            raise Refusal("damaged") from error


def _refuse_long_directory(data: bytes) -> None:
    """Look at the number of entries before a library makes an object of each."""
    place = data.rfind(_END)
    if place >= 0 and int.from_bytes(data[place + 10 : place + 12], "little") > MOST_ENTRIES:
        raise Refusal("inflating")
