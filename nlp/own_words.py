"""What somebody added to a template or changed in it."""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import groupby

from nlp.shingles import SIZE, HashArray, WordHashes, shingles
from nlp.types import Span
from nlp.words import word_spans

_OPENING = "\"'“‘«„([{"
_WINDOW = 60  # words of the template that are compared one by one
NOWHERE = -1  # stands for words that are neither the template's nor anybody's own
_FEWEST_ALIKE = 3  # words; two in a row are alike by chance


class Template:
    """A template's words, ready to be compared with letters."""

    def __init__(self, text: str, hashes: WordHashes, ignored: HashArray | None = None) -> None:
        self._hashes = hashes
        words = hashes.of(text)
        self._words = words.tolist()
        self._place: dict[int, int] = {}
        for place, number in enumerate(shingles(words).tolist()):
            self._place.setdefault(number, place)
        self._ignored: frozenset[int] = frozenset(() if ignored is None else ignored.tolist())
        self._telling = self._place.keys() - self._ignored

    def compare(self, text: str) -> tuple[tuple[Span, ...], float, float]:
        """Own words of a text, their share of its words, and the share of the template's runs it has."""
        words = self._hashes.of(text)
        numbers = shingles(words).tolist()
        places = self._places(numbers, len(words))
        self._mend_gaps(words.tolist(), places)
        own = sum(place is None for place in places)
        held = len(self._telling.intersection(numbers))
        similarity = held / len(self._telling) if self._telling else float(not own)
        return self._spans(text, places), own / len(places) if places else 0.0, similarity

    def own_words(self, text: str) -> tuple[Span, ...]:
        """Spans of a text that the template lacks, with the marks that hang on them; in order, none touching.

        Words count as the template's in runs of five that it has, wherever they stand, and between two such
        runs where at least three in a row are alike. Words that are to be ignored are nobody's own.
        """
        return self.compare(text)[0]

    @staticmethod
    def _spans(text: str, places: list[int | None]) -> tuple[Span, ...]:
        spans = word_spans(text)
        runs = [(start, end) for start, end in _runs(places) if places[start] is None]
        return tuple(
            Span(
                _opened(text, spans[start - 1][1] if start else 0, spans[start][0]),
                _closed(text, spans[end - 1][1], spans[end][0] if end < len(spans) else len(text)),
            )
            for start, end in runs
        )

    def _places(self, numbers: list[int], count: int) -> list[int | None]:
        """For each word where the template has it, None where it does not."""
        places: list[int | None] = [None] * count
        for start, number in enumerate(numbers):
            place = self._place.get(number)
            if place is not None:
                places[start : start + SIZE] = range(place, place + SIZE)
            elif number in self._ignored:
                places[start : start + SIZE] = [NOWHERE] * SIZE
        return places

    def _mend_gaps(self, words: list[int], places: list[int | None]) -> None:
        for start, end in list(_runs(places)):
            before = places[start - 1] if start else -1
            after = places[end] if end < len(places) else len(self._words)
            if places[start] is None and before is not None and after is not None:
                self._mend(words[start:end], before + 1, after, start, places)

    def _mend(self, gap: list[int], first: int, last: int, start: int, places: list[int | None]) -> None:
        if not 0 < last - first <= _WINDOW:
            return
        matcher = SequenceMatcher(None, gap, self._words[first:last], autojunk=False)
        for here, there, size in matcher.get_matching_blocks():
            if size >= _FEWEST_ALIKE:
                places[start + here : start + here + size] = range(first + there, first + there + size)


def _runs(places: list[int | None]) -> list[tuple[int, int]]:
    """Half-open runs of words that all are the template's, or all are not."""
    runs, start = [], 0
    for _, group in groupby(places, key=lambda place: place is None):
        end = start + len(list(group))
        runs.append((start, end))
        start = end
    return runs


def _opened(text: str, least: int, start: int) -> int:
    while start > least and text[start - 1] in _OPENING:
        start -= 1
    return start


def _closed(text: str, end: int, most: int) -> int:
    """Take in what hangs on the last word: a full stop, an accent, an emoji."""
    while end < most and not text[end].isspace():
        end += 1
    return end
