"""Publishing: what may go out, what exactly would, what is out, and taking it back."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from consult.foundation.database import db, transaction
from consult.foundation.errors import BadInput, NotFound
from consult.foundation.guard import acting, current_identity, requires
from consult.foundation.security import Permission
from consult.publication import queries, service
from consult.publication.forms import PassOverForm, TakeBackForm
from consult.publication.queries import GoingOut
from consult.publication.rules import FLAG_WORDS, MAY_PASS

blueprint = Blueprint("publishing", __name__, url_prefix="/inquiries/<inquiry_slug>/publication")


@blueprint.get("")
@requires(Permission.PUBLISH_EVIDENCE)
def overview(inquiry_slug: str) -> str:
    """Show what may be published next, what has changed since, and what is out."""
    return overview_page()


def overview_page(problem: str = "") -> str:
    """Render the lists, with what is to be put right in choosing from them."""
    session, inquiry_id = db.session(), current_identity().inquiry_id
    waiting, count = queries.never_out(session, inquiry_id)
    return render_template(
        "publication/overview.html",
        waiting=waiting,
        count=count,
        changed=queries.changed_since(session, inquiry_id),
        out=queries.out_rows(session, inquiry_id),
        batches=queries.batch_rows(session, inquiry_id),
        flag_words=FLAG_WORDS,
        problem=problem,
    )


@blueprint.get("/preview")
@requires(Permission.PUBLISH_EVIDENCE)
def preview(inquiry_slug: str) -> str | Response:
    """Show exactly what would go out, and what speaks against it."""
    if not request.args.get("reference"):
        return make_response(overview_page("Choose at least one submission to publish."), 422)
    return preview_of(batch_of(request.args.getlist("reference")), PassOverForm(formdata=None))


@blueprint.get("/preview/<reference>")
@requires(Permission.PUBLISH_EVIDENCE)
def preview_page(inquiry_slug: str, reference: str) -> str:
    """Show the page that readers would see."""
    session, inquiry_id = db.session(), current_identity().inquiry_id
    (going,) = batch_of([reference])
    return render_template(
        "publication/preview_page.html",
        evidence=queries.preview(session, inquiry_id, going),
        flags=[FLAG_WORDS[flag] for flag in going.flags],
    )


@blueprint.post("/publish")
@requires(Permission.PUBLISH_EVIDENCE)
def publish(inquiry_slug: str) -> Response:
    """Let a batch out, as it was looked at."""
    references, form = request.form.getlist("reference"), PassOverForm()
    batch = batch_of(references)
    going = [each for each in batch if not stops(each)]
    if not form.validate() or needs_reason(going, form):
        return make_response(preview_of(batch, form), 422)
    with transaction() as session:
        service.publish(
            session,
            [each.reference for each in going],
            looked_at=request.form.get("looked_at", ""),
            passed_over=form.passed_over.data or "",
            **acting(),
        )
    flash(f"{counted(len(going))} published.", "success")
    return redirect(url_for("publishing.overview", inquiry_slug=inquiry_slug))


@blueprint.get("/<reference>/take-back")
@requires(Permission.PUBLISH_EVIDENCE)
def taking_back(inquiry_slug: str, reference: str) -> str:
    """Ask why a submission is taken off the public pages."""
    return taking_back_page(reference, TakeBackForm(formdata=None))


@blueprint.post("/<reference>/take-back")
@requires(Permission.PUBLISH_EVIDENCE)
def take_back(inquiry_slug: str, reference: str) -> Response:
    """Take a submission off the public pages."""
    form = TakeBackForm()
    if not form.validate():
        return make_response(taking_back_page(reference, form), 422)
    with transaction() as session:
        service.unpublish(session, reference, why=form.why.data or "", **acting())
    flash(f"{reference}: taken off the public pages.", "success")
    return redirect(url_for("publishing.overview", inquiry_slug=inquiry_slug))


@blueprint.get("/batches/<int:batch_id>/take-back")
@requires(Permission.PUBLISH_EVIDENCE)
def taking_batch_back(inquiry_slug: str, batch_id: int) -> str:
    """Ask why a batch is taken off the public pages."""
    return taking_batch_back_page(batch_id, TakeBackForm(formdata=None))


@blueprint.post("/batches/<int:batch_id>/take-back")
@requires(Permission.PUBLISH_EVIDENCE)
def take_batch_back(inquiry_slug: str, batch_id: int) -> Response:
    """Take a batch off the public pages."""
    form = TakeBackForm()
    if not form.validate():
        return make_response(taking_batch_back_page(batch_id, form), 422)
    with transaction() as session:
        gone = service.unpublish_batch(session, batch_id, why=form.why.data or "", **acting())
    flash(f"{counted(len(gone))} taken off the public pages.", "success")
    return redirect(url_for("publishing.overview", inquiry_slug=inquiry_slug))


def counted(number: int) -> str:
    """Return a number of submissions in words."""
    return "1 submission" if number == 1 else f"{number} submissions"


def batch_of(references: list[str]) -> list[GoingOut]:
    """Return how the submissions asked for would go out now."""
    session, inquiry_id = db.session(), current_identity().inquiry_id
    if not references:
        raise BadInput("Choose at least one submission to publish. Go back and tick it.")
    return queries.going_out(session, inquiry_id, queries.ids_of(session, inquiry_id, references))


def preview_of(batch: list[GoingOut], form: PassOverForm) -> str:
    """Render the preview of a batch, with what stops part of it apart."""
    going = [each for each in batch if not stops(each)]
    return render_template(
        "publication/preview.html",
        going=going,
        stopped=[each for each in batch if stops(each)],
        asks_reason=any(each.flags for each in going),
        looked_at=queries.fingerprint(going),
        form=form,
        flag_words=FLAG_WORDS,
    )


def stops(going: GoingOut) -> bool:
    """Tell whether something speaks against a submission that no reason can pass over."""
    return not set(going.flags) <= MAY_PASS


def needs_reason(going: list[GoingOut], form: PassOverForm) -> bool:
    """Ask for a reason where something may pass only with one."""
    if any(each.flags for each in going) and not form.passed_over.data:
        form.passed_over.errors = ["Say why it goes out all the same, or go back and leave it out."]
        return True
    return False


def taking_back_page(reference: str, form: TakeBackForm) -> str:
    """Render the question why a submission is taken back."""
    out = queries.out_rows(db.session(), current_identity().inquiry_id)
    row = next((row for row in out if row.reference == reference and row.taken_back_at is None), None)
    if row is None:
        raise NotFound(f"{reference} is not published.")
    address = url_for(
        "publishing.take_back", inquiry_slug=current_identity().inquiry_slug, reference=reference
    )
    return render_template(
        "publication/take_back.html", what=reference, address=address, form=form, references=()
    )


def taking_batch_back_page(batch_id: int, form: TakeBackForm) -> str:
    """Render the question why a batch is taken back, with what of it is out."""
    identity = current_identity()
    references = queries.out_of_batch(db.session(), identity.inquiry_id, batch_id)
    address = url_for("publishing.take_batch_back", inquiry_slug=identity.inquiry_slug, batch_id=batch_id)
    what = counted(len(references))
    return render_template(
        "publication/take_back.html", what=what, address=address, form=form, references=references
    )
