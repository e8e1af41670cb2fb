"""Add, change, move and remove the sections of a call."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from consult.calls import service
from consult.calls.forms import show_problems
from consult.calls.models import Call, Section
from consult.calls.queries import call_of
from consult.calls.question_forms import SectionForm
from consult.calls.rules import CallState
from consult.foundation.database import db, transaction
from consult.foundation.errors import BadInput, NotFound, Refused
from consult.foundation.guard import acting, current_identity, requires
from consult.foundation.security import Permission

blueprint = Blueprint("sections", __name__, url_prefix="/inquiries/<inquiry_slug>/calls/<call_slug>/sections")


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.EDIT_CALLS)
def new(inquiry_slug: str, call_slug: str) -> Response | tuple[str, int]:
    """Write a section."""
    found = call_here(call_slug)
    if found.state is not CallState.DRAFT:
        raise Refused("This call is published: no section can be added to it.")

    def add(session: Session, form: SectionForm, by: dict[str, Any]) -> None:
        service.add_section(session, *form.words, call_id=found.id, **by)

    return written(SectionForm(), found, None, add)


@blueprint.route("/<int:section_id>", methods=["GET", "POST"])
@requires(Permission.EDIT_CALLS)
def section(inquiry_slug: str, call_slug: str, section_id: int) -> Response | tuple[str, int]:
    """Change the words of a section."""
    found = call_here(call_slug)
    row = section_in(found, section_id)

    def edit(session: Session, form: SectionForm, by: dict[str, Any]) -> None:
        service.edit_section(session, section_id, *form.words, **by)

    form = SectionForm(data={"title": row.title, "introduction": row.introduction})
    return written(form, found, row, edit)


@blueprint.post("/<int:section_id>/move")
@requires(Permission.EDIT_CALLS)
def move(inquiry_slug: str, call_slug: str, section_id: int) -> Response:
    """Move a section past its neighbour, questions and all."""
    section_in(call_here(call_slug), section_id)
    try:
        with transaction() as session:
            service.move_section(
                session, section_id, "up" if request.form.get("towards") == "up" else "down", **acting()
            )
    except Refused as error:
        flash(str(error), "error")
    return to_sections(call_slug)


@blueprint.post("/<int:section_id>/remove")
@requires(Permission.EDIT_CALLS)
def remove(inquiry_slug: str, call_slug: str, section_id: int) -> Response:
    """Take a heading away; its questions stay."""
    title = section_in(call_here(call_slug), section_id).title
    with transaction() as session:
        service.remove_section(session, section_id, **acting())
    flash(f"The heading “{title}” is removed. Its questions stay.", "success")
    return to_sections(call_slug)


def written(
    form: SectionForm, found: Call, row: Section | None, save: Callable[[Session, SectionForm, Any], None]
) -> Response | tuple[str, int]:
    """Save what a valid form holds, or return the page on which a section is written."""
    call_slug = found.slug
    values = {"call": found, "section": row, "published": found.state is not CallState.DRAFT}
    if form.validate_on_submit():
        try:
            with transaction() as session:
                save(session, form, acting())
        except BadInput as error:
            show_problems(form, {"introduction": str(error)})
            found = call_here(call_slug)
            values |= {"call": found, "section": section_in(found, row.id) if row else None}
        else:
            flash("The section is saved.", "success")
            return to_sections(call_slug)
    return render_template("calls/section.html", form=form, **values), 422 if form.errors else 200


def call_here(call_slug: str) -> Call:
    """Return the call of the address."""
    return call_of(db.session(), current_identity().inquiry_id, call_slug)


def section_in(call: Call, section_id: int) -> Section:
    """Return a section of a loaded call; NotFound for any other."""
    for section in call.sections:
        if section.id == section_id:
            return section
    raise NotFound("There is no such section in this call.")


def to_sections(call_slug: str) -> Response:
    """Send the member to the questions of the call."""
    inquiry_slug = current_identity().inquiry_slug
    return redirect(
        url_for("call_editor.call", inquiry_slug=inquiry_slug, call_slug=call_slug, _anchor="questions")
    )
