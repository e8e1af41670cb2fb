"""Rows of an export as lines of a CSV file."""

import csv
import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import IO, Any

from sqlalchemy.orm import Session

from consult.coding.rules import band_of
from consult.publication.rules import Clearance, may_name
from consult.reports.queries import export_batches
from consult.reports.rules import COLUMNS, Export, Pseudonyms, formula_safe


@dataclass(frozen=True)
class Order:
    """Which export is wanted, of which inquiry, for whom."""

    export: Export
    inquiry_id: int
    clearance: Clearance


@dataclass(frozen=True)
class Written:
    """How much was written, and its SHA-256 in hexadecimal."""

    rows: int
    sha256: str


def write_csv(
    session: Session,
    order: Order,
    file: IO[bytes],
    on_rows: Callable[[int], None] = lambda _: None,
) -> Written:
    """Write an export in batches; DamagedText stops it before words that are not verbatim."""
    digest, count, people = hashlib.sha256(), 0, Pseudonyms()
    columns = COLUMNS[order.export]
    _put(file, digest, [columns])
    for batch in export_batches(session, order.export, order.inquiry_id, order.clearance):
        _put(file, digest, [line_of(row, columns, order.clearance, people) for row in batch])
        count += len(batch)
        on_rows(len(batch))
    return Written(count, digest.hexdigest())


def _put(file: IO[bytes], digest: Any, lines: list[Any]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(lines)
    data = text.getvalue().encode()
    digest.update(data)
    file.write(data)


def line_of(row: Any, columns: tuple[str, ...], clearance: Clearance, people: Pseudonyms) -> list[Any]:
    """Return a row's cells; a member is named, and a respondent too, only where the clearance allows it."""
    values = dict(row._mapping)
    values["respondent"] = row.respondent if may_name(row.publication, clearance) else ""
    if "user_id" in values:
        named = clearance is Clearance.COMPLETE
        values["coder"] = values["decider"] = row.user_name if named else people.of(row.user_id)
    if "score" in values:
        values["band"] = band_of(row.score)
    return [cell(values[name]) for name in columns]


def cell(value: Any) -> Any:
    """Return a value as a CSV cell: texts safe from formulas, lists as JSON, times in ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    return formula_safe(value) if isinstance(value, str) else value
