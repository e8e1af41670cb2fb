"""Where sentences end, for text that people typed: spaCy's rule, less the ends it gets wrong.

A blank pipeline has no model to download and no opinion on grammar. Its sentencizer ends a
sentence at every full stop that the tokeniser split off, so "Cllr. Jones" and "2. We ask" fall
apart; the patterns here take those ends back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING
from unicodedata import combining

from nlp.errors import NlpError

if TYPE_CHECKING:
    from spacy.language import Language

_ABBREVIATED = frozenset(
    """
    mr mrs ms mx dr prof rev revd hon rt sir st ste jr sr cllr cllrs cyng parch gen col capt sgt lt
    e.e h.y h.w gw ysg
    e.g i.e eg ie viz cf vs approx incl excl dept govt assoc bros tel rd ave sq h.m
    """.split()  # noqa: SIM905 # forty strings in brackets are no easier to read
)
# "No. 4" is a number, "We said no." is the end of a sentence: these need a figure after them.
_NUMBERED = frozenset(
    """
    no nos rhif para paras p pp t tt sec s ss cl ch art reg regs sch vol ed eds fig figs app ref c ca v ext
    jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun
    """.split()  # noqa: SIM905 # as above
)
_NUMBERING = re.compile(
    r"^[(\[]?(?:\d{1,3}(?:\.\d{1,3})*|[ivxlc]{1,6}|[^\W\d_])(?:\([a-z0-9]{1,3}\))*[.):\]]{1,2}$",
    re.IGNORECASE,
)
_CLOSERS = "\"'”’»)]}"
_OPENERS = "\"'“‘([{/-"
_NOT_FOR_SENTENCES = [
    "ner",
    "tagger",
    "morphologizer",
    "lemmatizer",
    "attribute_ruler",
    "textcat",
    "textcat_multilabel",
]
_LONGEST_NUMBERING = 24
_INK = re.compile(r"\S")
_LONG_RUN = re.compile(r"\S{120,}")
_JOINERS = frozenset("\u200d\ufe0e\ufe0f")


def make_pipeline(language: str) -> Language:
    """Blank spaCy pipeline with a sentencizer; spaCy has no Welsh, so that uses the neutral one."""
    import spacy
    from spacy.pipeline import Sentencizer
    from spacy.tokenizer import Tokenizer

    try:
        pipeline = spacy.blank(language)
    except ImportError:
        pipeline = spacy.blank("xx")
    enders = "".join(re.escape(mark) for mark in Sentencizer.default_punct_chars)
    others = "".join(re.escape(mark) for mark in Sentencizer.default_punct_chars if not mark.isascii())
    # Splits off only what can end a sentence: the full rules of a language cost three times as much.
    pipeline.tokenizer = Tokenizer(
        pipeline.vocab,
        prefix_search=re.compile(r"""^["'“‘(\[{«]""").search,
        suffix_search=re.compile(rf"""[{enders}"'”’)\]}}»]$""").search,
        infix_finditer=re.compile(rf"[{others}]").finditer,
    )
    pipeline.add_pipe("sentencizer")
    pipeline.max_length = 1 << 31
    return pipeline


def load_trained(name: str) -> Language:
    """A trained spaCy package, less what says nothing of sentences; NlpError where it cannot be used."""
    import spacy

    try:
        pipeline = spacy.load(name, exclude=_NOT_FOR_SENTENCES)
    except (OSError, ValueError, ImportError) as problem:
        raise NlpError(
            f"The spaCy package {name} cannot be loaded: install it anew, or take it out. {problem}"
        ) from problem
    if "senter" in pipeline.disabled:  # says the same as the parser, ten times as fast
        pipeline.enable_pipe("senter")
        if "parser" in pipeline.pipe_names:
            pipeline.disable_pipe("parser")
    if not {"senter", "parser", "sentencizer"} & set(pipeline.pipe_names):
        raise NlpError(f"The spaCy package {name} finds no sentences: use another, or none.")
    pipeline.max_length = 1 << 31
    return pipeline


def sentence_starts(pipeline: Language, texts: Iterable[str]) -> Iterator[list[int]]:
    """For each text the offsets at which a sentence begins, the first one excepted."""
    from spacy.attrs import IDX, SENT_START

    kept = [_mask_long_runs(text) for text in texts]
    for text, doc in zip(kept, pipeline.pipe(kept, batch_size=256), strict=True):
        begins, offsets = doc.to_array([SENT_START, IDX]).T
        yield _true_starts(text, [_first_ink(text, start) for start in offsets[begins == 1].tolist()])


def _first_ink(text: str, start: int) -> int:
    """A trained pipeline may take the white space between two sentences for the beginning of the second."""
    ink = _INK.search(text, start)
    return ink.start() if ink else 0


def splits_character(text: str, offset: int) -> bool:
    """Whether a cut here would tear a mark or a joined emoji from what it belongs to."""
    if not 0 < offset < len(text):
        return False
    here, before = text[offset], text[offset - 1]
    return (
        bool(combining(here)) or here in _JOINERS or before == "\u200d" or (before == "\r" and here == "\n")
    )


def _mask_long_runs(text: str) -> str:
    """Same length, but no run for the tokeniser to chew on: its patterns are quadratic on those."""
    return _LONG_RUN.sub(lambda run: "x" * len(run.group()), text)


def _true_starts(text: str, starts: list[int]) -> list[int]:
    accepted: list[int] = []
    previous = 0
    for start in starts:
        if start and not splits_character(text, start) and _ends_sentence(text, previous, start):
            accepted.append(start)
            previous = start
    return accepted


def _ends_sentence(text: str, previous: int, start: int) -> bool:
    before = text[previous:start].rstrip()
    following = text[start]
    if following.islower() or following in _CLOSERS or not before:
        return False
    if len(before) <= _LONGEST_NUMBERING and _NUMBERING.match(before):
        return False
    return not (before[-1] == "." and _is_abbreviated(before.rsplit(maxsplit=1)[-1], following))


def _is_abbreviated(word: str, following: str) -> bool:
    """Whether the full stop belongs to the word. "etc." and its like end sentences as often as not."""
    stem = word[:-1].lstrip(_OPENERS).lower()
    if stem in _ABBREVIATED or (len(stem) == 1 and stem.isalpha()):
        return True
    return stem in _NUMBERED and following.isdigit()
