"""Words that a respondent asks to keep from readers outside, where they stand, and the harm feared."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from consult.calls.rules import QuestionKind
from consult.evidence.rules import Bounds, PublicationChoice, paragraphs_of
from consult.foundation.language import _
from consult.respond.answers import SHOWN_INSTEAD, UNSTORABLE, Asked, one

LONGEST_HARM = 2_000
MOST_CONFIDENCES = 100
CHOICE_OF_ANSWER = "publication:{}"
# What people type and what word processors make of it.
_ALIKE = {
    "'": "['’‘]",
    "’": "['’‘]",
    "‘": "['’‘]",
    '"': '["“”]',
    "“": '["“”]',
    "”": '["“”]',
}  # these very signs


@dataclass(frozen=True)
class Confidence:
    """Words of an answer that must not be published, and the harm it would do."""

    question: str
    words: str
    harm: str

    def as_kept(self) -> dict[str, str]:
        """Return it as a draft keeps it."""
        return asdict(self)


def confidences_in(kept: Iterable[Mapping[str, Any]]) -> tuple[Confidence, ...]:
    """Return what a draft keeps as values."""
    return tuple(Confidence(str(k["question"]), str(k["words"]), str(k["harm"])) for k in kept)


def where_words_stand(text: str, words: str) -> list[Bounds]:
    """Return every place where words stand in a text, whatever white space and quotation marks they have.

    Every place and not the first: whoever hides a name wants it hidden throughout. Whole words come first:
    Ann is not meant in Annual, but half a word that was copied is still found.
    """
    parts = ["".join(_ALIKE.get(letter, re.escape(letter)) for letter in word) for word in words.split()]
    if not parts:
        return []
    pattern = r"\s+".join(parts)
    whole = [Bounds(*found.span()) for found in re.finditer(rf"(?<!\w){pattern}(?!\w)", text)]
    return whole or [Bounds(*found.span()) for found in re.finditer(pattern, text)]


def paragraphs_ticked(text: str, ticks: Iterable[str]) -> list[str]:
    """Return the words of the paragraphs that were ticked, by their number from 1."""
    paragraphs = paragraphs_of(text)
    numbers = sorted({int(tick) for tick in ticks if tick.isascii() and tick.isdigit() and len(tick) < 9})
    wanted = [paragraphs[number - 1] for number in numbers if 0 < number <= len(paragraphs)]
    return [text[bounds.start : bounds.end] for bounds in wanted]


def problems_of_marking(text: str, words: str, ticks: Sequence[str], harm: str) -> dict[str, str]:
    """Return what must be put right before words are marked, by field."""
    problems = {}
    if UNSTORABLE in words + harm:
        problems["words"] = _(
            "There is a character that cannot be stored, shown here as %(mark)s. Remove it.",
            mark=SHOWN_INSTEAD,
        )
    elif not words.strip() and not paragraphs_ticked(text, ticks):
        problems["words"] = _("Tick a paragraph, or write the words that must not be published.")
    elif words.strip() and not where_words_stand(text, words):
        problems["words"] = _("These words do not stand in your answer. Copy them from it exactly.")
    if not harm.strip():
        problems["harm"] = _("Say what harm publication would do, and to whom.")
    elif len(harm.strip()) > LONGEST_HARM:
        problems["harm"] = _("Shorten this to %(longest)s characters.", longest=f"{LONGEST_HARM:,}")
    return problems


def bounds_in(confidences: Iterable[Confidence], asked: Asked, text: str) -> list[tuple[Bounds, str]]:
    """Return where the words marked in one answer stand, each with the harm."""
    mine = (confidence for confidence in confidences if confidence.question == asked.slug)
    return [(bounds, mark.harm) for mark in mine for bounds in where_words_stand(text, mark.words)]


def words_gone(
    questions: Sequence[Asked], answers: Mapping[str, Any], confidences: Iterable[Confidence]
) -> list[tuple[Asked, Confidence]]:
    """Return what was marked and does not stand in its answer any more, which has been changed since."""
    by_slug = {asked.slug: asked for asked in questions}
    return [
        (by_slug[mark.question], mark)
        for mark in confidences
        if mark.question in by_slug and not where_words_stand(one(answers.get(mark.question)), mark.words)
    ]


def choice_for(asked: Asked, about: Mapping[str, Any]) -> PublicationChoice | None:
    """Return an answer's own publication choice, or None where it follows the choice for all of it."""
    chosen = str(about.get(CHOICE_OF_ANSWER.format(asked.slug), ""))
    return PublicationChoice(chosen) if chosen in set(PublicationChoice) else None


def choice_for_all(about: Mapping[str, Any]) -> PublicationChoice | None:
    """Return the choice for all of the evidence; None while it is not made."""
    chosen = str(about.get("publication", ""))
    return PublicationChoice(chosen) if chosen in set(PublicationChoice) else None


def may_be_marked(asked: Asked) -> bool:
    """Tell whether a question is answered in words of which some can be kept back."""
    return asked.kind is QuestionKind.FREE_TEXT
