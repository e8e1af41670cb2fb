"""What may be published: all of it, single answers, and words that are kept from everybody outside."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, cast

from flask import flash, redirect, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from consult.evidence.rules import paragraphs_of
from consult.foundation.errors import NotFound
from consult.foundation.guard import public
from consult.foundation.language import _
from consult.respond import pages, service
from consult.respond.answers import Asked
from consult.respond.confidences import Confidence
from consult.respond.forms import ConfidenceForm, PublicationForm, publication_form
from consult.respond.routes import blueprint
from consult.respond.rules import PUBLICATION
from consult.respond.views_writing import about_not_stored, not_stored, onward
from consult.respond.visit import Visit, visit_to
from consult.respond.ways import to, turned_away


@blueprint.get("/<inquiry_slug>/<call_slug>/publication")
@public
def publication(inquiry_slug: str, call_slug: str) -> Response:
    """Ask what may be published."""
    visit = visit_to(inquiry_slug, call_slug)
    if away := turned_away(visit):
        return away
    form = publication_form(pages.answered_questions(visit))(data=visit.started.about)
    return pages.publication_page(visit, form)


@blueprint.post("/<inquiry_slug>/<call_slug>/publication")
@public
def save_publication(inquiry_slug: str, call_slug: str) -> Response:
    """Keep what may be published."""
    visit = visit_to(inquiry_slug, call_slug, posted=True)
    form = form_of_publication(visit)
    typed = form.typed()

    if kept := about_not_stored(visit, PUBLICATION, typed):
        return kept
    if request.form.get("then") == "mark" and form.is_right():
        return redirect(to("confidential", visit), 303)
    return onward(visit, PUBLICATION, form, form.is_right) or pages.publication_page(
        visit, form, pages.BAD_INPUT
    )


def form_of_publication(visit: Visit) -> PublicationForm:
    """Return the form with what was posted."""
    return publication_form(pages.answered_questions(visit))()


@blueprint.get("/<inquiry_slug>/<call_slug>/confidential")
@public
def confidential(inquiry_slug: str, call_slug: str) -> Response:
    """List the words marked as confidential."""
    visit = visit_to(inquiry_slug, call_slug)
    return turned_away(visit) or pages.confidential_page(visit)


@blueprint.get("/<inquiry_slug>/<call_slug>/confidential/<int:number>")
@public
def words_of_answer(inquiry_slug: str, call_slug: str, number: int) -> Response:
    """Offer to mark words of one answer."""
    visit = visit_to(inquiry_slug, call_slug)
    if away := turned_away(visit):
        return away
    asked = marked_question(visit, number)
    return pages.marking_page(visit, asked, marking_form(visit, asked))


@blueprint.post("/<inquiry_slug>/<call_slug>/confidential/<int:number>")
@public
def mark(inquiry_slug: str, call_slug: str, number: int) -> Response:
    """Mark words of one answer as confidential."""
    visit = visit_to(inquiry_slug, call_slug, posted=True)
    if away := turned_away(visit):
        return away
    asked = marked_question(visit, number)
    form, text = marking_form(visit, asked), str(visit.started.answers[asked.slug])
    right = form.is_right(text) and form.has_room(marks := marks_with(visit, form.marked(asked, text)))
    form.show_what_is_kept()
    if not right:
        return pages.marking_page(visit, asked, form, pages.BAD_INPUT)
    if kept := stored(visit, marks):
        return kept
    flash(_("These words are marked: they will be kept from everybody outside the commission."), "success")
    return redirect(to("confidential", visit), 303)


def marks_with(visit: Visit, more: Iterable[Confidence]) -> list[Confidence]:
    """Return what is marked and what is to be, each once."""
    return list(dict.fromkeys([*visit.started.confidences, *more]))


@blueprint.post("/<inquiry_slug>/<call_slug>/confidential/<int:number>/unmark")
@public
def unmark(inquiry_slug: str, call_slug: str, number: int) -> Response:
    """Take the mark from words of one answer."""
    visit = visit_to(inquiry_slug, call_slug, posted=True)
    if away := turned_away(visit):
        return away
    asked = visit.call.question(number)
    gone = (asked.slug, " ".join(request.form.get("words", "").split()))
    marks = [m for m in visit.started.confidences if (m.question, " ".join(m.words.split())) != gone]
    if kept := stored(visit, marks):
        return kept
    flash(_("The mark is taken away."), "success")
    return redirect(to("confidential", visit), 303)


def stored(visit: Visit, marks: Sequence[Confidence]) -> Response | None:
    """Keep the marks, or return the page that tells why nothing can be stored."""

    def save(session: Session, draft_id: int, at: datetime) -> None:
        service.save_confidences(session, draft_id, marks, at=at)

    return not_stored(visit, save)


def marked_question(visit: Visit, number: int) -> Asked:
    """Return a question that is answered in words; NotFound for any other."""
    for asked in pages.written_answers(visit):
        if asked.number == number:
            return asked
    raise NotFound(_("There is no answer of yours in which words could be marked."))


def marking_form(visit: Visit, asked: Asked) -> ConfidenceForm:
    """Return the form that offers the paragraphs of an answer."""
    form, text = ConfidenceForm(), str(visit.started.answers[asked.slug])
    words = (text[bounds.start : bounds.end] for bounds in paragraphs_of(text))
    form.paragraphs.choices = cast(Any, {str(number): each for number, each in enumerate(words, 1)})
    return form
