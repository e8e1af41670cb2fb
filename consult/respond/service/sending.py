"""Sending a draft: what takes time is done before the turn to write, of which there is one at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from consult.evidence.models import Submission
from consult.evidence.rules import Channel, PublicationChoice, SubmissionState
from consult.evidence.service import (
    GivenAnswer,
    GivenConfidence,
    GivenDeclaration,
    GivenEvidence,
    Ready,
    amend_submission,
    made_ready,
    receive_ready,
)
from consult.evidence.service.amending import held as submission_held
from consult.foundation.errors import BadInput, Refused
from consult.foundation.language import _
from consult.foundation.security import Actor
from consult.respond.answers import Asked, reply_of
from consult.respond.codes import receipt_code_for
from consult.respond.confidences import Confidence, bounds_in, choice_for, confidences_in
from consult.respond.logic import shown_questions
from consult.respond.models import Draft, Reminder
from consult.respond.queries import CallToAnswer, DraftHeld, as_held, as_open_now, call_of_draft
from consult.respond.rules import gaps_in
from consult.respond.service import words
from consult.respond.service.drafts import locked, must_be_open
from consult.respond.service.given_files import erase_files, given_files


class NothingChanged(Refused):
    """What would be sent says what was sent before, so there is nothing to send."""


class Overtaken(Refused):
    """What this draft changes was changed elsewhere or withdrawn since it was begun, so nothing was sent."""


@dataclass(frozen=True)
class Prepared:
    """What a draft makes, the call that was read for it, and how the draft stood then."""

    ready: Ready
    call: CallToAnswer
    stood: tuple[Any, ...]
    # Whether versions of words or files hang on the draft, which are erased with it.
    has_more: bool


def prepare(
    session: Session, held: DraftHeld, return_code: str, *, call: CallToAnswer, at: datetime
) -> Prepared | None:
    """Work out what a draft makes, so that little is left to do in its turn to write.

    None for a draft that was sent, may not be or has gaps: sending then says so. None also for one that
    changes what was sent before: an erasure of that reaches the draft without being its writer's change.
    Raises as `receive_submission`.
    """
    if held.submission_id is not None or held.amends_id is not None:
        return None
    if not call.takes(at, held.started_at) or gaps_in(call.asking, held.filled):
        return None
    return _prepared(session, held, return_code, call)


def send_draft(
    session: Session,
    draft_id: int,
    return_code: str,
    *,
    actor: Actor,
    at: datetime,
    prepared: Prepared | None = None,
) -> int:
    """Make a draft a submission, erase its words, and return the submission's id.

    A draft that changes what was sent before makes a new version of it. Sending again, from another tab or by
    a second press, returns the first submission's id. What was `prepared` is taken if the draft still stands
    as it did; whether the call is open is read in any case. Raises BadInput with what is missing,
    CallNotOpen, NothingChanged, Overtaken, NotFound.
    """
    draft = locked(session, draft_id)
    if draft.submission_id is not None:
        return draft.submission_id
    call = as_open_now(session, prepared.call) if prepared else call_of_draft(session, draft.call_id)
    must_be_open(call, at, begun_at=draft.started_at)
    if prepared is None or prepared.stood != _standing(draft, call):
        held = as_held(session, draft)
        _must_be_complete(held, call)
        prepared = _prepared(session, held, return_code, call)
    submission_id = _stored(session, draft, prepared.ready, actor=actor, at=at)
    draft.submission_id = submission_id
    draft.answers, draft.about, draft.confidences, draft.written = {}, {}, [], {}
    session.execute(delete(Reminder).where(Reminder.draft_id == draft.id))
    if prepared.has_more:
        words.erase(session, draft.id)
        erase_files(session, draft.id)
    return submission_id


def _must_be_complete(held: DraftHeld, call: CallToAnswer) -> None:
    gaps = gaps_in(call.asking, held.filled)
    if gaps:
        raise BadInput(_("Some answers must be put right before you send."), [gap.message for gap in gaps])


def _prepared(session: Session, held: DraftHeld, return_code: str, call: CallToAnswer) -> Prepared:
    evidence = _evidence_of(session, held, call, return_code)
    ready = made_ready(session, evidence, call.inquiry_id)
    has_more = bool(held.files) or words.has_versions(session, held.id)
    return Prepared(ready, call, _standing(held, call), has_more)


def _standing(draft: Draft | DraftHeld, call: CallToAnswer) -> tuple[Any, ...]:
    # Whoever writes in a draft, its files or its versions notes when it was saved.
    marks = draft.confidences if isinstance(draft, DraftHeld) else confidences_in(draft.confidences)
    said = draft.answers, draft.about, marks, draft.language, draft.send_key
    return draft.saved_at, said, call.withdrawal_policy


def _stored(session: Session, draft: Draft, ready: Ready, *, actor: Actor, at: datetime) -> int:
    if draft.amends_id is None:
        return receive_ready(session, ready, actor=actor, at=at).id
    evidence, inquiry_id = ready.evidence, ready.inquiry_id
    return _amended(session, draft, evidence, inquiry_id=inquiry_id, actor=actor, at=at).id


def _amended(
    session: Session, draft: Draft, evidence: GivenEvidence, *, inquiry_id: int, actor: Actor, at: datetime
) -> Submission:
    before = submission_held(session, draft.amends_id or 0, inquiry_id)
    if before.state is SubmissionState.WITHDRAWN or before.version != draft.amends_version:
        raise Overtaken(_("What you sent was changed elsewhere or withdrawn meanwhile."))
    after = amend_submission(session, before.id, evidence, inquiry_id=inquiry_id, actor=actor, at=at)
    if after.version == draft.amends_version:
        raise NothingChanged(_("You have changed nothing yet, so there is nothing to send."))
    return after


def _evidence_of(session: Session, draft: DraftHeld, call: CallToAnswer, return_code: str) -> GivenEvidence:
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


def _answers_of(draft: DraftHeld, call: CallToAnswer) -> Iterable[GivenAnswer]:
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
                confidences=_confidences_of(asked, reply.text or "", draft.confidences),
            )


def _confidences_of(asked: Asked, text: str, marks: Iterable[Confidence]) -> tuple[GivenConfidence, ...]:
    kept_back = bounds_in(marks, text, question=asked.slug)
    return tuple(GivenConfidence(bounds, harm) for bounds, harm in kept_back)
