"""Files that came by post or e-mail, dropped together: read, looked at one by one, stored at once."""

from contextlib import closing
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from consult.calls.queries import call_of, calls_of, places_of, respondent_types_of
from consult.evidence.forms_batches import KINDS, DropForm, FileForm, file_form, name_of, standing
from consult.evidence.models_batches import BatchFile
from consult.evidence.queries import file_batches as reads
from consult.evidence.rules import CHANNEL_WORDS, PUBLICATION_WORDS, SubmissionState, paragraphs_of
from consult.evidence.rules_batches import MOST_FILES, FileState
from consult.evidence.service import batches, file_batches
from consult.evidence.service.file_batches import DroppedFile
from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.errors import BadInput, NotFound, Refused
from consult.foundation.files import file_store
from consult.foundation.guard import current_actor, current_identity, requires
from consult.foundation.security import Permission
from consult.foundation.web import LONDON, takes_up_to

blueprint = Blueprint("file_batches", __name__, url_prefix="/inquiries/<inquiry_slug>/files")

MEGABYTE = 1024 * 1024
# What one drop may weigh; a single file has its own limit, which the reader of documents sets.
LARGEST_DROP = 300 * MEGABYTE
LONGEST_NAME = 255
# The rest of a long text is a press away, in the file itself.
PARAGRAPHS_SHOWN = 60


@blueprint.route("", methods=["GET", "POST"])
@takes_up_to(LARGEST_DROP)
@requires(Permission.HANDLE_EVIDENCE)
def drop(inquiry_slug: str) -> Response:
    """Take files, and list the batches there are."""
    session, inquiry_id = db.session(), current_identity().inquiry_id
    calls = calls_of(session, inquiry_id)
    today = now().astimezone(LONDON).date()
    form = DropForm(data={"received_on": today, "call": calls[0].slug if len(calls) == 1 else None})
    form.offer(calls, respondent_types_of(session, inquiry_id))
    if not form.validate_on_submit():
        page = render_template(
            "batches/drop.html",
            form=form,
            calls=calls,
            batches=reads.file_batches_of(session, inquiry_id),
            kinds=KINDS,
            most_files=MOST_FILES,
            most_megabytes=LARGEST_DROP // MEGABYTE,
        )
        return make_response(page, 422 if form.is_submitted() else 200)
    batch_id = dropped(form, call_of(session, inquiry_id, form.call.data or "").id)
    return redirect(url_for("file_batches.review", inquiry_slug=inquiry_slug, batch_id=batch_id), 303)


def too_large() -> Response:
    """Say what to do about a drop that is too large."""
    page = render_template(
        "batches/too_large.html",
        most=LARGEST_DROP // MEGABYTE,
        inquiry_slug=(request.view_args or {}).get("inquiry_slug", ""),
    )
    return make_response(page, 413)


@blueprint.record
def tell_what_is_too_large(state: BlueprintSetupState) -> None:
    """Tell the foundation which page answers a drop that is too large."""
    state.app.extensions.setdefault("consult.on_too_much", {})[f"{blueprint.name}.drop"] = too_large


def dropped(form: DropForm, call_id: int) -> int:
    """Keep the files first, so that no row names what the disk does not have; return the batch."""
    db.session().rollback()
    files = [kept(each) for each in form.given]
    with transaction() as session:
        return file_batches.drop_files(
            session,
            files,
            form.told(),
            call_id=call_id,
            key=form.key.data or "",
            inquiry_id=current_identity().inquiry_id,
            actor=current_actor(),
            at=now(),
        ).id


def kept(file: FileStorage) -> DroppedFile:
    """Keep one file, and close what the server had spooled of it."""
    with closing(file):
        return DroppedFile(plain_name(file), file_store().keep(file.stream))


def plain_name(file: FileStorage) -> str:
    """Return the name of a file as its sender wrote it, without folders or signs that cannot be shown."""
    last = (file.filename or "").replace("\\", "/").rpartition("/")[2]
    return "".join(sign if sign.isprintable() else " " for sign in last).strip()[-LONGEST_NAME:] or "unnamed"


@blueprint.get("/<int:batch_id>")
@requires(Permission.HANDLE_EVIDENCE)
def review(inquiry_slug: str, batch_id: int) -> str:
    """Show what each file of a batch is to be."""
    session, inquiry_id = db.session(), current_identity().inquiry_id
    batch = reads.file_batch(session, inquiry_id, batch_id)
    return render_template(
        "batches/review.html",
        batch=batch,
        types={each.id: each.name for each in respondent_types_of(session, inquiry_id)},
        questions={each.id: each.number for each in batch_questions(batch)},
        left_out=batch.of(FileState.LEFT_OUT),
        refused=batch.of(FileState.REFUSED),
        stored=batch.of(FileState.STORED),
        channel_words=CHANNEL_WORDS,
        publication_words=PUBLICATION_WORDS,
    )


def batch_questions(batch: reads.BatchRead) -> list[Any]:
    """Return the questions of the call that a batch is for."""
    slug = batch.call.slug
    return list(call_of(db.session(), current_identity().inquiry_id, slug).questions)


@blueprint.route("/<int:batch_id>/<int:position>", methods=["GET", "POST"])
@requires(Permission.HANDLE_EVIDENCE)
def settle(inquiry_slug: str, batch_id: int, position: int) -> Response:
    """Correct what was proposed of one file, beside its words; then go on with the next."""
    session, inquiry_id = db.session(), current_identity().inquiry_id
    batch = reads.file_batch(session, inquiry_id, batch_id)
    read = file_at(batch, position)
    form = file_form(read, batch_questions(batch))(data=standing(read))
    form.offer(respondent_types_of(session, inquiry_id), places_of(session, inquiry_id))
    if not form.validate_on_submit():
        return settle_page(batch, read, form, 422 if form.is_submitted() else 200)
    following = next_after(batch, position)
    settled, uses = form.settled(), form.uses()
    try:
        with transaction() as writing:
            file_batches.settle_file(
                writing,
                batch_id,
                position,
                settled,
                uses,
                inquiry_id=inquiry_id,
                actor=current_actor(),
                at=now(),
            )
    except BadInput as refusal:
        form.name.errors = [str(refusal)]
        batch = reads.file_batch(db.session(), inquiry_id, batch_id)
        return settle_page(batch, file_at(batch, position), form, 422)
    flash(f"File {position} is saved.", "success")
    if request.form.get("then") != "next" or following is None:
        return redirect(to_review(inquiry_slug, batch_id, position), 303)
    onward = url_for("file_batches.settle", inquiry_slug=inquiry_slug, batch_id=batch_id, position=following)
    return redirect(onward, 303)


def file_at(batch: reads.BatchRead, position: int) -> reads.DroppedRead:
    """Return one file of a batch that can be corrected; NotFound for any other."""
    open_ones = batch.of(FileState.READ, FileState.LEFT_OUT)
    found = next((each for each in open_ones if each.row.position == position), None)
    if found is None:
        raise NotFound("There is no such file to correct in this batch.")
    return reads.with_words(db.session(), [found])[0]


def next_after(batch: reads.BatchRead, position: int) -> int | None:
    """Return the next file to look at: those in which something is missing first come first."""
    later = [each.row.position for each in batch.of(FileState.READ) if each.row.position > position]
    missing = [each.row.position for each in batch.incomplete if each.row.position > position]
    return next(iter(missing or later), None)


def settle_page(batch: reads.BatchRead, read: reads.DroppedRead, form: FileForm, status: int) -> Response:
    """Render the form of one file beside what was read in it."""
    page = render_template(
        "batches/settle.html",
        batch=batch,
        read=read,
        form=form,
        name_of=name_of,
        opening_of=opening_of,
        following=next_after(batch, read.row.position),
    )
    return make_response(page, status)


def opening_of(body: str) -> tuple[list[str], int]:
    """Return the first paragraphs of a text, and how many more there are."""
    paragraphs = [body[at.start : at.end] for at in paragraphs_of(body)]
    return paragraphs[:PARAGRAPHS_SHOWN], max(0, len(paragraphs) - PARAGRAPHS_SHOWN)


def to_review(inquiry_slug: str, batch_id: int, position: int | None = None) -> str:
    """Return the address of a batch, at one of its files."""
    anchor = f"file-{position}" if position else None
    return url_for("file_batches.review", inquiry_slug=inquiry_slug, batch_id=batch_id, _anchor=anchor)


@blueprint.post("/<int:batch_id>/<int:position>/<any(out, in):way>")
@requires(Permission.HANDLE_EVIDENCE)
def leave_out(inquiry_slug: str, batch_id: int, position: int, way: str) -> Response:
    """Leave a file out of what is stored, or take it in again."""
    with transaction() as session:
        file_batches.leave_out(
            session,
            batch_id,
            position,
            out=way == "out",
            inquiry_id=current_identity().inquiry_id,
            actor=current_actor(),
            at=now(),
        )
    return redirect(to_review(inquiry_slug, batch_id, position), 303)


@blueprint.post("/<int:batch_id>/store")
@requires(Permission.HANDLE_EVIDENCE)
def store(inquiry_slug: str, batch_id: int) -> Response:
    """Make a submission of each file that is ready."""
    references = stored(batch_id)
    if not references:
        raise Refused("No file of this batch is ready to be stored. Nothing was done twice.")
    span = " to ".join(dict.fromkeys([references[0], references[-1]]))
    what = "submission is" if len(references) == 1 else "submissions are"
    flash(f"{len(references)} {what} stored: {span}.", "success")
    return redirect(to_review(inquiry_slug, batch_id), 303)


def stored(batch_id: int) -> list[str]:
    """Store what is ready step by step, each on the disk before the next; return the references."""
    references: list[str] = []
    while True:
        with transaction() as session:
            step = file_batches.store_batch(
                session,
                batch_id,
                inquiry_id=current_identity().inquiry_id,
                actor=current_actor(),
                at=now(),
            )
        references += step
        if len(step) < file_batches.FILES_A_STEP:
            return references


@blueprint.post("/<int:batch_id>/read")
@requires(Permission.HANDLE_EVIDENCE)
def read_again(inquiry_slug: str, batch_id: int) -> Response:
    """Ask again for what is unread, after a job that did not finish."""
    inquiry_id = current_identity().inquiry_id
    batch = reads.file_batch(db.session(), inquiry_id, batch_id)
    if batch.waiting and not batch.being_read:
        with transaction() as session:
            file_batches.want_reading(
                session, batch_id, inquiry_id=inquiry_id, actor=current_actor(), at=now()
            )
    return redirect(to_review(inquiry_slug, batch_id), 303)


@blueprint.post("/<int:batch_id>/discard")
@requires(Permission.HANDLE_EVIDENCE)
def discard(inquiry_slug: str, batch_id: int) -> Response:
    """Erase what of a batch was not stored."""
    with transaction() as session:
        count = file_batches.discard_batch(
            session,
            batch_id,
            inquiry_id=current_identity().inquiry_id,
            actor=current_actor(),
            at=now(),
        )
    flash(f"{count} {'file is' if count == 1 else 'files are'} discarded.", "success")
    return redirect(url_for("file_batches.drop", inquiry_slug=inquiry_slug), 303)


@blueprint.post("/<int:batch_id>/withdraw")
@requires(Permission.HANDLE_EVIDENCE)
def withdraw(inquiry_slug: str, batch_id: int) -> Response:
    """Draw a preview of withdrawing everything that a batch stored; nothing moves yet."""
    inquiry_id = current_identity().inquiry_id
    reads.file_batch(db.session(), inquiry_id, batch_id)
    made = select(BatchFile.submission_id).where(
        BatchFile.batch_id == batch_id, BatchFile.submission_id.is_not(None)
    )
    with transaction() as session:
        drawn = batches.draw_batch(
            session,
            made,  # type: ignore[arg-type]  # the column may be empty, these rows are not
            SubmissionState.WITHDRAWN,
            inquiry_id=inquiry_id,
            actor=current_actor(),
            at=now(),
        ).id
    return redirect(url_for("inbox.batch", inquiry_slug=inquiry_slug, batch_id=drawn), 303)
