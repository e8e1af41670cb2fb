"""Pages of the coding room: the queue, the coding screen, the choice of a code, the codings of a code."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask import session as browser
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from consult.codebook.queries import code_by_slug
from consult.codebook.uses import counts_codings
from consult.coding import views_acts, views_cuts
from consult.coding.forms import new_page_key
from consult.coding.layout import progress_of
from consult.coding.pages import block_of, choice_page, codes_to_choose, load
from consult.coding.queries import (
    anything_left,
    applied_page,
    codings_by_code,
    decided_since,
    latest_run,
    next_reference,
    queue_page,
    totals_of,
)
from consult.coding.queries.applied import CODINGS_A_PAGE
from consult.coding.queries.places import NextPassage, places_left
from consult.coding.rules_quality import ORDER_PURPOSE, ORDER_WORDS, ReadingOrder, order_of
from consult.coding.service import want_suggestions
from consult.evidence.queries.campaigns import campaign_of
from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.guard import current_actor, current_identity, requires
from consult.foundation.panels import Fact, Step, link, next_steps, panel
from consult.foundation.security import Permission

blueprint = Blueprint("coding", __name__, url_prefix="/inquiries/<inquiry_slug>/coding")
blueprint.register_blueprint(views_acts.blueprint)
blueprint.register_blueprint(views_cuts.blueprint)
counts_codings("coding.code")(codings_by_code)
# Under this name a browser keeps the order that its member chose.
ORDER_KEPT = "reading_order"
PASSAGES_SHOWN = 10


@blueprint.get("")
@requires(Permission.CODE_EVIDENCE)
def queue(inquiry_slug: str) -> str:
    """Show what is left to decide and what the machine last did."""
    session, identity = db.session(), current_identity()
    done, page = request.args.get("show") == "done", page_asked_for()
    run = latest_run(session, identity.inquiry_id)
    work = queue_page(session, identity.inquiry_id, identity.user_id, done=done, page=page)
    order = order_asked_for()
    return render_template(
        "coding/queue.html",
        totals=work.totals,
        rows=work.rows,
        more=work.more,
        page=page,
        done=done,
        run=run,
        order=order,
        orders=ORDER_WORDS,
        purpose=ORDER_PURPOSE[order],
        passages=[] if done or page > 1 else next_passages(order, PASSAGES_SHOWN),
        reading_room=link("evidence.reading_room", {}, identity),
        quality=link("quality.index", {}, identity),
        runs=link("runs.index", {}, identity),
        since=decided_since(session, identity.inquiry_id, run.started_at) if run else 0,
    )


@blueprint.get("/next")
@requires(Permission.CODE_EVIDENCE)
def next_submission(inquiry_slug: str) -> Response:
    """Open what is next in the order chosen, and then the next submission with something left to decide."""
    identity = current_identity()
    after = request.args.get("after")
    for passage in next_passages(order_asked_for(), 1, after or ""):
        anchor = f"t{passage.source_text_id}-{passage.start}"
        return redirect(
            url_for("coding.screen", inquiry_slug=inquiry_slug, reference=passage.reference, _anchor=anchor)
        )
    reference = next_reference(db.session(), identity.inquiry_id, identity.user_id, after)
    if reference is None:
        flash("Nothing else is waiting for a decision.")
        return redirect(url_for("coding.queue", inquiry_slug=inquiry_slug))
    return redirect(url_for("coding.screen", inquiry_slug=inquiry_slug, reference=reference))


@blueprint.post("/propose")
@requires(Permission.REQUEST_SUGGESTIONS)
def propose(inquiry_slug: str) -> Response:
    """Ask the machine to propose again with what has been decided since; asking twice is asking once."""
    identity = current_identity()
    with transaction() as session:
        job_id = want_suggestions(session, inquiry_id=identity.inquiry_id, actor=current_actor(), at=now()).id
    return redirect(url_for("jobs.job", inquiry_slug=inquiry_slug, job_id=job_id))


@blueprint.get("/codes/<code_slug>")
@requires(Permission.READ_EVIDENCE)
def code(inquiry_slug: str, code_slug: str) -> str:
    """List the codings of a code that stand, each with the words it stands on."""
    session, inquiry_id, page = db.session(), current_identity().inquiry_id, page_asked_for()
    entry = code_by_slug(session, inquiry_id, code_slug)
    rows = applied_page(session, inquiry_id, entry.id, page)
    return render_template(
        "coding/code.html",
        code=entry,
        count=codings_by_code(session, inquiry_id).get(entry.id, 0),
        rows=rows[:CODINGS_A_PAGE],
        more=len(rows) > CODINGS_A_PAGE,
        page=page,
        may_code=current_identity().may(Permission.CODE_EVIDENCE),
        reads_evidence="evidence.submission" in current_app.view_functions,
    )


@blueprint.get("/<reference>")
@requires(Permission.CODE_EVIDENCE)
def screen(inquiry_slug: str, reference: str) -> str:
    """Show a submission to be coded."""
    submission = load(reference)
    blocks = [block for part in submission.parts for block in part.blocks]
    current = next((block for block in blocks if block.waits), blocks[0] if blocks else None)
    return render_template(
        "coding/screen.html",
        submission=submission,
        progress=progress_of(submission.parts),
        codes=codes_to_choose(),
        current=current.key if current else "",
        page_key=new_page_key(),
        campaign=campaign_of(db.session(), submission.header.id),
        whole=link("evidence.submission", {"reference": reference}, current_identity()),
    )


@blueprint.get("/<reference>/choose")
@requires(Permission.CODE_EVIDENCE)
def choose(inquiry_slug: str, reference: str) -> str:
    """Choose a code from a list: to add to a passage, or to put in the place of one proposed."""
    submission = load(reference)
    block = block_of(submission, request.args.get("block", ""))
    return choice_page(submission, block, request.args.get("suggestion", type=int))


@panel("Coding", Permission.CODE_EVIDENCE)
def facts(session: Session, inquiry_id: int) -> list[Fact]:
    """Say on the front page how much is left to decide."""
    totals = totals_of(session, inquiry_id)
    decided = totals.passages - totals.passages_left
    return [
        Fact("passages with suggestions left to decide", totals.passages_left, "coding.queue"),
        Fact("passages decided", decided, "coding.queue", {"show": "done"}),
    ]


@next_steps(Permission.CODE_EVIDENCE)
def steps(session: Session, inquiry_id: int) -> list[Step]:
    """Offer to go on coding while anything is left."""
    left = anything_left(session, inquiry_id)
    return [Step("Continue coding", "coding.next_submission")] if left else []


def order_asked_for() -> ReadingOrder:
    """Return the order in the address, else the one chosen last, which the browser remembers."""
    asked = order_of(request.args.get("order"))
    if asked:
        browser[ORDER_KEPT] = asked.value
    return asked or order_of(browser.get(ORDER_KEPT)) or ReadingOrder.BALANCED


def next_passages(order: ReadingOrder, limit: int, after: str = "") -> list[NextPassage]:
    """Return what to read next; nothing where whole submissions are read as they came."""
    identity = current_identity()
    if order is ReadingOrder.ARRIVAL:
        return []
    return places_left(db.session(), identity.inquiry_id, identity.user_id, order, limit=limit, after=after)


def page_asked_for() -> int:
    """Return the page number in the address, one for anything odd."""
    return min(max(request.args.get("page", 1, type=int), 1), 1_000_000)
