"""Posts whose session had ended: the same page again with every word in it and a fresh token.

Nothing is stored without a valid token; pressing the button once more stores it.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import make_response, render_template, request
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response

from consult.foundation.errors import ConsultError
from consult.foundation.language import _
from consult.foundation.web import on_refusal
from consult.respond import pages
from consult.respond.forms import JourneyForm, ResumeForm, TeamForm, publication_form, question_form
from consult.respond.pages_later import later_page, reminder_form
from consult.respond.pages_marking import Place, marking_form, marking_page
from consult.respond.routes import blueprint
from consult.respond.views_after import resume_page
from consult.respond.views_files import lost_files, too_much
from consult.respond.views_marking import answer_in, document_in
from consult.respond.views_receipt import withdrawing_page
from consult.respond.views_team import join_page, lost_team_question
from consult.respond.views_writing import declaration_form
from consult.respond.visit import Visit, visit_to, was_posted_from_here
from consult.respond.ways import about_form, closed, to_call, turned_away

AnyForm = TypeVar("AnyForm", bound=JourneyForm)


def lost_about(inquiry_slug: str, call_slug: str) -> Response:
    visit = lost_visit(inquiry_slug, call_slug)
    form = readable(about_form(visit))
    return pages.about_page(visit, form, pages.LOST) if visit.is_open else shut(visit, about=form.typed())


def lost_question(inquiry_slug: str, call_slug: str, number: int) -> Response:
    visit = lost_visit(inquiry_slug, call_slug)
    form = readable(question_form(visit.call.question(number))())
    if visit.is_open:
        return pages.question_page(visit, form, pages.LOST)
    return shut(visit, answers={form.asked.slug: form.typed()})


def lost_publication(inquiry_slug: str, call_slug: str) -> Response:
    visit = lost_visit(inquiry_slug, call_slug)
    form = readable(publication_form(pages.answered_questions(visit))())
    if visit.is_open:
        return pages.publication_page(visit, form, pages.LOST)
    return shut(visit, about=form.typed())


def lost_declaration(inquiry_slug: str, call_slug: str) -> Response:
    visit = lost_visit(inquiry_slug, call_slug)
    form = readable(declaration_form(visit))
    if visit.is_open:
        return pages.declaration_page(visit, form, pages.LOST)
    return shut(visit, about=form.typed())


def lost_mark(inquiry_slug: str, call_slug: str, number: int) -> Response:
    visit = lost_visit(inquiry_slug, call_slug)
    if visit.draft is None or not visit.is_open:
        return shut(visit)
    return marking_again(visit, answer_in(visit, number))


def lost_document_mark(inquiry_slug: str, call_slug: str, file_id: int) -> Response:
    visit = lost_visit(inquiry_slug, call_slug)
    if visit.draft is None or not visit.is_open:
        return shut(visit)
    return marking_again(visit, document_in(visit, file_id))


def marking_again(visit: Visit, place: Place) -> Response:
    """Return the page on which words are marked, with what was typed."""
    return marking_page(visit, place, readable(marking_form(place)), pages.LOST)


def lost_carrying(**_address: Any) -> Response:
    return press_again(_("Save and continue"))


def lost_unmark(**_address: str) -> Response:
    return press_again(_("Take the mark away"))


def lost_send(inquiry_slug: str, call_slug: str) -> Response:
    visit = lost_visit(inquiry_slug, call_slug)
    if visit.draft is None or visit.is_sent:
        return press_again(_("Send my evidence"))
    return pages.check_page(visit, lost=True) if visit.is_open else shut(visit)


def lost_code() -> Response:
    return resume_page(readable(ResumeForm()), status=pages.LOST)


def lost_start(inquiry_slug: str, call_slug: str) -> Response:
    visit = visit_to(inquiry_slug, call_slug)
    return press_again(_("Start now")) if visit.is_open else to_call(visit)


def lost_leave(**_address: str) -> Response:
    return press_again(_("Leave this device"))


def lost_renewal(**_address: str) -> Response:
    return press_again(_("Make a new code"))


def lost_reminder(inquiry_slug: str, call_slug: str) -> Response:
    visit = lost_visit(inquiry_slug, call_slug)
    if away := turned_away(visit):
        return away
    form = reminder_form(visit, posted=True)
    return later_page(visit, readable(form) if form else None, pages.LOST)


def lost_sharing(**_address: str) -> Response:
    stops = request.form.get("share") == "stop"
    return press_again(_("Let nobody in any more") if stops else _("Make a team code"))


def lost_change(**_address: str) -> Response:
    return press_again(_("Change my answers"))


def lost_withdrawal(code: str) -> Response:
    return withdrawing_page(code, why=request.form.get("why", ""), status=pages.LOST)


def lost_join() -> Response:
    return join_page(readable(TeamForm()), status=pages.LOST)


def lost_removal(**_address: Any) -> Response:
    return press_again(_("Remove this file"))


def lost_placing(**_address: Any) -> Response:
    return press_again(_("Save and continue"))


def shut(visit: Visit, **typed: dict[str, Any]) -> Response:
    """Return the page for somebody whose session ended and whose call closed meanwhile."""
    return closed(visit, status=pages.NOT_NOW, **typed)


def press_again(button: str) -> Response:
    """Return a page that holds nothing but the button, with what its form carried."""
    fields = [(name, value) for name, value in request.form.items() if name != "csrf_token"]
    title = _("Press the button once more")
    page = render_template("respond/press_again.html", title=title, button=button, fields=fields)
    return make_response(page, pages.LOST)


def lost_visit(inquiry_slug: str, call_slug: str) -> Visit:
    """Return the visit; the draft code in the form counts only if the form can have been ours."""
    return visit_to(inquiry_slug, call_slug, posted=was_posted_from_here())


def readable(form: AnyForm) -> AnyForm:
    """Return the form with what was typed, such as a page can show it."""
    form.show_what_is_kept()
    return form


def answering(page: Callable[..., Response]) -> Callable[[], Response]:
    """Return a handler that gives a page the values of the address; it runs outside of any view."""

    def answer() -> Response:
        try:
            return page(**(request.view_args or {}))
        except ConsultError as error:
            return on_refusal(error)

    return answer


HANDLERS: dict[str, Callable[..., Response]] = {
    "save_about": lost_about,
    "save_question": lost_question,
    "save_declaration": lost_declaration,
    "save_publication": lost_publication,
    "mark": lost_mark,
    "unmark": lost_unmark,
    "mark_document": lost_document_mark,
    "unmark_document": lost_unmark,
    "carry_marks": lost_carrying,
    "send": lost_send,
    "open_code": lost_code,
    "start": lost_start,
    "leave": lost_leave,
    "leave_team": lost_leave,
    "renew_code": lost_renewal,
    "ask_for_reminder": lost_reminder,
    "change_sharing": lost_sharing,
    "save_team_question": lost_team_question,
    "begin_change": lost_change,
    "withdraw_now": lost_withdrawal,
    "join": lost_join,
    **{
        f"{prefix}{name}_sent": lost_files
        for prefix in ("", "team_")
        for name in ("documents", "question_files")
    },
    **{f"{prefix}document_sent": lost_placing for prefix in ("", "team_")},
    **{f"{prefix}remove_document_sent": lost_removal for prefix in ("", "team_")},
}


@blueprint.record
def register_handlers(state: BlueprintSetupState) -> None:
    """Tell the foundation which page answers which post."""
    handlers = state.app.extensions.setdefault("consult.on_lost_session", {})
    handlers.update({f"{blueprint.name}.{name}": answering(page) for name, page in HANDLERS.items()})
    too_long = state.app.extensions.setdefault("consult.on_too_much", {})
    too_long.update(
        {
            f"{blueprint.name}.{name}": answering(too_much)
            for name, page in HANDLERS.items()
            if page is lost_files
        }
    )
