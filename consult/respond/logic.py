"""Which questions are put to somebody, given what they have answered, and how far they have come."""

from collections.abc import Mapping, Sequence
from typing import Any

from consult.calls.rules import QuestionKind
from consult.foundation.language import _
from consult.respond.answers import Asked, is_blank, many
from consult.respond.documents import FileHeld, files_sent

_DECIDING = frozenset({QuestionKind.SINGLE, QuestionKind.SEVERAL})


def shown_questions(questions: Sequence[Asked], answers: Mapping[str, Any]) -> tuple[Asked, ...]:
    """Return the questions to put, in order: those without a condition and those of which one is met.

    What was chosen in a question that is itself not put decides nothing.
    """
    shown: list[Asked] = []
    chosen: set[str] = set()
    for asked in questions:
        if asked.conditions and not chosen & {str(option_id) for option_id in asked.conditions}:
            continue
        shown.append(asked)
        if asked.kind in _DECIDING:
            chosen |= set(many(answers.get(asked.slug)))
    return tuple(shown)


def answered_in_vain(
    questions: Sequence[Asked], answers: Mapping[str, Any], files: Sequence[FileHeld] = ()
) -> tuple[Asked, ...]:
    """Return the questions that were answered and are not put any more: kept in the draft, and not sent."""
    shown = shown_questions(questions, answers)
    answered = {slug for slug, typed in answers.items() if not is_blank(typed)}
    sent = files_sent(files, questions, shown)
    answered |= {each.question for each in files if each not in sent}
    return tuple(q for q in questions if q not in shown and q.slug in answered)


def progress(asked: Asked, questions: Sequence[Asked]) -> str:
    """Return how far along a question is; those that are left out keep their numbers."""
    question = _("Question %(number)s of %(all)s", number=asked.position, all=len(questions))
    if asked.section is None:
        return question
    section = _("Section %(number)s of %(all)s", number=asked.section.number, all=asked.section.count)
    return f"{section} · {question}"


def begins_section(asked: Asked, shown: Sequence[Asked]) -> bool:
    """Tell whether a question is the first of its section that is put."""
    if asked.section is None:
        return False
    first = next((other for other in shown if other.section == asked.section), asked)
    return first.id == asked.id
