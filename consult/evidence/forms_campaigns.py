"""What a clerk decides about campaigns."""

import re
from typing import Any

from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextArea, GovTextInput
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from consult.evidence.forms import tidy
from consult.evidence.rules_campaigns import (
    LONGEST_NAME,
    LONGEST_NOTE,
    RULE_MEANINGS,
    RULE_WORDS,
    CountingRule,
)
from consult.evidence.service.campaigns import Wording
from consult.foundation.web import Form

_BETWEEN = re.compile(r"[\s,;]+")
RULES: Any = {rule.value: words for rule, words in RULE_WORDS.items()}


class WordingForm(Form):
    """How a campaign is called and counted, and why."""

    name = StringField(
        "Name of the campaign",
        widget=GovTextInput(),
        description="As your report will call it.",
        filters=[tidy],
        validators=[
            InputRequired("Give the campaign a name, such as “Save our libraries”."),
            Length(max=LONGEST_NAME, message=f"Shorten the name to {LONGEST_NAME} characters."),
        ],
    )
    rule = RadioField(
        "How it is counted",
        widget=GovRadioInput(),
        choices=RULES,
        validators=[InputRequired("Choose how the campaign is counted.")],
    )
    note = TextAreaField(
        "Why it is counted so (optional)",
        widget=GovTextArea(),
        description="Stands after the method sentence, wherever figures are shown.",
        filters=[tidy],
        validators=[Length(max=LONGEST_NOTE, message=f"Shorten the reason to {LONGEST_NOTE:,} characters.")],
    )

    def wording(self) -> Wording:
        """Return what was decided."""
        return Wording(self.name.data or "", CountingRule(self.rule.data), self.note.data or "")

    def hints(self, effects: dict[CountingRule, int]) -> dict[str, Any]:
        """Return what each rule does to figures, here and now, for the radios."""
        items = [
            {"hint": {"text": f"{RULE_MEANINGS[rule]} {submissions_in_words(effects[rule])}"}}
            for rule in CountingRule
        ]
        return {"items": items}


def submissions_in_words(number: int) -> str:
    """Return what figures would be made of."""
    return f"Figures would then be of {number:,} {'submission' if number == 1 else 'submissions'}."


def references_in(typed: str) -> list[str]:
    """Return the references that were typed, in capitals, each once."""
    return list(dict.fromkeys(each.upper() for each in _BETWEEN.split(typed) if each))
