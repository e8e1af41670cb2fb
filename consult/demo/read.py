"""Read the demo's files: an inquiry that we wrote, fictional throughout."""

import csv
import tomllib
from pathlib import Path
from typing import Any

DATA = Path(__file__).with_name("data")


def inquiry_file() -> dict[str, Any]:
    """Return the inquiry with its phases, places, types, calls and themes."""
    return tomllib.loads((DATA / "inquiry.toml").read_text("utf-8"))


def codebook_rows() -> list[dict[str, str]]:
    """Return the rows of the codebook."""
    with (DATA / "codebook.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def evidence_files() -> list[dict[str, Any]]:
    """Return the submissions by file name, each with the codings a careful reader would make."""
    return [tomllib.loads(path.read_text("utf-8")) for path in sorted((DATA / "evidence").glob("*.toml"))]
