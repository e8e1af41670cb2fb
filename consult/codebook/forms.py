"""What staff type about codes; the rules decide, the form says it beside the field."""

from collections.abc import Sequence
from typing import Any

from govuk_frontend_wtf.wtforms_widgets import GovFileInput, GovSelect, GovTextArea, GovTextInput
from wtforms import FileField, HiddenField, SelectField, StringField, TextAreaField

from consult.codebook.queries import CodeEntry
from consult.codebook.rules import CodeText, examples_in, problems_of
from consult.foundation.web import Form

INDENT = "\N{EM SPACE}"
TOP = ("", "None: a heading of the codebook")


def plain(words: str | None) -> str:
    """Return typed words with one kind of line end and without what no engine can keep."""
    return (words or "").replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()


class CodeForm(Form):
    """A code as somebody writes it."""

    name = StringField(
        "Name",
        widget=GovTextInput(),
        filters=[plain],
        description="Short and plain; it is what people see everywhere.",
    )
    definition = TextAreaField(
        "Definition",
        widget=GovTextArea(),
        filters=[plain],
        description="What the code means, in a sentence or two. The machine reads it too.",
    )
    include = TextAreaField(
        "Include",
        widget=GovTextArea(),
        filters=[plain],
        description="What belongs here although it may not seem so.",
    )
    exclude = TextAreaField(
        "Exclude",
        widget=GovTextArea(),
        filters=[plain],
        description="What seems to belong here and does not, and where it goes instead.",
    )
    examples = TextAreaField(
        "Examples",
        widget=GovTextArea(),
        filters=[plain],
        description="Sentences that show the code at work, one on each line. The machine learns from them.",
    )
    parent = SelectField("Beneath", widget=GovSelect(), validate_choice=False)
    # How the code stood when the page was made, so that nobody overwrites what they have not seen.
    seen = HiddenField()

    def offer(self, codes: Sequence[CodeEntry], entry: CodeEntry | None = None) -> "CodeForm":
        """Offer as parents the codes that are in use and not beneath the code itself."""
        banned = {entry.id} if entry else set()
        offered = [TOP]
        for code in codes:
            if code.parent_id in banned:
                banned.add(code.id)
            if code.id not in banned and (code.active or (entry and code.id == entry.parent_id)):
                offered.append((code.slug, INDENT * code.depth + code.name))
        self.parent.choices = offered
        self.offered = {slug for slug, _ in offered}
        kept = entry.name if entry else None
        self.taken = {code.name.casefold() for code in codes if code.active and code.name != kept}
        return self

    def begin(self, text: CodeText) -> "CodeForm":
        """Fill the fields with words."""
        given = {"name": text.name, "definition": text.definition, "include": text.include}
        given |= {"exclude": text.exclude, "examples": "\n".join(text.examples)}
        for name, words in given.items():
            self[name].data = words
        return self

    def show(self, entry: CodeEntry) -> "CodeForm":
        """Fill the fields from a code."""
        self.begin(entry.text)
        self.parent.data = entry.parent_slug or ""
        self.seen.data = entry.fingerprint
        return self

    @property
    def text(self) -> CodeText:
        """Return what was typed, with one kind of line end."""
        return CodeText(
            name=self.name.data or "",
            definition=self.definition.data or "",
            include=self.include.data or "",
            exclude=self.exclude.data or "",
            examples=examples_in(self.examples.data or ""),
        )

    def validate(self, extra_validators: Any = None) -> bool:
        """Check what was typed by the rules and put each problem beside its field."""
        fine = bool(super().validate(extra_validators))
        for name, problem in problems_of(self.text).items():
            self[name].errors = [problem]
        # The picker, figures and files show names: two codes of one name could not be told apart there.
        if (self.name.data or "").casefold() in self.taken:
            self.name.errors = ["Another code has this name. Choose a different one, or edit that code."]
        if self.parent.data not in self.offered:
            self.parent.errors = ["Choose a code from the list, or none."]
        return fine and not self.errors


class SheetForm(Form):
    """A codebook as a file."""

    sheet = FileField(
        "CSV file",
        widget=GovFileInput(),
        description="The first row names the columns: code, name and definition; also, if you have them, "
        "parent, include, exclude and examples. Other columns are ignored.",
    )
