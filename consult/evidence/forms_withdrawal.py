"""The clerk's decision on a request to withdraw."""

from typing import Any, cast

from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextArea
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, ValidationError

from consult.foundation.web import Form

WITHDRAW, KEEP = "withdraw", "keep"
CHOICES = {WITHDRAW: "Withdraw it, as its writer asks", KEEP: "Keep it, and tell its writer why"}


class RequestForm(Form):
    """Whether it is withdrawn, and what its writer is told."""

    decision = RadioField(
        "What do you decide?",
        choices=cast(Any, CHOICES),
        widget=GovRadioInput(),
        validators=[InputRequired("Choose whether it is withdrawn.")],
    )
    answer = TextAreaField(
        "What its writer is told",
        description="It stands on their receipt. Needed where you keep it.",
        widget=GovTextArea(),
    )

    def validate_answer(self, field: Any) -> None:
        """Ask for an answer where the wish is refused."""
        if self.decision.data == KEEP and not (field.data or "").strip():
            raise ValidationError("Tell the respondent why it is not withdrawn.")
