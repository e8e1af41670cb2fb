"""What is read from a codebook: which words stand for a code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple

from nlp.errors import EmptyCodebookError, NlpError
from nlp.types import CodeSpec


def checked(codes: Sequence[CodeSpec]) -> list[CodeSpec]:
    """The codes in order of their identifiers; raises where there is none or one comes twice."""
    if not codes:
        raise EmptyCodebookError("The codebook has no codes: add at least one code before asking for suggestions.")
    ordered = sorted(codes, key=astuple_of)
    for one, following in zip(ordered, ordered[1:], strict=False):
        if one.code == following.code:
            raise NlpError(f"The code {one.code!r} is in the codebook twice: give each code its own identifier.")
    return ordered


def astuple_of(code: CodeSpec) -> tuple[str, ...]:
    """All that is said about a code, as text, for ordering and hashing."""
    return tuple(str(part) for part in astuple(code))


def naming_text(code: CodeSpec) -> str:
    """Name and synonyms: few words, each of them telling."""
    return " ".join([code.name or code.code, *code.synonyms])


def defining_text(code: CodeSpec) -> str:
    """All that speaks for the code. What it excludes is left out: those words speak for another."""
    return " ".join([naming_text(code), code.definition, code.include, *code.examples])
