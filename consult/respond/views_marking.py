"""Words that are kept from everybody outside the commission: in an answer, or in a document.

Only whoever leads marks words, as only they choose what is published.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from flask import flash, redirect, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from consult.foundation.database import db
from consult.foundation.errors import NotFound
from consult.foundation.guard import public
from consult.foundation.language import _, ngettext
from consult.respond import pages, pages_marking, service
from consult.respond.confidences import Confidence, where_words_stand
from consult.respond.pages_marking import Place
from consult.respond.queries_files import extraction_of
from consult.respond.routes import blueprint
from consult.respond.views_files import file_of
from consult.respond.views_writing import not_stored
from consult.respond.visit import Visit, visit_to
from consult.respond.ways import to, turned_away


@blueprint.get("/<inquiry_slug>/<call_slug>/confidential")
@public
def confidential(inquiry_slug: str, call_slug: str) -> Response:
    """List the words marked as confidential."""
    visit = visit_to(inquiry_slug, call_slug)
    return turned_away(visit) or pages_marking.confidential_page(visit)


@blueprint.get("/<inquiry_slug>/<call_slug>/confidential/<int:number>")
@public
def words_of_answer(inquiry_slug: str, call_slug: str, number: int) -> Response:
    """Offer to mark words of one answer."""
    visit = visit_to(inquiry_slug, call_slug)
    return turned_away(visit) or offered(visit, answer_in(visit, number))


@blueprint.post("/<inquiry_slug>/<call_slug>/confidential/<int:number>")
@public
def mark(inquiry_slug: str, call_slug: str, number: int) -> Response:
    """Mark words of one answer as confidential."""
    visit = visit_to(inquiry_slug, call_slug, posted=True)
    return turned_away(visit) or marked(visit, answer_in(visit, number))


@blueprint.post("/<inquiry_slug>/<call_slug>/confidential/<int:number>/unmark")
@public
def unmark(inquiry_slug: str, call_slug: str, number: int) -> Response:
    """Take the mark from words of one answer."""
    visit = visit_to(inquiry_slug, call_slug, posted=True)
    return turned_away(visit) or unmarked(visit, question=visit.call.question(number).slug)


@blueprint.get("/<inquiry_slug>/<call_slug>/confidential/documents/<int:file_id>")
@public
def words_of_document(inquiry_slug: str, call_slug: str, file_id: int) -> Response:
    """Offer to mark words of one document."""
    visit = visit_to(inquiry_slug, call_slug)
    return turned_away(visit) or offered(visit, document_in(visit, file_id))


@blueprint.post("/<inquiry_slug>/<call_slug>/confidential/documents/<int:file_id>")
@public
def mark_document(inquiry_slug: str, call_slug: str, file_id: int) -> Response:
    """Mark words of one document as confidential."""
    visit = visit_to(inquiry_slug, call_slug, posted=True)
    return turned_away(visit) or marked(visit, document_in(visit, file_id))


@blueprint.post("/<inquiry_slug>/<call_slug>/confidential/documents/<int:file_id>/carry")
@public
def carry_marks(inquiry_slug: str, call_slug: str, file_id: int) -> Response:
    """Let marks of a document that was removed hold in another, such as a later version of it."""
    visit = visit_to(inquiry_slug, call_slug, posted=True)
    if away := turned_away(visit):
        return away
    place, gone = document_in(visit, file_id).markable, request.form.get("document", "")
    there = [
        each
        for each in visit.started.confidences
        if gone and each.document == gone and where_words_stand(place.text, each.words)
    ]
    moved = [replace(each, document=place.document, name=place.name) for each in there]
    marks = dict.fromkeys([*(each for each in visit.started.confidences if each not in there), *moved])
    if kept := stored(visit, list(marks)):
        return kept
    words = ngettext(
        "%(n)s passage is marked in “%(name)s”.",
        "%(n)s passages are marked in “%(name)s”.",
        len(moved),
        n=len(moved),
        name=place.name,
    )
    flash(words, "success")
    return redirect(to("confidential", visit), 303)


@blueprint.post("/<inquiry_slug>/<call_slug>/confidential/documents/unmark")
@public
def unmark_document(inquiry_slug: str, call_slug: str) -> Response:
    """Take the mark from words of a document; without words, every mark from it."""
    visit = visit_to(inquiry_slug, call_slug, posted=True)
    return turned_away(visit) or unmarked(visit, document=request.form.get("document", ""))


def offered(visit: Visit, place: Place) -> Response:
    """Return the page on which words of a place can be marked."""
    return pages_marking.marking_page(visit, place, pages_marking.marking_form(place))


def marked(visit: Visit, place: Place) -> Response:
    """Mark what was chosen, or return the page that says what is wrong with it."""
    form, where = pages_marking.marking_form(place), place.markable
    right = form.is_right(where) and form.has_room(
        marks := list(dict.fromkeys([*visit.started.confidences, *form.marked(where)]))
    )
    form.show_what_is_kept()
    if not right:
        return pages_marking.marking_page(visit, place, form, pages.BAD_INPUT)
    if kept := stored(visit, marks):
        return kept
    flash(_("These words are marked: they will be kept from everybody outside the commission."), "success")
    return redirect(to("confidential", visit), 303)


def unmarked(visit: Visit, *, question: str = "", document: str = "") -> Response:
    """Take marks away: of the words posted, or where none were, all of a document's."""
    words = request.form.get("words", "").split()
    marks = [
        each
        for each in visit.started.confidences
        if (each.question, each.document) != (question, document)
        or not (each.words.split() == words or (document and not words))
    ]
    if kept := stored(visit, marks):
        return kept
    flash(_("The mark is taken away.") if words else _("The marks are taken away."), "success")
    return redirect(to("confidential", visit), 303)


def stored(visit: Visit, marks: Sequence[Confidence]) -> Response | None:
    """Keep the marks, or return the page that tells why nothing can be stored."""

    def save(session: Session, draft_id: int, at: datetime) -> None:
        service.save_confidences(session, draft_id, marks, at=at)

    return not_stored(visit, save)


def answer_in(visit: Visit, number: int) -> Place:
    """Return an answer in words; NotFound for any other."""
    for asked in pages.written_answers(visit):
        if asked.number == number:
            return pages_marking.place_of_answer(visit, asked)
    raise NotFound(_("There is no answer of yours in which words could be marked."))


def document_in(visit: Visit, file_id: int) -> Place:
    """Return a document of which there is a text; NotFound for any other."""
    file = file_of(visit, file_id)
    if not file.has_text:
        raise NotFound(_("There is no text of this document yet, so no words in it can be marked."))
    found = extraction_of(db.session(), visit.started.id, file.id)
    return pages_marking.place_of_document(file, found.text)
