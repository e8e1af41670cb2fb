"""The words of one Word paragraph: what is shown on the page, and nothing that is deleted or hidden."""

from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree

from consult.evidence.extraction.result import Reading

_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_MATHS = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_HOLDERS = frozenset(
    {"hyperlink", "smartTag", "sdt", "sdtContent", "customXml", "dir", "bdo", "ins", "moveTo"}
)
_LEFT_OUT = frozenset({"del", "moveFrom"})
_SIGNS = {"tab": "\t", "ptab": "\t", "cr": "\n", "noBreakHyphen": "\u2011"}
_NOTES = {"footnoteReference": "footnotes", "endnoteReference": "endnotes"}
# Fields by which a document would fetch or run something when Word opens it.
_RUNNING = ("DDE", "DDEAUTO")
_FETCHING = ("INCLUDETEXT", "INCLUDEPICTURE", "INCLUDE", "LINK", "IMPORT")


@dataclass
class Paragraph:
    """What was read of a paragraph so far."""

    hidden: bool = False
    pieces: list[str] = field(default_factory=list)
    # Blocks of text boxes anchored here; they follow the paragraph.
    boxes: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Return its words."""
        return "".join(self.pieces)


class Runs:
    """Reads runs; a field may begin in one paragraph and end in another, so its state lives here."""

    def __init__(
        self, w: str, reading: Reading, hidden: frozenset[str], blocks: Callable[[etree._Element], list[str]]
    ) -> None:
        self.w = w
        self.reading = reading
        self.hidden = hidden
        self.blocks = blocks
        self.notes: dict[tuple[str, str], int] = {}
        # For each open field, the instruction so far, or None once its result has begun.
        self._fields: list[str | None] = []
        self._steps: dict[str, Callable[[etree._Element, Paragraph], None]] = {
            "r": self._run,
            "t": self._words,
            "instrText": self._instruction,
            "delInstrText": self._instruction,
            "fldChar": self._field_mark,
            "fldSimple": self._simple_field,
            "br": self._break,
            "sym": self._sign,
            "drawing": self._boxes,
            "pict": self._boxes,
            "object": self._object,
            "AlternateContent": self._alternatives,
            "commentReference": self._comment,
            **dict.fromkeys(_NOTES, self._note),
        }

    def begin_paragraph(self) -> None:
        """Take an instruction left open for finished: it must not swallow the rest of a document."""
        self._fields = [None for _ in self._fields]

    def read(self, parent: etree._Element, into: Paragraph) -> None:
        """Read the children of a paragraph, a run or what holds runs."""
        for child in parent:
            tag = str(child.tag)
            name = tag.rpartition("}")[2]
            if tag.startswith(_MATHS):
                self._put("".join(each.text or "" for each in child.iter(f"{_MATHS}t")), into)
            elif name in _LEFT_OUT:
                self.reading.flag("tracked-changes")
            elif name in _HOLDERS:
                if name in {"ins", "moveTo"}:
                    self.reading.flag("tracked-changes")
                self.read(child, into)
            elif name in _SIGNS:
                self._put(_SIGNS[name], into)
            elif name in self._steps:
                self._steps[name](child, into)

    def chosen(self, alternatives: etree._Element) -> etree._Element:
        """Return the newer of two forms of the same content."""
        choice = next((each for each in alternatives if str(each.tag).endswith("}Choice")), None)
        found = choice if choice is not None else next(iter(alternatives), None)
        return alternatives if found is None else found

    def _put(self, text: str, into: Paragraph) -> None:
        # Within an instruction, before its result: Word shows none of it.
        if not any(instruction is not None for instruction in self._fields):
            into.pieces.append(text)

    def _run(self, element: etree._Element, into: Paragraph) -> None:
        if into.hidden or self._is_hidden(element):
            if any(True for _ in element.iter(f"{self.w}t")):
                self.reading.flag("hidden-text")
            return
        self.read(element, into)

    def _is_hidden(self, run: etree._Element) -> bool:
        w, properties = self.w, run.find(f"{self.w}rPr")
        if properties is None:
            return False
        vanish, style = properties.find(f"{w}vanish"), properties.find(f"{w}rStyle")
        if vanish is not None:
            return vanish.get(f"{w}val", "1").lower() not in {"0", "false", "off"}
        return style is not None and style.get(f"{w}val", "") in self.hidden

    def _words(self, element: etree._Element, into: Paragraph) -> None:
        self._put(element.text or "", into)

    def _break(self, element: etree._Element, into: Paragraph) -> None:
        self._put("\n" if element.get(f"{self.w}type", "textWrapping") == "textWrapping" else " ", into)

    def _sign(self, element: etree._Element, into: Paragraph) -> None:
        code = element.get(f"{self.w}char", "")
        sign = chr(int(code, 16)) if len(code) == 4 and code.isalnum() and _is_hex(code) else ""
        # Fonts of signs lie where Unicode has none; what they draw cannot be known from the number.
        self._put("•" if "\ue000" <= sign <= "\uf8ff" else sign, into)

    def _field_mark(self, element: etree._Element, into: Paragraph) -> None:  # noqa: ARG002  # one shape for all
        kind = element.get(f"{self.w}fldCharType", "")
        if kind == "begin":
            self._fields.append("")
        elif kind == "separate" and self._fields:
            self._notice_field(self._fields[-1] or "")
            self._fields[-1] = None
        elif kind == "end" and self._fields:
            self._notice_field(self._fields.pop() or "")

    def _instruction(self, element: etree._Element, into: Paragraph) -> None:  # noqa: ARG002  # one shape for all
        if self._fields and self._fields[-1] is not None:
            self._fields[-1] += element.text or ""

    def _simple_field(self, element: etree._Element, into: Paragraph) -> None:
        self._notice_field(element.get(f"{self.w}instr", ""))
        self.read(element, into)

    def _notice_field(self, instruction: str) -> None:
        word = next(iter(instruction.split()), "").upper()
        if word in _RUNNING:
            self.reading.flag("dde-field")
        elif word in _FETCHING:
            self.reading.flag("external-content")

    def _boxes(self, element: etree._Element, into: Paragraph) -> None:
        for box in element.iter(f"{self.w}txbxContent"):
            # A box within a box is read with the outer one, and the older of two forms not at all.
            if self._is_outermost(box, element):
                into.boxes += [block for block in self.blocks(box) if block.strip()]

    def _is_outermost(self, box: etree._Element, within: etree._Element) -> bool:
        for above in box.iterancestors():
            if above is within:
                return True
            if above.tag in {f"{self.w}txbxContent", _FALLBACK}:
                return False
        return False

    def _object(self, element: etree._Element, into: Paragraph) -> None:
        self.reading.flag("embedded-object")
        self._boxes(element, into)

    def _alternatives(self, element: etree._Element, into: Paragraph) -> None:
        self.read(self.chosen(element), into)

    def _comment(self, element: etree._Element, into: Paragraph) -> None:  # noqa: ARG002  # one shape for all
        self.reading.flag("comments")

    def _note(self, element: etree._Element, into: Paragraph) -> None:
        kind = _NOTES[str(element.tag).rpartition("}")[2]]
        number = self.notes.setdefault((kind, element.get(f"{self.w}id", "")), len(self.notes) + 1)
        self._put(f"[{number}]", into)


def _is_hex(code: str) -> bool:
    return all(digit in "0123456789abcdefABCDEF" for digit in code)
