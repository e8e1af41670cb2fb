"""The form in which a clerk writes the Welsh of a call beside its English."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovTextArea, GovTextInput
from wtforms import BooleanField, StringField, TextAreaField

from consult.calls.forms import reason, tidy
from consult.calls.models import Call
from consult.calls.rules import CallState
from consult.calls.wording import Part, Text
from consult.foundation.language import WELSH
from consult.foundation.web import Form

LONGEST_LINE = 100


class WelshForm(Form):
    """The base of the form that `welsh_form` makes for one call."""

    offered = BooleanField("Offer this call in Welsh as well as in English", widget=GovCheckboxInput())

    def welsh(self, parts: Sequence[Part]) -> dict[str, str]:
        """Return what was typed, by text."""
        return {text.key: tidy(self[text.key].data) for part in parts for text in part.texts}


@dataclass(frozen=True)
class Pair:
    """An English text with the field of its Welsh, and what is to be done about it."""

    text: Text
    field: Any

    @property
    def to_do(self) -> str:
        if self.text.is_missing:
            return "no Welsh yet"
        return "the English has changed since" if self.text.is_behind else ""

    @property
    def parameters(self) -> dict[str, Any]:
        """Return how the field is shown: as long as its English, and known to be Welsh."""
        rows = {"rows": max(3, len(self.text.english) // 60)} if self.field.type == "TextAreaField" else {}
        return {"attributes": {"lang": WELSH}, "label": {"classes": "govuk-label--s"}, **rows}


def welsh_form(call: Call, parts: Sequence[Part]) -> WelshForm:
    """Return the form for one call, with what is written so far."""
    fields: dict[str, Any] = {text.key: field_for(text) for part in parts for text in part.texts}
    if call.state is not CallState.DRAFT:
        fields["why"] = reason("Why are the words changed?", wanted=False)
    held = {text.key: text.welsh for part in parts for text in part.texts}
    made = type("OneWelshForm", (WelshForm,), fields)
    form: WelshForm = made(data={"offered": WELSH in call.languages, **held})
    return form


def field_for(text: Text) -> Any:
    """Return the field of a text's Welsh."""
    words = f"{text.where}, in Welsh"
    if text.in_prose or len(text.english) > LONGEST_LINE:
        return TextAreaField(words, widget=GovTextArea())
    return StringField(words, widget=GovTextInput())


def pairs_of(parts: Sequence[Part], form: WelshForm) -> list[tuple[Part, list[Pair]]]:
    """Return each part with its texts and fields."""
    return [(part, [Pair(text, form[text.key]) for text in part.texts]) for part in parts]
