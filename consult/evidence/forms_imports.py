"""What a clerk gives and decides when a spreadsheet is imported."""

from collections.abc import Sequence
from typing import Any, cast

from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovRadioInput, GovTextArea
from wtforms import BooleanField, Field, FileField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from consult.calls.models import Call
from consult.calls.rules import QuestionKind
from consult.evidence.forms import tidy
from consult.evidence.rules import CLOSENESS, PUBLICATION_WORDS, PublicationChoice
from consult.evidence.rules_desk import LONGEST_REASON
from consult.evidence.spreadsheets.layouts import Layout, Use
from consult.evidence.spreadsheets.mapping import (
    AskedQuestion,
    ColumnMapping,
    ColumnUse,
    letters,
    problems_of,
)
from consult.foundation.web import Form

LEFT_OUT = "leave out"
USE_WORDS = {
    Use.NAME: "Name",
    Use.FIRST_NAME: "First name",
    Use.LAST_NAME: "Last name",
    Use.ORGANISATION: "Organisation",
    Use.EMAIL: "E-mail address",
    Use.RESPONDENT_TYPE: "Respondent type",
    Use.PLACE: "Place",
    Use.SENT_AT: "When it was sent",
    Use.KEY: "Number of the response",
    Use.PUBLICATION: "Whether it may be published",
    Use.LANGUAGE: "Language",
    Use.TITLE: "Title",
    Use.FINISHED: "Whether its writer finished it",
    Use.TEST: "Whether it was a trial",
}
DAYS = {"day": "The day first: 3/7/2026 is 3 July", "month": "The month first: 3/7/2026 is 7 March"}


class UploadForm(Form):
    """A spreadsheet, and the call that it answers."""

    file = FileField("Spreadsheet")
    call = RadioField(
        "To which call does it answer?",
        widget=GovRadioInput(),
        validators=[InputRequired("Choose the call that it answers.")],
    )

    def offer(self, calls: Sequence[Call]) -> "UploadForm":
        """Offer the calls of the inquiry; of one, that one is chosen."""
        self.call.choices = cast(Any, [(call.slug, call.title) for call in calls])
        return self

    def validate_file(self, field: FileField) -> None:
        """Ask for a file."""
        if not getattr(field.data, "filename", ""):
            raise ValidationError("Choose a spreadsheet.")


class ColumnsForm(Form):
    """The base of the form that `columns_form` makes for one sheet and call."""

    questions: tuple[AskedQuestion, ...]
    uses: dict[str, ColumnUse]
    # What a list of uses shows, by group: keys and words.
    groups: dict[str, list[tuple[str, str]]]

    days = RadioField("How are days written?", widget=GovRadioInput(), choices=cast(Any, DAYS), default="day")
    publication = RadioField(
        "What holds for responses that do not say whether they may be published?",
        widget=GovRadioInput(),
        description="Choose more than “not to be published” only where you know what all of them agreed to.",
        choices=cast(Any, {each.value: PUBLICATION_WORDS[each] for each in CLOSENESS}),
        default=PublicationChoice.NOT_PUBLISHED.value,
    )

    def mapping(self) -> ColumnMapping:
        """Return what was settled."""
        columns = (
            ColumnUse(index, use.use, use.question, use.part)
            for index, field in self.columns.items()
            if (use := self.uses.get(field.data or ""))
        )
        return ColumnMapping(tuple(columns), self.days.data != "month")

    @property
    def columns(self) -> dict[int, Field]:
        """Return the fields of the columns by their places."""
        return {int(name[1:]): field for name, field in self._fields.items() if name[1:].isdecimal()}

    def validate(self, extra_validators: Any = None) -> bool:
        """Check each column, and that they go together."""
        right: bool = super().validate(extra_validators)
        columns = self.columns
        for index, message in problems_of(self.mapping(), self.questions).items():
            # What is wrong with the whole is told at the first column: there the reader begins.
            field = columns[index if index in columns else min(columns)]
            field.errors = [*field.errors, message]
            right = False
        return right


def columns_form(
    layout: Layout, questions: tuple[AskedQuestion, ...], mapping: ColumnMapping
) -> type[ColumnsForm]:
    """Return the form class for one sheet, with a field for each column, as it is understood at first."""
    groups = offered_uses(questions)
    uses = {key: use for choices in groups.values() for key, (_, use) in choices.items()}
    keys = {(use.use, use.question, use.part): key for key, use in uses.items()}
    at_first = {each.index: keys.get((each.use, each.question, each.part), "") for each in mapping.columns}
    shown = {group: [(key, words) for key, (words, _) in each.items()] for group, each in groups.items()}
    fields: dict[str, Any] = {
        f"c{column.index}": StringField(
            f"Column {letters(column.index)}: {column.words}", default=at_first.get(column.index, "")
        )
        for column in layout.columns
    }
    given = {"questions": questions, "uses": uses, "groups": shown}
    return type("OneColumnsForm", (ColumnsForm,), {**fields, **given})


def offered_uses(questions: Sequence[AskedQuestion]) -> dict[str, dict[str, tuple[str, ColumnUse]]]:
    """Return all that a column could be for, by group: a key, its words and what it means."""
    groups = {
        "About the response": {use.name: (words, ColumnUse(0, use)) for use, words in USE_WORDS.items()}
    }
    for number, asked in enumerate(questions, 1):
        offered = uses_of(asked, number)
        if offered:
            name = f"Question {number}: {asked.prompt}"
            groups[name if len(name) <= 80 else f"{name[:79]}…"] = {
                f"{asked.id}-{place}": use for place, use in enumerate(offered)
            }
    return groups


def uses_of(asked: AskedQuestion, number: int) -> list[tuple[str, ColumnUse]]:
    """Return what a column could be for a question: all of its answer, an option, a row of it."""
    if asked.kind is QuestionKind.FILE:
        return []
    if asked.kind is QuestionKind.MATRIX:
        return [
            (f"Question {number}, row: {row}", ColumnUse(0, Use.MATRIX_ROW, asked.slug, row))
            for row in asked.rows
        ]
    whole = [(f"Answer to question {number}", ColumnUse(0, Use.ANSWER, asked.slug))]
    if asked.kind is not QuestionKind.SEVERAL:
        return whole
    ticked = [
        (f"Question {number}, option: {each}", ColumnUse(0, Use.OPTION, asked.slug, each))
        for each in asked.options
    ]
    return [(f"Answer to question {number}, all options in one column", whole[0][1]), *ticked]


class StoreForm(Form):
    """The last word before a spreadsheet is stored."""

    leave_out = BooleanField(
        "Leave out the rows with problems, and store the others", widget=GovCheckboxInput()
    )
    why_late = TextAreaField(
        "Why are they taken, though the call had closed?",
        widget=GovTextArea(),
        description="Readers of the inbox see it beside each of them.",
        filters=[tidy],
        validators=[
            Length(max=LONGEST_REASON, message=f"Shorten the reason to {LONGEST_REASON:,} characters.")
        ],
    )

    def check(self, found: dict[str, Any]) -> bool:
        """Ask for what the spreadsheet needs, given what was found in it."""
        right: bool = self.validate()
        if found["wrong"] and not self.leave_out.data:
            words = "Put the problems right and give the file again, or tick that those rows are left out."
            self.leave_out.errors = [words]
            right = False
        if found["late"] and not self.why_late.data:
            self.why_late.errors = ["Say why responses are taken that came after the call had closed."]
            right = False
        return right
