"""The form that chooses what to take out, and for whom."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from wtforms import RadioField
from wtforms.validators import InputRequired

from consult.foundation.web import Form
from consult.publication.rules import Clearance
from consult.reports.rules import Export

EXPORTS = {
    Export.CODINGS: ("Codings", "Each code that a person applied to a passage and has not withdrawn."),
    Export.SUGGESTIONS: (
        "Suggestions",
        "What the machine last proposed, why, and what was decided. Not for passages still to be read blind.",
    ),
    Export.DECISIONS: ("Decisions", "Each accept, reject, replace or skip of a suggestion, and by whom."),
}
CLEARANCES = {
    Clearance.PUBLIC: (
        "Public",
        "Only what respondents let us publish. Names nobody who asked not to be named, and no member.",
    ),
    Clearance.RESEARCH: (
        "Research",
        "The same words as public, for researchers under an agreement. Names no member.",
    ),
    Clearance.COMPLETE: (
        "Complete",
        "Everything, with all names, also what is not to be published. Keep it inside the commission.",
    ),
}


def values(offered: Iterable[StrEnum]) -> Any:
    """Return the values to choose from; the field's types know only the pairs that WTForms gives up."""
    return [each.value for each in offered]


class ExportForm(Form):
    """What to download and for whom."""

    export = RadioField(
        "Which records",
        choices=values(EXPORTS),
        validators=[InputRequired("Choose which records to download.")],
    )
    clearance = RadioField(
        "For whom",
        choices=values(CLEARANCES),
        validators=[InputRequired("Choose for whom the file is.")],
    )
