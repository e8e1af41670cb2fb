"""Where a submission stands, and what counts."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.evidence.models import Submission
from consult.evidence.queries import counted
from consult.evidence.rules import SubmissionState
from tests.builders import Builder


@pytest.mark.parametrize(
    ("state", "counts"),
    [(state, state.value not in {"out_of_scope", "withdrawn"}) for state in SubmissionState],
)
def test_all_but_what_is_out_of_scope_or_withdrawn_counts(
    session: Session, build: Builder, state: SubmissionState, *, counts: bool
) -> None:
    build.submission(build.call(build.inquiry()), "Words.").state = state
    session.flush()
    assert bool(session.scalars(select(Submission.id).where(counted())).all()) is counts
