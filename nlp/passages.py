"""Cutting a text into passages that a person can read and code in one go."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING

from nlp.errors import NlpError
from nlp.sentences import load_trained, make_pipeline, sentence_starts, splits_character
from nlp.structure import Bond, Unit, before_bullets, bonds_of, outside_quotations, units_of
from nlp.types import Span

if TYPE_CHECKING:
    from spacy.language import Language

_WORD = re.compile(r"\S+")
_CLAUSE_END = re.compile(r"[;:,)—–][\"'”’)]*\s+|\s[—–-]\s+|[、，；：]")
# Scripts without spaces have no words to count; this many characters weigh as one.
_CHARACTERS_PER_WORD = 20
_WORDS_REMEMBERED = 200_000


class PassageCutter:
    """Cuts a text into passages of whole sentences, about `target_words` long.

    A paragraph of up to one and a half times the target stays whole, and goes together with no other but
    its heading, the words that lead it in, or the short items or rows of its list. No passage has
    more than `max_words` words; the same text is always cut in the same way. `trained` is the name of an
    installed spaCy package whose sentences are used instead of the rule; see `installed_pipeline`.
    """

    name = "passages"
    version = "2"

    def __init__(
        self, language: str = "en", target_words: int = 80, max_words: int = 160, trained: str | None = None
    ) -> None:
        if not 1 <= target_words <= max_words:
            raise NlpError("target_words must be at least 1 and no more than max_words.")
        self.language = language
        self.target_words = target_words
        self.max_words = max_words
        self.trained = trained
        self._held: Language | None = None

    def _pipeline(self) -> Language:
        """The pipeline remembers every word it meets: that makes it fast, and in the end too big."""
        if self._held is None or len(self._held.vocab) > _WORDS_REMEMBERED:
            self._held = load_trained(self.trained) if self.trained else make_pipeline(self.language)
        return self._held

    def cut(self, text: str, paragraphs: Sequence[Span]) -> list[Span]:
        """Passages of one text, in order; without paragraphs the whole text is one."""
        return self.cut_many([(text, paragraphs)])[0]

    def cut_many(self, texts_with_paragraphs: Sequence[tuple[str, Sequence[Span]]]) -> list[list[Span]]:
        """Passages of many texts at once; covers every character of the paragraphs that is not white space.

        Raises NlpError where paragraphs overlap, are out of order or leave their text.
        """
        prepared = [
            (text, [unit for paragraph in _checked(text, paragraphs) for unit in units_of(text, paragraph)])
            for text, paragraphs in texts_with_paragraphs
        ]
        starts = self._starts_of_long_units(prepared)
        return [self._cut_units(text, units, starts) for text, units in prepared]

    def _starts_of_long_units(self, prepared: list[tuple[str, list[Unit]]]) -> Iterator[list[int]]:
        """Only long units are worth the tokeniser: this is what makes short answers cheap."""
        every = ((text, unit.span) for text, units in prepared for unit in units)
        long = [text[span.start : span.end] for text, span in every if self._is_long(text, span)]
        return sentence_starts(self._pipeline(), long) if long else iter(())

    @property
    def _whole(self) -> int:
        return min(self.max_words, self.target_words * 3 // 2)

    def _is_long(self, text: str, span: Span) -> bool:
        if span.end - span.start < 2 * self._whole:
            return False
        return _weight(text, span) > self._whole

    def _cut_units(self, text: str, units: list[Unit], starts: Iterator[list[int]]) -> list[Span]:
        passages: list[Span] = []
        run: list[Span] = []
        glued = False
        for unit, bond in zip(units, bonds_of(text, units), strict=True):
            pieces = self._pieces_of(text, unit.span, starts)
            if glued and _weight(text, run[-1]) + _weight(text, pieces[0]) <= self.max_words:
                run[-1] = Span(run[-1].start, pieces[0].end)
                pieces = pieces[1:]
            run += pieces
            glued = bond is Bond.HEADED
            if bond is Bond.NONE:
                passages += self._passages_of(text, run)
                run = []
        return passages

    def _pieces_of(self, text: str, span: Span, starts: Iterator[list[int]]) -> list[Span]:
        """A unit that is not long, or the sentences of one that is."""
        if not self._is_long(text, span):
            return [span]
        offsets = before_bullets(text, span, [span.start + start for start in next(starts)])
        offsets = outside_quotations(text, span, offsets, self._whole)
        return [piece for each in _between(text, span, offsets) for piece in self._pieces(text, each)]

    def _passages_of(self, text: str, run: list[Span]) -> list[Span]:
        """A run of pieces as one passage where that is not long."""
        whole = Span(run[0].start, run[-1].end)
        return self._group(text, run) if len(run) > 1 and _weight(text, whole) > self._whole else [whole]

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
    lengths = list(map(len, text[span.start : span.end].split()))
    long = [length for length in lengths if length > _CHARACTERS_PER_WORD]
    return len(lengths) + sum(_run_weight(0, length) - 1 for length in long)


def _run_weight(start: int, end: int) -> int:
    return 1 + (end - start - 1) // _CHARACTERS_PER_WORD


def _safe_cut(text: str, start: int, cut: int) -> int:
    earlier = cut
    while earlier > start + 1 and splits_character(text, earlier):
        earlier -= 1
    return cut if earlier == start + 1 else earlier
