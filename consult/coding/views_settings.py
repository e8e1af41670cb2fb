"""The page on which an inquiry says how sure suggestions have to be and how many it wants."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from consult.coding.forms_quality import SuggestionSettingsForm
from consult.coding.queries.settings import latest_summary, wanted_of
from consult.coding.rules_quality import Wanted
from consult.coding.service import set_suggestion_settings
from consult.foundation.database import db, transaction
from consult.foundation.guard import acting, current_identity, requires
from consult.foundation.panels import link
from consult.foundation.security import Permission

blueprint = Blueprint("suggestions", __name__, url_prefix="/inquiries/<inquiry_slug>/coding/settings")


@blueprint.route("", methods=["GET", "POST"])
@requires(Permission.SET_SUGGESTIONS)
def settings(inquiry_slug: str) -> Response:
    """Show what is wanted of suggestions, and change it."""
    wanted = wanted_of(db.session(), current_identity().inquiry_id) or Wanted()
    form = SuggestionSettingsForm(data={"precision": str(wanted.precision or ""), "most": str(wanted.most)})
    if request.method == "GET":
        return make_response(page_of(form))
    if not form.validate_on_submit():
        return make_response(page_of(form), 422)
    with transaction() as session:
        set_suggestion_settings(session, form.wanted, **acting())
    flash("Saved. The machine proposes again accordingly, on passages that nobody has begun.", "success")
    return redirect(url_for("coding.queue", inquiry_slug=inquiry_slug), 303)


def page_of(form: SuggestionSettingsForm) -> str:
    """Render the settings with what the newest run made of those that stand."""
    identity = current_identity()
    return render_template(
        "coding/settings.html",
        form=form,
        summary=latest_summary(db.session(), identity.inquiry_id),
        quality=link("quality.index", {}, identity),
    )
