"""Plain text and Markdown: kept as they are."""

from consult.evidence.extraction.charsets import decoded
from consult.evidence.extraction.result import Reading, Refusal

_MOST_CONTROLS = 0.02
_LOOKED_AT = 100_000


def read(data: bytes, reading: Reading) -> None:
    """Read bytes that are letters, or refuse what is none."""
    found = decoded(data)
    if _is_not_text(found.text):
        raise Refusal("not-text")
    if found.flag:
        reading.flag(found.flag)
    reading.add([found.text])


def _is_not_text(text: str) -> bool:
    sample = text[:_LOOKED_AT]
    controls = sum(letter < " " and letter not in "\t\n\r\f\x0b\x1b" for letter in sample)
    return controls > len(sample) * _MOST_CONTROLS or sample.count("\ufffd") > len(sample) * 0.1
