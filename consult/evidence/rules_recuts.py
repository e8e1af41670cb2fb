"""Where a person may cut a passage anew."""

import re
from unicodedata import combining

from consult.evidence.rules import Bounds, trimmed
from consult.foundation.errors import BadInput, Refused

# Of a passage that a person puts together.
MOST_WORDS = 400
# A page offers so many places; any other is named by its words.
MOST_PLACES = 60
# Possessive: a run of white space would be looked through again from each of its places.
_SENTENCE_END = re.compile(r"(?:[.!?…。！？][\"'”’»)\]]*+\s++|[\r\n]\s*+)")  # noqa: RUF001 # ends of sentences
_NUMBERING = re.compile(r"[(\[]?(?:\d{1,3}(?:\.\d{1,3})*|[ivxlc]{1,6}|[a-zA-Z])[.)\]]{1,2}\s*")
_JOINERS = frozenset("\u200d\ufe0e\ufe0f")


def places_to_split(text: str, passage: Bounds) -> list[int]:
    """Return where sentences and lines begin within a passage; a number stays with what it numbers."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text, passage.start, passage.end)]
    places, before = [], passage.start
    for place in ends:
        if place < passage.end and not _NUMBERING.fullmatch(text[before:place]):
            places.append(place)
        before = place
    return places[:MOST_PLACES]


def place_of_words(text: str, passage: Bounds, words: str) -> int:
    """Return where in a passage these words stand; BadInput when they do not, or more than once."""
    wanted = re.compile(r"\s+".join(map(re.escape, words.split())))
    found = [match.start() for match in wanted.finditer(text, passage.start, passage.end)]
    if not words.strip():
        raise BadInput("Choose where the second passage begins, or type the words it begins with.")
    if not found:
        raise BadInput("These words are not in the passage. Copy them from it exactly.")
    if len(found) > 1:
        raise BadInput(
            f"These words occur {len(found)} times. Add the words after them, so that one place fits."
        )
    return found[0]


def parted(text: str, passage: Bounds, place: int) -> tuple[Bounds, Bounds]:
    """Return a passage in two at a place; Refused where one would hold no words or a letter would be torn."""
    first, second = Bounds(passage.start, place), Bounds(place, passage.end)
    if not passage.start < place < passage.end or not _words(text, first) or not _words(text, second):
        raise Refused("Both passages must hold words. Choose a place within the passage.")
    if combining(text[place]) or text[place] in _JOINERS or text[place - 1] == "\u200d":
        raise Refused("That place lies within a letter. Choose the beginning of a word.")
    return trimmed(text, first), trimmed(text, second)


def joined_bounds(text: str, passage: Bounds, following: Bounds) -> Bounds:
    """Return two passages as one, with the words between them; Refused where nobody could read it at once."""
    bounds = Bounds(passage.start, following.end)
    if len(text[bounds.start : bounds.end].split()) > MOST_WORDS:
        raise Refused(f"Together they would have more than {MOST_WORDS} words, too many to code at once.")
    return bounds


def _words(text: str, bounds: Bounds) -> str:
    return text[bounds.start : bounds.end].strip()
