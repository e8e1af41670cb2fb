"""Documents on the clerk's desk: the original to take away, and the text of a scan to type."""

from flask import Blueprint, flash, make_response, redirect, render_template, send_file, url_for
from werkzeug.wrappers import Response

from consult.evidence import service
from consult.evidence.extraction.kinds import READABLE
from consult.evidence.forms_documents import TranscriptionForm
from consult.evidence.queries import documents as reads
from consult.evidence.queries import submission_by_reference
from consult.evidence.service.receiving import ask_for_passages
from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.errors import NotFound
from consult.foundation.files import file_store
from consult.foundation.guard import current_actor, current_identity, requires
from consult.foundation.security import Permission

blueprint = Blueprint(
    "documents", __name__, url_prefix="/inquiries/<inquiry_slug>/evidence/<reference>/documents"
)

# A browser that shows it all the same gives it no origin, no script and no way out.
BOXED = "sandbox; default-src 'none'"


@blueprint.get("/<int:attachment_id>")
@requires(Permission.READ_EVIDENCE)
def original(inquiry_slug: str, reference: str, attachment_id: int) -> Response:
    """Hand out a document as it was received, to be saved and never to be shown by us."""
    found = reads.file_to_give(db.session(), current_identity().inquiry_id, reference, attachment_id)
    response = send_file(
        file_store().open(found.sha256),
        mimetype="application/octet-stream",
        as_attachment=True,
        # A name of our own: the sender's may climb, lie or break a header.
        download_name=f"{reference}-{found.position}.{ending_for(found.kind)}",
        etag=False,
        conditional=False,
    )
    response.headers["Content-Security-Policy"] = BOXED
    response.content_length = found.size
    return response


def ending_for(kind: str) -> str:
    """Return the ending that a verified kind has; anything else is only bytes."""
    return kind if kind in READABLE else "bin"


@blueprint.get("/<int:attachment_id>/transcription")
@requires(Permission.HANDLE_EVIDENCE)
def transcription(inquiry_slug: str, reference: str, attachment_id: int) -> str:
    """Offer a member to type what a scan says."""
    return transcription_page(reference, attachment_id, TranscriptionForm(formdata=None))


@blueprint.post("/<int:attachment_id>/transcription")
@requires(Permission.HANDLE_EVIDENCE)
def save_transcription(inquiry_slug: str, reference: str, attachment_id: int) -> Response:
    """Keep what a member typed as the text of the document."""
    form, inquiry_id = TranscriptionForm(), current_identity().inquiry_id
    page = transcription_page(reference, attachment_id, form) if not form.validate_on_submit() else ""
    if page:
        return make_response(page, 422)
    with transaction() as session:
        service.transcribe(
            session,
            attachment_id,
            form.words.data or "",
            inquiry_id=inquiry_id,
            actor=current_actor(),
            at=now(),
        )
        ask_for_passages(session, inquiry_id, current_actor(), now())
    flash("The text is kept. Its passages are being cut.", "success")
    return redirect(url_for("evidence.submission", inquiry_slug=inquiry_slug, reference=reference))


def transcription_page(reference: str, attachment_id: int, form: TranscriptionForm) -> str:
    """Render the page on which a scan is typed."""
    found = submission_by_reference(
        db.session(), current_identity().inquiry_id, reference, with_passages=False
    )
    document = next((each for each in found.documents if each.id == attachment_id), None)
    if document is None:
        raise NotFound("There is no such document in this submission.")
    return render_template("evidence/transcription.html", submission=found, document=document, form=form)
