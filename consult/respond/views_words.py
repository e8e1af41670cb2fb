"""Saving while somebody types: the page's own form, posted by our script every few seconds.

These addresses read no cookie. The code in the form is all that opens the draft, so neither an ended session
nor an expired token stops the saving, and another site gains nothing by posting here: it would have to know
the code. What was typed before is never given back.
"""

from datetime import datetime
from typing import Any

from flask import jsonify
from flask_wtf.csrf import generate_csrf
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from consult.calls.rules import QuestionKind
from consult.foundation.clock import now
from consult.foundation.database import transaction
from consult.foundation.guard import public
from consult.foundation.language import _
from consult.foundation.web import LONDON, csrf
from consult.respond import service
from consult.respond.drafting import Outcome, Sitting, slot_of_question
from consult.respond.forms import DeclarationForm, question_form
from consult.respond.routes import blueprint
from consult.respond.rules import Step
from consult.respond.sittings import sitting_posted
from consult.respond.views_publication import form_of_publication
from consult.respond.visit import Visit, visit_by_code, was_posted_from_here
from consult.respond.ways import about_form

GONE, OVER = 404, 409


@public
def words(inquiry_slug: str, call_slug: str, page: str, number: int | None = None) -> Response:
    """Save what a page holds at this moment, and tell the script how it went."""
    visit = visit_by_code(inquiry_slug, call_slug)
    return saved(visit, Step(page, number), sitting_posted())


# The code is the proof that the page is ours: see above.
csrf.exempt(words)


def saved(visit: Visit, step: Step, sitting: Sitting | None) -> Response:
    """Save and answer; what cannot be saved any more is said in a sentence for its writer."""
    if visit.draft is None or sitting is None:
        return told("gone", _("Not saved: this code opens no draft any more. Copy your words."), GONE)
    at = now()
    try:
        with transaction() as session:
            outcome = save(session, visit, step, sitting, at=at)
    except service.CallNotOpen:
        return told("closed", _("Not saved: the call is closed. Copy your words."), OVER)
    except service.AlreadySent:
        return told("sent", _("Not saved: this evidence has been sent. Copy your words."), OVER)
    return told(outcome, sentence_for(outcome, at))


def save(session: Session, visit: Visit, step: Step, sitting: Sitting, *, at: datetime) -> Outcome:
    """Keep what the form holds, right or wrong, as the page's own button does."""
    draft_id = visit.started.id
    if step.number is not None:
        asked = visit.call.question(step.number)
        if asked.kind is QuestionKind.FILE:
            return Outcome.SAME
        typed = question_form(asked)().typed()
        if visit.started.is_shared:
            slot = slot_of_question(asked.slug)
            service.note_presence(session, draft_id, visit.writer_id, slot, at=at)
        return service.save_answer(session, draft_id, asked.slug, typed, at=at, sitting=sitting)
    fields = fields_posted(visit, step)
    return service.save_about(session, draft_id, fields, at=at, slot=step.page, sitting=sitting)


def fields_posted(visit: Visit, step: Step) -> dict[str, str]:
    """Return what the form of a page of several fields holds."""
    if step.page == "about":
        return about_form(visit).typed()
    if step.page == "declaration":
        return DeclarationForm().ask(visit.call.declarations).typed()
    return form_of_publication(visit).typed()


def sentence_for(outcome: Outcome, at: datetime) -> str:
    """Return what stands below the words after a save."""
    clock = f"{at.astimezone(LONDON):%H:%M}"
    if outcome is Outcome.WAITING:
        return _("Kept at %(time)s beside other words, written elsewhere since you opened this.", time=clock)
    if outcome is Outcome.UNTOUCHED:
        return _("This was changed elsewhere since you opened it. Reload the page to see what stands.")
    return _("Saved at %(time)s", time=clock)


def told(state: str, message: str, status: int = 200) -> Response:
    """Return the answer for the script, with a fresh token for the page's own button."""
    values: dict[str, Any] = {"state": state, "message": message}
    if was_posted_from_here():
        values["token"] = generate_csrf()
    response: Response = jsonify(values)
    response.status_code = status
    return response


def register(path: str, endpoint: str, **fixed: Any) -> None:
    """Put the saving of one kind of page on an address of its own."""
    rule = f"/<inquiry_slug>/<call_slug>/{path}/words"
    blueprint.add_url_rule(rule, endpoint, words, methods=["POST"], defaults=fixed)


for each in ("about", "declaration", "publication"):
    register(each, f"{each}_words", page=each)
register("questions/<int:number>", "question_words", page="question")
