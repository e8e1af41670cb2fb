"""Postcodes: only the first half is ever kept, and it tells which place somebody means.

No library that is kept up knows the United Kingdom's postcodes (python-stdnum has other countries'), so the
rule of BS 7666 stands here: which letters may stand where, and nothing about which codes are in use.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

_AREA = "[A-PR-UWYZ][A-HK-Y]?"
_DISTRICT = "[A-PR-UWYZ]([0-9][0-9A-HJKPSTUW]?|[A-HK-Y][0-9][0-9ABEHMNPRVWXY]?)"
_INWARD = "[0-9][ABD-HJLNP-UW-Z]{2}"
_POSTCODE = re.compile(f"(?P<district>{_DISTRICT})({_INWARD})?")
_ENTRY = re.compile(f"{_AREA}|{_DISTRICT}")
_BETWEEN = re.compile(r"[\s,;]+")
MOST_ENTRIES = 400


def district_of(typed: str) -> str | None:
    """Return the first half of a postcode typed whole or in half; None for what is none."""
    found = _POSTCODE.fullmatch("".join(typed.upper().split()))
    return found["district"] if found else None


def entries_in(typed: str) -> list[str]:
    """Return areas and districts as they were listed, each once, in order."""
    return sorted({entry for entry in _BETWEEN.split(typed.upper()) if entry})


def problem_of_entries(entries: Sequence[str], others: Mapping[str, Iterable[str]]) -> str:
    """Return what is wrong with a place's list, or nothing; `others` are the other places' by name."""
    if len(entries) > MOST_ENTRIES:
        return f"List at most {MOST_ENTRIES} areas and districts."
    for entry in entries:
        if not _ENTRY.fullmatch(entry):
            return f"“{entry}” is no postcode area or district. Write them like TR, PL10 or SE15."
        taken = next((name for name, theirs in others.items() if entry in theirs), None)
        if taken:
            return f"{entry} is listed for {taken} already. A postcode can lie in one place only."
    return ""


def place_of(district: str, places: Mapping[int, Iterable[str]]) -> int | None:
    """Return the place in whose list a district is: by itself, by the district it divides, or by its area."""
    area = re.match("[A-Z]+", district)
    for entry in (district, district.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), area.group() if area else ""):
        for place_id, entries in places.items():
            if entry and entry in entries:
                return place_id
    return None
