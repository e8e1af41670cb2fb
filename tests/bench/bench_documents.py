"""A PDF of 50 pages from its bytes to paragraphs, child process and all."""

import statistics
import time
from collections.abc import Iterator

import typst

from consult.evidence.extraction import extract
from tests.bench.figures import Figure, at_most, quick, spread

PAGES = 50
# On A4 with these margins a page holds some 600 words, as evidence does.
SETTING = (
    '#set page(paper: "a4", header: [Evidence submitted to the Commission #h(1fr) 2017])\n'
    '#set text(size: 11pt, lang: "en")\n#set par(justify: true)\n'
)
PARAGRAPH = (
    "Residents told us that decisions about the hall, the buses and the field are taken far away, by people "
    "who have never stood in the rain at the stop outside. They asked for control over money as well as "
    "words, for reasons when the answer is no, and for somebody whose name they know. "
)
PARAGRAPHS_A_PAGE = 9


def measure() -> Iterator[Figure]:
    data = fifty_pages()
    taken: list[float] = []
    found = extract(data)
    for _ in range(2 if quick() else 5):
        start = time.perf_counter()
        found = extract(data)
        taken.append(time.perf_counter() - start)
    note = f"{found.properties['pages']} pages, {len(found.text):,} characters, {spread(taken)}"
    yield at_most("a PDF of 50 pages to text", statistics.median(taken), "s", 10, note=note)


def fifty_pages() -> bytes:
    pages = ["\n\n".join([PARAGRAPH] * PARAGRAPHS_A_PAGE)] * PAGES
    return bytes(typst.compile((SETTING + "\n#pagebreak(weak: true)\n".join(pages)).encode()))
