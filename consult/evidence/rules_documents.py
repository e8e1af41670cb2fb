"""What can be decided about long documents from values alone."""

import re

_OWN_NUMBER = re.compile(
    r"""(?:
        (\d{1,3}(?:\.\d{1,3}){1,5}\.?)  # 3.2 or 3.2.1.
      | (\d{1,3}[.)])                   # 4. or 4)
      | (\(\d{1,3}\))                   # (4)
      | (\(?[a-z]\))                    # (a) or a)
      | (\(?(?=[ivxl])(?:xl|l?x{0,3})(?:ix|iv|v?i{0,3})[.)])  # iv. or (iv)
    )\s+(?=\S)""",
    re.VERBOSE,
)


def own_number(paragraph: str) -> str:
    """Return the number that an author gave a paragraph, such as 3.2 or (a); empty where there is none.

    It stays part of the words: a reference uses ours, which runs through a whole submission, and names this
    beside it.
    """
    found = _OWN_NUMBER.match(paragraph)
    return next(part for part in found.groups() if part).rstrip(".") if found else ""


def whole_range(first: int, last: int) -> range:
    """Return the paragraphs from one to another, both of them, whichever was named first."""
    return range(min(first, last), max(first, last) + 1)
