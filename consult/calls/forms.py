"""What staff type about calls, questions and lists; the rules decide, the forms say it beside the field."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any, cast

from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovInput,
    GovSelect,
    GovTextArea,
    GovTextInput,
)
from wtforms import (
    DateField,
    Field,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TimeField,
)
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from consult.calls.models import Call, Phase
from consult.calls.rules import (
    LONGEST_NAME,
    CallDetails,
    CallWords,
    problems_of_call,
    problems_of_words,
)
from consult.foundation.errors import BadInput
from consult.foundation.web import LONDON, Form

DECLARATION_WORDS = {
    "on_behalf_of": "On whose behalf they write",
    "role": "Their role",
    "interests": "Interests: what they stand to gain or lose",
    "funding": "Who pays for their work on the subject",
}
YEARS = range(2000, 2101)
LONGEST_REASON = 1_000


def tidy(text: str | None) -> str:
    """Return typed text without the white space around it, one kind of line end, and nothing unprintable."""
    kept = (text or "").replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return kept.strip()


class DayInput(GovInput):
    """A day; where a browser has no picker it is typed."""

    input_type = "date"


class TimeInput(GovInput):
    """A time of day; where a browser has no picker it is typed."""

    input_type = "time"


class DayField(DateField):
    """A day on London's calendar, in any of the ways people type one."""

    widget = DayInput()

    def __init__(self, words: str, **options: Any) -> None:
        formats = ["%Y-%m-%d", "%d/%m/%Y", "%d %B %Y", "%d %b %Y"]
        super().__init__(words, [InputRequired("Give the day.")], format=formats, **options)

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("Write the day like 2026-09-30 or 30/9/2026.") from None

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002  # WTForms' signature
        if self.data and self.data.year not in YEARS:
            raise ValidationError(f"Choose a year from {YEARS[0]} to {YEARS[-1]}.")


class ClockField(TimeField):
    """A time on London's clock."""

    widget = TimeInput()

    def __init__(self, words: str, **options: Any) -> None:
        super().__init__(words, [InputRequired("Give the time.")], format=["%H:%M", "%H:%M:%S"], **options)

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("Write the time like 09:00 or 23:59.") from None


class WholeNumberField(IntegerField):
    """A whole number, which may also be left empty."""

    widget = GovTextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = tidy(valuelist[0] if valuelist else "").replace(",", "").replace("−", "-")
        if not typed:
            self.data = None
            return
        try:
            super().process_formdata([typed])
        except ValueError:
            raise ValueError("Write a whole number in digits, such as 500, or leave it empty.") from None


def line(words: str, hint: str = "", **options: Any) -> StringField:
    """Return a field of one line."""
    return StringField(words, widget=GovTextInput(), filters=[tidy], description=hint, **options)


def prose_box(words: str, hint: str = "", **options: Any) -> StringField:
    """Return a field of many lines."""
    return StringField(words, widget=GovTextArea(), filters=[tidy], description=hint, **options)


def reason(words: str, *, wanted: bool) -> StringField:
    """Return a field for the reason that the audit log keeps."""
    checks: list[Any] = [
        Length(max=LONGEST_REASON, message=f"Shorten the reason to {LONGEST_REASON:,} characters.")
    ]
    if wanted:
        checks.insert(0, DataRequired("Say why: the audit log keeps the reason."))
    return line(words, "Kept in the audit log.", validators=checks)


def moment(day: date | None, clock: time | None) -> datetime:
    """Return the UTC moment of a day and time on London's clock."""
    if day is None or clock is None:
        raise BadInput("Give the day and the time.")
    return datetime.combine(day, clock, tzinfo=LONDON).astimezone(UTC)


def id_or_none(value: Any) -> int | None:
    """Return the id that a list of choices gave, or None for its empty line."""
    return int(value) if value not in {"", None, "None"} else None


class CallForm(Form):
    """The details of a draft call."""

    title = line("Title", "What the public sees first. Say what you ask, not what the form is called.")
    slug = line("Address", "Small letters, digits and hyphens. Leave empty to have it made from the title.")
    phase = SelectField("Phase", widget=GovSelect(), coerce=lambda value: int(value) if value else None)
    purpose = prose_box("What the call is for", "Markdown: blank line for a paragraph, - for a list.")
    terms = prose_box("Who may answer, and on what terms", "Markdown. May be empty.")
    what_happens = prose_box(
        "What happens to people’s words", "Markdown. Who reads them, what is published, when."
    )
    declarations = SelectMultipleField(
        "What should respondents declare?",
        choices=cast(Any, DECLARATION_WORDS),
        widget=GovCheckboxesInput(),
        description="All on one page, and each may be left empty. Tick none to leave the page out.",
    )
    most_documents = WholeNumberField(
        "How many documents may respondents add?",
        description="Beside their answers, on a page of its own: Word files, PDFs, e-mails and the like. "
        "Write 0 to leave the page out.",
    )
    opens_day = DayField("Opens on")
    opens_time = ClockField("at (London time)")
    closes_day = DayField("Closes on")
    closes_time = ClockField("at (London time)")

    def with_phases(self, phases: Iterable[Phase]) -> "CallForm":
        """Return the form with this inquiry's phases to choose from."""
        titles = {str(phase.id): phase.title for phase in phases}
        self.phase.choices = cast(Any, {"": "No phase", **titles})  # the stubs do not know dicts yet
        return self

    def details(self) -> CallDetails:
        """Return what was typed; only once each field has been read."""
        return CallDetails(
            words_in(self),
            moment(self.opens_day.data, self.opens_time.data),
            moment(self.closes_day.data, self.closes_time.data),
            self.slug.data or "",
            self.phase.data,
            tuple(self.declarations.data or ()),
            self.most_documents.data or 0,
        )

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Tell whether the call can be saved, each fault beside its field."""
        if not super().validate(extra_validators):
            show_problems(self, problems_of_words(words_in(self)))
            return False
        return show_problems(self, problems_of_call(self.details()), {"closes_at": "closes_day"})


class MendCallForm(Form):
    """The words of a published call."""

    title = line("Title")
    purpose = prose_box("What the call is for", "Markdown.")
    terms = prose_box("Who may answer, and on what terms", "Markdown.")
    what_happens = prose_box("What happens to people’s words", "Markdown.")
    why = reason("Why are the words changed?", wanted=True)

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Tell whether the words can be saved, each fault beside its field."""
        fine = super().validate(extra_validators)
        return show_problems(self, problems_of_words(words_in(self))) and bool(fine)


class ExtendForm(Form):
    """A later closing date."""

    closes_day = DayField("New closing day")
    closes_time = ClockField("at (London time)")
    why = reason("Why? (optional)", wanted=False)


class GraceForm(Form):
    """How long after closing a draft may still be sent."""

    minutes = WholeNumberField(
        "Minutes of grace",
        description="Drafts begun before closing can be sent for this long after it. 0 for not at all.",
    )
    grace_why = reason("Why? (optional)", wanted=False)


class OpeningForm(Form):
    """Another opening of a published call that nobody has begun to answer."""

    opens_day = DayField("Opens on")
    opens_time = ClockField("at (London time)")
    opens_why = reason("Why is the opening moved?", wanted=True)


class CloseForm(Form):
    """The reason for closing at once."""

    close_why = reason("Why? (optional)", wanted=False)


class EntryForm(Form):
    """The name of a phase, place or respondent type."""

    name = line(
        "Name",
        validators=[
            DataRequired("Write the name."),
            Length(max=LONGEST_NAME, message=f"Shorten the name to {LONGEST_NAME} characters."),
        ],
    )


def words_in(form: Any) -> CallWords:
    """Return the words of a call that were typed."""
    return CallWords(form.title.data, form.purpose.data, form.terms.data, form.what_happens.data)


def show_problems(form: Any, problems: Mapping[str, str], places: Mapping[str, str] | None = None) -> bool:
    """Put each problem beside its field (or above the form), and tell whether there was none."""
    for name, problem in problems.items():
        field: Field | None = form._fields.get((places or {}).get(name, name))
        if field is None:
            form.form_errors = [*form.form_errors, problem]
        else:
            field.errors = [*field.errors, problem]
    return not problems


def values_of_call(call: Call) -> dict[str, Any]:
    """Return a call as the values its form begins with."""
    opens, closes = call.opens_at.astimezone(LONDON), call.closes_at.astimezone(LONDON)
    return {
        "title": call.title,
        "slug": call.slug,
        "phase": call.phase_id,
        "purpose": call.purpose,
        "terms": call.terms,
        "what_happens": call.what_happens,
        "declarations": list(call.declarations),
        "most_documents": call.most_documents,
        "opens_day": opens.date(),
        "opens_time": opens.time(),
        "closes_day": closes.date(),
        "closes_time": closes.time(),
    }
