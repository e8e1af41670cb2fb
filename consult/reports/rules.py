"""What can be decided about exports from values alone."""

from dataclasses import dataclass, field
from enum import StrEnum

from consult.evidence.rules import Bounds, sha256_of
from consult.foundation.errors import Refused


class Export(StrEnum):
    """What can be written out."""

    CODINGS = "codings"
    SUGGESTIONS = "suggestions"
    DECISIONS = "decisions"


class DamagedText(Refused):
    """A stored text or quote is no longer what was received; nothing may be written from it."""


# Outside programs read the first columns of each by name and by place: add at the end, remove nothing.
_PASSAGE = ("submission", "source_text", "start", "end", "quote", "code")
_CONTEXT = (
    "paragraph",
    "code_name",
    "call",
    "question",
    "state",
    "publication",
    "respondent",
    "respondent_type",
    "place",
    "source_sha256",
    "campaign",
    "counted",
)
COLUMNS: dict[Export, tuple[str, ...]] = {
    Export.CODINGS: (*_PASSAGE, "coder", "at", "origin", *_CONTEXT),
    Export.SUGGESTIONS: (*_PASSAGE, "score", "rank", "reasons", "run", "band", "verdict", *_CONTEXT),
    Export.DECISIONS: (
        *_PASSAGE,
        "verdict",
        "replacement",
        "decider",
        "at",
        "score",
        "rank",
        "run",
        "taken_back",
        *_CONTEXT,
    ),
}


@dataclass
class Pseudonyms:
    """Names for members whom an output may not name: "member 1" is the first who appears in it."""

    numbers: dict[int, int] = field(default_factory=dict)

    def of(self, user_id: int) -> str:
        """Return a member's name within this output."""
        return f"member {self.numbers.setdefault(user_id, len(self.numbers) + 1)}"


@dataclass(frozen=True)
class StoredText:
    """A source text as it is read back, with the hash it was received with."""

    body: str
    sha256: str

    def unharmed(self, reference: str) -> "StoredText":
        """Return this text; DamagedText names the submission when it is not the one received."""
        if sha256_of(self.body) != self.sha256:
            raise DamagedText(
                f"The text of {reference} is not the text that was received. Nothing was written: "
                "restore the database from a backup, and look for who changed it."
            )
        return self


def checked_quote(text: StoredText, bounds: Bounds, quote: str, reference: str) -> str:
    """Return a quote that stands word for word in its text; DamagedText names the submission otherwise."""
    if text.body[bounds.start : bounds.end] != quote:
        raise DamagedText(
            f"A quote from {reference} does not stand in its text. Nothing was written: "
            "restore the database from a backup, and look for who changed it."
        )
    return quote
