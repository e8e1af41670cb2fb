"""What can be decided about inquiries, calls and questions from values alone."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# Keys stand in files and columns, so an underscore is welcome there.
KEY = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")
UNSTORABLE = re.compile("[\\x00\\ud800-\\udfff]")
LONGEST_SLUG = 80
MOST_GRACE = 1_440
# What a new call begins with: long enough for a last page on a slow line.
USUAL_GRACE = 15
KEPT_AFTER_CLOSING = timedelta(days=14)
PREFIX = re.compile(r"[A-Z][A-Z0-9]{0,7}")
LONGEST_TITLE = 300
LONGEST_NAME = 200
LONGEST_PROSE = 20_000
LONGEST_PROMPT = 1_000
LONGEST_HINT = 2_000
LONGEST_OPTION = 300
MOST_QUESTIONS = 100
MOST_OPTIONS = 60
MOST_ROWS = 20
MOST_COLUMNS = 7  # of a matrix; more cannot be told apart on a screen
MOST_FILES = 20
WIDEST_SCALE = 11
USUAL_SCALE = (1, 5)
LARGEST_NUMBER = 2_000_000_000  # the column is 32 bits wide on PostgreSQL
MOST_WORDS = 100_000


class CallState(StrEnum):
    """Where a call stands; its dates decide whether a published call is open."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"


class WithdrawalPolicy(StrEnum):
    """Until when a respondent may withdraw what they sent; one rule for each inquiry."""

    UNTIL_CLOSING = "until_closing"
    UNTIL_REPORT = "until_report"
    ON_REQUEST = "on_request"


class QuestionKind(StrEnum):
    """How a question is answered."""

    FREE_TEXT = "free_text"
    SINGLE = "single"
    SEVERAL = "several"
    SCALE = "scale"
    NUMBER = "number"
    PLACE = "place"
    MATRIX = "matrix"
    FILE = "file"


# What a call may ask about whoever answers, beside the name; the words stand in evidence's declarations.
DECLARATIONS = ("on_behalf_of", "role", "interests", "funding")
WITH_OPTIONS = frozenset({QuestionKind.SINGLE, QuestionKind.SEVERAL, QuestionKind.MATRIX})
# A choice of one of these decides whether a later question is asked.
DECIDING = frozenset({QuestionKind.SINGLE, QuestionKind.SEVERAL})
WITH_DECLINING = frozenset(QuestionKind) - {QuestionKind.FREE_TEXT, QuestionKind.MATRIX, QuestionKind.FILE}
WITH_BOUNDS = frozenset({QuestionKind.SCALE, QuestionKind.NUMBER})


class Openness(StrEnum):
    """What a respondent can do with a call at one moment."""

    NOT_YET = "not yet open"
    OPEN = "open"
    # Closed, but what was begun before may still be finished and sent.
    GRACE = "in its grace"
    CLOSED = "closed"


@dataclass(frozen=True)
class CallWords:
    """What a call says; an opened call's words may still be mended."""

    title: str
    purpose: str = ""
    terms: str = ""
    what_happens: str = ""


@dataclass(frozen=True)
class CallDetails:
    """Everything about a call but its questions; without a slug one is made from the title."""

    words: CallWords
    opens_at: datetime
    closes_at: datetime
    slug: str = ""
    phase_id: int | None = None
    declarations: tuple[str, ...] = ()
    most_documents: int = 0


@dataclass(frozen=True)
class QuestionDetails:
    """Everything about a question but its number; without a slug one is made from the prompt.

    `exclusive` are the places, from 1, of options that go with no other; `conditions` are options of an
    earlier question, one of which has to be chosen before this one is asked.
    """

    kind: QuestionKind
    prompt: str
    hint: str = ""
    required: bool = False
    options: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    minimum_meaning: str = ""
    maximum_meaning: str = ""
    word_limit: int | None = None
    slug: str = ""
    word_guidance: int | None = None
    most_files: int | None = None
    may_decline: bool = False
    rows: tuple[str, ...] = ()
    exclusive: tuple[int, ...] = ()
    section_id: int | None = None
    conditions: tuple[int, ...] = ()


def openness(
    state: CallState, opens_at: datetime, closes_at: datetime, at: datetime, grace_minutes: int = 0
) -> Openness:
    """Tell what can be done: anything from the opening instant until just before the closing one.

    In the grace after it, until just before its end, a draft begun before may still be sent. A call that
    somebody closes has no grace.
    """
    if state is CallState.CLOSED:
        return Openness.CLOSED
    if state is CallState.PUBLISHED and at >= closes_at:
        return Openness.GRACE if at < grace_ends(closes_at, grace_minutes) else Openness.CLOSED
    if state is CallState.DRAFT or at < opens_at:
        return Openness.NOT_YET
    return Openness.OPEN


def grace_ends(closes_at: datetime, grace_minutes: int) -> datetime:
    """Return the instant from which nothing at all can be sent."""
    return closes_at + timedelta(minutes=grace_minutes)


def points_of_scale(minimum: int | None, maximum: int | None) -> range:
    """Return the points of a scale in order; a bound that nobody set is the usual one."""
    low = USUAL_SCALE[0] if minimum is None else minimum
    high = USUAL_SCALE[1] if maximum is None else maximum
    return range(low, high + 1)


def is_slug(text: str) -> bool:
    """Tell whether text can stand in an address: small letters, digits and single hyphens."""
    return bool(SLUG.fullmatch(text)) and len(text) <= LONGEST_SLUG


def is_key(text: str) -> bool:
    """Tell whether text can name a place, a respondent type or a question in a file."""
    return bool(KEY.fullmatch(text)) and len(text) <= LONGEST_SLUG


def is_storable(text: str) -> bool:
    """Tell whether every engine can keep the text: no NUL, no lone surrogate."""
    return not UNSTORABLE.search(text)


def slug_of(title: str, longest: int = LONGEST_SLUG) -> str:
    """Return an address made from a title, cut between words; accents fall away."""
    plain = unicodedata.normalize("NFKD", title.lower()).encode("ascii", "ignore").decode()
    slug = ""
    for word in re.findall(r"[a-z0-9]+", plain.replace("'", "")):
        longer = f"{slug}-{word}" if slug else word[:longest]
        if len(longer) > longest:
            break
        slug = longer
    return slug or "untitled"


def free_slug(wanted: str, taken: Collection[str]) -> str:
    """Return the slug itself, or with the first number that makes it the only one."""
    if wanted not in taken:
        return wanted
    number = 2
    while f"{wanted[: LONGEST_SLUG - 6]}-{number}" in taken:
        number += 1
    return f"{wanted[: LONGEST_SLUG - 6]}-{number}"


def prefix_of(slug: str) -> str:
    """Return the reference prefix that an inquiry gets when nobody chooses one."""
    return "".join(letter for letter in slug if letter.isalpha())[:3].upper() or "INQ"


def problems_of_words(words: CallWords) -> dict[str, str]:
    """Return what must be put right in a call's words, by field."""
    problems = {}
    if not words.title:
        problems["title"] = "Give the call a title."
    elif len(words.title) > LONGEST_TITLE:
        problems["title"] = f"Shorten the title to {LONGEST_TITLE} characters."
    for field in ("purpose", "terms", "what_happens"):
        if len(getattr(words, field)) > LONGEST_PROSE:
            problems[field] = f"Shorten this to {LONGEST_PROSE:,} characters."
    return problems


def problems_of_call(details: CallDetails) -> dict[str, str]:
    """Return what must be put right in a call's details, by field."""
    problems = problems_of_words(details.words)
    if details.slug and not is_slug(details.slug):
        problems["slug"] = "Use small letters, digits and single hyphens, such as call-for-evidence."
    if details.closes_at <= details.opens_at:
        problems["closes_at"] = "The call must close after it opens."
    if not set(details.declarations) <= set(DECLARATIONS):
        problems["declarations"] = "Choose from the declarations offered."
    if not 0 <= details.most_documents <= MOST_FILES:
        problems["most_documents"] = f"Use a number from 0 to {MOST_FILES}; 0 takes no documents."
    return problems


def problems_of_question(details: QuestionDetails) -> dict[str, str]:
    """Return what must be put right in a question, by field."""
    problems = {}
    if not details.prompt:
        problems["prompt"] = "Write the question."
    elif len(details.prompt) > LONGEST_PROMPT:
        problems["prompt"] = f"Shorten the question to {LONGEST_PROMPT:,} characters."
    if len(details.hint) > LONGEST_HINT:
        problems["hint"] = f"Shorten the hint to {LONGEST_HINT:,} characters."
    if details.slug and not is_key(details.slug):
        problems["slug"] = "Use small letters, digits, and single hyphens or underscores."
    return (
        problems
        | problem_of_options(details)
        | problem_of_bounds(details)
        | problem_of_meanings(details)
        | problem_of_word_limit(details)
        | problem_of_guidance(details)
        | problem_of_rows(details)
        | problem_of_exclusive(details)
        | problem_of_files(details)
    )


def problem_of_options(details: QuestionDetails) -> dict[str, str]:
    """Return what is wrong with the options, if anything."""
    if details.kind not in WITH_OPTIONS:
        return {"options": "This kind of question has no options."} if details.options else {}
    most = MOST_COLUMNS if details.kind is QuestionKind.MATRIX else MOST_OPTIONS
    if len(details.options) < 2:
        problem = "Give at least two options, one on each line."
    elif len(details.options) > most:
        problem = f"Give at most {most} options."
    else:
        problem = problem_of_lines(details.options, "option")
    return {"options": problem} if problem else {}


def problem_of_lines(lines: Sequence[str], what: str) -> str:
    """Return what is wrong with wordings that were listed, if anything."""
    folded = [line.casefold() for line in lines]
    twice = next((line for line in lines if folded.count(line.casefold()) > 1), None)
    if any(len(line) > LONGEST_OPTION for line in lines):
        return f"Shorten each {what} to {LONGEST_OPTION} characters."
    return f"“{twice}” is there twice." if twice else ""


def problem_of_rows(details: QuestionDetails) -> dict[str, str]:
    """Return what is wrong with the rows of a matrix, if anything."""
    if details.kind is not QuestionKind.MATRIX:
        return {"rows": "Only a matrix has rows."} if details.rows else {}
    if not details.rows:
        return {"rows": "Give the rows, one on each line."}
    if len(details.rows) > MOST_ROWS:
        return {"rows": f"Give at most {MOST_ROWS} rows."}
    problem = problem_of_lines(details.rows, "row")
    return {"rows": problem} if problem else {}


def problem_of_exclusive(details: QuestionDetails) -> dict[str, str]:
    """Return what is wrong with the options that go with no other, if anything."""
    if not details.exclusive:
        return {}
    if details.kind is not QuestionKind.SEVERAL:
        return {"exclusive": "Only where several may be chosen can an option go with no other."}
    if not set(details.exclusive) < set(range(1, len(details.options) + 1)):
        return {"exclusive": "Name options from the list above and leave at least one that goes with others."}
    return {}


def problem_of_files(details: QuestionDetails) -> dict[str, str]:
    """Return what is wrong with the number of files or with declining, if anything."""
    if details.may_decline and details.kind not in WITH_DECLINING:
        return {"may_decline": "This kind of question has no “Prefer not to say”."}
    if details.kind is not QuestionKind.FILE:
        return {} if details.most_files is None else {"most_files": "This kind of question takes no files."}
    if details.most_files is None or not 1 <= details.most_files <= MOST_FILES:
        return {"most_files": f"Use a number between 1 and {MOST_FILES}."}
    return {}


def problem_of_guidance(details: QuestionDetails) -> dict[str, str]:
    """Return what is wrong with how long an answer is said to be, if anything."""
    guidance = details.word_guidance
    if guidance is None:
        return {}
    if details.kind is not QuestionKind.FREE_TEXT:
        return {"word_guidance": "Only a free text question has a usual length."}
    if not 1 <= guidance <= (details.word_limit or MOST_WORDS):
        return {"word_guidance": f"Use a number between 1 and {details.word_limit or MOST_WORDS:,}."}
    return {}


def out_of_order(order: Sequence[int], depends_on: Mapping[int, int]) -> tuple[int, int] | None:
    """Return a question that would come before the one it depends on, with that one; else None."""
    place = {question_id: number for number, question_id in enumerate(order)}
    for later, earlier in depends_on.items():
        if place[later] < place[earlier]:
            return later, earlier
    return None


def problem_of_bounds(details: QuestionDetails) -> dict[str, str]:
    """Return what is wrong with the bounds, if anything."""
    low, high = details.minimum, details.maximum
    if details.kind not in WITH_BOUNDS:
        unasked = low is not None or high is not None
        return {"minimum": "This kind of question has no bounds."} if unasked else {}
    for name, bound in (("minimum", low), ("maximum", high)):
        if bound is None and details.kind is QuestionKind.SCALE:
            return {name: "A scale needs a lowest and a highest number."}
        if bound is not None and abs(bound) > LARGEST_NUMBER:
            return {name: f"Use a number between −{LARGEST_NUMBER:,} and {LARGEST_NUMBER:,}."}
    problem = "" if low is None or high is None else problem_of_width(details.kind, high - low)
    return {"maximum": problem} if problem else {}


def problem_of_width(kind: QuestionKind, width: int) -> str:
    """Return what is wrong with the distance between the bounds, if anything."""
    if width <= 0:
        return "The highest number must be above the lowest."
    if kind is QuestionKind.SCALE and width >= WIDEST_SCALE:
        return f"A scale has at most {WIDEST_SCALE} steps; use a number question for more."
    return ""


def problem_of_meanings(details: QuestionDetails) -> dict[str, str]:
    """Return what is wrong with the words at the ends of a scale, if anything."""
    meanings = {"minimum_meaning": details.minimum_meaning, "maximum_meaning": details.maximum_meaning}
    return {
        field: f"Shorten this to {LONGEST_NAME} characters."
        for field, words in meanings.items()
        if len(words) > LONGEST_NAME
    }


def problem_of_word_limit(details: QuestionDetails) -> dict[str, str]:
    """Return what is wrong with the word limit, if anything."""
    limit = details.word_limit
    if limit is None:
        return {}
    if details.kind is not QuestionKind.FREE_TEXT:
        return {"word_limit": "Only a free text question has a word limit."}
    if not 1 <= limit <= MOST_WORDS:
        return {"word_limit": f"Use a number between 1 and {MOST_WORDS:,}, or leave it empty."}
    return {}


def obstacles_to_publishing(
    details: CallDetails, kinds: Sequence[QuestionKind], *, places: int, at: datetime, in_welsh: str = ""
) -> list[str]:
    """Return what a draft still needs before the public may see it; `in_welsh` is what its Welsh needs."""
    obstacles = []
    if not details.words.purpose:
        obstacles.append("Say what the call is for.")
    if not details.words.what_happens:
        obstacles.append("Say what happens to people’s words.")
    if not kinds:
        obstacles.append("Add at least one question.")
    if QuestionKind.PLACE in kinds and not places:
        obstacles.append("A question asks for a place, but the inquiry has no places yet: add them.")
    if in_welsh:
        obstacles.append(in_welsh)
    if details.closes_at <= at:
        obstacles.append("The closing date has passed: choose a later one.")
    return obstacles
