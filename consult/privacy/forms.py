"""What a clerk types before something is erased, and how long things are kept."""

from typing import Any, cast

from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextArea, GovTextInput
from wtforms import RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, ValidationError

from consult.foundation.web import Form
from consult.privacy.rules import (
    CHOSEN_GROUNDS,
    GROUND_WORDS,
    LONGEST_DAYS,
    SHORTEST_WORDS,
    ErasureKind,
    Period,
    RetentionEvent,
    RetentionKind,
)

GROUNDS = cast(Any, {ground.value: GROUND_WORDS[ground] for ground in CHOSEN_GROUNDS})
EVENTS = cast(
    Any,
    {
        RetentionEvent.CALL_CLOSED.value: "days after the call closes",
        RetentionEvent.REPORT_OUT.value: "days after the report is out",
    },
)
KEPT = "kept"


class ConfirmForm(Form):
    """Why something is erased, and the reference typed again: there is no way back."""

    reference: str

    ground = RadioField(
        "Why is it erased?",
        widget=GovRadioInput(),
        choices=GROUNDS,
        validators=[InputRequired("Choose why it is erased.")],
    )
    confirm = StringField("Type the reference to confirm", widget=GovTextInput())

    def expect(self, reference: str) -> "ConfirmForm":
        """Say which reference has to be typed."""
        self.reference = reference
        return self

    def validate_confirm(self, field: StringField) -> None:
        """Ask for the reference, so that no slip of the hand erases anything."""
        if (field.data or "").strip().upper() != self.reference.upper():
            raise ValidationError(f"Type {self.reference} to confirm.")


class EraseForm(ConfirmForm):
    """What to erase of somebody: the submission and others of the same person, or the address alone."""

    what = RadioField(
        "What is to be erased?",
        widget=GovRadioInput(),
        choices=cast(
            Any,
            {
                ErasureKind.SUBMISSIONS.value: "Everything: the submission with all that hangs on it",
                ErasureKind.ADDRESSES.value: "The e-mail address only; the evidence stays",
            },
        ),
        validators=[InputRequired("Choose what is to be erased.")],
    )
    also = SelectMultipleField("Other submissions of the same person", validate_choice=False)


class WordsForm(Form):
    """Words to look for in one submission."""

    words = TextAreaField(
        "Words to erase, exactly as they stand",
        widget=GovTextArea(),
        description="Copy them from the evidence. Capitals and line breaks count.",
    )

    def validate_words(self, field: TextAreaField) -> None:
        """Ask for words that are long enough to mean something."""
        field.data = (field.data or "").replace("\r\n", "\n").strip()
        if len(field.data) < SHORTEST_WORDS:
            raise ValidationError(f"Enter at least {SHORTEST_WORDS} letters.")


class ConfirmWordsForm(ConfirmForm, WordsForm):
    """The words that were found, and that they are to go."""


class PeriodForm(Form):
    """How long one kind of thing is kept."""

    event = RadioField(
        "Counted from",
        widget=GovRadioInput(),
        choices=cast(Any, {KEPT: "As long as the inquiry’s records are kept", **EVENTS}),
        validators=[InputRequired("Choose how long it is kept.")],
    )
    days = StringField("Days", widget=GovTextInput())

    def validate_days(self, field: StringField) -> None:
        """Ask for a number of days where days count."""
        if self.event.data == KEPT:
            return
        typed = (field.data or "").strip()
        if not typed.isdecimal() or int(typed) > LONGEST_DAYS:
            raise ValidationError(f"Enter a number of days between 0 and {LONGEST_DAYS:,}.")

    def period(self, kind: RetentionKind, standing: Period) -> Period:
        """Return what was chosen."""
        if self.event.data == KEPT:
            return Period(kind, standing.event, None)
        return Period(kind, RetentionEvent(self.event.data), int((self.days.data or "").strip()))


def period_form(period: Period) -> PeriodForm:
    """Return the form of one period, filled with what holds unless somebody has typed."""
    event = KEPT if period.days is None else period.event.value
    days = "" if period.days is None else str(period.days)
    return PeriodForm(prefix=f"{period.kind.value}-", data={"event": event, "days": days})
