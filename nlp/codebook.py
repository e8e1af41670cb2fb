"""What is read from a codebook: which words stand for a code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import astuple
from itertools import pairwise

from nlp.errors import EmptyCodebookError, NlpError
from nlp.types import CodeSpec

# Ends of phrases: codebooks list what counts with semicolons, brackets, bars or quotation marks between.
_PHRASE_END = re.compile(r"[.;()!?|\n]|', '|’, ‘")
_EDGES = " '‘’\"“”"
_SHORTEST = 4


def checked(codes: Sequence[CodeSpec]) -> list[CodeSpec]:
    """The codes in order of their identifiers; raises where there is none or one comes twice."""
    if not codes:
        raise EmptyCodebookError("The codebook has no codes: add at least one, then ask for suggestions.")
    ordered = sorted(codes, key=lambda code: [str(part) for part in astuple(code)])
    for one, following in pairwise(ordered):
        if one.code == following.code:
            raise NlpError(f"The code {one.code!r} is in the codebook twice: make the codes unique.")
    return ordered


def describing_text(code: CodeSpec) -> str:
    """What the codebook says of the code in its own words, without examples of other people's.

    What a code excludes is left out as well: those words speak for another code.
    """
    return " ".join([code.name or code.code, *code.synonyms, code.definition, code.include])


def defining_text(code: CodeSpec) -> str:
    """All that speaks for the code, its example passages too."""
    return " ".join([describing_text(code), *code.examples])


def defining_phrases(code: CodeSpec) -> list[str]:
    """The same, cut into its phrases: what is said once in a long list must not drown in it."""
    said = [code.definition, code.include, *code.examples]
    phrases = [phrase.strip(_EDGES) for text in said for phrase in _PHRASE_END.split(text)]
    return [code.name or code.code, *code.synonyms, *(one for one in phrases if len(one) >= _SHORTEST)]
