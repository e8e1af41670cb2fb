"""The only maker of safe HTML, Markdown written by staff, rendered and then cleaned; and words fit for XML.

bleach is no longer maintained (docs/adr/0010-dependencies.md); keeping it behind this one function makes
it a change of one file to leave it. What respondents write is never HTML: templates print it escaped.
"""

import re

import bleach
from markdown_it import MarkdownIt
from markupsafe import Markup

ALLOWED_ELEMENTS = frozenset(
    {
        "p",
        "br",
        "em",
        "strong",
        "ul",
        "ol",
        "li",
        "h2",
        "h3",
        "h4",
        "blockquote",
        "a",
        "code",
        "hr",
    }
)
ALLOWED_ATTRIBUTES = {"a": ["href"]}
ALLOWED_SCHEMES = frozenset({"http", "https", "mailto"})

# Inline HTML is off in this profile, so bleach stands as a second wall, not the only one.
_markdown = MarkdownIt("commonmark", {"html": False})


# What XML 1.0 cannot hold in any form; somebody pastes it from a PDF or from Word without seeing it.
_NOT_FOR_XML = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ud800-\\udfff\\ufffe\\uffff]")


def for_xml(text: str) -> str:
    """Return a text with a space for each sign that a feed or a Word document cannot hold."""
    return _NOT_FOR_XML.sub(" ", text)


def prose(text: str) -> Markup:
    """Return safe HTML for a Markdown text; anything not on the list of elements is shown as typed."""
    html = bleach.clean(
        _markdown.render(text),
        tags=ALLOWED_ELEMENTS,
        attributes=ALLOWED_ATTRIBUTES,
        protocols=ALLOWED_SCHEMES,
    )
    return Markup(html)
