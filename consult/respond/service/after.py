"""Verbs after sending: begin to change what was sent, withdraw it or ask for that."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from consult.calls.withdrawing import Way
from consult.evidence.extraction import Extraction
from consult.evidence.models import Submission, SubmissionVersion
from consult.evidence.queries.standing_documents import StandingDocument, standing_documents
from consult.evidence.queries.versions import standing_answers
from consult.evidence.service import ask_to_withdraw, withdraw_submission
from consult.foundation import audit
from consult.foundation.errors import Refused
from consult.foundation.language import _
from consult.foundation.security import Actor
from consult.respond.codes import amendment_code_for, hash_of
from consult.respond.filling import answers_again, choices_again, confidences_again, kept_back_again
from consult.respond.models import Draft, DraftFile
from consult.respond.queries import CallToAnswer, call_of_draft
from consult.respond.queries_receipt import Standing, standing_of
from consult.respond.rules import expiry_of


def begin_amendment(session: Session, receipt_code: str, *, actor: Actor, at: datetime) -> str:
    """Fill a draft with what was sent and return its return code; what is begun already is found again.

    Refused once the call is closed or the evidence withdrawn; NotFound for a code that opens no receipt.
    """
    standing = standing_of(session, receipt_code)
    # Sent drafts are counted, not versions: somebody may have sent one without changing an answer.
    sent = select(func.count()).where(
        Draft.amends_id == standing.submission_id, Draft.submission_id.is_not(None)
    )
    code = amendment_code_for(receipt_code, 1 + (session.scalar(sent) or 0))
    if session.scalar(select(Draft.id).where(Draft.code_hash == hash_of(code))) is not None:
        return code
    if not standing.may_change(at):
        raise Refused(_("This evidence cannot be changed any more."))
    documents = standing_documents(session, standing.submission_id)
    draft = _filled(session, standing, code, call_of_draft(session, standing.call_id), at)
    draft.confidences = [*draft.confidences, *kept_back_again(documents)]
    session.add(draft)
    session.flush()  # the audit event names the new id
    session.add_all(_files(documents, draft.id, at))
    act = audit.Act("begin amendment", "draft", draft.id, detail={"version": standing.version})
    audit.record(session, act, inquiry_id=standing.inquiry_id, actor=actor, at=at)
    return code


def withdraw_sent(session: Session, receipt_code: str, why: str, *, actor: Actor, at: datetime) -> Way | None:
    """Withdraw what was sent, or ask the commission to, as its rule says; return which, None for neither.

    The reason is for the commission and kept only where it decides.
    """
    standing = standing_of(session, receipt_code)
    way = standing.way_to_withdraw(at)
    where: dict[str, Any] = {"inquiry_id": standing.inquiry_id, "actor": actor, "at": at}
    if way is Way.AT_ONCE:
        withdraw_submission(session, standing.submission_id, **where)
    elif way is Way.BY_ASKING:
        ask_to_withdraw(session, standing.submission_id, why, **where)
    return way


def _filled(session: Session, standing: Standing, code: str, call: CallToAnswer, at: datetime) -> Draft:
    answers = standing_answers(session, standing.submission_id)
    return Draft(
        call_id=call.id,
        code_hash=hash_of(code),
        send_key=hash_of(f"send {code}"),
        answers=answers_again(call.questions, answers),
        about={**_about(session, standing, call), **choices_again(call.questions, answers)},
        confidences=confidences_again(call.questions, answers),
        language=_language(session, standing),
        amends_id=standing.submission_id,
        amends_version=standing.version,
        started_at=at,
        saved_at=at,
        expires_at=expiry_of(call.closes_at),
    )


def _about(session: Session, standing: Standing, call: CallToAnswer) -> dict[str, str]:
    submission = session.scalars(
        select(Submission)
        .where(Submission.id == standing.submission_id)
        .options(joinedload(Submission.respondent))
    ).one()
    declared = session.scalars(
        select(SubmissionVersion.declared).where(
            SubmissionVersion.submission_id == submission.id, SubmissionVersion.number == submission.version
        )
    ).one()
    types = {offered.id: offered.slug for offered in call.types}
    who = submission.respondent
    return {
        "name": who.name,
        "organisation": who.organisation,
        "email": who.email,
        "respondent_type": types.get(submission.respondent_type_id or 0, ""),
        "publication": submission.publication.value,
        **{name: declared.get(name, "") for name in call.declarations},
    }


def _language(session: Session, standing: Standing) -> str:
    mine = Submission.id == standing.submission_id
    return session.scalars(select(Submission.language).where(mine)).one()


def _files(documents: Iterable[StandingDocument], draft_id: int, at: datetime) -> list[DraftFile]:
    """Return the files that stand as files of the draft, so that they are sent again with it."""
    return [
        DraftFile(
            draft_id=draft_id,
            name=each.attachment.name,
            sha256=each.attachment.sha256,
            size=each.attachment.size,
            question=each.question or "",
            extraction=_read_again(each).as_json(),
            added_at=at,
        )
        for each in documents
    ]


def _read_again(document: StandingDocument) -> Extraction:
    held = document.attachment
    return Extraction(held.outcome, held.kind, document.text, tuple(held.flags), held.message)
