"""How texts are cut into passages, and whether their language is told: figures on the shared corpora.

Run it: python -m tests.nlp.measure_passages ../shared/data
"""

import csv
import importlib
import pkgutil
import re
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import spacy.lang
from babel.messages.pofile import read_po

from consult.evidence.rules import paragraphs_of
from nlp.language import language_of
from nlp.passages import PassageCutter
from nlp.types import Span

ROOT = Path(__file__).resolve().parents[2]
LEAST, MOST = 20, 160
SENTENCES_A_PARAGRAPH = 40
_ENDS = re.compile(r"[.!?:;…|][\"'”’»)\]\d\[]*$")
_PLACEHOLDER = re.compile(r"%\(\w+\)s")


def texts_in(folder: Path, name: str) -> list[str]:
    csv.field_size_limit(1 << 30)
    if (folder / name / "units.csv").is_file():
        with (folder / name / "units.csv").open(encoding="utf-8", newline="") as file:
            return [row["text"] for row in csv.DictReader(file)]
    return [path.read_text(encoding="utf-8") for path in sorted((folder / name).glob("*.txt"))]


def with_paragraphs(texts: Sequence[str]) -> list[tuple[str, list[Span]]]:
    return [(text, [Span(p.start, p.end) for p in paragraphs_of(text)]) for text in texts]


def passages_of(texts: Sequence[str]) -> list[str]:
    prepared = with_paragraphs(texts)
    return [
        text[span.start : span.end]
        for (text, _), spans in zip(prepared, PassageCutter().cut_many(prepared), strict=True)
        for span in spans
    ]


def cutting(name: str, texts: Sequence[str]) -> str:
    """Shares of passages of a readable length, and of cuts within a paragraph that do not end a sentence."""
    prepared = with_paragraphs([text for text in texts if len(text.split()) >= LEAST])
    cutter = PassageCutter()
    cutter.cut("Load. " * 200, [])
    start = time.process_time()
    found = cutter.cut_many(prepared)
    seconds = time.process_time() - start
    lengths, cuts, torn = [], 0, 0
    for (text, paragraphs), spans in zip(prepared, found, strict=True):
        opens = {paragraph.start for paragraph in paragraphs}
        lengths += [len(text[span.start : span.end].split()) for span in spans]
        for one, other in pairwise(spans):
            if other.start not in opens and "\n" not in text[one.end : other.start]:
                cuts += 1
                torn += not _ENDS.search(text[one.end - 8 : one.end])
    fitting = [length for length in lengths if LEAST <= length <= MOST]
    return (
        f"{name}: {len(lengths)} passages, {len(fitting) / len(lengths):.3f} of {LEAST} to {MOST} words, in "
        f"which stand {sum(fitting) / sum(lengths):.3f} of all words; of {cuts} cuts in a line {torn} torn; "
        f"{len(lengths) / seconds:,.0f} passages, {sum(lengths) / seconds:,.0f} words a CPU second"
    )


def against_sentences(texts: Sequence[str]) -> str:
    """Sentences that people divided, put together again by forties: do cuts fall between two of them?"""
    at_edge = cuts = torn = 0
    for first in range(0, len(texts), SENTENCES_A_PARAGRAPH):
        sentences = [" ".join(text.split()) for text in texts[first : first + SENTENCES_A_PARAGRAPH]]
        edges, at = set(), 0
        for sentence in sentences:
            edges.add(at)
            at += len(sentence) + 1
        text = " ".join(sentences)
        for span in PassageCutter().cut(text, [])[1:]:
            cuts += 1
            at_edge += span.start in edges
            torn += span.start not in edges and not _ENDS.search(
                text[max(0, span.start - 9) : span.start].strip()
            )
    return (
        f"manifesto sentences as coders had them: of {cuts} cuts {at_edge / cuts:.3f} fall between two, "
        f"{torn} within one where no mark ends a sentence"
    )


def told(name: str, texts: Sequence[str], wanted: str | None) -> Iterator[str]:
    """Shares of passages told right, not told, and told wrong, of twenty words or more and of six or more."""
    for least, most, words in ((LEAST, sys.maxsize, "20 words or more"), (6, LEAST - 1, "6 to 19 words")):
        chosen = [language_of(text) for text in texts if least <= len(text.split()) <= most]
        if chosen:
            right, none = chosen.count(wanted), 0 if wanted is None else chosen.count(None)
            yield (
                f"language of {name}, {words}, {len(chosen)}: right {right / len(chosen):.3f}, not told "
                f"{none / len(chosen):.3f}, wrong {(len(chosen) - right - none) / len(chosen):.4f}"
            )


def our_words() -> tuple[list[str], list[str]]:
    """The public sentences of this software in both languages: (English, Welsh)."""
    place = ROOT / "consult" / "translations" / "cy" / "LC_MESSAGES" / "messages.po"
    english, welsh = [], []
    with place.open("rb") as file:
        for message in read_po(file):
            if message.id:
                english += [message.id] if isinstance(message.id, str) else list(message.id)
                welsh += [message.string] if isinstance(message.string, str) else list(message.string)
    return [_PLACEHOLDER.sub("X", each) for each in english], [_PLACEHOLDER.sub("X", each) for each in welsh]


def other_languages() -> list[str]:
    """The example sentences that spaCy carries, of each language that it knows but English."""
    found = []
    for module in pkgutil.iter_modules(spacy.lang.__path__):
        if module.name != "en":
            try:
                found += importlib.import_module(f"spacy.lang.{module.name}.examples").sentences
            except ImportError:
                continue
    return found


def lines(folder: Path) -> Iterator[str]:
    documents = ("evidence_texts", "consultation_cms_a", "campaign_small")
    for name in documents:
        yield cutting(name, texts_in(folder, name))
    yield against_sentences(texts_in(folder, "csta_uk_manifestos_8792_05"))
    yield from told(
        "documents", passages_of([t for name in documents[:2] for t in texts_in(folder, name)]), "en"
    )
    for name in ("nhs_fft_neas", "valueeval_args", "polis_local"):
        yield from told(name, texts_in(folder, name), "en")
    english, welsh = our_words()
    yield from told("our pages", english, "en")
    yield from told("our pages in Welsh", welsh, "cy")
    yield from told("other languages", other_languages(), None)


if __name__ == "__main__":
    for each in lines(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data")):
        sys.stdout.write(f"{each}\n")
