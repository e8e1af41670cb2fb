"""Beside the return code: a new one, and one e-mail before the call closes."""

from flask import flash, redirect
from werkzeug.wrappers import Response

from consult.foundation.clock import now
from consult.foundation.database import transaction
from consult.foundation.guard import public
from consult.foundation.language import _
from consult.foundation.security import RESPONDENT
from consult.respond import service
from consult.respond.routes import blueprint
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
