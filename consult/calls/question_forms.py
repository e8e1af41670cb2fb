"""What staff type about the questions of a call and its sections."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, cast

from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovCheckboxInput, GovSelect
from wtforms import BooleanField, SelectField, SelectMultipleField
from wtforms.validators import DataRequired

from consult.calls.forms import (
    WholeNumberField,
    id_or_none,
    line,
    prose_box,
    reason,
    show_problems,
)
from consult.calls.models import Call, Question
from consult.calls.rules import (
    DECIDING,
    WITH_BOUNDS,
    WITH_DECLINING,
    WITH_OPTIONS,
    QuestionDetails,
    QuestionKind,
    problems_of_question,
)
from consult.foundation.web import Form

# Which kinds a field is for; one that is not named here is for all.
FIELDS_OF_KINDS = {
    "options": WITH_OPTIONS,
    "exclusive": {QuestionKind.SEVERAL},
    "rows": {QuestionKind.MATRIX},
    "minimum": WITH_BOUNDS,
    "maximum": WITH_BOUNDS,
    "minimum_meaning": {QuestionKind.SCALE},
    "maximum_meaning": {QuestionKind.SCALE},
    "word_limit": {QuestionKind.FREE_TEXT},
    "word_guidance": {QuestionKind.FREE_TEXT},
    "most_files": {QuestionKind.FILE},
    "may_decline": WITH_DECLINING,
}
# What stands once people have answered.
FIXED = frozenset(
    {
        "minimum",
        "maximum",
        "word_limit",
        "word_guidance",
        "required",
        "exclusive",
        "most_files",
        "may_decline",
        "section_id",
        "conditions",
    }
)


class QuestionForm(Form):
    """A question; `for_kind` leaves only the fields that its kind has."""

    prompt = prose_box("Question", "One thing at a time, in the words of those who answer.")
    rows = prose_box("Rows", "One on each line. Each is answered with one of the options below.")
    options = prose_box("Options", "One on each line, at least two.")
    exclusive = prose_box(
        "Which options go with no other?",
        "Such as “None of these”. Copy them from above, one on each line. May be empty.",
    )
    minimum = WholeNumberField("Lowest number")
    minimum_meaning = line("What the lowest number means", "Such as “Very hard”. May be empty.")
    maximum = WholeNumberField("Highest number")
    maximum_meaning = line("What the highest number means", "Such as “Very easy”. May be empty.")
    word_guidance = WholeNumberField(
        "Usual length in words", description="Shown as advice: “About 500 words”. Leave empty for none."
    )
    word_limit = WholeNumberField("Word limit", description="Nobody can send more. Leave empty for none.")
    most_files = WholeNumberField("How many files at most")
    hint = prose_box("Hint", "Shown below the question. May be empty.")
    required = BooleanField("Everybody must answer this", widget=GovCheckboxInput())
    may_decline = BooleanField("Offer “Prefer not to say”", widget=GovCheckboxInput())
    section_id = SelectField("Section", widget=GovSelect(), coerce=id_or_none)
    conditions = SelectMultipleField(
        "Ask this only of those who chose",
        widget=GovCheckboxesInput(),
        coerce=int,
        description="Tick one or more options of one earlier question. Tick none to ask everybody.",
    )
    why = reason("Why is the wording changed?", wanted=True)

    def for_kind(self, kind: QuestionKind, *, published: bool = False) -> "QuestionForm":
        """Return the form with the fields of one kind; for a published call, the wording alone."""
        unwanted = set(FIXED) if published else {"why"}
        unwanted |= {name for name, kinds in FIELDS_OF_KINDS.items() if kind not in kinds}
        for name in unwanted & set(self._fields):
            del self[name]
        return self

    def within(self, call: Call, number: int) -> "QuestionForm":
        """Return the form with the sections of its call, and the options on which it may depend."""
        if "section_id" in self:
            titles = {str(section.id): section.title for section in call.sections}
            self.section_id.choices = cast(Any, {"": "No section", **titles})
            if not titles:
                del self.section_id
        if "conditions" in self:
            offered = deciding_options(call, number)
            self.conditions.choices = cast(Any, offered)
            if not offered:
                del self.conditions
        return self

    def details(self, basis: QuestionDetails) -> QuestionDetails:
        """Return what was typed, over what the form does not ask."""
        typed = {name: field.data for name, field in self._fields.items() if name != "why"}
        for name in {"options", "rows"} & typed.keys():
            typed[name] = lines_in(typed[name])
        if "exclusive" in typed:
            typed["exclusive"] = places_of_lines(lines_in(typed["exclusive"]), typed["options"])
        if "conditions" in typed:
            typed["conditions"] = tuple(typed["conditions"] or ())
        return replace(basis, **typed)

    def accepts(self, basis: QuestionDetails) -> bool:
        """Tell whether a sent question can be saved, each fault beside its field."""
        if not self.is_submitted():
            return False
        fine = self.validate()
        unread = {name for name, field in self._fields.items() if field.errors}
        problems = problems_of_question(self.details(basis))
        return show_problems(self, {k: v for k, v in problems.items() if k not in unread}) and bool(fine)


class SectionForm(Form):
    """A section of a call."""

    title = line("Title", validators=[DataRequired("Give the section a title.")])
    introduction = prose_box("Introduction", "Markdown, shown before its first question. May be empty.")

    @property
    def words(self) -> tuple[str, str]:
        """Return title and introduction."""
        return self.title.data or "", self.introduction.data or ""


def deciding_options(call: Call, number: int) -> dict[int, str]:
    """Return the options of the questions before one, each with its question."""
    return {
        option.id: f"{question.number}. {question.prompt} – {option.wording}"
        for question in call.questions
        if question.kind in DECIDING and question.number < number
        for option in question.options
    }


def places_of_lines(lines: Iterable[str], among: tuple[str, ...]) -> tuple[int, ...]:
    """Return the places, from 1, of lines among others; 0, which the rules refuse, for what is not there."""
    return tuple(among.index(each) + 1 if each in among else 0 for each in lines)


def lines_in(text: str) -> tuple[str, ...]:
    """Return the lines that hold something."""
    return tuple(" ".join(row.split()) for row in text.split("\n") if row.strip())


def values_of_question(question: Question) -> dict[str, Any]:
    """Return a question as the values its form begins with."""
    names = (
        "prompt",
        "hint",
        "required",
        "minimum",
        "maximum",
        "minimum_meaning",
        "maximum_meaning",
        "word_limit",
        "word_guidance",
        "most_files",
        "may_decline",
        "section_id",
    )
    return {
        "options": "\n".join(option.wording for option in question.options),
        "rows": "\n".join(row.wording for row in question.rows),
        "exclusive": "\n".join(option.wording for option in question.options if option.exclusive),
        "conditions": [condition.option_id for condition in question.conditions],
        **{name: getattr(question, name) for name in names},
    }
