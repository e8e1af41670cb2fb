"""Typeset documents for people: tagged PDF that screen readers read, from our templates and plain data."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

TEMPLATES = Path(__file__).resolve().parent.parent / "templates" / "typst"
NO_SUCH_LETTER = "could not be displayed"


class CannotTypeset(Exception):
    """A template is wrong. What was to be set is not repeated: it may be somebody's words."""


def pdf(template: str, data: Mapping[str, Any]) -> bytes:
    """Return a tagged PDF of a template in templates/typst, which reads the data, dataclasses too, as JSON.

    It meets PDF/UA-1 unless the words hold a letter that no font here has: then it is tagged all the same,
    with an empty box where the letter would be.
    """
    inputs = {"data": json.dumps(data, default=vars)}
    source = TEMPLATES / f"{template}.typ"
    try:
        return _compiled(source, inputs, meets_standard=True)
    except typst.TypstError as error:
        if NO_SUCH_LETTER not in str(error):
            raise CannotTypeset(f"{template}: {type(error).__name__}") from None
    return _compiled(source, inputs, meets_standard=False)


def _compiled(source: Path, inputs: dict[str, str], *, meets_standard: bool) -> bytes:
    return typst.compile(
        source,
        root=TEMPLATES,
        format="pdf",
        sys_inputs=inputs,
        pdf_standards="ua-1" if meets_standard else None,
    )
