"""Reading a coded corpus: units, labels and a codebook, each a CSV file."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlp.errors import EmptyCodebookError, NlpError
from nlp.types import CodeSpec
from nlp.words import IntArray

_TRAIN_SHARE = 0.7
_LONGEST_CELL = 10_000_000

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Units with the codes that people gave them; `truth` is (unit, code)."""

    codes: list[CodeSpec]
    texts: list[str]
    docs: list[str]
    splits: list[str]
    truth: NDArray[np.bool_]

    def division(self, seed: int) -> tuple[IntArray, IntArray]:
        """Units to label from and units to score.

        As published: train against test, or against all the rest where nothing is called test.
        Without published parts, 70 to 30 by document, shuffled with the seed.
        """
        train = np.array([split.startswith("train") for split in self.splits])
        if not train.any():
            return self._divided_by_document(seed)
        rest = [bool(split) and not split.startswith("train") for split in self.splits]
        test = np.array([split == "test" for split in self.splits])
        return np.flatnonzero(train), np.flatnonzero(test if test.any() else np.array(rest))

    def _divided_by_document(self, seed: int) -> tuple[IntArray, IntArray]:
        docs = sorted(set(self.docs))
        order = np.random.default_rng(seed).permutation(len(docs))
        chosen = {docs[i] for i in order[: round(_TRAIN_SHARE * len(docs))]}
        train = np.array([doc in chosen for doc in self.docs])
        return np.flatnonzero(train), np.flatnonzero(~train)


def read_corpus(units: Path, labels: Path, codebook: Path) -> Corpus:
    """Read the three files; raises NlpError that says which file is wrong and how."""
    codes = read_codebook(codebook)
    rows = read_rows(units, ("unit_id", "text"))
    if not rows:
        raise NlpError(f"{units} has no units: give at least one line after the headings.")
    unit = {row["unit_id"]: i for i, row in enumerate(rows)}
    if len(unit) < len(rows):
        raise NlpError(f"{units} gives the same unit_id to more than one unit: make them unique.")
    truth = _truth(labels, unit, {code.code: i for i, code in enumerate(codes)})
    return Corpus(
        codes=codes,
        texts=[row["text"] for row in rows],
        docs=[row.get("doc_id") or row["unit_id"] for row in rows],
        splits=[row.get("split", "").strip().lower() for row in rows],
        truth=truth,
    )


def read_codebook(path: Path) -> list[CodeSpec]:
    """Codes of a codebook file: code and name, and where there are such columns the rest."""
    codes = [_code(row) for row in read_rows(path, ("code", "name")) if row["code"].strip()]
    if not codes:
        raise EmptyCodebookError(f"{path} has no codes: give at least one line after the headings.")
    if len({code.code for code in codes}) < len(codes):
        raise NlpError(f"{path} gives the same code more than once: make the codes unique.")
    return codes


def _code(row: Row) -> CodeSpec:
    return CodeSpec(
        code=row["code"].strip(),
        name=row["name"].strip(),
        definition=row.get("definition", ""),
        include=row.get("include", ""),
        exclude=row.get("exclude", ""),
        examples=_parts(row.get("examples", "")),
        synonyms=_parts(row.get("synonyms", "")),
        parent=row.get("parent", "").strip() or None,
    )


def _parts(cell: str) -> tuple[str, ...]:
    """A cell holds one thing on each line, or several with bars between them."""
    return tuple(part.strip() for line in cell.splitlines() for part in line.split(" | ") if part.strip())


def _truth(path: Path, unit: dict[str, int], code: dict[str, int]) -> NDArray[np.bool_]:
    truth = np.zeros((len(unit), len(code)), dtype=bool)
    rows = [{**row, "code": row["code"].strip()} for row in read_rows(path, ("unit_id", "code"))]
    rows = [row for row in rows if row["code"]]  # some list units that nobody gave a code
    strange = sorted({row["code"] for row in rows} - set(code))
    if strange:
        raise NlpError(
            f"{path} uses {strange[0]!r}, which the codebook lacks: add the code or drop the line."
        )
    lost = sorted({row["unit_id"] for row in rows} - set(unit))
    if lost:
        raise NlpError(f"{path} labels {lost[0]!r}, which is not among the units: add it or drop the line.")
    for row in rows:
        truth[unit[row["unit_id"]], code[row["code"]]] = True
    return truth


def read_rows(path: Path, columns: Sequence[str]) -> list[Row]:
    """Rows of a CSV file that has at least these columns; raises NlpError that says what is wrong with it."""
    try:
        rows = list(_read(path))
    except FileNotFoundError:
        raise NlpError(f"{path} is not there: check the path.") from None
    except IsADirectoryError:
        raise NlpError(f"{path} is a folder: name the CSV file.") from None
    except PermissionError:
        raise NlpError(f"{path} may not be read: change its permissions.") from None
    except UnicodeDecodeError as error:
        raise NlpError(f"{path} is not UTF-8 (byte {error.start}): save it as UTF-8 and try again.") from None
    except csv.Error as error:
        raise NlpError(f"{path} cannot be read as CSV ({error}): export it again.") from None
    headings = rows[0] if rows else {}
    missing = [column for column in columns if column not in headings]
    if missing:
        found = f"it has {', '.join(filter(None, headings))}" if any(headings) else "it is empty"
        raise NlpError(f"{path} has no column {missing[0]!r}: it needs {', '.join(columns)}; {found}.")
    return [{key: value for key, value in row.items() if key} for row in rows[1:]]


def _read(path: Path) -> Iterator[Row]:
    """The headings as a row of their own, then the rows; cells that are missing are empty."""
    csv.field_size_limit(min(_LONGEST_CELL, sys.maxsize))
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, restkey="", restval="", strict=True)
        yield dict.fromkeys((name.strip() for name in reader.fieldnames or ()), "")
        reader.fieldnames = [name.strip() for name in reader.fieldnames or ()]
        yield from reader
