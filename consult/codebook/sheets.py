"""A codebook as a sheet of rows: what a CSV file says, and every problem in it by row."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from consult.codebook.rules import LONGEST_SLUG, CodeText, examples_in, problems_of
from consult.foundation.errors import BadInput

NEEDED = ("code", "name", "definition")
MOST_ROWS = 5_000
_UNFIT_FOR_SLUG = re.compile(r"[\s/\\?#]|[^\w:.\-]")


@dataclass(frozen=True)
class CodeRow:
    """One row of a sheet; `row` is its number as a spreadsheet counts, the heading being 1."""

    row: int
    slug: str
    text: CodeText
    parent: str = ""


def read_csv(data: bytes) -> list[CodeRow]:
    """Return the codes of a CSV file; BadInput lists every problem by row.

    Columns: code, name, definition and, if wanted, parent, include, exclude, examples. Others are ignored.
    """
    heading, *body = _cells(_decoded(data))
    columns = _columns(heading)
    numbered = [(number, cells) for number, cells in enumerate(body, start=2) if any(map(str.strip, cells))]
    loose = [
        f"Row {number}: it has more cells than the heading. Put text with commas in quotation marks."
        for number, cells in numbered
        if any(map(str.strip, cells[len(columns) :]))
    ]
    return checked(
        [_row(number, dict(zip(columns, cells, strict=False))) for number, cells in numbered], loose
    )


def rows_of(sheet: Sequence[Mapping[str, str]]) -> list[CodeRow]:
    """Return the codes of rows already parted into columns; BadInput lists every problem by row."""
    return checked([_row(number, row) for number, row in enumerate(sheet, start=2)])


def checked(rows: list[CodeRow], problems: Sequence[str] = ()) -> list[CodeRow]:
    """Return the rows if nothing is wrong with them; BadInput lists what is."""
    found = [*problems, *_row_problems(rows), *_circles(rows)]
    if not rows:
        found.append("The file has a heading but no codes. Write one code on each row.")
    if len(rows) > MOST_ROWS:
        found.append(f"The file has {len(rows):,} rows; {MOST_ROWS:,} is the most for one codebook.")
    if found:
        raise BadInput("The codebook was not imported. Put these things right and try again.", found)
    return rows


def _decoded(data: bytes) -> str:
    if not data.strip():
        raise BadInput("The file is empty. Choose a CSV file with the columns code, name and definition.")
    if b"\x00" in data:
        raise BadInput("The file is not a CSV file. Save the sheet as “CSV UTF-8” and choose that file.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadInput(
            f"The file is not in UTF-8 (line {line}). Save the sheet as “CSV UTF-8” and choose that file."
        ) from error


def _cells(text: str) -> list[list[str]]:
    # Spreadsheets set to most European languages write semicolons.
    delimiter = max(",;\t", key=text.lstrip().partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text.lstrip(), newline=""), delimiter=delimiter, strict=True)
    try:
        return list(reader)
    except csv.Error as error:
        raise BadInput(
            f"The file cannot be read as CSV near line {reader.line_num}: {error}. "
            "Look for a quotation mark that is not closed."
        ) from error


def _columns(heading: Sequence[str]) -> list[str]:
    columns = [name.strip().lower() for name in heading]
    missing = [f"“{name}”" for name in NEEDED if name not in columns]
    if missing:
        raise BadInput(
            f"The file has no column {' and no column '.join(missing)}. "
            "Its first row must name the columns code, name and definition."
        )
    return columns


def _row(number: int, row: Mapping[str, str]) -> CodeRow:
    def cell(name: str) -> str:
        return row.get(name, "").strip()

    text = CodeText(
        cell("name"), cell("definition"), cell("include"), cell("exclude"), examples_in(cell("examples"))
    )
    return CodeRow(number, cell("code"), text, cell("parent"))


def _row_problems(rows: list[CodeRow]) -> list[str]:
    first: dict[str, int] = {}
    for row in rows:
        first.setdefault(row.slug, row.row)
    return [f"Row {row.row}: {problem}" for row in rows for problem in _problems(row, first[row.slug])]


def _problems(row: CodeRow, first: int) -> list[str]:
    found = []
    if row.slug and row.row != first:
        found.append(f"the code “{row.slug}” is already on row {first}.")
    if not row.slug:
        found.append("there is no code in the column “code”.")
    elif len(row.slug) > LONGEST_SLUG:
        found.append(f"the code must have {LONGEST_SLUG} characters or fewer.")
    elif _UNFIT_FOR_SLUG.search(row.slug):
        found.append(f"the code “{row.slug}” may hold only letters, digits and _ - . : without spaces.")
    return found + [problem[0].lower() + problem[1:] for problem in problems_of(row.text).values()]


def _circles(rows: list[CodeRow]) -> list[str]:
    parents = {row.slug: row.parent for row in rows}
    return [
        f"Row {row.row}: the code “{row.slug}” would be beneath itself. Change its parent."
        for row in rows
        if row.slug in _above(parents, row.slug)
    ]


def _above(parents: Mapping[str, str], slug: str) -> list[str]:
    chain: list[str] = []
    step = parents.get(slug, "")
    while step and step not in chain:
        chain.append(step)
        step = parents.get(step, "")
    return chain
