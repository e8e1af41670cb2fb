"""The page that says how good the suggestions are, and the lists behind its figures."""

from flask import Blueprint, abort, current_app, render_template, request
from sqlalchemy.orm import Session

from consult.assist.quality import estimates_of
from consult.codebook.queries import code_by_slug
from consult.coding.queries import latest_run
from consult.coding.queries.quality import sample_size
from consult.coding.queries.quality_lists import ROWS_A_PAGE, Which, listed
from consult.foundation.database import db
from consult.foundation.guard import current_identity, requires
from consult.foundation.panels import Fact, link, panel
from consult.foundation.security import Permission

blueprint = Blueprint("quality", __name__, url_prefix="/inquiries/<inquiry_slug>/coding/quality")

WHICH_WORDS = {
    Which.DECIDED: "Suggestions decided",
    Which.ACCEPTED: "Suggestions accepted",
    Which.PROPOSED_BLIND: "Proposed for passages read without suggestions",
    Which.RIGHT: "Proposed, and seen by a reader without suggestions",
    Which.MISSED: "Seen by a reader without suggestions, and not proposed",
}


@blueprint.get("")
@requires(Permission.SEE_QUALITY)
def index(inquiry_slug: str) -> str:
    """Say, code by code, how many suggestions were right and how much they find."""
    session, identity = db.session(), current_identity()
    return render_template(
        "quality/index.html",
        size=sample_size(session, identity.inquiry_id),
        rows=estimates_of(session, identity.inquiry_id),
        coding=link("coding.queue", {}, identity),
        runs=link("runs.index", {}, identity),
    )


@blueprint.get("/<code_slug>/<which>")
@requires(Permission.SEE_QUALITY)
def passages(inquiry_slug: str, code_slug: str, which: str) -> str:
    """List the passages behind one figure of a code."""
    session, identity = db.session(), current_identity()
    code = code_by_slug(session, identity.inquiry_id, code_slug)
    if which not in set(Which):
        abort(404)
    page = min(max(request.args.get("page", 1, type=int), 1), 1_000_000)
    rows = listed(session, identity.inquiry_id, code_slug, Which(which), page)
    return render_template(
        "quality/passages.html",
        code=code,
        which=which,
        words=WHICH_WORDS[Which(which)],
        rows=rows[:ROWS_A_PAGE],
        more=len(rows) > ROWS_A_PAGE,
        page=page,
        may_code=identity.may(Permission.CODE_EVIDENCE),
        reads_evidence="evidence.submission" in current_app.view_functions,
    )


@panel("Suggestions", Permission.SEE_QUALITY)
def facts(session: Session, inquiry_id: int) -> list[Fact]:
    """Lead from the front page to the figures, once anything has been proposed."""
    run = latest_run(session, inquiry_id)
    return [Fact("How good the suggestions are", None, "quality.index")] if run else []
