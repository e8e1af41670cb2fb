"""Personal data in what people wrote, proposed for a clerk to withhold; nothing is altered here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from nlp.first_names import AMBIGUOUS
from nlp.personal_formats import PersonalData, addresses_in, formats_in
from nlp.personal_names import NO_NAMES, OF_PLACES, OFFICES, TITLES, NameFinder

if TYPE_CHECKING:
    from spacy.language import Language

_WORDS_REMEMBERED = 200_000
# A person whom a trained pipeline has found, where no rule has.
_TRAINED_SCORE = 0.5
_PART_OF_NAME = re.compile(r"[\w’'-]+")


@dataclass(frozen=True, slots=True)
class TextToSearch:
    """A text, its language, and what is known of its writer.

    `hidden` are names that must not stand in it, of a writer who asks not to be named; `open_names` those of
    one who signs with their name, which need no withholding.
    """

    text: str
    language: str = "en"
    hidden: tuple[str, ...] = ()
    open_names: tuple[str, ...] = ()


class PersonalDataFinder:
    """Proposes the spans of texts that may name or reach a person.

    `region` tells where telephone numbers without a country are from. `trained` is the name of an
    installed spaCy package whose persons are proposed too; see `installed_pipeline`. Same text, same spans.
    """

    name = "personal data"
    version = "2"

    def __init__(self, region: str = "GB", trained: str | None = None) -> None:
        self.region = region
        self.trained = trained
        self._held: tuple[Language, NameFinder] | None = None
        self._loaded: Language | None = None

    def settings(self) -> dict[str, Any]:
        """What a record of a run has to say besides name and version."""
        return {"region": self.region, "trained": self.trained}

    def find(self, text: str, hidden: Sequence[str] = ()) -> list[PersonalData]:
        """Personal data of one text, in order; spans do not overlap."""
        return self.find_many([TextToSearch(text, hidden=tuple(hidden))])[0]

    def find_many(self, texts: Sequence[TextToSearch]) -> list[list[PersonalData]]:
        """Personal data of many texts; spans that overlap become one, with the ground of the longest."""
        pipeline, names = self._pipeline()
        found: list[list[PersonalData]] = []
        for given, doc in zip(texts, pipeline.pipe(given.text for given in texts), strict=True):
            spans = [
                *formats_in(given.text, self.region),
                *addresses_in(given.text),
                *names.find(doc, given.language),
            ]
            spans += known_names_in(given.text, given.hidden)
            found.append(spans)
        everything = zip(texts, found, self._persons(texts), strict=True)
        return [united(without_open_names(text, [*spans, *persons])) for text, spans, persons in everything]

    def _pipeline(self) -> tuple[Language, NameFinder]:
        """The pipeline remembers every word it meets: that makes it fast, and in the end too big."""
        if self._held is None or len(self._held[0].vocab) > _WORDS_REMEMBERED:
            import spacy

            pipeline = spacy.blank("en")
            pipeline.max_length = 2**31
            self._held = pipeline, NameFinder(pipeline)
        return self._held

    def _persons(self, texts: Sequence[TextToSearch]) -> Iterator[list[PersonalData]]:
        """What a trained pipeline takes for persons; it reads English only."""
        if self.trained is None:
            yield from ([] for _ in texts)
            return
        import spacy

        self._loaded = self._loaded or spacy.load(self.trained)
        reason = f"a person to {self.trained}"
        for given in texts:
            doc = self._loaded(given.text) if given.language == "en" else None
            yield [
                PersonalData(entity.start_char, entity.end_char, "third_party", _TRAINED_SCORE, reason)
                for entity in (doc.ents if doc is not None else ())
                if entity.label_ == "PERSON"
            ]


def installed_pipeline(language: str = "en") -> str | None:
    """The first trained spaCy package of a language on this machine that finds entities, or None."""
    from spacy.util import get_installed_models

    return next((name for name in sorted(get_installed_models()) if name.startswith(f"{language}_")), None)


def known_names_in(text: str, names: Sequence[str]) -> Iterator[PersonalData]:
    """Where names that are known stand; of a person's, which has three words at most, also each part."""
    reason = "the name of a writer who asks not to be named"
    for name in names:
        whole = name.partition(",")[0].strip()
        parts = _PART_OF_NAME.findall(whole)
        for match in re.finditer(rf"(?<!\w){re.escape(whole)}(?!\w)", text, re.IGNORECASE) if parts else ():
            yield PersonalData(*match.span(), "name", 0.95, reason)
        if len(parts) > 3 or OF_PLACES & {part.lower() for part in parts}:
            continue
        for part in parts:
            if len(part) > 2 and part[0].isupper() and part.lower() not in _COMMON:
                for match in re.finditer(rf"(?<!\w){re.escape(part)}(?!\w)", text):
                    yield PersonalData(*match.span(), "name", 0.7, reason)


def without_open_names(given: TextToSearch, spans: Sequence[PersonalData]) -> list[PersonalData]:
    """Spans less the names in which every word is part of a name that may stand."""
    may_stand = {word.lower() for name in given.open_names for word in _PART_OF_NAME.findall(name)}
    may_stand |= {title.rstrip(".") for title in TITLES}
    return [
        span
        for span in spans
        if span.ground not in {"name", "third_party"}
        or not {w.lower() for w in _PART_OF_NAME.findall(given.text[span.start : span.end])} <= may_stand
    ]


_COMMON = AMBIGUOUS | NO_NAMES | OFFICES | frozenset(TITLES)


def united(spans: Sequence[PersonalData]) -> list[PersonalData]:
    """Spans in order; those that overlap become one, on the ground of the longest, of equals the surest."""
    kept: list[PersonalData] = []
    for span in sorted(spans, key=lambda each: (each.start, -each.end, -each.score, each.ground)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
            continue
        last = kept[-1]
        ruling = max(last, span, key=lambda each: (each.end - each.start, each.score))
        score = max(last.score, span.score)
        kept[-1] = replace(ruling, start=last.start, end=max(last.end, span.end), score=score)
    return kept
