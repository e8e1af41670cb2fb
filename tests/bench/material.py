"""A large inquiry to measure on: submissions made from the demo's own sentences, with a fixed seed."""

import csv
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from consult.demo.read import DATA, evidence_files

ROOT = Path(__file__).resolve().parents[2]
SUBMISSIONS = 1_000
WORDS = 600
SLUG = "bench"
CALL = "evidence"


@dataclass(frozen=True)
class Run:
    """How one command went: wall and processor seconds, and its largest resident set in megabytes."""

    seconds: float
    megabytes: float
    processor: float


def sentences() -> list[str]:
    """Return the sentences of the demo's free-text answers."""
    texts = [
        a
        for file in evidence_files()
        for a in file["answers"].values()
        if isinstance(a, str) and len(a) > 200
    ]
    return [s.strip() for text in texts for s in re.split(r"(?<=[.?!])\s+", text) if len(s.split()) > 3]


def submission(pool: list[str], chance: random.Random, words: int = WORDS) -> str:
    """Return a text of about `words` words in paragraphs of four or five sentences."""
    paragraphs: list[str] = []
    count = 0
    while count < words:
        paragraph = " ".join(chance.sample(pool, chance.randint(4, 5)))
        paragraphs.append(paragraph)
        count += len(paragraph.split())
    return "\n".join(paragraphs)


def write_units(path: Path, count: int = SUBMISSIONS) -> None:
    """Write a units.csv of `count` submissions."""
    pool, chance = sentences(), random.Random(20171)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["unit_id", "doc_id", "text", "respondent_type_or_source"])
        for number in range(count):
            kind = chance.choice(["Community organisation", "Local government", "Policy expert", "Resident"])
            writer.writerow([f"U{number:05d}", f"D{number:05d}", submission(pool, chance), kind])


def flask(instance: Path, *words: str) -> Run:
    """Run a `flask` command on an instance; raises when it fails."""
    environment = {**os.environ, "CONSULT_INSTANCE": str(instance)}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
    start = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    errors = process.stderr.read() if process.stderr else b""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"flask {' '.join(words)}: {errors.decode()[-2000:]}")
    return Run(time.perf_counter() - start, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime)


@contextmanager
def empty_inquiry() -> Iterator[Path]:
    """Give the instance folder of a migrated database with one inquiry, its call and the demo's codebook."""
    with TemporaryDirectory(prefix="consult-bench-") as name:
        instance = Path(name)
        flask(instance, "db", "upgrade")
        codebook = str(DATA / "codebook.csv")
        flask(
            instance,
            "inquiry",
            "create",
            "--slug",
            SLUG,
            "--title",
            "Bench",
            "--codebook",
            codebook,
            "--call",
            CALL,
        )
        yield instance


def fill(instance: Path, count: int = SUBMISSIONS) -> tuple[Run, Run]:
    """Import and propose; return how each went."""
    units = instance / "units.csv"
    write_units(units, count)
    imported = flask(instance, "evidence", "import", str(units), "--inquiry", SLUG, "--call", CALL)
    return imported, flask(instance, "suggest", "--inquiry", SLUG)
