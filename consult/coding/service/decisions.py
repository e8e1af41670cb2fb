"""A member's word on a suggestion."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.coding.models import Coding, CodingWithdrawal, Decision, Suggestion
from consult.coding.queries import settlements, stands, taken_back
from consult.coding.queries.blind import is_kept_back
from consult.coding.rules import CODING_VERDICTS, CodingOrigin, Said, Verdict, is_time_to_learn
from consult.coding.service.runs import want_suggestions
from consult.coding.service.shared import decision_made, hold_passage, member_of, own_standing, usable_code
from consult.foundation import audit
from consult.foundation.errors import BadInput, NotFound, Refused
from consult.foundation.security import Actor

ORIGIN = {Verdict.ACCEPT: CodingOrigin.ACCEPTED, Verdict.REPLACE: CodingOrigin.REPLACED}
IN_WORDS = {Verdict.ACCEPT: "accepted", Verdict.REJECT: "rejected", Verdict.REPLACE: "replaced"}


class AlreadyDecided(Refused):
    """Somebody settled the suggestion before; `who`, `verdict` and `at` say how it was."""

    def __init__(self, who: str, verdict: Verdict, at: datetime) -> None:
        super().__init__(f"{who} has already {IN_WORDS[verdict]} this suggestion. Nothing was changed.")
        self.who, self.verdict, self.at = who, verdict, at


def decide_suggestion(
    session: Session,
    suggestion_id: int,
    verdict: Verdict,
    *,
    inquiry_id: int,
    replacement_id: int | None = None,
    act_key: str | None = None,
    actor: Actor,
    at: datetime,
) -> Decision:
    """Record a member's verdict; accepting and replacing make the coding in the same transaction.

    Raises AlreadyDecided when somebody settled this passage and code before; saying the same again is
    the same act. Refused for a retired code, and for a passage to be read blind first. A code that the
    member already applied to the passage is not applied twice.
    """
    user_id = member_of(actor)
    suggestion = _suggestion(session, suggestion_id, inquiry_id)
    if is_kept_back(session, suggestion.passage_id):
        raise Refused(
            "This passage is to be read without suggestions first. Code it, then say you have read it."
        )
    said = Said(user_id, verdict, replacement_id)
    done = decision_made(session, act_key, user_id) or _said_before(session, suggestion, said)
    if done is not None:
        return done
    code_id = _code_to_apply(session, suggestion, verdict, replacement_id, inquiry_id)
    decision = _written(session, suggestion_id, said, inquiry_id=inquiry_id, act_key=act_key, at=at)
    if code_id is not None and not own_standing(session, suggestion.passage_id, code_id, user_id):
        _make_coding(session, decision, suggestion.passage_id, code_id)
    detail = {"verdict": verdict, "suggestion": suggestion_id, "code": code_id}
    act = audit.Act("decide suggestion", "decision", decision.id, detail=detail)
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    if is_time_to_learn(decision.id):
        want_suggestions(session, inquiry_id=inquiry_id, actor=actor, at=at)
    return decision


def undo_decision(
    session: Session, decision_id: int, *, inquiry_id: int, actor: Actor, at: datetime
) -> Decision:
    """Take one's own decision back by a later one, and withdraw the coding that it made."""
    user_id = member_of(actor)
    decision = _own_decision(session, decision_id, inquiry_id, user_id)
    suggestion = _suggestion(session, decision.suggestion_id, inquiry_id)
    undone = session.scalar(select(Decision).where(Decision.undoes_id == decision_id))
    if undone is not None:
        return undone
    undo = Decision(
        inquiry_id=inquiry_id,
        suggestion_id=suggestion.id,
        user_id=user_id,
        verdict=Verdict.UNDO,
        undoes_id=decision_id,
        at=at,
    )
    session.add(undo)
    made = session.scalar(select(Coding.id).where(Coding.decision_id == decision_id, stands()))
    if made is not None:
        session.add(CodingWithdrawal(coding_id=made, user_id=user_id, at=at))
    session.flush()  # the audit event names the new id
    act = audit.Act("undo decision", "decision", undo.id, detail={"undoes": decision_id, "withdrew": made})
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return undo


def _suggestion(session: Session, suggestion_id: int, inquiry_id: int) -> Suggestion:
    """Return a suggestion with its passage held, so that what is read next stays true until the commit."""
    suggestion = session.get(Suggestion, suggestion_id)
    if suggestion is None:
        raise NotFound("There is no such suggestion in this inquiry.")
    hold_passage(session, suggestion.passage_id, inquiry_id)
    return suggestion


def _said_before(session: Session, suggestion: Suggestion, said: Said) -> Decision | None:
    """Return the same member's same decision, if it holds; AlreadyDecided when another one does."""
    settled: Row[Any] | None = session.execute(
        settlements()
        .add_columns(User.name)
        .join(User, User.id == Decision.user_id)
        .where(
            Suggestion.passage_id == suggestion.passage_id,
            Suggestion.code_id == suggestion.code_id,
        )
    ).first()
    if settled is not None:
        if Said(settled.user_id, settled.verdict, settled.replacement_id) != said:
            raise AlreadyDecided(settled.name, settled.verdict, settled.at)
        return session.get(Decision, settled.id)
    return _skipped_before(session, suggestion.id, said) if said.verdict is Verdict.SKIP else None


def _skipped_before(session: Session, suggestion_id: int, said: Said) -> Decision | None:
    mine = select(Decision).where(
        Decision.suggestion_id == suggestion_id,
        Decision.user_id == said.user_id,
        Decision.verdict == Verdict.SKIP,
        ~taken_back(),
    )
    return session.scalar(mine.limit(1))


def _code_to_apply(
    session: Session, suggestion: Suggestion, verdict: Verdict, replacement_id: int | None, inquiry_id: int
) -> int | None:
    """Return the code that this verdict applies, checked; None for a verdict that applies none."""
    if verdict is Verdict.UNDO:
        raise BadInput("A decision is taken back by naming the decision, not the suggestion.")
    if (verdict is Verdict.REPLACE) != (replacement_id is not None):
        raise BadInput("Choose the code to put in place of the one proposed.")
    if replacement_id == suggestion.code_id:
        raise BadInput("That is the code proposed. Accept the suggestion instead, or choose another code.")
    if verdict not in CODING_VERDICTS:
        return None
    return usable_code(session, replacement_id or suggestion.code_id, inquiry_id).id


def _written(
    session: Session, suggestion_id: int, said: Said, *, inquiry_id: int, act_key: str | None, at: datetime
) -> Decision:
    decision = Decision(
        inquiry_id=inquiry_id,
        suggestion_id=suggestion_id,
        user_id=said.user_id,
        verdict=said.verdict,
        replacement_id=said.replacement_id,
        act_key=act_key,
        at=at,
    )
    session.add(decision)
    session.flush()  # the coding and the audit event name the new id
    return decision


def _make_coding(session: Session, decision: Decision, passage_id: int, code_id: int) -> None:
    session.add(
        Coding(
            inquiry_id=decision.inquiry_id,
            passage_id=passage_id,
            code_id=code_id,
            user_id=decision.user_id,
            origin=ORIGIN[decision.verdict],
            decision_id=decision.id,
            at=decision.at,
        )
    )


def _own_decision(session: Session, decision_id: int, inquiry_id: int, user_id: int) -> Decision:
    decision = session.get(Decision, decision_id)
    if decision is None or decision.inquiry_id != inquiry_id:
        raise NotFound("There is no such decision in this inquiry.")
    if decision.user_id != user_id:
        raise Refused("Only the person who decided can take the decision back.")
    if decision.verdict is Verdict.UNDO:
        raise Refused("That decision is taken back already. Decide again instead.")
    return decision
