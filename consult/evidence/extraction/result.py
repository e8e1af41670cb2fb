"""What became of a document, as plain values that pass between processes as JSON."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

# A picture of pages, or a document that nobody could wait for: no machine has read what they say.
UNREAD = "unread"
UNTYPED = frozenset({"scanned", UNREAD})


class Outcome(StrEnum):
    """Text came out; or it did and somebody should look; or the document was not taken."""

    TEXT = "text"
    FLAGGED = "flagged"
    REFUSED = "refused"


class Refusal(Exception):
    """The document is not taken; `reason` is the flag that says why."""

    def __init__(self, reason: str, kind: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.kind = kind


@dataclass(frozen=True)
class Enclosed:
    """A document inside a message; `data` only where it was asked for."""

    name: str
    kind: str
    outcome: Outcome
    text: str
    flags: tuple[str, ...]
    size: int
    data: bytes | None = None


@dataclass(frozen=True)
class Extraction:
    """The text of a document and what was noticed; `message` is said in the language of its reader."""

    outcome: Outcome
    kind: str
    text: str = ""
    flags: tuple[str, ...] = ()
    message: str = ""
    # from, to, date and subject of a message, as they stand in it.
    mail: dict[str, str] = field(default_factory=dict)
    enclosed: tuple[Enclosed, ...] = ()
    # Such as pages or author; never needed to understand the text.
    properties: dict[str, str] = field(default_factory=dict)
    # The words of a message itself, without those of the documents inside it.
    own_text: str = ""

    @property
    def needs_transcription(self) -> bool:
        """Tell whether somebody has to type what it says, for no machine has read it."""
        return not UNTYPED.isdisjoint(self.flags)

    def as_json(self) -> dict[str, Any]:
        """Return values that JSON can hold."""
        return {
            "outcome": self.outcome.value,
            "kind": self.kind,
            "text": self.text,
            "message": self.message,
            "flags": list(self.flags),
            "mail": self.mail,
            "attachments": [_enclosed_json(each) for each in self.enclosed],
            "properties": self.properties,
            "own_text": self.own_text,
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Extraction":
        """Return what `as_json` described."""
        return cls(
            outcome=Outcome(values["outcome"]),
            kind=str(values["kind"]),
            text=str(values["text"]),
            flags=tuple(values["flags"]),
            message=str(values["message"]),
            mail=dict(values["mail"]),
            enclosed=tuple(_enclosed_from(each) for each in values["attachments"]),
            properties=dict(values["properties"]),
            own_text=str(values.get("own_text", "")),
        )


def refused(reason: str, kind: str = "unknown") -> Extraction:
    """Return the result for a document that is not taken."""
    return Extraction(Outcome.REFUSED, kind, flags=(reason,))


def unread() -> Extraction:
    """Return the result for a document that is taken although reading it was not waited for."""
    return Extraction(Outcome.FLAGGED, "unknown", flags=(UNREAD,))


@dataclass
class Reading:
    """What a reader has found so far."""

    kind: str
    # Each is a paragraph, or a table whose rows are lines.
    blocks: list[str] = field(default_factory=list)
    flags: dict[str, None] = field(default_factory=dict)
    mail: dict[str, str] = field(default_factory=dict)
    enclosed: list[Enclosed] = field(default_factory=list)
    properties: dict[str, str] = field(default_factory=dict)
    # Those of the blocks that are a message's own.
    own: list[str] = field(default_factory=list)

    def flag(self, *names: str) -> None:
        """Notice something once, in the order in which things were noticed."""
        self.flags.update(dict.fromkeys(names))

    def add(self, blocks: Iterable[str]) -> None:
        """Add what holds words."""
        self.blocks += [block for block in blocks if block.strip()]


def _enclosed_json(each: Enclosed) -> dict[str, Any]:
    values: dict[str, Any] = {
        "name": each.name,
        "kind": each.kind,
        "outcome": each.outcome.value,
        "text": each.text,
        "flags": list(each.flags),
        "size": each.size,
    }
    if each.data is not None:
        values["data"] = base64.b64encode(each.data).decode("ascii")
    return values


def _enclosed_from(values: dict[str, Any]) -> Enclosed:
    data = values.get("data")
    return Enclosed(
        name=str(values["name"]),
        kind=str(values["kind"]),
        outcome=Outcome(values["outcome"]),
        text=str(values["text"]),
        flags=tuple(values["flags"]),
        size=int(values["size"]),
        data=base64.b64decode(data) if data is not None else None,
    )
