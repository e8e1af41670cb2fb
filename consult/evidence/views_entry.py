"""Enter evidence for somebody who wrote on paper or by e-mail, rang, or spoke at an event."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from consult.calls.models import Call
from consult.calls.queries import call_of, calls_of, places_of, respondent_types_of
from consult.evidence.forms_entry import BeginForm, EntryForm, SessionForm, entry_form
from consult.evidence.queries.desk import SessionRead, session_by_id, sessions_of
from consult.evidence.rules import CHANNEL_WORDS, STATE_WORDS, Channel
from consult.evidence.service import receive_submission
from consult.evidence.service.sessions import add_event_session
from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.errors import BadInput, Refused
from consult.foundation.guard import current_actor, current_identity, requires
from consult.foundation.security import Permission
from consult.foundation.web import LARGEST_ID, LONDON

blueprint = Blueprint("entry", __name__, url_prefix="/inquiries/<inquiry_slug>/enter")

WHO_GAVE = {
    Channel.PAPER: "Who wrote it",
    Channel.EMAIL: "Who wrote it",
    Channel.TELEPHONE: "Who rang",
    Channel.EVENT: "Who spoke",
}


@blueprint.route("", methods=["GET", "POST"])
@requires(Permission.HANDLE_EVIDENCE)
def begin(inquiry_slug: str) -> Response:
    """Ask how the evidence came and which call it answers."""
    calls = calls_of(db.session(), current_identity().inquiry_id)
    form = BeginForm(call=calls[0].slug if len(calls) == 1 else None)
    form.call.choices = [(call.slug, call.title) for call in calls]
    if not form.validate_on_submit():
        page = render_template("entry/begin.html", form=form, calls=calls)
        return make_response(page, 422 if form.is_submitted() else 200)
    endpoint = "entry.sessions" if form.channel.data == Channel.EVENT else "entry.write"
    values = (
        {"call": form.call.data}
        if endpoint == "entry.sessions"
        else {
            "call_slug": form.call.data,
            "channel": form.channel.data,
        }
    )
    return redirect(url_for(endpoint, inquiry_slug=inquiry_slug, **values), 303)


@blueprint.route("/sessions", methods=["GET", "POST"])
@requires(Permission.HANDLE_EVIDENCE)
def sessions(inquiry_slug: str) -> Response:
    """Choose the session at which somebody spoke, or add it."""
    inquiry_id = current_identity().inquiry_id
    call = call_of(db.session(), inquiry_id, request.args.get("call", ""))
    form = SessionForm().offer(places_of(db.session(), inquiry_id))
    if not form.validate_on_submit():
        page = render_template(
            "entry/sessions.html", form=form, call=call, sessions=sessions_of(db.session(), inquiry_id)
        )
        return make_response(page, 422 if form.is_submitted() else 200)
    call_slug = call.slug
    meeting = form.meeting()
    with transaction() as session:
        added = add_event_session(session, meeting, inquiry_id=inquiry_id, actor=current_actor(), at=now()).id
    onward = url_for(
        "entry.write", inquiry_slug=inquiry_slug, call_slug=call_slug, channel="event", session=added
    )
    return redirect(onward, 303)


@blueprint.route("/<call_slug>/<any(paper, email, telephone, event):channel>", methods=["GET", "POST"])
@requires(Permission.HANDLE_EVIDENCE)
def write(inquiry_slug: str, call_slug: str, channel: str) -> Response:
    """Enter what somebody gave; whatever is wrong, what was typed stays on the page."""
    inquiry_id = current_identity().inquiry_id
    call = call_of(db.session(), inquiry_id, call_slug)
    meeting = meeting_given(inquiry_id) if channel == Channel.EVENT else None
    form = entry_form(call, Channel(channel))(data=to_begin_with(meeting))
    form.offer(respondent_types_of(db.session(), inquiry_id), places_of(db.session(), inquiry_id))
    if not form.validate_on_submit():
        return entry_page(form, call, meeting, 422 if form.is_submitted() else 200)
    given = form.given(current_identity().user_id, meeting.id if meeting else None)
    try:
        with transaction() as session:
            stored = receive_submission(
                session, given, inquiry_id=inquiry_id, actor=current_actor(), at=now()
            )
            reference, state = stored.reference, stored.state
    except (BadInput, Refused) as refusal:
        form.whole.errors = [str(refusal)]
        call = call_of(db.session(), inquiry_id, call_slug)
        return entry_page(form, call, meeting, 422)
    flash(f"{reference} is stored: {STATE_WORDS[state].lower()}.", "success")
    if request.form.get("then") == "another":
        return redirect(request.full_path.rstrip("?"), 303)
    return redirect(url_for("evidence.submission", inquiry_slug=inquiry_slug, reference=reference), 303)


def meeting_given(inquiry_id: int) -> SessionRead:
    """Return the session that the address names; NotFound for none, or another inquiry's."""
    given = request.args.get("session", type=int) or 0
    return session_by_id(db.session(), inquiry_id, given if 0 < given <= LARGEST_ID else 0)


def to_begin_with(meeting: SessionRead | None) -> dict[str, object]:
    """Return what stands in the form at first: what is said at a session is received on its day."""
    if meeting is None:
        return {"received_on": now().astimezone(LONDON).date(), "language": "en"}
    return {
        "received_on": meeting.held_on,
        "place": str(meeting.place_id or ""),
        "choice_known": f"Said at the session “{meeting.name}”.",
        "language": "en",
    }


def entry_page(form: EntryForm, call: Call, meeting: SessionRead | None, status: int) -> Response:
    """Render the form of one piece of evidence."""
    channel = form.channel
    page = render_template(
        "entry/write.html",
        form=form,
        call=call,
        channel=channel,
        channel_words=CHANNEL_WORDS,
        who=WHO_GAVE[channel],
        meeting=meeting,
    )
    return make_response(page, status)
