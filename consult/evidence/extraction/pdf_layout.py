"""Lines of pages to paragraphs: a PDF knows where letters stand, not which of them belong together."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import median

_HYPHENS = "-\u2010\x02"
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_ENDS = re.compile(r"[.!?:;][\"'”’)\]]*$")
# How an author begins a paragraph of a numbered document, or an item of a list.
_MARK = re.compile(
    r"(\(?[0-9]{1,3}(\.[0-9]{1,3}){0,5}[.):]?|\(?[a-zA-Z][.)]|\(?[ivxlcIVXLC]{1,7}[.)]|[•●▪■◦‣–—*·o\uf0b7-])\s+\S"
)
# Not “3.” or “(3)”, which number a paragraph.
_PAGE_NUMBER = re.compile(
    r"[-–—|\s]*+(page|tudalen)?\s*+(\d{1,4}|[ivxlc]{1,6})\s*+((of|o|/)\s*\d{1,4})?[-–—|\s]*+", re.IGNORECASE
)
_DIGITS = re.compile(r"\d+")
# Words before a hyphen that nearly always keep it.
_KEEP_HYPHEN = frozenset(
    {
        "self",
        "non",
        "co",
        "ex",
        "well",
        "long",
        "short",
        "part",
        "full",
        "half",
        "cross",
        "far",
        "high",
        "low",
    }
    | {"anti", "pro", "pre", "post", "semi", "multi", "decision", "policy", "community"}
)
_RUNNING_FROM = 3
_RUNNING_SHARE = 0.6
_LINE_NUMBERS = 10


@dataclass(frozen=True)
class Line:
    """A line of a page and where it stands, in points from the lower left corner."""

    words: str
    left: float
    right: float
    base: float
    size: float


@dataclass
class Page:
    """The lines of a page in the order in which the file holds them."""

    lines: list[Line]
    width: float = 0
    height: float = 0
    pictures: bool = False

    @property
    def words(self) -> str:
        """Return all its words."""
        return "\n".join(line.words for line in self.lines)


@dataclass
class Paragraph:
    """Lines that belong together."""

    lines: list[Line] = field(default_factory=list)


def blocks_of(pages: list[Page]) -> list[str]:
    """Return the paragraphs of a document, and what runs along the edges of its pages once, at the end."""
    pages = [
        replace(page, lines=[_tidy(line) for line in page.lines if line.words.strip()]) for page in pages
    ]
    pages = [replace(page, lines=_without_line_numbers(page.lines)) for page in pages]
    running = _running(pages)
    paragraphs: list[Paragraph] = []
    margins: dict[str, None] = {}
    for page in pages:
        kept, dropped = _without_edges(page.lines, running)
        margins.update(dict.fromkeys(dropped))
        _join_pages(paragraphs, _paragraphs(kept))
    known = frozenset(re.findall(r"\w+-\w+", " ".join(line.words for page in pages for line in page.lines)))
    shown = [_text(paragraph.lines, known) for paragraph in paragraphs]
    return [*shown, *(f"Page margin: {words}" for words in _once(margins))]


def _tidy(line: Line) -> Line:
    words = "".join(_LIGATURES.get(letter, letter) for letter in line.words)
    return replace(line, words=words.strip())


def _without_line_numbers(lines: list[Line]) -> list[Line]:
    """Leave out the numbers of lines down the side of a transcript: 1, 2, 3 … one under another."""
    alone = [
        (place, int(line.words)) for place, line in enumerate(lines) if re.fullmatch(r"\d{1,2}", line.words)
    ]
    dropped: set[int] = set()
    run: list[int] = []
    for place, number in alone:
        if number == 1:
            run = []
        if number == len(run) + 1:
            run.append(place)
        if len(run) >= _LINE_NUMBERS and _in_one_column([lines[each] for each in run]):
            dropped.update(run)
    return [line for place, line in enumerate(lines) if place not in dropped]


def _in_one_column(numbers: Sequence[Line]) -> bool:
    rights = [line.right for line in numbers]
    down = all(upper.base > lower.base for upper, lower in pairwise(numbers))
    return down and max(rights) - min(rights) < 2 * max(numbers[0].size, 4)


def _edges(lines: list[Line]) -> list[Line]:
    """Return the two lines highest and the two lowest on a page."""
    by_height = sorted(lines, key=lambda line: line.base)
    return [*by_height[:2], *by_height[-2:]]


def _shape(line: Line) -> str:
    return _DIGITS.sub("#", " ".join(line.words.split()).lower())


def _running(pages: list[Page]) -> frozenset[str]:
    """Return the shapes of what stands at the edge of most pages."""
    filled = [page for page in pages if len(page.lines) > 2]
    if len(filled) < _RUNNING_FROM:
        return frozenset()
    counts = Counter(shape for page in filled for shape in {_shape(line) for line in _edges(page.lines)})
    return frozenset(shape for shape, count in counts.items() if count >= len(filled) * _RUNNING_SHARE)


def _without_edges(lines: list[Line], running: frozenset[str]) -> tuple[list[Line], list[str]]:
    edges = {id(line) for line in _edges(lines)} if len(lines) > 2 else set()
    dropped = [line for line in lines if id(line) in edges and _shape(line) in running]
    rest = [line for line in lines if not any(line is each for each in dropped)]
    outermost = {id(line) for line in _edges(rest)} if len(rest) > 4 else set()
    kept = [line for line in rest if not (id(line) in outermost and _PAGE_NUMBER.fullmatch(line.words))]
    return kept, [line.words for line in dropped if not _PAGE_NUMBER.fullmatch(line.words)]


def _once(margins: dict[str, None]) -> list[str]:
    """Return one of those that differ by their figures alone."""
    shapes: dict[str, str] = {}
    for words in margins:
        shapes.setdefault(_DIGITS.sub("#", words.lower()), words)
    return list(shapes.values())


def _paragraphs(lines: list[Line]) -> list[Paragraph]:
    if not lines:
        return []
    gaps = [upper.base - lower.base for upper, lower in pairwise(lines)]
    usual = median([gap for gap in gaps if gap > 1] or [lines[0].size * 1.2])
    left, right = _margins(lines)
    found = [Paragraph([lines[0]])]
    for before, line in pairwise(lines):
        if _begins(before, line, usual, left, right):
            found.append(Paragraph([line]))
        else:
            found[-1].lines.append(line)
    return found


def _margins(lines: list[Line]) -> tuple[float, float]:
    """Return where most lines begin and where nearly all have ended: a few may stick out."""
    starts = Counter(round(line.left) for line in lines)
    ends = sorted(line.right for line in lines)
    return float(starts.most_common(1)[0][0]), ends[len(ends) * 9 // 10]


def _begins(before: Line, line: Line, usual: float, left: float, right: float) -> bool:
    """Tell whether a line begins a paragraph."""
    size = max(line.size, 1.0)
    gap = before.base - line.base
    if abs(gap) < 0.3 * size:
        return False  # beside it: one line, drawn in two
    if gap < 0:
        return not _goes_on(before, line)  # higher up: a new column
    apart = gap > 1.35 * usual or abs(line.size - before.size) > 0.12 * size
    if apart or _MARK.match(line.words):
        return True
    return _was_ended(before, line, left, right)


def _was_ended(before: Line, line: Line, left: float, right: float) -> bool:
    """Tell whether the writer, and not the edge of the page, ended a line."""
    ended = bool(_ENDS.search(before.words))
    if line.words[:1].islower() and not ended:
        return False
    indented = line.left - left > max(line.size, 1.0) and before.left - left < line.size / 2
    return _had_room(before, line, right) or (indented and ended)


def _had_room(before: Line, line: Line, right: float) -> bool:
    """Tell whether a line was ended on purpose: the next word would still have fitted into it."""
    letter = (before.right - before.left) / max(len(before.words), 1)
    word = line.words.split(maxsplit=1)[0]
    return before.right + letter * (len(word) + 1.5) < right


def _goes_on(before: Line, line: Line) -> bool:
    """Tell whether a sentence runs from one line to another that is not beneath it."""
    return not _ENDS.search(before.words) and (line.words[:1].islower() or before.words[-1:] in _HYPHENS)


def _join_pages(paragraphs: list[Paragraph], more: list[Paragraph]) -> None:
    if paragraphs and more and _goes_on(paragraphs[-1].lines[-1], more[0].lines[0]):
        paragraphs[-1].lines += more[0].lines
        more = more[1:]
    paragraphs += more


def _text(lines: list[Line], known: frozenset[str]) -> str:
    pieces: list[str] = []
    for line in lines:
        words = line.words
        if not pieces:
            pieces.append(words)
        elif pieces[-1][-1:] in _HYPHENS and words[:1].islower() and pieces[-1][-2:-1].isalpha():
            pieces[-1] = _without_hyphen(pieces[-1], words, known)
        else:
            pieces += [" ", words]
    return "".join(pieces).replace("\x02", "-")


def _without_hyphen(before: str, after: str, known: frozenset[str]) -> str:
    """Join a word that a line end parted; a hyphen of its own stays."""
    last, first = re.split(r"\W", before[:-1])[-1], re.split(r"\W", after)[0]
    own = f"{last}-{first}" in known or last.lower() in _KEEP_HYPHEN
    return f"{before[:-1]}{'-' if own else ''}{after}"
