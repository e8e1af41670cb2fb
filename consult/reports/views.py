"""The page from which records are downloaded."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from typing import IO

from flask import Blueprint, Response, make_response, render_template, stream_with_context

from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.guard import current_actor, current_identity, requires
from consult.foundation.security import Permission
from consult.publication.queries import unread_count
from consult.publication.rules import Clearance
from consult.reports.forms import CLEARANCES, EXPORTS, ExportForm
from consult.reports.rules import Export
from consult.reports.service import record_export
from consult.reports.writing import Order, write_csv

blueprint = Blueprint("reports", __name__, url_prefix="/inquiries/<inquiry_slug>/records")
# What fits is kept in memory on its way out; the rest waits in a file that ends with the download.
IN_MEMORY = 4 * 1024 * 1024
PIECE = 64 * 1024


@blueprint.get("")
@requires(Permission.EXPORT_RECORDS)
def records(inquiry_slug: str) -> str:
    """Show what can be downloaded."""
    return records_page(ExportForm())


@blueprint.post("")
@requires(Permission.EXPORT_RECORDS)
def download(inquiry_slug: str) -> Response:
    """Send one file; it is written and checked to its end before its first byte leaves."""
    form = ExportForm()
    if not form.validate():
        return make_response(records_page(form), 422)
    order = Order(Export(form.export.data), current_identity().inquiry_id, Clearance(form.clearance.data))
    with ExitStack() as opened:
        file = opened.enter_context(tempfile.SpooledTemporaryFile(IN_MEMORY))
        written = write_csv(db.session(), order, file)
        with transaction() as session:
            record_export(session, order, written, actor=current_actor(), at=now())
        opened.pop_all()  # from here on the response closes it
    name = f"{inquiry_slug}-{order.export}-{order.clearance}.csv"
    response = Response(stream_with_context(pieces(file)), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """Yield a file from its start, then close it."""
    with file:
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


def records_page(form: ExportForm) -> str:
    """Show the form, with what was chosen and what is missing."""
    return render_template(
        "reports/records.html",
        form=form,
        exports=EXPORTS,
        clearances=CLEARANCES,
        unread=unread_count(db.session(), current_identity().inquiry_id),
        errors=[(name, messages[0]) for name, messages in form.errors.items()],
    )
