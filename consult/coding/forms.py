"""What the coding screen sends; the fields of one act, hidden ones mostly."""

import hashlib
import secrets

from wtforms import HiddenField, IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from consult.coding.rules import LONGEST_ACT_KEY
from consult.evidence.rules import Bounds
from consult.foundation.errors import BadInput
from consult.foundation.web import Form

LONGEST_PAGE_KEY = 24
# Integers are 32 bits wide on PostgreSQL.
LARGEST = 2_147_483_647
NUMBER = NumberRange(min=0, max=LARGEST)


class ActForm(Form):
    """Where on the page an act was made, and the page's key, which makes a repeated act the same act."""

    act_key = HiddenField(validators=[Optional(), Length(max=LONGEST_PAGE_KEY)])
    block = HiddenField(validators=[Optional(), Length(max=60)])

    def checked(self) -> "ActForm":
        """Return the form if what was sent can be used; BadInput says what to do."""
        if not self.validate():
            problems = [message for messages in self.errors.values() for message in messages]
            raise BadInput(
                "This page sent something that cannot be used. Load it again. " + " ".join(problems)
            )
        return self

    def key_for(self, *what: object) -> str | None:
        """Return the key of one act of this page."""
        if not self.act_key.data:
            return None
        act = hashlib.sha256(repr(what).encode()).hexdigest()
        return f"{self.act_key.data}-{act}"[:LONGEST_ACT_KEY]


class ReplaceForm(ActForm):
    """Another code in the place of the one proposed."""

    code = IntegerField(validators=[InputRequired("Choose a code from the list."), NUMBER])

    @property
    def code_id(self) -> int:
        """Return the id of the code chosen; no code has the id nought."""
        return self.code.data or 0


class ApplyForm(ReplaceForm):
    """A code on a passage or on some words near it; `start` and `end` say where a script found the words."""

    text = IntegerField(validators=[InputRequired(), NUMBER])
    passage_start = IntegerField(validators=[InputRequired(), NUMBER])
    passage_end = IntegerField(validators=[InputRequired(), NUMBER])
    start = IntegerField(validators=[Optional(), NUMBER])
    end = IntegerField(validators=[Optional(), NUMBER])
    words = StringField("Words to code")

    @property
    def passage(self) -> Bounds:
        """Return the bounds of the passage the act was made at."""
        return Bounds(self.passage_start.data or 0, self.passage_end.data or 0)

    @property
    def claimed(self) -> Bounds | None:
        """Return where the page says the words are, if it says so."""
        if self.start.data is None or self.end.data is None:
            return None
        return Bounds(self.start.data, self.end.data)


class CutForm(ActForm):
    """Where a passage is to be cut anew: `place` is where its second begins, `words` those it begins with."""

    passage = IntegerField(validators=[InputRequired(), NUMBER])
    place = HiddenField(validators=[Optional(), Length(max=12)])
    words = StringField(
        "Words with which the second passage begins", validators=[Optional(), Length(max=400)]
    )


def new_page_key() -> str:
    """Return a key for a page about to be shown."""
    return secrets.token_urlsafe(12)
