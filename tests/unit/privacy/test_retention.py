"""What may be kept no longer is found, told and erased; what may be kept stays."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.calls.models import Inquiry
from consult.evidence.models import Respondent, Submission
from consult.evidence.rules import SubmissionState
from consult.evidence.service import change_state
from consult.foundation.audit import AuditEvent, first_break
from consult.foundation.errors import BadInput
from consult.foundation.security import SYSTEM, Actor, Role
from consult.privacy import service
from consult.privacy.models import Erasure
from consult.privacy.rules import (
    ErasureGround,
    Period,
    RetentionEvent,
    RetentionKind,
    blotted,
    due_before,
    occurrences,
)
from tests.builders import NOON, Builder

OUT = NOON
BOUNDARY = OUT + timedelta(days=90)
INSTANT = timedelta(microseconds=1)


@pytest.fixture
def inquiry(build: Builder) -> Inquiry:
    """Give an inquiry whose report is out, with one submission that counts and one that does not."""
    inquiry = build.inquiry(report_at=OUT)
    call = build.call(inquiry)
    build.submission(call, "The bus stops at six.", email="mary@example.org")
    outside = build.submission(call, "Buy my tiles.", email="tiles@example.org")
    change_state(
        build.session, outside.reference, SubmissionState.OUT_OF_SCOPE, why="An advertisement",
        inquiry_id=inquiry.id, actor=SYSTEM, at=NOON - timedelta(days=1),
    )  # fmt: skip
    build.session.commit()
    return inquiry


def kinds_due(session: Session, at: datetime) -> set[RetentionKind]:
    return {due.kind for due in service.what_is_due(session, at=at)}


def test_nothing_is_due_an_instant_before_its_time_and_all_of_it_at_that_time(
    inquiry: Inquiry, session: Session
) -> None:
    assert kinds_due(session, BOUNDARY - INSTANT) == set()
    assert kinds_due(session, BOUNDARY) == {RetentionKind.ADDRESSES, RetentionKind.NOT_COUNTED}


def test_nothing_is_due_while_the_report_is_not_out(inquiry: Inquiry, session: Session) -> None:
    inquiry.report_at = None
    session.commit()
    assert kinds_due(session, NOON + timedelta(days=3_000)) == set()


def test_what_is_due_is_erased_once_and_the_rest_stays(
    inquiry: Inquiry, session: Session, run_sent_jobs: Callable[[], int]
) -> None:
    service.apply_retention(session, at=BOUNDARY)
    session.commit()
    # A second hour comes before the first orders are carried out.
    assert service.apply_retention(session, at=BOUNDARY) == []
    run_sent_jobs()
    assert list(session.scalars(select(Submission.reference))) == ["LOC0001"]
    assert list(session.scalars(select(Respondent.email))) == [""]
    assert set(session.scalars(select(Erasure.ground))) == {ErasureGround.RETENTION}
    assert service.what_is_due(session, at=BOUNDARY) == []


def test_reasons_go_and_the_chain_stays_whole(
    inquiry: Inquiry, session: Session, run_sent_jobs: Callable[[], int]
) -> None:
    service.apply_retention(session, at=OUT + timedelta(days=730))
    session.commit()
    run_sent_jobs()
    assert "An advertisement" not in set(session.scalars(select(AuditEvent.why)))
    assert first_break(session, inquiry.id) is None


def test_a_dry_run_says_what_is_due_and_erases_nothing(
    inquiry: Inquiry, app: Flask, session: Session
) -> None:
    inquiry.report_at = NOON - timedelta(days=3_000)
    session.commit()
    said = app.test_cli_runner().invoke(args=["privacy", "retention", "--dry-run"]).output
    assert f"{inquiry.slug}: e-mail addresses of 2 respondents" in said
    assert f"{inquiry.slug}: 1 submissions out of scope or withdrawn" in said
    assert session.scalars(select(Erasure)).all() == []


def test_a_schedule_beyond_ten_years_is_refused(inquiry: Inquiry, build: Builder, session: Session) -> None:
    clerk = build.member(inquiry, Role.CLERK)
    period = Period(RetentionKind.ADDRESSES, RetentionEvent.REPORT_OUT, 3_651)
    with pytest.raises(BadInput, match="between 0 and"):
        service.set_schedule(session, [period], inquiry_id=inquiry.id, actor=Actor.member(clerk.id), at=NOON)


def test_what_is_kept_with_the_records_is_never_due() -> None:
    assert due_before(Period(RetentionKind.REASONS, RetentionEvent.REPORT_OUT, None), NOON) is None


def test_blotting_keeps_the_length_and_the_lines() -> None:
    assert blotted("one two\nthree", 4, 13) == "one ███\n█████"
    assert occurrences("abab abab", "abab") == [0, 5]
