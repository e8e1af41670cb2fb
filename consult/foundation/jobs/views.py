"""The page on which somebody waits for a job."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.guard import current_identity, requires
from consult.foundation.jobs import queue
from consult.foundation.jobs.names import FINISHED, JobName
from consult.foundation.security import Permission

blueprint = Blueprint("jobs", __name__, url_prefix="/inquiries/<inquiry_slug>/jobs")

TITLES = {
    JobName.SUBMISSIONS_RECEIVED: "Preparing submissions for reading",
    JobName.SUGGESTIONS_WANTED: "Proposing codes",
    JobName.PERSONAL_DATA_WANTED: "Looking for personal data",
    JobName.CAMPAIGNS_WANTED: "Grouping similar letters",
    JobName.GROUPS_WANTED: "Looking for groups to read",
    JobName.QUOTES_WANTED: "Suggesting quotes",
    JobName.MAIL_QUEUED: "Sending an e-mail",
    JobName.ERASURE_ORDERED: "Erasing",
    JobName.FILES_DROPPED: "Reading files",
    JobName.DOCUMENTS_UNREAD: "Reading documents",
    JobName.SPREADSHEET_GIVEN: "Checking a spreadsheet",
    JobName.SPREADSHEET_SETTLED: "Storing a spreadsheet",
}

# Where what a job made is read, for whoever may read it.
RESULTS = {
    JobName.SUGGESTIONS_WANTED: (Permission.CODE_EVIDENCE, "coding.queue", "Go to coding"),
    JobName.CAMPAIGNS_WANTED: (Permission.READ_EVIDENCE, "campaigns.index", "Go to the campaigns"),
    JobName.GROUPS_WANTED: (Permission.READ_EVIDENCE, "groups.index", "Go to the groups to read"),
    JobName.QUOTES_WANTED: (Permission.READ_THEMES, "themes.index", "Go to the themes"),
}


@blueprint.get("/<int:job_id>")
@requires(Permission.SEE_INQUIRY)
def job(inquiry_slug: str, job_id: int) -> str:
    """Show how far a job is."""
    identity = current_identity()
    found = queue.job_of(db.session(), job_id, identity.inquiry_id)
    finished = found.state in FINISHED
    may, endpoint, words = RESULTS.get(found.name, (None, "", ""))
    return render_template(
        "jobs/job.html",
        job=found,
        heading=TITLES[found.name],
        finished=finished,
        result=(url_for(endpoint, inquiry_slug=inquiry_slug), words) if may and identity.may(may) else None,
        may_stop=not finished and identity.may(Permission.REQUEST_SUGGESTIONS),
    )


@blueprint.post("/<int:job_id>/cancel")
@requires(Permission.REQUEST_SUGGESTIONS)
def cancel(inquiry_slug: str, job_id: int) -> Response:
    """Stop a job at its next step."""
    with transaction() as session:
        queue.cancel(session, job_id, inquiry_id=current_identity().inquiry_id, at=now())
    return redirect(url_for("jobs.job", inquiry_slug=inquiry_slug, job_id=job_id))
