"""A name for exactly these data, whatever order they came in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, astuple
from hashlib import sha256

from nlp.types import CodeSpec, Decided


def text_hashes(texts: Iterable[str]) -> str:
    """SHA-256 over texts."""
    return _digest(_text_hash(text) for text in texts)


def data_hash(codes: Sequence[CodeSpec], texts: str, decided: Iterable[Decided]) -> str:
    """SHA-256 over codes, the hash of the texts, and decisions."""
    parts = (
        _digest(json.dumps(asdict(code), sort_keys=True) for code in codes),
        texts,
        _digest(json.dumps(astuple(one)) for one in decided),
    )
    return sha256("\n".join(parts).encode()).hexdigest()


def _text_hash(text: str) -> str:
    # A text may hold half of a surrogate pair, which UTF-8 has no bytes for.
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _digest(lines: Iterable[str]) -> str:
    return sha256("\n".join(sorted(lines)).encode()).hexdigest()
