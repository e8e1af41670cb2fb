"""E-mail messages: subject and words, then the text of each document that came with them."""

import re
from collections.abc import Callable
from email import policy
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser

from consult.evidence.extraction import html
from consult.evidence.extraction.charsets import decoded
from consult.evidence.extraction.clean import one_line
from consult.evidence.extraction.limits import DEEPEST_MAIL, LONGEST_NAME, MOST_ENCLOSED, MOST_MAIL_PARTS
from consult.evidence.extraction.result import Enclosed, Extraction, Outcome, Reading, Refusal

LONGEST_HEADER = 2_000
HEADERS = ("From", "To", "Date", "Subject")
_QUOTED = re.compile(
    r"^>|^-{2,} ?(Original Message|Forwarded message|Neges Wreiddiol) ?-{2,}"
    r"|^(On|Ar) .{1,200}(wrote|ysgrifennodd)\b.{0,80}:$|^From: .+\n(Sent|Date): ",
    re.MULTILINE | re.IGNORECASE,
)
_SIGNED = frozenset(
    {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"}
)
_ENCRYPTED = frozenset({"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"})
_PICTURE_OF_LETTERHEAD = 50_000

Extract = Callable[[bytes, str, int], Extraction]


def read(data: bytes, reading: Reading, extract: Extract, depth: int) -> None:
    """Read a message; `extract` reads what is enclosed, one level deeper."""
    if depth > DEEPEST_MAIL:
        raise Refusal("too-deep", "eml")
    # The older policy: the newer one raises on headers that real programs write.
    message = BytesParser(policy=policy.compat32).parsebytes(data)
    reading.mail = {name.lower(): words for name in HEADERS if (words := header(message, name))}
    if message.get_content_type() in _ENCRYPTED:
        raise Refusal("encrypted", "eml")
    parts = Parts(reading)
    parts.walk(message)
    subject = reading.mail.get("subject", "")
    reading.add([f"Subject: {subject}"] if subject else [])
    reading.add(parts.words)
    if _QUOTED.search("\n".join(parts.words)):
        reading.flag("quoted-reply")
    reading.own = list(reading.blocks)
    _enclose(parts.files, reading, extract, depth)


def header(message: Message, name: str) -> str:
    """Return a header as a person reads it, whatever it was encoded in."""
    value = message.get(name)
    if value is None:
        return ""
    # Decoding takes time that grows with the square of the number of encoded words.
    encoded = str(value)[:LONGEST_HEADER]
    try:
        words = str(make_header(decode_header(encoded)))
    except (LookupError, UnicodeError, ValueError, MessageError):
        words = encoded
    return one_line(words.encode("utf-8", "surrogateescape").decode("utf-8", "replace"), 500)


class Parts:
    """The words of a message and its files, in order."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.words: list[str] = []
        self.files: list[tuple[str, bytes]] = []
        self.count = 0

    def walk(self, part: Message, depth: int = 0) -> None:
        """Take a part and what is in it."""
        self.count += 1
        if self.count > MOST_MAIL_PARTS or depth > 20:
            raise Refusal("too-deep", "eml")
        kind = part.get_content_type()
        if kind == "message/rfc822":
            self.files.append((file_name(part) or "message.eml", _inner_bytes(part)))
        elif kind == "multipart/alternative":
            self.alternative(part, depth)
        elif part.is_multipart():
            for each in _children(part):
                self.walk(each, depth + 1)
        elif kind in {"text/plain", "text/html"} and not _is_file(part):
            self.words += self.text(part, kind)
        elif kind not in _SIGNED:
            self.file(part, kind)

    def alternative(self, part: Message, depth: int) -> None:
        """Take the plain form of the same words, or the last one there is."""
        children = _children(part)
        plain = [each for each in children if each.get_content_type() == "text/plain" and not _is_file(each)]
        if plain and any(word.strip() for word in self.text(plain[0], "text/plain")):
            self.words += self.text(plain[0], "text/plain")
            rest = [
                each
                for each in children
                if each.is_multipart() and each.get_content_type() == "multipart/mixed"
            ]
        else:
            rest = children[-1:]
        for each in rest:
            self.walk(each, depth + 1)

    def text(self, part: Message, kind: str) -> list[str]:
        """Return the words of a part."""
        data, declared = _bytes_of(part), _charset(part)
        if kind == "text/html":
            inner = Reading("html")
            html.read(data, inner, declared)
            self.reading.flag(*inner.flags)
            return inner.blocks
        found = decoded(data, declared)
        if found.flag:
            self.reading.flag(found.flag)
        elif _charset_is_nonsense(part):
            self.reading.flag("wrong-encoding")
        flowed = str(part.get_param("format", "", "content-type")).lower() == "flowed"
        return [unflowed(found.text) if flowed else found.text]

    def file(self, part: Message, kind: str) -> None:
        """Take a file; a small picture without a name of its own is a letterhead."""
        data, name = _bytes_of(part), file_name(part)
        inline = "attachment" not in str(part.get("Content-Disposition", "")).lower()
        if kind.startswith("image/") and inline and len(data) < _PICTURE_OF_LETTERHEAD:
            return
        self.files.append((name or "unnamed", data))


def _enclose(files: list[tuple[str, bytes]], reading: Reading, extract: Extract, depth: int) -> None:
    if len(files) > MOST_ENCLOSED:
        raise Refusal("too-many-enclosed", "eml")
    for name, data in files:
        found = extract(data, name, depth + 1)
        reading.enclosed.append(
            Enclosed(name, found.kind, found.outcome, found.text, found.flags, len(data), data)
        )
        reading.add([f"Attached document: {name}", found.text])
        if found.outcome is Outcome.REFUSED:
            reading.flag("enclosed-refused")
        else:
            reading.flag(*found.flags)


def file_name(part: Message) -> str:
    """Return the name a file was given, as text for one line; it never names anything on a disk."""
    try:
        return one_line(str(make_header(decode_header(part.get_filename("")[:LONGEST_HEADER]))), LONGEST_NAME)
    except (LookupError, UnicodeError, ValueError, MessageError):
        return ""


def unflowed(text: str) -> str:
    """Join the lines that a mail program broke (RFC 3676): all that end in a space."""
    lines: list[str] = []
    joined = False
    for line in text.replace("\r\n", "\n").split("\n"):
        quoted = line.startswith(">")
        if joined and lines and not quoted:
            lines[-1] += line.removeprefix(" ")
        else:
            lines.append(line)
        joined = line.endswith(" ") and line != "-- " and not quoted
    return "\n".join(lines)


def _children(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [each for each in payload if isinstance(each, Message)] if isinstance(payload, list) else []


def _inner_bytes(part: Message) -> bytes:
    inner = _children(part)
    try:
        return inner[0].as_bytes() if inner else b""
    except (LookupError, UnicodeError, ValueError, AttributeError, TypeError, KeyError):
        return b""  # its own headers cannot be written again; the whole message is kept as it came


def _bytes_of(part: Message) -> bytes:
    try:
        payload = part.get_payload(decode=True)
    except (LookupError, UnicodeError, ValueError, MessageError):
        payload = None
    return payload if isinstance(payload, bytes) else b""


def _charset(part: Message) -> str:
    declared = part.get_param("charset", "", "content-type")
    return str(declared[2] if isinstance(declared, tuple) else declared)[:60]


def _charset_is_nonsense(part: Message) -> bool:
    """Tell whether a charset runs into the next header, as where a line end was lost."""
    return any(sign in _charset(part) for sign in '": ;') or "Content-Transfer" in str(
        part.get("Content-Type", "")
    )


def _is_file(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())
