"""The reading room: the list of submissions, and one submission to read."""

from typing import Any

from flask import Blueprint, flash, g, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from consult.calls.queries import calls_of, places_of, respondent_types_of
from consult.evidence import queries, service
from consult.evidence.forms import FilterForm, PublicationForm, StateForm
from consult.evidence.queries.campaigns import campaign_of
from consult.evidence.rules import (
    CHANNEL_WORDS,
    PUBLICATION_WORDS,
    STATE_WORDS,
    Channel,
    PublicationChoice,
    SubmissionState,
)
from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.guard import current_actor, current_identity, requires
from consult.foundation.panels import Fact, Step, link, next_steps, panel
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
    form = filter_form(session, inquiry_id)
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


def filter_form(session: Session, inquiry_id: int) -> FilterForm:
    """Return the filters as they stand in the address."""
    return FilterForm(formdata=request.args).offer(
        respondent_types_of(session, inquiry_id),
        places_of(session, inquiry_id),
        calls_of(session, inquiry_id),
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
    form = StateForm(formdata=None)
    return submission_page(reference, form)


@blueprint.post("/<reference>/state")
@requires(Permission.HANDLE_EVIDENCE)
def change_state(inquiry_slug: str, reference: str) -> Response:
    """Accept a submission or put it out of scope."""
    form = StateForm()
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
        return make_response(submission_page(reference, StateForm(formdata=None), form), 422)
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


def submission_page(reference: str, form: StateForm, choice: PublicationForm | None = None) -> str:
    """Render a submission, with the clerk's forms as they stand."""
    session, identity = db.session(), current_identity()
    found = queries.submission_by_reference(session, identity.inquiry_id, reference, with_passages=False)
    return render_template(
        "evidence/submission.html",
        submission=found,
        facts=facts_of(found) + declared_in(session, found.id),
        confidences=queries.confidences_of(session, found.id),
        publication_words=PUBLICATION_WORDS,
        closed=[answer for answer in found.answers if not answer.text],
        written=[answer for answer in found.answers if answer.text],
        form=form if identity.may(Permission.HANDLE_EVIDENCE) else None,
        choice=choice or PublicationForm(formdata=None).offer(found.channel, found.publication),
        neighbours=queries.neighbours_of(session, identity.inquiry_id, found.id),
        changed=queries.last_state_change(session, identity.inquiry_id, found.id),
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
        ("Received", as_time(found.sent_at)),
        ("Arrived", CHANNEL_WORDS[found.channel]),
    ]
    return [(name, value) for name, value in facts if value]


@panel("Evidence", Permission.READ_EVIDENCE)
def arrived(session: Session, inquiry_id: int) -> list[Fact]:
    """Tell how much there is to read."""
    counts = queries.counts_by_state(session, inquiry_id)
    total = sum(counts.values())
    by_state = [
        Fact(words, counts[state], "evidence.reading_room", {"state": state.value})
        for state, words in (
            (SubmissionState.NEW, "not yet looked at by a clerk"),
            (SubmissionState.OUT_OF_SCOPE, "out of scope"),
        )
        if counts.get(state)
    ]
    words = "submission received" if total == 1 else "submissions received"
    return [Fact(words, total, "evidence.reading_room"), *by_state]


@next_steps(Permission.HANDLE_EVIDENCE)
def look_at_new(session: Session, inquiry_id: int) -> list[Step]:
    """Offer the clerk what has arrived."""
    new = queries.counts_by_state(session, inquiry_id).get(SubmissionState.NEW, 0)
    words = "Look at the new submissions" if new > 1 else "Look at the new submission"
    return [Step(words, "evidence.reading_room", {"state": SubmissionState.NEW.value})] if new else []
