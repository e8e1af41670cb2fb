"""A platform's spreadsheet of 100,000 responses, checked row by row and stored, start-up included."""

import csv
import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from openpyxl import Workbook

from tests.bench.figures import Figure, at_least, at_most, quick
from tests.bench.material import CALL, SLUG, empty_inquiry, flask, sentences

ROWS = 100_000
FEWER = 2_000
HEADINGS = ("Response ID", "Submitted Date", "Name", "Respondent type", "Your evidence")


def measure() -> Iterator[Figure]:
    rows = FEWER if quick() else ROWS
    for ending, write in ((".csv", write_csv), (".xlsx", write_workbook)):
        with empty_inquiry() as instance:
            path = instance / f"answers{ending}"
            write(path, rows)
            columns = instance / "columns.csv"
            given = (str(path), "--inquiry", SLUG, "--call", CALL)
            flask(instance, "evidence", "columns", *given, "--out", str(columns))
            settle(columns, question_of(instance))
            run = flask(instance, "evidence", "import", *given, "--columns", str(columns))
        size = f"{rows:,} rows, checked and stored; {run.processor:.0f} s of processor time"
        yield at_least(f"import of {ending}", rows / run.seconds, "rows/s", 1_000, note=size)
        yield at_most(f"largest resident set, {ending}", run.megabytes, "MB", 1_000)


def responses(rows: int) -> Iterator[tuple[str, ...]]:
    pool, chance = sentences(), random.Random(20171)
    for number in range(rows):
        words = " ".join(chance.sample(pool, 3))
        kind = chance.choice(["Resident", "Charity", "Council"])
        yield (f"R{number:06d}", "2026-07-03 14:05", f"Respondent {number}", kind, words)


def write_csv(path: Path, rows: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        writer.writerows(responses(rows))


def write_workbook(path: Path, rows: int) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(HEADINGS)
    for response in responses(rows):
        sheet.append(response)
    book.save(path)


def question_of(instance: Path) -> str:
    """Return the slug of the call's one question."""
    database = sqlite3.connect(instance / "consult.db")
    (slug,) = database.execute("SELECT slug FROM questions").fetchone()
    database.close()
    return str(slug)


def settle(columns: Path, question: str) -> None:
    """Say, as somebody would in the file, that the last column answers the question."""
    with columns.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[-1] |= {"use": "answer", "question": question}
    with columns.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
