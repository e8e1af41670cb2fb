"""The forms of the journey. What is right or wrong is decided in rules.py; a form carries it to the page."""

from collections.abc import Sequence
from typing import Any, cast

from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovCheckboxInput,
    GovRadioInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField

from consult.evidence.rules import PublicationChoice
from consult.foundation.language import _, lazy, ngettext
from consult.foundation.web import Form
from consult.respond.answers import DECLINED, Asked, Typed, keepable, many, problem_with, without_postcode
from consult.respond.confidences import (
    CHOICE_OF_ANSWER,
    MOST_CONFIDENCES,
    Confidence,
    Markable,
    paragraphs_ticked,
    problems_of_marking,
)
from consult.respond.fields import IN_LISTS, fields_of, plain_newlines, values_of
from consult.respond.queries import RespondentTypeOffered
from consult.respond.rules import (
    LONGEST_DECLARED,
    about_problems,
    declaration_problems,
    publication_problem,
    reminder_problems,
)

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
            if isinstance(field.data, str | list):
                field.data = keepable(field.data)

    @property
    def problems(self) -> list[dict[str, str]]:
        """Return the entries of the error summary, each with the field it leads to."""
        return [{"text": field.errors[0], "href": f"#{field.id}"} for field in self if field.errors]


class QuestionForm(JourneyForm):
    """The base of the form that `question_form` makes for one question."""

    asked: Asked

    @classmethod
    def holding(cls, typed: Typed | None) -> "QuestionForm":
        """Return the form with an answer that was kept, whatever was posted."""
        return cls(formdata=None, data=values_of(cls.asked, typed))

    def raw(self) -> Typed:
        """Return what was typed or chosen, never None, and with a whole postcode if one was typed."""
        first = self["answer"].data or ([] if self.asked.kind in IN_LISTS else "")
        postcode = (self["postcode"].data or "").strip() if "postcode" in self else ""
        more = [*([postcode] if postcode else []), *([DECLINED] if self.declines else [])]
        return [*(many(first) or [""]), *more] if more else first

    def typed(self) -> Typed:
        """Return what was typed as far as it may be kept."""
        return without_postcode(self.asked, self.raw())

    @property
    def declines(self) -> bool:
        """Tell whether a box beside the answer says "Prefer not to say"."""
        return "declined" in self and bool(self["declined"].data)

    def is_right(self) -> bool:
        problem = problem_with(self.asked, self.raw())
        place = "postcode" if "postcode" in self and self["postcode"].data else "answer"
        return self.set_problems({place: problem} if problem else {})


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


# A choice for one answer is closer than the one for all of it, or follows it.
FOR_ONE_ANSWER = {
    "": lazy("As I chose above"),
    PublicationChoice.WITHOUT_NAME: lazy("Publish it without my name"),
    PublicationChoice.NOT_PUBLISHED: lazy("Do not publish it"),
}


class PublicationForm(JourneyForm):
    """What may be published: all of it, and answers for which somebody chooses differently."""

    publication = RadioField(
        lazy("May we publish your evidence?"),
        choices=cast(Any, publication_choices),
        widget=GovRadioInput(),
        validate_choice=False,
    )

    def typed(self) -> dict[str, str]:
        own = {field.name: field.data or "" for field in self.for_answers}
        return {"publication": self.publication.data or "", **own}

    @property
    def for_answers(self) -> list[Any]:
        """Return the fields for single answers."""
        return [field for field in self if isinstance(field, SelectField) and field is not self.publication]

    def is_right(self) -> bool:
        problem = publication_problem(self.typed()["publication"])
        return self.set_problems({"publication": problem} if problem else {})


def publication_form(answered: Sequence[Asked]) -> type[PublicationForm]:
    """Return the form class for whoever has answered these questions."""
    fields = {
        CHOICE_OF_ANSWER.format(asked.slug): SelectField(
            asked.prompt,
            choices=cast(Any, {value: str(wording) for value, wording in FOR_ONE_ANSWER.items()}),
            validate_choice=False,
        )
        for asked in answered
    }
    return type("OnePublicationForm", (PublicationForm,), fields)


class ResumeForm(JourneyForm):
    """The way back to a draft or a receipt."""

    code = StringField(lazy("Your return code or receipt code"), widget=GovTextInput())


class TeamForm(JourneyForm):
    """A colleague's way in."""

    code = StringField(lazy("Team code"), widget=GovTextInput())
    name = StringField(lazy("Your name"), widget=GovTextInput())


class ReminderForm(JourneyForm):
    """One e-mail before the call closes."""

    address = StringField(
        lazy("E-mail address"),
        description=lazy("We use it for this one e-mail and erase it then, or when you send your evidence."),
        widget=GovTextInput(),
    )
    days_before = RadioField(
        lazy("When shall we write?"), widget=GovRadioInput(), coerce=str, validate_choice=False
    )
    with_code = BooleanField(
        lazy("Put my return code into the e-mail"),
        description=lazy(
            "Whoever reads the e-mail can then open your answers, and we keep the code itself until we "
            "have written."
        ),
        widget=GovCheckboxInput(),
    )

    def offer(self, days: Sequence[int]) -> "ReminderForm":
        """Fill in on which days before the closing it can come."""
        wordings = {
            str(each): ngettext("A day before the call closes", "%(n)s days before it closes", each, n=each)
            for each in days
        }
        self.days_before.choices = cast(Any, wordings)
        return self

    def is_right(self, days: Sequence[int]) -> bool:
        return self.set_problems(
            reminder_problems(self.address.data or "", self.days_before.data or "", days)
        )


class DeclarationForm(JourneyForm):
    """For whom somebody speaks, in what role, with what interests and funding; a call asks for some of it."""

    on_behalf_of = StringField(
        lazy("Whose views are these? (optional)"),
        description=lazy(
            "Such as “the members of our tenants’ association”. Leave it empty if they are your own."
        ),
        widget=GovTextInput(),
    )
    role = StringField(
        lazy("What is your role there? (optional)"),
        description=lazy("Such as chair, clerk, volunteer, caseworker."),
        widget=GovTextInput(),
    )
    interests = TextAreaField(
        lazy("Do you, or those you speak for, gain or lose by what the commission may recommend? (optional)"),
        description=lazy(
            "Money, property, posts, contracts. It does not lessen what you say; readers can weigh it."
        ),
        widget=GovTextArea(),
        filters=[plain_newlines],
    )
    funding = TextAreaField(
        lazy("Who pays for your work on this subject? (optional)"),
        description=lazy("Grants, employers, members. Write “nobody” if it is unpaid."),
        widget=GovTextArea(),
        filters=[plain_newlines],
    )

    def ask(self, declarations: Sequence[str]) -> "DeclarationForm":
        """Leave only the fields that a call asks for."""
        for name in LONGEST_DECLARED:
            if name not in declarations:
                del self[name]
        return self

    def typed(self) -> dict[str, str]:
        return {field.name: field.data or "" for field in self if field.name in LONGEST_DECLARED}

    def is_right(self) -> bool:
        typed = self.typed()
        return self.set_problems(declaration_problems(typed, tuple(typed)))


class ConfidenceForm(JourneyForm):
    """Words of one answer or document that must not be published, and the harm it would do."""

    paragraphs = SelectMultipleField(
        lazy("Which paragraphs must not be published?"), widget=GovCheckboxesInput(), validate_choice=False
    )
    words = TextAreaField(
        lazy("Or which words?"),
        description=lazy("Copy them from your answer above. Wherever they stand in it, they are kept back."),
        widget=GovTextArea(),
        filters=[plain_newlines],
    )
    harm = TextAreaField(
        lazy("What harm would publishing them do?"),
        description=lazy("And to whom. Only the commission’s staff read this."),
        widget=GovTextArea(),
        filters=[plain_newlines],
    )

    def is_right(self, place: Markable) -> bool:
        """Tell whether the words can be marked there."""
        words, ticks, harm = self.words.data or "", self.paragraphs.data or [], self.harm.data or ""
        return self.set_problems(problems_of_marking(place, words, ticks, harm))

    def has_room(self, marks: Sequence[Confidence]) -> bool:
        """Tell whether as many marks can be kept: one left out unsaid would be published."""
        full = _(
            "At most %(most)s passages can be marked. Mark whole paragraphs, or do not have it published.",
            most=MOST_CONFIDENCES,
        )
        return self.set_problems({"words": full} if len(marks) > MOST_CONFIDENCES else {})

    def marked(self, place: Markable) -> list[Confidence]:
        """Return what was marked; only what is right."""
        words, harm = (self.words.data or "").strip(), (self.harm.data or "").strip()
        ticked = paragraphs_ticked(place.text, self.paragraphs.data or [])
        return [place.mark(each, harm) for each in [*ticked, *([words] if words else [])]]


class PlacingForm(JourneyForm):
    """Which question a document answers."""

    question = RadioField(
        lazy("Which question does it answer?"), widget=GovRadioInput(), validate_choice=False
    )

    def offer(self, questions: dict[str, str]) -> None:
        """Fill in the questions by slug; where there is no choice nothing is asked."""
        self.question.choices = cast(Any, questions)
        if len(questions) < 2:
            del self.question

    def is_right(self) -> bool:
        wanted = {value for value, *_words in self.question.iter_choices()}
        wrong = "" if (self.question.data or "") in wanted else _("Choose one of the answers.")
        return self.set_problems({"question": wrong} if wrong else {})


def question_form(asked: Asked) -> type[QuestionForm]:
    """Return the form class for one question."""
    return type("OneQuestionForm", (QuestionForm,), {"asked": asked, **fields_of(asked)})
