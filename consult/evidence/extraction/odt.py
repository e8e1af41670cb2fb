"""OpenDocument texts: paragraphs, lists with their numbers, tables, notes and boxes in reading order."""

from dataclasses import dataclass, field

from lxml import etree

from consult.evidence.extraction.archives import Archive
from consult.evidence.extraction.clean import one_line
from consult.evidence.extraction.docx_numbers import formatted
from consult.evidence.extraction.result import Reading, Refusal
from consult.evidence.extraction.xml import has_words, parsed

_BASE = "urn:oasis:names:tc:opendocument:xmlns:"
_OFFICE, _TEXT, _TABLE = f"{{{_BASE}office:1.0}}", f"{{{_BASE}text:1.0}}", f"{{{_BASE}table:1.0}}"
_STYLE, _DRAW = f"{{{_BASE}style:1.0}}", f"{{{_BASE}drawing:1.0}}"
_XLINK, _DC = "{http://www.w3.org/1999/xlink}", "{http://purl.org/dc/elements/1.1/}"
# A number of spaces is written as a number: a small file could ask for a thousand million.
_MOST_SPACES = 80
_SPACES = {f"{_TEXT}s": " ", f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}
_CELL_SHORT = 300
_FORMS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman", "1": "decimal"}
_PARAGRAPHS = frozenset({f"{_TEXT}p", f"{_TEXT}h"})
_LEFT_OUT = {
    f"{_OFFICE}annotation": "comments",
    f"{_TEXT}hidden-text": "hidden-text",
    f"{_TEXT}hidden-paragraph": "hidden-text",
    f"{_TEXT}tracked-changes": "tracked-changes",
    f"{_TEXT}dde-connection-decls": "dde-field",
    f"{_OFFICE}dde-source": "dde-field",
    f"{_OFFICE}event-listeners": "macros",
    f"{_DRAW}object": "embedded-object",
    f"{_DRAW}object-ole": "embedded-object",
}
_SILENT = frozenset(
    {f"{_OFFICE}annotation-end", f"{_TEXT}sequence-decls", f"{_OFFICE}forms", f"{_TEXT}note-citation"}
    | {f"{_TEXT}change", f"{_TEXT}change-start", f"{_TEXT}change-end", f"{_TEXT}bookmark"}
)


def read(archive: Archive, reading: Reading) -> None:
    """Read a document that was found to be OpenDocument's."""
    if not archive.has("content.xml"):
        raise Refusal("damaged", "odt")
    _refuse_encrypted(archive)
    root = parsed(archive.read("content.xml"))
    body = root.find(f"{_OFFICE}body/{_OFFICE}text")
    if body is None:
        raise Refusal("damaged", "odt")
    styles = parsed(archive.read("styles.xml")) if archive.has("styles.xml") else None
    blocks = Blocks(reading, _lists(root, styles), _hidden_styles(root))
    reading.add(blocks.of(body))
    reading.add(["Notes", *blocks.notes] if blocks.notes else [])
    _add_margins(blocks, styles, reading)
    _notice_package(archive, reading)


def _refuse_encrypted(archive: Archive) -> None:
    manifest = "META-INF/manifest.xml"
    if archive.has(manifest) and b"encryption-data" in archive.read(manifest):
        raise Refusal("encrypted", "odt")


@dataclass(frozen=True)
class Level:
    """How one level of a list is numbered; a bullet has no form."""

    form: str
    before: str
    after: str
    start: int


def _lists(*roots: etree._Element | None) -> dict[str, dict[int, Level]]:
    found: dict[str, dict[int, Level]] = {}
    for root in roots:
        for style in root.iter(f"{_TEXT}list-style") if root is not None else ():
            levels = found.setdefault(style.get(f"{_STYLE}name", ""), {})
            for each in style:
                levels[_whole(each.get(f"{_TEXT}level"), 1)] = _level(each)
    return found


def _level(element: etree._Element) -> Level:
    form = element.get(f"{_STYLE}num-format", "") if element.tag == f"{_TEXT}list-level-style-number" else ""
    return Level(
        form=_FORMS.get(form, "decimal" if form else ""),
        before=element.get(f"{_STYLE}num-prefix", ""),
        after=element.get(f"{_STYLE}num-suffix", ""),
        start=_whole(element.get(f"{_TEXT}start-value"), 1),
    )


def _hidden_styles(root: etree._Element) -> frozenset[str]:
    return frozenset(
        style.get(f"{_STYLE}name", "")
        for style in root.iter(f"{_STYLE}style")
        for each in style.iter(f"{_STYLE}text-properties")
        if each.get(f"{_TEXT}display") == "none"
    )


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 7 else otherwise


@dataclass
class Blocks:
    """Reads blocks in order."""

    reading: Reading
    lists: dict[str, dict[int, Level]]
    hidden: frozenset[str]
    notes: list[str] = field(default_factory=list)
    _counts: dict[str, int] = field(default_factory=dict)

    def of(self, parent: etree._Element) -> list[str]:
        """Return the blocks inside an element."""
        found: list[str] = []
        for child in parent:
            found += self.one(child)
        return found

    def one(self, element: etree._Element) -> list[str]:
        """Return the blocks of one element."""
        tag = str(element.tag)
        if self._is_left_out(element):
            return []
        if tag in _PARAGRAPHS:
            return self.paragraph(element)
        if tag == f"{_TEXT}list":
            return self.enumeration(element, element.get(f"{_TEXT}style-name", ""), 1)
        if tag == f"{_TABLE}table":
            return self.table(element)
        return self.of(element)

    def _is_left_out(self, element: etree._Element) -> bool:
        tag = str(element.tag)
        if tag in _SILENT:
            return True
        if tag in _LEFT_OUT:
            if tag != f"{_TEXT}tracked-changes" or len(element):
                self.reading.flag(_LEFT_OUT[tag])
            return True
        hidden = (
            element.get(f"{_TEXT}style-name", "") in self.hidden or element.get(f"{_TEXT}display") == "none"
        )
        if hidden and has_words(element):
            self.reading.flag("hidden-text")
        return hidden

    def paragraph(self, element: etree._Element) -> list[str]:
        """Return a paragraph, and the boxes anchored in it after it."""
        boxes: list[str] = []
        return [self.words(element, boxes), *boxes]

    def words(self, element: etree._Element, boxes: list[str]) -> str:
        """Return the words of an element; the blocks of boxes in it go to `boxes`."""
        pieces = [element.text or ""]
        for child in element:
            pieces += [self._inline(child, boxes), child.tail or ""]
        return "".join(pieces)

    def _inline(self, child: etree._Element, boxes: list[str]) -> str:
        tag = str(child.tag)
        if self._is_left_out(child):
            return ""
        if tag in _SPACES:
            return _SPACES[tag] * min(_whole(child.get(f"{_TEXT}c"), 1), _MOST_SPACES)
        if tag == f"{_TEXT}note":
            return self._note(child)
        if tag in {f"{_DRAW}frame", f"{_DRAW}custom-shape", f"{_DRAW}g"}:
            self._notice_picture(child)
            boxes += [block for block in self.of(child) if block.strip()]
            return ""
        return self.words(child, boxes)

    def _note(self, element: etree._Element) -> str:
        number = len(self.notes) + 1
        self.notes.append("")
        body = element.find(f"{_TEXT}note-body")
        words = " ".join(self.of(body)) if body is not None else ""
        self.notes[number - 1] = f"[{number}] {words.strip()}"
        return f"[{number}]"

    def _notice_picture(self, element: etree._Element) -> None:
        for image in element.iter(f"{_DRAW}image"):
            if "://" in image.get(f"{_XLINK}href", ""):
                self.reading.flag("external-content")

    def enumeration(self, element: etree._Element, style: str, level: int) -> list[str]:
        """Return the items of a list with their numbers; a list in a list keeps the outer one's style."""
        rule = self.lists.get(style, {}).get(level, Level("", "", "", 1))
        count = rule.start - 1
        if element.get(f"{_TEXT}continue-numbering") == "true":
            count = self._counts.get(f"{style} {level}", count)
        found: list[str] = []
        for item in element:
            numbered = item.tag == f"{_TEXT}list-item"
            if numbered:
                count = _whole(item.get(f"{_TEXT}start-value"), count + 1)
            mark = f"{rule.before}{formatted(count, rule.form)}{rule.after}" if rule.form else "•"
            found += self._item(item, style, level, mark if numbered else "")
        self._counts[f"{style} {level}"] = count
        return found

    def _item(self, item: etree._Element, style: str, level: int, mark: str) -> list[str]:
        found: list[str] = []
        for child in item:
            if child.tag == f"{_TEXT}list":
                found += self.enumeration(child, child.get(f"{_TEXT}style-name", style), level + 1)
                continue
            blocks = [block for block in self.one(child) if block.strip()]
            if blocks and mark:
                blocks[0], mark = f"{mark.strip()} {blocks[0].lstrip()}", ""
            found += blocks
        return found

    def table(self, element: etree._Element) -> list[str]:
        """Return short rows as lines of one block; a cell of several paragraphs stands by itself."""
        found: list[str] = []
        lines: list[str] = []
        for row in element.iter(f"{_TABLE}table-row"):
            if next(row.iterancestors(f"{_TABLE}table")) is not element:
                continue  # a row of a table in a cell
            cells = [[b for b in self.of(cell) if b.strip()] for cell in row.findall(f"{_TABLE}table-cell")]
            if all(len(cell) < 2 and len("".join(cell)) < _CELL_SHORT for cell in cells):
                lines.append(" | ".join(" ".join("".join(cell).split()) for cell in cells))
                continue
            found += ["\n".join(lines), *(block for cell in cells for block in cell)]
            lines = []
        return [*found, "\n".join(line for line in lines if line.strip(" |"))]


def _add_margins(blocks: Blocks, styles: etree._Element | None, reading: Reading) -> None:
    for kind in ("header", "footer"):
        shown: dict[str, None] = {}
        for element in styles.iter(f"{_STYLE}{kind}") if styles is not None else ():
            words = " ".join(" ".join(blocks.of(element)).split())
            if any(letter.isalpha() for letter in words):
                shown[words] = None
        reading.add(f"Page {kind}: {words}" for words in shown)


def _notice_package(archive: Archive, reading: Reading) -> None:
    if any(name.startswith(("Basic/", "Scripts/")) and not name.endswith("/") for name in archive.names):
        reading.flag("macros")
    if any(name.startswith(("Object ", "ObjectReplacements/")) for name in archive.names):
        reading.flag("embedded-object")
    if not archive.has("meta.xml"):
        return
    meta = parsed(archive.read("meta.xml")).find(f"{_OFFICE}meta")
    for name in ("title", "creator"):
        value = one_line(meta.findtext(f"{_DC}{name}") or "", 300) if meta is not None else ""
        if value:
            reading.properties[name] = value
