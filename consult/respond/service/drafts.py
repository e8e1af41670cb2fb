"""Verbs of the public journey.

Beginning, sending and erasing are audited. Saving is not: until it is sent, a draft belongs to its writer,
and a log of when somebody typed would be a record about a person that nobody needs.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from consult.calls.models import Call
from consult.calls.rules import KEPT_AFTER_CLOSING
from consult.evidence.models import Submission
from consult.evidence.rules import Channel, PublicationChoice, SubmissionState
from consult.evidence.service import (
    GivenAnswer,
    GivenConfidence,
    GivenDeclaration,
    GivenEvidence,
    amend_submission,
    receive_submission,
)
from consult.evidence.service.amending import held
from consult.foundation import audit
from consult.foundation.errors import BadInput, NotFound, Refused
from consult.foundation.language import _
from consult.foundation.security import Actor
from consult.respond.answers import Asked, Typed, keepable, reply_of, without_postcode
from consult.respond.codes import hash_of, receipt_code_for
from consult.respond.confidences import Confidence, bounds_in, choice_for, confidences_in
from consult.respond.drafting import Outcome, Sitting, Words, question_of_slot, slot_of_question
from consult.respond.logic import shown_questions
from consult.respond.models import Draft, Reminder
from consult.respond.queries import CallToAnswer, as_open_now, call_of_draft, slots_waiting
from consult.respond.queries_files import files_of_draft
from consult.respond.rules import Filled, expiry_of, gaps_in
from consult.respond.service import words
from consult.respond.service.given_files import erase_files, given_files


class CallNotOpen(Refused):
    """The call takes no evidence at this moment, so nothing was stored."""


class NothingChanged(Refused):
    """What would be sent says what was sent before, so there is nothing to send."""


class Overtaken(Refused):
    """What this draft changes was changed elsewhere or withdrawn since it was begun, so nothing was sent."""


class AlreadySent(Refused):
    """The draft has become a submission, which nothing changes any more."""


def begin_draft(
    session: Session, call_id: int, return_code: str, *, actor: Actor, at: datetime, language: str = "en"
) -> int:
    """Start an empty draft and return its id; of the code only the hash is kept. Raises CallNotOpen."""
    call = call_of_draft(session, call_id)
    _must_be_open(call, at)
    draft = Draft(
        call_id=call_id,
        code_hash=hash_of(return_code),
        # Not the code's own hash, so that a submission, which is kept, does not lead back to the code.
        send_key=hash_of(f"send {return_code}"),
        answers={},
        about={},
        language=language,
        started_at=at,
        saved_at=at,
        expires_at=expiry_of(call.closes_at),
    )
    session.add(draft)
    session.flush()  # the audit event names the new id
    act = audit.Act("begin draft", "draft", draft.id)
    audit.record(session, act, inquiry_id=call.inquiry_id, actor=actor, at=at)
    return draft.id


def save_answer(
    session: Session,
    draft_id: int,
    question_slug: str,
    typed: Typed,
    *,
    at: datetime,
    sitting: Sitting | None = None,
) -> Outcome:
    """Keep what was typed for a question, right or wrong, and return what became of it.

    With a sitting, words that came to stand since its page was opened are not overwritten: both are kept.
    Raises CallNotOpen, AlreadySent, NotFound.
    """
    draft, call = open_draft(session, draft_id, at)
    asked = next((asked for asked in call.questions if asked.slug == question_slug), None)
    kept = keepable(without_postcode(asked, typed) if asked else typed)
    if sitting:
        slot, was = slot_of_question(question_slug), draft.answers.get(question_slug)
        outcome = words.keep(session, draft, slot, was, kept, sitting=sitting, at=at)
        if outcome is not Outcome.SAVED:
            return outcome
    # A new dictionary: SQLAlchemy does not see a change within a JSON value.
    draft.answers = {**draft.answers, question_slug: kept}
    return Outcome.SAVED


def save_about(
    session: Session,
    draft_id: int,
    fields: Mapping[str, str],
    *,
    at: datetime,
    slot: str = "",
    sitting: Sitting | None = None,
) -> Outcome:
    """Keep what a page of several fields asks about the respondent or publication, as `save_answer` does."""
    draft, _call = open_draft(session, draft_id, at)
    kept = {name: keepable(typed) for name, typed in fields.items()}
    if sitting:
        was = {name: draft.about.get(name, "") for name in kept}
        outcome = words.keep(session, draft, slot, was, kept, sitting=sitting, at=at)
        if outcome is not Outcome.SAVED:
            return outcome
    draft.about = {**draft.about, **kept}
    return Outcome.SAVED


def choose_version(
    session: Session, draft_id: int, wanted: words.Wanted, *, sitting: Sitting, at: datetime
) -> None:
    """Let one of two versions stand, or both joined. Raises as `save_answer`, and ChangedMeanwhile."""
    draft, _call = open_draft(session, draft_id, at)
    question = question_of_slot(wanted.slot)
    if question is None:
        version = words.waiting(session, draft.id, wanted)
        was: Words = {name: draft.about.get(name, "") for name in version.typed}
    else:
        was = draft.answers.get(question)
    stands = words.choose(session, draft, was, wanted, sitting=sitting, at=at)
    if isinstance(stands, Mapping):
        draft.about = {**draft.about, **stands}
    elif question is not None:
        draft.answers = {**draft.answers, question: stands}


def save_confidences(
    session: Session, draft_id: int, confidences: Iterable[Confidence], *, at: datetime
) -> None:
    """Keep which words must not be published, in place of those kept before. Raises as `save_answer`."""
    draft, _call = open_draft(session, draft_id, at)
    draft.confidences = [confidence.as_kept() for confidence in confidences]


def write_in(session: Session, draft_id: int, language: str, *, at: datetime) -> None:
    """Go on with a draft in another language. Raises CallNotOpen, AlreadySent, NotFound."""
    draft, _call = open_draft(session, draft_id, at)
    draft.language = language


def send_draft(
    session: Session,
    draft_id: int,
    return_code: str,
    *,
    actor: Actor,
    at: datetime,
    call: CallToAnswer | None = None,
) -> int:
    """Make a draft a submission, erase its words, and return the submission's id.

    A draft that changes what was sent before makes a new version of it. Sending again, from another tab or by
    a second press, returns the first submission's id. A `call` read just before saves reading it again
    while other writers wait; whether it is open is read in any case. Raises BadInput with what is missing,
    CallNotOpen, NothingChanged, Overtaken, NotFound.
    """
    draft = locked(session, draft_id)
    if draft.submission_id is not None:
        return draft.submission_id
    call = call_of_draft(session, draft.call_id) if call is None else as_open_now(session, call)
    _must_be_open(call, at, begun_at=draft.started_at)
    _must_be_complete(session, draft, call)
    evidence = _evidence_of(session, draft, call, return_code)
    if draft.amends_id is None:
        submission = receive_submission(session, evidence, inquiry_id=call.inquiry_id, actor=actor, at=at)
    else:
        submission = _amended(session, draft, evidence, inquiry_id=call.inquiry_id, actor=actor, at=at)
    draft.submission_id = submission.id
    draft.answers, draft.about, draft.confidences, draft.written = {}, {}, [], {}
    words.erase(session, draft.id)
    session.execute(delete(Reminder).where(Reminder.draft_id == draft.id))
    erase_files(session, draft.id)
    return submission.id


def _must_be_complete(session: Session, draft: Draft, call: CallToAnswer) -> None:
    filled = Filled(
        draft.answers,
        draft.about,
        confidences_in(draft.confidences),
        slots_waiting(session, draft.id),
        files_of_draft(session, draft.id),
    )
    gaps = gaps_in(call.asking, filled)
    if gaps:
        raise BadInput(_("Some answers must be put right before you send."), [gap.message for gap in gaps])


def _amended(
    session: Session, draft: Draft, evidence: GivenEvidence, *, inquiry_id: int, actor: Actor, at: datetime
) -> Submission:
    before = held(session, draft.amends_id or 0, inquiry_id)
    if before.state is SubmissionState.WITHDRAWN or before.version != draft.amends_version:
        raise Overtaken(_("What you sent was changed elsewhere or withdrawn meanwhile."))
    after = amend_submission(session, before.id, evidence, inquiry_id=inquiry_id, actor=actor, at=at)
    if after.version == draft.amends_version:
        raise NothingChanged(_("You have changed nothing yet, so there is nothing to send."))
    return after


def erase_expired_drafts(session: Session, *, actor: Actor, at: datetime) -> int:
    """Delete drafts kept long enough after their call closed, and return how many held unsent words."""
    # The call's own date counts beside the draft's: a call may have been given more time since.
    calls = select(Call.id).where(Call.closes_at <= at - KEPT_AFTER_CLOSING)
    expired = (Draft.expires_at <= at, Draft.call_id.in_(calls))
    # Counted by what is erased here, for another process may be erasing at the same time.
    erased = session.execute(
        delete(Draft)
        .where(*expired)
        .returning(Draft.call_id, Draft.submission_id)
        .execution_options(synchronize_session=False)
    )
    unsent = Counter(row.call_id for row in erased if row.submission_id is None)
    of_calls = select(Call.id, Call.inquiry_id).where(Call.id.in_(unsent)).order_by(Call.inquiry_id, Call.id)
    for call_id, inquiry_id in session.execute(of_calls).all():
        act = audit.Act("erase expired drafts", "call", call_id, detail={"drafts": unsent[call_id]})
        audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return unsent.total()


def locked(session: Session, draft_id: int) -> Draft:
    """Return a draft that nobody else changes before this transaction ends; NotFound when it is gone."""
    # Two tabs that save different pages at once must not lose one another's answer.
    draft = session.scalar(
        select(Draft).where(Draft.id == draft_id).with_for_update().execution_options(populate_existing=True)
    )
    if draft is None:
        raise NotFound(_("The draft is no longer there."))
    return draft


def open_draft(session: Session, draft_id: int, at: datetime) -> tuple[Draft, CallToAnswer]:
    """Return a locked draft that may be written in, and its call.

    Raises AlreadySent, CallNotOpen, NotFound.
    """
    draft = locked(session, draft_id)
    if draft.submission_id is not None:
        raise AlreadySent(_("This evidence has been sent already."))
    call = call_of_draft(session, draft.call_id)
    _must_be_open(call, at, begun_at=draft.started_at)
    draft.saved_at, draft.expires_at = at, expiry_of(call.closes_at)
    return draft, call


def _must_be_open(call: CallToAnswer, at: datetime, begun_at: datetime | None = None) -> None:
    if not call.takes(at, begun_at):
        raise CallNotOpen(_("This call for evidence is not open, so nothing was stored."))


def _evidence_of(session: Session, draft: Draft, call: CallToAnswer, return_code: str) -> GivenEvidence:
    about = {name: str(typed).strip() for name, typed in draft.about.items()}
    answers = tuple(_answers_of(draft, call))
    types = {offered.slug: offered.id for offered in call.types}
    return GivenEvidence(
        call_id=call.id,
        name=about.get("name", ""),
        organisation=about.get("organisation", ""),
        email=about.get("email", ""),
        respondent_type_id=types.get(about.get("respondent_type", "")),
        place_id=next((answer.place_id for answer in answers if answer.place_id is not None), None),
        publication=PublicationChoice(about["publication"]),
        language=draft.language,
        # A title of ours would have to be the name, which may be one not to be published.
        title="",
        answers=answers,
        channel=Channel.WEB,
        send_key=draft.send_key,
        receipt_code=receipt_code_for(return_code),
        declaration=GivenDeclaration(**{name: about.get(name, "") for name in call.declarations}),
        withdrawal_policy=call.withdrawal_policy,
        attachments=tuple(given_files(session, draft, call)),
    )


def _answers_of(draft: Draft, call: CallToAnswer) -> Iterable[GivenAnswer]:
    confidences = confidences_in(draft.confidences)
    for asked in shown_questions(call.questions, draft.answers):
        reply = reply_of(asked, draft.answers.get(asked.slug))
        if reply is not None:
            yield GivenAnswer(
                question_id=asked.id,
                text=reply.text,
                option_ids=reply.option_ids,
                number=reply.number,
                place_id=reply.place_id,
                cells=reply.cells,
                district=reply.district,
                declined=reply.declined,
                publication=choice_for(asked, draft.about),
                confidences=_confidences_of(asked, reply.text or "", confidences),
            )


def _confidences_of(asked: Asked, text: str, marks: Iterable[Confidence]) -> tuple[GivenConfidence, ...]:
    return tuple(GivenConfidence(bounds, harm) for bounds, harm in bounds_in(marks, asked, text))
