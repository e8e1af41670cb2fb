"""Add, change, move and remove the questions of a call."""

from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from consult.calls import service
from consult.calls.forms import show_problems
from consult.calls.listing import KIND_WORDS
from consult.calls.models import Call, Question
from consult.calls.queries import call_of, question_in
from consult.calls.question_forms import QuestionForm, values_of_question
from consult.calls.rules import CallState, QuestionDetails, QuestionKind
from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.errors import Refused
from consult.foundation.guard import current_actor, current_identity, requires
from consult.foundation.security import Permission

USUAL: dict[QuestionKind, dict[str, int]] = {
    QuestionKind.SCALE: {"minimum": 1, "maximum": 5},
    QuestionKind.FILE: {"most_files": 3},
}

blueprint = Blueprint(
    "questions", __name__, url_prefix="/inquiries/<inquiry_slug>/calls/<call_slug>/questions"
)


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.EDIT_CALLS)
def new(inquiry_slug: str, call_slug: str) -> Response | str | tuple[str, int]:
    """Write a question, and another after it."""
    identity = current_identity()
    found = call_of(db.session(), identity.inquiry_id, call_slug)
    if found.state is not CallState.DRAFT:
        raise Refused("This call is published: no question can be added to it.")
    kind = kind_asked_for(QuestionKind.FREE_TEXT)
    basis = QuestionDetails(kind, "")
    form = QuestionForm(data=USUAL.get(kind, {})).for_kind(kind).within(found, len(found.questions) + 1)
    if not form.accepts(basis):
        return question_page(form, found, None, kind)
    try:
        with transaction() as session:
            service.add_question(
                session,
                form.details(basis),
                call_id=found.id,
                inquiry_id=identity.inquiry_id,
                actor=current_actor(),
                at=now(),
            )
    except Refused as error:
        return refused_page(form, error, call_slug, None, kind)
    flash("The question is saved.", "success")
    return to_new(call_slug, kind) if request.form.get("then") == "another" else to_call(call_slug)


@blueprint.route("/<int:question_id>", methods=["GET", "POST"])
@requires(Permission.EDIT_CALLS)
def question(inquiry_slug: str, call_slug: str, question_id: int) -> Response | str | tuple[str, int]:
    """Change a question of a draft, or mend the wording of a published one."""
    found = call_of(db.session(), current_identity().inquiry_id, call_slug)
    row = question_in(found, question_id)
    published = found.state is not CallState.DRAFT
    kind = row.kind if published else kind_asked_for(row.kind)
    form = QuestionForm(data=values_of_question(row)).for_kind(kind, published=published)
    form = form.within(found, row.number)
    basis = QuestionDetails(kind, "")
    if published:
        basis = replace(service.details_of(row), kind=kind)
    if not form.accepts(basis):
        return question_page(form, found, row, kind)
    try:
        with transaction() as session:
            service.edit_question(
                session,
                question_id,
                form.details(basis),
                inquiry_id=current_identity().inquiry_id,
                why=(form.why.data or "") if "why" in form else "",
                actor=current_actor(),
                at=now(),
            )
    except Refused as error:
        return refused_page(form, error, call_slug, question_id, kind)
    flash("The question is saved.", "success")
    return to_call(call_slug)


@blueprint.post("/<int:question_id>/move")
@requires(Permission.EDIT_CALLS)
def move(inquiry_slug: str, call_slug: str, question_id: int) -> Response:
    """Move a question past its neighbour."""
    found = call_of(db.session(), current_identity().inquiry_id, call_slug)
    row = question_in(found, question_id)
    try:
        with transaction() as session:
            service.move_question(
                session,
                row.id,
                "up" if request.form.get("towards") == "up" else "down",
                inquiry_id=current_identity().inquiry_id,
                actor=current_actor(),
                at=now(),
            )
    except Refused as error:
        flash(str(error), "error")
    return to_call(call_slug, f"question-{question_id}")


@blueprint.post("/<int:question_id>/remove")
@requires(Permission.EDIT_CALLS)
def remove(inquiry_slug: str, call_slug: str, question_id: int) -> Response:
    """Take a question out of a draft."""
    found = call_of(db.session(), current_identity().inquiry_id, call_slug)
    row = question_in(found, question_id)
    prompt = row.prompt
    try:
        with transaction() as session:
            service.remove_question(
                session,
                question_id,
                inquiry_id=current_identity().inquiry_id,
                actor=current_actor(),
                at=now(),
            )
        flash(f"“{prompt}” is removed.", "success")
    except Refused as error:
        flash(str(error), "error")
    return to_call(call_slug, "questions")


def kind_asked_for(otherwise: QuestionKind) -> QuestionKind:
    """Return the kind named in the address."""
    asked = request.args.get("kind", "")
    return QuestionKind(asked) if asked in set(QuestionKind) else otherwise


def refused_page(
    form: QuestionForm, error: Refused, call_slug: str, question_id: int | None, kind: QuestionKind
) -> tuple[str, int]:
    """Return the page again with why the call as a whole does not allow the question so."""
    show_problems(form, {"conditions": str(error)})
    # Read again: what was loaded ended with the transaction.
    found = call_of(db.session(), current_identity().inquiry_id, call_slug)
    return question_page(form, found, question_in(found, question_id) if question_id else None, kind)


def question_page(
    form: QuestionForm, found: Call, row: Question | None, kind: QuestionKind
) -> tuple[str, int]:
    """Return the page on which a question is written: 422 when something on it must be put right."""
    html = render_template(
        "calls/question.html",
        form=form,
        call=found,
        question=row,
        kind=kind,
        kind_words=KIND_WORDS,
        number=row.number if row else len(found.questions) + 1,
        published=found.state is not CallState.DRAFT,
    )
    return html, 422 if form.errors else 200


def to_new(call_slug: str, kind: QuestionKind) -> Response:
    """Send the member to write another question of the same kind."""
    inquiry_slug = current_identity().inquiry_slug
    return redirect(url_for("questions.new", inquiry_slug=inquiry_slug, call_slug=call_slug, kind=kind.value))


def to_call(call_slug: str, place: str | None = None) -> Response:
    """Send the member to the page of the call, where the questions are."""
    inquiry_slug = current_identity().inquiry_slug
    return redirect(
        url_for("call_editor.call", inquiry_slug=inquiry_slug, call_slug=call_slug, _anchor=place)
    )
