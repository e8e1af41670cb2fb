"""How a text lies on the coding screen: blocks of passages, each with what was proposed and decided on it.

All offsets are Unicode code points of the source text. A block is a passage that the machine cut, or the
words between two such passages, so that no word is ever without a place.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

from consult.coding.rules import CODING_VERDICTS, Band, CodingOrigin, Verdict, band_of
from consult.coding.rules_quality import share_in_words
from consult.evidence.rules import Bounds, paragraph_at, paragraphs_of, trimmed

LANGUAGE_NAMES = {"en": "English", "cy": "Welsh"}


@dataclass(frozen=True)
class TextShown:
    """A source text with the question it answers."""

    id: int
    body: str
    first_paragraph: int
    question_number: int | None
    question: str
    # Questions to which somebody put paragraphs of it, by the paragraph's number.
    mapped: Mapping[int, int] = field(default_factory=dict)
    language: str = "en"


@dataclass(frozen=True)
class PassageShown:
    """A passage; `cut` tells those the text lies in from words that a person selected or cut anew."""

    id: int
    source_text_id: int
    bounds: Bounds
    cut: bool
    # The reference of the template in which the same words are read, for a letter of a campaign.
    repeats: str = ""
    # In which it is written, where that could be told.
    language: str | None = None
    # Drawn to be read without suggestions, and nobody has yet.
    blind: bool = False


@dataclass(frozen=True)
class DecisionShown:
    """A decision that holds, and whose it is; `replacement` names the code put in place."""

    id: int
    who: str
    mine: bool
    verdict: Verdict
    at: datetime
    replacement: str = ""


@dataclass(frozen=True)
class SuggestionShown:
    """A suggestion of a passage's latest run, with the decision that settles it and the reader's own skip."""

    id: int
    passage_id: int
    code_id: int
    name: str
    definition: str
    score: float
    reasons: tuple[dict[str, Any], ...]
    from_definition: bool
    # Which share of those with a score like this was accepted; None where too few were decided to say.
    share: float | None = None
    decision: DecisionShown | None = None
    skip: DecisionShown | None = None

    @property
    def open(self) -> bool:
        """Tell whether nobody has settled it."""
        return self.decision is None

    @property
    def band(self) -> Band:
        """Return in words how likely it is: by what scores like this have meant, else by the score itself."""
        return band_of(self.score if self.share is None else self.share)

    @property
    def meaning(self) -> str:
        """Return what a score like this has meant, or nothing."""
        return "" if self.share is None else share_in_words(self.share)

    @property
    def words(self) -> list[str]:
        """Return the words that spoke for it, each once."""
        return list(dict.fromkeys(str(reason["text"]) for reason in self.reasons))


@dataclass(frozen=True)
class CodingShown:
    """A coding that stands, and the decision that made it, if one did."""

    id: int
    passage: PassageShown
    code_id: int
    name: str
    who: str
    mine: bool
    at: datetime
    origin: CodingOrigin
    decision_id: int | None
    # Passages of a campaign's letters with the same words: without this code, and with it by the reader.
    elsewhere: int = 0
    elsewhere_mine: int = 0

    @property
    def undoable(self) -> bool:
        """Tell whether the reader can take back the decision that made it."""
        return self.mine and self.decision_id is not None


@dataclass(frozen=True)
class Piece:
    """A run of a block's words between two edges of spans."""

    words: str
    suggestion_ids: tuple[int, ...] = ()
    coded: bool = False


@dataclass(frozen=True)
class Block:
    """A passage on the screen with everything beside it."""

    text_id: int
    bounds: Bounds
    paragraph: int
    # A heading or a list lies in one passage with what belongs to it.
    last_paragraph: int
    opens_paragraph: bool
    # The number of the question to which somebody put its first paragraph that was put to any.
    mapped: int | None
    pieces: tuple[Piece, ...]
    suggestions: tuple[SuggestionShown, ...]
    codings: tuple[tuple[CodingShown, str], ...]
    repeats: str = ""
    # Of the passage that the block is, if it is one.
    passage_id: int | None = None
    # Where it is not the language of its text.
    language: str = ""

    @property
    def language_name(self) -> str:
        """Return in which language it is, in words, where it is not that of its text."""
        return LANGUAGE_NAMES.get(self.language, "")

    # The passage to be read without suggestions first, by its id.
    blind_id: int | None = None

    @property
    def waits(self) -> bool:
        """Tell whether it is to be decided here: what repeats a template is read in the template."""
        return bool(self.open or self.blind_id) and not self.repeats

    @property
    def key(self) -> str:
        """Return the block's name in the page and in its address."""
        return f"t{self.text_id}-{self.bounds.start}"

    @property
    def open(self) -> list[SuggestionShown]:
        """Return the suggestions that nobody has settled, the surest first."""
        return [suggestion for suggestion in self.suggestions if suggestion.open]

    @property
    def settled(self) -> list[tuple[SuggestionShown, DecisionShown, bool]]:
        """Return what was settled and no coding beside it speaks for; True where its coding was withdrawn."""
        made = {coding.decision_id for coding, _ in self.codings}
        standing = {(coding.who, coding.name) for coding, _ in self.codings}
        return [
            (
                suggestion,
                decision,
                decision.verdict in CODING_VERDICTS
                and (decision.who, decision.replacement or suggestion.name) not in standing,
            )
            for suggestion in self.suggestions
            if (decision := suggestion.decision) and decision.id not in made
        ]


@dataclass(frozen=True)
class Part:
    """A source text on the screen: the question and the blocks of the answer."""

    text: TextShown
    blocks: tuple[Block, ...]


def parts_of(
    texts: Sequence[TextShown],
    passages: Sequence[PassageShown],
    suggestions: Sequence[SuggestionShown],
    codings: Sequence[CodingShown],
) -> list[Part]:
    """Return the texts of a submission cut into blocks, each with its suggestions and codings."""
    proposed: dict[int, list[SuggestionShown]] = defaultdict(list)
    for suggestion in suggestions:
        proposed[suggestion.passage_id].append(suggestion)
    parts = []
    for text in texts:
        cut = [p for p in passages if p.cut and p.source_text_id == text.id]
        coded = [c for c in codings if c.passage.source_text_id == text.id]
        parts.append(Part(text, tuple(_blocks(text, cut, proposed, coded))))
    return parts


def _blocks(
    text: TextShown,
    cut: Sequence[PassageShown],
    proposed: dict[int, list[SuggestionShown]],
    codings: Sequence[CodingShown],
) -> Iterable[Block]:
    passages = {passage.bounds: passage for passage in cut}
    paragraphs = paragraphs_of(text.body)
    lying = sorted({*passages, *_between(text.body, paragraphs, passages)})
    for index, bounds in enumerate(lying):
        first, last = (paragraph_at(paragraphs, at) for at in (bounds.start, bounds.end - 1))
        numbers = range(text.first_paragraph + first, text.first_paragraph + last + 1)
        passage = passages.get(bounds)
        suggestions = tuple(proposed[passage.id]) if passage else ()
        before = bounds.start if index else 0
        after = lying[index + 1].start if index + 1 < len(lying) else len(text.body)
        yield Block(
            text_id=text.id,
            bounds=bounds,
            paragraph=numbers[0],
            last_paragraph=numbers[-1],
            opens_paragraph=bounds.start == paragraphs[first].start,
            mapped=next((text.mapped[number] for number in numbers if number in text.mapped), None),
            pieces=_pieces(text.body, bounds, suggestions, codings),
            suggestions=suggestions,
            codings=tuple(
                (coding, "" if coding.passage.bounds == bounds else _quote(text, coding))
                for coding in codings
                if before <= coding.passage.bounds.start < after
            ),
            repeats=passage.repeats if passage else "",
            passage_id=passage.id if passage else None,
            language=_other_language(text, passage),
            blind_id=passage.id if passage and passage.blind else None,
        )


def _other_language(text: TextShown, passage: PassageShown | None) -> str:
    told = passage.language if passage else None
    return told if told and told != text.language else ""


def _between(body: str, paragraphs: Sequence[Bounds], passages: Iterable[Bounds]) -> Iterable[Bounds]:
    """Return the words of each paragraph that are in no passage, in order."""
    waiting, at = sorted(passages), 0
    for paragraph in paragraphs:
        start = paragraph.start
        while at < len(waiting) and waiting[at].start < paragraph.end:
            yield from _words(body, start, waiting[at].start)
            start = max(start, waiting[at].end)
            if start > paragraph.end:
                break  # it goes on in the next paragraph
            at += 1
        yield from _words(body, start, paragraph.end)


def _words(body: str, start: int, end: int) -> Iterable[Bounds]:
    if body[start:end].strip():
        yield trimmed(body, Bounds(start, end))


def _quote(text: TextShown, coding: CodingShown) -> str:
    bounds = coding.passage.bounds
    return text.body[bounds.start : bounds.end]


def _pieces(
    body: str,
    block: Bounds,
    suggestions: Sequence[SuggestionShown],
    codings: Sequence[CodingShown],
) -> tuple[Piece, ...]:
    """Cut a block's words at every edge of a reason or a coding on some of its words."""
    reasons = [
        (Bounds(block.start + int(reason["start"]), block.start + int(reason["end"])), suggestion.id)
        for suggestion in suggestions
        for reason in suggestion.reasons
    ]
    coded = [
        c.passage.bounds for c in codings if c.passage.bounds != block and _overlap(c.passage.bounds, block)
    ]
    spans = [*(bounds for bounds, _ in reasons), *coded]
    inner = {edge for span in spans for edge in (span.start, span.end) if block.start < edge < block.end}
    return tuple(
        Piece(
            words=body[start:end],
            suggestion_ids=tuple(i for span, i in reasons if span.start <= start and end <= span.end),
            coded=any(span.start <= start and end <= span.end for span in coded),
        )
        for start, end in pairwise(sorted({block.start, block.end, *inner}))
    )


def _overlap(one: Bounds, other: Bounds) -> bool:
    return one.start < other.end and other.start < one.end


def touched(parts: Sequence[Part], text_id: int, bounds: Bounds) -> list[Block]:
    """Return the blocks that a span of a text lies in."""
    return [
        block
        for part in parts
        if part.text.id == text_id
        for block in part.blocks
        if _overlap(block.bounds, bounds)
    ]


@dataclass(frozen=True)
class Progress:
    """How many passages of a submission have suggestions, and how many of those are left to decide."""

    passages: int
    left: int


def progress_of(parts: Sequence[Part]) -> Progress:
    """Count the passages with suggestions and those among them that are left."""
    blocks = [block for part in parts for block in part.blocks]
    proposed = [block for block in blocks if (block.suggestions or block.blind_id) and not block.repeats]
    return Progress(len(proposed), sum(block.waits for block in proposed))
