"""How fast near-identical letters are grouped, and how well, on letters whose campaign is known.

Speed is that of the whole command, start and files included, on letters of about 200 words: six in ten from
twenty campaigns (exact, changed, or with words of their own), the others written by nobody else. The
letters with known campaigns lie at CONSULT_SHARED_DATA, or in ../shared/data beside the project; without
them only speed is measured.
"""

import csv
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.figures import Figure, at_least, at_most, quick, ratio
from tests.bench.material import ROOT, sentences

FEW, MANY, WORDS = 5_000, 100_000, 200
CAMPAIGNS, FROM_CAMPAIGNS = 20, 0.6
SURE = {"exact", "near_copy", "template_plus_own_words"}


def measure() -> Iterable[Figure]:
    with TemporaryDirectory(prefix="consult-bench-") as name:
        yield from speed(Path(name))
        shared = Path(os.environ.get("CONSULT_SHARED_DATA", ROOT.parent / "shared" / "data"))
        for corpus in ("campaign_small", "campaign_large"):
            if (shared / corpus / "truth.csv").is_file():
                yield from quality(shared / corpus, Path(name) / "groups.csv")


def speed(folder: Path) -> Iterator[Figure]:
    few, few_megabytes, _ = timed(folder, FEW)
    yield at_most(f"{FEW} letters grouped", few, "s", 30, note=f"largest resident set {few_megabytes:.0f} MB")
    if quick():
        return
    many, megabytes, wrong = timed(folder, MANY)
    yield at_most(f"{MANY} letters grouped", many, "s", 600)
    yield at_most("  largest resident set", megabytes, "MB", 1_000)
    yield ratio("  time against that of twenty times fewer", many, few, note="20 would be linear")
    yield at_most("  pairs across campaigns", wrong, "pairs", 0)


def timed(folder: Path, count: int) -> tuple[float, float, int]:
    """Seconds, megabytes and wrong pairs of one run of the command."""
    units, out = folder / "units.csv", folder / "groups.csv"
    truth = write_letters(units, count)
    start = time.perf_counter()
    megabytes = run(units, out)
    seconds = time.perf_counter() - start
    found = groups(out)
    _, wrong, _ = pairs([(found[unit], truth[unit]) for unit in truth])
    return seconds, megabytes, wrong


def write_letters(path: Path, count: int) -> dict[str, str]:
    """Write letters; returns the campaign of each, or its own name where it has none."""
    pool, chance = sentences(), random.Random(20171)
    words = sorted({word for sentence in pool for word in sentence.split()})
    chance.shuffle(pool)
    size = len(pool) // CAMPAIGNS
    templates = [" ".join(pool[i * size : (i + 1) * size]).split()[:WORDS] for i in range(CAMPAIGNS)]
    truth = {}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["unit_id", "text"])
        for number in range(count):
            unit = f"U{number:06d}"
            campaign = chance.randrange(CAMPAIGNS) if chance.random() < FROM_CAMPAIGNS else None
            letter = (
                written(words, chance, WORDS)
                if campaign is None
                else changed(templates[campaign], words, chance)
            )
            truth[unit] = unit if campaign is None else f"campaign {campaign}"
            writer.writerow([unit, " ".join(letter)])
    return truth


def written(words: list[str], chance: random.Random, count: int) -> list[str]:
    return chance.choices(words, k=count)


def changed(template: list[str], words: list[str], chance: random.Random) -> list[str]:
    kind = chance.choice(["exact", "changed", "shortened", "own words"])
    if kind == "changed":
        return [chance.choice(words) if chance.random() < 0.04 else word for word in template]
    if kind == "shortened":
        return template[: chance.randint(2 * len(template) // 3, len(template))]
    if kind == "own words":
        return [*template, *written(words, chance, chance.randint(10, WORDS))]
    return template


def quality(folder: Path, out: Path) -> Iterator[Figure]:
    run(folder / "units.csv", out)
    found = groups(out)
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    sure = [row for row in rows if row["kind"] in SURE]
    right, wrong, missed = pairs([(found[row["unit_id"]], row["campaign"]) for row in sure])
    yield at_least(f"{folder.name}: precision of pairs", right / max(right + wrong, 1), "", 0.99)
    yield at_least(f"{folder.name}: recall of pairs", right / max(right + missed, 1), "", 0.95)
    yield at_most(f"{folder.name}: pairs across campaigns", wrong, "pairs", 0)
    own = [row for row in rows if row["kind"] == "own_words"]
    grouped = sum(row["unit_id"] != found[row["unit_id"]] for row in own)
    yield at_most(f"{folder.name}: letters in own words taken in", grouped, f"of {len(own)}", 0)


def run(units: Path, out: Path) -> float:
    """Group a file by the command; returns the megabytes of its largest resident set."""
    command = [sys.executable, "-m", "nlp", "duplicates", "--units", str(units), "--out", str(out)]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE)
    told = process.stderr.read() if process.stderr else b""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(told.decode()[-2000:])
    return usage.ru_maxrss / 1024


def groups(path: Path) -> dict[str, str]:
    """The group of each letter, its own name where it is in none."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["unit_id"]: row["group"] or row["unit_id"] for row in csv.DictReader(file)}


def pairs(letters: list[tuple[str, str]]) -> tuple[int, int, int]:
    """Pairs of letters that are rightly together, wrongly together, wrongly apart."""
    together, found, true = (
        sum(n * (n - 1) // 2 for n in Counter(keys).values())
        for keys in (letters, [group for group, _ in letters], [campaign for _, campaign in letters])
    )
    return together, found - together, true - together
