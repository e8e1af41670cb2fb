"""The reading room: the list of submissions, and one submission to read."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, g, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from consult.evidence import queries, service
from consult.evidence.forms import PublicationForm, StateForm, offered_filters
from consult.evidence.queries import desk
from consult.evidence.queries.campaigns import campaign_of
from consult.evidence.queries.paragraphs import mapped_numbers, open_proposals
from consult.evidence.queries.withdrawal import request_waiting
from consult.evidence.rules import (
    CHANNEL_WORDS,
    PUBLICATION_WORDS,
    STATE_WORDS,
    Channel,
    PublicationChoice,
    SubmissionState,
)
from consult.evidence.rules_desk import ENTERED_CHANNELS, MARK_WORDS
from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.guard import current_actor, current_identity, requires
from consult.foundation.panels import Fact, link, panel
from consult.foundation.security import Permission
from consult.foundation.web import LARGEST_ID, as_time

blueprint = Blueprint("evidence", __name__, url_prefix="/inquiries/<inquiry_slug>/evidence")

WHY_WITHHELD = {
    Channel.WEB: "Its writer asked for this.",
    Channel.IMPORTED: "It came from a file, which does not tell what its writer agreed to.",
}
DECLARED = {
    "on_behalf_of": "On behalf of",
    "role": "Role",
    "interests": "Interests",
    "funding": "Funding",
}
AS_TOLD = "So it was recorded when it was entered."


@blueprint.get("")
@requires(Permission.READ_EVIDENCE)
def reading_room(inquiry_slug: str) -> str:
    """List the submissions that were asked for, newest first."""
    session, inquiry_id = db.session(), current_identity().inquiry_id
    form = offered_filters(session, inquiry_id, request.args)
    form.validate()
    filters = form.filters()
    page = queries.entry_page(session, inquiry_id, filters, **place_given())
    asked: dict[str, Any] = {
        name: value for name, value in request.args.items() if value and name in form.data
    }
    return render_template(
        "evidence/reading_room.html",
        form=form,
        filters=filters,
        page=page,
        newer=page_link(asked, after=page.newer_than),
        older=page_link(asked, before=page.older_than),
        from_the_top=url_for("evidence.reading_room", inquiry_slug=inquiry_slug, **asked),
        overview=link("calls.overview", {}, current_identity()),
        publication_words=PUBLICATION_WORDS,
        state_words=STATE_WORDS,
    )


def place_given() -> dict[str, int | None]:
    """Return the ids between which to list, where the address has any that a database can compare with."""
    given = {name: request.args.get(name, type=int) for name in ("before", "after")}
    return {name: value if value and 0 < value <= LARGEST_ID else None for name, value in given.items()}


def page_link(asked: dict[str, Any], **place: Any) -> str:
    """Return the address of a neighbouring page, or nothing when there is none."""
    if not any(place.values()):
        return ""
    return url_for("evidence.reading_room", inquiry_slug=g.identity.inquiry_slug, **asked, **place)


@blueprint.get("/<reference>")
@requires(Permission.READ_EVIDENCE)
def submission(inquiry_slug: str, reference: str) -> str:
    """Show one submission with its numbered paragraphs."""
    return submission_page(reference)


@blueprint.post("/<reference>/state")
@requires(Permission.HANDLE_EVIDENCE)
def change_state(inquiry_slug: str, reference: str) -> Response:
    """Accept a submission or put it out of scope."""
    found = queries.submission_by_reference(
        db.session(), current_identity().inquiry_id, reference, with_passages=False
    )
    form = state_form(found, StateForm())
    if not form.validate_on_submit():
        return make_response(submission_page(reference, form), 422)
    state = SubmissionState(form.state.data)
    with transaction() as session:
        service.change_state(
            session,
            reference,
            state,
            why=form.why.data or "",
            inquiry_id=current_identity().inquiry_id,
            actor=current_actor(),
            at=now(),
        )
    flash(f"{reference}: {STATE_WORDS[state].lower()}.", "success")
    return redirect(url_for("evidence.submission", inquiry_slug=inquiry_slug, reference=reference))


@blueprint.post("/<reference>/publication")
@requires(Permission.HANDLE_EVIDENCE)
def record_choice(inquiry_slug: str, reference: str) -> Response:
    """Record what a respondent agreed to elsewhere than here."""
    identity = current_identity()
    found = queries.submission_by_reference(db.session(), identity.inquiry_id, reference, with_passages=False)
    form = PublicationForm().offer(found.channel, found.publication)
    if not form.validate_on_submit():
        return make_response(submission_page(reference, choice=form), 422)
    choice = PublicationChoice(form.publication.data)
    with transaction() as session:
        service.record_publication_choice(
            session,
            reference,
            choice,
            why=form.how_known.data or "",
            inquiry_id=identity.inquiry_id,
            actor=current_actor(),
            at=now(),
        )
    flash(f"{reference}: {PUBLICATION_WORDS[choice].lower()}.", "success")
    return redirect(url_for("evidence.submission", inquiry_slug=inquiry_slug, reference=reference))


def state_form(found: queries.SubmissionRead, form: StateForm) -> StateForm:
    """Offer the moves that there are for a submission."""
    late = service.unexplained_late(db.session(), found.id)
    return form.offer(found.state, unexplained_late=late)


def submission_page(
    reference: str, form: StateForm | None = None, choice: PublicationForm | None = None
) -> str:
    """Render a submission, with the clerk's forms as they stand."""
    session, identity = db.session(), current_identity()
    found = queries.submission_by_reference(session, identity.inquiry_id, reference, with_passages=False)
    return render_template(
        "evidence/submission.html",
        submission=found,
        facts=facts_of(found) + came_by(session, found.id) + declared_in(session, found.id),
        confidences=queries.confidences_of(session, found.id),
        publication_words=PUBLICATION_WORDS,
        closed=[answer for answer in found.answers if not answer.text],
        written=[answer for answer in found.answers if answer.text],
        form=(form or state_form(found, StateForm(formdata=None)))
        if identity.may(Permission.HANDLE_EVIDENCE)
        else None,
        open_proposals=open_proposals(session, found.id),
        mapped=mapped_numbers(session, found.id),
        may_handle=identity.may(Permission.HANDLE_EVIDENCE),
        choice=choice or PublicationForm(formdata=None).offer(found.channel, found.publication),
        neighbours=queries.neighbours_of(session, identity.inquiry_id, found.id),
        history=desk.history_of(session, found.id),
        wish=request_waiting(session, found.id),
        marks=desk.marks_of(session, [found.id]).get(found.id, ()),
        mark_words=MARK_WORDS,
        state_words=STATE_WORDS,
        withheld=found.publication is PublicationChoice.NOT_PUBLISHED,
        why_withheld=WHY_WITHHELD.get(found.channel, AS_TOLD),
        nameless=found.publication is PublicationChoice.WITHOUT_NAME,
        campaign=campaign_of(session, found.id),
        coding_link=link("coding.screen", {"reference": reference}, identity),
    )


def declared_in(session: Session, submission_id: int) -> list[tuple[str, str]]:
    """Return what a respondent declared, by name."""
    declared = queries.declaration_of(session, submission_id)
    said = [(words, getattr(declared, name, "")) for name, words in DECLARED.items()]
    return [(words, text) for words, text in said if text]


def came_by(session: Session, submission_id: int) -> list[tuple[str, str]]:
    """Return how evidence came that a clerk entered for somebody."""
    came = desk.provenance_of(session, submission_id)
    if came is None:
        return []
    facts = [("Received on", in_full(came.received_on))]
    if came.event_session:
        meeting = came.event_session
        place = meeting.place.name if meeting.place else ""
        where = ", ".join(part for part in (meeting.venue, place) if part)
        facts += [("Said at", f"{meeting.name}, {in_full(meeting.held_on)}"), ("Where", where)]
    facts += [("Choice known by", came.choice_known), ("Clerk’s note", came.note)]
    return [(name, value) for name, value in facts if value]


def in_full(day: date) -> str:
    """Return a day as people write it."""
    return f"{day.day} {day:%B %Y}"


def facts_of(found: queries.SubmissionRead) -> list[tuple[str, str]]:
    """Return what is known of a submission, in the order in which a reader asks."""
    facts: list[tuple[str, Any]] = [
        ("Name", found.name),
        ("Organisation", found.organisation),
        ("Respondent type", found.respondent_type or "Not given"),
        ("Place", found.place or "Not given"),
        ("Call", found.call_title),
        ("Publication", PUBLICATION_WORDS[found.publication]),
        ("Length", f"{found.word_count:,} words"),
        ("Stored", as_time(found.sent_at))
        if found.channel in ENTERED_CHANNELS
        else ("Received", as_time(found.sent_at)),
        ("Arrived", CHANNEL_WORDS[found.channel]),
    ]
    return [(name, value) for name, value in facts if value]


@panel("Evidence", Permission.READ_EVIDENCE)
def arrived(session: Session, inquiry_id: int) -> list[Fact]:
    """Tell how much there is to read."""
    counts = queries.counts_by_state(session, inquiry_id)
    total = sum(counts.values())
    outside = [
        Fact(STATE_WORDS[state].lower(), counts[state], "evidence.reading_room", {"state": state.value})
        for state in (SubmissionState.OUT_OF_SCOPE, SubmissionState.WITHDRAWN)
        if counts.get(state)
    ]
    words = "submission received" if total == 1 else "submissions received"
    return [Fact(words, total, "evidence.reading_room"), *outside]
