"""A name for exactly these data, whatever order they came in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, astuple
from hashlib import sha256

from nlp.types import CodeSpec, Decided


def data_hash(codes: Sequence[CodeSpec], texts: Iterable[str], decided: Iterable[Decided]) -> str:
    """SHA-256 over codes, texts and decisions; the order within each does not matter."""
    digest = sha256()
    for part in (
        sorted(json.dumps(asdict(code), sort_keys=True) for code in codes),
        sorted(json.dumps(text) for text in texts),
        sorted(json.dumps(astuple(one)) for one in decided),
    ):
        digest.update(f"{len(part)}\n".encode())
        for line in part:
            digest.update(line.encode() + b"\n")
    return digest.hexdigest()
