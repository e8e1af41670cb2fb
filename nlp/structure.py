"""What the parts of a text are to each other: headings, lists, rows of tables, words that lead in.

A text comes as paragraphs, as a form or a document gave them. Here each is taken apart into units (a
paragraph, an item of a list, a row of a table), and neighbours are bound that a reader would not part.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from enum import Enum, IntEnum
from itertools import groupby, pairwise
from typing import NamedTuple

from nlp.types import Span

# An item or a heading of more words than these is a paragraph like any other.
LONGEST_ITEM = 30
LONGEST_HEADING = 12
_LONGEST_HEADING_CHARACTERS = 100
# So many short lines one after another are a list without marks, or an address, and head nothing.
_FEWEST_LISTED = 3

_BULLET = re.compile(r"[-–—•*·▪◦‣●○■□➢✓][^\S\r\n]+(?=\S)")
_NUMBER = re.compile(
    r"(?:[(\[]?(\d{1,3}(?:\.\d{1,3})*|[ivxlc]{1,6}|[a-zA-Z])[.)\]]{1,2}|(\d{1,3}(?:\.\d{1,3})+))"
    r"[^\S\r\n]+(?=\S)"
)
# Bullets that nobody uses for anything else: text out of a document may have lost the line ends before them.
_BULLETS = frozenset("•▪◦‣●■□➢✓")
_BULLET_IN_LINE = re.compile(r"(?<=\s)[•▪◦‣●■□➢✓]\s+(?=\S)")
_LINE = re.compile(r"[^\r\n]+")
_INK = re.compile(r"\S(?:.*\S)?", re.DOTALL)
_NAMES_QUESTION = re.compile(r"(?:question|q|cwestiwn|c)[^\S\r\n]*\d", re.IGNORECASE)
_CLOSERS = "\"'”’»)]"
_ENDERS = ".!?…;\N{IDEOGRAPHIC FULL STOP}\N{FULLWIDTH EXCLAMATION MARK}\N{FULLWIDTH QUESTION MARK}"
_LEADS_IN = ":\N{FULLWIDTH COLON}"
_BEFORE_ITEM = re.compile(r"(?:[.:;!?,)\"”’]|\b(?:and|or|a|ac|neu))$")
# What is quoted stays together; single marks are left alone, for most of them are apostrophes.
_QUOTED = re.compile(r"“[^“”]+”|«[^«»]+»|(?<!\w)\"(?=\S)[^\"]+\"(?!\w)")


class Form(Enum):
    """What a unit is."""

    PLAIN = "plain"
    SHORT_LINE = "short line"
    LEAD_IN = "lead-in"
    ITEM = "item"
    ROW = "row"


class Bond(IntEnum):
    """How two neighbours belong together: not at all, in one list, or as a heading to its text."""

    NONE = 0
    LISTED = 1
    HEADED = 2


class Unit(NamedTuple):
    """A paragraph, or an item or row of one; `mark` tells lists apart, empty where nothing is marked."""

    span: Span
    form: Form
    mark: str


def units_of(text: str, paragraph: Span) -> Iterator[Unit]:
    """Take a paragraph apart at items of a list and rows of a table; anything else is one unit."""
    lines = [Span(*line.span()) for line in _LINE.finditer(text, paragraph.start, paragraph.end)]
    starts = [line.start for line in lines if text[line.start : line.end].strip()]
    cuts = _starts_within(text, lines) if len(starts) > 1 else []
    for start, end in pairwise([paragraph.start, *cuts, paragraph.end]):
        ink = _INK.search(text, start, end)
        if ink:
            yield _unit(text, Span(*ink.span()))


def bonds_of(text: str, units: Sequence[Unit]) -> list[Bond]:
    """How each unit belongs to the one after it; the last to none."""
    bonds = [_bond(one, other) for one, other in pairwise(units)]
    for first, last in _runs_of_short_lines(units):
        ends_all = last + 1 == len(units)
        is_list = ends_all or last - first + 1 >= _FEWEST_LISTED
        bonds[first:last] = [Bond.LISTED if is_list else Bond.HEADED] * (last - first)
        if not ends_all:
            bonds[last] = Bond.HEADED  # the last of several lines may head what follows all the same
    for place, (one, other) in enumerate(pairwise(units)):
        between = text[one.span.end : other.span.start]
        if between.strip() or not between:
            bonds[place] = Bond.NONE  # whoever gave the paragraphs left out what stands between
    return [*bonds, Bond.NONE][: len(units)]


def outside_quotations(text: str, span: Span, offsets: Sequence[int], longest: int) -> list[int]:
    """Those offsets at which no quotation is open; a quotation of more words than `longest` may be parted."""
    quoted = [
        match.span()
        for match in _QUOTED.finditer(text, span.start, span.end)
        if len(match.group().split()) <= longest
    ]
    starts = [start for start, _ in quoted]
    kept = []
    for offset in offsets:
        place = bisect_right(starts, offset - 1) - 1
        if place < 0 or offset >= quoted[place][1]:
            kept.append(offset)
    return kept


def before_bullets(text: str, span: Span, offsets: Sequence[int]) -> list[int]:
    """Those offsets and the places of bullets within a line; a bullet begins what it stands before."""
    if _BULLETS.isdisjoint(text[span.start : span.end]):
        return list(offsets)
    bullets = {match.end(): match.start() for match in _BULLET_IN_LINE.finditer(text, span.start, span.end)}
    return sorted({*bullets.values(), *(offset for offset in offsets if offset not in bullets)})


def _starts_within(text: str, lines: Sequence[Span]) -> list[int]:
    """Where lines open an item or are rows; the first line opens its paragraph anyhow."""
    words = [text[line.start : line.end].strip() for line in lines]
    numbered = sum(bool(_NUMBER.match(line)) for line in words)
    cuts = []
    for place in range(1, len(lines)):
        before, line = words[place - 1], words[place]
        rows = _is_row(line) or _is_row(before)
        # A wrapped line may begin with a year or an initial by chance.
        numeral = _NUMBER.match(line) and (numbered > 1 or _BEFORE_ITEM.search(before))
        if rows or numeral or _BULLET.match(line):
            cuts.append(lines[place].start)
    return cuts


def _is_row(line: str) -> bool:
    """Whether a line has two cells with a bar between, or three with tabs."""
    return _cells(line, "|") > 1 or _cells(line, "\t") > 2


def _cells(line: str, between: str) -> int:
    return sum(bool(cell.strip()) for cell in line.split(between)) if between in line else 0


def _unit(text: str, span: Span) -> Unit:
    body = text[span.start : span.end]
    mark = _mark(body)
    return Unit(span, _form(body, len(body.split()), mark), mark)


def _mark(body: str) -> str:
    """What kind of mark opens a unit: a bullet, a letter, or a number with its depth ("2.3" is not "3.")."""
    if _BULLET.match(body):
        return body[0]
    number = _NUMBER.match(body)
    if not number:
        return ""
    written = number[1] or number[2]
    return f"number {written.count('.')}" if written[0].isdigit() else "letter"


def _form(body: str, words: int, mark: str) -> Form:
    if "\n" not in body and _is_row(body):
        return Form.ROW
    if body.rstrip("-–—“‘").endswith(tuple(_LEADS_IN)):
        return Form.LEAD_IN
    if _is_short_line(body, words, mark):
        return Form.SHORT_LINE
    return Form.ITEM if mark and words <= LONGEST_ITEM else Form.PLAIN


def _is_short_line(body: str, words: int, mark: str) -> bool:
    if words > LONGEST_HEADING or len(body) > _LONGEST_HEADING_CHARACTERS or "\n" in body or "\r" in body:
        return body.endswith("?") and words <= LONGEST_ITEM and bool(_NAMES_QUESTION.match(body))
    if body.endswith("?") and (mark or _NAMES_QUESTION.match(body)):
        return True
    return (
        not body.rstrip(_CLOSERS).endswith(tuple(_ENDERS))
        and not body[0].islower()
        and any(map(str.isalnum, body))
    )


def _bond(one: Unit, other: Unit) -> Bond:
    if one.form is Form.LEAD_IN:
        return Bond.HEADED
    if one.form is other.form is Form.ROW:
        return Bond.LISTED
    return Bond.LISTED if _listed(one, other) else Bond.NONE


def _listed(one: Unit, other: Unit) -> bool:
    """Whether two units are short items of one list."""
    return bool(one.mark) and one.mark == other.mark and Form.PLAIN not in {one.form, other.form}


def _runs_of_short_lines(units: Sequence[Unit]) -> Iterator[tuple[int, int]]:
    """First and last place of each run of short lines, less items of a list that have no full stop."""
    in_list = [
        any(_listed(unit, units[near]) for near in (place - 1, place + 1) if 0 <= near < len(units))
        for place, unit in enumerate(units)
    ]
    places = range(len(units))
    for short, run in groupby(places, key=lambda at: units[at].form is Form.SHORT_LINE and not in_list[at]):
        if short:
            held = list(run)
            yield held[0], held[-1]
