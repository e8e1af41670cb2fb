"""The forms of what respondents are promised: the rule of withdrawal, and the report."""

from typing import Any, cast

from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextInput
from wtforms import DateField, RadioField, StringField
from wtforms.validators import Length, Optional, ValidationError

from consult.calls.forms import DayInput
from consult.calls.rules import LONGEST_TITLE, WithdrawalPolicy
from consult.calls.withdrawing import problem_with_address
from consult.foundation.web import Form

POLICIES = {
    WithdrawalPolicy.UNTIL_CLOSING: "By themselves until the call closes, after that you decide",
    WithdrawalPolicy.UNTIL_REPORT: "By themselves until the report is out, after that you decide",
    WithdrawalPolicy.ON_REQUEST: "You decide on each request",
}
DAYS = ["%Y-%m-%d", "%d/%m/%Y", "%d %B %Y", "%d %b %Y"]


class PolicyForm(Form):
    """Until when respondents may withdraw."""

    policy = RadioField("How may respondents withdraw?", choices=cast(Any, POLICIES), widget=GovRadioInput())


class ReportForm(Form):
    """Where the report is, and from which day."""

    day = DateField(
        "Day from which it is out (optional)",
        description="From then on respondents see under which themes their words stand.",
        widget=DayInput(),
        format=DAYS,
        validators=[Optional()],
    )
    title = StringField(
        "Title of the report (optional)",
        widget=GovTextInput(),
        validators=[Length(max=LONGEST_TITLE, message=f"Shorten the title to {LONGEST_TITLE} characters.")],
    )
    address = StringField(
        "Address on the web (optional)",
        description="Such as https://example.org/report.",
        widget=GovTextInput(),
        validators=[Length(max=500, message="Shorten the address to 500 characters.")],
    )

    def validate_address(self, field: Any) -> None:
        """Take nothing that is not an address on the web: respondents will press it."""
        if problem := problem_with_address((field.data or "").strip()):
            raise ValidationError(problem)
