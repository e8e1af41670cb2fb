"""How sure suggestions have to be, and how many a passage may have."""

from datetime import datetime

from sqlalchemy.orm import Session

from consult.coding.models_quality import SuggestionSettings
from consult.coding.rules_quality import LEAST_PRECISION, MOST_AT_MOST, MOST_PRECISION, Wanted
from consult.coding.service.runs import want_suggestions
from consult.coding.service.shared import member_of
from consult.foundation import audit
from consult.foundation.errors import BadInput
from consult.foundation.security import Actor


def set_suggestion_settings(
    session: Session, wanted: Wanted, *, inquiry_id: int, actor: Actor, at: datetime
) -> SuggestionSettings:
    """Change what an inquiry wants of suggestions, and ask the machine to propose again accordingly.

    BadInput for numbers out of range. The same again changes nothing and asks for nothing.
    """
    user_id = member_of(actor)
    if wanted.precision is not None and not LEAST_PRECISION <= wanted.precision <= MOST_PRECISION:
        raise BadInput(f"Enter a number of suggestions from {LEAST_PRECISION} to {MOST_PRECISION} in 100.")
    if not 1 <= wanted.most <= MOST_AT_MOST:
        raise BadInput(f"Enter a number of suggestions from 1 to {MOST_AT_MOST}.")
    row = session.get(SuggestionSettings, inquiry_id)
    if row is not None and (row.wanted_precision, row.most) == (wanted.precision, wanted.most):
        return row
    if row is None:
        row = SuggestionSettings(inquiry_id=inquiry_id)
        session.add(row)
    row.wanted_precision, row.most, row.user_id, row.set_at = wanted.precision, wanted.most, user_id, at
    session.flush()  # the job is queued in the same transaction and reads it
    want_suggestions(session, inquiry_id=inquiry_id, actor=actor, at=at)
    detail = {"precision": wanted.precision, "most": wanted.most}
    act = audit.Act("set suggestion settings", "inquiry", inquiry_id, detail=detail)
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return row
