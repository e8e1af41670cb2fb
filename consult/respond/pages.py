"""What the pages of the journey show, prepared so that templates decide nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from consult.calls.rules import QuestionKind
from consult.evidence.rules import PublicationChoice
from consult.foundation.language import _, in_each_number, ngettext
from consult.respond.codes import grouped
from consult.respond.forms import (
    BEFORE_SENDING,
    MOST_RADIOS,
    PUBLICATION_CHOICES,
    WHAT_WILL_HAPPEN,
    AboutForm,
    JourneyForm,
    PublicationForm,
    QuestionForm,
    answer_in_words,
)
from consult.respond.rules import (
    ABOUT,
    CHECK,
    PUBLICATION,
    Asked,
    Gap,
    Step,
    about_problems,
    gaps_in,
    keepable,
    problem_with,
    publication_problem,
    step_before,
)
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
        **more,
    )


def shown(template: str, visit: Visit, *, status: int = 200, **values: Any) -> Response:
    """Return a page about a call, with what every one of them shows."""
    call_page = url_for("calls_public.call", inquiry_slug=visit.call.inquiry_slug, call_slug=visit.call.slug)
    common = {"call": visit.call, "code": grouped(visit.code), "call_page": call_page, "draft": visit.draft}
    return make_response(render_template(f"respond/{template}.html", **common, **values), status)


def way_back(visit: Visit, step: Step) -> str:
    """Return where the Back link leads: to the check page for whoever came from it."""
    if came_from_check() and step != CHECK:
        return address_of(visit.call, CHECK)
    before = step_before(step, visit.call.questions)
    if before:
        return address_of(visit.call, before)
    return url_for("calls_public.call", inquiry_slug=visit.call.inquiry_slug, call_slug=visit.call.slug)


def came_from_check() -> bool:
    """Tell whether this page was opened to change one answer."""
    return request.args.get("back") == CHECK.page


def question_page(visit: Visit, form: QuestionForm, status: int = 200) -> Response:
    """Return the page of one question."""
    asked = form.asked
    place = _("Question %(number)s of %(all)s", number=asked.position, all=len(visit.call.questions))
    return step_page(
        "question",
        visit,
        Step("question", asked.number),
        form=form,
        title=f"{place}: {asked.prompt}",
        status=status,
        caption=place if asked.required else _("%(place)s (you may leave it out)", place=place),
        widget=widget_for(asked, form),
    )


def about_page(visit: Visit, form: AboutForm, status: int = 200) -> Response:
    """Return the page about the respondent."""
    return step_page("about", visit, ABOUT, form=form, title=_("About you"), status=status)


def publication_page(visit: Visit, form: PublicationForm, status: int = 200) -> Response:
    """Return the page of the publication choice, each choice with what will happen."""
    hints = [{"hint": {"text": what_to_know(choice)}} for choice in PUBLICATION_CHOICES]
    widget = {"fieldset": heading_legend(form.publication.label.text), "hint": None, "items": hints}
    title = form.publication.label.text
    return step_page("publication", visit, PUBLICATION, form=form, title=title, status=status, widget=widget)


def what_to_know(choice: PublicationChoice) -> str:
    """Return what a choice means, with advice for as long as it can be followed."""
    return " ".join(str(words[choice]) for words in (WHAT_WILL_HAPPEN, BEFORE_SENDING) if choice in words)


def widget_for(asked: Asked, form: QuestionForm) -> dict[str, Any]:
    """Return the parameters of the component that shows a question."""
    hint = {"text": asked.hint} if asked.hint else None
    heading = {"classes": "govuk-label--l", "isPageHeading": True}
    if asked.kind is QuestionKind.FREE_TEXT:
        # A text area swallows the first line end of what stands in it.
        value = "\n" + str(form.typed())
        rows = 6 if (asked.word_limit or 1000) < 200 else 14
        return {"label": heading, "rows": rows, "value": value, **word_count_texts(asked.word_limit)}
    if asked.kind is QuestionKind.NUMBER:
        return {"label": heading, "classes": "govuk-input--width-10", "inputmode": "numeric"}
    if asked.kind is not QuestionKind.SEVERAL and len(asked.choices) > MOST_RADIOS:
        return {"label": heading}
    return {"fieldset": heading_legend(asked.prompt), "hint": hint}


def word_count_texts(limit: int | None) -> dict[str, Any]:
    """Return what the component that counts words says; its script picks the wording for a number."""
    if limit is None:
        return {}
    return {
        "maxwords": limit,
        "textareaDescriptionText": _("You can enter up to %(limit)s words", limit=f"{limit:,}"),
        "wordsUnderLimitText": in_each_number(words_remaining),
        "wordsAtLimitText": words_remaining(0).replace("%{count}", "0"),
        "wordsOverLimitText": in_each_number(words_too_many),
    }


def words_remaining(number: int) -> str:
    """Return what stands below a text that may still grow; the script puts the number in."""
    return ngettext("You have %%{count} word remaining", "You have %%{count} words remaining", number)


def words_too_many(number: int) -> str:
    """Return what stands below a text over its limit; the script puts the number in."""
    return ngettext("You have %%{count} word too many", "You have %%{count} words too many", number)


def heading_legend(text: str) -> dict[str, Any]:
    """Return a fieldset whose legend is the heading of the page."""
    legend = {"text": text, "classes": "govuk-fieldset__legend--l", "isPageHeading": True}
    return {"legend": legend}


def check_page(visit: Visit, *, tried: bool = False, lost: bool = False) -> Response:
    """Return the page that shows everything before it is sent; `tried` when sending was refused."""
    draft = visit.started
    gaps = gaps_in(visit.call.questions, draft.answers, draft.about, visit.call.type_slugs)
    missing = [{"text": gap.message, "href": change_link(visit, gap)} for gap in gaps]
    return shown(
        "check",
        visit,
        status=LOST if lost else BAD_INPUT if tried and gaps else 200,
        lost=lost,
        title=_("Check your answers before you send them"),
        rows=rows_of(visit, draft.answers, draft.about),
        missing=missing,
        errors=missing if tried else [],
        back=way_back(visit, CHECK),
    )


def change_link(visit: Visit, gap: Gap) -> str:
    """Return where a gap is filled."""
    return f"{address_of(visit.call, gap.step)}?back=check"


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
    words = [row for row in rows_of(visit, answers, about) if row.lines]
    return shown(template, visit, words=words, **more)


def shown_typed(typed: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what was just typed as a page can show it."""
    return {name: keepable(value) for name, value in (typed or {}).items()}


def rows_of(visit: Visit, answers: Mapping[str, Any], about: Mapping[str, Any]) -> list[Row]:
    """Return the summary of a draft in the order of the journey."""
    questions = (question_row(visit, asked, answers.get(asked.slug)) for asked in visit.call.questions)
    return [*about_rows(visit, about), *questions, publication_row(visit, about)]


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
    href = f"{address_of(visit.call, ABOUT)}?back=check"
    return [
        Row(asked, (value,) if value.strip() else (), problems.get(field, ""), href, asked.lower())
        for field, asked, value in values
        if types or field != "respondent_type"
    ]


def question_row(visit: Visit, asked: Asked, typed: Any) -> Row:
    """Return the line of one question."""
    href = f"{address_of(visit.call, Step('question', asked.number))}?back=check"
    return Row(
        asked=asked.prompt,
        lines=tuple(answer_in_words(asked, typed)),
        problem=problem_with(asked, typed),
        href=href,
        change=_("the answer to question %(number)s", number=asked.position),
        in_full=asked.kind is QuestionKind.FREE_TEXT,
    )


def publication_row(visit: Visit, about: Mapping[str, Any]) -> Row:
    """Return the line of the publication choice, with what will happen."""
    chosen = str(about.get("publication", ""))
    problem = publication_problem(chosen)
    lines: tuple[str, ...] = ()
    if not problem:
        choice = PublicationChoice(chosen)
        lines = (str(PUBLICATION_CHOICES[choice]), what_to_know(choice))
    href = f"{address_of(visit.call, PUBLICATION)}?back=check"
    return Row(_("May we publish it?"), lines, problem, href, _("the publication choice"))
