"""How fast an inquiry's letters are grouped into campaigns: the job on 5,000, and nlp alone on many more.

The job reads the letters from the database, groups them and stores what it found; it is timed by its command,
with its start-up, and a second time with ten letters more. nlp alone is measured as in bench_duplicates.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.bench_duplicates import timed, write_letters
from tests.bench.figures import Figure, at_most, quick, ratio
from tests.bench.material import CALL, SLUG, empty_inquiry, flask

LETTERS = 5_000
MANY = (10_000, 30_000, 100_000)
MORE = 10


def measure() -> Iterator[Figure]:
    yield from through_the_job()
    if not quick():
        yield from by_nlp_alone()


def through_the_job() -> Iterator[Figure]:
    with empty_inquiry() as instance:
        letters = instance / "letters.csv"
        write_units(letters, LETTERS)
        taken_in(instance, letters)
        run = flask(instance, "campaigns", "--inquiry", SLUG)
        yield at_most(f"{LETTERS} letters grouped by the job", run.seconds, "s", 30)
        yield at_most("  largest resident set", run.megabytes, "MB", 1_000)
        write_units(letters, LETTERS + MORE)
        taken_in(instance, letters)
        again = flask(instance, "campaigns", "--inquiry", SLUG)
        yield at_most(f"  again, with {MORE} letters more", again.seconds, "s", 30)


def taken_in(instance: Path, letters: Path) -> None:
    flask(instance, "evidence", "import", str(letters), "--inquiry", SLUG, "--call", CALL)


def write_units(path: Path, count: int) -> None:
    """Write letters of twenty campaigns and of nobody else's as a units.csv; the first ones stay the same."""
    write_letters(path, count)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["unit_id", "doc_id", "text", "respondent_type_or_source"])
        writer.writerows([row["unit_id"], row["unit_id"], row["text"], "Resident"] for row in rows)


def by_nlp_alone() -> Iterator[Figure]:
    with TemporaryDirectory(prefix="consult-bench-") as name:
        first = 0.0
        for count in MANY:
            seconds, megabytes, wrong = timed(Path(name), count)
            first = first or seconds
            yield at_most(f"{count} letters grouped by nlp", seconds, "s", 600, note=f"{megabytes:.0f} MB")
            yield at_most("  pairs across campaigns", wrong, "pairs", 0)
            note = f"{count / MANY[0]:g} would be linear"
            yield ratio(f"  time against that of {MANY[0]}", seconds, first, note=note)
