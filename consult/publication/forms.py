"""What a clerk types at the redaction desk and when publishing, and what readers outside search by."""

from collections.abc import Mapping
from typing import Any, cast

from govuk_frontend_wtf.wtforms_widgets import GovSelect, GovTextArea, GovTextInput
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from consult.evidence.forms import tidy
from consult.foundation.language import _, lazy
from consult.foundation.web import Form
from consult.publication.filters import EvidenceFilter
from consult.publication.rules import GROUND_WORDS, Ground

LONGEST_REASON = 2_000
LONGEST_SEARCH = 200
_GROUNDS: Any = {ground.value: words for ground, words in GROUND_WORDS.items()}


class DecisionForm(Form):
    """A decision on one item; its words and ground may be changed before it is withheld."""

    words = TextAreaField(
        "Words to withhold",
        widget=GovTextArea(),
        filters=[tidy],
        description="Shorten or lengthen them as they stand in the text, to change what is withheld.",
    )
    ground = SelectField("Ground", widget=GovSelect(), choices=_GROUNDS)
    why = TextAreaField(
        "Reason",
        widget=GovTextArea(),
        filters=[tidy],
        description="Needed to release words in confidence. It stands in the log; readers do not see it.",
        validators=[
            Length(max=LONGEST_REASON, message=f"Shorten the reason to {LONGEST_REASON:,} characters.")
        ],
    )


class OwnWordsForm(Form):
    """Words that a clerk withholds without being asked."""

    own_words = TextAreaField(
        "Words to withhold",
        widget=GovTextArea(),
        filters=[tidy],
        description="Select them in the text, or type them as they stand there.",
        validators=[InputRequired("Select or type the words to withhold.")],
    )
    own_ground = SelectField("Ground", widget=GovSelect(), choices=_GROUNDS, default=Ground.OTHER.value)
    paragraph = StringField(
        "Paragraph",
        widget=GovTextInput(),
        filters=[tidy],
        description="Its number, to withhold the words only there. Leave it empty for every time they stand.",
    )


class PassOverForm(Form):
    """Why evidence goes out although something is undecided."""

    passed_over = TextAreaField(
        "Reason for publishing all the same",
        widget=GovTextArea(),
        filters=[tidy],
        description="Words that are undecided stay withheld. The reason stands in the audit log.",
        validators=[
            Length(max=LONGEST_REASON, message=f"Shorten the reason to {LONGEST_REASON:,} characters.")
        ],
    )


class TakeBackForm(Form):
    """Why evidence is taken off the public pages."""

    why = TextAreaField(
        "Reason that readers will see",
        widget=GovTextArea(),
        filters=[tidy],
        description="It stands on the page where the evidence stood. Name nobody in it.",
        validators=[
            InputRequired("Say why it is taken back. Readers see this where the evidence stood."),
            Length(max=LONGEST_REASON, message=f"Shorten the reason to {LONGEST_REASON:,} characters."),
        ],
    )


class SearchForm(Form):
    """What a reader of published evidence asks for; sent by GET, so that what is shown has an address."""

    words = StringField(lazy("Words"), filters=[tidy])
    type = SelectField(lazy("Respondent type"), default="", validate_choice=False)
    place = SelectField(lazy("Place"), default="", validate_choice=False)

    def offer(self, types: Mapping[str, str], places: Mapping[str, str]) -> "SearchForm":
        """Fill the lists with what is out; forget a choice that is not among it."""
        offered = ((self.type, {"": _("All types"), **types}), (self.place, {"": _("All places"), **places}))
        for field, choices in offered:
            field.choices = cast(Any, choices)  # the stubs do not know dicts yet
            field.data = field.data if field.data in choices else ""
        self.words.data = (self.words.data or "")[:LONGEST_SEARCH]
        return self


def chosen_in(filters: list[EvidenceFilter], args: Mapping[str, str]) -> dict[str, str]:
    """Return what an address chooses of the filters of other rooms; what they do not offer is nothing."""
    asked = {each.name: args.get(each.name, "") for each in filters}
    return {each.name: asked[each.name] for each in filters if asked[each.name] in each.values}
