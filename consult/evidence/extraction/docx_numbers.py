"""The numbers that Word draws beside paragraphs: they stand in no run, only in the rules that make them."""

from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree

LONGEST_NUMBER = 40
MOST_LEVELS = 9


@dataclass(frozen=True)
class Level:
    """How one level of a list is numbered."""

    form: str = "decimal"
    pattern: str = "%1."
    start: int = 1


@dataclass
class Numbering:
    """Lists of a document, and how far each has counted."""

    levels: dict[str, dict[int, Level]] = field(default_factory=dict)
    # List to the definition that it counts by: lists of one definition go on from each other.
    definition: dict[str, str] = field(default_factory=dict)
    _restarts: dict[str, dict[int, int]] = field(default_factory=dict)
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)

    def number(self, list_id: str, level: int) -> str:
        """Count one paragraph on and return what Word shows beside it."""
        key = self.definition.get(list_id)
        if key is None or not 0 <= level < MOST_LEVELS:
            return ""
        counts = self._counts.setdefault(key, {})
        for at, start in self._restarts.pop(list_id, {}).items():
            counts[at] = start - 1
        levels = self.levels.get(key, {})
        self._count(counts, levels, level)
        return _shown(counts, levels, level)

    @staticmethod
    def _count(counts: dict[int, int], levels: dict[int, Level], level: int) -> None:
        counts[level] = counts.get(level, levels.get(level, Level()).start - 1) + 1
        for deeper in [each for each in counts if each > level]:
            del counts[deeper]

    def restart(self, list_id: str, level: int, start: int) -> None:
        """Let a list begin anew where it first appears."""
        self._restarts.setdefault(list_id, {})[level] = start


def _shown(counts: dict[int, int], levels: dict[int, Level], level: int) -> str:
    rule = levels.get(level, Level())
    if rule.form == "bullet":
        return "•"
    if rule.form == "none":
        return ""
    shown = rule.pattern
    for at in range(level + 1):
        of = levels.get(at, Level())
        count = counts.get(at, of.start)
        shown = shown.replace(f"%{at + 1}", formatted(count, of.form))
    return shown.strip()[:LONGEST_NUMBER]


def formatted(count: int, form: str) -> str:
    """Return a count in one of Word's forms; an unknown one is shown in figures."""
    return _FORMS.get(form, str)(count)


def letters(count: int) -> str:
    """Return a, b, … z, aa, bb: Word repeats the letter."""
    if count < 1:
        return str(count)
    times, place = divmod(count - 1, 26)
    return chr(ord("a") + place) * min(times + 1, LONGEST_NUMBER)


def roman(count: int) -> str:
    """Return i, ii, iii, iv."""
    if not 0 < count < 4000:
        return str(count)
    shown = ""
    for value, sign in _ROMAN:
        times, count = divmod(count, value)
        shown += sign * times
    return shown


_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l")),
    *((40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
_FORMS: dict[str, Callable[[int], str]] = {
    "lowerLetter": letters,
    "upperLetter": lambda count: letters(count).upper(),
    "lowerRoman": roman,
    "upperRoman": lambda count: roman(count).upper(),
    "decimalZero": lambda count: f"{count:02d}",
}


def numbering_of(root: etree._Element | None, w: str) -> Numbering:
    """Return the lists that numbering.xml describes; `w` is the namespace the document uses."""
    found = Numbering()
    if root is None:
        return found
    for abstract in root.findall(f"{w}abstractNum"):
        key = abstract.get(f"{w}abstractNumId", "")
        found.levels[key] = {
            _whole(each.get(f"{w}ilvl")): _level(each, w) for each in abstract.findall(f"{w}lvl")
        }
    for number in root.findall(f"{w}num"):
        list_id = number.get(f"{w}numId", "")
        found.definition[list_id] = _value(number, f"{w}abstractNumId", w)
        for override in number.findall(f"{w}lvlOverride"):
            start = _value(override, f"{w}startOverride", w)
            if start:
                found.restart(list_id, _whole(override.get(f"{w}ilvl")), _whole(start))
    return found


def _level(element: etree._Element, w: str) -> Level:
    return Level(
        form=_value(element, f"{w}numFmt", w) or "decimal",
        pattern=_value(element, f"{w}lvlText", w)[:LONGEST_NUMBER],
        start=_whole(_value(element, f"{w}start", w) or "1"),
    )


def _value(parent: etree._Element, name: str, w: str) -> str:
    child = parent.find(name)
    return "" if child is None else child.get(f"{w}val", "")


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 7 else 0
