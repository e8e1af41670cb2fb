"""Writing: start, who you are, one question a page, publication, check, send.

A form posts to its own page's address, so that Back, refresh and a page of kept words all lead to it.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import flash, redirect, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from consult.calls.rules import QuestionKind
from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.errors import BadInput
from consult.foundation.guard import public
from consult.foundation.language import _, lazy, page_language
from consult.foundation.security import RESPONDENT
from consult.respond import pages, pages_files, service
from consult.respond.drafting import Outcome, slot_of_question
from consult.respond.forms import DeclarationForm, JourneyForm, question_form
from consult.respond.routes import blueprint
from consult.respond.rules import ABOUT, CHECK, DECLARATION, Step, has_words, step_after, versions_of
from consult.respond.sittings import sitting_posted
from consult.respond.visit import Visit, address_of, remember, save_in_draft, visit_to
from consult.respond.ways import (
    about_form,
    closed,
    open_step,
    overtaken,
    to,
    to_call,
    too_late,
    turned_away,
)

Save = Callable[[Session, int, datetime], Outcome | None]
NEW_DRAFT = lazy(
    "We could not find your earlier draft, so this page begins a new one. If you have a return code for the "
    "earlier draft, you can still come back to it."
)
CHANGED_ELSEWHERE = lazy(
    "This was changed in another tab or on another device since you opened it. What stands now is shown here."
)


@blueprint.route("/<inquiry_slug>/<call_slug>/start", methods=["GET", "POST"])
@public
def start(inquiry_slug: str, call_slug: str) -> Response:
    """Begin a draft; whoever has one already is shown the way to it first."""
    visit = visit_to(inquiry_slug, call_slug)
    if request.method == "GET" or not visit.is_open:
        return to_call(visit)
    draft = visit.draft
    if draft is not None and not visit.is_sent and "anew" not in request.form:
        if has_words(draft.answers, draft.about, draft.files):
            onward = address_of(visit.call, open_step(visit))
            return pages.shown("begun", visit, title=_("You have begun already"), onward=onward)
        return redirect(address_of(visit.call, ABOUT), 303)
    fresh = Visit(visit.call, visit.at)
    save_in_draft(fresh, lambda _session, _draft_id, _at: None)
    return redirect(address_of(visit.call, ABOUT), 303)


@blueprint.get("/<inquiry_slug>/<call_slug>/about")
@public
def about(inquiry_slug: str, call_slug: str) -> Response:
    """Ask who gives the evidence."""
    visit = visit_to(inquiry_slug, call_slug)
    return turned_away(visit) or pages.about_page(visit, about_form(visit, visit.started.about))


@blueprint.post("/<inquiry_slug>/<call_slug>/about")
@public
def save_about(inquiry_slug: str, call_slug: str) -> Response:
    """Keep who gives the evidence."""
    visit = visit_to(inquiry_slug, call_slug, posted=True)
    form = about_form(visit)
    typed = form.typed()

    if kept := about_not_stored(visit, ABOUT, typed):
        return kept
    return onward(visit, ABOUT, form, lambda: form.is_right(visit.call.type_slugs)) or pages.about_page(
        visit, form, pages.BAD_INPUT
    )


@blueprint.get("/<inquiry_slug>/<call_slug>/declaration")
@public
def declaration(inquiry_slug: str, call_slug: str) -> Response:
    """Ask for whom somebody speaks, where the call wants to know."""
    visit = visit_to(inquiry_slug, call_slug)
    if away := turned_away(visit):
        return away
    if not visit.call.declarations:
        return redirect(address_of(visit.call, ABOUT), 303)
    return pages.declaration_page(visit, declaration_form(visit, visit.started.about))


@blueprint.post("/<inquiry_slug>/<call_slug>/declaration")
@public
def save_declaration(inquiry_slug: str, call_slug: str) -> Response:
    """Keep what somebody declared."""
    visit = visit_to(inquiry_slug, call_slug, posted=True)
    form = declaration_form(visit)
    typed = form.typed()

    if kept := about_not_stored(visit, DECLARATION, typed):
        return kept
    return onward(visit, DECLARATION, form, form.is_right) or pages.declaration_page(
        visit, form, pages.BAD_INPUT
    )


def declaration_form(visit: Visit, kept: dict[str, Any] | None = None) -> DeclarationForm:
    """Return the form of the declarations that this call asks for."""
    return DeclarationForm(data=kept).ask(visit.call.declarations)


@blueprint.get("/<inquiry_slug>/<call_slug>/questions/<int:number>")
@public
def question(inquiry_slug: str, call_slug: str, number: int) -> Response:
    """Ask one question."""
    visit = visit_to(inquiry_slug, call_slug)
    asked = visit.call.question(number)
    if away := turned_away(visit):
        return away
    if asked not in visit.questions:
        return redirect(address_of(visit.call, step_after(Step("question", number), visit.steps)), 303)
    if visit.started.is_shared:
        with transaction() as session:
            slot = slot_of_question(asked.slug)
            service.note_presence(session, visit.started.id, None, slot, at=now())
    if asked.kind is QuestionKind.FILE:
        return pages_files.files_page(visit, asked)
    return pages.question_page(visit, question_form(asked).holding(visit.started.answers.get(asked.slug)))


@blueprint.post("/<inquiry_slug>/<call_slug>/questions/<int:number>")
@public
def save_question(inquiry_slug: str, call_slug: str, number: int) -> Response:
    """Keep the answer to one question, right or wrong."""
    visit = visit_to(inquiry_slug, call_slug, posted=True)
    asked = visit.call.question(number)
    if asked.kind is QuestionKind.FILE:
        # Files have an address of their own: a page left open since before they had is all that comes here.
        return redirect(address_of(visit.call, Step("question", number)), 303)
    form = question_form(asked)()
    typed = form.typed()

    step, sitting = Step("question", number), sitting_posted()

    def save(session: Session, draft_id: int, at: datetime) -> Outcome:
        return service.save_answer(session, draft_id, asked.slug, typed, at=at, sitting=sitting)

    if kept := not_stored(visit, save, step, answers={asked.slug: typed}):
        return kept
    # What was chosen here decides what is asked next.
    answers = {**visit.answers, asked.slug: typed}
    return onward(visit, step, form, form.is_right, answers) or pages.question_page(
        visit, form, pages.BAD_INPUT
    )


@blueprint.get("/<inquiry_slug>/<call_slug>/check")
@public
def check(inquiry_slug: str, call_slug: str) -> Response:
    """Show everything before it is sent."""
    visit = visit_to(inquiry_slug, call_slug)
    return turned_away(visit) or pages.check_page(visit)


@blueprint.route("/<inquiry_slug>/<call_slug>/send", methods=["GET", "POST"])
@public
def send(inquiry_slug: str, call_slug: str) -> Response:
    """Make the draft a submission; the page with the reference comes after the disk has it."""
    visit = visit_to(inquiry_slug, call_slug, posted=True)
    if request.method == "GET" or visit.draft is None:
        return turned_away(visit) or redirect(address_of(visit.call, CHECK), 303)
    if kept := not_sent(visit):
        return kept
    remember(visit.call.id, visit.code)
    return redirect(to("sent", visit), 303)


def not_sent(visit: Visit) -> Response | None:
    """Send, or return the page that says why nothing was sent."""
    draft = visit.started
    try:
        prepared = service.prepare(db.session(), draft, visit.code, call=visit.call, at=now())
        with transaction() as session:
            if draft.language != page_language() and not visit.is_sent:
                service.write_in(session, draft.id, page_language(), at=now())
            service.send_draft(session, draft.id, visit.code, actor=RESPONDENT, at=now(), prepared=prepared)
    except service.CallNotOpen:
        return closed(visit, status=pages.NOT_NOW)
    except service.Overtaken:
        return overtaken(visit)
    except service.NothingChanged as nothing:
        flash(str(nothing), "notice")
        return redirect(address_of(visit.call, CHECK), 303)
    except BadInput:
        return pages.check_page(visit, tried=True)
    return None


def about_not_stored(visit: Visit, step: Step, typed: dict[str, str]) -> Response | None:
    """Save a page of several fields, as `not_stored` does."""
    sitting = sitting_posted()

    def save(session: Session, draft_id: int, at: datetime) -> Outcome:
        return service.save_about(session, draft_id, typed, at=at, slot=step.page, sitting=sitting)

    return not_stored(visit, save, step, about=typed)


def not_stored(
    visit: Visit, save: Save, step: Step | None = None, **typed: dict[str, Any]
) -> Response | None:
    """Save, or return the page for what did not come to stand.

    That is every word, when nothing may be stored any more, or both versions of what this step asks.
    """
    outcomes: list[Outcome | None] = []
    try:
        begun = save_in_draft(visit, lambda *where: outcomes.append(save(*where)))
    except service.CallNotOpen:
        return closed(visit, status=pages.NOT_NOW, **typed)
    except service.AlreadySent:
        remember(visit.call.id, visit.code)
        return too_late(visit, **typed)
    if begun:
        flash(str(NEW_DRAFT), "notice")
    if step and Outcome.WAITING in outcomes:
        return redirect(address_of(visit.call, versions_of(step)), 303)
    if step and Outcome.UNTOUCHED in outcomes:
        flash(str(CHANGED_ELSEWHERE), "notice")
        return redirect(address_of(visit.call, step), 303)
    return None


def onward(
    visit: Visit,
    step: Step,
    form: JourneyForm,
    is_right: Callable[[], bool],
    answers: Mapping[str, Any] | None = None,
) -> Response | None:
    """Return where to go after saving, or None to stay because something must be put right."""
    steps = visit.steps if answers is None else visit.call.asking.steps(answers)
    if request.form.get("then") == "later":
        return redirect(to("later", visit), 303)
    right = is_right()
    form.show_what_is_kept()
    if not right:
        return None
    if pages.came_from_check():
        return redirect(address_of(visit.call, CHECK), 303)
    return redirect(address_of(visit.call, step_after(step, steps)), 303)
