"""The closed lists of an inquiry on one page: phases, places and respondent types."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from consult.calls import service
from consult.calls.forms import EntryForm
from consult.calls.models import Place
from consult.calls.queries import phases_of, places_of, respondent_types_of
from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.errors import BadInput, NotFound
from consult.foundation.guard import current_actor, current_identity, requires
from consult.foundation.security import Permission

blueprint = Blueprint("lists", __name__, url_prefix="/inquiries/<inquiry_slug>/lists")


@dataclass(frozen=True)
class ClosedList:
    """One list: its words, and the read and verbs behind it."""

    name: str
    title: str
    purpose: str
    one: str
    read: Callable[..., list[Any]]
    add: Callable[..., Any]
    rename: Callable[..., Any]


LISTS = {
    "phases": ClosedList(
        "phases",
        "Phases",
        "The stages of the inquiry; a call may belong to one.",
        "phase",
        phases_of,
        service.add_phase,
        service.rename_phase,
    ),
    "places": ClosedList(
        "places",
        "Places",
        "The areas that evidence may be about. A place question offers these.",
        "place",
        places_of,
        service.add_place,
        service.rename_place,
    ),
    "respondent-types": ClosedList(
        "respondent-types",
        "Respondent types",
        "The capacities in which people answer.",
        "respondent type",
        respondent_types_of,
        service.add_respondent_type,
        service.rename_respondent_type,
    ),
}


@blueprint.get("")
@requires(Permission.EDIT_CALLS)
def index(inquiry_slug: str) -> str:
    """Show the three lists."""
    return lists_page()


@blueprint.post("/<list_name>")
@requires(Permission.EDIT_CALLS)
def add(inquiry_slug: str, list_name: str) -> Response | tuple[str, int]:
    """Add an entry to a list."""
    chosen = list_called(list_name)
    form = EntryForm()
    if not form.validate():
        return lists_page(list_name, form), 422
    try:
        with transaction() as session:
            chosen.add(
                session,
                form.name.data,
                inquiry_id=current_identity().inquiry_id,
                actor=current_actor(),
                at=now(),
            )
    except BadInput as error:
        form.name.errors = [str(error)]
        return lists_page(list_name, form), 422
    flash(f"“{form.name.data}” is added.", "success")
    return to_list(list_name)


@blueprint.post("/<list_name>/<int:entry_id>")
@requires(Permission.EDIT_CALLS)
def rename(inquiry_slug: str, list_name: str, entry_id: int) -> Response | tuple[str, int]:
    """Give an entry another name."""
    chosen = list_called(list_name)
    form = EntryForm()
    if not form.validate():
        return lists_page(list_name, form, entry_id), 422
    try:
        with transaction() as session:
            chosen.rename(
                session,
                entry_id,
                form.name.data,
                inquiry_id=current_identity().inquiry_id,
                actor=current_actor(),
                at=now(),
            )
    except BadInput as error:
        form.name.errors = [str(error)]
        return lists_page(list_name, form, entry_id), 422
    flash(f"It is now called “{form.name.data}”.", "success")
    return to_list(list_name)


@blueprint.post("/places/<int:entry_id>/postcodes")
@requires(Permission.EDIT_CALLS)
def postcodes(inquiry_slug: str, entry_id: int) -> Response | tuple[str, int]:
    """Say which postcodes lie in a place."""
    typed, by = request.form.get("postcodes", ""), current_identity().inquiry_id
    try:
        with transaction() as session:
            place = service.set_postcodes(
                session, entry_id, typed, inquiry_id=by, actor=current_actor(), at=now()
            )
            count = len(place.postcodes)
    except BadInput as error:
        field = {"id": f"places-{entry_id}-postcodes", "value": typed, "error": str(error)}
        return lists_page(postcodes_refused=field), 422
    flash(f"{count} postcode areas and districts are kept for this place.", "success")
    return to_list("places")


def list_called(name: str) -> ClosedList:
    """Return a list by its place in the address."""
    if name not in LISTS:
        raise NotFound("An inquiry has no such list.")
    return LISTS[name]


def lists_page(
    refused_in: str = "",
    form: EntryForm | None = None,
    entry_id: int | None = None,
    postcodes_refused: dict[str, str] | None = None,
) -> str:
    """Return the page of lists; what was refused stands where it was typed, with the reason."""
    inquiry_id = current_identity().inquiry_id
    shown = [
        {
            "name": chosen.name,
            "title": chosen.title,
            "purpose": chosen.purpose,
            "one": chosen.one,
            "adding": field_of(f"{chosen.name}-new", form if refused_in == name and not entry_id else None),
            "entries": [
                entry_line(name, row, form if refused_in == name and entry_id == row.id else None)
                | ({"postcodes": postcodes_field(row, postcodes_refused)} if name == "places" else {})
                for row in chosen.read(db.session(), inquiry_id)
            ],
        }
        for name, chosen in LISTS.items()
    ]
    refused = f"{refused_in}-{entry_id or 'new'}"
    errors = [{"text": text, "href": f"#{refused}"} for text in form.name.errors] if form else []
    if postcodes_refused:
        errors = [{"text": postcodes_refused["error"], "href": f"#{postcodes_refused['id']}"}]
    return render_template("calls/lists.html", lists=shown, errors=errors)


def entry_line(list_name: str, row: Any, form: EntryForm | None) -> dict[str, Any]:
    """Return an entry with the field in which it is renamed."""
    words = row.title if list_name == "phases" else row.name
    field = field_of(f"{list_name}-{row.id}", form)
    return {
        "id": row.id,
        "words": words,
        "slug": row.slug,
        "field": {**field, "value": field["value"] or words},
    }


def postcodes_field(place: Place, refused: dict[str, str] | None) -> dict[str, str]:
    """Return the field with the postcodes of a place; where they were refused, what was typed and why."""
    field = {"id": f"places-{place.id}-postcodes", "value": " ".join(place.postcodes), "error": ""}
    return refused if refused and refused["id"] == field["id"] else field


def field_of(field_id: str, form: EntryForm | None) -> dict[str, Any]:
    """Return a field ready to print; with the form that was refused, what was typed and why."""
    return {
        "id": field_id,
        "value": form.name.data if form else "",
        "error": " ".join(form.name.errors) if form else "",
    }


def to_list(list_name: str) -> Response:
    """Send the member back to a list."""
    inquiry_slug = current_identity().inquiry_slug
    return redirect(url_for("lists.index", inquiry_slug=inquiry_slug, _anchor=list_name))
