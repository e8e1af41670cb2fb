"""What can be decided about one answer from values alone: what is wrong with it, and what is sent of it."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from consult.calls.postcodes import district_of, place_of
from consult.calls.rules import QuestionKind, points_of_scale
from consult.evidence.rules import word_count
from consult.foundation.language import _, lazy, ngettext

# What was typed or chosen. A matrix gives "row:option" for each row answered; a place and a postcode stand in
# that order; "Prefer not to say" is a value like an option's.
Typed = str | list[str]

# What an integer column holds on every engine.
LARGEST_NUMBER = 2_147_483_647
UNSTORABLE = "\x00"
SHOWN_INSTEAD = "\ufffd"
DECLINED = "declined"

# Forty digits are beyond any bounds, and Python refuses to read thousands of them.
_WHOLE = re.compile(r"[+-]?(\d{1,40}|\d{1,3}(,\d{3}){1,12})")


@dataclass(frozen=True)
class Choice:
    """One thing that can be chosen: an option, a row or a place with the postcodes that lie in it."""

    id: int
    wording: str
    exclusive: bool = False
    postcodes: tuple[str, ...] = ()


@dataclass(frozen=True)
class SectionAsked:
    """Where in the call a question stands."""

    number: int
    count: int
    title: str
    introduction: str = ""


@dataclass(frozen=True)
class Asked:
    """A question as it is put to a respondent; `position` is its place among the others, from 1.

    `conditions` are options of an earlier question, one of which has to be chosen before it is put.
    """

    id: int
    slug: str
    number: int
    position: int
    kind: QuestionKind
    prompt: str
    hint: str = ""
    required: bool = False
    choices: tuple[Choice, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    minimum_meaning: str = ""
    maximum_meaning: str = ""
    word_limit: int | None = None
    word_guidance: int | None = None
    most_files: int | None = None
    may_decline: bool = False
    rows: tuple[Choice, ...] = ()
    conditions: frozenset[int] = frozenset()
    section: SectionAsked | None = None

    @property
    def scale(self) -> range:
        """Return the points of a scale."""
        return points_of_scale(self.minimum, self.maximum)

    @property
    def takes_postcodes(self) -> bool:
        """Tell whether a place may be given by its postcode."""
        return self.kind is QuestionKind.PLACE and any(choice.postcodes for choice in self.choices)

    def place_in(self, district: str) -> int | None:
        """Return the place in which a district lies, if it is known."""
        return place_of(district, {choice.id: choice.postcodes for choice in self.choices})


@dataclass(frozen=True)
class Reply:
    """An answer that can be sent."""

    text: str | None = None
    option_ids: tuple[int, ...] = ()
    number: int | None = None
    place_id: int | None = None
    cells: tuple[tuple[int, int], ...] = ()
    district: str | None = None
    declined: bool = False


def with_plain_newlines(text: str) -> str:
    """Return text with one kind of line end: browsers send CRLF whatever was typed."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def keepable(typed: Typed) -> Typed:
    """Return what a draft can keep: a character no engine stores is replaced by one that can be seen."""
    if isinstance(typed, list):
        return [item.replace(UNSTORABLE, SHOWN_INSTEAD) for item in typed]
    return typed.replace(UNSTORABLE, SHOWN_INSTEAD)


def without_postcode(asked: Asked, typed: Typed) -> Typed:
    """Return what may be stored of an answer: of a postcode its first half, and nothing of what is none."""
    if not asked.takes_postcodes or not isinstance(typed, list):
        return typed
    place, postcode = place_and_postcode(typed)
    district = district_of(postcode)
    return [place, district] if district else place


def place_and_postcode(typed: Typed | None) -> tuple[str, str]:
    """Return the place that was chosen and the postcode that was typed."""
    place, postcode, *_more = [*many(typed), "", ""]
    return place, postcode


def one(typed: Typed | None) -> str:
    """Return what was typed as one value; a question may have been of another kind when it was answered."""
    if isinstance(typed, list):
        return typed[0] if typed else ""
    return typed or ""


def many(typed: Typed | None) -> list[str]:
    """Return what was typed as a list."""
    return typed if isinstance(typed, list) else [typed] if typed else []


def cells_of(typed: Typed | None) -> dict[str, str]:
    """Return the option chosen in each row of a matrix, both as they stand in the form."""
    pairs = (item.partition(":") for item in many(typed))
    return {row: option for row, _colon, option in pairs if option}


def is_blank(typed: Typed | None) -> bool:
    """Tell whether nothing was answered."""
    return not any(item.strip() for item in many(typed))


def has_declined(asked: Asked, typed: Typed | None) -> bool:
    """Tell whether somebody chose "Prefer not to say"."""
    return asked.may_decline and DECLINED in many(typed)


def problem_with(asked: Asked, typed: Typed | None, files: int = 0) -> str:
    """Return how to put an answer right, or nothing when it can be sent; `files` were added to answer it."""
    if UNSTORABLE in "".join(many(typed)):
        return _(
            "Your answer has a character that cannot be stored, shown here as %(mark)s. "
            "Remove it and save again.",
            mark=SHOWN_INSTEAD,
        )
    if has_declined(asked, typed):
        return declined_problem(typed)
    if is_blank(typed):
        return str(WHEN_BLANK[asked.kind]) if asked.required and not files else ""
    return _CHECKS[asked.kind](asked, typed)


def declined_problem(typed: Typed | None) -> str:
    if all(item == DECLINED or not item.strip() for item in many(typed)):
        return ""
    return _("You chose “Prefer not to say” and gave an answer too. Keep one of the two.")


def text_problem(asked: Asked, typed: Typed | None) -> str:
    words = word_count(one(typed))
    if asked.word_limit is None or words <= asked.word_limit:
        return ""
    return _(
        "Your answer has %(words)s words, %(over)s more than the limit of %(limit)s. "
        "Shorten it by %(over)s. All of it is kept below.",
        words=f"{words:,}",
        over=counted(words - asked.word_limit),
        limit=f"{asked.word_limit:,}",
    )


def choice_problem(asked: Asked, typed: Typed | None) -> str:
    chosen = set(many(typed))
    if not chosen <= {str(choice.id) for choice in asked.choices}:
        return not_offered()
    alone = next((c for c in asked.choices if c.exclusive and str(c.id) in chosen), None)
    if alone is None or len(chosen) == 1:
        return ""
    return _("You chose “%(alone)s” and something else. Keep one or the other.", alone=alone.wording)


def not_offered() -> str:
    return _("That is not one of the answers offered. Choose from the answers below.")


def matrix_problem(asked: Asked, typed: Typed | None) -> str:
    cells = cells_of(typed)
    rows = {str(row.id): row.wording for row in asked.rows}
    offered = {str(choice.id) for choice in asked.choices}
    if not (cells.keys() <= rows.keys() and set(cells.values()) <= offered):
        return not_offered()
    missing = [wording for row, wording in rows.items() if row not in cells]
    if not asked.required or not missing:
        return ""
    return _("Choose an answer in each row. Still missing: %(rows)s.", rows="; ".join(missing))


def place_problem(asked: Asked, typed: Typed | None) -> str:
    place, postcode = place_and_postcode(typed)
    if place and choice_problem(asked, place):
        return not_offered()
    if not postcode.strip():
        return ""
    if not asked.takes_postcodes:
        return not_offered()
    district = district_of(postcode)
    if district is None:
        return _(
            "That is not a postcode we can read. Write it like SE15 5RS, or its first half alone, "
            "or choose from the list."
        )
    return district_problem(asked, place, district)


def district_problem(asked: Asked, place: str, district: str) -> str:
    lies_in = asked.place_in(district)
    names = {choice.id: choice.wording for choice in asked.choices}
    if lies_in is None:
        known = _(
            "We cannot tell the place from %(district)s. Choose it from the list as well.", district=district
        )
        return "" if place else known
    if place in {"", str(lies_in)}:
        return ""
    return _(
        "%(district)s lies in %(place)s, but you chose %(chosen)s. Keep the one that is right.",
        district=district,
        place=names[lies_in],
        chosen=names[int(place)],
    )


def scale_problem(asked: Asked, typed: Typed | None) -> str:
    if one(typed) in {str(point) for point in asked.scale}:
        return ""
    return _("Choose a point from %(low)s to %(high)s.", low=asked.scale[0], high=asked.scale[-1])


def number_problem(asked: Asked, typed: Typed | None) -> str:
    number = whole_number(one(typed))
    if number is None:
        return _("Enter a whole number in figures, such as 12, without decimals or words.")
    problem = bounds_problem(asked.minimum, asked.maximum, number)
    if problem or abs(number) <= LARGEST_NUMBER:
        return problem
    return _("Enter a number of %(high)s or less.", high=f"{LARGEST_NUMBER:,}")


def bounds_problem(low: int | None, high: int | None, number: int) -> str:
    """Return how to bring a number within its bounds, or nothing."""
    if low is not None and high is not None and not low <= number <= high:
        return _("Enter a number from %(low)s to %(high)s.", low=f"{low:,}", high=f"{high:,}")
    if low is not None and number < low:
        return _("Enter a number that is %(low)s or more.", low=f"{low:,}")
    if high is not None and number > high:
        return _("Enter a number that is %(high)s or less.", high=f"{high:,}")
    return ""


def whole_number(typed: str) -> int | None:
    """Return the whole number that was typed, also one with commas between thousands."""
    bare = typed.strip().replace("−", "-")
    return int(bare.replace(",", "")) if _WHOLE.fullmatch(bare) else None


def counted(words: int) -> str:
    """Return a number of words in words."""
    return ngettext("%(n)s word", "%(n)s words", words, n=f"{words:,}")


def no_problem(_asked: Asked, _typed: Typed | None) -> str:
    """Say nothing of files here: they are checked as they arrive."""
    return ""


_CHECKS: dict[QuestionKind, Callable[[Asked, Typed | None], str]] = {
    QuestionKind.FREE_TEXT: text_problem,
    QuestionKind.SINGLE: choice_problem,
    QuestionKind.SEVERAL: choice_problem,
    QuestionKind.PLACE: place_problem,
    QuestionKind.SCALE: scale_problem,
    QuestionKind.NUMBER: number_problem,
    QuestionKind.MATRIX: matrix_problem,
    QuestionKind.FILE: no_problem,
}
WHEN_BLANK = {
    QuestionKind.FREE_TEXT: lazy("Write an answer to this question."),
    QuestionKind.SINGLE: lazy("Choose one of the answers."),
    QuestionKind.SEVERAL: lazy("Choose at least one of the answers."),
    QuestionKind.PLACE: lazy("Choose a place."),
    QuestionKind.SCALE: lazy("Choose a point on the scale."),
    QuestionKind.NUMBER: lazy("Enter a number."),
    QuestionKind.MATRIX: lazy("Choose an answer in each row."),
    QuestionKind.FILE: lazy("Choose a file."),
}


def reply_of(asked: Asked, typed: Typed | None) -> Reply | None:
    """Return the answer to send, or None for a question left out; only for what has no problem."""
    if has_declined(asked, typed):
        return Reply(declined=True)
    if is_blank(typed):
        return None
    if asked.kind is QuestionKind.FREE_TEXT:
        return Reply(text=one(typed))
    if asked.kind in {QuestionKind.SCALE, QuestionKind.NUMBER}:
        return Reply(number=whole_number(one(typed)))
    return _CHOSEN[asked.kind](asked, typed)


def _place_chosen(asked: Asked, typed: Typed | None) -> Reply:
    place, postcode = place_and_postcode(typed)
    district = district_of(postcode)
    lies_in = asked.place_in(district) if district else None
    return Reply(place_id=int(place) if place else lies_in, district=district)


def _cells_chosen(asked: Asked, typed: Typed | None) -> Reply:
    cells = cells_of(typed)
    return Reply(cells=tuple((row.id, int(cells[str(row.id)])) for row in asked.rows if str(row.id) in cells))


def _options_chosen(asked: Asked, typed: Typed | None) -> Reply:
    chosen = set(many(typed))
    return Reply(option_ids=tuple(c.id for c in asked.choices if str(c.id) in chosen))


def _no_files(_asked: Asked, _typed: Typed | None) -> None:
    return None


_CHOSEN: dict[QuestionKind, Callable[[Asked, Typed | None], Reply | None]] = {
    QuestionKind.SINGLE: _options_chosen,
    QuestionKind.SEVERAL: _options_chosen,
    QuestionKind.PLACE: _place_chosen,
    QuestionKind.MATRIX: _cells_chosen,
    QuestionKind.FILE: _no_files,
}
