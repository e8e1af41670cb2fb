"""Model runs, and the model card of each: made from what the run recorded, without a word of evidence."""

from flask import Blueprint, render_template, request

from consult.assist.artefacts import state_of
from consult.coding.queries.runs import RUNS_A_PAGE, one_run, runs_page
from consult.coding.rules_quality import bins_shown
from consult.foundation.database import db
from consult.foundation.guard import current_identity, requires
from consult.foundation.panels import link
from consult.foundation.security import Permission

blueprint = Blueprint("runs", __name__, url_prefix="/inquiries/<inquiry_slug>/coding/runs")


@blueprint.get("")
@requires(Permission.SEE_QUALITY)
def index(inquiry_slug: str) -> str:
    """List the model runs of an inquiry, the newest first."""
    identity = current_identity()
    page = min(max(request.args.get("page", 1, type=int), 1), 1_000_000)
    rows = runs_page(db.session(), identity.inquiry_id, page)
    return render_template(
        "quality/runs.html",
        rows=rows[:RUNS_A_PAGE],
        more=len(rows) > RUNS_A_PAGE,
        page=page,
        coding=link("coding.queue", {}, identity),
        quality=link("quality.index", {}, identity),
    )


@blueprint.get("/<int:run_id>")
@requires(Permission.SEE_QUALITY)
def card(inquiry_slug: str, run_id: int) -> str:
    """Show the model card of a run."""
    identity = current_identity()
    run = one_run(db.session(), identity.inquiry_id, run_id)
    return render_template(
        "quality/card.html",
        run=run,
        bins=bins_shown(run.summary or {}),
        state=state_of(identity.inquiry_id, run_id, run.artefact_sha256),
        quality=link("quality.index", {}, identity),
    )
