"""What its writer is told of the publication of a submission."""

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.calls.models import Inquiry
from consult.evidence.became import Fate, tells_what_became
from consult.evidence.models import Submission
from consult.foundation.language import _
from consult.publication.models import PublishedSubmission
from consult.publication.queries import on_show


@tells_what_became
def published(session: Session, submission_id: int) -> list[Fate]:
    """Tell where it can be read, if readers outside have it."""
    row = session.execute(
        select(Submission.reference, Inquiry.slug)
        .join(Inquiry, Inquiry.id == Submission.inquiry_id)
        .join(PublishedSubmission, PublishedSubmission.submission_id == Submission.id)
        .where(Submission.id == submission_id, *on_show())
        .limit(1)
    ).one_or_none()
    if row is None:
        return [Fate(_("Your evidence is not published."))]
    address = url_for("published.evidence", inquiry_slug=row.slug, reference=row.reference)
    return [Fate(_("Your evidence is published as %(reference)s", reference=row.reference), address)]
