"""Texts are looked through once, in batches, and what is found lies on the redaction desk."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.assist import personal
from consult.assist.personal import search_waiting
from consult.evidence.models import SourceText
from consult.evidence.rules import PublicationChoice
from consult.evidence.service import record_publication_choice
from consult.foundation.security import SYSTEM, Actor, Role
from consult.publication.models import RedactionProposal, RedactionRun
from consult.publication.queries import unread_count
from tests.builders import NOON, Builder


def found_in(session: Session) -> list[tuple[str, str]]:
    rows = session.execute(
        select(SourceText.body, RedactionProposal.start, RedactionProposal.end, RedactionProposal.ground)
        .join(SourceText, SourceText.id == RedactionProposal.source_text_id)
        .order_by(RedactionProposal.source_text_id, RedactionProposal.start)
    )
    return [(body[start:end], ground.value) for body, start, end, ground in rows]


def test_arriving_evidence_is_looked_through_and_proposed_for(
    session: Session, build: Builder, run_sent_jobs: Callable[[], int]
) -> None:
    call = build.call(build.inquiry())
    build.submission(call, "🏛️ I am Mary Smith of PL31 2AB. Mrs Jones knows.", "Nobody is named here.")
    session.commit()
    run_sent_jobs()
    assert found_in(session) == [("PL31 2AB", "postcode"), ("Mrs Jones", "third_party")]


def test_a_writer_who_asks_not_to_be_named_is_looked_for_by_name(session: Session, build: Builder) -> None:
    inquiry = build.inquiry()
    build.submission(
        build.call(inquiry), "Quillfeather wrote this.", name="Ogden Quillfeather",
        publication=PublicationChoice.WITHOUT_NAME,
    )  # fmt: skip
    session.commit()
    assert search_waiting(inquiry.id, lambda *_: None, actor=SYSTEM) == 1
    assert found_in(session) == [("Quillfeather", "name")]


def test_looking_again_changes_nothing_and_records_no_run(
    session: Session, build: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(personal, "TEXTS_AT_ONCE", 2)
    inquiry, told = build.inquiry(), list[tuple[int, int]]()
    call = build.call(inquiry)
    for number in range(5):
        build.submission(call, f"Ring 020 7946 001{number}.")
    session.commit()
    assert search_waiting(inquiry.id, lambda done, total, _: told.append((done, total)), actor=SYSTEM) == 5
    assert told == [(2, 5), (4, 5), (5, 5)]
    assert search_waiting(inquiry.id, lambda *_: None, actor=SYSTEM) == 0
    assert len(session.scalars(select(RedactionRun)).all()) == 1


def test_work_that_was_stopped_goes_on_where_it_stood(
    session: Session, build: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(personal, "TEXTS_AT_ONCE", 1)
    inquiry = build.inquiry()
    call = build.call(inquiry)
    for _ in range(3):
        build.submission(call, "Ring 020 7946 0018.")
    session.commit()

    def stop(*_: object) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        search_waiting(inquiry.id, stop, actor=SYSTEM)
    assert search_waiting(inquiry.id, lambda *_: None, actor=SYSTEM) == 2
    assert len(found_in(session)) == 3


def test_a_pipeline_installed_since_reads_all_again_and_proposes_only_what_is_new(
    session: Session, build: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    inquiry = build.inquiry()
    build.submission(build.call(inquiry), "Mrs Jones knows.")
    session.commit()
    search_waiting(inquiry.id, lambda *_: None, actor=SYSTEM)
    monkeypatch.setattr(personal, "_recogniser", lambda _finder: ("personal data, en_core_web_sm", "1"))
    assert search_waiting(inquiry.id, lambda *_: None, actor=SYSTEM) == 0
    assert [run.recogniser for run in session.scalars(select(RedactionRun).order_by(RedactionRun.id))] == [
        "personal data",
        "personal data, en_core_web_sm",
    ]


def test_who_chooses_not_to_be_named_afterwards_is_looked_for_by_name_then(
    session: Session, build: Builder, run_sent_jobs: Callable[[], int]
) -> None:
    inquiry = build.inquiry()
    clerk = build.member(inquiry, Role.CLERK)
    sent = build.submission(build.call(inquiry), "Quillfeather wrote this.", name="Ogden Quillfeather")
    session.commit()
    run_sent_jobs()
    assert found_in(session) == []
    assert unread_count(session, inquiry.id) == 0
    record_publication_choice(
        session, sent.reference, PublicationChoice.WITHOUT_NAME, why="Telephoned.",
        inquiry_id=inquiry.id, actor=Actor.member(clerk.id), at=NOON,
    )  # fmt: skip
    session.commit()
    assert unread_count(session, inquiry.id) == 1
    run_sent_jobs()
    assert found_in(session) == [("Quillfeather", "name")]
    assert unread_count(session, inquiry.id) == 0
