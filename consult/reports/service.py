"""Verbs that leave a trace of what was taken out."""

from datetime import datetime

from sqlalchemy.orm import Session

from consult.foundation import audit
from consult.foundation.security import Actor
from consult.reports.writing import Order, Written


def record_export(session: Session, order: Order, written: Written, *, actor: Actor, at: datetime) -> None:
    """Record who took which records out, for whom, with the hash of the file."""
    detail = {
        "export": order.export.value,
        "clearance": order.clearance.value,
        "rows": written.rows,
        "sha256": written.sha256,
    }
    act = audit.Act("export records", "inquiry", order.inquiry_id, detail=detail)
    audit.record(session, act, inquiry_id=order.inquiry_id, actor=actor, at=at)
