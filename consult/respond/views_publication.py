"""What may be published: all of it, and single answers."""

from flask import redirect, request
from werkzeug.wrappers import Response

from consult.foundation.guard import public
from consult.respond import pages
from consult.respond.forms import PublicationForm, publication_form
from consult.respond.routes import blueprint
from consult.respond.rules import PUBLICATION
from consult.respond.views_writing import about_not_stored, onward
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
