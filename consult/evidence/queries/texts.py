"""Source texts as they are read, paragraph by paragraph."""

from dataclasses import dataclass
from functools import cached_property

from consult.evidence.rules import Bounds, paragraphs_of


@dataclass(frozen=True)
class Paragraph:
    """A paragraph, with its number in the whole submission and its bounds in its source text."""

    number: int
    bounds: Bounds
    words: str


@dataclass(frozen=True)
class TextRead:
    """A source text as it is read."""

    id: int
    language: str
    body: str
    first_paragraph: int

    @cached_property
    def paragraphs(self) -> list[Paragraph]:
        """Return the paragraphs in order."""
        return [
            Paragraph(number, bounds, self.body[bounds.start : bounds.end])
            for number, bounds in enumerate(paragraphs_of(self.body), self.first_paragraph)
        ]
