"""The forms of the journey. What is right or wrong is decided in rules.py; a form carries it to the page."""

from collections.abc import Sequence
from typing import Any, cast

from govuk_frontend_wtf.wtforms_widgets import (
    GovCharacterCount,
    GovCheckboxesInput,
    GovRadioInput,
    GovSelect,
    GovTextArea,
    GovTextInput,
)
from wtforms import Field, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField

from consult.calls.rules import QuestionKind
from consult.evidence.rules import PublicationChoice
from consult.foundation.language import _, lazy
from consult.foundation.web import Form
from consult.respond.queries import RespondentTypeOffered
from consult.respond.rules import (
    Asked,
    Typed,
    about_problems,
    is_blank,
    keepable,
    problem_with,
    publication_problem,
    with_plain_newlines,
)

# Radios that cannot be unticked would force an answer on whoever touched one.
NO_ANSWER = lazy("I do not want to answer this question")
MOST_RADIOS = 12
ABOUT_FIELDS = ("name", "organisation", "email", "respondent_type")
PUBLICATION_CHOICES = {
    PublicationChoice.WITH_NAME: lazy("Publish it with my name"),
    PublicationChoice.WITHOUT_NAME: lazy("Publish it without my name"),
    PublicationChoice.NOT_PUBLISHED: lazy("Do not publish it"),
}
WHAT_WILL_HAPPEN = {
    PublicationChoice.WITH_NAME: lazy(
        "Anybody may read your words beside your name and your organisation’s, here and in the report, and "
        "the report may quote you by name. Your e-mail address is never published."
    ),
    PublicationChoice.WITHOUT_NAME: lazy(
        "Anybody may read your words, and the report may quote them, with the kind of respondent you are and "
        "your place but no name."
    ),
    PublicationChoice.NOT_PUBLISHED: lazy(
        "Only the commissioners and the commission’s staff read your words. They are not quoted. What you "
        "say is still weighed, and is counted in figures that name nobody."
    ),
}

BEFORE_SENDING = {
    PublicationChoice.WITHOUT_NAME: lazy(
        "We publish the words as you wrote them, so look through them for anything that tells who you are."
    ),
}


class JourneyForm(Form):
    """A form that keeps what was typed, right or wrong."""

    def set_problems(self, problems: dict[str, str]) -> bool:
        """Put each message at its field; tell whether there was none."""
        for name, message in problems.items():
            self[name].errors = [message]
        return not problems

    def show_what_is_kept(self) -> None:
        """Let the page show what the draft keeps: a NUL cannot stand in a page."""
        for field in self:
            if field.data:
                field.data = keepable(cast(Typed, field.data))

    @property
    def problems(self) -> list[dict[str, str]]:
        """Return the entries of the error summary, each with the field it leads to."""
        return [{"text": field.errors[0], "href": f"#{field.id}"} for field in self if field.errors]


class QuestionForm(JourneyForm):
    """The base of the form that `question_form` makes for one question."""

    asked: Asked

    def typed(self) -> Typed:
        """Return what was typed or chosen, never None."""
        return self["answer"].data or ([] if self.asked.kind is QuestionKind.SEVERAL else "")

    def is_right(self) -> bool:
        problem = problem_with(self.asked, self.typed())
        return self.set_problems({"answer": problem} if problem else {})


class AboutForm(JourneyForm):
    """Who gives the evidence."""

    name = StringField(lazy("Your name"), widget=GovTextInput())
    organisation = StringField(lazy("Organisation (optional)"), widget=GovTextInput())
    email = StringField(lazy("E-mail address (optional)"), widget=GovTextInput())
    respondent_type = RadioField(
        lazy("Which of these describes you best?"), widget=GovRadioInput(), validate_choice=False
    )

    def offer(self, types: Sequence[RespondentTypeOffered]) -> None:
        """Fill in the types to choose from; an inquiry without any is not asked."""
        self.respondent_type.choices = cast(Any, {offered.slug: offered.name for offered in types})
        if not types:
            del self.respondent_type

    def typed(self) -> dict[str, str]:
        return {field.name: field.data or "" for field in self if field.name in ABOUT_FIELDS}

    def is_right(self, type_slugs: Sequence[str]) -> bool:
        return self.set_problems(about_problems(self.typed(), type_slugs))


def publication_choices() -> dict[str, str]:
    """Return value and wording of the publication choices, in the language of the page."""
    return {choice: str(wording) for choice, wording in PUBLICATION_CHOICES.items()}


class PublicationForm(JourneyForm):
    """What may be published."""

    publication = RadioField(
        lazy("May we publish your evidence?"),
        choices=cast(Any, publication_choices),
        widget=GovRadioInput(),
        validate_choice=False,
    )

    def typed(self) -> dict[str, str]:
        return {"publication": self.publication.data or ""}

    def is_right(self) -> bool:
        problem = publication_problem(self.typed()["publication"])
        return self.set_problems({"publication": problem} if problem else {})


class ResumeForm(JourneyForm):
    """The way back to a draft or a receipt."""

    code = StringField(lazy("Your return code or receipt code"), widget=GovTextInput())


def question_form(asked: Asked) -> type[QuestionForm]:
    """Return the form class for one question."""
    return type("OneQuestionForm", (QuestionForm,), {"asked": asked, "answer": field_for(asked)})


def field_for(asked: Asked) -> Field:
    """Return the field that fits the kind of question."""
    if asked.kind is QuestionKind.FREE_TEXT:
        widget = GovCharacterCount() if asked.word_limit else GovTextArea()
        return TextAreaField(asked.prompt, description=asked.hint, widget=widget, filters=[plain_newlines])
    if asked.kind is QuestionKind.NUMBER:
        return StringField(asked.prompt, description=asked.hint, widget=GovTextInput())
    if asked.kind is QuestionKind.SEVERAL:
        return SelectMultipleField(
            asked.prompt,
            description=asked.hint,
            choices=cast(Any, choices_of(asked)),
            widget=GovCheckboxesInput(),
            validate_choice=False,
        )
    if len(asked.choices) > MOST_RADIOS:
        return SelectField(
            asked.prompt,
            description=asked.hint,
            choices=cast(Any, {"": _("Choose")} | choices_of(asked)),
            widget=GovSelect(),
            validate_choice=False,
        )
    return RadioField(
        asked.prompt,
        description=asked.hint,
        choices=cast(Any, choices_of(asked) | ({} if asked.required else {"": str(NO_ANSWER)})),
        widget=GovRadioInput(),
        validate_choice=False,
    )


def plain_newlines(text: str | None) -> str | None:
    """Undo what browsers do to line ends, as a filter of a field."""
    return with_plain_newlines(text) if text else text


def choices_of(asked: Asked) -> dict[str, str]:
    """Return value and wording of everything that can be chosen.

    A dictionary, because WTForms gives up pairs and its published types do not know its SelectChoice yet.
    """
    if asked.kind is QuestionKind.SCALE:
        return {str(point): scale_wording(asked, point) for point in asked.scale}
    return {str(choice.id): choice.wording for choice in asked.choices}


def scale_wording(asked: Asked, point: int) -> str:
    """Return a point of a scale, with its meaning at either end."""
    ends = {asked.scale[0]: asked.minimum_meaning, asked.scale[-1]: asked.maximum_meaning}
    meaning = ends.get(point, "")
    return f"{point} – {meaning}" if meaning else str(point)


def answer_in_words(asked: Asked, typed: Typed | None) -> list[str]:
    """Return an answer as the check page shows it: a line each for what was chosen; none for no answer."""
    if is_blank(typed):
        return []
    values = typed if isinstance(typed, list) else [typed or ""]
    if asked.kind in {QuestionKind.FREE_TEXT, QuestionKind.NUMBER}:
        return values
    wordings = choices_of(asked)
    return [wordings.get(value, value) for value in values]
