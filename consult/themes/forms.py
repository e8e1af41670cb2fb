"""The form of a theme."""

from wtforms import SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from consult.foundation.web import Form
from consult.themes.rules import LONGEST_TITLE

LONGEST_DESCRIPTION = 20_000


class ThemeForm(Form):
    """A theme's title, description and codes."""

    title = StringField(
        "Title",
        validators=[
            InputRequired("Give the theme a title."),
            Length(max=LONGEST_TITLE, message=f"Shorten the title to {LONGEST_TITLE} characters."),
        ],
    )
    description = TextAreaField(
        "Description",
        validators=[
            Length(
                max=LONGEST_DESCRIPTION,
                message=f"Shorten the description to {LONGEST_DESCRIPTION:,} characters.",
            )
        ],
    )
    codes = SelectMultipleField("Codes it gathers", coerce=int)
