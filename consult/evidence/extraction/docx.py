"""Word documents: the body in reading order, then notes, then what stands in the margins of its pages."""

import re
from dataclasses import dataclass, field

from lxml import etree

from consult.evidence.extraction.archives import Archive
from consult.evidence.extraction.clean import one_line
from consult.evidence.extraction.docx_numbers import Numbering, numbering_of
from consult.evidence.extraction.docx_runs import Paragraph, Runs
from consult.evidence.extraction.result import Reading, Refusal
from consult.evidence.extraction.xml import parsed

_W = (
    "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}",
    "{http://purl.oclc.org/ooxml/wordprocessingml/main}",
)
_DC = "{http://purl.org/dc/elements/1.1/}"
_CELL_SHORT = 300
# Possessive: a row of dots would be shared out among the \W in every way there is.
_ONLY_A_NUMBER = re.compile(r"\W*+(page)?\W*+\d*+\W*+(of)?\W*+\d*+\W*+", re.IGNORECASE)
# What holds blocks without being one.
_HOLDERS = frozenset(
    {"sdt", "sdtContent", "customXml", "ins", "moveTo", "body", "hdr", "ftr", "footnote", "endnote"}
)
_HOLDERS_LEFT_OUT = frozenset({"del", "moveFrom"})


def read(archive: Archive, reading: Reading) -> None:
    """Read a document that was found to be Word's."""
    package = Package(archive)
    root = parsed(archive.read(package.main))
    w = next((each for each in _W if root.tag == f"{each}document"), None)
    if w is None:
        raise Refusal("damaged", "docx")
    blocks = Blocks(w, reading, styles_of(package, w), numbering_of(package.part("numbering"), w))
    body = root.find(f"{w}body")
    if body is not None:
        reading.add(blocks.of(body))
    _add_notes(package, blocks, reading)
    _add_margins(package, blocks, reading)
    notice_package(package, reading, w)


@dataclass
class Package:
    """The parts of a document and how they name each other."""

    archive: Archive
    main: str = ""
    # Kind of relation to the parts or addresses it leads to.
    related: dict[str, list[str]] = field(default_factory=dict)
    outside: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.main = next(
            (target for kind, target, _ in self._relations("_rels/.rels", "") if kind == "officeDocument"),
            "word/document.xml",
        )
        if not self.archive.has(self.main):
            raise Refusal("damaged", "docx")
        folder, _, name = self.main.rpartition("/")
        for source in (f"{folder}/_rels/{name}.rels", f"{folder}/_rels/settings.xml.rels"):
            for kind, target, external in self._relations(source, folder):
                (self.outside if external else self.related).setdefault(kind, []).append(target)

    def _relations(self, name: str, folder: str) -> list[tuple[str, str, bool]]:
        if not self.archive.has(name):
            return []
        found = []
        for each in parsed(self.archive.read(name)):
            kind = each.get("Type", "").rpartition("/")[2]
            target = each.get("Target", "")
            external = each.get("TargetMode", "") == "External"
            found.append((kind, target if external else _joined(folder, target), external))
        return found

    def part(self, kind: str) -> etree._Element | None:
        """Return the root of the part that stands in this relation, if there is one."""
        return next(iter(self.parts(kind)), None)

    def parts(self, kind: str) -> list[etree._Element]:
        """Return the roots of all parts in this relation."""
        names = [name for name in self.related.get(kind, []) if self.archive.has(name)]
        return [parsed(self.archive.read(name)) for name in dict.fromkeys(names)]


def _joined(folder: str, target: str) -> str:
    if target.startswith("/"):
        return target.removeprefix("/")
    steps: list[str] = folder.split("/") if folder else []
    for step in target.split("/"):
        if step == "..":
            steps = steps[:-1]
        elif step not in {"", "."}:
            steps.append(step)
    return "/".join(steps)


@dataclass(frozen=True)
class Styles:
    """What styles say that changes which words are shown: hidden text, and numbers."""

    hidden: frozenset[str] = frozenset()
    # Style to its list and level.
    numbered: dict[str, tuple[str, int]] = field(default_factory=dict)


def styles_of(package: Package, w: str) -> Styles:
    """Return what the styles of a document say."""
    root = package.part("styles")
    if root is None:
        return Styles()
    hidden, numbered, bases = set(), {}, {}
    for style in root.findall(f"{w}style"):
        name = style.get(f"{w}styleId", "")
        bases[name] = _val(style.find(f"{w}basedOn"), w)
        if is_on(style.find(f"{w}rPr/{w}vanish"), w):
            hidden.add(name)
        place = list_of(style.find(f"{w}pPr/{w}numPr"), w)
        if place:
            numbered[name] = place
    for name, base in bases.items():
        above, seen = base, {name}
        while above and above not in seen and name not in numbered:
            seen.add(above)
            if above in numbered:
                numbered[name] = numbered[above]
            above = bases.get(above, "")
    return Styles(frozenset(hidden), numbered)


def list_of(properties: etree._Element | None, w: str) -> tuple[str, int] | None:
    """Return the list and level that numbering properties name; list "0" means none."""
    if properties is None:
        return None
    list_id, level = _val(properties.find(f"{w}numId"), w), _val(properties.find(f"{w}ilvl"), w)
    return (list_id, int(level) if level.isdecimal() and len(level) < 3 else 0) if list_id else None


def is_on(element: etree._Element | None, w: str) -> bool:
    """Tell whether a switch is there and not turned off."""
    return element is not None and element.get(f"{w}val", "1").lower() not in {"0", "false", "off", "none"}


def _val(element: etree._Element | None, w: str) -> str:
    return "" if element is None else element.get(f"{w}val", "")


class Blocks:
    """Reads paragraphs and tables in order."""

    def __init__(self, w: str, reading: Reading, styles: Styles, numbering: Numbering) -> None:
        self.w = w
        self.reading = reading
        self.styles = styles
        self.numbering = numbering
        self.runs = Runs(w, reading, styles.hidden, self.of)

    def of(self, parent: etree._Element) -> list[str]:
        """Return the blocks inside an element."""
        found: list[str] = []
        open_end = False  # the mark that ended the paragraph before was deleted, so this one goes on with it
        for child in parent:
            name = self.local(child)
            if name == "p":
                shown, mark_deleted = self.paragraph(child)
                if open_end and found:
                    found[-1] += shown[0]
                    found += shown[1:]
                else:
                    found += shown
                open_end = mark_deleted
            else:
                found += self.other(child, name)
                open_end = False
        return found

    def other(self, child: etree._Element, name: str) -> list[str]:
        """Return the blocks of what is not a paragraph."""
        if name == "tbl":
            return self.table(child)
        if name in _HOLDERS_LEFT_OUT:
            self.reading.flag("tracked-changes")
        elif name in _HOLDERS:
            return self.of(child)
        elif name == "AlternateContent":
            return self.of(self.runs.chosen(child))
        elif name == "altChunk":
            self.reading.flag("embedded-object")
        return []

    def local(self, element: etree._Element) -> str:
        """Return the name of an element of Word's, or of the choice between versions."""
        tag = str(element.tag)
        return tag.rpartition("}")[2] if tag.startswith(self.w) or tag.endswith("}AlternateContent") else ""

    def paragraph(self, element: etree._Element) -> tuple[list[str], bool]:
        """Return a paragraph with its number and the boxes anchored in it, and if its end was deleted."""
        w, properties = self.w, element.find(f"{self.w}pPr")
        style = "" if properties is None else _val(properties.find(f"{w}pStyle"), w)
        read = Paragraph(hidden=style in self.styles.hidden)
        self.runs.begin_paragraph()
        self.runs.read(element, read)
        mark_deleted = False
        number = ""
        if properties is not None:
            mark_deleted = properties.find(f"{w}rPr/{w}del") is not None
            number = self.number(properties, style) if read.text.strip() else ""
        if mark_deleted:
            self.reading.flag("tracked-changes")
        text = f"{number} {read.text.lstrip()}" if number else read.text
        return [text, *read.boxes], mark_deleted

    def number(self, properties: etree._Element, style: str) -> str:
        """Return the number Word shows: a paragraph's own list comes before its style's."""
        place = list_of(properties.find(f"{self.w}numPr"), self.w) or self.styles.numbered.get(style)
        return self.numbering.number(*place) if place else ""

    def table(self, element: etree._Element) -> list[str]:
        """Return short rows as lines of one block; a cell of several paragraphs stands by itself."""
        found: list[str] = []
        lines: list[str] = []
        for row in self.within(element, "tr"):
            if row.find(f"{self.w}trPr/{self.w}del") is not None:
                self.reading.flag("tracked-changes")
                continue
            cells = [[block for block in self.of(cell) if block.strip()] for cell in self.within(row, "tc")]
            if all(len(cell) < 2 and len("".join(cell)) < _CELL_SHORT for cell in cells):
                lines.append(" | ".join(" ".join("".join(cell).split()) for cell in cells))
                continue
            found += ["\n".join(lines), *(block for cell in cells for block in cell)]
            lines = []
        return [*found, "\n".join(line for line in lines if line.strip(" |"))]

    def within(self, parent: etree._Element, wanted: str) -> list[etree._Element]:
        """Return rows or cells, also those in a content control."""
        found = []
        for child in parent:
            name = self.local(child)
            if name == wanted:
                found.append(child)
            elif name in _HOLDERS:
                found += self.within(child, wanted)
        return found


def _add_notes(package: Package, blocks: Blocks, reading: Reading) -> None:
    w = blocks.w
    for kind, heading in (("footnotes", "Footnotes"), ("endnotes", "Endnotes")):
        shown = []
        for root in package.parts(kind):
            for note in root:
                number = blocks.runs.notes.get((kind, note.get(f"{w}id", "")))
                words = " ".join(block.strip() for block in blocks.of(note) if block.strip())
                if number and words:
                    shown.append((number, words))
        if shown:
            reading.add([heading, *(f"[{number}] {words}" for number, words in sorted(shown))])


def _add_margins(package: Package, blocks: Blocks, reading: Reading) -> None:
    """Keep what stands in the margins of pages, once: a reference or a name may stand nowhere else."""
    for kind, heading in (("header", "Page header"), ("footer", "Page footer")):
        shown: dict[str, None] = {}
        for root in package.parts(kind):
            words = " ".join(" ".join(blocks.of(root)).split())
            if words and not _ONLY_A_NUMBER.fullmatch(words):
                shown[words] = None
        reading.add(f"{heading}: {words}" for words in shown)


def notice_package(package: Package, reading: Reading, w: str) -> None:
    """Notice what a document carries beside its words."""
    comments = package.part("comments")
    count = 0 if comments is None else len(comments.findall(f"{w}comment"))
    if count:
        reading.flag("comments")
        reading.properties["comments"] = str(count)
    _notice_outside(package, reading)
    names = package.archive.names
    if any(name.endswith("vbaProject.bin") for name in names):
        reading.flag("macros")
    if any("/embeddings/" in name or "/activeX/" in name for name in names):
        reading.flag("embedded-object")
    if package.archive.has("docProps/core.xml"):
        core = parsed(package.archive.read("docProps/core.xml"))
        for name in ("title", "creator"):
            value = one_line(core.findtext(f"{_DC}{name}") or "", 300)
            if value:
                reading.properties[name] = value


def _notice_outside(package: Package, reading: Reading) -> None:
    if "attachedTemplate" in package.outside:
        reading.flag("external-template")
    if set(package.outside) - {"attachedTemplate", "hyperlink"}:
        reading.flag("external-content")
