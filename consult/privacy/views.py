"""Erase evidence and words, hand out what is held of a respondent, and see what was erased."""

from datetime import datetime
from io import BytesIO

from flask import Blueprint, flash, make_response, redirect, request, send_file, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.errors import NotFound
from consult.foundation.guard import current_actor, current_identity, requires
from consult.foundation.panels import Fact, panel
from consult.foundation.security import Permission
from consult.privacy import queries, service
from consult.privacy.bundle import bundle_of
from consult.privacy.forms import ConfirmForm, ConfirmWordsForm, EraseForm, WordsForm
from consult.privacy.pages import (
    Receipt,
    afterwards,
    receipt_as_pdf,
    receipt_facts,
    receipt_of,
    shown,
    what_goes_in_words,
)
from consult.privacy.queries import Found, Held
from consult.privacy.rules import ErasureGround, ErasureKind, TargetKind
from consult.privacy.service import Order, Target

blueprint = Blueprint("privacy", __name__, url_prefix="/inquiries/<inquiry_slug>/privacy")


@blueprint.get("")
@requires(Permission.SET_RETENTION)
def index(inquiry_slug: str) -> Response | str:
    """Show what was erased, and the way to a submission and to the schedule."""
    identity = current_identity()
    may_erase = identity.may(Permission.ERASE_EVIDENCE)
    reference = request.args.get("reference", "").strip().upper()
    wrong = ""
    if reference and may_erase:
        try:
            queries.one_held(db.session(), identity.inquiry_id, reference)
        except NotFound as missing:
            wrong = str(missing)
        else:
            return redirect(url_for("privacy.person", inquiry_slug=inquiry_slug, reference=reference))
    erasures = queries.erasures_of(db.session(), identity.inquiry_id)
    return shown("index", erasures=erasures, may_erase=may_erase, reference=reference, wrong=wrong)


@blueprint.get("/submissions/<reference>")
@requires(Permission.ERASE_EVIDENCE)
def person(inquiry_slug: str, reference: str) -> str:
    """Show what is held under a reference and by whom else it may be, and what can be done."""
    held = held_under(reference)
    return person_page(held, EraseForm(formdata=None).expect(held.reference))


def held_under(reference: str) -> Held:
    """Return the submission of the address."""
    return queries.one_held(db.session(), current_identity().inquiry_id, reference)


def person_page(held: Held, form: ConfirmForm, ticked: frozenset[str] = frozenset()) -> str:
    """Render what is held of somebody, with what was ticked."""
    session, inquiry_id = db.session(), current_identity().inquiry_id
    return shown(
        "person",
        held=held,
        form=form,
        others=queries.alike(session, inquiry_id, held),
        ticked=ticked,
        goes=what_goes_in_words(queries.what_goes(session, [held.id])),
        originals=queries.originals_of(session, [held.id]),
    )


@blueprint.post("/submissions/<reference>/erase")
@requires(Permission.ERASE_EVIDENCE)
def erase(inquiry_slug: str, reference: str) -> Response:
    """Order the erasure of a submission and of others by the same person, or of their address."""
    held = held_under(reference)
    form = EraseForm()
    form.expect(held.reference)
    ticked = frozenset(form.also.data or ())
    if not form.validate_on_submit():
        return make_response(person_page(held, form, ticked), 422)
    session, inquiry_id = db.session(), current_identity().inquiry_id
    offered = {other.reference for other in queries.alike(session, inquiry_id, held)}
    chosen = [held, *queries.held_by_reference(session, inquiry_id, ticked & offered)]
    kind = ErasureKind(form.what.data)
    return ordered(Order(kind, ErasureGround(form.ground.data), targets_for(kind, chosen)))


def targets_for(kind: ErasureKind, chosen: list[Held]) -> tuple[Target, ...]:
    """Return what an order names: submissions, or those who sent them."""
    if kind is ErasureKind.SUBMISSIONS:
        return tuple(Target(TargetKind.SUBMISSION, each.id, each.reference) for each in chosen)
    return tuple(Target(TargetKind.RESPONDENT, each.respondent_id, each.reference) for each in chosen)


def ordered(order: Order) -> Response:
    """Order an erasure and lead to its receipt."""
    identity = current_identity()
    with transaction() as session:
        erasure = service.order_erasure(
            session, order, inquiry_id=identity.inquiry_id, actor=current_actor(), at=now()
        )
        erasure_id = erasure.id
    flash("The erasure is ordered. Its receipt fills as each store is reached.", "success")
    return redirect(
        url_for("privacy.receipt", inquiry_slug=identity.inquiry_slug, erasure_id=erasure_id), 303
    )


@blueprint.route("/submissions/<reference>/words", methods=["GET", "POST"])
@requires(Permission.ERASE_EVIDENCE)
def words(inquiry_slug: str, reference: str) -> Response:
    """Ask which words are to go, and show each place where they stand."""
    held = held_under(reference)
    form = WordsForm()
    if request.method == "GET" or not form.validate_on_submit():
        return make_response(shown("words", held=held, form=form), 422 if form.errors else 200)
    places = places_of(held, form.words.data or "")
    if not places:
        form.words.errors = ["These words do not stand in it. Copy them exactly, from one paragraph."]
        return make_response(shown("words", held=held, form=form), 422)
    confirm = ConfirmWordsForm(formdata=None, data={"words": form.words.data}).expect(held.reference)
    return make_response(shown("words_found", held=held, form=confirm, places=places))


@blueprint.post("/submissions/<reference>/words/erase")
@requires(Permission.ERASE_EVIDENCE)
def erase_words(inquiry_slug: str, reference: str) -> Response:
    """Order that words are blotted out wherever they stand in a submission."""
    held = held_under(reference)
    form = ConfirmWordsForm()
    form.expect(held.reference)
    valid = form.validate_on_submit()
    places = places_of(held, form.words.data or "")
    if not valid or not places:
        return make_response(shown("words_found", held=held, form=form, places=places), 422)
    targets = tuple(
        Target(TargetKind.SPAN, place.text_id, held.reference, place.start, place.end) for place in places
    )
    return ordered(Order(ErasureKind.WORDS, ErasureGround(form.ground.data), targets))


def places_of(held: Held, words: str) -> list[Found]:
    """Return where words stand in a submission; nowhere, where nothing was given."""
    return queries.where_words_stand(db.session(), held.id, words) if words else []


@blueprint.get("/erasures/<int:erasure_id>")
@requires(Permission.SET_RETENTION)
def receipt(inquiry_slug: str, erasure_id: int) -> str:
    """Show the receipt of an erasure: each store and how much was found there."""
    found, exports = receipt_with_exports(erasure_id)
    title = current_identity().inquiry_title
    return shown(
        "receipt", receipt=found, facts=receipt_facts(found, title), afterwards=afterwards(found, exports)
    )


@blueprint.get("/erasures/<int:erasure_id>/receipt.pdf")
@requires(Permission.SET_RETENTION)
def receipt_pdf(inquiry_slug: str, erasure_id: int) -> Response:
    """Give the receipt of an erasure as a file, once it is carried out."""
    found, exports = receipt_with_exports(erasure_id)
    if found.line.done_at is None:
        raise NotFound("This erasure is still under way. Its receipt can be had when it is done.")
    made = receipt_as_pdf(found, current_identity().inquiry_title, exports)
    name = f"receipt-of-erasure-{erasure_id}.pdf"
    return send_file(BytesIO(made), mimetype="application/pdf", as_attachment=True, download_name=name)


def receipt_with_exports(erasure_id: int) -> tuple[Receipt, list[datetime]]:
    """Return a receipt of this inquiry, and when records had been downloaded before."""
    session, inquiry_id = db.session(), current_identity().inquiry_id
    line = queries.erasure_by_id(session, inquiry_id, erasure_id)
    found = receipt_of(line, queries.steps_of(session, erasure_id))
    return found, queries.exports_before(session, inquiry_id, line.ordered_at)


@blueprint.post("/submissions/<reference>/bundle")
@requires(Permission.ERASE_EVIDENCE)
def bundle(inquiry_slug: str, reference: str) -> Response:
    """Hand out everything held about a respondent, in one archive."""
    held = held_under(reference)
    identity = current_identity()
    session = db.session()
    ticked = frozenset(request.form.getlist("also"))
    offered = {other.reference for other in queries.alike(session, identity.inquiry_id, held)}
    references = [held.reference, *sorted(ticked & offered)]
    with transaction() as writing:
        archive = bundle_of(
            writing, references, inquiry_id=identity.inquiry_id, actor=current_actor(), at=now()
        )
    name = f"{held.reference}-held-about-you.zip"
    return send_file(archive, mimetype="application/zip", as_attachment=True, download_name=name)


@panel("Privacy", Permission.SET_RETENTION)
def erased(session: Session, inquiry_id: int) -> list[Fact]:
    """Tell how much was erased: no figure of the inquiry counts it any more."""
    count = queries.number_erased(session, inquiry_id)
    words = "submission erased, counted no more" if count == 1 else "submissions erased, counted no more"
    return [Fact(words, count, "privacy.index")] if count else []
