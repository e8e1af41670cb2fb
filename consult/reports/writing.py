"""Rows of an export as lines of a CSV file."""

import csv
import hashlib
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import IO, Any

from sqlalchemy.orm import Session

from consult.coding.rules import band_of
from consult.evidence.rules import Bounds
from consult.foundation.cells import formula_safe
from consult.publication.queries import withheld_spans
from consult.publication.rules import Clearance, Withheld, may_name, redacted, within
from consult.reports.queries import export_batches
from consult.reports.rules import COLUMNS, Export, Pseudonyms


@dataclass(frozen=True)
class Order:
    """Which export is wanted, of which inquiry, for whom; with what is to be read blind only by command."""

    export: Export
    inquiry_id: int
    clearance: Clearance
    with_kept_back: bool = False


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
    batches = export_batches(
        session, order.export, order.inquiry_id, order.clearance, with_kept_back=order.with_kept_back
    )
    for batch in batches:
        withheld = withheld_spans(session, [row.source_text for row in batch], order.clearance)
        lines = [outside(row, withheld) for row in batch]
        _put(file, digest, [line_of(line, columns, order.clearance, people) for line in lines])
        count += len(batch)
        on_rows(len(batch))
    return Written(count, digest.hexdigest())


def _put(file: IO[bytes], digest: Any, lines: list[Any]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(lines)
    data = text.getvalue().encode()
    digest.update(data)
    file.write(data)


def outside(row: Any, withheld: Mapping[int, list[Withheld]]) -> dict[str, Any]:
    """Return a row's values less every withheld word; its offsets still count in the whole text.

    Besides the quote these are the words in a suggestion's reasons, and the hash of the whole text: who has
    all but a name could try names until the hash fits.
    """
    values = dict(row._mapping)
    spans = withheld.get(row.source_text)
    if spans:
        here = within(spans, Bounds(row.start, row.end))
        values["quote"] = redacted(row.quote, here)
        values["source_sha256"] = ""
        if "reasons" in values:
            values["reasons"] = [reason_outside(reason, here) for reason in row.reasons]
    return values


def reason_outside(reason: dict[str, Any], withheld: list[Withheld]) -> dict[str, Any]:
    """Return a reason with its words as readers outside may have them."""
    there = within(withheld, Bounds(reason["start"], reason["end"]))
    return {**reason, "text": redacted(reason["text"], there)} if there else reason


def line_of(
    values: dict[str, Any], columns: tuple[str, ...], clearance: Clearance, people: Pseudonyms
) -> list[Any]:
    """Return a row's cells; a member is named, and a respondent too, only where the clearance allows it."""
    if not may_name(values["publication"], clearance):
        values["respondent"] = ""
    if "user_id" in values:
        named = clearance is Clearance.COMPLETE
        values["coder"] = values["decider"] = values["user_name"] if named else people.of(values["user_id"])
    if "score" in values:
        values["band"] = band_of(values["score"])
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
