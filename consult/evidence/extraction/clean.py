"""Text that every engine can keep and every page can show, out of whatever a document held."""

import re

from consult.evidence.extraction.limits import LONGEST_TEXT

_LINE_ENDS = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Left out without a word: they are instructions to a typesetter that nobody sees.
_UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff\ufff9-\ufffb]")
# Nobody types these; text that turns its neighbours round can make a sentence read as another.
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_MANY_LINES = re.compile(r"\n{3,}")

TRUNCATED, CONTROLS = "truncated", "control-characters"


def cleaned(text: str) -> tuple[str, list[str]]:
    """Return the text as it is stored, and what was noticed on the way."""
    flags = []
    text = _UNSEEN.sub("", _LINE_ENDS.sub("\n", text))
    text, controls = _CONTROLS.subn("", text)
    if controls:
        flags.append(CONTROLS)
    # Not by a pattern, whose time would grow with the square of a run of spaces.
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    text = _MANY_LINES.sub("\n\n", text).strip("\n")
    if len(text) > LONGEST_TEXT:
        text = text[:LONGEST_TEXT].rstrip()
        flags.append(TRUNCATED)
    return text, flags


def one_line(text: str, most: int) -> str:
    """Return text for a single line, such as a name or a subject."""
    line, _ = cleaned(text)
    return " ".join(line.split())[:most]
