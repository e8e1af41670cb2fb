"""What a clerk types of documents."""

from govuk_frontend_wtf.wtforms_widgets import GovTextArea
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from consult.foundation.web import Form

LONGEST_TRANSCRIPTION = 2_000_000


class TranscriptionForm(Form):
    """What a scan says, typed by a member."""

    words = TextAreaField(
        "What the document says",
        description="Leave a blank line between paragraphs. Write [unclear] where you cannot read a word.",
        widget=GovTextArea(),
        validators=[
            InputRequired("Type what the document says."),
            Length(max=LONGEST_TRANSCRIPTION, message="Type at most two million characters."),
        ],
    )
