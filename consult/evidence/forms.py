"""What a reader asks for and what a clerk decides."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextArea
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from consult.calls.models import Call, Place, RespondentType
from consult.calls.queries import calls_of, places_of, respondent_types_of
from consult.evidence.queries import NOT_GIVEN, Filters
from consult.evidence.queries.desk import SessionRead, sessions_of
from consult.evidence.queries.imports import stored_spreadsheets
from consult.evidence.rules import (
    CHANNEL_WORDS,
    CLOSENESS,
    PUBLICATION_WORDS,
    STATE_WORDS,
    Channel,
    PublicationChoice,
    SubmissionState,
    may_record_choice,
)
from consult.evidence.rules_desk import MOVE_WORDS, WHY_LATE, moves_from, needs_reason, why_asked
from consult.foundation.web import Form

LONGEST_WORDS = 200
LONGEST_REASON = 2_000


def tidy(typed: str | None) -> str:
    """Return what was typed without the white space around it and without control characters."""
    return "".join(sign for sign in typed or "" if sign.isprintable() or sign in "\r\n\t").strip()


class ListField(SelectField):
    """A list that says which of several lists was left."""

    def __init__(self, words: str, **options: Any) -> None:
        super().__init__(words, default="", validate_choice=False, **options)

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002  # WTForms' signature
        """Refuse what is not on the list: an address edited by hand, or something removed since."""
        if self.data not in cast(Any, self.choices):
            raise ValidationError(f"Choose the {self.label.text.lower()} from its list.")


class FilterForm(Form):
    """Which submissions to show; sent by GET, so that what is shown has an address."""

    words = StringField(
        "Words, name or reference",
        filters=[tidy],
        validators=[Length(max=LONGEST_WORDS, message=f"Search for at most {LONGEST_WORDS} characters.")],
    )
    type = ListField("Respondent type")
    place = ListField("Place")
    state = ListField("State")
    call = ListField("Call")
    channel = ListField("Arrived")
    session = ListField("Event session")
    spreadsheet = ListField("Spreadsheet")

    def offer(
        self,
        types: Sequence[RespondentType],
        places: Sequence[Place],
        calls: Sequence[Call],
        sessions: Sequence[SessionRead],
        spreadsheets: Mapping[int, str],
    ) -> "FilterForm":
        """Fill the lists with what the inquiry has."""
        offered: dict[ListField, dict[str, str]] = {
            self.type: {"": "All types", **named(types), NOT_GIVEN: "No type given"},
            self.place: {"": "All places", **named(places), NOT_GIVEN: "No place given"},
            self.state: {"": "All states", **{state.value: words for state, words in STATE_WORDS.items()}},
            self.call: {"": "All calls", **{call.slug: call.title for call in calls}},
            self.channel: {"": "In any way", **{each.value: words for each, words in CHANNEL_WORDS.items()}},
            self.session: {"": "All sessions", **{str(each.id): each.name for each in sessions}},
            self.spreadsheet: {"": "All", **{str(id_): name for id_, name in spreadsheets.items()}},
        }
        for field, choices in offered.items():
            field.choices = cast(Any, choices)  # the stubs do not know dicts yet
        return self

    def filters(self) -> Filters:
        """Return what was asked for, without what is not on its list."""
        wrong = self.errors
        chosen = {name: "" if name in wrong else field.data or "" for name, field in self._fields.items()}
        return Filters(
            words=chosen["words"],
            respondent_type=chosen["type"],
            place=chosen["place"],
            state=SubmissionState(chosen["state"]) if chosen["state"] else None,
            call=chosen["call"],
            channel=Channel(chosen["channel"]) if chosen["channel"] else None,
            session=int(chosen["session"]) if chosen["session"] else None,
            spreadsheet=int(chosen["spreadsheet"]) if chosen["spreadsheet"] else None,
        )


def offered_filters(session: Session, inquiry_id: int, given: MultiDict[str, str]) -> FilterForm:
    """Return the filters as they stand in an address, with the lists of the inquiry."""
    return FilterForm(formdata=given).offer(
        respondent_types_of(session, inquiry_id),
        places_of(session, inquiry_id),
        calls_of(session, inquiry_id),
        sessions_of(session, inquiry_id),
        stored_spreadsheets(session, inquiry_id),
    )


def named(things: Sequence[RespondentType] | Sequence[Place]) -> dict[str, str]:
    """Return the choices of a list."""
    return {thing.slug: thing.name for thing in things}


class PublicationForm(Form):
    """What a respondent said of publication elsewhere than here, as a clerk records it."""

    publication = RadioField(
        "What the respondent agreed to",
        widget=GovRadioInput(),
        validators=[InputRequired("Choose what the respondent agreed to.")],
    )
    how_known = TextAreaField(
        "How do you know?",
        widget=GovTextArea(),
        description="Such as the letter or the other site’s terms. It stands in the audit log.",
        filters=[tidy],
        validators=[
            InputRequired("Say how you know what the respondent agreed to."),
            Length(max=LONGEST_REASON, message=f"Shorten the reason to {LONGEST_REASON:,} characters."),
        ],
    )

    def offer(self, channel: Channel, present: PublicationChoice) -> "PublicationForm":
        """Offer the choices that a clerk may record."""
        allowed = {c.value: PUBLICATION_WORDS[c] for c in CLOSENESS if may_record_choice(channel, present, c)}
        self.publication.choices = cast(Any, allowed)  # the stubs do not know dicts yet
        return self


class StateForm(Form):
    """A clerk's decision on a submission."""

    before: SubmissionState
    unexplained_late: bool

    state = RadioField(
        "What happens to this submission",
        widget=GovRadioInput(),
        validators=[InputRequired("Choose what happens to this submission.")],
    )
    why = TextAreaField(
        "Reason",
        widget=GovTextArea(),
        description="It stands in the history and in the audit log; its writer does not see it.",
        filters=[tidy],
        validators=[
            Length(max=LONGEST_REASON, message=f"Shorten the reason to {LONGEST_REASON:,} characters.")
        ],
    )

    def offer(self, before: SubmissionState, *, unexplained_late: bool) -> "StateForm":
        """Offer the moves that there are from a state, each with whether it needs a reason."""
        self.before, self.unexplained_late = before, unexplained_late
        self.state.choices = cast(Any, {to.value: MOVE_WORDS[to] for to in moves_from(before)})
        return self

    @property
    def items(self) -> list[dict[str, Any]]:
        """Return which choices need a reason, for the radios."""
        hint = {"hint": {"text": "Needs a reason."}}
        return [hint if self.needs_reason(to) else {} for to in moves_from(self.before)]

    def needs_reason(self, to: SubmissionState) -> bool:
        """Tell whether a move needs a reason."""
        return needs_reason(self.before, to, unexplained_late=self.unexplained_late)

    def validate_why(self, field: TextAreaField) -> None:
        """Ask for a reason where one is needed."""
        if not self.state.data or self.state.errors or field.data:
            return
        to = SubmissionState(self.state.data)
        if self.needs_reason(to):
            late = to is SubmissionState.ACCEPTED and self.unexplained_late
            raise ValidationError(WHY_LATE if late else why_asked(to))
