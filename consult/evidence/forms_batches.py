"""What a clerk types when files are dropped together, and of each of them."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast

from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSelect, GovTextArea, GovTextInput
from werkzeug.datastructures import FileStorage
from wtforms import (
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, ValidationError

from consult.calls.models import Call, Place, Question, RespondentType
from consult.calls.rules import QuestionKind
from consult.evidence.extraction.result import Outcome
from consult.evidence.forms import tidy
from consult.evidence.forms_entry import LANGUAGES, ArrivalField, at_most, listed, number_in
from consult.evidence.models_batches import BatchDocument
from consult.evidence.queries.file_batches import DroppedRead
from consult.evidence.rules import CHANNEL_WORDS, CLOSENESS, PUBLICATION_WORDS, Channel, PublicationChoice
from consult.evidence.rules_batches import MOST_FILES
from consult.evidence.rules_desk import LONGEST_REASON
from consult.evidence.service.file_batches import Settled, Told, Use
from consult.foundation.web import Form

KEPT_ONLY = "kept"
FILE_CHANNELS = (Channel.EMAIL, Channel.PAPER)
KINDS = ".docx,.odt,.rtf,.pdf,.txt,.html,.htm,.eml,.md"


class PublicationPart(Form):
    """What may be published, and how that is known; to say nothing of it keeps it from being published."""

    publication = RadioField(
        "What did they agree to?",
        widget=GovRadioInput(),
        choices=cast(Any, {each.value: PUBLICATION_WORDS[each] for each in CLOSENESS}),
        default=PublicationChoice.NOT_PUBLISHED.value,
        validators=[InputRequired("Choose what they agreed to; not to be published, if you do not know.")],
    )
    choice_known = TextAreaField(
        "How do you know?",
        widget=GovTextArea(),
        description="Such as “ticked on the paper form”. Needed wherever something may be published.",
        filters=[tidy],
        validators=[at_most(LONGEST_REASON)],
    )

    def validate_choice_known(self, field: TextAreaField) -> None:
        """Ask how an agreement to publish is known."""
        if self.publication.data != PublicationChoice.NOT_PUBLISHED and not field.data:
            raise ValidationError("Say how you know what they agreed to.")


class DropForm(PublicationPart):
    """Files dropped together, and what is said once of all of them."""

    # One press drops once, however often the page is sent.
    key = HiddenField(default=lambda: secrets.token_hex(16))
    files = MultipleFileField("Files")
    call = RadioField(
        "Which call do they answer?",
        widget=GovRadioInput(),
        validators=[InputRequired("Choose the call that they answer.")],
    )
    channel = RadioField(
        "How did they come?",
        widget=GovRadioInput(),
        choices=cast(Any, {each.value: CHANNEL_WORDS[each] for each in FILE_CHANNELS}),
        default=Channel.EMAIL.value,
        description="Saved e-mails (.eml) always count as e-mail.",
        validators=[InputRequired("Choose how they came.")],
    )
    received_on = ArrivalField(
        "Day on which they were received", description="Saved e-mails bring the day on which they were sent."
    )
    respondent_type = SelectField("Respondent type of all of them (optional)", widget=GovSelect(), default="")
    why_late = TextAreaField(
        "Why late evidence is taken",
        widget=GovTextArea(),
        description="Only where it came after the call closed. You can also say it file by file.",
        filters=[tidy],
        validators=[at_most(LONGEST_REASON)],
    )

    def offer(self, calls: Sequence[Call], types: Sequence[RespondentType]) -> "DropForm":
        """Fill in the inquiry's lists."""
        self.call.choices = [(call.slug, call.title) for call in calls]
        self.respondent_type.choices = cast(Any, listed(types))
        return self

    @property
    def given(self) -> list[FileStorage]:
        """Return the files that were chosen: a field left empty sends one without a name."""
        return [each for each in self.files.data or () if isinstance(each, FileStorage) and each.filename]

    def validate_files(self, _field: MultipleFileField) -> None:
        """Ask for one file at least, and for no more than a batch holds."""
        if not self.given:
            raise ValidationError("Choose at least one file.")
        if len(self.given) > MOST_FILES:
            raise ValidationError(
                f"You chose {len(self.given)} files. Drop at most {MOST_FILES} at once, and the rest after."
            )

    def told(self) -> Told:
        """Return what is said of all of them; only once the form is right."""
        return Told(
            received_on=cast(date, self.received_on.data),
            channel=Channel(self.channel.data),
            publication=PublicationChoice(self.publication.data),
            choice_known=self.choice_known.data or "",
            why_late=self.why_late.data or "",
            respondent_type_id=number_in(self.respondent_type.data),
        )


class FileForm(PublicationPart):
    """The base of the form that `file_form` makes for one file: who sent it, when, and what is read in it."""

    documents: tuple[BatchDocument, ...]

    name = StringField("Name", widget=GovTextInput(), filters=[tidy], validators=[at_most(300)])
    organisation = StringField(
        "Organisation", widget=GovTextInput(), filters=[tidy], validators=[at_most(300)]
    )
    email = StringField(
        "E-mail address (optional)", widget=GovTextInput(), filters=[tidy], validators=[at_most(255)]
    )
    title = StringField("Title (optional)", widget=GovTextInput(), filters=[tidy], validators=[at_most(300)])
    respondent_type = SelectField("Respondent type (optional)", widget=GovSelect(), default="")
    place = SelectField("Place (optional)", widget=GovSelect(), default="")
    received_on = ArrivalField("Day on which it was received")
    channel = SelectField(
        "How it came",
        widget=GovSelect(),
        choices=cast(Any, {each.value: CHANNEL_WORDS[each] for each in FILE_CHANNELS}),
    )
    language = SelectField("Language", widget=GovSelect(), choices=cast(Any, LANGUAGES), default="en")
    why_late = TextAreaField(
        "Why late evidence is taken",
        widget=GovTextArea(),
        filters=[tidy],
        validators=[at_most(LONGEST_REASON)],
    )
    note = TextAreaField(
        "Note for your colleagues (optional)",
        widget=GovTextArea(),
        filters=[tidy],
        validators=[at_most(LONGEST_REASON)],
    )

    def offer(self, types: Sequence[RespondentType], places: Sequence[Place]) -> "FileForm":
        """Fill in the inquiry's lists."""
        self.respondent_type.choices = cast(Any, listed(types))
        self.place.choices = cast(Any, listed(places))
        return self

    def validate_name(self, field: StringField) -> None:
        """Ask who sent it: evidence of nobody cannot be answered for."""
        if not field.data and not self.organisation.data:
            raise ValidationError("Give the name of the person or, below, of the organisation.")

    def settled(self) -> Settled:
        """Return what was typed; only once the form is right."""
        return Settled(
            name=self.name.data or "",
            organisation=self.organisation.data or "",
            email=self.email.data or "",
            title=self.title.data or "",
            respondent_type_id=number_in(self.respondent_type.data),
            place_id=number_in(self.place.data),
            language=self.language.data or "en",
            received_on=cast(date, self.received_on.data),
            channel=Channel(self.channel.data),
            publication=PublicationChoice(self.publication.data),
            choice_known=self.choice_known.data or "",
            why_late=self.why_late.data or "",
            note=self.note.data or "",
        )

    def uses(self) -> Mapping[int, Use]:
        """Return what becomes of the words of each document."""
        chosen = {each.id: self[name_of(each)].data for each in self.documents if readable(each)}
        return {id_: Use(said != KEPT_ONLY, number_in(said)) for id_, said in chosen.items()}


def readable(document: BatchDocument) -> bool:
    """Tell whether there is anything to decide about the words of a document."""
    return document.outcome is not Outcome.REFUSED


def name_of(document: BatchDocument) -> str:
    """Return the name of the field for a document."""
    return f"document-{document.id}"


def file_form(read: DroppedRead, questions: Sequence[Question]) -> type[FileForm]:
    """Return the form class for one file, with a list for each document in it."""
    asked = {
        str(each.id): f"Read it as an answer to {each.number}. {each.prompt}"
        for each in questions
        if each.kind in (QuestionKind.FREE_TEXT, QuestionKind.FILE)
    }
    choices = {
        "": "Read it; it answers the call as a whole",
        **asked,
        KEPT_ONLY: "Keep it, but do not read its words",
    }
    fields: dict[str, Any] = {
        name_of(each): SelectField(each.name, widget=GovSelect(), choices=cast(Any, choices), default="")
        for each in read.documents
        if readable(each)
    }
    return type("OneFileForm", (FileForm,), {"documents": read.documents, **fields})


def standing(read: DroppedRead) -> dict[str, Any]:
    """Return what stands in the form of a file at first."""
    row = read.row
    names = (
        "name",
        "organisation",
        "email",
        "title",
        "language",
        "received_on",
        "choice_known",
        "why_late",
        "note",
    )
    uses = {
        name_of(each): str(each.question_id or "") if each.taken else KEPT_ONLY
        for each in read.documents
        if readable(each)
    }
    return {
        **{name: getattr(row, name) for name in names},
        "respondent_type": str(row.respondent_type_id or ""),
        "place": str(row.place_id or ""),
        "channel": row.channel.value,
        "publication": row.publication.value,
        **uses,
    }
