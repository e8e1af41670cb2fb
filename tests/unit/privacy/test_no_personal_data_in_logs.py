"""Journeys with words and addresses nobody else has leave none of them in logs, audit log or jobs."""

import logging
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.evidence.models import SourceText
from consult.foundation.audit import AuditEvent
from consult.foundation.jobs.models import Job
from consult.foundation.security import Role
from tests.builders import Builder
from tests.page import PageClient

CANARIES = ("zzqyxwords", "zzqyxname", "zzqyx@example.org", "zzqyxbody", "zzqyxconfirm")


@pytest.fixture
def heard(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Give all that is logged, however small."""
    caplog.set_level(logging.DEBUG)
    return caplog


def leaks(session: Session, heard: pytest.LogCaptureFixture) -> list[str]:
    """Return where a canary was written that should have been nowhere."""
    events = [f"{e.why} {e.detail}" for e in session.scalars(select(AuditEvent))]
    jobs = [f"{job.arguments} {job.message}" for job in session.scalars(select(Job))]
    # Under test SQLAlchemy may say its statements; their values it never does (hide_parameters).
    places = {"log": heard.text, "audit": " ".join(events), "jobs": " ".join(jobs)}
    return [f"{canary} in {name}" for name, text in places.items() for canary in CANARIES if canary in text]


def send_evidence(browser: PageClient, inquiry_slug: str, call_slug: str) -> str:
    """Walk the whole journey and return the words of its last page."""
    page = browser.submit(browser.get(f"/calls/{inquiry_slug}/{call_slug}"), button="Start now")
    about = {"name": "Ada zzqyxname", "organisation": "zzqyxbody", "email": "zzqyx@example.org"}
    page = browser.submit(page, about, button="Save and continue")
    page = browser.submit(page, {"answer": "The zzqyxwords of it all."}, button="Save and continue")
    page = browser.submit(page, {"publication": "with_name"}, button="Save and continue")
    return browser.submit(page, button="Send my evidence").text


def test_sending_evidence_writes_no_word_or_address_of_it_into_any_log(
    build: Builder, session: Session, client: PageClient, heard: pytest.LogCaptureFixture,
    run_sent_jobs: Callable[[], int],
) -> None:  # fmt: skip
    inquiry = build.inquiry()
    call = build.call(inquiry)
    build.question(call)
    build.session.commit()
    sent = send_evidence(client, inquiry.slug, call.slug)
    run_sent_jobs()
    assert "LOC0001" in sent
    assert any("zzqyxwords" in body for body in session.scalars(select(SourceText.body)))
    assert leaks(session, heard) == []


def test_a_clerk_who_reads_searches_and_erases_leaves_no_word_of_it_either(
    build: Builder, session: Session, client_of: Callable[[User], PageClient],
    heard: pytest.LogCaptureFixture, run_sent_jobs: Callable[[], int],
) -> None:  # fmt: skip
    inquiry = build.inquiry(slug="the-inquiry")
    clerk = build.member(inquiry, Role.CLERK)
    build.submission(
        build.call(inquiry), "The zzqyxwords of it.", name="Ada zzqyxname", email="zzqyx@example.org"
    )
    session.commit()
    browser = client_of(clerk)
    browser.get("/inquiries/the-inquiry/evidence/LOC0001")
    page = browser.get("/inquiries/the-inquiry/privacy/submissions/LOC0001/words")
    found = browser.submit(page, {"words": "zzqyxwords"}, with_field="words")
    browser.submit(found, {"ground": "asked", "confirm": "LOC0001"}, with_field="confirm")
    run_sent_jobs()
    page = browser.get("/inquiries/the-inquiry/privacy/submissions/LOC0001")
    browser.submit(
        page,
        {"what": "submissions", "ground": "asked", "confirm": "zzqyxconfirm"},
        button="Erase",
        status=422,
    )
    browser.submit(page, {"what": "submissions", "ground": "asked", "confirm": "LOC0001"}, button="Erase")
    run_sent_jobs()
    assert leaks(session, heard) == []


def test_a_fault_is_reported_without_what_was_typed(
    app: Flask, build: Builder, client_of: Callable[[User], PageClient],
    heard: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    session = build.session
    inquiry = build.inquiry(slug="the-inquiry")
    clerk = build.member(inquiry, Role.CLERK)
    build.submission(build.call(inquiry), "The zzqyxwords of it.")
    session.commit()
    browser = client_of(clerk)
    page = browser.get("/inquiries/the-inquiry/privacy/submissions/LOC0001/words")

    def broken(*_: object) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr("consult.privacy.views.queries.where_words_stand", broken)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    browser.submit(page, {"words": "zzqyxwords"}, with_field="words", status=500)
    assert "broken on purpose" in heard.text
    assert leaks(session, heard) == []
