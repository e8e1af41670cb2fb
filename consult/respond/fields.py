"""The fields that fit each kind of question, and answers in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from govuk_frontend_wtf.wtforms_widgets import (
    GovCharacterCount,
    GovCheckboxesInput,
    GovCheckboxInput,
    GovFileInput,
    GovRadioInput,
    GovSelect,
    GovTextArea,
    GovTextInput,
)
from wtforms import (
    BooleanField,
    Field,
    MultipleFileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.utils import unset_value

from consult.calls.rules import QuestionKind
from consult.foundation.language import _, lazy
from consult.respond.answers import (
    DECLINED,
    Asked,
    Choice,
    Typed,
    cells_of,
    has_declined,
    is_blank,
    many,
    one,
    place_and_postcode,
    with_plain_newlines,
)

# Radios that cannot be unticked would force an answer on whoever touched one.
NO_ANSWER = lazy("I do not want to answer this question")
PREFER_NOT_TO_SAY = lazy("Prefer not to say")
POSTCODE_HINT = lazy(
    "We keep only its first half, such as SE15, and the place it lies in. We never keep a whole postcode."
)
MOST_RADIOS = 12
IN_LISTS = frozenset({QuestionKind.SEVERAL, QuestionKind.MATRIX, QuestionKind.FILE})


@dataclass(frozen=True)
class Cell:
    """One radio button of a matrix."""

    id: str
    value: str
    wording: str
    checked: bool


@dataclass(frozen=True)
class Row:
    """One row of a matrix: a group of radio buttons under one name."""

    name: str
    wording: str
    cells: Sequence[Cell]


class MatrixField(Field):
    """A choice in each row; its data are "row:option" for the rows that were answered."""

    def __init__(self, asked: Asked, **options: Any) -> None:
        super().__init__(asked.prompt, description=asked.hint, **options)
        self.asked = asked

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        super().process(formdata, data, extra_filters)
        if formdata is not None:
            typed = {row.id: formdata.get(self.name_of(row), "") for row in self.asked.rows}
            self.data = [f"{row_id}:{option}" for row_id, option in typed.items() if option]

    def name_of(self, row: Choice) -> str:
        """Return the name under which a row is sent."""
        return f"{self.name}-{row.id}"

    @property
    def columns(self) -> list[str]:
        """Return what stands at the head of each column."""
        return [wording for _value, wording in self._offered]

    @property
    def rows(self) -> list[Row]:
        """Return the rows as they are shown."""
        return [Row(self.name_of(row), row.wording, self._cells(row)) for row in self.asked.rows]

    @property
    def _offered(self) -> list[tuple[str, str]]:
        offered = [(str(choice.id), choice.wording) for choice in self.asked.choices]
        return offered if self.asked.required else [*offered, ("", _("No answer"))]

    def _cells(self, row: Choice) -> list[Cell]:
        chosen = cells_of(self.data).get(str(row.id), "")
        first = row is self.asked.rows[0]
        return [
            Cell(
                # The error summary leads to the first of all.
                self.id if first and not index else f"{self.name_of(row)}-{index}",
                value,
                wording,
                self.data is not None and value == chosen,
            )
            for index, (value, wording) in enumerate(self._offered)
        ]


class FileNames(MultipleFileField):
    """The names of chosen files, all that a preview of a call takes of them; see views_files for the rest."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        names = (getattr(value, "filename", value) for value in valuelist)
        self.data = [str(name) for name in names if name]


def fields_of(asked: Asked) -> dict[str, Any]:
    """Return the fields of a question by name; each question has one called answer."""
    fields: dict[str, Any] = {"answer": field_for(asked)}
    if asked.takes_postcodes:
        fields["postcode"] = StringField(
            lazy("Or give a postcode"), description=POSTCODE_HINT, widget=GovTextInput()
        )
    if asked.kind is QuestionKind.NUMBER and asked.may_decline:
        fields["declined"] = BooleanField(PREFER_NOT_TO_SAY, widget=GovCheckboxInput())
    return fields


def values_of(asked: Asked, typed: Typed | None) -> dict[str, Any]:
    """Return what was typed by field."""
    if asked.takes_postcodes:
        place, postcode = place_and_postcode(typed)
        # None where nothing was chosen yet: no radio button may stand chosen by itself.
        return {"answer": place or None, "postcode": postcode}
    if asked.kind is QuestionKind.NUMBER and asked.may_decline:
        return {"answer": one(typed), "declined": DECLINED in many(typed)}
    return {"answer": typed}


def field_for(asked: Asked) -> Any:
    """Return the field that fits the kind of question."""
    if asked.kind is QuestionKind.FREE_TEXT:
        widget = GovCharacterCount() if asked.word_limit else GovTextArea()
        return TextAreaField(asked.prompt, description=asked.hint, widget=widget, filters=[plain_newlines])
    if asked.kind is QuestionKind.FILE:
        return FileNames(asked.prompt, description=asked.hint, widget=GovFileInput(multiple=True))
    if asked.kind is QuestionKind.NUMBER:
        return StringField(asked.prompt, description=asked.hint, widget=GovTextInput())
    if asked.kind is QuestionKind.MATRIX:
        return MatrixField(asked)
    return choice_field(asked)


def choice_field(asked: Asked) -> Any:
    """Return the field in which something is chosen."""
    offered = choices_of(asked)
    shared: dict[str, Any] = {"description": asked.hint, "validate_choice": False}
    if asked.kind is QuestionKind.SEVERAL:
        return SelectMultipleField(
            asked.prompt, choices=cast(Any, offered), widget=GovCheckboxesInput(), **shared
        )
    if is_long_list(asked):
        longer = {"": _("Choose")} | offered
        return SelectField(asked.prompt, choices=cast(Any, longer), widget=GovSelect(), **shared)
    none = {} if asked.required or asked.may_decline else {"": str(NO_ANSWER)}
    return RadioField(asked.prompt, choices=cast(Any, offered | none), widget=GovRadioInput(), **shared)


def is_long_list(asked: Asked) -> bool:
    """Tell whether one of so many is chosen that radio buttons would fill several screens."""
    return asked.kind is not QuestionKind.SEVERAL and len(asked.choices) > MOST_RADIOS


def plain_newlines(text: str | None) -> str | None:
    """Undo what browsers do to line ends, as a filter of a field."""
    return with_plain_newlines(text) if text else text


def choices_of(asked: Asked) -> dict[str, str]:
    """Return value and wording of everything that can be chosen.

    A dictionary, because WTForms gives up pairs and its published types do not know its SelectChoice yet.
    """
    declining = {DECLINED: str(PREFER_NOT_TO_SAY)} if asked.may_decline else {}
    if asked.kind is QuestionKind.SCALE:
        return {str(point): scale_wording(asked, point) for point in asked.scale} | declining
    return {str(choice.id): choice.wording for choice in asked.choices} | declining


def scale_wording(asked: Asked, point: int) -> str:
    """Return a point of a scale, with its meaning at either end."""
    ends = {asked.scale[0]: asked.minimum_meaning, asked.scale[-1]: asked.maximum_meaning}
    meaning = ends.get(point, "")
    return f"{point} – {meaning}" if meaning else str(point)


def answer_in_words(asked: Asked, typed: Typed | None) -> list[str]:
    """Return an answer as the check page shows it: a line each for what was chosen; none for no answer."""
    if is_blank(typed):
        return []
    if asked.kind is QuestionKind.MATRIX:
        return cells_in_words(asked, typed)
    if asked.takes_postcodes and not has_declined(asked, typed):
        return place_in_words(asked, typed)
    if asked.kind is QuestionKind.FREE_TEXT:
        return [one(typed)]
    wordings = choices_of(asked)
    return [wordings.get(value, value) for value in many(typed) if value.strip()]


def cells_in_words(asked: Asked, typed: Typed | None) -> list[str]:
    """Return a line for each row that was answered."""
    cells, wordings = cells_of(typed), choices_of(asked)
    return [
        f"{row.wording}: {wordings.get(cells[str(row.id)], cells[str(row.id)])}"
        for row in asked.rows
        if str(row.id) in cells
    ]


def place_in_words(asked: Asked, typed: Typed | None) -> list[str]:
    """Return a place and, where it was given by its postcode, the half that is kept."""
    place, district = place_and_postcode(typed)
    lies_in = place or str(asked.place_in(district) or "")
    name = choices_of(asked).get(lies_in, lies_in)
    known = [_("Postcode district %(district)s", district=district)] if district.strip() else []
    return [*([name] if name else []), *known]
