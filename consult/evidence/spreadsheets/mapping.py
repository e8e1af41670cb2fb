"""What each column of a spreadsheet means for a call: proposed from headings, settled by a clerk."""

import hashlib
from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from typing import Any

from consult.calls.rules import QuestionKind
from consult.evidence.spreadsheets.layouts import KNOWN, Column, Layout, Platform, Use, known_use, plain

ALIKE = 0.85
_ABOUT_ANSWERS = frozenset({Use.ANSWER, Use.OPTION, Use.MATRIX_ROW})
# What may stand in one column at most, for a second would contradict the first.
_ONCE = frozenset(Use) - _ABOUT_ANSWERS - {Use.LEAVE_OUT, Use.TEST}
# A matrix is answered row by row; no cell holds a file.
_IN_PARTS = frozenset({QuestionKind.MATRIX, QuestionKind.FILE})
_BETWEEN = ("selected choice", "selected choices", "response", "other please specify")


@dataclass(frozen=True)
class AskedQuestion:
    """A question of the call, as far as a spreadsheet can answer it."""

    id: int
    slug: str
    kind: QuestionKind
    prompt: str
    # Wording to id, in order.
    options: Map[str, int] = field(default_factory=dict)
    rows: Map[str, int] = field(default_factory=dict)
    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True)
class ColumnUse:
    """What one column is for; `part` is the wording of an option or of a matrix row."""

    index: int
    use: Use = Use.LEAVE_OUT
    question: str = ""
    part: str = ""


@dataclass(frozen=True)
class ColumnMapping:
    """What every column is for, and how days are written."""

    columns: tuple[ColumnUse, ...]
    day_first: bool = True

    def as_json(self) -> dict[str, Any]:
        """Return what is stored; columns that are left out need no word."""
        used = [column for column in self.columns if column.use is not Use.LEAVE_OUT]
        columns = [[each.index, each.use.value, each.question, each.part] for each in used]
        return {"columns": columns, "day_first": self.day_first}

    @classmethod
    def from_json(cls, stored: Map[str, Any]) -> "ColumnMapping":
        """Return what was stored."""
        columns = (ColumnUse(index, Use(use), slug, part) for index, use, slug, part in stored["columns"])
        return cls(tuple(columns), bool(stored["day_first"]))


def signature_of(layout: Layout) -> str:
    """Return the SHA-256 of the headings: the next export of the same form has the same one."""
    words = "\x1f".join([layout.platform, *(f"{column.index}:{column.words}" for column in layout.columns)])
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()


def proposed(layout: Layout, questions: Sequence[AskedQuestion], *, day_first: bool = True) -> ColumnMapping:
    """Return what each column seems to be for; a question or a fact is given to one column only."""
    uses = [_use_of(column, questions) for column in layout.columns]
    taken: set[tuple[str, str, str]] = set()
    settled = []
    for found in uses:
        slot = (found.use if found.use in _ONCE else "answer", found.question, found.part)
        free = slot not in taken or found.use in {Use.LEAVE_OUT, Use.TEST}
        settled.append(found if free else ColumnUse(found.index))
        taken.add(slot)
    return ColumnMapping(tuple(settled), day_first)


def _use_of(column: Column, questions: Sequence[AskedQuestion]) -> ColumnUse:
    asked = _question_at(column, questions)
    if asked is not None:
        return asked
    heading = plain(column.heading)
    # SurveyMonkey asks for a name and an address in one question, each in a column of its own.
    known = known_use(plain(column.option)) if column.option else None
    return ColumnUse(column.index, known or known_use(heading) or Use.LEAVE_OUT)


def _question_at(column: Column, questions: Sequence[AskedQuestion]) -> ColumnUse | None:
    whole, heading = plain(column.words), plain(column.heading)
    in_one = [asked for asked in questions if asked.kind not in _IN_PARTS]
    for asked in in_one:
        if whole == plain(asked.prompt):
            return ColumnUse(column.index, Use.ANSWER, asked.slug)
    for asked in questions:
        if found := _part_at(column, asked):
            return found
    if found := _row_by_itself(column, questions):
        return found
    alike = [(_likeness(heading, plain(asked.prompt)), -place) for place, asked in enumerate(in_one)]
    best, place = max(alike, default=(0.0, 0))
    if best < ALIKE or heading in KNOWN or column.option:
        return None
    return ColumnUse(column.index, Use.ANSWER, in_one[-place].slug)


def _part_at(column: Column, asked: AskedQuestion) -> ColumnUse | None:
    """Return the use of a column that stands for one option or one row of a question."""
    parts = {**dict.fromkeys(asked.options, Use.OPTION), **dict.fromkeys(asked.rows, Use.MATRIX_ROW)}
    if asked.kind is not QuestionKind.SEVERAL:
        parts = {part: use for part, use in parts.items() if use is Use.MATRIX_ROW}
    rest = _after_prompt(column, plain(asked.prompt))
    if rest is None:
        return None
    for part, use in parts.items():
        if rest == plain(part):
            return ColumnUse(column.index, use, asked.slug, part)
    return None


def _row_by_itself(column: Column, questions: Sequence[AskedQuestion]) -> ColumnUse | None:
    """Return the use of a column headed by a matrix row alone, as Microsoft Forms writes them."""
    rows = [
        (asked.slug, row) for asked in questions for row in asked.rows if plain(row) == plain(column.words)
    ]
    return ColumnUse(column.index, Use.MATRIX_ROW, *rows[0]) if len(rows) == 1 else None


def _after_prompt(column: Column, prompt: str) -> str | None:
    heading = plain(column.heading)
    if column.option:
        return plain(column.option) if _likeness(heading, prompt) >= ALIKE else None
    if not heading.startswith(f"{prompt} "):
        return heading.removesuffix(f" {prompt}") if heading.endswith(f" {prompt}") else None
    rest = heading.removeprefix(f"{prompt} ")
    for between in _BETWEEN:
        rest = rest.removeprefix(f"{between} ")
    return rest


def _likeness(one: str, other: str) -> float:
    if one == other:
        return 1.0
    # Two questions that share half their words are often two questions; nearly all is the same one reworded.
    return SequenceMatcher(None, one.split(), other.split(), autojunk=False).ratio()


def problems_of(mapping: ColumnMapping, questions: Sequence[AskedQuestion]) -> dict[int, str]:
    """Return what keeps a mapping from being used, by column; −1 stands for the whole."""
    by_slug = {asked.slug: asked for asked in questions}
    problems: dict[int, str] = {}
    taken: dict[tuple[str, str, str], int] = {}
    for column in mapping.columns:
        if message := _problem_with(column, by_slug):
            problems[column.index] = message
        slot = (column.use if column.use in _ONCE else "answer", column.question, column.part)
        if column.use in {Use.LEAVE_OUT, Use.TEST}:
            continue
        if slot in taken:
            problems[column.index] = (
                f"Another column ({letters(taken[slot])}) is used for the same. Leave one out."
            )
        taken.setdefault(slot, column.index)
    if not any(column.use in _ABOUT_ANSWERS for column in mapping.columns):
        problems[-1] = "No column answers a question of this call. Choose at least one."
    return problems


def _problem_with(column: ColumnUse, by_slug: Map[str, AskedQuestion]) -> str:
    if column.use not in _ABOUT_ANSWERS:
        return ""
    asked = by_slug.get(column.question)
    if asked is None:
        return "Choose which question this column answers."
    if column.use is Use.ANSWER and asked.kind in _IN_PARTS:
        return "This question is not answered in one column. Choose which row of it this column stands for."
    lacks = {
        Use.OPTION: ("option", column.part not in asked.options),
        Use.MATRIX_ROW: ("row of the question", column.part not in asked.rows),
    }
    what, missing = lacks.get(column.use, ("", False))
    return f"Choose which {what} this column stands for." if missing else ""


def with_day_first(mapping: ColumnMapping, dates: Sequence[str], platform: Platform) -> ColumnMapping:
    """Return the mapping with days read as the dates themselves show; as the platform writes them, else."""
    firsts = [part for text in dates if (part := text.replace("-", "/").split("/")) and len(part) >= 3]
    numbers = [(int(a), int(b)) for a, b, *_ in firsts if a.isdecimal() and b.isdecimal() and len(a) <= 2]
    if any(first > 12 for first, _ in numbers):
        return replace(mapping, day_first=True)
    # SurveyMonkey writes 10/01/2026 09:15:00 AM for the first of October, whatever the language of the form.
    if any(second > 12 for _, second in numbers) or platform is Platform.SURVEYMONKEY:
        return replace(mapping, day_first=False)
    return mapping


def letters(index: int) -> str:
    """Return the name of a column as spreadsheets show it: A to Z, then AA."""
    name, rest = "", index + 1
    while rest:
        rest, last = divmod(rest - 1, 26)
        name = chr(ord("A") + last) + name
    return name
