"""What the verbs on decisions and codings share."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from consult.codebook.models import Code, Codebook
from consult.codebook.rules import CodeState
from consult.coding.models import Coding, CodingWithdrawal, Decision
from consult.coding.queries import stands
from consult.evidence.models import Passage
from consult.foundation.errors import NotFound, Refused
from consult.foundation.security import Actor


def member_of(actor: Actor) -> int:
    """Return who acts; only a named person decides."""
    if actor.user_id is None:
        raise Refused("Only a named member can decide. Sign in and try again.")
    return actor.user_id


def hold_passage(session: Session, passage_id: int, inquiry_id: int) -> Passage:
    """Return a passage, held until the commit, so that two people's acts on it come one after the other."""
    passage = session.scalar(
        select(Passage).where(Passage.id == passage_id, Passage.inquiry_id == inquiry_id).with_for_update()
    )
    if passage is None:
        raise NotFound("There is no such passage in this inquiry.")
    return passage


def usable_code(session: Session, code_id: int, inquiry_id: int) -> Code:
    """Return a code that may be applied; Refused when it has been retired."""
    code = session.scalar(
        select(Code)
        .join(Codebook, Codebook.id == Code.codebook_id)
        .where(Code.id == code_id, Codebook.inquiry_id == inquiry_id)
    )
    if code is None:
        raise NotFound("There is no such code in this inquiry. Choose one from the list.")
    if code.state is CodeState.RETIRED:
        raise Refused(f"The code “{code.name}” has been retired, so it was not applied. Choose another code.")
    return code


def own_standing(session: Session, passage_id: int, code_id: int, user_id: int) -> Coding | None:
    """Return the standing coding of one person, passage and code, if there is one."""
    mine: list[ColumnElement[bool]] = [
        Coding.passage_id == passage_id,
        Coding.code_id == code_id,
        Coding.user_id == user_id,
        stands(),
    ]
    return session.scalar(select(Coding).where(*mine).order_by(Coding.id).limit(1))


def decision_made(session: Session, act_key: str | None, user_id: int) -> Decision | None:
    """Return the decision this very act has already made: a double click or a repeated request is one act."""
    if not act_key:
        return None
    done = session.scalar(select(Decision).where(Decision.act_key == act_key))
    if done is not None:
        undone = session.scalar(select(Decision.id).where(Decision.undoes_id == done.id))
        _check_fresh(done.user_id == user_id and undone is None)
    return done


def coding_made(session: Session, act_key: str | None, user_id: int) -> Coding | None:
    """Return the coding this very act has already made."""
    if not act_key:
        return None
    done = session.scalar(select(Coding).where(Coding.act_key == act_key))
    if done is not None:
        withdrawn = session.get(CodingWithdrawal, done.id)
        _check_fresh(done.user_id == user_id and withdrawn is None)
    return done


def _check_fresh(fresh: bool) -> None:  # noqa: FBT001  # a condition, not a switch
    if not fresh:
        raise Refused("This page is out of date. Load it again and repeat what you did.")
