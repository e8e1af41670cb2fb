"""Import a spreadsheet of another platform: give it, settle its columns, look at what is wrong, store it."""

import csv
import io
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response

from consult.calls.queries import call_by_id, call_of, calls_of
from consult.evidence.forms_imports import ColumnsForm, StoreForm, UploadForm, columns_form
from consult.evidence.models import Submission
from consult.evidence.queries import imports as reads
from consult.evidence.queries.checking import Source, source_of
from consult.evidence.queries.listing import Filters, matching
from consult.evidence.rules import PublicationChoice, SubmissionState
from consult.evidence.rules_desk import states_before
from consult.evidence.rules_imports import IMPORT_WORDS, ImportState
from consult.evidence.service import imports as service
from consult.evidence.service.batches import draw_batch
from consult.evidence.spreadsheets.layouts import Platform
from consult.evidence.spreadsheets.mapping import ColumnMapping, letters, signature_of
from consult.evidence.spreadsheets.reading import open_sheet
from consult.evidence.spreadsheets.rows import look_at
from consult.evidence.spreadsheets.values import short
from consult.foundation.cells import formula_safe
from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.errors import BadInput, Refused
from consult.foundation.file_keeping import ERASED
from consult.foundation.files import StoredFile, file_store
from consult.foundation.guard import current_actor, current_identity, requires
from consult.foundation.security import Permission
from consult.foundation.web import takes_up_to

blueprint = Blueprint("imports", __name__, url_prefix="/inquiries/<inquiry_slug>/imports")

LARGEST_SPREADSHEET = 200 * 1024 * 1024
SAMPLES = 3
LONGEST_SAMPLE = 90
PLATFORMS = [platform.value for platform in Platform if platform is not Platform.OTHER]


@blueprint.get("")
@requires(Permission.HANDLE_EVIDENCE)
def index(inquiry_slug: str) -> str:
    """List the spreadsheets that were given, and offer to give one."""
    return index_page(UploadForm(formdata=None))


def index_page(form: UploadForm) -> str:
    """Render the list with the form for a new spreadsheet."""
    session, inquiry_id = db.session(), current_identity().inquiry_id
    calls = calls_of(session, inquiry_id)
    if len(calls) == 1 and not form.call.data:
        form.call.data = calls[0].slug
    return render_template(
        "imports/index.html",
        form=form.offer(calls),
        calls=calls,
        imports=reads.imports_of(session, inquiry_id),
        import_words=IMPORT_WORDS,
        platforms=PLATFORMS,
        most=LARGEST_SPREADSHEET // (1024 * 1024),
    )


@blueprint.post("")
@takes_up_to(LARGEST_SPREADSHEET)
@requires(Permission.HANDLE_EVIDENCE)
def give(inquiry_slug: str) -> Response:
    """Take a spreadsheet that has headings which can be read."""
    inquiry_id = current_identity().inquiry_id
    form = UploadForm().offer(calls_of(db.session(), inquiry_id))
    if not form.validate_on_submit():
        return make_response(index_page(form), 422)
    name = PurePath(form.file.data.filename.replace("\\", "/")).name
    stored = file_store().keep(form.file.data.stream)
    try:
        look_at(open_sheet(file_store().path_of(stored.sha256), name))
    except BadInput as refusal:
        form.file.errors = [str(refusal)]
        return make_response(index_page(form), 422)
    import_id = begun(call_of(db.session(), inquiry_id, form.call.data).id, name, stored)
    return redirect(url_for("imports.show", inquiry_slug=inquiry_slug, import_id=import_id), 303)


def too_large() -> Response:
    """Say what to do about a spreadsheet that is too large."""
    page = render_template(
        "imports/too_large.html",
        most=LARGEST_SPREADSHEET // (1024 * 1024),
        inquiry_slug=(request.view_args or {}).get("inquiry_slug", ""),
    )
    return make_response(page, 413)


@blueprint.record
def tell_what_is_too_large(state: BlueprintSetupState) -> None:
    """Tell the foundation which page answers a spreadsheet that is too large."""
    state.app.extensions.setdefault("consult.on_too_much", {})[f"{blueprint.name}.give"] = too_large


def begun(call_id: int, name: str, stored: StoredFile) -> int:
    """Begin an import and return its id."""
    with transaction() as session:
        return service.begin_import(
            session,
            call_id,
            name,
            stored,
            inquiry_id=current_identity().inquiry_id,
            actor=current_actor(),
            at=now(),
        )


@blueprint.get("/<int:import_id>")
@requires(Permission.HANDLE_EVIDENCE)
def show(inquiry_slug: str, import_id: int) -> Response:
    """Show how far an import is, and what comes next."""
    found = reads.import_by_id(db.session(), current_identity().inquiry_id, import_id)
    if found.state is ImportState.COLUMNS:
        return redirect(url_for("imports.columns", inquiry_slug=inquiry_slug, import_id=import_id), 303)
    return make_response(import_page(found, StoreForm(formdata=None)))


def import_page(found: reads.ImportRead, form: StoreForm) -> str:
    """Render an import as it stands."""
    page = max(1, min(request.args.get("page", 1, type=int), 100_000))
    return render_template(
        "imports/show.html",
        found=found,
        form=form,
        page=page,
        problems=reads.problem_page(db.session(), found.id, page=page),
        import_words=IMPORT_WORDS,
    )


@blueprint.route("/<int:import_id>/columns", methods=["GET", "POST"])
@requires(Permission.HANDLE_EVIDENCE)
def columns(inquiry_slug: str, import_id: int) -> Response:
    """Ask what each column is for, beginning with what its heading says or what was settled before."""
    inquiry_id = current_identity().inquiry_id
    found = reads.import_by_id(db.session(), inquiry_id, import_id)
    here = url_for("imports.show", inquiry_slug=inquiry_slug, import_id=import_id)
    if found.at_work or found.stored or found.kept_sha256 == ERASED:
        return redirect(here, 303)
    source = source_for(found)
    of_sheet = columns_form(source.layout, source.to.questions, source.mapping)
    form = of_sheet(days="day" if source.mapping.day_first else "month", publication=found.publication.value)
    if not form.validate_on_submit():
        page = render_template(
            "imports/columns.html", found=found, form=form, source=source, samples=samples_of(source)
        )
        return make_response(page, 422 if form.is_submitted() else 200)
    settle(import_id, source, form)
    return redirect(here, 303)


def source_for(found: reads.ImportRead) -> Source:
    """Open the file of an import with its columns as they are understood so far."""
    session, store = db.session(), file_store()
    store.open(found.kept_sha256).close()  # says what to do where the file is gone
    sheet = open_sheet(store.path_of(found.kept_sha256), found.name)
    mapping = ColumnMapping.from_json(found.mapping) if found.mapping else None
    return source_of(session, sheet, call_by_id(session, found.call_id), found.publication, mapping, at=now())


def settle(import_id: int, source: Source, form: ColumnsForm) -> None:
    """Keep what the form says, and have every row checked."""
    settled = service.Settled(
        signature_of(source.layout), form.mapping(), PublicationChoice(form.publication.data)
    )
    with transaction() as session:
        service.settle_columns(
            session,
            import_id,
            settled,
            inquiry_id=current_identity().inquiry_id,
            actor=current_actor(),
            at=now(),
        )


def samples_of(source: Source) -> dict[int, list[str]]:
    """Return the first different values of each column."""
    samples: dict[int, list[str]] = {}
    for column in source.layout.columns:
        cells = (row.cells[column.index] for row in source.first if column.index < len(row.cells))
        values = dict.fromkeys(short(cell, LONGEST_SAMPLE) for cell in cells if cell.strip())
        samples[column.index] = list(values)[:SAMPLES]
    return samples


@blueprint.post("/<int:import_id>/store")
@requires(Permission.HANDLE_EVIDENCE)
def store(inquiry_slug: str, import_id: int) -> Response:
    """Have what was checked stored."""
    found = reads.import_by_id(db.session(), current_identity().inquiry_id, import_id)
    form = StoreForm()
    if found.state is ImportState.CHECKED and not form.check(found.found):
        return make_response(import_page(found, form), 422)
    act(
        service.start_storing,
        import_id,
        leave_out=bool(form.leave_out.data),
        why_late=form.why_late.data or "",
    )
    return redirect(url_for("imports.show", inquiry_slug=inquiry_slug, import_id=import_id), 303)


@blueprint.post("/<int:import_id>/go-on")
@requires(Permission.HANDLE_EVIDENCE)
def go_on(inquiry_slug: str, import_id: int) -> Response:
    """Go on with what was broken off."""
    act(service.go_on, import_id)
    return redirect(url_for("imports.show", inquiry_slug=inquiry_slug, import_id=import_id), 303)


def act(verb: Any, import_id: int, **values: Any) -> None:
    """Call a verb on an import in a transaction of its own."""
    identity = current_identity()
    with transaction() as session:
        verb(session, import_id, **values, inquiry_id=identity.inquiry_id, actor=current_actor(), at=now())


@blueprint.get("/<int:import_id>/problems.csv")
@requires(Permission.HANDLE_EVIDENCE)
def problems(inquiry_slug: str, import_id: int) -> Response:
    """Give every problem as a file, to put right beside the spreadsheet."""
    session = db.session()
    found = reads.import_by_id(session, current_identity().inquiry_id, import_id)
    response = make_response("".join(problem_lines(found.id)))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="problems-{found.id}.csv"'
    return response


def problem_lines(import_id: int) -> Iterator[str]:
    """Return the file; Excel would take it for Windows text without the mark at its beginning."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(("row", "column", "problem"))
    for each in reads.every_problem(db.session(), import_id):
        writer.writerow((each.row, each.column, formula_safe(each.message)))
    yield "\ufeff" + file.getvalue()


@blueprint.post("/<int:import_id>/take-back")
@requires(Permission.HANDLE_EVIDENCE)
def take_back(inquiry_slug: str, import_id: int) -> Response:
    """Draw a batch that puts all of an import out of scope; its preview comes before anything moves."""
    inquiry_id = current_identity().inquiry_id
    found = reads.import_by_id(db.session(), inquiry_id, import_id)
    if not found.stored:
        raise Refused("Nothing of this spreadsheet is stored, so there is nothing to take back.")
    chosen = matching(db.session(), inquiry_id, Filters(spreadsheet=found.id))
    left = chosen.where(Submission.state.in_(states_before(SubmissionState.OUT_OF_SCOPE))).limit(1)
    if db.session().scalar(left) is None:
        flash(f"All of “{found.name}” is out of scope or withdrawn already.")
        return redirect(url_for("imports.show", inquiry_slug=inquiry_slug, import_id=import_id), 303)
    with transaction() as session:
        batch_id = draw_batch(
            session,
            chosen,
            SubmissionState.OUT_OF_SCOPE,
            inquiry_id=inquiry_id,
            actor=current_actor(),
            at=now(),
        ).id
    flash(f"Nothing has moved yet. Say below why “{found.name}” is taken back.", "success")
    return redirect(url_for("inbox.batch", inquiry_slug=inquiry_slug, batch_id=batch_id), 303)


blueprint.add_app_template_filter(letters, "column_letters")
