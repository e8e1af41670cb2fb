"""The redaction desk: what is proposed to be withheld, one submission at a time."""

import secrets

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from consult.evidence.rules import Bounds
from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.errors import BadInput, NotFound, Refused
from consult.foundation.guard import acting, current_identity, requires
from consult.foundation.jobs.names import JobName
from consult.foundation.jobs.queue import enqueue, waiting_job
from consult.foundation.panels import Fact, Step, next_steps, panel
from consult.foundation.security import Permission
from consult.publication import pages, queries, service
from consult.publication.forms import DecisionForm, OwnWordsForm
from consult.publication.pages import DeskPage, Shown
from consult.publication.rules import FLAG_WORDS, GROUND_WORDS, Ground, Verdict

blueprint = Blueprint("redaction", __name__, url_prefix="/inquiries/<inquiry_slug>/redaction")


@blueprint.get("")
@requires(Permission.REDACT_EVIDENCE)
def queue(inquiry_slug: str) -> str:
    """List the submissions with something to decide."""
    session, inquiry_id = db.session(), current_identity().inquiry_id
    rows = queries.queue(session, inquiry_id)
    return render_template(
        "publication/queue.html",
        waiting=[row for row in rows if row.open],
        done=[row for row in rows if not row.open],
        unread=queries.unread_count(session, inquiry_id),
    )


@blueprint.post("/search")
@requires(Permission.REDACT_EVIDENCE)
def search(inquiry_slug: str) -> Response:
    """Ask the machine to look through what it has not read."""
    inquiry_id = current_identity().inquiry_id
    with transaction() as session:
        job = waiting_job(session, JobName.PERSONAL_DATA_WANTED, inquiry_id) or enqueue(
            session,
            JobName.PERSONAL_DATA_WANTED,
            {},
            at=now(),
            inquiry_id=inquiry_id,
            requested_by=current_identity().user_id,
        )
        job_id = job.id
    return redirect(url_for("jobs.job", inquiry_slug=inquiry_slug, job_id=job_id))


@blueprint.get("/<reference>")
@requires(Permission.REDACT_EVIDENCE)
def desk(inquiry_slug: str, reference: str) -> str:
    """Show one submission with everything that is asked or decided, and beside it what readers will see."""
    return desk_of(page_of(reference))


@blueprint.post("/<reference>/decide")
@requires(Permission.REDACT_EVIDENCE)
def decide(inquiry_slug: str, reference: str) -> Response:
    """Withhold or release the words of one item, and of those like it if asked."""
    page, form = page_of(reference), DecisionForm()
    shown = page.current
    if shown is None or shown.item.key != request.form.get("item"):
        raise NotFound("This was taken back or changed meanwhile. Load the page again.")
    verdict = Verdict.RELEASE if request.form.get("verdict") == Verdict.RELEASE else Verdict.WITHHOLD
    deeds = deeds_of(page, shown, form, verdict)
    if not deeds or not form.validate() or not may_release(shown, form, verdict):
        return make_response(desk_of(page, form), 422)
    with transaction() as session:
        service.decide_all(session, deeds, **acting())
    after = next((each.item.key for each in page.items[shown.number :] if each.item.verdict is None), "")
    return to_desk(inquiry_slug, reference, item=after)


@blueprint.post("/<reference>/words")
@requires(Permission.REDACT_EVIDENCE)
def withhold_words(inquiry_slug: str, reference: str) -> Response:
    """Withhold words that nobody proposed, every time they stand or in one paragraph."""
    page, form = page_of(reference), OwnWordsForm()
    deeds = own_deeds(page, form) if form.validate() else []
    if not deeds:
        return make_response(desk_of(page, own=form), 422)
    with transaction() as session:
        service.decide_all(session, deeds, **acting())
    flash("Withheld." if len(deeds) == 1 else f"Withheld {len(deeds)} times.", "success")
    return to_desk(inquiry_slug, reference, item=request.form.get("item", ""))


@blueprint.post("/<reference>/undo")
@requires(Permission.REDACT_EVIDENCE)
def undo(inquiry_slug: str, reference: str) -> Response:
    """Take a decision back."""
    decision_id = request.form.get("decision", type=int)
    if not decision_id:
        raise BadInput("There is nothing of yours to undo here.")
    with transaction() as session:
        service.undo(session, decision_id, **acting())
    flash("Taken back.", "success")
    return to_desk(inquiry_slug, reference, item=request.form.get("item", ""))


@blueprint.post("/<reference>/finish")
@requires(Permission.REDACT_EVIDENCE)
def finish(inquiry_slug: str, reference: str) -> Response:
    """Mark the redaction of a submission as done."""
    try:
        with transaction() as session:
            service.finish(session, reference, **acting())
    except Refused as refused:
        flash(str(refused), "error")
        return to_desk(inquiry_slug, reference, item="")
    flash(f"{reference}: redaction done.", "success")
    return redirect(url_for("redaction.queue", inquiry_slug=inquiry_slug))


def page_of(reference: str) -> DeskPage:
    """Return the desk of a submission, at the item that was asked for."""
    identity = current_identity()
    key = request.form.get("item") or request.args.get("item", "")
    return pages.desk_page(db.session(), identity.inquiry_id, reference, key, identity.user_id)


def desk_of(page: DeskPage, form: DecisionForm | None = None, own: OwnWordsForm | None = None) -> str:
    """Render the desk, with the forms as they stand."""
    shown = page.current
    blank = DecisionForm(
        formdata=None,
        words=shown.words if shown else "",
        ground=shown.item.ground.value if shown else Ground.OTHER.value,
        why=shown.item.why if shown else "",
    )
    return render_template(
        "publication/desk.html",
        page=page,
        submission=page.submission,
        form=form or blank,
        own=own or OwnWordsForm(formdata=None),
        act_key=secrets.token_hex(16),
        ground_words=GROUND_WORDS,
        flag_words=FLAG_WORDS,
    )


def to_desk(inquiry_slug: str, reference: str, *, item: str) -> Response:
    """Go on to an item, else to the first that is open."""
    # An argument that is None is left out of the address.
    address = url_for(
        "redaction.desk", inquiry_slug=inquiry_slug, reference=reference, item=item or None, _anchor="item"
    )
    return redirect(address)


def may_release(shown: Shown, form: DecisionForm, verdict: Verdict) -> bool:
    """Ask for a reason where words in confidence are released."""
    if verdict is Verdict.RELEASE and shown.in_confidence and not form.why.data:
        form.why.errors = ["Say why words that their writer marked confidential may be published."]
        return False
    return True


def deeds_of(page: DeskPage, shown: Shown, form: DecisionForm, verdict: Verdict) -> list[service.Deed]:
    """Return what is to be done: to the item itself and, if asked, to those with the same words."""
    place = place_of(page, shown, form) if verdict is Verdict.WITHHOLD else shown.item.bounds
    if place is None:
        return []
    chosen = [(shown, place)]
    if request.form.get("alike"):
        chosen += [(each, each.item.bounds) for each in page.items if each.item.key in shown.alike]
    ground = Ground(form.ground.data) if form.ground.data in set(Ground) else shown.item.ground
    return [
        service.Deed(
            verdict=verdict,
            about=about_of(each),
            words=service.Words(each.item.source_text_id, bounds, ground),
            why=form.why.data or "",
            act_key=key_for(each),
        )
        for each, bounds in chosen
    ]


def about_of(shown: Shown) -> service.About:
    """Return what a decision on an item answers."""
    item = shown.item
    return service.About(item.proposal_id, item.confidence_id, item.redaction_id)


def place_of(page: DeskPage, shown: Shown, form: DecisionForm) -> Bounds | None:
    """Return where the words to withhold stand, nearest to the item; the form says so where they do not."""
    body = body_of(page, shown.item.source_text_id)
    if (form.words.data or "").split() == shown.words.split():
        return shown.item.bounds
    found = pages.nearest(pages.places_of(body, form.words.data or ""), shown.item.bounds)
    if found is None:
        form.words.errors = ["These words do not stand in this answer. Type them as they stand there."]
    return found


def own_deeds(page: DeskPage, form: OwnWordsForm) -> list[service.Deed]:
    """Return a redaction for each place where the words stand; the form says so where they do not."""
    places = [
        (text_id, bounds)
        for text_id in (text.id for text in page.texts)
        for bounds in pages.places_of(body_of(page, text_id), form.own_words.data or "")
        if in_paragraph(page, text_id, bounds, form.paragraph.data or "")
    ]
    if not places:
        form.own_words.errors = ["These words do not stand there. Type them as they stand in the text."]
    ground = Ground(form.own_ground.data)
    key = request.form.get("act_key", "")[:40]
    return [
        service.Deed(
            Verdict.WITHHOLD,
            service.About(),
            service.Words(text_id, bounds, ground),
            act_key=f"{key}-{number}" if key else None,
        )
        for number, (text_id, bounds) in enumerate(places)
    ]


def in_paragraph(page: DeskPage, text_id: int, bounds: Bounds, number: str) -> bool:
    """Tell whether words begin in the paragraph asked for, if one was."""
    if not number:
        return True
    text = next(text for text in page.texts if text.id == text_id)
    return any(
        str(each.number) == number and each.bounds.start <= bounds.start < each.bounds.end
        for each in text.paragraphs
    )


def body_of(page: DeskPage, source_text_id: int) -> str:
    """Return a text of the page."""
    return next(text.body for text in page.texts if text.id == source_text_id)


def key_for(shown: Shown) -> str | None:
    """Return a key for one act on one item, made when the page was."""
    made = request.form.get("act_key", "")[:40]
    return f"{made}-{shown.item.key}"[:64] if made else None


@panel("Redaction and publication", Permission.REDACT_EVIDENCE)
def on_the_desk(session: Session, inquiry_id: int) -> list[Fact]:
    """Tell how much waits for a clerk, and how much is out."""
    waiting = [row for row in queries.queue(session, inquiry_id) if row.open]
    out = [row for row in queries.out_rows(session, inquiry_id) if row.taken_back_at is None]
    words = "submission with undecided words" if len(waiting) == 1 else "submissions with undecided words"
    published = "submission published" if len(out) == 1 else "submissions published"
    return [
        Fact(words, len(waiting), "redaction.queue"),
        Fact(published, len(out), "publishing.overview"),
    ]


@next_steps(Permission.REDACT_EVIDENCE)
def decide_redactions(session: Session, inquiry_id: int) -> list[Step]:
    """Offer the clerk what is undecided."""
    waiting = any(row.open for row in queries.queue(session, inquiry_id))
    return [Step("Decide what is withheld from readers", "redaction.queue")] if waiting else []
