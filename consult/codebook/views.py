"""Pages of the codebook."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from consult.codebook import service
from consult.codebook.forms import CodeForm, SheetForm
from consult.codebook.queries import CodeEntry, code_by_slug, codes_of, history_of, newest_version
from consult.codebook.queries_groups import GroupShown, examples_for_code, group_of, offered_groups
from consult.codebook.rules_groups import GroupVerdict, SearchedIn, draft_of_code
from consult.codebook.sheets import read_csv
from consult.codebook.uses import codings_by_code, link_to_codings
from consult.foundation.database import db, transaction
from consult.foundation.errors import BadInput, Refused
from consult.foundation.guard import acting, current_identity, requires
from consult.foundation.panels import Fact, panel
from consult.foundation.security import Permission

blueprint = Blueprint("codebook", __name__, url_prefix="/inquiries/<inquiry_slug>/codebook")

STEPS = {"up": -1, "down": 1}
LARGEST_ID = 2**31 - 1


@blueprint.get("")
@requires(Permission.READ_CODEBOOK)
def tree(inquiry_slug: str) -> str:
    """Show every code in its place."""
    session, identity = db.session(), current_identity()
    codes = codes_of(session, identity.inquiry_id)
    counts = codings_by_code(session, identity.inquiry_id)

    def rows(*, active: bool) -> list[dict[str, Any]]:
        return [
            {"code": code, "count": counts.get(code.id, 0), "codings": link_to_codings(identity, code.slug)}
            for code in codes
            if code.active is active
        ]

    return render_template(
        "codebook/tree.html",
        active=rows(active=True),
        retired=rows(active=False),
        version=newest_version(session, identity.inquiry_id),
        may_edit=identity.may(Permission.EDIT_CODEBOOK),
        reads_evidence=identity.may(Permission.READ_EVIDENCE),
        waiting=offered_groups(session, identity.inquiry_id, SearchedIn.UNCOVERED).count,
    )


@blueprint.get("/codes/<code_slug>")
@requires(Permission.READ_CODEBOOK)
def code(inquiry_slug: str, code_slug: str) -> str:
    """Show one code: what it means, how often it is applied, what became of it."""
    session, identity = db.session(), current_identity()
    codes = codes_of(session, identity.inquiry_id)
    entry = code_by_slug(session, identity.inquiry_id, code_slug)
    beside = [c.id for c in codes if c.parent_id == entry.parent_id and c.active]
    return render_template(
        "codebook/code.html",
        code=entry,
        parent=next((c for c in codes if c.id == entry.parent_id), None),
        beneath=[c for c in codes if c.parent_id == entry.id and c.active],
        first=beside[:1] == [entry.id],
        last=beside[-1:] == [entry.id],
        count=codings_by_code(session, identity.inquiry_id).get(entry.id, 0),
        codings=link_to_codings(identity, entry.slug),
        history=history_of(session, identity.inquiry_id, entry.id),
        may_edit=identity.may(Permission.EDIT_CODEBOOK),
    )


@blueprint.route("/add", methods=["GET", "POST"])
@requires(Permission.EDIT_CODEBOOK)
def add(inquiry_slug: str) -> Response | str:
    """Write a new code, perhaps beginning with what a group of passages holds."""
    codes = codes_of(db.session(), current_identity().inquiry_id)
    form = CodeForm(parent=request.args.get("beneath", "")).offer(codes)
    group = group_asked_for()
    if not form.validate_on_submit():
        if group and request.method == "GET":
            form.begin(draft_of_code(group.phrases, examples_for_code(db.session(), group.id)))
        return editor(form, "Add a code", group=group)
    try:
        with transaction() as session:
            made = service.add_code(session, form.text, parent_id=parent_id(form, codes), **acting())
            if group:
                service.decide_group(session, group.id, GroupVerdict.CODE, code_id=made.id, **acting())
            slug, name = made.slug, made.name
    except Refused as refused:
        return editor(form, "Add a code", str(refused), group=group)
    flash(f"“{name}” is in the codebook.", "success")
    return to_code(slug)


@blueprint.route("/codes/<code_slug>/edit", methods=["GET", "POST"])
@requires(Permission.EDIT_CODEBOOK)
def edit(inquiry_slug: str, code_slug: str) -> Response | str:
    """Change what a code says and where it stands."""
    inquiry_id = current_identity().inquiry_id
    codes = codes_of(db.session(), inquiry_id)
    entry = code_by_slug(db.session(), inquiry_id, code_slug)
    form = CodeForm().offer(codes, entry)
    if request.method == "GET":
        return editor(form.show(entry), "Edit the code", code=entry)
    if not form.validate_on_submit():
        return editor(form, "Edit the code", code=entry)
    try:
        with transaction() as session:
            service.edit_code(
                session,
                entry.id,
                form.text,
                parent_id=parent_id(form, codes),
                seen=form.seen.data or None,
                **acting(),
            )
    except service.ChangedMeanwhile as changed:
        return changed_meanwhile(form, code_slug, str(changed))
    except Refused as refused:
        return editor(form, "Edit the code", str(refused), code=entry)
    flash("Saved.", "success")
    return to_code(code_slug)


@blueprint.post("/codes/<code_slug>/move")
@requires(Permission.EDIT_CODEBOOK)
def move(inquiry_slug: str, code_slug: str) -> Response:
    """Move a code up or down among those beside it."""
    steps = STEPS.get(request.form.get("direction", ""))
    if steps is None:
        raise BadInput("Choose whether to move the code up or down.")
    with transaction() as session:
        entry = found(session, code_slug)
        service.move_code(session, entry.id, steps, **acting())
    return to_code(code_slug)


@blueprint.post("/codes/<code_slug>/retire")
@requires(Permission.EDIT_CODEBOOK)
def retire(inquiry_slug: str, code_slug: str) -> Response:
    """Take a code out of use."""
    return change_state(service.retire_code, code_slug, "is retired. What was coded with it stands.")


@blueprint.post("/codes/<code_slug>/restore")
@requires(Permission.EDIT_CODEBOOK)
def restore(inquiry_slug: str, code_slug: str) -> Response:
    """Bring a retired code back."""
    return change_state(service.restore_code, code_slug, "is in use again.")


@blueprint.route("/import", methods=["GET", "POST"])
@requires(Permission.EDIT_CODEBOOK)
def import_sheet(inquiry_slug: str) -> Response | str | tuple[str, int]:
    """Take codes from a CSV file, all or none."""
    form = SheetForm()
    if not form.validate_on_submit():
        return render_template("codebook/import.html", form=form, problems=[])
    sheet = request.files.get("sheet")
    try:
        if sheet is None or not sheet.filename:
            raise BadInput("Choose a CSV file.")
        rows = read_csv(sheet.read())
        with transaction() as session:
            done = service.import_codebook(session, rows, **acting())
    except (BadInput, Refused) as refused:
        problems = getattr(refused, "problems", [])
        form.sheet.errors = [str(refused)]
        return render_template("codebook/import.html", form=form, problems=problems), 422
    flash(f"{done.added} codes added, {done.changed} changed, {done.unchanged} as they were.", "success")
    return redirect(url_for("codebook.tree", inquiry_slug=inquiry_slug))


@panel("Codebook", Permission.READ_CODEBOOK)
def facts(session: Session, inquiry_id: int) -> list[Fact]:
    """Say on the front page how many codes there are."""
    active = sum(code.active for code in codes_of(session, inquiry_id))
    words = "code in use" if active == 1 else "codes in use"
    return [Fact(words, active, "codebook.tree")]


def group_asked_for() -> GroupShown | None:
    """Return the group of passages that the address names for a new code to begin with."""
    group = request.args.get("group", "")
    if not group.isdecimal():
        return None
    return group_of(db.session(), current_identity().inquiry_id, min(int(group), LARGEST_ID))


def editor(form: CodeForm, heading: str, refusal: str = "", **values: Any) -> str:
    """Render the form of a code; a refusal stands where the problems stand."""
    return render_template("codebook/edit.html", form=form, heading=heading, refusal=refusal, **values)


def changed_meanwhile(form: CodeForm, code_slug: str, refusal: str) -> str:
    """Show the form with the writer's words and, beside them, the code as it stands by now."""
    entry = code_by_slug(db.session(), current_identity().inquiry_id, code_slug)
    form.seen.data = entry.fingerprint
    form.seen.raw_data = None
    return editor(form, "Edit the code", refusal, code=entry, current=entry)


def change_state(verb: Any, code_slug: str, words: str) -> Response:
    """Retire or restore, and say so."""
    try:
        with transaction() as session:
            entry = found(session, code_slug)
            verb(session, entry.id, **acting())
    except Refused as refused:
        flash(str(refused), "error")
    else:
        flash(f"“{entry.name}” {words}", "success")
    return to_code(code_slug)


def found(session: Session, code_slug: str) -> CodeEntry:
    """Return the code of this inquiry with this slug."""
    return code_by_slug(session, current_identity().inquiry_id, code_slug)


def parent_id(form: CodeForm, codes: list[CodeEntry]) -> int | None:
    """Return the id of the parent chosen."""
    return next((code.id for code in codes if code.slug == form.parent.data), None)


def to_code(code_slug: str) -> Response:
    """Go to a code's page."""
    slug = current_identity().inquiry_slug
    return redirect(url_for("codebook.code", inquiry_slug=slug, code_slug=code_slug))
