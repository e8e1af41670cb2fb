"""Write, publish, extend and close a call for evidence."""

from datetime import datetime, time, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from consult.calls import service
from consult.calls.forms import (
    CallForm,
    MendCallForm,
    values_of_call,
    words_in,
)
from consult.calls.listing import KIND_WORDS, blocks_of, call_line
from consult.calls.models import Call
from consult.calls.queries import call_of, phases_of, places_of, texts_of
from consult.calls.rules import (
    CallDetails,
    CallState,
    CallWords,
    obstacles_to_publishing,
)
from consult.calls.wording import obstacle_in
from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.errors import BadInput
from consult.foundation.guard import current_actor, current_identity, requires
from consult.foundation.language import WELSH
from consult.foundation.security import Permission
from consult.foundation.web import LONDON

USUAL_DOCUMENTS = 10
USUAL_LENGTH = timedelta(weeks=8)
USUAL_OPENING = time(9, 0)
USUAL_CLOSING = time(23, 59)
USUAL_WHAT_HAPPENS = """\
People read what you write. A computer may propose themes; a named person decides.

- You choose whether your evidence is published, and whether your name stands with it.
- What you ask us not to publish is read by the commission and its staff only.
"""

blueprint = Blueprint("call_editor", __name__, url_prefix="/inquiries/<inquiry_slug>")


@blueprint.route("/new-call", methods=["GET", "POST"])
@requires(Permission.EDIT_CALLS)
def new(inquiry_slug: str) -> Response | str | tuple[str, int]:
    """Write the details of a new call."""
    inquiry_id = current_identity().inquiry_id
    form = CallForm(data=usual_call(now())).with_phases(phases_of(db.session(), inquiry_id))
    if form.validate_on_submit():
        try:
            with transaction() as session:
                call = service.prepare_call(
                    session, form.details(), inquiry_id=inquiry_id, actor=current_actor(), at=now()
                )
                slug = call.slug
        except BadInput as error:
            form.slug.errors = [str(error)]
        else:
            flash("The draft is saved. Add its questions next.", "success")
            return to_call(slug)
    return page("calls/details.html", form, call=None)


@blueprint.get("/calls/<call_slug>")
@requires(Permission.EDIT_CALLS)
def call(inquiry_slug: str, call_slug: str) -> str:
    """Show a call with its questions, and what can be done with it now."""
    session, identity, at = db.session(), current_identity(), now()
    found = call_of(session, identity.inquiry_id, call_slug)
    return render_template(
        "calls/call_staff.html",
        call=found,
        line=call_line(found, identity, at),
        draft=found.state is CallState.DRAFT,
        obstacles=obstacles_of(found, at),
        count=len(found.questions),
        blocks=blocks_of(found),
        kinds=KIND_WORDS.items(),
    )


@blueprint.route("/calls/<call_slug>/details", methods=["GET", "POST"])
@requires(Permission.EDIT_CALLS)
def details(inquiry_slug: str, call_slug: str) -> Response | str | tuple[str, int]:
    """Change the details of a draft, or mend the words of a published call."""
    found = call_of(db.session(), current_identity().inquiry_id, call_slug)
    if found.state is CallState.DRAFT:
        phases = phases_of(db.session(), found.inquiry_id)
        form: Any = CallForm(data=values_of_call(found)).with_phases(phases)
    else:
        form = MendCallForm(data=values_of_call(found))
    if form.validate_on_submit():
        wanted = form.details() if found.state is CallState.DRAFT else with_words(found, words_in(form))
        return save_details(form, found, wanted)
    return page("calls/details.html", form, call=found)


@blueprint.post("/calls/<call_slug>/publish")
@requires(Permission.EDIT_CALLS)
def publish(inquiry_slug: str, call_slug: str) -> Response:
    """Show a draft to the public."""
    found = call_of(db.session(), current_identity().inquiry_id, call_slug)
    try:
        with transaction() as session:
            service.publish_call(
                session, found.id, inquiry_id=current_identity().inquiry_id, actor=current_actor(), at=now()
            )
    except BadInput as error:
        flash(" ".join([str(error), *error.problems]), "error")
    else:
        flash("The call is published. Its public address is below.", "success")
    return to_call(call_slug)


def save_details(form: Any, found: Call, wanted: CallDetails) -> Response | tuple[str, int]:
    """Save what a valid form holds; a slug that is taken is said beside its field."""
    why = form.why.data if "why" in form else ""
    try:
        with transaction() as session:
            saved = service.edit_call(
                session,
                found.id,
                wanted,
                inquiry_id=current_identity().inquiry_id,
                why=why,
                actor=current_actor(),
                at=now(),
            )
            slug = saved.slug
    except BadInput as error:
        (form.slug if "slug" in form else form.title).errors = [str(error)]
        return page("calls/details.html", form, call=found)
    flash("The call is saved.", "success")
    return to_call(slug)


def page(template: str, form: Any, **values: Any) -> tuple[str, int]:
    """Return a page with a form: 422 when something on it must be put right."""
    return render_template(template, form=form, **values), 422 if form.errors else 200


def to_call(call_slug: str) -> Response:
    """Send the member to the page of a call."""
    inquiry_slug = current_identity().inquiry_slug
    return redirect(url_for("call_editor.call", inquiry_slug=inquiry_slug, call_slug=call_slug))


def usual_call(at: datetime) -> dict[str, Any]:
    """Return what a new call begins with: open tomorrow morning for eight weeks."""
    opens = (at.astimezone(LONDON) + timedelta(days=1)).date()
    return {
        "opens_day": opens,
        "opens_time": USUAL_OPENING,
        "closes_day": opens + USUAL_LENGTH,
        "closes_time": USUAL_CLOSING,
        "what_happens": USUAL_WHAT_HAPPENS,
        "most_documents": USUAL_DOCUMENTS,
    }


def with_words(found: Call, words: CallWords) -> CallDetails:
    """Return a call as it stands, with other words."""
    return CallDetails(
        words,
        found.opens_at,
        found.closes_at,
        found.slug,
        found.phase_id,
        tuple(found.declarations),
        found.most_documents,
    )


def obstacles_of(found: Call, at: datetime) -> list[str]:
    """Return what a draft still needs; nothing for a published call."""
    if found.state is not CallState.DRAFT:
        return []
    words = CallWords(found.title, found.purpose, found.terms, found.what_happens)
    kinds = [question.kind for question in found.questions]
    places = len(places_of(db.session(), found.inquiry_id))
    in_welsh = obstacle_in(texts_of(db.session(), found.id)) if WELSH in found.languages else ""
    details = with_words(found, words)
    return obstacles_to_publishing(details, kinds, places=places, at=at, in_welsh=in_welsh)
