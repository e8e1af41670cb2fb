"""What can be decided about codes from values alone."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

LONGEST_NAME = 200
LONGEST_SLUG = 80
LONGEST_TEXT = 10_000
_NOT_IN_SLUG = re.compile(r"[^a-z0-9]+")
_EXAMPLE_BREAK = re.compile(r"\s\|\s|\r?\n")


class CodeState(StrEnum):
    """Whether a code may still be applied."""

    ACTIVE = "active"
    RETIRED = "retired"


@dataclass(frozen=True)
class CodeText:
    """What a person writes about a code."""

    name: str
    definition: str = ""
    include: str = ""
    exclude: str = ""
    examples: tuple[str, ...] = ()

    def stripped(self) -> "CodeText":
        """Return the same words without white space around them and without empty examples."""
        return CodeText(
            name=self.name.strip(),
            definition=self.definition.strip(),
            include=self.include.strip(),
            exclude=self.exclude.strip(),
            examples=tuple(example.strip() for example in self.examples if example.strip()),
        )


def makes_cycle(parents: Mapping[int, int | None], code_id: int, new_parent_id: int | None) -> bool:
    """Tell whether placing a code under a parent would put it beneath itself."""
    step = new_parent_id
    while step is not None:
        if step == code_id:
            return True
        step = parents.get(step)
    return False


def slug_from(name: str, taken: Iterable[str]) -> str:
    """Return a slug made from a name, with a number where the plain one is taken."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = _NOT_IN_SLUG.sub("-", plain)[: LONGEST_SLUG - 5].strip("-") or "code"
    used = set(taken)
    slug, number = stem, 1
    while slug in used:
        number += 1
        slug = f"{stem}-{number}"
    return slug


def problems_of(text: CodeText) -> dict[str, str]:
    """Return field to problem for what a person wrote about a code; empty when all is well."""
    problems = {}
    if not text.name:
        problems["name"] = "Enter a name."
    elif len(text.name) > LONGEST_NAME:
        problems["name"] = f"The name must have {LONGEST_NAME} characters or fewer."
    lengths = {
        "definition": len(text.definition),
        "include": len(text.include),
        "exclude": len(text.exclude),
        "examples": max(map(len, text.examples), default=0),
    }
    for field, length in lengths.items():
        if length > LONGEST_TEXT:
            problems[field] = f"The text under “{field}” must have {LONGEST_TEXT:,} characters or fewer."
    return problems


def examples_in(cell: str) -> tuple[str, ...]:
    """Return the examples in one field: parted by new lines or by " | ", else the whole as one."""
    return tuple(example.strip() for example in _EXAMPLE_BREAK.split(cell) if example.strip())


def content_hash(codes: list[dict[str, Any]]) -> str:
    """Return SHA-256 over the canonical JSON of a codebook's content, in hexadecimal."""
    canonical = json.dumps(codes, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
