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
from consult.foundation import audit
from consult.foundation.errors import NotFound, Refused
from consult.foundation.language import _
from consult.foundation.security import Actor
from consult.respond.answers import Typed, keepable, without_postcode
from consult.respond.codes import hash_of
from consult.respond.confidences import Confidence
from consult.respond.drafting import Outcome, Sitting, Words, question_of_slot, slot_of_question
from consult.respond.models import Draft
from consult.respond.queries import CallToAnswer, call_of_draft
from consult.respond.rules import expiry_of
from consult.respond.service import words


class CallNotOpen(Refused):
    """The call takes no evidence at this moment, so nothing was stored."""


class AlreadySent(Refused):
    """The draft has become a submission, which nothing changes any more."""


def begin_draft(
    session: Session, call_id: int, return_code: str, *, actor: Actor, at: datetime, language: str = "en"
) -> int:
    """Start an empty draft and return its id; of the code only the hash is kept. Raises CallNotOpen."""
    call = call_of_draft(session, call_id)
    must_be_open(call, at)
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
    must_be_open(call, at, begun_at=draft.started_at)
    draft.saved_at, draft.expires_at = at, expiry_of(call.closes_at)
    return draft, call


def must_be_open(call: CallToAnswer, at: datetime, begun_at: datetime | None = None) -> None:
    """Raise CallNotOpen unless something may be stored in a draft of this call."""
    if not call.takes(at, begun_at):
        raise CallNotOpen(_("This call for evidence is not open, so nothing was stored."))
