"""What the platforms' exports look like: how many rows of headings, and what the usual columns are.

Citizen Space: one row ("Response ID"). Microsoft Forms: one row ("ID", "Start time", "Completion time").
SurveyMonkey: two rows ("Respondent ID", "Collector ID"; options below their question). Qualtrics: three rows
("StartDate", "ResponseId"; then the questions; then JSON). Jisc Online surveys: one row ("1. …", "1.a. …").
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from consult.evidence.spreadsheets.reading import Row
from consult.foundation.errors import BadInput


class Platform(StrEnum):
    """Where a spreadsheet was made."""

    CITIZEN_SPACE = "Citizen Space"
    MICROSOFT_FORMS = "Microsoft Forms"
    SURVEYMONKEY = "SurveyMonkey"
    QUALTRICS = "Qualtrics"
    JISC = "Jisc Online surveys"
    OTHER = "another platform"


class Use(StrEnum):
    """What a column is for."""

    LEAVE_OUT = "leave out"
    ANSWER = "answer"
    OPTION = "option"
    MATRIX_ROW = "matrix row"
    NAME = "name"
    FIRST_NAME = "first name"
    LAST_NAME = "last name"
    ORGANISATION = "organisation"
    EMAIL = "e-mail address"
    RESPONDENT_TYPE = "respondent type"
    PLACE = "place"
    SENT_AT = "sent at"
    KEY = "response number"
    PUBLICATION = "publication choice"
    LANGUAGE = "language"
    TITLE = "title"
    FINISHED = "finished"
    TEST = "trial response"


@dataclass(frozen=True)
class Column:
    """A column by its place, with its heading and, where the platform writes one, the option below that."""

    index: int
    heading: str
    option: str = ""

    @property
    def words(self) -> str:
        """Return all that stands over the column."""
        return f"{self.heading} – {self.option}" if self.option else self.heading


@dataclass(frozen=True)
class Layout:
    """How a sheet is laid out; responses begin after `heading_rows` rows."""

    platform: Platform
    heading_rows: int
    columns: tuple[Column, ...]


# Headings as `plain` makes them: a platform's own names, and the usual words of home-made sheets.
_HEADINGS: dict[Use, str] = {
    Use.KEY: """response id; responseid; respondent id; unique response number; id; response number;
        response reference; unique id; participant id""",
    Use.SENT_AT: """completion time; date modified; end date; enddate; recordeddate; recorded date; submitted;
        submitted date; date submitted; submitted at; submission date; completed; completion date; date;
        received; timestamp; finish time""",
    Use.NAME: "name; full name; your name; what is your name; respondent name; contact name",
    Use.FIRST_NAME: "first name; recipientfirstname; recipient first name; forename",
    Use.LAST_NAME: "last name; recipientlastname; recipient last name; surname",
    Use.ORGANISATION: """organisation; organization; your organisation; what is your organisation;
        organisation name; name of organisation; company; what is the name of your organisation""",
    Use.EMAIL: """email; e mail; email address; e mail address; recipientemail; recipient email;
        what is your email address; your email address; username""",
    Use.RESPONDENT_TYPE: """respondent type; type of respondent; i am responding as; are you responding as;
        in what capacity are you responding; which of these describes you best; capacity;
        are you responding as an individual or on behalf of an organisation;
        are you responding as an individual or an organisation""",
    Use.PLACE: "place; area; region; local authority; where do you live; council area",
    Use.PUBLICATION: """publication; publication choice; consent to publish; may we publish your response;
        can we publish your response; publishing your response;
        are you happy for your response to be published""",
    Use.LANGUAGE: "language; userlanguage; user language; respondent language",
    Use.TITLE: "title; title of submission",
    Use.FINISHED: "finished; response status",
    Use.TEST: "status; response type; distributionchannel; distribution channel",
    Use.LEAVE_OUT: """ip; ipaddress; ip address; progress; duration in seconds; start date; startdate;
        start time; date created; created; collector id; externalreference; external data reference;
        locationlatitude; location latitude; locationlongitude; location longitude; last modified time;
        custom data 1; user agent; total points; quiz feedback; q recaptchascore; started""",
}
KNOWN = {heading.strip(): use for use, headings in _HEADINGS.items() for heading in headings.split(";")}

_MARKS: tuple[tuple[Platform, frozenset[str]], ...] = (
    (Platform.SURVEYMONKEY, frozenset({"respondent id", "collector id"})),
    (Platform.MICROSOFT_FORMS, frozenset({"id", "start time", "completion time"})),
    (Platform.JISC, frozenset({"unique response number"})),
    (Platform.CITIZEN_SPACE, frozenset({"response id"})),
)
_QUALTRICS = frozenset({"startdate", "responseid"})
_IMPORT_ID = re.compile(r'\s*\{\s*"ImportId"\s*:')
_NUMBERED = re.compile(r"^\s*(?:q(?:uestion)?\s*)?\d+(?:[.:]?[a-z]|(?:\.\d+)+)?\s*[.:)\-–]\s*", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_PUBLISH = frozenset({"publish", "published", "publishing", "publication"})
_AGREE = frozenset({"agree", "can", "consent", "content", "happy", "may", "permission"})


def known_use(heading: str) -> Use | None:
    """Return what a column is for by its heading alone, as `plain` makes it."""
    words = set(heading.split())
    asks_to_publish = Use.PUBLICATION if words & _PUBLISH and words & _AGREE else None
    return KNOWN.get(heading, asks_to_publish)


@lru_cache(maxsize=8192)
def plain(words: str) -> str:
    """Return words for comparing: small letters, no accents or signs, no question number in front."""
    bare = _NUMBERED.sub("", words) or words
    folded = unicodedata.normalize("NFKD", bare.casefold()).encode("ascii", "ignore").decode()
    return " ".join(_WORD.findall(folded.replace("'", "")))


def layout_of(rows: Sequence[Row]) -> Layout:
    """Return the layout that the first rows of a sheet show; BadInput when there are no headings."""
    if not rows or not any(cell.strip() for cell in rows[0].cells):
        raise BadInput("The first row is empty. It needs a heading over each column.")
    first = [plain(cell) for cell in rows[0].cells]
    below = rows[1].cells if len(rows) > 1 else ()
    if frozenset(first) >= _QUALTRICS:
        return _qualtrics(rows)
    platform = _platform_of(first)
    if platform is Platform.SURVEYMONKEY and _is_second_heading(rows[0].cells, below):
        return Layout(platform, 2, _under_headings(rows[0].cells, below))
    return Layout(platform, 1, _split_headings(rows[0].cells))


def _platform_of(first: Sequence[str]) -> Platform:
    for platform, marks in _MARKS:
        if marks <= set(first):
            return platform
    return Platform.OTHER


def _qualtrics(rows: Sequence[Row]) -> Layout:
    """Take the question texts of the second row, and skip the third when it is of JSON."""
    texts = rows[1].cells if len(rows) > 1 else rows[0].cells
    third = rows[2].cells if len(rows) > 2 else ()
    heading_rows = 3 if any(_IMPORT_ID.match(cell) for cell in third) else 2
    names = rows[0].cells
    # A column about the response itself is better known by its name than by what is written below it.
    headings = [
        name if plain(name) in KNOWN else (texts[place] if place < len(texts) else name)
        for place, name in enumerate(names)
    ]
    return Layout(Platform.QUALTRICS, heading_rows, _split_headings(headings))


def _is_second_heading(first: Sequence[str], second: Sequence[str]) -> bool:
    """Tell SurveyMonkey's second row of headings: empty under the columns about the response itself."""
    about = [place for place, cell in enumerate(first) if KNOWN.get(plain(cell)) is Use.KEY]
    return bool(second) and all(place >= len(second) or not second[place].strip() for place in about)


def _under_headings(first: Sequence[str], second: Sequence[str]) -> tuple[Column, ...]:
    columns, heading = [], ""
    for place in range(max(len(first), len(second))):
        above = first[place].strip() if place < len(first) else ""
        below = second[place].strip() if place < len(second) else ""
        heading = above or heading
        option = "" if plain(below) in {"", "response", "open ended response"} else below
        if heading:
            columns.append(Column(place, heading, option))
    return tuple(columns)


def _split_headings(headings: Sequence[str]) -> tuple[Column, ...]:
    return tuple(Column(place, heading.strip()) for place, heading in enumerate(headings) if heading.strip())
