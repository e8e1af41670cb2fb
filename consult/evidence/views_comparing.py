"""Two submissions side by side, to decide whether one is the other sent again."""

from flask import Blueprint, render_template

from consult.evidence.queries.comparing import compared
from consult.evidence.rules import CHANNEL_WORDS, PUBLICATION_WORDS, STATE_WORDS, SubmissionState
from consult.evidence.rules_alike import side_by_side
from consult.evidence.rules_desk import may_move
from consult.foundation.database import db
from consult.foundation.guard import current_identity, requires
from consult.foundation.security import Permission

blueprint = Blueprint("comparing", __name__, url_prefix="/inquiries/<inquiry_slug>/inbox/compare")


@blueprint.get("/<reference>/<other>")
@requires(Permission.HANDLE_EVIDENCE)
def compare(inquiry_slug: str, reference: str, other: str) -> str:
    """Show a submission beside one that it resembles, with what the clerk may make of it."""
    session, inquiry_id = db.session(), current_identity().inquiry_id
    earlier, later = compared(session, inquiry_id, other), compared(session, inquiry_id, reference)
    pairs = side_by_side(earlier.paragraphs, later.paragraphs)
    return render_template(
        "inbox/compare.html",
        earlier=earlier,
        later=later,
        pairs=pairs,
        same=sum(pair.same for pair in pairs),
        may_accept=may_move(later.state, SubmissionState.ACCEPTED),
        may_leave_out=may_move(later.state, SubmissionState.OUT_OF_SCOPE),
        state_words=STATE_WORDS,
        channel_words=CHANNEL_WORDS,
        publication_words=PUBLICATION_WORDS,
    )
