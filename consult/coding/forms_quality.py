"""What an inquiry wants of suggestions, as typed."""

from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from wtforms import StringField, ValidationError

from consult.coding.rules_quality import LEAST_PRECISION, MOST_AT_MOST, MOST_PRECISION, Wanted
from consult.foundation.web import Form


class SuggestionSettingsForm(Form):
    """How many of a hundred suggestions are to be right, and how many a passage may have."""

    precision = StringField(
        "Of 100 suggestions shown, how many should be right?",
        widget=GovTextInput(),
        description="Leave this empty to see whatever is worth a look. The higher, the fewer are shown.",
    )
    most = StringField(
        "Most suggestions on a passage",
        widget=GovTextInput(),
        description="Five is usual. Before anybody has decided anything, no more than three are shown.",
    )

    def validate_precision(self, field: StringField) -> None:
        """Ask for a number of a hundred, or nothing."""
        typed = (field.data or "").strip().removesuffix("%").strip()
        if typed and not (typed.isdecimal() and LEAST_PRECISION <= int(typed) <= MOST_PRECISION):
            raise ValidationError(
                f"Enter a whole number from {LEAST_PRECISION} to {MOST_PRECISION}, or leave this empty."
            )
        field.data = typed

    def validate_most(self, field: StringField) -> None:
        """Ask for a small number."""
        typed = (field.data or "").strip()
        if not (typed.isdecimal() and 1 <= int(typed) <= MOST_AT_MOST):
            raise ValidationError(f"Enter a whole number from 1 to {MOST_AT_MOST}.")
        field.data = typed

    @property
    def wanted(self) -> Wanted:
        """Return what was typed; ask only after it was found right."""
        return Wanted(int(self.precision.data) if self.precision.data else None, int(self.most.data or 0))
