"""Accept some of the demo's submissions and publish those that nothing speaks against."""

from collections.abc import Sequence
from typing import Any

from consult.evidence.rules import SubmissionState
from consult.evidence.service import change_state
from consult.foundation.clock import now
from consult.foundation.database import transaction
from consult.foundation.security import Actor
from consult.publication.queries import going_out, ids_of
from consult.publication.service import publish

# Undecided proposals stay on the redaction desk, and what is not agreed to is accepted all the same.
ACCEPTED = 24


def publish_some(references: Sequence[str], inquiry_id: int, clerk: Actor) -> None:
    """Accept the first submissions, and let out those that are ready."""
    who: dict[str, Any] = {"inquiry_id": inquiry_id, "actor": clerk, "at": now()}
    with transaction() as session:
        for reference in references[:ACCEPTED]:
            change_state(session, reference, SubmissionState.ACCEPTED, **who)
        session.flush()  # what may go out is asked next
        batch = going_out(session, inquiry_id, ids_of(session, inquiry_id, references[:ACCEPTED]))
        ready = [each.reference for each in batch if not each.flags]
        publish(session, ready, **who)
