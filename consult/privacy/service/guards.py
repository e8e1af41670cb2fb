"""Lift the guards of append-only tables for one transaction, for an erasure that was ordered."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from consult.privacy.models import OpenErasure


@contextmanager
def guards_lifted(session: Session, erasure_id: int) -> Iterator[None]:
    """Let this transaction change what is append-only while the block runs.

    A transaction in which the block did not end cannot be committed: the row names an erasure that there is
    not, and the database looks for it at the commit.
    """
    opened = OpenErasure(erasure_id=erasure_id)
    session.add(opened)
    session.flush()
    yield
    session.flush()
    session.delete(opened)
    session.flush()
