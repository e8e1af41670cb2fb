"""Write a call's Welsh beside its English, and offer the call in both."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from consult.calls import service
from consult.calls.queries import call_of, texts_of
from consult.calls.rules import CallState
from consult.calls.welsh_form import WelshForm, pairs_of, welsh_form
from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.errors import BadInput
from consult.foundation.guard import current_actor, current_identity, requires
from consult.foundation.security import Permission

blueprint = Blueprint("call_languages", __name__, url_prefix="/inquiries/<inquiry_slug>/calls/<call_slug>")


@blueprint.get("/welsh")
@requires(Permission.EDIT_CALLS)
def welsh(inquiry_slug: str, call_slug: str) -> str:
    """Show every text of a call with a field for its Welsh."""
    found = call_of(db.session(), current_identity().inquiry_id, call_slug)
    return page(call_slug, welsh_form(found, texts_of(db.session(), found.id)))


@blueprint.post("/welsh")
@requires(Permission.EDIT_CALLS)
def save_welsh(inquiry_slug: str, call_slug: str) -> Response | tuple[str, int]:
    """Keep the Welsh of a call."""
    inquiry_id = current_identity().inquiry_id
    found = call_of(db.session(), inquiry_id, call_slug)
    parts = texts_of(db.session(), found.id)
    form = welsh_form(found, parts)
    try:
        with transaction() as session:
            service.translate_call(
                session,
                found.id,
                form.welsh(parts),
                offered=bool(form.offered.data),
                inquiry_id=inquiry_id,
                why=form["why"].data or "" if "why" in form else "",
                actor=current_actor(),
                at=now(),
            )
    except BadInput as error:
        form.form_errors = [*(error.problems or [str(error)])]
        return page(call_slug, form), 422
    flash("The Welsh is saved.", "success")
    return redirect(url_for("call_languages.welsh", inquiry_slug=inquiry_slug, call_slug=call_slug), 303)


def page(call_slug: str, form: WelshForm) -> str:
    """Return the page with English and Welsh side by side, what is missing first."""
    found = call_of(db.session(), current_identity().inquiry_id, call_slug)
    parts = pairs_of(texts_of(db.session(), found.id), form)
    return render_template(
        "calls/welsh.html",
        call=found,
        form=form,
        parts=parts,
        lacking=[pair for _part, pairs in parts for pair in pairs if pair.to_do],
        published=found.state is not CallState.DRAFT,
    )
