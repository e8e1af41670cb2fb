"""What can be decided about codes from values alone."""

import hashlib
import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class CodeState(StrEnum):
    """Whether a code may still be applied."""

    ACTIVE = "active"
    RETIRED = "retired"


def makes_cycle(parents: Mapping[int, int | None], code_id: int, new_parent_id: int | None) -> bool:
    """Tell whether placing a code under a parent would put it beneath itself."""
    step = new_parent_id
    while step is not None:
        if step == code_id:
            return True
        step = parents.get(step)
    return False


def content_hash(codes: list[dict[str, Any]]) -> str:
    """Return SHA-256 over the canonical JSON of a codebook's content, in hexadecimal."""
    canonical = json.dumps(codes, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
