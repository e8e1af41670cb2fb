"""What can be decided about answers and the way through the questions from values alone."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from consult.calls.rules import QuestionKind, points_of_scale
from consult.evidence.rules import PublicationChoice, word_count
from consult.foundation.language import _, lazy, ngettext

Typed = str | list[str]

KEPT_AFTER_CLOSING = timedelta(days=14)
LONGEST_NAME = 300
LONGEST_EMAIL = 255
# What an integer column holds on every engine.
LARGEST_NUMBER = 2_147_483_647
UNSTORABLE = "\x00"
SHOWN_INSTEAD = "\ufffd"

# Forty digits are beyond any bounds, and Python refuses to read thousands of them.
_WHOLE = re.compile(r"[+-]?(\d{1,40}|\d{1,3}(,\d{3}){1,12})")
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


@dataclass(frozen=True)
class Choice:
    """One thing that can be chosen: an option or a place."""

    id: int
    wording: str


@dataclass(frozen=True)
class Asked:
    """A question as it is put to a respondent; `position` is its place among the others, from 1."""

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

    @property
    def scale(self) -> range:
        """Return the points of a scale."""
        return points_of_scale(self.minimum, self.maximum)


@dataclass(frozen=True)
class Reply:
    """An answer that can be sent."""

    text: str | None = None
    option_ids: tuple[int, ...] = ()
    number: int | None = None
    place_id: int | None = None


@dataclass(frozen=True)
class Step:
    """One page of the journey."""

    page: str
    number: int | None = None


@dataclass(frozen=True)
class Gap:
    """Something to put right before sending, and the page to do it on."""

    step: Step
    message: str


ABOUT, PUBLICATION, CHECK = Step("about"), Step("publication"), Step("check")


def with_plain_newlines(text: str) -> str:
    """Return text with one kind of line end: browsers send CRLF whatever was typed."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def keepable(typed: Typed) -> Typed:
    """Return what a draft can keep: a character no engine stores is replaced by one that can be seen."""
    if isinstance(typed, list):
        return [item.replace(UNSTORABLE, SHOWN_INSTEAD) for item in typed]
    return typed.replace(UNSTORABLE, SHOWN_INSTEAD)


def one(typed: Typed | None) -> str:
    """Return what was typed as one value; a question may have been of another kind when it was answered."""
    if isinstance(typed, list):
        return typed[0] if typed else ""
    return typed or ""


def many(typed: Typed | None) -> list[str]:
    """Return what was typed as a list."""
    return typed if isinstance(typed, list) else [typed] if typed else []


def is_blank(typed: Typed | None) -> bool:
    """Tell whether nothing was answered."""
    return not any(item.strip() for item in many(typed))


def problem_with(asked: Asked, typed: Typed | None) -> str:
    """Return how to put an answer right, or nothing when it can be sent."""
    if UNSTORABLE in "".join(many(typed)):
        return _(
            "Your answer has a character that cannot be stored, shown here as %(mark)s. "
            "Remove it and save again.",
            mark=SHOWN_INSTEAD,
        )
    if is_blank(typed):
        return str(WHEN_BLANK[asked.kind]) if asked.required else ""
    return _CHECKS[asked.kind](asked, typed)


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
    offered = {str(choice.id) for choice in asked.choices}
    if set(many(typed)) <= offered:
        return ""
    return _("That is not one of the answers offered. Choose from the answers below.")


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


_CHECKS: dict[QuestionKind, Callable[[Asked, Typed | None], str]] = {
    QuestionKind.FREE_TEXT: text_problem,
    QuestionKind.SINGLE: choice_problem,
    QuestionKind.SEVERAL: choice_problem,
    QuestionKind.PLACE: choice_problem,
    QuestionKind.SCALE: scale_problem,
    QuestionKind.NUMBER: number_problem,
    QuestionKind.MATRIX: lambda _asked, _typed: "",
    QuestionKind.FILE: lambda _asked, _typed: "",
}
WHEN_BLANK: dict[QuestionKind, str] = {
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
    if is_blank(typed):
        return None
    if asked.kind is QuestionKind.FREE_TEXT:
        return Reply(text=one(typed))
    if asked.kind in {QuestionKind.SCALE, QuestionKind.NUMBER}:
        return Reply(number=whole_number(one(typed)))
    if asked.kind is QuestionKind.PLACE:
        return Reply(place_id=int(one(typed)))
    chosen = set(many(typed))
    return Reply(option_ids=tuple(c.id for c in asked.choices if str(c.id) in chosen))


def about_problems(about: Mapping[str, Any], types: Sequence[str]) -> dict[str, str]:
    """Return field to message for what is wrong with the page about the respondent."""
    return {
        field: message
        for field, message in {
            "name": _name_problem(about),
            "organisation": too_long(about.get("organisation", ""), LONGEST_NAME, _("The organisation")),
            "email": _email_problem(about.get("email", "")),
            "respondent_type": _type_problem(about.get("respondent_type", ""), types),
        }.items()
        if message
    }


def _name_problem(about: Mapping[str, Any]) -> str:
    name = str(about.get("name", ""))
    if not name.strip() and not str(about.get("organisation", "")).strip():
        return _("Enter your name, or the name of the organisation you answer for.")
    return too_long(name, LONGEST_NAME, _("The name"))


def _email_problem(email: str) -> str:
    if email.strip() and not _EMAIL.fullmatch(email.strip()):
        return _("Enter an e-mail address like name@example.org, or leave it empty.")
    return too_long(email, LONGEST_EMAIL, _("The e-mail address"))


def _type_problem(chosen: str, types: Sequence[str]) -> str:
    if not types or chosen in types:
        return ""
    return _("Choose which of these describes you best.")


def too_long(text: str, longest: int, what: str) -> str:
    """Return how to shorten a line, or nothing."""
    if UNSTORABLE in text:
        return _(
            "%(what)s has a character that cannot be stored, shown here as %(mark)s. Remove it.",
            what=what,
            mark=SHOWN_INSTEAD,
        )
    length = len(text.strip())
    if length <= longest:
        return ""
    return _(
        "%(what)s is %(length)s characters long. Shorten it to %(longest)s.",
        what=what,
        length=length,
        longest=longest,
    )


def publication_problem(chosen: str) -> str:
    """Return how to put the publication choice right, or nothing."""
    if chosen in set(PublicationChoice):
        return ""
    return _("Choose whether we may publish your evidence.")


def steps_through(questions: Sequence[Asked]) -> tuple[Step, ...]:
    """Return the pages of the journey in order."""
    asked = (Step("question", question.number) for question in questions)
    return (ABOUT, *asked, PUBLICATION, CHECK)


def step_after(step: Step, questions: Sequence[Asked]) -> Step:
    """Return the page that follows; the last one follows itself."""
    steps = steps_through(questions)
    return steps[min(steps.index(step) + 1, len(steps) - 1)]


def step_before(step: Step, questions: Sequence[Asked]) -> Step | None:
    """Return the page before, or None before the first."""
    steps = steps_through(questions)
    place = steps.index(step)
    return steps[place - 1] if place else None


def gaps_in(
    questions: Sequence[Asked],
    answers: Mapping[str, Any],
    about: Mapping[str, Any],
    types: Sequence[str],
) -> list[Gap]:
    """Return everything that keeps a draft from being sent, in the order of the pages."""
    found = [(Step("question", asked.number), asked, answers.get(asked.slug)) for asked in questions]
    unanswered = [
        Gap(step, _("Question %(number)s: %(problem)s", number=asked.position, problem=message))
        for step, asked, typed in found
        if (message := problem_with(asked, typed))
    ]
    if not unanswered and questions and all(is_blank(typed) for *_asked, typed in found):
        unanswered = [Gap(found[0][0], _("You have not answered any question. Answer at least one."))]
    unchosen = publication_problem(str(about.get("publication", "")))
    return [
        *(Gap(ABOUT, message) for message in about_problems(about, types).values()),
        *unanswered,
        *([Gap(PUBLICATION, unchosen)] if unchosen else []),
    ]


def first_open_step(
    questions: Sequence[Asked],
    answers: Mapping[str, Any],
    about: Mapping[str, Any],
    types: Sequence[str],
) -> Step:
    """Return the page to go on with: the one after the last answered, or that one if it is not right yet."""
    if about_problems(about, types):
        return ABOUT
    if not publication_problem(str(about.get("publication", ""))):
        return CHECK
    answered = [asked for asked in questions if not is_blank(answers.get(asked.slug))]
    if not answered:
        return step_after(ABOUT, questions)
    last = Step("question", answered[-1].number)
    return last if problem_with(answered[-1], answers[answered[-1].slug]) else step_after(last, questions)


def has_words(answers: Mapping[str, Any], about: Mapping[str, Any]) -> bool:
    """Tell whether a draft holds anything that somebody would miss."""
    return any(not is_blank(typed) for typed in (*answers.values(), *about.values()))


def expiry_of(closes_at: datetime) -> datetime:
    """Return when a draft is erased: some time after the call has closed, so that words can be copied."""
    return closes_at + KEPT_AFTER_CLOSING
