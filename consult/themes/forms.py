"""The form of a theme."""

from collections.abc import Sequence

from wtforms import SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from consult.calls.forms import tidy
from consult.foundation.web import Form
from consult.themes.queries import CodeRow
from consult.themes.rules import LONGEST_TITLE

LONGEST_DESCRIPTION = 20_000


class ThemeForm(Form):
    """A theme's title, description and codes."""

    title = StringField(
        "Title",
        filters=[tidy],
        validators=[
            DataRequired("Give the theme a title."),
            Length(max=LONGEST_TITLE, message=f"Shorten the title to {LONGEST_TITLE} characters."),
        ],
    )
    description = TextAreaField(
        "Description",
        filters=[tidy],
        validators=[
            Length(
                max=LONGEST_DESCRIPTION,
                message=f"Shorten the description to {LONGEST_DESCRIPTION:,} characters.",
            )
        ],
    )
    codes = SelectMultipleField("Codes it gathers", coerce=int)
    offered: Sequence[CodeRow] = ()

    def offer(self, codes: Sequence[CodeRow]) -> None:
        """Let these codes be chosen and no others."""
        self.offered = codes
        self.codes.choices = [(code.id, code.name) for code in codes]
