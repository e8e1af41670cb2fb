"""Beside the return code: a new one, and one e-mail before the call closes."""

from flask import flash, redirect, request
from werkzeug.wrappers import Response

from consult.foundation.clock import now
from consult.foundation.database import transaction
from consult.foundation.guard import public
from consult.foundation.language import _
from consult.foundation.security import RESPONDENT
from consult.respond import pages, service
from consult.respond.forms import ReminderForm
from consult.respond.pages_later import days_offered, later_page, reminder_form
from consult.respond.routes import blueprint
from consult.respond.service import WantedReminder
from consult.respond.visit import new_code, remember, visit_to
from consult.respond.ways import to, turned_away


@blueprint.post("/<inquiry_slug>/<call_slug>/new-code")
@public
def renew_code(inquiry_slug: str, call_slug: str) -> Response:
    """Give the draft a new return code, in place of one that somebody may have seen."""
    visit = visit_to(inquiry_slug, call_slug, posted=True)
    if away := turned_away(visit):
        return away
    code = new_code()
    with transaction() as session:
        service.renew_code(session, visit.started.id, code, actor=RESPONDENT, at=now())
    remember(visit.call.id, code)
    flash(_("Here is your new code. The old one opens nothing any more."), "success")
    return redirect(to("later", visit), 303)


@blueprint.post("/<inquiry_slug>/<call_slug>/reminder")
@public
def ask_for_reminder(inquiry_slug: str, call_slug: str) -> Response:
    """Promise one e-mail before the call closes, or take the promise back."""
    visit = visit_to(inquiry_slug, call_slug, posted=True)
    form = None if visit.draft is None else reminder_form(visit, posted=True)
    if away := turned_away(visit):
        return away
    if request.form.get("reminder") == "none":
        with transaction() as session:
            service.forget_reminder(session, visit.started.id)
        flash(_("We write you no e-mail; your address is erased."), "success")
    elif form is None:
        flash(_("It is too late for a reminder now."), "notice")
    elif not form.is_right(days_offered(visit)):
        form.show_what_is_kept()
        return later_page(visit, form, pages.BAD_INPUT)
    else:
        with transaction() as session:
            service.set_reminder(session, visit.started.id, wanted_in(form, visit.code), at=now())
        flash(_("We will remind you."), "success")
    return redirect(to("later", visit), 303)


def wanted_in(form: ReminderForm, return_code: str) -> WantedReminder:
    """Return what the form asks for."""
    code = return_code if form.with_code.data else None
    return WantedReminder((form.address.data or "").strip(), int(form.days_before.data), code)
