"""Words that a respondent asks to keep from readers outside, where they stand, and the harm feared."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from consult.calls.rules import QuestionKind
from consult.evidence.rules import Bounds, PublicationChoice, paragraphs_of
from consult.foundation.language import _
from consult.respond.answers import SHOWN_INSTEAD, UNSTORABLE, Asked, one

LONGEST_HARM = 2_000
MOST_CONFIDENCES = 100
# Words that stand in more places than this are hardly meant at each of them.
MOST_PLACES = 500
LONGEST_NAMED = 80
# Of a document a whole chapter may be one paragraph.
LONGEST_OF_DOCUMENT = 20_000
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
    """Words of an answer or a document that must not be published, and the harm it would do.

    Those of a document name no question but its SHA-256: they stay with its bytes wherever it is put, and
    hold in every copy of it.
    """

    question: str
    words: str
    harm: str
    document: str = ""
    # What the document is called, for when it is there no more.
    name: str = field(default="", compare=False)

    def as_kept(self) -> dict[str, str]:
        """Return it as a draft keeps it."""
        kept = asdict(self)
        return kept if self.document else {part: kept[part] for part in ("question", "words", "harm")}


def confidences_in(kept: Iterable[Mapping[str, Any]]) -> tuple[Confidence, ...]:
    """Return what a draft keeps as values."""
    parts = ("question", "words", "harm", "document", "name")
    return tuple(Confidence(*(str(each.get(part, "")) for part in parts)) for each in kept)


@dataclass(frozen=True)
class Markable:
    """What has words of which some can be kept back: an answer, or a document where `document` is set."""

    text: str
    question: str = ""
    document: str = ""
    name: str = ""

    def mark(self, words: str, harm: str) -> Confidence:
        """Return a mark on words of it."""
        return Confidence(self.question, words, harm, self.document, self.name)


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


def problems_of_marking(place: Markable, words: str, ticks: Sequence[str], harm: str) -> dict[str, str]:
    """Return what must be put right before words are marked, by field."""
    problems = {}
    if UNSTORABLE in words + harm:
        problems["words"] = _(
            "There is a character that cannot be stored, shown here as %(mark)s. Remove it.",
            mark=SHOWN_INSTEAD,
        )
    elif problem := _problem_of_words(place, words, paragraphs_ticked(place.text, ticks)):
        problems["words"] = problem
    if not harm.strip():
        problems["harm"] = _("Say what harm publication would do, and to whom.")
    elif len(harm.strip()) > LONGEST_HARM:
        problems["harm"] = _("Shorten this to %(longest)s characters.", longest=f"{LONGEST_HARM:,}")
    return problems


def _problem_of_words(place: Markable, words: str, ticked: Sequence[str]) -> str:
    if not words.strip() and not ticked:
        return _("Tick a paragraph, or write the words that must not be published.")
    if place.document and max(map(len, (words, *ticked))) > LONGEST_OF_DOCUMENT:
        return _(
            "That is more than %(longest)s characters at once. Mark less of it at a time, or choose that it "
            "is not published.",
            longest=f"{LONGEST_OF_DOCUMENT:,}",
        )
    told = (_problem_of_quote(place, each) for each in (words, *ticked) if each.strip())
    return next(filter(None, told), "")


def _problem_of_quote(place: Markable, words: str) -> str:
    places = len(where_words_stand(place.text, words))
    if not places and place.document:
        return _("These words do not stand in the document. Copy them from it exactly.")
    if not places:
        return _("These words do not stand in your answer. Copy them from it exactly.")
    if places > MOST_PLACES:
        return _(
            "“%(words)s” stands in %(places)s places. Mark it together with the words beside it.",
            words=words.strip()[:LONGEST_NAMED],
            places=f"{places:,}",
        )
    return ""


def bounds_in(
    confidences: Iterable[Confidence], text: str, *, question: str = "", document: str = ""
) -> list[tuple[Bounds, str]]:
    """Return where the words marked in one answer, or in one document, stand, each with the harm."""
    mine = (mark for mark in confidences if (mark.question, mark.document) == (question, document))
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


def documents_gone(
    confidences: Iterable[Confidence], documents: Iterable[str]
) -> dict[str, list[Confidence]]:
    """Return what was marked in documents that are not in the draft any more, by their SHA-256."""
    there = set(documents)
    gone: dict[str, list[Confidence]] = {}
    for mark in confidences:
        if mark.document and mark.document not in there:
            gone.setdefault(mark.document, []).append(mark)
    return gone


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
