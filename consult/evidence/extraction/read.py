"""One document from bytes to text, in whatever process this runs; only the child with limits should."""

from collections.abc import Callable

from consult.evidence.extraction import docx, html, mail, odt, pdf, plain, rtf
from consult.evidence.extraction.archives import Archive
from consult.evidence.extraction.clean import cleaned
from consult.evidence.extraction.kinds import NOT_LETTERS, READABLE, ending_of, kind_of
from consult.evidence.extraction.limits import LARGEST_FILE
from consult.evidence.extraction.result import Extraction, Outcome, Reading, Refusal, refused

# Worth a look by nobody: the text is whole and as its writer sees it.
_HARMLESS: frozenset[str] = frozenset()
_OFFICE_PARTS = (
    ("xl/workbook.xml", "xlsx"),
    ("ppt/presentation.xml", "pptx"),
    ("Index/Document.iwa", "pages"),
)
_OPEN_TEXTS = frozenset(
    {b"application/vnd.oasis.opendocument.text", b"application/vnd.oasis.opendocument.text-template"}
)


def extract(data: bytes, name: str, depth: int = 0) -> Extraction:
    """Return the text of a document, or why it is refused; never raises for what a document holds."""
    kind = "empty"
    try:
        _check_size(data)
        kind = kind_of(data, name)
        archive = Archive(data) if kind == "zip" else None
        if archive:
            archive.check()
        kind = _zip_kind(archive) if archive else kind
        return _extract_as(kind, data, archive, name, depth)
    except Refusal as refusal:
        return refused(refusal.reason, refusal.kind or kind)
    except (RecursionError, MemoryError) as error:
        return refused("too-deep" if isinstance(error, RecursionError) else "too-much", kind)
    except Exception:  # whatever a library makes of a hostile file, its sender gets an answer
        return refused("damaged", kind)


def _check_size(data: bytes) -> None:
    if not data:
        raise Refusal("empty")
    if len(data) > LARGEST_FILE:
        raise Refusal("too-large", "unknown")


def _extract_as(kind: str, data: bytes, archive: Archive | None, name: str, depth: int) -> Extraction:
    reading = begun(data, kind, name)
    if archive:
        _ARCHIVED[kind](archive, reading)
    elif kind == "eml":
        mail.read(data, reading, extract, depth)
    else:
        _SINGLE[kind](data, reading)
    return _finished(reading)


def begun(data: bytes, kind: str, name: str) -> Reading:
    """Return an empty reading for a kind that is read; Refusal for every other."""
    claimed = ending_of(name)
    if kind == "xml" and (b"<!ENTITY" in data or b"<!DOCTYPE" in data):
        raise Refusal("declared-entities", kind)
    if kind not in READABLE:
        raise Refusal(_WHY.get(kind, "unknown-kind"), kind)
    if kind in {"txt", "md"} and (claimed in NOT_LETTERS or claimed == "rtf"):
        raise Refusal("not-what-it-says", claimed)
    reading = Reading(kind)
    if claimed and claimed != kind and {claimed, kind} - {"txt", "md", "html", "eml", "xml"}:
        reading.flag("wrong-extension")
    return reading


def _zip_kind(archive: Archive) -> str:
    if archive.has("mimetype"):
        mimetype = archive.read("mimetype")[:100].strip()
        return "odt" if mimetype in _OPEN_TEXTS else "opendocument" if b"opendocument" in mimetype else "zip"
    if archive.has("[Content_Types].xml"):
        known = next((kind for part, kind in _OFFICE_PARTS if archive.has(part)), "")
        return known or ("docx" if any(each.startswith("word/") for each in archive.names) else "zip")
    return next((kind for part, kind in _OFFICE_PARTS if archive.has(part)), "zip")


def _finished(reading: Reading) -> Extraction:
    text, noticed = cleaned("\n\n".join(reading.blocks))
    if "control-characters" not in reading.flags:
        reading.flag(*noticed)
    if not text.strip() and "scanned" not in reading.flags:
        raise Refusal("no-words", reading.kind)
    outcome = Outcome.FLAGGED if set(reading.flags) - _HARMLESS else Outcome.TEXT
    return Extraction(
        outcome=outcome,
        kind=reading.kind,
        text=text,
        flags=tuple(reading.flags),
        mail=reading.mail,
        enclosed=tuple(reading.enclosed),
        properties=reading.properties,
        own_text=cleaned("\n\n".join(reading.own))[0],
    )


_WHY = {
    "encrypted-office": "encrypted",
    "zip": "archive",
    "archive": "archive",
    "image": "picture",
    "recording": "recording",
    "program": "program",
    "doc": "old-office",
    "ole": "old-office",
    "xls": "spreadsheet",
    "xlsx": "spreadsheet",
    "ppt": "slides",
    "pptx": "slides",
    "msg": "outlook-message",
    "xml": "xml",
    "pages": "pages",
    "opendocument": "spreadsheet",
}
_ARCHIVED: dict[str, Callable[[Archive, Reading], None]] = {"docx": docx.read, "odt": odt.read}
_SINGLE: dict[str, Callable[[bytes, Reading], None]] = {
    "rtf": rtf.read,
    "pdf": pdf.read,
    "html": html.read,
    "txt": plain.read,
    "md": plain.read,
}
