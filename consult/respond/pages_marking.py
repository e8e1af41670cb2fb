"""The pages on which words are marked as confidential, and the list of those that are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from flask import request, url_for
from werkzeug.wrappers import Response

from consult.evidence.rules import paragraphs_of
from consult.foundation.language import _
from consult.respond import pages
from consult.respond.answers import Asked
from consult.respond.confidences import Confidence, Markable, documents_gone, words_gone
from consult.respond.documents import FileHeld
from consult.respond.forms import ConfidenceForm
from consult.respond.rules import CHECK, CONFIDENTIAL, PUBLICATION, Step, first_open_step
from consult.respond.visit import Visit, address_of

# How much of a long document one page offers: nobody tabs through a thousand boxes.
MOST_TICKS = 60
MOST_LETTERS = 20_000


@dataclass(frozen=True)
class Place:
    """An answer or a document in which words can be marked, as its page shows it."""

    markable: Markable
    title: str
    asked: str = ""

    @property
    def is_document(self) -> bool:
        """Tell whether it is a document."""
        return bool(self.markable.document)


@dataclass(frozen=True)
class Part:
    """The paragraphs of a place that one page offers, by number, and how many such pages there are."""

    number: int
    all: int
    paragraphs: dict[str, str]


@dataclass(frozen=True)
class MarkLine:
    """A mark in the list: where its words stand, what is wrong with it, what takes it away."""

    where: str
    mark: Confidence
    gone: str
    unmark: str


@dataclass(frozen=True)
class Removed:
    """A document that was removed though words in it were marked, and those to which the marks can go."""

    name: str
    sha256: str
    passages: int
    others: tuple[tuple[str, str], ...]


def place_of_answer(visit: Visit, asked: Asked) -> Place:
    """Return an answer as a place to mark words in."""
    where = Markable(str(visit.started.answers[asked.slug]), question=asked.slug)
    title = _("Words to keep back in question %(number)s", number=asked.position)
    return Place(where, title, asked.prompt)


def place_of_document(file: FileHeld, text: str) -> Place:
    """Return a document as a place to mark words in."""
    title = _("Words to keep back in %(name)s", name=file.name)
    return Place(Markable(text, document=file.sha256, name=file.name), title)


def part_shown(place: Place) -> Part:
    """Return the part of a place that the address asks for; an answer is never divided."""
    text = place.markable.text
    words = {str(n): text[each.start : each.end] for n, each in enumerate(paragraphs_of(text), 1)}
    parts = divided(words) if place.is_document else [words]
    asked = request.args.get("part", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    number = min(max(number, 1), len(parts))
    return Part(number, len(parts), parts[number - 1])


def divided(paragraphs: dict[str, str]) -> list[dict[str, str]]:
    """Return paragraphs in parts of which each is short enough for one page."""
    parts: list[dict[str, str]] = [{}]
    for number, words in paragraphs.items():
        letters = sum(map(len, parts[-1].values())) + len(words)
        if parts[-1] and (len(parts[-1]) >= MOST_TICKS or letters > MOST_LETTERS):
            parts.append({})
        parts[-1][number] = words
    return parts


def marking_form(place: Place) -> ConfidenceForm:
    """Return the form that offers the paragraphs of a place."""
    form = ConfidenceForm()
    form.paragraphs.choices = cast(Any, part_shown(place).paragraphs)
    if place.is_document:
        form.words.description = _(
            "Copy them from the document. Wherever they stand in it, they are kept back."
        )
    return form


def marking_page(visit: Visit, place: Place, form: ConfidenceForm, status: int = 200) -> Response:
    """Return the page on which words of one answer or document are marked as confidential."""
    part = part_shown(place)
    mine = (place.markable.question, place.markable.document)
    return pages.step_page(
        "mark",
        visit,
        CONFIDENTIAL,
        form=form,
        title=place.title,
        status=status,
        asked=place.asked,
        document=place.markable.name,
        part=part,
        earlier=f"?part={part.number - 1}" if part.number > 1 else "",
        later=f"?part={part.number + 1}" if part.number < part.all else "",
        so_far=sum((each.question, each.document) == mine for each in visit.started.confidences),
    )


def confidential_page(visit: Visit) -> Response:
    """Return the page that lists the words marked as confidential, and where more can be."""
    onward = first_open_step(visit.call.asking, visit.started.filled)
    return pages.shown(
        "confidential",
        visit,
        title=_("Words to keep back"),
        back=address_of(visit.call, PUBLICATION),
        onward=address_of(visit.call, onward),
        is_last=onward == CHECK,
        marks=mark_lines(visit),
        removed=removed_documents(visit),
        written=pages.written_answers(visit),
        documents=[each for each in visit.files if each.has_text],
        wordless=pages.wordless_documents(visit),
    )


def mark_lines(visit: Visit) -> list[MarkLine]:
    """Return the marks in answers, then those in documents."""
    marks = visit.started.confidences
    return [*_in_answers(visit, marks), *_in_documents(visit, marks)]


def _in_answers(visit: Visit, marks: Sequence[Confidence]) -> list[MarkLine]:
    by_slug = {asked.slug: asked for asked in visit.call.questions}
    known = [each for each in marks if each.question in by_slug]
    gone = {each for _asked, each in words_gone(visit.call.questions, visit.started.answers, known)}
    told = _(
        "These words no longer stand in your answer. Mark them again as they are now, or take the mark away."
    )
    return [
        MarkLine(
            _("Question %(number)s", number=by_slug[each.question].position),
            each,
            told if each in gone else "",
            address_of(visit.call, Step("unmark", by_slug[each.question].number)),
        )
        for each in known
    ]


def _in_documents(visit: Visit, marks: Sequence[Confidence]) -> list[MarkLine]:
    names = {each.sha256: each.name for each in visit.files}
    told = _("This document was removed.")
    unmark = address_of(visit.call, Step("unmark_document"))
    return [
        MarkLine(names.get(each.document, each.name), each, "" if each.document in names else told, unmark)
        for each in marks
        if each.document
    ]


def removed_documents(visit: Visit) -> list[Removed]:
    """Return the documents that were removed though words in them were marked."""
    gone = documents_gone(visit.started.confidences, (each.sha256 for each in visit.files))
    call = visit.call
    others = tuple(
        (
            each.name,
            url_for(
                "respond.carry_marks", inquiry_slug=call.inquiry_slug, call_slug=call.slug, file_id=each.id
            ),
        )
        for each in visit.files
        if each.has_text
    )
    return [Removed(marks[0].name, sha256, len(marks), others) for sha256, marks in gone.items()]
