"""Read the demo's files: an inquiry that we wrote, fictional throughout."""

import csv
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DATA = Path(__file__).with_name("data")


def inquiry_file() -> dict[str, Any]:
    """Return the inquiry with its phases, places, types, calls and themes."""
    return tomllib.loads((DATA / "inquiry.toml").read_text("utf-8"))


def welsh_words() -> dict[str, str]:
    """Return the Welsh of what the inquiry says, by its English."""
    return dict(_pairs(inquiry_file(), tomllib.loads((DATA / "welsh.toml").read_text("utf-8"))))


def _pairs(english: Any, welsh: Any) -> Iterator[tuple[str, str]]:
    """Give English and Welsh of each text; what is a list of entries in English is named by slug in Welsh."""
    if isinstance(welsh, str):
        yield english.strip(), welsh.strip()
    elif isinstance(welsh, list):
        yield from zip(english, welsh, strict=True)
    else:
        entries = english if isinstance(english, dict) else {entry["slug"]: entry for entry in english}
        for name, words in welsh.items():
            yield from _pairs(entries[name], words)


def document_at(name: str) -> Path:
    """Return where a document lies that came with a submission."""
    return DATA / "documents" / name


def codebook_rows() -> list[dict[str, str]]:
    """Return the rows of the codebook."""
    with (DATA / "codebook.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def evidence_files() -> list[dict[str, Any]]:
    """Return the submissions by file name, each with the codings a careful reader would make."""
    return [tomllib.loads(path.read_text("utf-8")) for path in sorted((DATA / "evidence").glob("*.toml"))]
