"""When a published call opens and closes: extend it, close it, its grace, its opening."""

from collections.abc import Callable
from typing import Any

from flask import flash, render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from consult.calls import service
from consult.calls.closing import closing_policy
from consult.calls.forms import CloseForm, ExtendForm, GraceForm, OpeningForm, moment
from consult.calls.listing import call_line
from consult.calls.models import Call
from consult.calls.queries import call_of
from consult.calls.rules import CallState, Openness, openness
from consult.calls.uses import is_answered
from consult.calls.views_editor import USUAL_CLOSING, blueprint, to_call
from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.errors import BadInput, Refused
from consult.foundation.guard import acting, current_identity, requires
from consult.foundation.security import Permission
from consult.foundation.web import LONDON

__all__ = ["blueprint"]

Verb = Callable[[Session], object]


@blueprint.get("/calls/<call_slug>/closing")
@requires(Permission.EDIT_CALLS)
def closing(inquiry_slug: str, call_slug: str) -> str:
    """Offer to extend, reopen or close a published call, and to change its grace and its opening."""
    return closing_page(found_call(call_slug))


@blueprint.post("/calls/<call_slug>/extend")
@requires(Permission.EDIT_CALLS)
def extend(inquiry_slug: str, call_slug: str) -> Response | tuple[str, int]:
    """Set a later closing date."""
    found, form = found_call(call_slug), ExtendForm()
    if not form.validate():
        return closing_page(found, extend=form), 422
    until, why = moment(form.closes_day.data, form.closes_time.data), form.why.data or ""

    def verb(session: Session) -> object:
        return service.extend_call(session, found.id, until, why=why, **acting())

    return done(verb, form.closes_day, "The closing date is changed.", call_slug, extend=form)


@blueprint.post("/calls/<call_slug>/close")
@requires(Permission.EDIT_CALLS)
def close(inquiry_slug: str, call_slug: str) -> Response | tuple[str, int]:
    """Take no more evidence from now on."""
    found, form = found_call(call_slug), CloseForm()
    if not form.validate():
        return closing_page(found, close=form), 422
    with transaction() as session:
        service.close_call(session, found.id, why=form.close_why.data or "", **acting())
    flash("The call is closed. Nobody can send evidence to it now.", "success")
    return to_call(call_slug)


@blueprint.post("/calls/<call_slug>/grace")
@requires(Permission.EDIT_CALLS)
def grace(inquiry_slug: str, call_slug: str) -> Response | tuple[str, int]:
    """Let drafts be sent for longer after closing."""
    found, form = found_call(call_slug), GraceForm()
    if not form.validate():
        return closing_page(found, grace=form), 422
    minutes, why = form.minutes.data or 0, form.grace_why.data or ""

    def verb(session: Session) -> object:
        return service.set_grace(session, found.id, minutes, why=why, **acting())

    return done(verb, form.minutes, "The grace is changed.", call_slug, grace=form)


@blueprint.post("/calls/<call_slug>/opening")
@requires(Permission.EDIT_CALLS)
def opening(inquiry_slug: str, call_slug: str) -> Response | tuple[str, int]:
    """Let a published call that nobody has begun to answer open at another moment."""
    found, form = found_call(call_slug), OpeningForm()
    if not form.validate():
        return closing_page(found, opening=form), 422
    opens_at, why = moment(form.opens_day.data, form.opens_time.data), form.opens_why.data or ""

    def verb(session: Session) -> object:
        return service.move_opening(session, found.id, opens_at, why=why, **acting())

    return done(verb, form.opens_day, "The opening is changed.", call_slug, opening=form)


def done(verb: Verb, field: Any, said: str, call_slug: str, **forms: Any) -> Response | tuple[str, int]:
    """Call a verb and go back to the call, or show beside a field why it was refused."""
    try:
        with transaction() as session:
            verb(session)
    except (BadInput, Refused) as error:
        field.errors = [str(error)]
        return closing_page(found_call(call_slug), **forms), 422
    flash(said, "success")
    return to_call(call_slug)


def found_call(call_slug: str) -> Call:
    """Return the call that the address names."""
    return call_of(db.session(), current_identity().inquiry_id, call_slug)


def closing_page(
    found: Call,
    *,
    extend: ExtendForm | None = None,
    close: CloseForm | None = None,
    grace: GraceForm | None = None,
    opening: OpeningForm | None = None,
) -> str:
    """Return the page with the forms as they were sent, the others as the call stands."""
    opens = found.opens_at.astimezone(LONDON)
    day = {"opens_day": opens.date(), "opens_time": opens.time()}
    published = found.state is CallState.PUBLISHED
    standing = openness(found.state, found.opens_at, found.closes_at, now(), found.grace_minutes)
    return render_template(
        "calls/closing.html",
        call=found,
        line=call_line(found, current_identity(), now()),
        policy=closing_policy(found),
        extend_form=extend or ExtendForm(formdata=None, data={"closes_time": USUAL_CLOSING}),
        close_form=close or CloseForm(formdata=None),
        grace_form=grace or GraceForm(formdata=None, data={"minutes": found.grace_minutes}),
        opening_form=opening or OpeningForm(formdata=None, data=day),
        may_set_grace=standing is not Openness.CLOSED,
        may_move_opening=published and not is_answered(db.session(), found.id),
    )
