"""Bytes to text: what is declared, then UTF-8, then Windows text, then a guess."""

import codecs
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE
from dataclasses import dataclass

from charset_normalizer import from_bytes

from consult.evidence.extraction.result import Refusal

WRONG, GUESSED = "wrong-encoding", "guessed-encoding"

# UTF-32 first: its mark begins with that of UTF-16.
_MARKS = (
    (BOM_UTF32_LE, "utf-32"),
    (BOM_UTF32_BE, "utf-32"),
    (BOM_UTF8, "utf-8-sig"),
    (BOM_UTF16_LE, "utf-16"),
    (BOM_UTF16_BE, "utf-16"),
)
# As browsers do: what calls itself Latin-1 or ASCII is nearly always Windows text.
_READ_AS = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "tis-620": "cp874"}
_WESTERN = frozenset({"cp1252", "cp1254", "iso8859-15"})
_GUESSES = [
    *("cp1256", "iso8859_6", "cp1251", "koi8_r", "cp1253", "iso8859_7", "cp1255", "iso8859_8", "cp1250"),
    *("iso8859_2", "cp1254", "cp1257", "shift_jis", "euc_jp", "gb18030", "big5", "euc_kr", "cp874", "cp1252"),
]
_ENOUGH_TO_GUESS = 200_000
_MOST_FOREIGN = 0.35
_NOT_LETTERS = re.compile(r"[\W\d_]+")


@dataclass(frozen=True)
class Decoded:
    """Text, and the flag that its encoding earned."""

    text: str
    flag: str = ""


def decoded(data: bytes, declared: str = "") -> Decoded:
    """Return the text of bytes; raises Refusal("not-text") when they are none in any encoding."""
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return Decoded(data.decode(codec, errors="replace"))
    codec = codec_named(declared)
    text = _try(data, codec) if codec and not _is_contradicted(data, codec) else None
    if text is not None:
        return Decoded(text)
    broken = WRONG if declared else ""
    return _undeclared(data, broken)


def _undeclared(data: bytes, broken: str) -> Decoded:
    wide = _wide_codec(data)
    for codec in (*([wide] if wide else []), "utf-8"):
        text = _try(data, codec)
        if text is not None:
            return Decoded(text, broken)
    western = _try(data, "cp1252")
    if western is not None and _looks_western(western):
        return Decoded(western, broken)
    best = from_bytes(data[:_ENOUGH_TO_GUESS], cp_isolation=_GUESSES).best()
    if best is None:
        raise Refusal("not-text")
    return Decoded(data.decode(best.encoding, errors="replace"), broken or GUESSED)


def _is_contradicted(data: bytes, codec: str) -> bool:
    """Tell whether bytes are surely not in the encoding they are declared to be in, though it can read them.

    Letters beyond ASCII that form UTF-8 do so in no Western text; and a wide text has zeros in its spaces.
    """
    if codec in _WESTERN:
        return not data.isascii() and _try(data, "utf-8") is not None
    return codec.startswith(("utf-16", "utf-32")) and b"\x00" not in data


def codec_named(declared: str) -> str:
    """Return the codec that a document names, or nothing for a name that is none of a text."""
    try:
        found = codecs.lookup(declared.strip().strip("\"'"))
    except (LookupError, ValueError):
        return ""
    # The standard library also calls base64 and zip codecs.
    return _READ_AS.get(found.name, found.name) if found._is_text_encoding else ""


def _try(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, LookupError):
        return None


def _wide_codec(data: bytes) -> str:
    """Return UTF-16 without its mark: Latin text then has a zero in every second byte."""
    sample = data[:4096]
    if len(sample) < 4 or sample.count(0) < len(sample) * 0.3:
        return ""
    return "utf-16-le" if sample[1::2].count(0) > sample[0::2].count(0) else "utf-16-be"


def _looks_western(text: str) -> bool:
    letters = _NOT_LETTERS.sub("", text)
    foreign = sum(not letter.isascii() for letter in letters)
    return foreign <= len(letters) * _MOST_FOREIGN
