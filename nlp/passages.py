"""Cutting a text into passages that a person can read and code in one go."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING

from nlp.errors import NlpError
from nlp.sentences import make_pipeline, sentence_starts, splits_character
from nlp.types import Span

if TYPE_CHECKING:
    from spacy.language import Language

_WORD = re.compile(r"\S+")
_CLAUSE_END = re.compile(r"[;:,)—–][\"'”’)]*\s+|\s[—–-]\s+|[、，；：]")
# Scripts without spaces have no words to count; this many characters weigh as one.
_CHARACTERS_PER_WORD = 20
_WORDS_REMEMBERED = 200_000


class PassageCutter:
    """Cuts paragraphs into passages of whole sentences, about `target_words` long.

    A paragraph of up to one and a half times the target stays whole. No passage has more than
    `max_words` words or leaves its paragraph; the same text is always cut in the same way.
    """

    def __init__(self, language: str = "en", target_words: int = 80, max_words: int = 160) -> None:
        if not 1 <= target_words <= max_words:
            raise NlpError("target_words must be at least 1 and no more than max_words.")
        self.language = language
        self.target_words = target_words
        self.max_words = max_words
        self._held: Language | None = None

    def _pipeline(self) -> Language:
        """The pipeline remembers every word it meets: that makes it fast, and in the end too big."""
        if self._held is None or len(self._held.vocab) > _WORDS_REMEMBERED:
            self._held = make_pipeline(self.language)
        return self._held

    def cut(self, text: str, paragraphs: Sequence[Span]) -> list[Span]:
        """Passages of one text, in order; without paragraphs the whole text is one."""
        return self.cut_many([(text, paragraphs)])[0]

    def cut_many(self, texts_with_paragraphs: Sequence[tuple[str, Sequence[Span]]]) -> list[list[Span]]:
        """Passages of many texts at once; covers every character of the paragraphs that is not white space.

        Raises NlpError where paragraphs overlap, are out of order or leave their text.
        """
        prepared = [(text, _checked(text, paragraphs)) for text, paragraphs in texts_with_paragraphs]
        starts = self._starts_of_long_paragraphs(prepared)
        return [self._cut_paragraphs(text, paragraphs, starts) for text, paragraphs in prepared]

    def _starts_of_long_paragraphs(self, prepared: list[tuple[str, list[Span]]]) -> Iterator[list[int]]:
        """Only long paragraphs are worth the tokeniser: this is what makes short answers cheap."""
        every = ((text, paragraph) for text, paragraphs in prepared for paragraph in paragraphs)
        long = [text[p.start : p.end] for text, p in every if self._is_long(text, p)]
        return sentence_starts(self._pipeline(), long) if long else iter(())

    def _is_long(self, text: str, paragraph: Span) -> bool:
        whole = min(self.max_words, self.target_words * 3 // 2)
        if paragraph.end - paragraph.start < 2 * whole:
            return False
        return _weight(text, paragraph) > whole

    def _cut_paragraphs(self, text: str, paragraphs: list[Span], starts: Iterator[list[int]]) -> list[Span]:
        passages: list[Span] = []
        for paragraph in paragraphs:
            if self._is_long(text, paragraph):
                offsets = [paragraph.start + start for start in next(starts)]
                sentences = list(_between(text, paragraph, offsets))
                passages += self._group(text, [piece for s in sentences for piece in self._pieces(text, s)])
            else:
                passages += _between(text, paragraph, [])
        return passages

    def _pieces(self, text: str, sentence: Span) -> list[Span]:
        """The sentence, or its clauses where it is too long to be read at once."""
        if _weight(text, sentence) <= self.max_words:
            return [sentence]
        ends = [match.end() for match in _CLAUSE_END.finditer(text, sentence.start, sentence.end)]
        clauses = list(_between(text, sentence, ends))
        return self._group(text, [piece for clause in clauses for piece in self._by_words(text, clause)])

    def _by_words(self, text: str, clause: Span) -> Iterator[Span]:
        """Last resort: cut after so many words, and inside a word only where it has no end."""
        if _weight(text, clause) <= self.max_words:
            yield clause
            return
        room = self.max_words
        cuts: list[int] = []
        for start, end in self._short_runs(text, clause):
            weight = _run_weight(start, end)
            if weight > room:
                cuts.append(start)
                room = self.max_words
            room -= weight
        yield from _between(text, clause, cuts)

    def _short_runs(self, text: str, clause: Span) -> Iterator[tuple[int, int]]:
        longest = _CHARACTERS_PER_WORD * self.max_words
        for word in _WORD.finditer(text, clause.start, clause.end):
            start, end = word.span()
            while end - start > longest:
                cut = _safe_cut(text, start, start + longest)
                yield start, cut
                start = cut
            yield start, end

    def _group(self, text: str, pieces: list[Span]) -> list[Span]:
        """Join neighbours so that the passages come out about equally long."""
        weights = [_weight(text, piece) for piece in pieces]
        parts = max(1, round(sum(weights) / self.target_words), ceil(sum(weights) / self.max_words))
        aim = sum(weights) / parts
        grouped: list[Span] = []
        held = 0
        for piece, weight in zip(pieces, weights, strict=True):
            if grouped and held + weight <= self.max_words and held + weight / 2 <= aim:
                grouped[-1] = Span(grouped[-1].start, piece.end)
                held += weight
            else:
                grouped.append(piece)
                held = weight
        return grouped


def _checked(text: str, paragraphs: Sequence[Span]) -> list[Span]:
    if not paragraphs:
        return [Span(0, len(text))]
    for paragraph in paragraphs:
        if not 0 <= paragraph.start <= paragraph.end <= len(text):
            bounds = f"{paragraph.start}-{paragraph.end}"
            raise NlpError(f"Paragraph {bounds} is not inside its text of {len(text)} characters.")
    if any(one.end > following.start for one, following in pairwise(paragraphs)):
        raise NlpError("Paragraphs must be given in order and must not overlap.")
    return list(paragraphs)


def _between(text: str, whole: Span, cuts: list[int]) -> Iterator[Span]:
    """The parts of `whole` between the cuts, less white space at either end, less empty parts."""
    for start, end in pairwise([whole.start, *cuts, whole.end]):
        part = text[start:end]
        stripped = part.strip()
        if stripped:
            lead = len(part) - len(part.lstrip())
            yield Span(start + lead, start + lead + len(stripped))


def _weight(text: str, span: Span) -> int:
    part = text[span.start : span.end]
    lengths = list(map(len, part.split()))
    if max(lengths, default=0) <= _CHARACTERS_PER_WORD:
        return len(lengths)
    return sum(_run_weight(0, length) for length in lengths)


def _run_weight(start: int, end: int) -> int:
    return 1 + (end - start - 1) // _CHARACTERS_PER_WORD


def _safe_cut(text: str, start: int, cut: int) -> int:
    earlier = cut
    while earlier > start + 1 and splits_character(text, earlier):
        earlier -= 1
    return cut if earlier == start + 1 else earlier
