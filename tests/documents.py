"""Documents made for a test, sound and hostile, as bytes."""

import io
import zipfile
import zlib
from collections.abc import Mapping
from email.message import EmailMessage

import typst
from pypdf import PdfWriter

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
ODF = "urn:oasis:names:tc:opendocument:xmlns:"


def zipped(parts: Mapping[str, str | bytes], *, stored: bool = False) -> bytes:
    """Return an archive of parts."""
    file = io.BytesIO()
    method = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def docx(body: str, parts: Mapping[str, str | bytes] | None = None, relations: str = "") -> bytes:
    """Return a Word document with this body, given as its own XML, and further parts."""
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": relations_of(
                f'<Relationship Id="1" Type="{R}/officeDocument" Target="word/document.xml"/>'
            ),
            "word/_rels/document.xml.rels": relations_of(relations),
            "word/document.xml": word(f"<w:body>{body}</w:body>", "document"),
            **(parts or {}),
        }
    )


def word(content: str, root: str) -> str:
    """Return a part of a Word document."""
    return f'<?xml version="1.0" encoding="UTF-8"?><w:{root} xmlns:w="{W}" xmlns:r="{R}">{content}</w:{root}>'


def relations_of(relations: str) -> str:
    return f'<Relationships xmlns="{RELATIONS}">{relations}</Relationships>'


def relation(kind: str, target: str, *, outside: bool = False) -> str:
    mode = ' TargetMode="External"' if outside else ""
    return f'<Relationship Id="{kind}" Type="{R}/{kind}" Target="{target}"{mode}/>'


def p(words: str, properties: str = "") -> str:
    """Return a paragraph of one run."""
    return f"<w:p>{properties}<w:r><w:t>{words}</w:t></w:r></w:p>"


def odt(body: str, automatic: str = "", parts: Mapping[str, str | bytes] | None = None) -> bytes:
    """Return an OpenDocument text with this body, given as its own XML."""
    names = "".join(
        f' xmlns:{each}="{ODF}{each}:1.0"' for each in ("office", "text", "table", "style", "draw")
    )
    content = (
        f"<office:document-content{names}><office:automatic-styles>{automatic}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    return zipped(
        {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content, **(parts or {})}
    )


def pdf(source: str) -> bytes:
    """Return a PDF set from Typst's own markup."""
    return bytes(typst.compile(source.encode()))


def locked_pdf(source: str) -> bytes:
    """Return a PDF that asks for a password."""
    writer = PdfWriter(clone_from=io.BytesIO(pdf(source)))
    writer.encrypt("secret", algorithm="RC4-128")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def picture() -> bytes:
    """Return a small grey picture (PNG)."""

    def piece(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    size = (8).to_bytes(4, "big")
    rows = (b"\x00" + bytes(range(8))) * 8
    header = piece(b"IHDR", size + size + bytes([8, 0, 0, 0, 0]))
    return b"\x89PNG\r\n\x1a\n" + header + piece(b"IDAT", zlib.compress(rows)) + piece(b"IEND", b"")


def message(body: str, enclosed: Mapping[str, bytes] | None = None, **headers: str) -> bytes:
    """Return an e-mail with files."""
    mail = EmailMessage()
    for name, words in {
        "Subject": "Evidence",
        "From": "ann@example.org",
        "Message-ID": "<1@x>",
        **headers,
    }.items():
        mail[name.replace("_", "-")] = words
    mail.set_content(body)
    for name, data in (enclosed or {}).items():
        mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


def overlapping_bomb(copies: int = 400) -> bytes:
    """Return an archive whose entries all inflate the same compressed bytes."""
    core = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = core.compress(b"a" * 900_000) + core.flush()
    once = zipped({"x": b""})
    entries = b""
    local = b"PK\x03\x04" + bytes(22) + (1).to_bytes(2, "little") + bytes(2) + b"a" + packed
    for number in range(copies):
        name = f"{number:04d}".encode()
        entries += (
            b"PK\x01\x02" + bytes([20, 0, 20, 0, 0, 0, 8, 0, 0, 0, 0, 0]) + bytes(4)
            + len(packed).to_bytes(4, "little") + (900_000).to_bytes(4, "little")
            + len(name).to_bytes(2, "little") + bytes(12) + bytes(4) + name
        )  # fmt: skip
    end = once[once.rindex(b"PK\x05\x06") :]
    count = copies.to_bytes(2, "little")
    end = (
        end[:8]
        + count
        + count
        + len(entries).to_bytes(4, "little")
        + len(local).to_bytes(4, "little")
        + end[20:]
    )
    return local + entries + end
