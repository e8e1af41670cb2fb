"""Open a CSV file or an Excel workbook and give its rows as text, one by one."""

import csv
import marshal
import os
import zipfile
import zlib
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, BinaryIO, TextIO
from weakref import finalize

from consult.foundation.errors import BadInput

LONGEST_CELL = 1_000_000
MOST_COLUMNS = 1_000
# 100,000 long answers unpack to some hundred megabytes; text packs to a tenth, rarely to a fiftieth.
MOST_UNPACKED = 1_500_000_000
MOST_RATIO = 200
ROWS_A_BLOCK = 200
_LOOKED_AT = 200_000
_DELIMITERS = ",;\t|"
_WORKBOOK = "xl/workbook.xml"
# What zipfile raises of an archive that is damaged, or has a password or a packing that it does not know.
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError)
# What openpyxl and the parser below it raise besides; a ParseError is a SyntaxError.
UNREADABLE = (*DAMAGED, LookupError, ValueError, TypeError, OSError, SyntaxError)


@dataclass(frozen=True)
class Row:
    """A row of cells as text; `number` counts as a spreadsheet does, from 1."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """A table that can be read as often as needed; `format` says how it was understood."""

    name: str
    format: str
    open_rows: Callable[[], Iterator[Row]]


def open_sheet(path: Path, name: str = "") -> Sheet:
    """Return the first sheet of a workbook, or a CSV file; BadInput says how to save what is neither.

    `name` is what its giver calls it, where it does not lie under that name.
    """
    name = name or path.name
    with path.open("rb") as file:
        start = file.read(8)
    if not start:
        raise BadInput(f"{name} is empty. It needs a row of headings and a row for each response.")
    if start.startswith(b"PK\x03\x04"):
        return _workbook(path, name)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadInput(
            f"{name} is an old Excel workbook (.xls) or has a password. "
            "Open it, and save it as .xlsx without a password."
        )
    return _text_table(path, name)


def _workbook(path: Path, name: str) -> Sheet:
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_bombs(archive, name)
            _refuse_declarations(archive, name)
            if _WORKBOOK not in archive.namelist():
                raise BadInput(f"{name} is not a spreadsheet. Save it as .xlsx or as CSV.")
    except DAMAGED:
        raise BadInput(f"{name} is damaged or cut off. Save it again and give that file.") from None
    return Sheet(name, "Excel workbook", _Workbook(path, name).rows)


def _refuse_bombs(archive: zipfile.ZipFile, name: str) -> None:
    packed = sum(entry.compress_size for entry in archive.infolist())
    unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > MOST_UNPACKED or unpacked > MOST_RATIO * max(packed, 50_000):
        raise BadInput(f"{name} unpacks to more than a spreadsheet of responses can hold. Save it as CSV.")


def _refuse_declarations(archive: zipfile.ZipFile, name: str) -> None:
    """Refuse parts that declare entities: no program writes any here, and they can unfold endlessly."""
    for entry in archive.namelist():
        if entry.endswith((".xml", ".rels")):
            with archive.open(entry) as part:
                start = part.read(_LOOKED_AT).replace(b"\x00", b"").upper()
            if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
                raise BadInput(f"{name} holds declarations that no spreadsheet needs. Save it again as CSV.")


class _Workbook:
    """The rows of a workbook's first sheet: taken from its XML once, then from a file that nobody sees.

    Taking a row from XML costs some ten times what reading it again does, and rows are checked before they
    are stored.
    """

    def __init__(self, path: Path, name: str) -> None:
        self._path = path
        self._name = name
        self._taken: tuple[IO[bytes], list[tuple[int, int]]] | None = None

    def rows(self) -> Iterator[Row]:
        if self._taken is None:
            yield from self._take()
            return
        file, blocks = self._taken
        for start, size in blocks:
            for number, cells in marshal.loads(os.pread(file.fileno(), size, start)):  # noqa: S302  # our own bytes
                yield Row(number, cells)

    def _take(self) -> Iterator[Row]:
        # Without a name from the beginning, so it goes with its process, however that ends.
        with ExitStack() as left_early:
            file = left_early.enter_context(TemporaryFile())
            blocks, rows = [], _workbook_rows(self._path, self._name)
            while block := list(islice(rows, ROWS_A_BLOCK)):
                taken = marshal.dumps([(row.number, row.cells) for row in block])
                blocks.append((file.tell(), file.write(taken)))
                yield from block
            file.flush()
            left_early.pop_all()
        finalize(self, file.close)
        self._taken = file, blocks


def _workbook_rows(path: Path, name: str) -> Iterator[Row]:
    from openpyxl import load_workbook  # noqa: PLC0415  # half a second, only for who imports a workbook

    # A path would have to end as a workbook's does; a file in the store has no ending.
    with path.open("rb") as file:
        try:
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        except UNREADABLE:
            raise BadInput(
                f"{name} cannot be read as a workbook. Save it again as .xlsx or as CSV."
            ) from None
        try:
            sheet = next(iter(book.worksheets), None)
            if sheet is None:
                raise BadInput(f"{name} has no sheet with cells.")
            # Some programs write a wrong size into the file, which would cut rows off.
            sheet.reset_dimensions()
            yield from _rows_of(sheet, name)
        finally:
            book.close()


def _rows_of(sheet: Any, name: str) -> Iterator[Row]:
    """Give the rows of a sheet; what is damaged shows only when its row is reached."""
    number = 0
    try:
        for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
            yield Row(number, tuple(_as_text(cell) for cell in cells[:MOST_COLUMNS]))
    except UNREADABLE:
        raise BadInput(
            f"{name} is damaged after row {number}. Open it, and save it again as .xlsx or as CSV."
        ) from None


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    # Excel writes control characters as _x000D_ and the like.
    return str(value).replace("_x000D_\n", "\n").replace("_x000D_", "\n")


def _text_table(path: Path, name: str) -> Sheet:
    with path.open("rb") as file:
        encoding = _encoding_of(file, name)
    with path.open(encoding=encoding, newline="", errors="strict") as text:
        delimiter = _delimiter_of(text.read(_LOOKED_AT))
    parted = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}[delimiter]
    return Sheet(
        name,
        f"CSV, {_ENCODING_WORDS[encoding]}, parted by {parted}",
        lambda: _csv_rows(path, name, encoding, delimiter),
    )


_ENCODING_WORDS = {
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1252": "Windows text (cp1252)",
}


def _encoding_of(file: BinaryIO, name: str) -> str:
    start = file.read(4096)
    if start.startswith(BOM_UTF8):
        return "utf-8-sig"
    if start.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return "utf-16"
    # Without a byte order mark every other byte of Western text in UTF-16 is nought.
    if start[1::2].count(0) > len(start) / 4:
        return "utf-16-le"
    if start[0::2].count(0) > len(start) / 4:
        return "utf-16-be"
    for encoding in ("utf-8-sig", "cp1252"):
        if _decodes(file, encoding):
            return encoding
    raise BadInput(
        f"{name} is neither a workbook nor text in UTF-8, UTF-16 or Windows text. Save it as CSV UTF-8."
    )


def _decodes(file: BinaryIO, encoding: str) -> bool:
    decoder = getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while block := file.read(1 << 20):
            if b"\x00" in block:
                return False
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter_of(start: str) -> str:
    """Return what parts the columns: the sign that gives every row one width, and the widest of these."""

    def evenness(delimiter: str) -> tuple[bool, int]:
        # The last line of what was looked at may be cut off.
        records = list(csv.reader(start.splitlines(keepends=True)[:50], delimiter=delimiter))[:20]
        widths = [len(record) for record in records[:-1] or records if record]
        return len(set(widths)) == 1 and widths[0] > 1, max(widths, default=0)

    csv.field_size_limit(LONGEST_CELL)
    return max(_DELIMITERS, key=evenness)


def _csv_rows(path: Path, name: str, encoding: str, delimiter: str) -> Iterator[Row]:
    csv.field_size_limit(LONGEST_CELL)  # some answers are longer than the module's 131,072 characters
    with path.open(encoding=encoding, newline="") as file:
        yield from _numbered(file, name, delimiter)


def _numbered(file: TextIO, name: str, delimiter: str) -> Iterator[Row]:
    number = 0
    try:
        for number, cells in enumerate(csv.reader(file, delimiter=delimiter, strict=True), 1):
            if len(cells) > MOST_COLUMNS:
                raise BadInput(
                    f"{name}, row {number}: has {len(cells):,} columns; {MOST_COLUMNS:,} is the most."
                )
            yield Row(number, tuple(cells))
    except csv.Error as error:
        raise BadInput(
            f"{name}, row {number + 1}: is not well-formed CSV ({error}). Is a quotation mark missing?"
        ) from None
    except UnicodeError:
        raise BadInput(f"{name}, after row {number}: the text breaks off inside a character.") from None
