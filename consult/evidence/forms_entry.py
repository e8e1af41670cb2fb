"""Evidence as a clerk enters it for somebody: who, how it came, and the answers to the call's questions."""

import hashlib
import re
import secrets
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, cast

from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovRadioInput,
    GovSelect,
    GovTextArea,
    GovTextInput,
)
from wtforms import (
    Field,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from consult.calls.forms import DayField
from consult.calls.models import Call, Place, Question, RespondentType
from consult.calls.rules import QuestionKind
from consult.evidence.forms import tidy
from consult.evidence.rules import CHANNEL_WORDS, CLOSENESS, PUBLICATION_WORDS, Channel, PublicationChoice
from consult.evidence.rules_desk import ENTERED_CHANNELS, LONDON, LONGEST_REASON, came_late
from consult.evidence.service import GivenAnswer, GivenEvidence, GivenProvenance
from consult.evidence.service.sessions import Meeting
from consult.foundation.clock import now
from consult.foundation.web import Form

DECLINED = "declined"
WHOLE = "whole"
LANGUAGES = {"en": "English", "cy": "Welsh"}
_KEY = re.compile(r"[0-9a-f]{32}")


def at_most(characters: int) -> Length:
    """Return the validator of a longest text, with its words."""
    return Length(max=characters, message=f"Shorten this to {characters:,} characters.")


def plain_lines(typed: str | None) -> str:
    """Return typed words as they are, with one kind of line end."""
    return (typed or "").replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


class ArrivalField(DayField):
    """The day on which something came, which cannot be one that is still to come."""

    def pre_validate(self, form: Any) -> None:
        super().pre_validate(form)
        if self.data and self.data > now().astimezone(LONDON).date():
            raise ValidationError("This day is still to come. Give the day on which it was received.")


class BeginForm(Form):
    """What is entered, and on which call."""

    channel = RadioField(
        "How did the evidence come?",
        widget=GovRadioInput(),
        choices=cast(Any, {each.value: CHANNEL_WORDS[each] for each in ENTERED_CHANNELS}),
        validators=[InputRequired("Choose how the evidence came.")],
    )
    call = RadioField(
        "To which call does it answer?",
        widget=GovRadioInput(),
        validators=[InputRequired("Choose the call that it answers.")],
    )


class SessionForm(Form):
    """A meeting at which people spoke."""

    name = StringField(
        "Name of the session",
        widget=GovTextInput(),
        description="Such as “Stevenage, evening session”.",
        filters=[tidy],
        validators=[DataRequired("Give the session a name."), at_most(200)],
    )
    held_on = DayField("Day")
    place = SelectField("Place (optional)", widget=GovSelect(), default="")
    venue = StringField("Venue (optional)", widget=GovTextInput(), filters=[tidy], validators=[at_most(200)])

    def offer(self, places: Sequence[Place]) -> "SessionForm":
        """Fill in the places."""
        self.place.choices = cast(Any, listed(places))
        return self

    def meeting(self) -> Meeting:
        """Return what was described; only once the form is right."""
        day, place = cast(date, self.held_on.data), number_in(self.place.data)
        return Meeting(self.name.data or "", day, place, self.venue.data or "")


class EntryForm(Form):
    """The base of the form that `entry_form` makes for one call and channel."""

    asked: Call
    channel: Channel

    # One press stores once, however often the page is sent.
    key = HiddenField(default=lambda: secrets.token_hex(16))
    received_on = ArrivalField("Day on which it was received")
    name = StringField("Name", widget=GovTextInput(), filters=[tidy], validators=[at_most(300)])
    organisation = StringField(
        "Organisation (optional)", widget=GovTextInput(), filters=[tidy], validators=[at_most(300)]
    )
    email = StringField(
        "E-mail address (optional)", widget=GovTextInput(), filters=[tidy], validators=[at_most(255)]
    )
    respondent_type = SelectField("Respondent type (optional)", widget=GovSelect(), default="")
    place = SelectField("Place (optional)", widget=GovSelect(), default="")
    language = SelectField("Language", widget=GovSelect(), choices=cast(Any, LANGUAGES), default="en")
    whole = TextAreaField(
        "All that was said, in one piece",
        widget=GovTextArea(),
        description="Where the words are not sorted by question. They are kept as the answer to the call’s "
        "first question for words.",
        filters=[plain_lines],
    )
    publication = RadioField(
        "What did they agree to?",
        widget=GovRadioInput(),
        choices=cast(Any, {each.value: PUBLICATION_WORDS[each] for each in CLOSENESS}),
        validators=[InputRequired("Choose what they agreed to; not to be published, if you do not know.")],
    )
    choice_known = TextAreaField(
        "How do you know?",
        widget=GovTextArea(),
        description="Such as “ticked on the paper form”, or “said so on the telephone”. Needed wherever "
        "something may be published.",
        filters=[tidy],
        validators=[at_most(LONGEST_REASON)],
    )
    why_late = TextAreaField(
        "Why late evidence is taken",
        widget=GovTextArea(),
        description="Only where it came after the call closed.",
        filters=[tidy],
        validators=[at_most(LONGEST_REASON)],
    )
    note = TextAreaField(
        "Note for your colleagues (optional)",
        widget=GovTextArea(),
        description="Such as where the letter is filed. Readers outside never see it.",
        filters=[tidy],
        validators=[at_most(LONGEST_REASON)],
    )

    def offer(self, types: Sequence[RespondentType], places: Sequence[Place]) -> "EntryForm":
        """Fill in the inquiry's lists."""
        self.respondent_type.choices = cast(Any, listed(types))
        for field in (self.place, *self.fields_of(QuestionKind.PLACE)):
            cast(SelectField, field).choices = cast(Any, listed(places))
        return self

    def fields_of(self, *kinds: QuestionKind) -> list[Field]:
        """Return the fields of the questions of some kinds, in the order of the call."""
        return [field for question, field in self.questions if question.kind in kinds]

    @property
    def questions(self) -> Iterator[tuple[Question, Field]]:
        """Return each field of a question with the question, in the order of the call."""
        for question in self.asked.questions:
            for name in names_of(question):
                yield question, self[name]

    def validate_name(self, field: StringField) -> None:
        """Ask who gave it: evidence of nobody cannot be answered for."""
        if not field.data and not self.organisation.data:
            raise ValidationError("Give the name of the person or, below, of the organisation.")

    def validate_choice_known(self, field: TextAreaField) -> None:
        """Ask how an agreement to publish is known."""
        if self.publication.data != PublicationChoice.NOT_PUBLISHED and not field.data:
            raise ValidationError("Say how you know what they agreed to.")

    def validate_why_late(self, field: TextAreaField) -> None:
        """Ask why it is taken, where it came after the call had closed."""
        day = self.received_on.data
        if day and not field.data and came_late(day, self.asked.closes_at):
            raise ValidationError("It came after the call had closed. Say why it is taken.")

    def validate_whole(self, field: TextAreaField) -> None:
        """Take the words in one piece or by question, and something of one kind or the other."""
        texts = [each.data for each in self.fields_of(QuestionKind.FREE_TEXT) if (each.data or "").strip()]
        if (field.data or "").strip():
            if texts:
                raise ValidationError("Put the words either here, in one piece, or under the questions.")
            if not self.fields_of(QuestionKind.FREE_TEXT):
                raise ValidationError("This call has no question for words. Answer its questions below.")
        elif not any(not answer.is_empty for answer in self.answers()):
            raise ValidationError("Enter what was said, here or under the questions.")

    def answers(self) -> Iterator[GivenAnswer]:
        """Return what was answered, question by question."""
        whole = plain_lines(self.whole.data)
        for question in self.asked.questions:
            if question.kind is QuestionKind.FREE_TEXT and whole.strip():
                yield GivenAnswer(question.id, whole)
                whole = ""
            elif names_of(question):
                yield answer_to(question, [self[name].data for name in names_of(question)])

    def given(self, user_id: int, event_session_id: int | None) -> GivenEvidence:
        """Return what was entered as evidence; only once the form is right."""
        return GivenEvidence(
            call_id=self.asked.id,
            name=self.name.data or "",
            organisation=self.organisation.data or "",
            email=self.email.data or "",
            respondent_type_id=number_in(self.respondent_type.data),
            place_id=number_in(self.place.data),
            publication=PublicationChoice(self.publication.data),
            language=self.language.data or "en",
            title="",
            answers=tuple(answer for answer in self.answers() if not answer.is_empty),
            channel=self.channel,
            send_key=hashlib.sha256(f"entered {user_id} {self.fresh_key}".encode()).hexdigest(),
            provenance=GivenProvenance(
                received_on=cast(date, self.received_on.data),
                event_session_id=event_session_id,
                choice_known=self.choice_known.data or "",
                note=self.note.data or "",
                why_late=self.late_reason,
            ),
        )

    @property
    def late_reason(self) -> str:
        """Return the reason for taking it late, where it is late."""
        late = came_late(cast(date, self.received_on.data), self.asked.closes_at)
        return (self.why_late.data or "") if late else ""

    @property
    def fresh_key(self) -> str:
        """Return the page's key, or a new one in place of what no page of ours has sent."""
        given = self.key.data or ""
        return given if _KEY.fullmatch(given) else secrets.token_hex(16)


class NumberField(StringField):
    """A whole number within the bounds of its question, or nothing."""

    widget = GovTextInput()

    def __init__(self, label: str, question: Question, **options: Any) -> None:
        super().__init__(label, filters=[tidy], **options)
        self.question = question

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002  # WTForms' signature
        if not self.data:
            return
        if not re.fullmatch(r"-?\d{1,9}", self.data.replace(",", "")):
            raise ValidationError("Enter a whole number, such as 1200.")
        number, least, most = whole_number(self.data), self.question.minimum, self.question.maximum
        if (least is not None and number < least) or (most is not None and number > most):
            raise ValidationError(f"Enter a number from {least} to {most}.")


def whole_number(typed: str) -> int:
    """Return a number that has been checked."""
    return int(typed.replace(",", ""))


def entry_form(call: Call, channel: Channel) -> type[EntryForm]:
    """Return the form class for one call and channel, with a field or more for each question."""
    fields: dict[str, Any] = {"asked": call, "channel": channel}
    for question in call.questions:
        fields |= fields_for(question)
    return type("OneEntryForm", (EntryForm,), fields)


def names_of(question: Question) -> list[str]:
    """Return the names of the fields of a question; a question for files has none."""
    if question.kind is QuestionKind.FILE:
        return []
    if question.kind is QuestionKind.MATRIX:
        return [f"q{question.id}-{row.id}" for row in question.rows]
    return [f"q{question.id}"]


def fields_for(question: Question) -> dict[str, Field]:
    """Return the fields of a question by name."""
    label = f"{question.number}. {question.prompt}"
    if question.kind is QuestionKind.MATRIX:
        choices = {"": "No answer", **{str(each.id): each.wording for each in question.options}}
        return {
            name: SelectField(
                f"{label} – {row.wording}", widget=GovSelect(), choices=cast(Any, choices), default=""
            )
            for name, row in zip(names_of(question), question.rows, strict=True)
        }
    return {name: field_for(question, label) for name in names_of(question)}


def select(label: str, choices: dict[str, str] | None = None) -> Field:
    """Return a list to choose from, of which nothing may be chosen."""
    return SelectField(label, widget=GovSelect(), choices=cast(Any, choices), default="")


def field_for(question: Question, label: str) -> Field:
    """Return the field of a question that has one."""
    match question.kind:
        case QuestionKind.FREE_TEXT:
            return TextAreaField(label, widget=GovTextArea(), filters=[plain_lines])
        case QuestionKind.SEVERAL:
            options = {str(each.id): each.wording for each in question.options}
            return SelectMultipleField(label, widget=GovCheckboxesInput(), choices=cast(Any, options))
        case QuestionKind.SINGLE:
            options = {"": "No answer", **{str(each.id): each.wording for each in question.options}}
            options |= {DECLINED: "Prefers not to say"} if question.may_decline else {}
            return select(label, options)
        case QuestionKind.PLACE:
            return select(label)
        case _:
            return NumberField(label, question)


def answer_to(question: Question, typed: list[Any]) -> GivenAnswer:
    """Return what was typed or chosen for a question."""
    if question.kind is QuestionKind.MATRIX:
        cells = zip((row.id for row in question.rows), map(number_in, typed), strict=True)
        return GivenAnswer(question.id, cells=tuple((row, option) for row, option in cells if option))
    return GivenAnswer(question.id, **part_of_answer(question.kind, typed[0]))


def part_of_answer(kind: QuestionKind, typed: Any) -> dict[str, Any]:
    """Return the part of an answer that fits its kind."""
    match kind:
        case QuestionKind.FREE_TEXT:
            return {"text": typed or None}
        case QuestionKind.SEVERAL:
            return {"option_ids": tuple(int(each) for each in typed or ())}
        case QuestionKind.SINGLE:
            chosen = number_in(typed)
            return {"option_ids": (chosen,) if chosen else (), "declined": typed == DECLINED}
        case QuestionKind.PLACE:
            return {"place_id": number_in(typed)}
        case _:
            return {"number": whole_number(typed) if typed else None}


def number_in(typed: str | None) -> int | None:
    """Return the id that was chosen from a list, or nothing."""
    return int(typed) if typed and typed.isdecimal() else None


def listed(things: Sequence[RespondentType] | Sequence[Place]) -> dict[str, str]:
    """Return the choices of a list by id."""
    return {"": "Not given", **{str(thing.id): thing.name for thing in things}}
