"""Ways of choosing among published evidence that rooms above know of, and this one cannot import.

A room registers when it is imported:

    @evidence_filter
    def by_theme(session, inquiry_id):
        return EvidenceFilter("theme", lazy("Theme"), {"power": "Power"}, condition_for)

Whatever it offers must follow from published words alone (docs/adr/0017-redaction-and-publication.md).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session


@dataclass(frozen=True)
class EvidenceFilter:
    """A field of the public search: its name in addresses, its words, its values, and what each selects."""

    name: str
    wording: Any
    everything: Any
    values: Mapping[str, str]
    condition_for: Callable[[str], ColumnElement[bool]]


Give = Callable[[Session, int], EvidenceFilter]
_filters: list[Give] = []


def evidence_filter(give: Give) -> Give:
    """Register a function that gives a filter for an inquiry's published evidence."""
    _filters.append(give)
    return give


def filters_for(session: Session, inquiry_id: int) -> list[EvidenceFilter]:
    """Return the filters that have something to choose from."""
    given = [give(session, inquiry_id) for give in _filters]
    return [each for each in given if each.values]
