"""XML from strangers: no declarations, no entities, no outside files."""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE

from lxml import etree

from consult.evidence.extraction.result import Refusal

_DECLARED = re.compile(r"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
# Office programs write these and no others; a rarer one could hide what is looked for below.
_ENCODINGS = frozenset({"utf-8", "utf8", "utf-16", "us-ascii", "ascii"})


def parsed(data: bytes) -> etree._Element:
    """Return the root of an XML part; Refusal for declared entities or what is not well-formed.

    The search comes before the parser: no library has to be trusted not to expand what it is told to.
    """
    _refuse_declarations(data)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True,
        remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Refusal("damaged") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Refusal("declared-entities")
    return root


def _refuse_declarations(data: bytes) -> None:
    text = _as_text(data)
    declared = _DECLARED.match(text.lstrip("\ufeff"))
    if declared and declared[1].lower() not in _ENCODINGS:
        raise Refusal("damaged")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise Refusal("declared-entities")


def _as_text(data: bytes) -> str:
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    # UTF-16 without its mark, which XML allows, begins with "<" and a zero.
    if data[:2] in {b"<\x00", b"\x00<"}:
        return data.decode("utf-16-le" if data[0] else "utf-16-be", errors="replace")
    return data.removeprefix(BOM_UTF8).decode("latin-1")


def has_words(element: etree._Element) -> bool:
    """Tell whether there is anything to read in an element."""
    return any(str(piece).strip() for piece in element.itertext())
