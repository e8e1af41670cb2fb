"""The inbox: what waits for a clerk, state by state, one by one or many at once."""

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from consult.evidence.forms import FilterForm, offered_filters
from consult.evidence.forms_inbox import BatchForm, ReasonForm
from consult.evidence.models import Submission
from consult.evidence.models_desk import StateBatchRow
from consult.evidence.queries import batches as batch_reads
from consult.evidence.queries import counts_by_state
from consult.evidence.queries import desk as reads
from consult.evidence.queries.listing import matching
from consult.evidence.rules import CHANNEL_WORDS, PUBLICATION_WORDS, STATE_WORDS, SubmissionState
from consult.evidence.rules_desk import DESK_ORDER, MARK_WORDS, WAITING
from consult.evidence.service import batches as service
from consult.evidence.service import change_state
from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.errors import BadInput, Refused
from consult.foundation.guard import current_actor, current_identity, requires
from consult.foundation.panels import Fact, Step, next_steps, panel
from consult.foundation.security import Permission
from consult.foundation.web import LARGEST_ID

blueprint = Blueprint("inbox", __name__, url_prefix="/inquiries/<inquiry_slug>/inbox")

WORDS = {
    "state_words": STATE_WORDS,
    "channel_words": CHANNEL_WORDS,
    "mark_words": MARK_WORDS,
    "publication_words": PUBLICATION_WORDS,
}


@blueprint.get("")
@requires(Permission.HANDLE_EVIDENCE)
def index(inquiry_slug: str) -> str:
    """Show the submissions of one state in order of arrival."""
    return inbox_page(BatchForm(formdata=None))


def inbox_page(form: BatchForm, ticked: frozenset[str] = frozenset()) -> str:
    """Render the inbox as the address asks for it, with what was ticked and chosen."""
    session, inquiry_id = db.session(), current_identity().inquiry_id
    search = filter_form(session, inquiry_id)
    filters = search.filters()
    page = reads.desk_page(session, inquiry_id, filters, **place_given())
    counts = counts_by_state(session, inquiry_id)
    state = filters.state or SubmissionState.NEW
    asked = asked_for(search)
    return render_template(
        "inbox/index.html",
        search=search,
        form=form.offer(state, STATE_WORDS),
        filters=filters,
        narrowed=filters.narrows_beyond_state,
        state=state,
        states=[(each, counts.get(each, 0)) for each in DESK_ORDER],
        page=page,
        asked=asked,
        here={**asked, **{name: value for name, value in place_given().items() if value}},
        ticked=ticked,
        **WORDS,
    )


def filter_form(session: Session, inquiry_id: int) -> FilterForm:
    """Return the filters as they stand in the address; without a state they mean what is new."""
    given = request.args.copy()
    if given.get("state") not in set(SubmissionState):
        given["state"] = SubmissionState.NEW.value
    form = offered_filters(session, inquiry_id, given)
    form.validate()
    return form


def asked_for(form: FilterForm) -> dict[str, Any]:
    """Return the filters for an address."""
    wrong = form.errors
    return {name: value for name, value in form.data.items() if value and name not in wrong}


def place_given() -> dict[str, int]:
    """Return the ids between which to list, where the address has any that a database can compare with."""
    given = {name: request.args.get(name, type=int) or 0 for name in ("before", "after")}
    return {name: value if 0 < value <= LARGEST_ID else 0 for name, value in given.items()}


@blueprint.post("/accept")
@requires(Permission.HANDLE_EVIDENCE)
def accept(inquiry_slug: str) -> Response:
    """Accept one submission and go on with the next."""
    reference = request.form.get("accept", "")
    inquiry_id = current_identity().inquiry_id
    search = filter_form(db.session(), inquiry_id)
    following = reads.next_on_desk(db.session(), inquiry_id, search.filters(), reference)
    with transaction() as session:
        change_state(
            session,
            reference,
            SubmissionState.ACCEPTED,
            inquiry_id=inquiry_id,
            actor=current_actor(),
            at=now(),
        )
    flash(f"{reference}: accepted.", "success")
    here = {**asked_for(search), **{name: value for name, value in place_given().items() if value}}
    return redirect(url_for("inbox.index", inquiry_slug=inquiry_slug, **here, _anchor=following or None))


@blueprint.post("/batches")
@requires(Permission.HANDLE_EVIDENCE)
def draw(inquiry_slug: str) -> Response:
    """Draw a preview of what a decision on many would change; nothing moves yet."""
    form = BatchForm()
    ticked = frozenset(request.form.getlist("tick"))
    if not form.validate_on_submit():
        return make_response(inbox_page(form, ticked), 422)
    try:
        batch_id = drawn(chosen(ticked), SubmissionState(form.to.data))
    except BadInput as missing:
        db.session.rollback()
        form.to.errors = [str(missing)]
        return make_response(inbox_page(form, ticked), 422)
    return redirect(url_for("inbox.batch", inquiry_slug=inquiry_slug, batch_id=batch_id), 303)


def chosen(ticked: frozenset[str]) -> Select[int]:
    """Select what was ticked, or all that the list shows on all its pages."""
    session, inquiry_id = db.session(), current_identity().inquiry_id
    if request.form.get("all") == "yes":
        return matching(session, inquiry_id, filter_form(session, inquiry_id).filters())
    return select(Submission.id).where(
        Submission.inquiry_id == inquiry_id, Submission.reference.in_(sorted(ticked))
    )


def drawn(which: Select[int], to_state: SubmissionState) -> int:
    """Draw a batch and return its id."""
    with transaction() as session:
        inquiry_id = current_identity().inquiry_id
        return service.draw_batch(
            session, which, to_state, inquiry_id=inquiry_id, actor=current_actor(), at=now()
        ).id


@blueprint.get("/batches")
@requires(Permission.HANDLE_EVIDENCE)
def batches(inquiry_slug: str) -> str:
    """List what was moved together, the newest first."""
    found = batch_reads.recent_batches(db.session(), current_identity().inquiry_id)
    return render_template("inbox/batches.html", batches=found, **WORDS)


@blueprint.get("/batches/<int:batch_id>")
@requires(Permission.HANDLE_EVIDENCE)
def batch(inquiry_slug: str, batch_id: int) -> str:
    """Show what a batch will change, or what it has changed."""
    return batch_page(batch_id, ReasonForm(formdata=None))


def batch_page(batch_id: int, form: ReasonForm) -> str:
    """Render a batch before or after it is applied."""
    session, inquiry_id = db.session(), current_identity().inquiry_id
    found = batch_reads.batch_by_id(session, inquiry_id, batch_id)
    if found.to_state is None or found.applied_at:
        left = batch_reads.moved_since_applied(session, found.id)
        history = batch_reads.references_moved(session, found.id)
        return render_template("inbox/moved.html", batch=found, left=left, references=history, **WORDS)
    parts = batch_reads.batch_parts(session, found.id, found.to_state)
    return render_template(
        "inbox/preview.html",
        batch=found,
        form=form,
        going=sum(part.count for part in parts if part.goes),
        staying=[part for part in parts if not part.goes],
        parts=[part for part in parts if part.goes],
        needs_reason=any(part.needs_reason for part in parts),
        rows=batch_reads.batch_rows(session, found.id, found.to_state),
        references=batch_reads.batch_references(session, found.id),
        changed=batch_reads.moved_since_drawn(session, found.id),
        **WORDS,
    )


@blueprint.post("/batches/<int:batch_id>/apply")
@requires(Permission.HANDLE_EVIDENCE)
def apply(inquiry_slug: str, batch_id: int) -> Response:
    """Move the submissions of a preview."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return make_response(batch_page(batch_id, form), 422)
    try:
        with transaction() as session:
            count = service.apply_batch(
                session,
                batch_id,
                why=form.why.data or "",
                inquiry_id=current_identity().inquiry_id,
                actor=current_actor(),
                at=now(),
            )
    except (BadInput, Refused) as refusal:
        form.why.errors = [str(refusal)]
        return make_response(batch_page(batch_id, form), 422)
    flash(f"{count:,} {'submission' if count == 1 else 'submissions'} moved.", "success")
    return redirect(url_for("inbox.batch", inquiry_slug=inquiry_slug, batch_id=batch_id), 303)


@blueprint.post("/batches/<int:batch_id>/again")
@requires(Permission.HANDLE_EVIDENCE)
def draw_again(inquiry_slug: str, batch_id: int) -> Response:
    """Draw a preview of the same submissions anew, as they stand now."""
    found = batch_reads.batch_by_id(db.session(), current_identity().inquiry_id, batch_id)
    if found.to_state is None:
        raise Refused("What was undone is not drawn again. Choose the submissions in the inbox.")
    same = select(StateBatchRow.submission_id).where(StateBatchRow.batch_id == found.id)
    fresh = drawn(same, found.to_state)
    return redirect(url_for("inbox.batch", inquiry_slug=inquiry_slug, batch_id=fresh), 303)


@blueprint.post("/batches/<int:batch_id>/undo")
@requires(Permission.HANDLE_EVIDENCE)
def undo(inquiry_slug: str, batch_id: int) -> Response:
    """Put the submissions of a batch back to where they stood."""
    with transaction() as session:
        undone = service.undo_batch(
            session, batch_id, inquiry_id=current_identity().inquiry_id, actor=current_actor(), at=now()
        )
    words = f"{undone.count:,} {'submission' if undone.count == 1 else 'submissions'} put back."
    if undone.left:
        words += f" Moved since by somebody, and so left where they are: {', '.join(undone.left)}."
    flash(words, "success")
    return redirect(url_for("inbox.batch", inquiry_slug=inquiry_slug, batch_id=batch_id), 303)


@panel("Inbox", Permission.HANDLE_EVIDENCE)
def waiting(session: Session, inquiry_id: int) -> list[Fact]:
    """Tell the clerk what waits, state by state."""
    counts = counts_by_state(session, inquiry_id)
    return [
        Fact(IN_SENTENCE[state], counts[state], "inbox.index", {"state": state.value})
        for state in WAITING
        if counts.get(state)
    ]


IN_SENTENCE = {
    SubmissionState.NEW: "new",
    SubmissionState.NEEDS_TRANSCRIPTION: "to be transcribed",
    SubmissionState.NEEDS_REDACTION: "to be redacted",
    SubmissionState.POSSIBLE_DUPLICATE: "possibly sent twice",
}


@next_steps(Permission.HANDLE_EVIDENCE)
def look_at_new(session: Session, inquiry_id: int) -> list[Step]:
    """Offer the clerk what has arrived."""
    new = counts_by_state(session, inquiry_id).get(SubmissionState.NEW, 0)
    words = "Look at the new submissions" if new > 1 else "Look at the new submission"
    return [Step(words, "inbox.index", {"state": SubmissionState.NEW.value})] if new else []
