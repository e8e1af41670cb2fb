"""Read evidence from files into plain values, and list everything wrong with them on the way.

Nothing here stores anything. A fault makes the whole import impossible; a notice is for the reader to know.
"""

import csv
import io
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from consult.evidence.rules import sha256_of, word_count

METADATA = "metadata.csv"
UNITS = "units.csv"
FILE_COLUMNS = ("file", "title", "organisation", "respondent_type")
UNIT_COLUMNS = ("unit_id", "doc_id", "text", "respondent_type_or_source")
TEXT_ENDINGS = frozenset({".txt", ".text"})
LONGEST_TEXT = 5_000_000
LONGEST_TYPE = 200


@dataclass(frozen=True)
class Item:
    """One submission to be: its key where it came from, and its words."""

    key: str
    title: str
    organisation: str
    respondent_type: str
    text: str

    @property
    def sha256(self) -> str:
        """Return the hash that its source text will have."""
        return sha256_of(self.text)


@dataclass
class Intake:
    """What was read from a path, and what was found wrong."""

    items: list[Item] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    @property
    def words(self) -> int:
        """Return how many words were read."""
        return sum(word_count(item.text) for item in self.items)


@dataclass(frozen=True)
class Plan:
    """What an import would do to a call that already has evidence."""

    new: list[Item]
    unchanged: int
    changed: list[str]


@dataclass(frozen=True)
class TableRow:
    """A row of a CSV file; `number` counts as a spreadsheet does, with the header in row 1."""

    number: int
    values: dict[str, str]


def read(path: Path) -> Intake:
    """Return what a folder with metadata.csv, or a units.csv, holds."""
    intake = Intake()
    try:
        _reader_for(path, intake)(path, intake)
    except OSError as error:
        intake.faults.append(f"{path}: cannot be read ({error.strerror}).")
    if not intake.items and not intake.faults:
        intake.faults.append(f"{path}: holds no evidence to import.")
    return intake


def is_spreadsheet(path: Path) -> bool:
    """Tell whether a file is a table of responses: a workbook, or a CSV file that is none of units."""
    if path.suffix.lower() in {".xlsx", ".xlsm", ".tsv"}:
        return path.is_file()
    if path.suffix.lower() != ".csv" or not path.is_file() or path.name == UNITS:
        return False
    with path.open("rb") as file:
        start = file.readline(100_000).replace(b"\x00", b"").decode("cp1252", "replace").casefold()
    return not any(column in start for column in ("unit_id", "doc_id"))


def is_documents(path: Path) -> bool:
    """Tell whether a path is a document, or a folder of documents without a table of what they are."""
    if path.is_dir():
        return not (path / METADATA).exists() and not (path / UNITS).exists()
    return path.is_file() and path.suffix.lower() not in {".csv", ".tsv", ".xlsx", ".xlsm", ".xls"}


def plan(items: list[Item], known: Mapping[str, str]) -> Plan:
    """Compare what was read with the hashes already there, by key."""
    new = [item for item in items if item.key not in known]
    changed = [item.key for item in items if known.get(item.key, item.sha256) != item.sha256]
    return Plan(new, len(items) - len(new) - len(changed), changed)


def _reader_for(path: Path, intake: Intake) -> Callable[[Path, Intake], None]:
    if not path.exists():
        intake.faults.append(f"{path}: there is no such file or folder.")
    elif (path / METADATA).exists():
        return _read_folder
    elif (path / UNITS).exists():
        return lambda folder, given: _read_units(folder / UNITS, given)
    elif path.suffix.lower() == ".csv":
        return _read_units
    else:
        intake.faults.append(f"{path}: give a folder, a document, or a CSV file of units.")
    return lambda _path, _intake: None


def _read_folder(folder: Path, intake: Intake) -> None:
    rows = read_table(folder / METADATA, FILE_COLUMNS, intake)
    _check_unique(rows, "file", METADATA, intake)
    for row in rows:
        _read_file(folder, row, intake)
    named = {row.values["file"].strip() for row in rows}
    present = {each.name for each in folder.iterdir() if each.suffix.lower() in TEXT_ENDINGS}
    intake.notices += [f"{name}: not named in {METADATA}, so left out." for name in sorted(present - named)]


def _read_file(folder: Path, row: TableRow, intake: Intake) -> None:
    name, where = row.values["file"].strip(), f"{METADATA}, row {row.number}"
    file = folder / name
    fault = _fault_of_name(folder, name)
    if fault:
        intake.faults.append(f"{where}: {fault}")
        return
    text = _text_of(file, f"{where}: {name}", intake)
    if text is None:
        return
    if not text.strip():
        intake.notices.append(f"{where}: {name} is empty, so left out.")
        return
    values = {column: row.values[column].strip() for column in FILE_COLUMNS}
    item = Item(name, values["title"], values["organisation"], values["respondent_type"], text)
    _add(item, where, intake)


def _text_of(file: Path, where: str, intake: Intake) -> str | None:
    try:
        return decoded(file.read_bytes(), where, intake)
    except OSError as error:
        intake.faults.append(f"{where}: cannot be read ({error.strerror}).")
        return None


def _fault_of_name(folder: Path, name: str) -> str:
    file = folder / name
    if not name:
        return "names no file."
    if not file.resolve().is_relative_to(folder.resolve()):
        return f"{name} lies outside the folder."
    if not file.is_file():
        return f"there is no file {name} in the folder."
    if file.suffix.lower() not in TEXT_ENDINGS:
        return f"{name} is not a text file; save it as .txt."
    return ""


def _read_units(path: Path, intake: Intake) -> None:
    rows = read_table(path, UNIT_COLUMNS, intake)
    _check_unique(rows, "unit_id", path.name, intake)
    documents: dict[str, list[TableRow]] = {}
    for row in rows:
        where = f"{path.name}, row {row.number}"
        key = row.values["doc_id"].strip()
        if not key:
            intake.faults.append(f"{where}: has no doc_id.")
        elif not row.values["text"].strip():
            intake.notices.append(f"{where}: has no text, so left out.")
        else:
            documents.setdefault(key, []).append(row)
    for key, units in documents.items():
        _add(_document(key, units, intake), f"{path.name}, row {units[0].number}", intake)


def _document(key: str, units: list[TableRow], intake: Intake) -> Item:
    """Join the units of a document: each is a paragraph and keeps its own white space."""
    types = [name for unit in units if (name := unit.values["respondent_type_or_source"].strip())]
    if len(set(types)) > 1:
        intake.notices.append(f"{key}: its units name several respondent types; “{types[0]}” was taken.")
    return Item(
        key=key,
        title=_first(units, "title"),
        organisation=_first(units, "organisation"),
        respondent_type=types[0] if types else "",
        text="\n\n".join(unit.values["text"] for unit in units),
    )


def _first(units: list[TableRow], column: str) -> str:
    return next((value for unit in units if (value := unit.values.get(column, "").strip())), "")


def _add(item: Item, where: str, intake: Intake) -> None:
    lengths = {
        "name": (item.key, 400),
        "title": (item.title, 300),
        "organisation": (item.organisation, 300),
        "respondent type": (item.respondent_type, LONGEST_TYPE),
        "text": (item.text, LONGEST_TEXT),
    }
    for what, (value, most) in lengths.items():
        if len(value) > most:
            intake.faults.append(f"{where}: the {what} has {len(value):,} characters; {most:,} is the most.")
    intake.items.append(item)


def _check_unique(rows: list[TableRow], column: str, where: str, intake: Intake) -> None:
    seen: dict[str, int] = {}
    for row in rows:
        value = row.values[column].strip()
        if value in seen:
            intake.faults.append(
                f"{where}, row {row.number}: {column} “{value}” is already in row {seen[value]}."
            )
        elif value:
            seen[value] = row.number
        elif column != "file":  # a row that names no file is told of when the file is looked for
            intake.faults.append(f"{where}, row {row.number}: has no {column}.")


def decoded(data: bytes, where: str, intake: Intake) -> str | None:
    """Return the text of a file, or None after telling why it is none."""
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        intake.faults.append(f"{where}: is in UTF-16, as “Unicode text” of a spreadsheet. Save it as UTF-8.")
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError:
            intake.faults.append(f"{where}: is neither UTF-8 nor Windows text. Save it as UTF-8.")
            return None
        intake.notices.append(f"{where}: is not UTF-8; read as Windows text (cp1252). Look at its accents.")
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        intake.faults.append(
            f"{where}: has a NUL character in line {line}, so it is not plain text. Save it as UTF-8 text."
        )
        return None
    return text


def read_table(path: Path, required: tuple[str, ...], intake: Intake) -> list[TableRow]:
    """Return the rows of a CSV file that have every column; what is wrong goes to the intake."""
    text = _text_of(path, path.name, intake)
    if text is None:
        return []
    records: list[list[str]] = []
    try:
        with _long_fields():
            records.extend(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        intake.faults.append(_fault_of_csv(path.name, len(records) + 1, error))
        return []
    header = [name.strip().casefold() for name in records[0]] if records else []
    fault = _fault_of_header(header, required)
    if fault:
        intake.faults.append(f"{path.name}: {fault}")
        return []
    return list(_complete_rows(path.name, header, records, intake))


@contextmanager
def _long_fields() -> Iterator[None]:
    """Read fields longer than the module's 131,072 characters: some evidence is."""
    before = csv.field_size_limit(LONGEST_TEXT)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _fault_of_csv(name: str, row: int, error: csv.Error) -> str:
    if "field limit" in str(error):
        error = csv.Error(f"a field has more than {LONGEST_TEXT:,} characters")
    return f"{name}, row {row}: is not well-formed CSV ({error}). Is a quotation mark missing?"


def _fault_of_header(header: list[str], required: tuple[str, ...]) -> str:
    if not any(header):
        return "is empty. It needs a header row and a row for each text."
    missing = [name for name in required if name not in header]
    if missing:
        looks = " Its columns look parted by semicolons or tabs; use commas." if len(header) == 1 else ""
        found = ", ".join(header)[:200]
        return f"has no column {', '.join(missing)}. It has: {found}.{looks}"
    twice = sorted({name for name in header if name and header.count(name) > 1})
    return f"has the column {', '.join(twice)} more than once." if twice else ""


def _complete_rows(
    name: str, header: list[str], records: list[list[str]], intake: Intake
) -> Iterator[TableRow]:
    for number, record in enumerate(records[1:], 2):
        if not any(record):
            continue  # a blank line, such as spreadsheets leave at the end
        if len(record) != len(header):
            intake.faults.append(
                f"{name}, row {number}: has {len(record)} columns; the header has {len(header)}."
            )
            continue
        yield TableRow(number, dict(zip(header, record, strict=True)))
