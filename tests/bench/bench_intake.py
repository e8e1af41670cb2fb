"""From a file of 1,000 submissions of 600 words to passages with suggestions waiting, start-up included."""

import sqlite3
from collections.abc import Iterator

from tests.bench.figures import Figure, at_least, at_most, quick
from tests.bench.material import SUBMISSIONS, empty_inquiry, fill

FEWER = 100


def measure() -> Iterator[Figure]:
    count = FEWER if quick() else SUBMISSIONS
    with empty_inquiry() as instance:
        imported, suggested = fill(instance, count)
        database = sqlite3.connect(instance / "consult.db")
        passages = database.execute("SELECT count(*) FROM passages").fetchone()[0]
        suggestions = database.execute("SELECT count(*) FROM suggestions").fetchone()[0]
        database.close()
    seconds = imported.seconds + suggested.seconds
    size = f"{count} submissions, {passages} passages, {suggestions} suggestions"
    yield Figure("import", imported.seconds, "s", note=size)
    yield Figure("cut and propose", suggested.seconds, "s")
    yield at_least(
        "end to end", passages / seconds, "passages/s", 500, note="both commands with their start-up"
    )
    yield at_most("largest resident set", max(imported.megabytes, suggested.megabytes), "MB", 1000)
