"""The whole call on paper: every question with what it offers and when it is asked, to draft on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from consult.calls.closing import closing_policy
from consult.calls.rules import QuestionKind
from consult.calls.withdrawing import policy_in_words
from consult.foundation.language import _, lazy, ngettext, page_language
from consult.respond.answers import Asked, counted
from consult.respond.components import hint_of
from consult.respond.documents import limits_in_words
from consult.respond.fields import choices_of
from consult.respond.forms import (
    PUBLICATION_CHOICES,
    WHAT_WILL_HAPPEN,
    AboutForm,
    DeclarationForm,
)
from consult.respond.queries import CallToAnswer

LINES_OF_TEXT, LINES_OF_LINE = 12, 1
WORDS_A_LINE = 12
MOST_LINES = 40


@dataclass(frozen=True)
class QuestionCopied:
    """One question as it stands on paper; `lines` are left to write on."""

    heading: str
    notes: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    lines: int = 0


@dataclass(frozen=True)
class PartCopied:
    """Questions under one heading."""

    heading: str
    introduction: str
    questions: tuple[QuestionCopied, ...]


@dataclass(frozen=True)
class CallCopied:
    """A whole call, ready to be shown or set."""

    title: str
    subtitle: str
    lang: str
    footer: str
    introduction: tuple[str, ...]
    parts: tuple[PartCopied, ...]
    closing_heading: str
    closing: tuple[str, ...]

    @property
    def data(self) -> dict[str, Any]:
        """Return it as the typesetter reads it."""
        return vars(self)


def call_copy(call: CallToAnswer, address: str) -> CallCopied:
    """Return a call on paper in the page's language; `address` is where answers are sent."""
    return CallCopied(
        title=call.title,
        subtitle=call.inquiry_title,
        lang=page_language(),
        footer=f"{call.title} · {address}",
        introduction=(
            _(
                "This is the whole call for evidence, to read beforehand and to draft your answers on. "
                "Writing here sends nothing. When you are ready, type or paste your answers at %(address)s.",
                address=address,
            ),
            _("You need not answer in one go there: you are given a code with which you come back."),
            *documents_in_words(call.most_documents),
        ),
        parts=(*about_parts(call), *question_parts(call), *document_parts(call), publication_part()),
        closing_heading=_("Closing, changing and withdrawing"),
        closing=(*closing_policy(call), *policy_in_words(call.withdrawal_policy)),
    )


def documents_in_words(most: int) -> list[str]:
    """Return whether documents may be added, as the page of the call says it."""
    if not most:
        return []
    return [
        ngettext(
            "You may add %(n)s document as well, such as a Word file or a PDF.",
            "You may add up to %(n)s documents as well, such as Word files or PDFs.",
            most,
            n=most,
        )
    ]


def about_parts(call: CallToAnswer) -> list[PartCopied]:
    """Return the parts that ask who answers, and for whom."""
    form = AboutForm(formdata=None)
    form.offer(call.types)
    fields = [
        QuestionCopied(str(field.label.text), lines=LINES_OF_LINE)
        for field in form
        if field.name in {"name", "organisation", "email"}
    ]
    if call.types:
        offered = tuple(str(each.name) for each in call.types)
        heading = str(form.respondent_type.label.text)
        fields.append(QuestionCopied(heading, (_("Choose one."),), offered))
    parts = [PartCopied(_("About you"), "", tuple(fields))]
    if call.declarations:
        asked = DeclarationForm(formdata=None).ask(call.declarations)
        declared = tuple(
            QuestionCopied(str(field.label.text), (str(field.description),), lines=LINES_OF_LINE)
            for field in asked
            if field.name in call.declarations
        )
        parts.append(PartCopied(_("What should readers know about your evidence?"), "", declared))
    return parts


def question_parts(call: CallToAnswer) -> list[PartCopied]:
    """Return the questions under the headings of their sections."""
    parts: list[PartCopied] = []
    for asked in call.questions:
        section = asked.section
        heading = section.title if section else _("Questions")
        question = question_copied(asked, call.questions)
        if parts and parts[-1].heading == heading:
            last = parts.pop()
            parts.append(PartCopied(heading, last.introduction, (*last.questions, question)))
        else:
            introduction = section.introduction if section else ""
            parts.append(PartCopied(str(heading), str(introduction), (question,)))
    return parts


def document_parts(call: CallToAnswer) -> list[PartCopied]:
    """Return the part that says which documents may be added, where any may."""
    if not call.most_documents:
        return []
    limits = QuestionCopied(_("Choose files"), tuple(limits_in_words(call.most_documents)))
    return [PartCopied(_("Documents (optional)"), "", (limits,))]


def question_copied(asked: Asked, questions: Sequence[Asked]) -> QuestionCopied:
    """Return one question with all that a page would say of it."""
    how = how_answered(asked)
    hint = "" if str(asked.hint).strip() == how else hint_of(asked)
    # Sentences within an f-string are not found by the extraction.
    must = "" if asked.required else _("You may leave this out.")
    notes = (condition_in_words(asked, questions), hint, f"{how} {must}".strip())
    return QuestionCopied(
        heading=f"{asked.position}. {asked.prompt}",
        notes=tuple(note for note in notes if note),
        options=tuple(options_of(asked)),
        rows=tuple(str(row.wording) for row in asked.rows),
        lines=lines_for(asked),
    )


def condition_in_words(asked: Asked, questions: Sequence[Asked]) -> str:
    """Return when a question is put, where it is not put to everybody."""
    if not asked.conditions:
        return ""
    earlier = next((q for q in questions if any(c.id in asked.conditions for c in q.choices)), None)
    if earlier is None:
        return ""
    wordings = [f"“{choice.wording}”" for choice in earlier.choices if choice.id in asked.conditions]
    return ngettext(
        "Only if you chose %(options)s in question %(number)s.",
        "Only if you chose one of these in question %(number)s: %(options)s.",
        len(wordings),
        options=", ".join(wordings),
        number=earlier.position,
    )


def options_of(asked: Asked) -> list[str]:
    """Return what can be ticked, the points of a scale with their meanings."""
    if asked.kind in {QuestionKind.NUMBER, QuestionKind.FREE_TEXT, QuestionKind.FILE}:
        return [_("Prefer not to say")] if asked.may_decline else []
    return [wording for value, wording in choices_of(asked).items() if value]


def lines_for(asked: Asked) -> int:
    """Return how many lines to leave: for the words that are usual, within what a page takes."""
    if asked.kind is not QuestionKind.FREE_TEXT:
        return LINES_OF_LINE if asked.kind in {QuestionKind.NUMBER, QuestionKind.FILE} else 0
    words = asked.word_guidance or asked.word_limit or LINES_OF_TEXT * WORDS_A_LINE
    return max(4, min(MOST_LINES, words // WORDS_A_LINE))


def publication_part() -> PartCopied:
    """Return the publication choice, each with what will happen."""
    options = tuple(f"{words}. {WHAT_WILL_HAPPEN[choice]}" for choice, words in PUBLICATION_CHOICES.items())
    notes = (
        _("Choose one."),
        _(
            "You may choose more closely for single answers, and mark words that must not be published with "
            "the harm it would do."
        ),
    )
    question = QuestionCopied(_("May we publish your evidence?"), notes, options)
    return PartCopied(_("Publication"), "", (question,))


def how_answered(asked: Asked) -> str:
    """Return how a question is answered, in a sentence."""
    own = {QuestionKind.FREE_TEXT: _text, QuestionKind.NUMBER: _number, QuestionKind.PLACE: _place}
    return own[asked.kind](asked) if asked.kind in own else str(_HOW[asked.kind])


def _text(asked: Asked) -> str:
    if asked.word_limit:
        return _("In your own words, at most %(limit)s.", limit=counted(asked.word_limit))
    return _("In your own words, as many as you like.")


def _number(asked: Asked) -> str:
    low, high = asked.minimum, asked.maximum
    if low is not None and high is not None:
        return _("A whole number from %(low)s to %(high)s.", low=f"{low:,}", high=f"{high:,}")
    return _("A whole number.")


def _place(asked: Asked) -> str:
    if asked.takes_postcodes:
        return _("Choose one, or give a postcode, of which we keep the first half.")
    return _("Choose one.")


_HOW = {
    QuestionKind.SINGLE: lazy("Choose one."),
    QuestionKind.SEVERAL: lazy("Choose all that apply."),
    QuestionKind.SCALE: lazy("Choose a point on the scale."),
    QuestionKind.MATRIX: lazy("Choose one answer in each row."),
    QuestionKind.FILE: lazy("Send one or more files."),
}
