"""Rich Text Format, read by its own grammar: groups, control words, and letters between them.

striprtf was tried first: it drops footnotes, list numbers and text boxes without a word, and keeps what
was deleted or hidden.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from consult.evidence.extraction.charsets import codec_named
from consult.evidence.extraction.result import Reading, Refusal
from consult.evidence.extraction.rtf_words import (
    BREAKS,
    CELLS,
    CHARSETS,
    FOOTERS,
    HEADERS,
    LETTERS,
    SEEN,
    SIGNS,
    UNSEEN,
)

_TOKEN = re.compile(
    rb"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.I
)
DEEPEST = 1_000
_READING = frozenset({b"u", b"uc", b"f", b"fcharset", b"ansicpg"})
# Words that turn a quality on or off, and its name in State.
_FORMATS = {
    b"v": "hidden",
    b"deleted": "deleted",
    b"intbl": "in_table",
    b"pard": "in_table",
    b"plain": "",
    b"revised": "",
}


@dataclass
class State:
    """What holds until the end of a group."""

    unseen: bool = False
    hidden: bool = False
    deleted: bool = False
    in_table: bool = False
    fallback: int = 1
    font: int = -1
    # Where words go: the body, a note, or the margins.
    into: str = "body"
    named: bytes = b""
    starred: bool = False
    first: bool = True


@dataclass
class Place:
    """Text that is being put together."""

    blocks: list[str] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)

    def words(self) -> str:
        """Return and forget what was read since the last break."""
        words = "".join(self.pieces)
        self.pieces.clear()
        return words

    def end_paragraph(self) -> None:
        """End a paragraph, and the table before it if there was one."""
        words = self.words()
        if words.strip():
            self.end_table()
            self.blocks.append(words)

    def end_row(self) -> None:
        """Keep a row as a line of its table."""
        row = " | ".join(" ".join(cell.split()) for cell in self.cells)
        self.cells.clear()
        if row.strip(" |"):
            self.rows.append(row)

    def end_table(self) -> None:
        """End a table."""
        if self.rows:
            self.blocks.append("\n".join(self.rows))
            self.rows.clear()


def read(data: bytes, reading: Reading) -> None:
    """Read a document that begins as RTF does."""
    reader = Reader(reading)
    reader.run(_without_binaries(data))
    reading.add(reader.blocks())


def _without_binaries(data: bytes) -> bytes:
    r"""Cut out what \binN announces: N bytes that follow no grammar."""
    pieces, end = [], 0
    for match in re.finditer(rb"\\bin(\d{1,9}) ?", data):
        if match.start() >= end:
            pieces.append(data[end : match.start()])
            end = match.end() + int(match[1])
    return b"".join(pieces) + data[end:]


class Reader:
    """Walks the tokens of a document."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.state = State()
        self.stack: list[State] = []
        self.places: dict[str, Place] = {"body": Place()}
        self.codec = "cp1252"
        self.fonts: dict[int, str] = {}
        self.bytes = bytearray()
        self.skip = 0
        self.high = 0
        self.notes = 0
        self.instruction = ""
        self.closed = False

    def run(self, data: bytes) -> None:
        """Read all tokens."""
        for token in self.tokens(data):
            self.take(token)
            if self.closed:
                break
        else:
            self.reading.flag("damaged")  # it ended inside a group: the end may be missing
        self.flush()

    def take(self, token: tuple[bytes, ...]) -> None:
        """Follow one token, of whatever kind it is."""
        word, value, code, sign, brace, letters = token
        if code:
            self.code(bytes.fromhex(code.decode()))
            return
        if not letters:
            self.flush()
        if brace:
            self.brace(brace)
        elif word:
            self.word(word.lower(), int(value) if value else None)
        elif sign:
            self.sign(sign)
        elif letters:
            self.letters(letters)

    @staticmethod
    def tokens(data: bytes) -> Iterator[tuple[bytes, ...]]:
        """Return the groups of each match."""
        return (match.groups(b"") for match in _TOKEN.finditer(data))

    def blocks(self) -> list[str]:
        """Return what was read: the body, its notes, and each margin once."""
        for place in self.places.values():
            place.end_paragraph()
            place.end_row()
            place.end_table()
        notes = [" ".join(p.blocks) for name, p in self.places.items() if name.startswith("note")]
        found = [*self.places["body"].blocks, *(["Footnotes", *notes] if notes else [])]
        for kind in ("header", "footer"):
            place = self.places.get(kind, Place())
            words = dict.fromkeys(" ".join(block.split()) for block in place.blocks)
            found += [f"Page {kind}: {each}" for each in words if any(map(str.isalpha, each))]
        return found

    @property
    def place(self) -> Place:
        """Return where words go now."""
        return self.places.setdefault(self.state.into, Place())

    @property
    def shows(self) -> bool:
        """Tell whether words are seen here."""
        return not (self.state.unseen or self.state.hidden or self.state.deleted)

    def put(self, text: str) -> None:
        """Add words, unless nobody would see them."""
        if self.shows:
            self.place.pieces.append(text)
        elif not self.state.unseen and text.strip():
            self.reading.flag("hidden-text" if self.state.hidden else "tracked-changes")

    def brace(self, brace: bytes) -> None:
        """Open or close a group."""
        if brace == b"{":
            if len(self.stack) > DEEPEST:
                raise Refusal("too-deep", "rtf")
            self.stack.append(self.state)
            self.state = replace(self.state, named=b"", starred=False, first=True)
            return
        if self.state.named == b"fldinst":
            self.notice_field()
        if self.stack:
            self.state = self.stack.pop()
        self.closed = not self.stack

    def word(self, word: bytes, value: int | None) -> None:
        """Follow a control word."""
        self.skip = 0
        if self.state.first:
            self.begin(word)
        if word in LETTERS:
            self.put(LETTERS[word])
        elif word in BREAKS:
            self.end_paragraph()
        elif word in CELLS:
            self.end_cell(word)
        elif word == b"chftn":
            self.put(f"[{self.notes + (0 if self.state.into.startswith('note') else 1)}] ")
        elif word in _READING:
            self.set_reading(word, value)
        elif word in _FORMATS:
            self.set_format(word, on=value != 0)

    def begin(self, word: bytes) -> None:
        """Learn from a group's first word what it is for."""
        self.state.first = False
        self.state.named = word
        if word in UNSEEN or (self.state.starred and word not in SEEN):
            self.state.unseen = True
        if word == b"footnote":
            self.notes += 1
            self.state = replace(self.state, into=f"note {self.notes}", unseen=False)
        elif word in HEADERS | FOOTERS:
            self.state.into = "header" if word in HEADERS else "footer"
        elif word == b"shptxt":
            self.state.unseen = False
        self.notice_group(word)

    def notice_group(self, word: bytes) -> None:
        """Notice what a group is a sign of."""
        if word == b"annotation":
            self.reading.flag("comments")
        elif word in {b"objdata", b"object"}:
            self.reading.flag("embedded-object")
        elif word == b"template" and self.state.starred:
            self.reading.flag("external-template")

    def notice_field(self) -> None:
        """Notice an instruction by which opening the file would run or fetch something."""
        name = next(iter(self.instruction.split()), "").upper()
        self.instruction = ""
        if name in {"DDE", "DDEAUTO"}:
            self.reading.flag("dde-field")
        elif name in {"INCLUDETEXT", "INCLUDEPICTURE", "LINK", "IMPORT"}:
            self.reading.flag("external-content")

    def set_format(self, word: bytes, *, on: bool) -> None:
        """Follow a word that changes whether letters are seen, or where they stand."""
        state = self.state
        if word == b"plain":
            state.hidden = state.deleted = False
        elif word == b"revised":
            self.reading.flag(*(["tracked-changes"] if on else []))
        else:
            setattr(state, _FORMATS[word], on and word != b"pard")

    def set_reading(self, word: bytes, value: int | None) -> None:
        """Follow a word that changes how letters are read."""
        if word == b"u" and value is not None:
            self.unicode(value)
        elif word == b"uc":
            self.state.fallback = min(value if value is not None else 1, 8)
        elif word == b"f":
            self.state.font = value if value is not None else -1
        elif word == b"fcharset" and value in CHARSETS:
            self.fonts[self.state.font] = CHARSETS[value]
        elif word == b"ansicpg":
            self.codec = codec_named(f"cp{value}") or self.codec

    def end_paragraph(self) -> None:
        """End a paragraph, or a line within a cell."""
        if not self.shows:
            return
        if self.state.in_table:
            self.put("\n")
        else:
            self.place.end_paragraph()

    def end_cell(self, word: bytes) -> None:
        """End a cell or a row."""
        if self.state.unseen:
            return
        if word.endswith(b"cell"):
            self.place.cells.append(self.place.words())
        else:
            self.place.end_row()

    def unicode(self, value: int) -> None:
        """Add a letter given by its number; two halves of one come as two words."""
        code = value + 0x10000 if value < 0 else value
        self.skip = self.state.fallback
        if 0xD800 <= code < 0xDC00:
            self.high = code
        elif 0xDC00 <= code < 0xE000:
            if self.high:
                self.put(chr(0x10000 + ((self.high - 0xD800) << 10) + code - 0xDC00))
            self.high = 0
        elif 0 < code < 0x110000:
            self.put(chr(code))

    def code(self, byte: bytes) -> None:
        """Collect a letter of the code page; some need two bytes, so they are decoded together."""
        if self.skip:
            self.skip -= 1
            return
        self.bytes += byte

    def flush(self) -> None:
        """Add the letters collected."""
        if self.bytes:
            codec = self.fonts.get(self.state.font, self.codec)
            self.put(self.bytes.decode(codec, errors="replace"))
            self.bytes.clear()

    def sign(self, sign: bytes) -> None:
        """Follow a control sign."""
        if sign == b"*":
            self.state.starred = True
        elif sign in b"\r\n":
            self.end_paragraph()
        elif sign in SIGNS:
            self.put(SIGNS[sign])

    def letters(self, letters: bytes) -> None:
        """Add plain letters; those that stand in for a Unicode one are passed over."""
        self.state.first = False
        if self.skip:
            passed = min(self.skip, len(letters))
            letters, self.skip = letters[passed:], self.skip - passed
        # Eight-bit letters do not belong here, but some programs write them.
        self.bytes += letters
        text = self.bytes.decode(self.fonts.get(self.state.font, self.codec), errors="replace")
        self.bytes.clear()
        if self.state.named == b"fldinst":
            self.instruction += text
        self.put(text)
