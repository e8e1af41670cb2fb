"""What can be decided about the way through a call, and who answers it, from values alone."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from consult.calls.rules import KEPT_AFTER_CLOSING, QuestionKind
from consult.evidence.rules import PublicationChoice
from consult.foundation.language import _
from consult.respond.answers import SHOWN_INSTEAD, UNSTORABLE, Asked, is_blank, problem_with
from consult.respond.confidences import Confidence, documents_gone, words_gone
from consult.respond.documents import FileHeld, beside_answers, files_for, files_sent
from consult.respond.drafting import slot_of_question
from consult.respond.logic import shown_questions


class VersionState(StrEnum):
    """Why words of a draft do not stand."""

    # Somebody has to choose between them and those that stand.
    WAITING = "waiting"
    REPLACED = "replaced"


LONGEST_NAME = 300
LONGEST_EMAIL = 255
# The two that are one line each are as long as a name may be.
LONGEST_DECLARED = {"on_behalf_of": 300, "role": 300, "interests": 5_000, "funding": 5_000}
# How many days before the closing of a call a reminder can come.
REMINDER_DAYS = (7, 3, 1)
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


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


ABOUT, DECLARATION, PUBLICATION, CHECK = map(Step, ("about", "declaration", "publication", "check"))
DOCUMENTS = Step("documents")
# Beside the way: whoever wants it goes there from the page of the publication choice.
CONFIDENTIAL = Step("confidential")


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


def days_for_a_reminder(closes_at: datetime, at: datetime) -> tuple[int, ...]:
    """Return on which days before the closing a reminder can still come."""
    return tuple(days for days in REMINDER_DAYS if closes_at - timedelta(days=days) > at)


def reminder_problems(address: str, days: str, offered: Sequence[int]) -> dict[str, str]:
    """Return field to message for what is wrong with asking for a reminder."""
    problems = {
        "address": _email_problem(address) if address.strip() else _("Enter the address to write to."),
        "days_before": "" if days in {str(each) for each in offered} else _("Choose when we write to you."),
    }
    return {field: problem for field, problem in problems.items() if problem}


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


def declaration_problems(about: Mapping[str, Any], declarations: Sequence[str]) -> dict[str, str]:
    """Return field to message for what is wrong with the declarations that a call asks for."""
    problems = {
        name: too_long(str(about.get(name, "")), LONGEST_DECLARED[name], _("This text"))
        for name in declarations
    }
    return {name: problem for name, problem in problems.items() if problem}


def steps_through(
    questions: Sequence[Asked], declarations: Sequence[str] = (), most_documents: int = 0
) -> tuple[Step, ...]:
    """Return the pages of the journey in order, from the questions that are put."""
    asked = (Step("question", question.number) for question in questions)
    documents = (DOCUMENTS,) if most_documents else ()
    return (ABOUT, *((DECLARATION,) if declarations else ()), *asked, *documents, PUBLICATION, CHECK)


def step_after(step: Step, steps: Sequence[Step]) -> Step:
    """Return the page that follows: the last follows itself, and a question not put leads to the next put."""
    if step not in steps and step.number is None:
        return PUBLICATION
    if step not in steps:
        later = next((s for s in steps if s.number and s.number > (step.number or 0)), None)
        return later or (DOCUMENTS if DOCUMENTS in steps else PUBLICATION)
    return steps[min(steps.index(step) + 1, len(steps) - 1)]


def step_before(step: Step, steps: Sequence[Step]) -> Step | None:
    """Return the page before, or None before the first."""
    place = steps.index(step if step in steps else step_after(step, steps))
    return steps[place - 1] if place else None


@dataclass(frozen=True)
class Asking:
    """What a call asks: its questions, the respondent types to choose from, the declarations, documents."""

    questions: Sequence[Asked]
    types: Sequence[str]
    declarations: Sequence[str] = ()
    most_documents: int = 0

    def steps(self, answers: Mapping[str, Any]) -> tuple[Step, ...]:
        """Return the pages of the journey for whoever has answered so."""
        shown = shown_questions(self.questions, answers)
        return steps_through(shown, self.declarations, self.most_documents)


@dataclass(frozen=True)
class Filled:
    """What was typed so far: by question, about the respondent, and words marked as confidential."""

    answers: Mapping[str, Any]
    about: Mapping[str, Any]
    confidences: Sequence[Confidence] = ()
    # Slots of which two versions wait for somebody to choose.
    waiting: Sequence[str] = ()
    files: Sequence[FileHeld] = ()

    def problem_with(self, asked: Asked) -> str:
        """Return how to put the answer to a question right, or nothing.

        A document about all of the call stands for words that were asked for, wherever in it they are.
        """
        stand_for_it = {asked.slug} | ({""} if asked.kind is QuestionKind.FREE_TEXT else set())
        files = sum(each.question in stand_for_it for each in self.files)
        return problem_with(asked, self.answers.get(asked.slug), files)

    def has_answered(self, asked: Asked) -> bool:
        """Tell whether a question was answered, be it by a file."""
        return not is_blank(self.answers.get(asked.slug)) or bool(files_for(self.files, asked))


def gaps_in(asking: Asking, filled: Filled) -> list[Gap]:
    """Return everything that keeps a draft from being sent, in the order of the pages."""
    shown = shown_questions(asking.questions, filled.answers)
    unchosen = publication_problem(str(filled.about.get("publication", "")))
    return [
        *(Gap(ABOUT, message) for message in about_problems(filled.about, asking.types).values()),
        *(Gap(DECLARATION, m) for m in declaration_problems(filled.about, asking.declarations).values()),
        *_unanswered(asking.questions, shown, filled),
        *([Gap(PUBLICATION, unchosen)] if unchosen else []),
        *_marked_in_vain(shown, filled),
        *_undecided(asking.questions, filled.waiting),
    ]


def _undecided(questions: Sequence[Asked], waiting: Sequence[str]) -> list[Gap]:
    pages = [Gap(versions_of(Step(slot)), two_versions(slot)) for slot in waiting if " " not in slot]
    answers = [
        Gap(
            versions_of(Step("question", asked.number)),
            _("Question %(number)s has two versions. Choose which to keep.", number=asked.position),
        )
        for asked in questions
        if slot_of_question(asked.slug) in waiting
    ]
    return [*pages, *answers]


def two_versions(page: str) -> str:
    """Return that two versions of a page of several fields wait."""
    names = {"about": _("About you"), "declaration": _("What readers should know")}
    name = names.get(page, _("The publication choice"))
    return _("%(page)s: there are two versions. Choose which to keep.", page=name)


def versions_of(step: Step) -> Step:
    """Return the page on which somebody chooses between two versions of what another page asks."""
    return Step(f"{step.page}_versions", step.number)


def _unanswered(questions: Sequence[Asked], shown: Sequence[Asked], filled: Filled) -> list[Gap]:
    gaps = [
        Gap(
            Step("question", asked.number),
            _("Question %(number)s: %(problem)s", number=asked.position, problem=message),
        )
        for asked in shown
        if (message := filled.problem_with(asked))
    ]
    if gaps or not shown or files_sent(filled.files, questions, shown):
        return gaps
    if any(filled.has_answered(asked) for asked in shown):
        return []
    nothing = _("You have not answered any question. Answer at least one.")
    return [Gap(Step("question", shown[0].number), nothing)]


def _marked_in_vain(shown: Sequence[Asked], filled: Filled) -> list[Gap]:
    gone = documents_gone(filled.confidences, (each.sha256 for each in filled.files))
    of_documents = [
        Gap(
            CONFIDENTIAL,
            _(
                "You marked words as confidential in “%(name)s”, which was removed. Mark them where they "
                "stand now, or take the marks away.",
                name=marks[0].name,
            ),
        )
        for marks in gone.values()
    ]
    return of_documents + [
        Gap(
            CONFIDENTIAL,
            _(
                "Words that you marked as confidential no longer stand in your answer to question "
                "%(number)s. Mark them again, or take the mark away.",
                number=asked.position,
            ),
        )
        for asked, _mark in words_gone(shown, filled.answers, filled.confidences)
    ]


def first_open_step(asking: Asking, filled: Filled) -> Step:
    """Return the page to go on with: the one after the last answered, or that one if it is not right yet."""
    steps = asking.steps(filled.answers)
    if about_problems(filled.about, asking.types):
        return ABOUT
    if not publication_problem(str(filled.about.get("publication", ""))):
        return CHECK
    shown = shown_questions(asking.questions, filled.answers)
    if DOCUMENTS in steps and beside_answers(filled.files, asking.questions):
        return PUBLICATION
    answered = [asked for asked in shown if filled.has_answered(asked)]
    if not answered:
        return step_after(ABOUT, steps)
    last = Step("question", answered[-1].number)
    return last if filled.problem_with(answered[-1]) else step_after(last, steps)


def has_words(answers: Mapping[str, Any], about: Mapping[str, Any], files: Sequence[FileHeld] = ()) -> bool:
    """Tell whether a draft holds anything that somebody would miss."""
    return bool(files) or any(not is_blank(typed) for typed in (*answers.values(), *about.values()))


def expiry_of(closes_at: datetime) -> datetime:
    """Return when a draft is erased: some time after the call has closed, so that words can be copied."""
    return closes_at + KEPT_AFTER_CLOSING
