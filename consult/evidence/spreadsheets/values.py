"""What a cell says, for each kind of question and fact; a Misfit tells how to put the cell right."""

import re
from collections.abc import Collection, Iterable
from collections.abc import Mapping as Map
from datetime import datetime, timedelta, tzinfo

from consult.calls.rules import points_of_scale
from consult.evidence.rules import PublicationChoice
from consult.evidence.spreadsheets.layouts import plain
from consult.evidence.spreadsheets.mapping import AskedQuestion

_PARTED = re.compile(r"[;,|\n\r]+\s*")
_LEADING_NUMBER = re.compile(r"\s*(-?\d[\d,]*)(?:\.0+)?(?!\d)")
_TRUE = frozenset({"yes", "y", "true", "1", "x", "selected", "checked", "ticked", "on"})
_FALSE = frozenset({"", "no", "n", "false", "0", "not selected", "unchecked", "off"})
# Days since 1900 as Excel counts them, for 1982 to 2064: a date whose cell lost its format.
_SERIAL = re.compile(r"[3-5]\d{4}(?:\.\d+)?")
_EXCEL_BEGINS = datetime(1899, 12, 30)  # noqa: DTZ001  # given its zone with the days
_SHAPES = (
    "{day_month}/%Y %H:%M:%S",
    "{day_month}/%Y %H:%M",
    "{day_month}/%Y",
    "{day_month}/%y %H:%M:%S",
    "{day_month}/%y %H:%M",
    "{day_month}/%y",
    "{day_month}/%Y %I:%M:%S %p",
    "{day_month}/%Y %I:%M %p",
)
_WORDED = (
    "%d %B %Y",
    "%d %b %Y",
    "%d %B %Y %H:%M",
    "%d %b %Y %H:%M",
    "%d %B %Y %H:%M:%S",
    "%d %b %Y %H:%M:%S",
)


class Misfit(ValueError):
    """A cell holds what its column cannot take; the message says what would fit."""


def option_of(asked: AskedQuestion, cell: str) -> int:
    """Return the option that a cell names."""
    wanted = plain(cell)
    for wording, option_id in asked.options.items():
        if plain(wording) == wanted:
            return option_id
    raise Misfit(f"“{short(cell)}” is none of the options: {listed(asked.options)}.")


def options_of(asked: AskedQuestion, cell: str) -> tuple[int, ...]:
    """Return the options that a cell names, parted by semicolons, commas, bars or line ends.

    An option may itself hold a comma, so known options are taken from the front, the longest first.
    """
    known = sorted(asked.options, key=len, reverse=True)
    rest, found = cell.strip(), []
    while rest := rest.strip(" ;,|\r\n\t"):
        taken = next((wording for wording in known if _starts_with(rest, wording)), None)
        if taken is None:
            raise Misfit(
                f"“{short(_PARTED.split(rest)[0])}” is none of the options: {listed(asked.options)}."
            )
        found.append(asked.options[taken])
        rest = rest[len(taken) :]
    return tuple(dict.fromkeys(found))


def _starts_with(text: str, wording: str) -> bool:
    after = text[len(wording) : len(wording) + 1]
    return text[: len(wording)].casefold() == wording.casefold() and (not after or after in ";,|\r\n")


def is_ticked(cell: str, wording: str) -> bool:
    """Tell whether the cell of an option's own column chooses it."""
    said = plain(cell)
    if said in _FALSE:
        return False
    if said in _TRUE or said == plain(wording):
        return True
    raise Misfit(
        f"“{short(cell)}” does not say whether “{short(wording)}” was chosen. Write yes, or leave it empty."
    )


def number_of(asked: AskedQuestion, cell: str) -> int:
    """Return the whole number in a cell."""
    match = _LEADING_NUMBER.fullmatch(cell.strip())
    if not match:
        raise Misfit(f"“{short(cell)}” is not a whole number.")
    return _within(int(match[1].replace(",", "")), asked.minimum, asked.maximum)


def point_of(asked: AskedQuestion, cell: str) -> int:
    """Return the point of a scale, from a number or a number with its meaning after it."""
    points = points_of_scale(asked.minimum, asked.maximum)
    match = _LEADING_NUMBER.match(cell)
    if not match or int(match[1].replace(",", "")) not in points:
        raise Misfit(f"“{short(cell)}” is not on the scale from {points[0]} to {points[-1]}.")
    return int(match[1].replace(",", ""))


def _within(number: int, low: int | None, high: int | None) -> int:
    if low is not None and number < low:
        raise Misfit(f"{number:,} is less than {low:,}, the lowest number the question takes.")
    if high is not None and number > high:
        raise Misfit(f"{number:,} is more than {high:,}, the highest number the question takes.")
    return number


def place_of(places: Map[str, int], cell: str) -> int:
    """Return the place that a cell names; `places` maps plain names to ids."""
    if (found := places.get(plain(cell))) is None:
        raise Misfit(f"“{short(cell)}” is no place of this inquiry. Add it to the lists, or change the cell.")
    return found


def moment_of(cell: str, *, day_first: bool, zone: tzinfo) -> datetime:
    """Return the moment that a cell tells; without a zone of its own it is on the clock of `zone`."""
    text = " ".join(cell.replace("\u202f", " ").split())
    try:
        return _zoned(datetime.fromisoformat(text), zone)
    except ValueError:
        pass
    if serial := _SERIAL.fullmatch(text):
        return _zoned(_EXCEL_BEGINS + timedelta(seconds=round(float(serial[0]) * 86_400)), zone)
    day_month = "%d/%m" if day_first else "%m/%d"
    shapes = (*(shape.format(day_month=day_month) for shape in _SHAPES), *_WORDED)
    for shape in shapes:
        try:
            return _zoned(datetime.strptime(text.replace("-", "/") if "/" in shape else text, shape), zone)  # noqa: DTZ007  # given its zone at once
        except ValueError:
            continue
    raise Misfit(f"“{short(cell)}” is not a date that can be read. Write it as 2026-07-31 14:05.")


def _zoned(moment: datetime, zone: tzinfo) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def publication_of(cell: str) -> PublicationChoice:
    """Return the choice that a cell tells. Where it agrees without a word on the name, no name is shown."""
    said = plain(cell)
    exact = {choice.value.replace("_", " "): choice for choice in PublicationChoice}
    words = set(said.split())
    if said in exact:
        return exact[said]
    if words & {"anonymous", "anonymously", "anonymised", "nameless"} or "without" in words:
        return PublicationChoice.WITHOUT_NAME
    if words & {"no", "not", "dont", "confidential", "private", "false", "0", "n"}:
        return PublicationChoice.NOT_PUBLISHED
    if words & {"name", "named", "organisation"} and words & {"with", "named", "and", "yes"}:
        return PublicationChoice.WITH_NAME
    if words & {"yes", "publish", "published", "true", "agree", "consent", "1", "y"}:
        return PublicationChoice.WITHOUT_NAME
    raise Misfit(
        f"“{short(cell)}” does not say whether it may be published. Write with name, without name or no."
    )


def language_of(cell: str) -> str:
    """Return the language that a cell names: Welsh, or else English."""
    return "cy" if plain(cell) in {"cy", "cym", "welsh", "cymraeg", "cy gb"} else "en"


def short(cell: str, longest: int = 60) -> str:
    """Return a cell as a message can hold it."""
    words = " ".join(cell.split())
    return words if len(words) <= longest else f"{words[: longest - 1]}…"


def listed(options: Iterable[str] | Collection[str]) -> str:
    """Return options as a message can hold them."""
    return short("; ".join(options), 200)
