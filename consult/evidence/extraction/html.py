"""Web pages: what a browser would show, as paragraphs; nothing that would run."""

import re

from lxml import etree
from lxml import html as lxml_html

from consult.evidence.extraction.charsets import decoded
from consult.evidence.extraction.clean import one_line
from consult.evidence.extraction.result import Reading
from consult.evidence.extraction.xml import has_words

_DECLARED = re.compile(
    rb"""<meta[^>]{0,500}?charset\s*=\s*["']?([A-Za-z0-9._:-]+)|encoding=["']([A-Za-z0-9._-]+)["']""", re.I
)
_DECLARED_WITHIN = 4096
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_NOT_SHOWN = frozenset(
    {
        "script",
        "style",
        "head",
        "template",
        "noscript",
        "iframe",
        "object",
        "embed",
        "applet",
        "svg",
        "math",
        "map",
    }
    | {"canvas", "audio", "video", "select", "datalist", "input", "textarea", "button"}
)
_BLOCKS = frozenset(
    {
        "html",
        "body",
        "p",
        "div",
        "section",
        "article",
        "main",
        "header",
        "footer",
        "nav",
        "aside",
        "address",
        "hr",
    }
    | {
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "dl",
        "dt",
        "dd",
        "blockquote",
        "pre",
        "figure",
        "figcaption",
        "center",
    }
    | {"form", "fieldset", "legend", "caption", "details", "summary"}
)
_INVISIBLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(px|pt|em|%)?\s*(;|$)", re.I
)
_CELL_SHORT = 300


def read(data: bytes, reading: Reading, declared: str = "") -> None:
    """Read a page; `declared` is the encoding that a message said it has."""
    found = decoded(data, declared or declared_in(data))
    if found.flag:
        reading.flag(found.flag)
    read_text(found.text, reading)


def read_text(text: str, reading: Reading) -> None:
    """Read a page that has been decoded."""
    text = _XML_DECLARATION.sub("", text.replace("\x00", ""), count=1)
    if not text.strip():
        return
    parser = lxml_html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        root = lxml_html.document_fromstring(text, parser=parser)
    except (etree.ParserError, ValueError):
        return  # nothing but comments: a page without words
    title = one_line(root.findtext(".//title") or "", 300)
    if title:
        reading.properties["title"] = title
    writer = Writer(reading)
    writer.element(root)
    writer.end()
    reading.add(writer.blocks)


def declared_in(data: bytes) -> str:
    """Return the encoding that a page says it has."""
    match = _DECLARED.search(data[:_DECLARED_WITHIN])
    return (match[1] or match[2]).decode("ascii") if match else ""


class Writer:
    """Puts the words of a page into paragraphs."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.blocks: list[str] = []
        self.pieces: list[str] = []
        self.lists: list[int | None] = []
        self.kept_space = 0
        self.mark = ""

    def end(self) -> None:
        """End a paragraph."""
        words = "".join(self.pieces)
        self.pieces.clear()
        if not self.kept_space:
            words = "\n".join(" ".join(line.split()) for line in words.split("\n"))
        if words.strip():
            words = words.strip("\n")
            self.blocks.append(f"{self.mark} {words.strip()}" if self.mark else words)
            self.mark = ""

    def put(self, text: str | None) -> None:
        """Add words; outside of <pre> a line end is but a space."""
        if text:
            self.pieces.append(text if self.kept_space else re.sub(r"\s", " ", text))

    def element(self, element: etree._Element) -> None:
        """Write an element and what is in it."""
        tag = str(element.tag)
        if tag in _NOT_SHOWN or self.is_hidden(element):
            return
        if tag == "br":
            self.pieces.append("\n")
        elif tag == "table":
            self.table(element)
        elif tag in {"ul", "ol", "li"}:
            self.enumeration(element, tag)
        elif tag in _BLOCKS:
            self.block(element, tag)
        else:
            self.inside(element)

    def inside(self, element: etree._Element) -> None:
        """Write what is in an element."""
        self.put(element.text)
        for child in element:
            self.element(child)
            self.put(child.tail)

    def is_hidden(self, element: etree._Element) -> bool:
        """Tell whether a browser would show nothing of it."""
        hidden = element.get("hidden") is not None or bool(
            _INVISIBLE.search(element.get("style", "")[:2_000])
        )
        if hidden and has_words(element):
            self.reading.flag("hidden-text")
        return hidden

    def block(self, element: etree._Element, tag: str) -> None:
        """Write a paragraph, or what holds some."""
        self.end()
        self.kept_space += tag == "pre"
        self.inside(element)
        self.end()
        self.kept_space -= tag == "pre"

    def enumeration(self, element: etree._Element, tag: str) -> None:
        """Write a list, or an item with its number."""
        self.end()
        if tag == "li":
            self.mark = "•"
            if self.lists and self.lists[-1] is not None:
                self.mark = f"{self.lists[-1]}."
                self.lists[-1] += 1
            self.inside(element)
        else:
            start = element.get("start", "1")
            self.lists.append(
                None if tag == "ul" else int(start) if start.isdecimal() and len(start) < 6 else 1
            )
            self.inside(element)
            self.lists.pop()
        self.end()

    def table(self, element: etree._Element) -> None:
        """Write short rows as lines of one block; a longer cell stands by itself."""
        self.end()
        lines: list[str] = []
        for row in element.iter("tr"):
            if next(row.iterancestors("table")) is not element:
                continue  # of a table in a cell
            cells = [self.cell(cell) for cell in row if cell.tag in {"td", "th"}]
            if all(len(cell) < 2 and len("".join(cell)) < _CELL_SHORT for cell in cells):
                lines.append(" | ".join(" ".join("".join(cell).split()) for cell in cells))
                continue
            self.blocks += ["\n".join(lines), *(block for cell in cells for block in cell)]
            lines = []
        self.blocks.append("\n".join(line for line in lines if line.strip(" |")))

    def cell(self, element: etree._Element) -> list[str]:
        """Return the blocks of a cell."""
        outer, self.blocks = self.blocks, []
        if not self.is_hidden(element):
            self.inside(element)
        self.end()
        found, self.blocks = self.blocks, outer
        return found
