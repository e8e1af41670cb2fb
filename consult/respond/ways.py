"""Where visitors are led who cannot go on where they are, and the form they find there."""

from typing import Any

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from consult.calls.rules import Openness
from consult.foundation.language import _, lazy
from consult.respond import pages
from consult.respond.forms import AboutForm
from consult.respond.rules import Step, first_open_step
from consult.respond.visit import Visit

NO_DRAFT = lazy("There is no draft of yours on this device. Start below, or come back with your return code.")


def turned_away(visit: Visit) -> Response | None:
    """Return where somebody goes who cannot write now: no draft, sent already, call not open."""
    if visit.is_sent:
        return redirect(to("sent", visit), 303)
    if visit.draft is None:
        if visit.is_open:
            flash(str(NO_DRAFT), "notice")
        return to_call(visit)
    return None if visit.is_open else closed(visit)


def closed(visit: Visit, status: int = 200, **typed: dict[str, Any]) -> Response:
    """Return the page for somebody caught writing by the closing of the call."""
    return pages.words_page(
        "closed",
        visit,
        status=status,
        title=_("This call is not open"),
        not_yet=visit.openness is Openness.NOT_YET,
        **typed,
    )


def too_late(visit: Visit, **typed: dict[str, Any]) -> Response:
    """Return the page for somebody who went on writing what another tab had sent."""
    title = _("Your evidence has been sent already")
    return pages.words_page("too_late", visit, status=pages.NOT_NOW, title=title, **typed)


def overtaken(visit: Visit) -> Response:
    """Return the page for somebody who changed what was changed elsewhere, or withdrawn, meanwhile."""
    title = _("It was changed elsewhere meanwhile")
    return pages.words_page("overtaken", visit, status=pages.NOT_NOW, title=title)


def about_form(visit: Visit, kept: dict[str, Any] | None = None) -> AboutForm:
    """Return the form about the respondent, with the types of this inquiry."""
    form = AboutForm(data=kept)
    form.offer(visit.call.types)
    return form


def open_step(visit: Visit) -> Step:
    """Return the page on which somebody who comes back goes on."""
    return first_open_step(visit.call.asking, visit.started.filled)


def to(page: str, visit: Visit) -> str:
    """Return the address of a page of this call."""
    return url_for(f"respond.{page}", inquiry_slug=visit.call.inquiry_slug, call_slug=visit.call.slug)


def to_call(visit: Visit) -> Response:
    """Send a visitor to the call's own page."""
    return redirect(
        url_for("calls_public.call", inquiry_slug=visit.call.inquiry_slug, call_slug=visit.call.slug), 303
    )
