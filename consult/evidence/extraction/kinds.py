"""What a file is, by its content; its name only chooses among kinds that are all plain text."""

import re
from pathlib import PurePosixPath

PDF_STARTS_WITHIN = 1024
HEAD = 4096

READABLE = ("docx", "odt", "rtf", "pdf", "txt", "html", "eml", "md")

_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"\x89PNG\r\n\x1a\n", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"BM", "image"),
    (b"Rar!\x1a\x07", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ\x00", "archive"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"\xca\xfe\xba\xbe", "program"),
    (b"ID3", "recording"),
    (b"OggS", "recording"),
    (b"fLaC", "recording"),
)
# Where a file has these four bytes at the fifth, it is of a family of pictures or films.
_FTYP = {b"heic": "image", b"heix": "image", b"mif1": "image", b"avif": "image"}
# Short beginnings that a letter may also have, such as "BMA" or "MZ".
_DOUBTFUL = (b"BM", b"MZ", b"ID3", b"GIF8", b"BZh")
# Names of streams in an old Office file, as UTF-16.
_STREAMS = (
    ("EncryptedPackage", "encrypted-office"),
    ("WordDocument", "doc"),
    ("Workbook", "xls"),
    ("PowerPoint Document", "ppt"),
    ("__properties_version1.0", "msg"),
)
_ENDINGS = {
    **{ending: ending for ending in ("docx", "odt", "rtf", "pdf", "txt", "eml", "md", "doc", "zip", "xlsx")},
    "htm": "html",
    "html": "html",
    "xhtml": "html",
    "markdown": "md",
    "text": "txt",
    "docm": "docx",
    "dotx": "docx",
    "ott": "odt",
    "xml": "xml",
    "svg": "xml",
    "pptx": "pptx",
    "xls": "xls",
    "msg": "msg",
}
# Kinds that are not made of letters: their name on plain text is a wrong name or a broken file.
NOT_LETTERS = frozenset({"docx", "odt", "pdf", "doc", "zip", "xlsx", "xls", "pptx", "msg"})

# Possessive: a comment might as well end at a later one's end, and every such way would be tried.
_HTML = re.compile(
    rb"\s*+(?:<!--(?>.*?-->)\s*+)*+<(!doctype\s+html|html|head|body|title|h1|p|div|table|meta)\b",
    re.I | re.S,
)
_XML = re.compile(rb"\s*<(\?xml\b|!DOCTYPE\b|!ENTITY\b|svg\b)", re.I)
_XHTML = re.compile(rb"<(!doctype\s+html|html)\b", re.I)
_HEADER = re.compile(rb"([A-Za-z][A-Za-z0-9-]{1,60}):[ \t]*\S?")
# A letter may begin with To:, From: and Date:; only a mail program writes these.
_OF_MAIL_PROGRAMS = frozenset(
    {b"mime-version", b"message-id", b"received", b"return-path", b"delivered-to", b"content-type"}
    | {b"content-transfer-encoding", b"x-mailer", b"authentication-results", b"dkim-signature"}
)
_OF_MESSAGES = _OF_MAIL_PROGRAMS | {b"from", b"to", b"subject", b"date", b"cc", b"reply-to", b"sender"}


def ending_of(name: str) -> str:
    """Return the kind that a name claims, or nothing."""
    return _ENDINGS.get(PurePosixPath(name.strip().lower()).suffix.removeprefix("."), "")


def kind_of(data: bytes, name: str) -> str:
    """Return the kind of a file that is not empty; "zip" and "text" need a closer look."""
    found = _by_beginning(data)
    if found == "ole":
        return ole_kind(data)
    if found:
        return found
    if b"%PDF-" in data[:PDF_STARTS_WITHIN]:
        return "pdf"
    return _by_letters(data.lstrip(b"\xef\xbb\xbf \t\r\n"), name)


def _by_beginning(data: bytes) -> str:
    for beginning, kind in _BEGINNINGS:
        if data.startswith(beginning) and not (beginning in _DOUBTFUL and _is_plain(data)):
            return kind
    if data[4:8] == b"ftyp":
        return _FTYP.get(data[8:12], "recording")
    if data[:4] == b"RIFF":
        return "image" if data[8:12] == b"WEBP" else "recording"
    return ""


def _by_letters(data: bytes, name: str) -> str:
    head = data[:HEAD]
    if head.startswith(b"{\\rt"):
        return "rtf"
    if _HTML.match(head):
        return "html"
    if _XML.match(head):
        return "html" if _XHTML.search(head) else "xml"
    if is_message(head, sure=ending_of(name) == "eml"):
        return "eml"
    return "md" if ending_of(name) == "md" else "txt"


def is_message(head: bytes, *, sure: bool) -> bool:
    """Tell whether a text begins like an e-mail; `sure` when its name says so too."""
    names: list[bytes] = []
    for line in head.replace(b"\r\n", b"\n").split(b"\n"):
        if not line.strip():
            break
        if line[:1] in b" \t" and names:
            continue  # the line before goes on
        match = _HEADER.match(line)
        if not match:
            return False
        names.append(match[1].lower())
    known = _OF_MESSAGES.intersection(names)
    return bool(known) if sure else len(known) > 1 and not _OF_MAIL_PROGRAMS.isdisjoint(names)


def ole_kind(data: bytes) -> str:
    """Return which old Office file this is, by the names of its streams."""
    return next((kind for name, kind in _STREAMS if name.encode("utf-16-le") in data), "ole")


def _is_plain(data: bytes) -> bool:
    return b"\x00" not in data[:HEAD]
