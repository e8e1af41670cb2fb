"""What the pages of the journey show, prepared so that templates decide nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from flask import make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from consult.calls.closing import closing_policy, countdown
from consult.calls.rules import QuestionKind
from consult.calls.withdrawing import policy_in_words
from consult.evidence.rules import PublicationChoice
from consult.foundation.clock import now
from consult.foundation.database import db
from consult.foundation.language import _
from consult.respond.answers import Asked, is_blank, keepable
from consult.respond.codes import grouped
from consult.respond.components import heading_legend, widget_for, words_so_far
from consult.respond.confidences import choice_for, may_be_marked
from consult.respond.documents import beside_answers, files_for
from consult.respond.drafting import Words
from consult.respond.fields import answer_in_words
from consult.respond.forms import (
    PUBLICATION_CHOICES,
    AboutForm,
    DeclarationForm,
    JourneyForm,
    PublicationForm,
    QuestionForm,
)
from consult.respond.logic import answered_in_vain, begins_section, progress
from consult.respond.outcomes import but_where_chosen_otherwise, outcome_of, outcome_of_files, what_to_know
from consult.respond.queries_receipt import reference_of
from consult.respond.rules import (
    ABOUT,
    CHECK,
    CONFIDENTIAL,
    DECLARATION,
    DOCUMENTS,
    PUBLICATION,
    Filled,
    Gap,
    Step,
    about_problems,
    declaration_problems,
    gaps_in,
    publication_problem,
    step_before,
)
from consult.respond.sittings import sitting_shown
from consult.respond.together import together_on
from consult.respond.visit import Visit, address_of

BAD_INPUT = 422
NOT_NOW = 409
LOST = 400


@dataclass(frozen=True)
class Row:
    """One line of the summary: what was asked, what was answered, what is still to do, where to change it."""

    asked: str
    lines: tuple[str, ...]
    problem: str
    href: str
    change: str
    in_full: bool = False
    # What will happen to it once it is sent.
    outcome: tuple[str, ...] = ()
    # Names and sizes of files.
    files: tuple[str, ...] = ()


def step_page(
    template: str, visit: Visit, step: Step, *, form: JourneyForm, title: str, status: int = 200, **more: Any
) -> Response:
    """Return a page of the journey with its way back, its errors and the code of its draft."""
    return shown(
        template,
        visit,
        status=status,
        form=form,
        title=title,
        errors=form.problems,
        back=way_back(visit, step),
        lost=status == LOST,
        action=request.full_path.rstrip("?"),
        saving=address_of(visit.call, words_of(step)) if step in visit.steps else "",
        sitting=sitting_shown(standing_words(visit, form)),
        **more,
    )


def words_of(step: Step) -> Step:
    """Return where a script saves what a page asks."""
    return Step(f"{step.page}_words", step.number)


def standing_words(visit: Visit, form: JourneyForm) -> Words:
    """Return what stands in the draft of what a page asks."""
    if isinstance(form, QuestionForm):
        return cast(Words, visit.answers.get(form.asked.slug))
    about = visit.draft.about if visit.draft else {}
    return {name: about.get(name, "") for name in form.data}


def shown(template: str, visit: Visit, *, status: int = 200, **values: Any) -> Response:
    """Return a page about a call, with what every one of them shows."""
    call_page = url_for("calls_public.call", inquiry_slug=visit.call.inquiry_slug, call_slug=visit.call.slug)
    common = {"call": visit.call, "code": grouped(visit.code), "call_page": call_page, "draft": visit.draft}
    if visit.draft and visit.is_open and not visit.is_sent:
        common["left"] = countdown(visit.call, visit.openness, visit.at)
    return make_response(render_template(f"respond/{template}.html", **common, **values), status)


def way_back(visit: Visit, step: Step) -> str:
    """Return where the Back link leads: to the check page for whoever came from it."""
    if came_from_check() and step != CHECK:
        return address_of(visit.call, CHECK)
    if step == CONFIDENTIAL:
        return address_of(visit.call, CONFIDENTIAL)
    before = step_before(step, visit.steps)
    if before:
        return address_of(visit.call, before)
    return url_for("calls_public.call", inquiry_slug=visit.call.inquiry_slug, call_slug=visit.call.slug)


def came_from_check() -> bool:
    """Tell whether this page was opened to change one answer."""
    return request.args.get("back") == CHECK.page


def question_page(visit: Visit, form: QuestionForm, status: int = 200) -> Response:
    """Return the page of one question."""
    asked = form.asked
    number = _("Question %(number)s of %(all)s", number=asked.position, all=len(visit.call.questions))
    return step_page(
        "question",
        visit,
        Step("question", asked.number),
        form=form,
        title=f"{number}: {asked.prompt}",
        status=status,
        together=together_on(db.session(), visit, asked, at=now()) if visit.draft else None,
        **question_values(visit.call.questions, visit.questions, form),
    )


def question_values(
    questions: Sequence[Asked], shown_ones: Sequence[Asked], form: QuestionForm
) -> dict[str, Any]:
    """Return what the part of a page needs that puts a question."""
    asked = form.asked
    place = progress(asked, questions)
    return {
        "asked": asked,
        "caption": place if asked.required else _("%(place)s (you may leave it out)", place=place),
        "section": asked.section if begins_section(asked, shown_ones) else None,
        "widget": widget_for(asked, form),
        "words_so_far": words_so_far(asked, str(form.typed())),
    }


def about_page(visit: Visit, form: AboutForm, status: int = 200) -> Response:
    """Return the page about the respondent."""
    return step_page("about", visit, ABOUT, form=form, title=_("About you"), status=status)


def declaration_page(visit: Visit, form: DeclarationForm, status: int = 200) -> Response:
    """Return the page on which somebody says for whom they speak."""
    title = _("What should readers know about your evidence?")
    return step_page("declaration", visit, DECLARATION, form=form, title=title, status=status)


def publication_page(visit: Visit, form: PublicationForm, status: int = 200) -> Response:
    """Return the page of the publication choice, each choice with what will happen."""
    hints = [{"hint": {"text": what_to_know(choice)}} for choice in PUBLICATION_CHOICES]
    widget = {"fieldset": heading_legend(form.publication.label.text), "hint": None, "items": hints}
    title = form.publication.label.text
    return step_page(
        "publication",
        visit,
        PUBLICATION,
        form=form,
        title=title,
        status=status,
        widget=widget,
        differs=any(field.data for field in form.for_answers),
        marks=len(visit.draft.confidences) if visit.draft else 0,
        may_mark=bool(written_answers(visit)) or any(each.has_text for each in visit.files),
        documents=bool(visit.files),
        wordless=wordless_documents(visit),
    )


def answered_questions(visit: Visit) -> list[Asked]:
    """Return the questions that are put and answered."""
    answered = (asked for asked in visit.questions if not is_blank(visit.answers.get(asked.slug)))
    return [asked for asked in answered if asked.kind is not QuestionKind.FILE]


def written_answers(visit: Visit) -> list[Asked]:
    """Return the questions answered in words, of which some may be confidential."""
    return [asked for asked in answered_questions(visit) if may_be_marked(asked)]


def wordless_documents(visit: Visit) -> list[str]:
    """Return the names of the documents of which there is no text yet, so that no words can be marked."""
    return [each.name for each in visit.files if not each.has_text]


def check_page(visit: Visit, *, tried: bool = False, lost: bool = False) -> Response:
    """Return the page that shows everything before it is sent; `tried` when sending was refused."""
    draft = visit.started
    gaps = gaps_in(visit.call.asking, draft.filled)
    missing = [{"text": gap.message, "href": change_link(visit, gap)} for gap in gaps]
    return shown(
        "check",
        visit,
        status=LOST if lost else BAD_INPUT if tried and gaps else 200,
        lost=lost,
        title=_("Check your answers before you send them"),
        rows=rows_of(visit, draft.filled),
        marks_link=address_of(visit.call, CONFIDENTIAL) if draft.confidences else "",
        in_vain=answered_in_vain(visit.call.questions, draft.answers, draft.files),
        missing=missing,
        policy=closing_policy(visit.call),
        after_sending=policy_in_words(visit.call.withdrawal_policy),
        amends=reference_of(db.session(), draft.amends_id) if draft.amends_id else "",
        errors=missing if tried else [],
        back=way_back(visit, CHECK),
    )


def change_link(visit: Visit, gap: Gap) -> str:
    """Return where a gap is filled."""
    return address_of(visit.call, gap.step, back=CHECK.page)


def words_page(
    template: str,
    visit: Visit,
    *,
    answers: Mapping[str, Any] | None = None,
    about: Mapping[str, Any] | None = None,
    **more: Any,
) -> Response:
    """Return a page that stores nothing and shows every word for copying."""
    kept = visit.draft
    answers = {**(kept.answers if kept else {}), **shown_typed(answers)}
    about = {**(kept.about if kept else {}), **shown_typed(about)}
    filled = Filled(answers, about, kept.confidences if kept else (), files=visit.files)
    rows = rows_of(visit, filled, visit.call.questions)
    words = [row for row in rows if row.lines or row.files]
    return shown(template, visit, words=words, **more)


def shown_typed(typed: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what was just typed as a page can show it."""
    return {name: keepable(value) for name, value in (typed or {}).items()}


def rows_of(visit: Visit, filled: Filled, questions: Sequence[Asked] | None = None) -> list[Row]:
    """Return the summary of a draft in the order of the journey, else of `questions` of those put."""
    asked = visit.questions if questions is None else questions
    return [
        *about_rows(visit, filled.about),
        *declaration_rows(visit, filled.about),
        *(question_row(visit, each, filled) for each in asked),
        *document_rows(visit, filled),
        publication_row(visit, filled),
    ]


def declaration_rows(visit: Visit, about: Mapping[str, Any]) -> list[Row]:
    """Return the lines of what somebody declared."""
    asked = {
        "on_behalf_of": _("On whose behalf"),
        "role": _("Your role"),
        "interests": _("Interests"),
        "funding": _("Funding"),
    }
    problems = declaration_problems(about, visit.call.declarations)
    href = address_of(visit.call, DECLARATION, back=CHECK.page)
    return [
        Row(asked[name], (value,) if value.strip() else (), problems.get(name, ""), href, asked[name].lower())
        for name in visit.call.declarations
        for value in [str(about.get(name, ""))]
    ]


def about_rows(visit: Visit, about: Mapping[str, Any]) -> list[Row]:
    """Return the lines about the respondent."""
    problems = about_problems(about, visit.call.type_slugs)
    types = {offered.slug: offered.name for offered in visit.call.types}
    chosen = str(about.get("respondent_type", ""))
    values = [
        ("name", _("Your name"), str(about.get("name", ""))),
        ("organisation", _("Organisation"), str(about.get("organisation", ""))),
        ("email", _("E-mail address"), str(about.get("email", ""))),
        ("respondent_type", _("Which describes you best"), types.get(chosen, chosen)),
    ]
    href = address_of(visit.call, ABOUT, back=CHECK.page)
    return [
        Row(asked, (value,) if value.strip() else (), problems.get(field, ""), href, asked.lower())
        for field, asked, value in values
        if types or field != "respondent_type"
    ]


def question_row(visit: Visit, asked: Asked, filled: Filled) -> Row:
    """Return the line of one question, with what will happen to the answer."""
    typed = filled.answers.get(asked.slug)
    files = files_for(filled.files, asked)
    of_files: tuple[str, ...] = ()
    if asked.kind is QuestionKind.FILE:
        of_files = outcome_of_files(files, (), filled.about, filled.confidences)
    return Row(
        asked=asked.prompt,
        lines=() if asked.kind is QuestionKind.FILE else tuple(answer_in_words(asked, typed)),
        problem=filled.problem_with(asked),
        href=address_of(visit.call, Step("question", asked.number), back=CHECK.page),
        change=_("the answer to question %(number)s", number=asked.position),
        in_full=asked.kind is QuestionKind.FREE_TEXT,
        outcome=of_files or outcome_of(asked, typed, filled.about, filled.confidences),
        files=tuple(each.in_words for each in files),
    )


def document_rows(visit: Visit, filled: Filled) -> list[Row]:
    """Return the line of the documents that stand beside the answers, where a call takes any."""
    beside = beside_answers(filled.files, visit.call.questions)
    if not (visit.call.most_documents or beside):
        return []
    href = address_of(visit.call, DOCUMENTS, back=CHECK.page)
    names = tuple(each.in_words for each in beside)
    answered = [asked for asked in visit.questions if not is_blank(filled.answers.get(asked.slug))]
    happens = outcome_of_files(beside, answered, filled.about, filled.confidences)
    return [Row(_("Documents"), (), "", href, _("the documents"), outcome=happens, files=names)]


def publication_row(visit: Visit, filled: Filled) -> Row:
    """Return the line of the publication choice, with what will happen."""
    chosen = str(filled.about.get("publication", ""))
    problem = publication_problem(chosen)
    lines: tuple[str, ...] = ()
    if not problem:
        choice = PublicationChoice(chosen)
        lines = (str(PUBLICATION_CHOICES[choice]), what_to_know(choice))
        if filled.confidences or any(choice_for(asked, filled.about) for asked in answered_questions(visit)):
            lines += (but_where_chosen_otherwise(),)
    href = address_of(visit.call, PUBLICATION, back=CHECK.page)
    return Row(_("May we publish it?"), lines, problem, href, _("the publication choice"))
