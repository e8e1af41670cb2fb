"""Make one response of each row, or tell what is wrong with it and in which column."""

import hashlib
from collections.abc import Callable, Iterator
from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from itertools import islice

from consult.calls.rules import UNSTORABLE, QuestionKind
from consult.evidence.rules import PublicationChoice
from consult.evidence.spreadsheets import values
from consult.evidence.spreadsheets.layouts import Layout, Use, layout_of, plain
from consult.evidence.spreadsheets.mapping import AskedQuestion, ColumnMapping, ColumnUse, letters
from consult.evidence.spreadsheets.reading import Row, Sheet
from consult.evidence.spreadsheets.values import Misfit

HEADINGS_LOOKED_AT = 4
LONGEST = {
    "name": 300,
    "organisation": 300,
    "e-mail address": 255,
    "title": 300,
    "respondent type": 200,
    "response number": 350,
}
LONGEST_ANSWER = 1_000_000
# What platforms write for people who gave no address.
_NO_ADDRESS = frozenset({"", "anonymous", "n/a", "none", "-"})


@dataclass(frozen=True)
class Destination:
    """What responses are turned into: the call's questions, the inquiry's places, the clock of its dates."""

    questions: tuple[AskedQuestion, ...]
    # Plain name to id, as `layouts.plain` makes it.
    places: Map[str, int]
    zone: tzinfo
    publication: PublicationChoice = PublicationChoice.NOT_PUBLISHED
    # The day on which it is read: none came later.
    today: date = date.max


@dataclass(frozen=True)
class Problem:
    """What is wrong with one cell, by the row and column that a spreadsheet shows."""

    row: int
    column: str
    message: str


@dataclass
class Reply:
    """What a response says to one question."""

    text: str | None = None
    option_ids: tuple[int, ...] = ()
    number: int | None = None
    place_id: int | None = None
    # Matrix row to option.
    cells: dict[int, int] = field(default_factory=dict)


@dataclass
class Response:
    """One row understood; only without problems is it evidence."""

    row: int
    key: str = ""
    name: str = ""
    organisation: str = ""
    email: str = ""
    respondent_type: str = ""
    title: str = ""
    language: str = "en"
    place_id: int | None = None
    sent_at: datetime | None = None
    publication: PublicationChoice = PublicationChoice.NOT_PUBLISHED
    replies: dict[int, Reply] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    # Why a row is no response at all, such as a trial.
    left_out: str = ""


class RowReader:
    """Reads the rows of one sheet by one mapping."""

    def __init__(self, mapping: ColumnMapping, destination: Destination) -> None:
        self._used = [column for column in mapping.columns if column.use is not Use.LEAVE_OUT]
        self._day_first = mapping.day_first
        self._to = destination
        self._questions = {asked.slug: asked for asked in destination.questions}
        self._has_key = any(column.use is Use.KEY for column in self._used)
        self._seen: dict[str, int] = {}

    def read(self, row: Row) -> Response:
        """Return what a row says; its problems are in it."""
        response = Response(row.number, publication=self._to.publication)
        for column in self._used:
            cell = row.cells[column.index] if column.index < len(row.cells) else ""
            try:
                self._take(response, column, cell)
            except Misfit as misfit:
                response.problems.append(Problem(row.number, letters(column.index), str(misfit)))
        if not response.left_out:
            self._complete(response, row)
        return response

    def _take(self, response: Response, column: ColumnUse, cell: str) -> None:
        cell = cell.strip()
        if UNSTORABLE.search(cell):
            raise Misfit("There is a character in this cell that cannot be stored. Remove it.")
        if column.use in _TAKERS:
            if cell:
                _TAKERS[column.use](self, response, column, cell)
        elif cell:
            self._take_fact(response, column.use, cell)

    def _take_fact(self, response: Response, use: Use, cell: str) -> None:
        if len(cell) > LONGEST.get(use.value, LONGEST_ANSWER):
            raise Misfit(f"The {use.value} has {len(cell):,} characters; {LONGEST[use.value]:,} is the most.")
        if use is Use.EMAIL:
            response.email = "" if cell.casefold() in _NO_ADDRESS else cell
        elif use in {Use.FIRST_NAME, Use.LAST_NAME}:
            parts = (cell, response.name) if use is Use.FIRST_NAME else (response.name, cell)
            response.name = " ".join(part for part in parts if part)
        else:
            setattr(response, _FIELDS[use], cell)

    def _take_answer(self, response: Response, column: ColumnUse, cell: str) -> None:
        asked = self._questions[column.question]
        reply = response.replies.setdefault(asked.id, Reply())
        if asked.kind is QuestionKind.FREE_TEXT:
            if len(cell) > LONGEST_ANSWER:
                raise Misfit(f"The answer has {len(cell):,} characters; {LONGEST_ANSWER:,} is the most.")
            reply.text = cell
        elif asked.kind is QuestionKind.SINGLE:
            reply.option_ids = (values.option_of(asked, cell),)
        elif asked.kind is QuestionKind.SEVERAL:
            reply.option_ids = values.options_of(asked, cell)
        elif asked.kind is QuestionKind.SCALE:
            reply.number = values.point_of(asked, cell)
        elif asked.kind is QuestionKind.NUMBER:
            reply.number = values.number_of(asked, cell)
        elif asked.kind is QuestionKind.PLACE:
            reply.place_id = response.place_id = values.place_of(self._to.places, cell)

    def _take_option(self, response: Response, column: ColumnUse, cell: str) -> None:
        asked = self._questions[column.question]
        if values.is_ticked(cell, column.part):
            reply = response.replies.setdefault(asked.id, Reply())
            reply.option_ids = (*reply.option_ids, asked.options[column.part])

    def _take_matrix_row(self, response: Response, column: ColumnUse, cell: str) -> None:
        asked = self._questions[column.question]
        reply = response.replies.setdefault(asked.id, Reply())
        reply.cells[asked.rows[column.part]] = values.option_of(asked, cell)

    def _take_place(self, response: Response, _column: ColumnUse, cell: str) -> None:
        response.place_id = values.place_of(self._to.places, cell)

    def _take_moment(self, response: Response, _column: ColumnUse, cell: str) -> None:
        sent_at = values.moment_of(cell, day_first=self._day_first, zone=self._to.zone)
        if sent_at.astimezone(self._to.zone).date() > self._to.today:
            raise Misfit(
                f"“{values.short(cell)}” is still to come. Put it right, or settle whether days or months "
                "are written first."
            )
        response.sent_at = sent_at

    def _take_publication(self, response: Response, _column: ColumnUse, cell: str) -> None:
        response.publication = values.publication_of(cell)

    def _take_language(self, response: Response, _column: ColumnUse, cell: str) -> None:
        response.language = values.language_of(cell)

    def _take_finished(self, response: Response, _column: ColumnUse, cell: str) -> None:
        if plain(cell) in {"false", "0", "no", "partial", "incomplete", "in progress"}:
            response.left_out = "not finished by its writer"

    def _take_test(self, response: Response, _column: ColumnUse, cell: str) -> None:
        if plain(cell) in {"survey preview", "preview", "test", "survey test", "1"}:
            response.left_out = "a trial of the form"

    def _complete(self, response: Response, row: Row) -> None:
        """Find the key, and refuse what says nothing or was said in an earlier row."""
        if not response.replies and not response.problems:
            blank = not any(cell.strip() for cell in row.cells)
            response.left_out = "an empty row" if blank else "without an answer to any question"
            return
        given = response.key or ("" if self._has_key else _fingerprint(row))
        if not given:
            column = letters(next(each.index for each in self._used if each.use is Use.KEY))
            response.problems.append(Problem(row.number, column, "There is no response number in this row."))
            return
        earlier = self._seen.setdefault(given, row.number)
        if earlier != row.number and self._has_key:
            column = letters(next(each.index for each in self._used if each.use is Use.KEY))
            message = f"The response number “{values.short(given)}” is already in row {earlier}."
            response.problems.append(Problem(row.number, column, message))
        elif earlier != row.number:
            response.left_out = f"the same as row {earlier} in every cell"
        response.key = given


def _fingerprint(row: Row) -> str:
    """Return a key for a row without a number of its own: the next import of the file finds it again."""
    return "row " + hashlib.sha256("\x1f".join(row.cells).encode("utf-8", "surrogatepass")).hexdigest()


_FIELDS: dict[Use, str] = {
    Use.NAME: "name",
    Use.ORGANISATION: "organisation",
    Use.RESPONDENT_TYPE: "respondent_type",
    Use.TITLE: "title",
    Use.KEY: "key",
}
_TAKERS: dict[Use, Callable[[RowReader, Response, ColumnUse, str], None]] = {
    Use.ANSWER: RowReader._take_answer,
    Use.OPTION: RowReader._take_option,
    Use.MATRIX_ROW: RowReader._take_matrix_row,
    Use.PLACE: RowReader._take_place,
    Use.SENT_AT: RowReader._take_moment,
    Use.PUBLICATION: RowReader._take_publication,
    Use.LANGUAGE: RowReader._take_language,
    Use.FINISHED: RowReader._take_finished,
    Use.TEST: RowReader._take_test,
}


def look_at(sheet: Sheet) -> tuple[Layout, list[Row]]:
    """Return how a sheet is laid out and its first responses; BadInput when it has no headings."""
    first = list(islice(sheet.open_rows(), HEADINGS_LOOKED_AT + 200))
    layout = layout_of(first)
    return layout, first[layout.heading_rows :]


def responses(sheet: Sheet, layout: Layout, reader: RowReader, *, after_row: int = 0) -> Iterator[Response]:
    """Return each row below the headings as a response; all are read, those after `after_row` are given."""
    for row in islice(sheet.open_rows(), layout.heading_rows, None):
        response = reader.read(row)
        if row.number > after_row:
            yield response
