"""A call as respondents will meet it, before it is published: the same pages, and nothing is stored.

What was answered so far travels in the page itself.
"""

import json
from typing import Any

from flask import Blueprint, render_template, request

from consult.calls.queries import call_with_questions
from consult.foundation.database import db
from consult.foundation.guard import current_identity, requires
from consult.foundation.security import Permission
from consult.respond import pages
from consult.respond.answers import Asked, keepable
from consult.respond.fields import answer_in_words
from consult.respond.forms import QuestionForm, question_form
from consult.respond.logic import shown_questions
from consult.respond.queries import CallToAnswer, as_call_to_answer

blueprint = Blueprint("call_preview", __name__, url_prefix="/inquiries/<inquiry_slug>/calls/<call_slug>")


@blueprint.route("/preview", methods=["GET", "POST"])
@requires(Permission.EDIT_CALLS)
def preview(inquiry_slug: str, call_slug: str) -> str | tuple[str, int]:
    """Walk through the questions of a call, with their conditions at work."""
    session = db.session()
    call = as_call_to_answer(
        session, call_with_questions(session, current_identity().inquiry_slug, call_slug)
    )
    if not call.questions:
        return render_template("respond/preview_end.html", call=call, rows=[])
    if request.method == "GET":
        return page_of(call, shown_questions(call.questions, {})[0], {})
    return answered(call, answers_carried())


def answered(call: CallToAnswer, answers: dict[str, Any]) -> str | tuple[str, int]:
    """Return the page that follows an answer, or the same one where it has to be put right."""
    asked = call.question(int(number) if (number := request.form.get("number", "")).isdecimal() else 0)
    form = question_form(asked)()
    answers = {**answers, asked.slug: keepable(form.typed())}
    shown = shown_questions(call.questions, answers)
    if request.form.get("then") == "back":
        before = [other for other in shown if other.number < asked.number]
        return page_of(call, before[-1] if before else shown[0], answers)
    right = form.is_right()
    form.show_what_is_kept()
    if not right:
        return page_of(call, asked, answers, form), pages.BAD_INPUT
    after = [other for other in shown if other.number > asked.number]
    return page_of(call, after[0], answers) if after else end_of(call, shown, answers)


def page_of(
    call: CallToAnswer, asked: Asked, answers: dict[str, Any], form: QuestionForm | None = None
) -> str:
    """Return the page of one question."""
    form = form or question_form(asked).holding(answers.get(asked.slug))
    shown = shown_questions(call.questions, answers)
    return render_template(
        "respond/preview.html",
        call=call,
        form=form,
        errors=form.problems,
        so_far=json.dumps(answers),
        first=asked == shown[0],
        **pages.question_values(call.questions, shown, form),
    )


def end_of(call: CallToAnswer, shown: tuple[Asked, ...], answers: dict[str, Any]) -> str:
    """Return the page after the last question, with what was answered."""
    rows = [(asked, answer_in_words(asked, answers.get(asked.slug))) for asked in shown]
    return render_template("respond/preview_end.html", call=call, rows=rows)


def answers_carried() -> dict[str, Any]:
    """Return what the page carried along, as far as it can have been ours."""
    try:
        carried = json.loads(request.form.get("so_far", "{}"))
    except ValueError:
        return {}
    if not isinstance(carried, dict):
        return {}
    return {slug: typed for slug, typed in carried.items() if is_typed(typed)}


def is_typed(value: Any) -> bool:
    """Tell whether a value is what a field of ours gives."""
    return isinstance(value, str) or (
        isinstance(value, list) and all(isinstance(item, str) for item in value)
    )
