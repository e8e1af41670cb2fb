"""What becomes of words that were typed on a page opened earlier: decided from values alone.

A page carries the mark of the words it showed. Whoever saves from it says by it what the words were when the
typing began, so that nobody's words are overwritten by somebody who never saw them.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from consult.respond.answers import Typed, is_blank

MARK_LENGTH = 32
_QUESTION = "question "
# What a page of several fields shows, or the answer to one question.
Words = Typed | Mapping[str, Any] | None


class Outcome(StrEnum):
    """What a save has come to."""

    SAVED = "saved"
    # Nothing to save: the words stand already.
    SAME = "same"
    # Nothing was typed on a page that shows words which stand no more.
    UNTOUCHED = "untouched"
    # A later save of the same page has overtaken this one.
    LATE = "late"
    # Other words have come to stand meanwhile; both are kept until somebody chooses.
    WAITING = "waiting"


class Choice(StrEnum):
    """What to keep of two versions."""

    MINE = "mine"
    THEIRS = "theirs"
    BOTH = "both"


@dataclass(frozen=True)
class Sitting:
    """One opening of a page: its own name, the mark of what it showed, and how many saves it has made."""

    page: str
    started_from: str
    turn: int = 0
    writer_id: int | None = None


@dataclass(frozen=True)
class Written:
    """Who wrote the words that stand, on which page and when."""

    page: str
    turn: int
    writer_id: int | None
    at: datetime

    @classmethod
    def read(cls, kept: Mapping[str, Any] | None) -> "Written | None":
        """Return what a draft keeps of it."""
        if not kept:
            return None
        return cls(kept["page"], kept["turn"], kept["by"], datetime.fromisoformat(kept["at"]))

    def as_kept(self) -> dict[str, Any]:
        """Return it as a draft keeps it."""
        return {"page": self.page, "turn": self.turn, "by": self.writer_id, "at": self.at.isoformat()}


def slot_of_question(question_slug: str) -> str:
    """Return where a draft keeps who wrote an answer; no page is called so."""
    return f"{_QUESTION}{question_slug}"


def question_of_slot(slot: str) -> str | None:
    """Return the slug of the question that a slot belongs to, or None for a page of several fields."""
    return slot.removeprefix(_QUESTION) if slot.startswith(_QUESTION) else None


def mark_of(words: Words) -> str:
    """Return a mark that only these words have; nothing typed has one mark, however it is put."""
    if isinstance(words, Mapping):
        words = json.dumps({name: value for name, value in words.items() if value}, sort_keys=True)
    plain = json.dumps(words or "", ensure_ascii=True)
    return hashlib.sha256(plain.encode()).hexdigest()[:MARK_LENGTH]


def nothing_in(words: Words) -> bool:
    """Tell whether nobody would miss these words."""
    if isinstance(words, Mapping):
        return all(is_blank(value) for value in words.values())
    return is_blank(words)


def outcome_of(standing: Words, typed: Words, written: Written | None, sitting: Sitting) -> Outcome:
    """Return what a save comes to; a page that overwrites its own words is asked nothing."""
    own = written is not None and written.page == sitting.page
    if own and written is not None and sitting.turn < written.turn:
        return Outcome.LATE
    if mark_of(typed) == mark_of(standing):
        return Outcome.SAME
    if own or nothing_in(standing) or mark_of(standing) == sitting.started_from:
        return Outcome.SAVED
    if mark_of(typed) == sitting.started_from or nothing_in(typed):
        return Outcome.UNTOUCHED
    return Outcome.WAITING


def joined(first: str, second: str) -> str:
    """Return two versions of an answer, one after the other."""
    return f"{first.rstrip()}\n\n{second.lstrip()}"
