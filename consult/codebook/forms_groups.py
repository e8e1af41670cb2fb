"""What staff type about a group of passages."""

from govuk_frontend_wtf.wtforms_widgets import GovTextArea
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from consult.codebook.forms import plain
from consult.codebook.rules_groups import LONGEST_WHY
from consult.foundation.web import Form


class NotAThemeForm(Form):
    """Why a group is no theme."""

    why = TextAreaField(
        "Why is this not a theme?",
        widget=GovTextArea(),
        filters=[plain],
        validators=[
            DataRequired("Say why this is not a theme."),
            Length(max=LONGEST_WHY, message=f"The reason must have {LONGEST_WHY:,} characters or fewer."),
        ],
        description="It is kept with the group, so that nobody has to ask again.",
    )
