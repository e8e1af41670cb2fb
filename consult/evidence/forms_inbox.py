"""What a clerk types in the inbox."""

from typing import Any, cast

from govuk_frontend_wtf.wtforms_widgets import GovTextArea
from wtforms import SelectField, TextAreaField
from wtforms.validators import Length, ValidationError

from consult.evidence.forms import tidy
from consult.evidence.rules import SubmissionState
from consult.evidence.rules_desk import DESK_ORDER, LONGEST_REASON, MOVE_WORDS
from consult.foundation.web import Form

TARGETS = [state for state in DESK_ORDER if state in MOVE_WORDS]


class BatchForm(Form):
    """Where many submissions are to go."""

    to = SelectField("Move them to", validate_choice=False)

    def offer(self, state: SubmissionState, words: dict[SubmissionState, str]) -> "BatchForm":
        """Offer every state but the one that is shown."""
        offered = {"": "Choose a state", **{each.value: words[each] for each in TARGETS if each is not state}}
        self.to.choices = cast(Any, offered)  # the stubs do not know dicts yet
        return self

    def validate_to(self, field: SelectField) -> None:
        """Ask for a state, and refuse what is none."""
        if field.data not in {state.value for state in TARGETS}:
            raise ValidationError("Choose where the submissions are to go.")


class ReasonForm(Form):
    """Why a batch is moved: once for all of it."""

    why = TextAreaField(
        "Reason",
        widget=GovTextArea(),
        filters=[tidy],
        validators=[
            Length(max=LONGEST_REASON, message=f"Shorten the reason to {LONGEST_REASON:,} characters.")
        ],
    )
