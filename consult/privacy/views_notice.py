"""The privacy notice of an inquiry, for anybody: what is kept, for how long, and what they may ask."""

from flask import Blueprint, render_template

from consult.calls.queries import inquiry_by_slug, languages_in_use
from consult.foundation.database import db
from consult.foundation.guard import public
from consult.foundation.language import _, in_language
from consult.foundation.language_choice import offer
from consult.privacy.pages import PUBLIC_WORDS, period_in_words
from consult.privacy.queries import schedule_of

blueprint = Blueprint("privacy_public", __name__)


@blueprint.get("/privacy/<inquiry_slug>")
@public
def notice(inquiry_slug: str) -> str:
    """Show what is kept of a respondent and for how long."""
    session = db.session()
    inquiry = inquiry_by_slug(session, inquiry_slug)
    offer(languages_in_use(session))
    schedule = [
        (PUBLIC_WORDS[period.kind], period_in_words(period)) for period in schedule_of(session, inquiry.id)
    ]
    return render_template(
        "privacy/notice.html",
        title=_("Privacy notice"),
        inquiry_title=in_language(inquiry, "title"),
        schedule=schedule,
    )
