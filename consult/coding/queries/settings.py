"""What an inquiry wants of suggestions, and what its newest finished run made of it."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.coding.models import ModelRun
from consult.coding.models_quality import RunResult, SuggestionSettings
from consult.coding.rules_quality import Wanted


def wanted_of(session: Session, inquiry_id: int) -> Wanted | None:
    """Return what an inquiry has decided, or None where it has decided nothing."""
    row = session.get(SuggestionSettings, inquiry_id)
    return Wanted(row.wanted_precision, row.most) if row else None


def latest_summary(session: Session, inquiry_id: int) -> dict[str, Any]:
    """Return what the newest finished run recorded of its scores; empty before there is one."""
    newest = (
        select(RunResult.summary)
        .join(ModelRun, ModelRun.id == RunResult.run_id)
        .where(ModelRun.inquiry_id == inquiry_id)
        .order_by(RunResult.run_id.desc())
    )
    return session.scalar(newest.limit(1)) or {}
