"""What an administrator types about members."""

from typing import Any, cast

from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextInput
from wtforms import IntegerField, RadioField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from consult.foundation.security import Role
from consult.foundation.web import LARGEST_ID, Form

ROLE_WORDS = {
    Role.ADMINISTRATOR: "Administrator: gives and takes roles, writes calls",
    Role.CLERK: "Clerk: writes calls, handles and codes evidence",
    Role.ANALYST: "Analyst: codes evidence, edits the codebook",
    Role.CHAIR: "Chair: reads evidence, edits and signs off themes",
    Role.COMMISSIONER: "Commissioner: reads evidence and themes",
}


class GrantForm(Form):
    """A role for a user, found by e-mail address."""

    email = StringField(
        "E-mail address",
        widget=GovTextInput(),
        filters=[lambda text: (text or "").replace("\x00", "").strip()],
        description="The address with which they sign in.",
        validators=[
            DataRequired("Write the e-mail address of a user."),
            Length(max=255, message="That is longer than any e-mail address."),
        ],
    )
    role = RadioField(
        "Role",
        widget=GovRadioInput(),
        validators=[InputRequired("Choose a role.")],
        coerce=Role,
        choices=cast(Any, {role.value: words for role, words in ROLE_WORDS.items()}),
    )


class RevokeForm(Form):
    """A role of a member, named by the button pressed."""

    user_id = IntegerField(validators=[InputRequired(), NumberRange(1, LARGEST_ID)])
    role = SelectField(coerce=Role, choices=cast(Any, [role.value for role in Role]))
