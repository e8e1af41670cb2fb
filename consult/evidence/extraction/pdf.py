"""PDF: pages to lines by PDFium, lines to paragraphs by pdf_layout, and what else a file carries."""

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pypdfium2 as pdfium
from pypdfium2 import raw

from consult.evidence.extraction.clean import one_line
from consult.evidence.extraction.limits import MOST_FORM_FIELDS, MOST_PAGES
from consult.evidence.extraction.pdf_layout import Line, Page, blocks_of
from consult.evidence.extraction.result import Reading, Refusal

_WORDS_ON_A_SCAN = 12
_UNREADABLE = 0.2
_RIGHT_TO_LEFT = 0.2
_WRITTEN_ON_PAGES = frozenset({raw.FPDF_ANNOT_FREETEXT})
_COMMENTS = frozenset(
    {raw.FPDF_ANNOT_TEXT, raw.FPDF_ANNOT_HIGHLIGHT, raw.FPDF_ANNOT_UNDERLINE, raw.FPDF_ANNOT_STRIKEOUT}
    | {raw.FPDF_ANNOT_SQUIGGLY, raw.FPDF_ANNOT_CARET, raw.FPDF_ANNOT_INK, raw.FPDF_ANNOT_STAMP}
)
# As PDFium marks a hyphen that it takes for one of the typesetter's.
_HYPHENS = frozenset("\x02\ufffe")


def read(data: bytes, reading: Reading) -> None:
    """Read a file that begins as PDF does."""
    with _opened(data) as document:
        if len(document) > MOST_PAGES:
            raise Refusal("too-many-pages", "pdf")
        reading.properties["pages"] = str(len(document))
        _notice_document(document, data, reading)
        pages, written = [], []
        for page in document:
            pages.append(_read_page(page))
            written += _read_beside(document, page, reading)
            page.close()
        _judge(pages, reading)
        if "scanned" not in reading.flags:
            reading.add(blocks_of(pages))
        reading.add(written)


@contextmanager
def _opened(data: bytes) -> Iterator[pdfium.PdfDocument]:
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise Refusal("encrypted" if "password" in str(error).lower() else "damaged", "pdf") from error
    try:
        document.init_forms()
        yield document
    finally:
        document.close()


def _read_page(page: pdfium.PdfPage) -> Page:
    text = page.get_textpage()
    try:
        lines = list(_lines(text))
        width, height = page.get_size()
        return Page(lines, width=width, height=height, pictures=_has_pictures(page))
    finally:
        text.close()


def _lines(text: pdfium.PdfTextPage) -> Iterator[Line]:
    count = text.count_chars()
    handle = text.raw
    letters: list[str] = []
    places: list[int] = []
    for index in range(count):
        letter = chr(raw.FPDFText_GetUnicode(handle, index) or 0xFFFD)
        if letter in "\r\n":
            if letters:
                yield _line(handle, letters, places)
            letters, places = [], []
            continue
        letters.append(letter)
        if not letter.isspace():
            places.append(index)
        if letter in _HYPHENS:
            # PDFium gives no line end after it, though the line ends there.
            yield _line(handle, letters, places)
            letters, places = [], []
    if letters:
        yield _line(handle, letters, places)


def _line(handle: raw.FPDF_TEXTPAGE, letters: list[str], places: list[int]) -> Line:
    words = "".join(letters).replace("\ufffe", "\x02")
    # PDFium gives a letter beyond the first 65,536 in two halves.
    words = words.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if not places:
        return Line("", 0, 0, 0, 0)
    left, bottom, _, _ = _box(handle, places[0])
    _, _, right, _ = _box(handle, places[-1])
    size = raw.FPDFText_GetFontSize(handle, places[len(places) // 2])
    return Line(words, left=left, right=right, base=bottom, size=size)


def _box(handle: raw.FPDF_TEXTPAGE, index: int) -> tuple[float, float, float, float]:
    rect = raw.FS_RECTF()
    if not raw.FPDFText_GetLooseCharBox(handle, index, rect):
        return (0.0, 0.0, 0.0, 0.0)
    return (rect.left, rect.bottom, rect.right, rect.top)


def _has_pictures(page: pdfium.PdfPage) -> bool:
    return any(True for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3))


def _judge(pages: list[Page], reading: Reading) -> None:
    """Find out whether the text there is is all that a reader sees."""
    words = "".join(page.words for page in pages)
    letters = [letter for letter in words if not letter.isspace()]
    empty = [
        n for n, page in enumerate(pages, 1) if len(page.words.split()) < _WORDS_ON_A_SCAN and page.pictures
    ]
    unreadable = sum(_is_unreadable(letter) for letter in letters)
    if len(empty) == len(pages) and len(letters) < _WORDS_ON_A_SCAN * len(pages):
        reading.flag("scanned")
    elif unreadable > len(letters) * _UNREADABLE:
        reading.flag("scanned", "unreadable-letters")
    elif empty:
        reading.flag("partly-scanned")
        reading.properties["scanned pages"] = ", ".join(map(str, empty[:50]))
    if sum(_is_right_to_left(letter) for letter in letters) > len(letters) * _RIGHT_TO_LEFT:
        reading.flag("right-to-left")


def _is_unreadable(letter: str) -> bool:
    return letter == "\ufffd" or "\ue000" <= letter <= "\uf8ff" or (letter < " " and letter not in _HYPHENS)


def _is_right_to_left(letter: str) -> bool:
    return "\u0590" <= letter <= "\u08ff" or "\ufb1d" <= letter <= "\ufefc"


def _notice_document(document: pdfium.PdfDocument, data: bytes, reading: Reading) -> None:
    if raw.FPDF_GetSecurityHandlerRevision(document.raw) != -1:
        reading.flag("encrypted-owner")
    if raw.FPDFDoc_GetAttachmentCount(document.raw) > 0:
        reading.flag("embedded-object")
    if raw.FPDFDoc_GetJavaScriptActionCount(document.raw) > 0 or b"/JavaScript" in data or b"/Launch" in data:
        reading.flag("macros")
    if not _ends_well(data):
        reading.flag("damaged")
    for name in ("Title", "Author"):
        value = one_line(document.get_metadata_value(name), 300)
        if value:
            reading.properties["creator" if name == "Author" else "title"] = value


def _ends_well(data: bytes) -> bool:
    """Tell whether the table that a file ends with is where it says; PDFium mends what is not."""
    tail = data[-2048:]
    place = tail.rfind(b"startxref")
    number = tail[place + 9 :].split()[:1] if place >= 0 else []
    if not number or not number[0].isdigit() or len(number[0]) > 12:
        return False
    table = data[int(number[0]) :][:40].lstrip()
    return table.startswith(b"xref") or table[:1].isdigit()


def _read_beside(document: pdfium.PdfDocument, page: pdfium.PdfPage, reading: Reading) -> list[str]:
    """Return what was filled into a form or typed onto a page; notice what was noted beside it."""
    shown: list[str] = []
    for index in range(min(raw.FPDFPage_GetAnnotCount(page.raw), MOST_FORM_FIELDS)):
        mark = raw.FPDFPage_GetAnnot(page.raw, index)
        kind = raw.FPDFAnnot_GetSubtype(mark)
        if kind == raw.FPDF_ANNOT_WIDGET:
            shown += _field(document, mark)
        elif kind in _WRITTEN_ON_PAGES:
            shown.append(_contents(mark))
        elif kind in _COMMENTS and _contents(mark):
            reading.flag("comments")
        raw.FPDFPage_CloseAnnot(mark)
    return shown


def _contents(mark: raw.FPDF_ANNOTATION) -> str:
    return _string(lambda *place: raw.FPDFAnnot_GetStringValue(mark, b"Contents", *place))


def _field(document: pdfium.PdfDocument, mark: raw.FPDF_ANNOTATION) -> list[str]:
    form = document.formenv
    if form is None:
        return []
    value = _string(lambda *place: raw.FPDFAnnot_GetFormFieldValue(form.raw, mark, *place))
    name = _string(lambda *place: raw.FPDFAnnot_GetFormFieldName(form.raw, mark, *place))
    return [f"{name}: {value}" if name else value] if value.strip() and value != "Off" else []


def _string(ask: Callable[[Any, int], int]) -> str:
    """Return text that PDFium hands over in a buffer: asked for its length first."""
    length = ask(None, 0)
    if not 2 < length <= 200_000:
        return ""
    buffer = ctypes.create_string_buffer(length)
    ask(ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), length)
    return buffer.raw[: length - 2].decode("utf-16-le", errors="replace")
