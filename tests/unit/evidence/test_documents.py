"""Documents received with a submission: kept, read, typed where they are pictures, handed out safely."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.calls.models import Call, Inquiry
from consult.coding.queries import screen
from consult.evidence.extraction import Extraction, Outcome
from consult.evidence.models import SourceText, Submission
from consult.evidence.models_desk import StateMove
from consult.evidence.models_documents import Attachment
from consult.evidence.queries import submission_by_reference, texts_to_cut
from consult.evidence.rules import Channel, PublicationChoice, SubmissionState
from consult.evidence.service import (
    GivenAnswer,
    GivenAttachment,
    GivenEvidence,
    amend_submission,
    receive_many,
    transcribe,
)
from consult.foundation.audit import AuditEvent
from consult.foundation.errors import BadInput, NotFound, Refused
from consult.foundation.file_keeping import disagreements, sweep
from consult.foundation.files import FileStore, file_store
from consult.foundation.security import RESPONDENT, Actor, Role
from consult.publication.queries import readable_text
from consult.publication.rules import Clearance
from tests.builders import NOON, Builder
from tests.documents import docx, p
from tests.page import PageClient, words_of

Clients = Callable[[User], PageClient]


@pytest.fixture
def inquiry(build: Builder) -> Inquiry:
    return build.inquiry(slug="localism")


@pytest.fixture
def call(build: Builder, inquiry: Inquiry) -> Call:
    return build.call(inquiry)


@pytest.fixture
def clerk(build: Builder, inquiry: Inquiry) -> User:
    return build.member(inquiry, Role.CLERK, name="Clare Clerk")


def file(text: str, name: str = "plan.docx", **changes: Any) -> GivenAttachment:
    data = f"the bytes of {name}".encode()
    found = Extraction(Outcome.TEXT if text else Outcome.FLAGGED, "docx", text, () if text else ("scanned",))
    given: dict[str, Any] = {"sha256": hashlib.sha256(data).hexdigest(), "name": name, "size": len(data)}
    return GivenAttachment(**{**given, "extraction": found, **changes})


def sent(build: Builder, call: Call, *files: GivenAttachment, text: str = "An answer.") -> Submission:
    return build.submission(call, text, attachments=files)


def numbered(session: Session, submission: Submission) -> list[tuple[int, int, str]]:
    texts = select(SourceText).where(SourceText.submission_id == submission.id).order_by(SourceText.position)
    return [(each.position, each.first_paragraph, each.body) for each in session.scalars(texts)]


def test_a_document_s_text_follows_the_answers_and_goes_on_with_their_numbers(
    session: Session, build: Builder, call: Call
) -> None:
    submission = sent(build, call, file("One.\n\nTwo."), file("Three.", "b.docx"), text="First.\n\nSecond.")
    assert numbered(session, submission) == [
        (1, 1, "First.\n\nSecond."),
        (2, 3, "One.\n\nTwo."),
        (3, 5, "Three."),
    ]
    assert submission.word_count == 5


def test_the_machine_is_asked_for_passages_of_documents_too(
    session: Session, build: Builder, inquiry: Inquiry, call: Call
) -> None:
    sent(build, call, file("Words of a document."))
    assert "Words of a document." in [each.body for each in texts_to_cut(session, inquiry.id, 10)]


def test_a_batch_keeps_each_document_with_its_own_submission(
    session: Session, build: Builder, inquiry: Inquiry, call: Call
) -> None:
    question = build.question(call)
    batch = [
        GivenEvidence(
            call_id=call.id,
            name=name,
            organisation="",
            email="",
            respondent_type_id=None,
            place_id=None,
            publication=PublicationChoice.NOT_PUBLISHED,
            language="en",
            title="",
            answers=(GivenAnswer(question.id, f"From {name}."),),
            channel=Channel.EMAIL,
            external_key=name,
            attachments=(file(f"Paper of {name}.", f"{name}.docx", question_id=question.id),),
        )
        for name in ("Ann", "Bob")
    ]
    receive_many(session, batch, inquiry_id=inquiry.id, actor=RESPONDENT, at=NOON)
    receive_many(session, batch, inquiry_id=inquiry.id, actor=RESPONDENT, at=NOON)
    for reference, name in (("LOC0001", "Ann"), ("LOC0002", "Bob")):
        (document,) = submission_by_reference(session, inquiry.id, reference).documents
        assert (document.name, document.text.body) == (f"{name}.docx", f"Paper of {name}.")
        assert document.question.id == question.id


def test_a_scan_waits_for_somebody_to_type_it(session: Session, build: Builder, call: Call) -> None:
    submission = sent(build, call, file("", "scan.pdf"))
    assert submission.state is SubmissionState.NEEDS_TRANSCRIPTION
    (move,) = session.scalars(select(StateMove).where(StateMove.submission_id == submission.id))
    assert (move.from_state, move.to_state) == (SubmissionState.NEW, SubmissionState.NEEDS_TRANSCRIPTION)


def test_what_a_clerk_types_becomes_the_text_of_the_scan_with_a_name_in_the_log(
    session: Session, build: Builder, inquiry: Inquiry, call: Call, clerk: User
) -> None:
    submission = sent(build, call, file("", "scan.pdf"))
    (scan,) = session.scalars(select(Attachment))
    text = transcribe(
        session, scan.id, "We own\r\nthe hall.", inquiry_id=inquiry.id, actor=Actor.member(clerk.id), at=NOON
    )
    assert (text.body, text.attachment_id, text.first_paragraph) == ("We own\nthe hall.", scan.id, 2)
    assert submission.word_count == 6
    assert submission.state is SubmissionState.NEW
    (_, move) = session.scalars(select(StateMove).order_by(StateMove.id))
    assert (move.to_state, move.user_id) == (SubmissionState.NEW, clerk.id)
    event = session.scalars(select(AuditEvent).where(AuditEvent.verb == "transcribe attachment")).one()
    assert (event.user_id, event.detail) == (clerk.id, {"reference": "LOC0001", "words": 4})
    with pytest.raises(Refused):
        transcribe(session, scan.id, "Again.", inquiry_id=inquiry.id, actor=Actor.member(clerk.id), at=NOON)


def test_pages_that_are_pictures_among_others_can_be_typed_once(
    session: Session, build: Builder, inquiry: Inquiry, call: Call, clerk: User
) -> None:
    mixed = Extraction(Outcome.FLAGGED, "pdf", "Read by machine.", ("partly-scanned",))
    sent(build, call, file("x", "mixed.pdf", extraction=mixed))
    (attachment,) = session.scalars(select(Attachment))
    typed: dict[str, Any] = {"inquiry_id": inquiry.id, "actor": Actor.member(clerk.id), "at": NOON}
    transcribe(session, attachment.id, "Typed by hand.", **typed)
    (document,) = submission_by_reference(session, inquiry.id, "LOC0001").documents
    assert [text.body for text in document.texts] == ["Read by machine.", "Typed by hand."]
    assert not document.may_be_typed
    with pytest.raises(Refused):
        transcribe(session, attachment.id, "Again.", **typed)


def test_an_amendment_that_brings_a_scan_needs_transcription(
    session: Session, build: Builder, inquiry: Inquiry, call: Call
) -> None:
    answer = GivenAnswer(build.question(call).id, "An answer.")
    submission = build.evidence(call, answer)
    given = GivenEvidence(
        call_id=call.id,
        name="Mary Smith",
        organisation="",
        email="",
        respondent_type_id=None,
        place_id=None,
        publication=PublicationChoice.WITH_NAME,
        language="en",
        title="",
        answers=(answer,),
        channel=Channel.WEB,
        attachments=(file("", "scan.pdf"),),
    )
    amend_submission(session, submission.id, given, inquiry_id=inquiry.id, actor=RESPONDENT, at=NOON)
    assert submission.state is SubmissionState.NEEDS_TRANSCRIPTION


def test_a_document_that_was_read_whole_is_not_typed(
    session: Session, build: Builder, inquiry: Inquiry, call: Call, clerk: User
) -> None:
    sent(build, call, file("Read."))
    (attachment,) = session.scalars(select(Attachment))
    with pytest.raises(Refused):
        transcribe(session, attachment.id, "x", inquiry_id=inquiry.id, actor=Actor.member(clerk.id), at=NOON)


def test_a_submission_waits_until_its_last_picture_is_typed(
    session: Session, build: Builder, inquiry: Inquiry, call: Call, clerk: User
) -> None:
    submission = sent(build, call, file("", "first.pdf"), file("", "second.pdf"))
    first, second = session.scalars(select(Attachment).order_by(Attachment.id))
    typed: dict[str, Any] = {"inquiry_id": inquiry.id, "actor": Actor.member(clerk.id), "at": NOON}
    transcribe(session, first.id, "One.", **typed)
    assert submission.state is SubmissionState.NEEDS_TRANSCRIPTION
    transcribe(session, second.id, "Two.", **typed)
    assert submission.state is SubmissionState.NEW


def test_typing_moves_nothing_that_a_clerk_has_put_elsewhere(
    session: Session, build: Builder, inquiry: Inquiry, call: Call, clerk: User
) -> None:
    submission = sent(build, call, file("", "scan.pdf"))
    submission.state = SubmissionState.OUT_OF_SCOPE
    (scan,) = session.scalars(select(Attachment))
    transcribe(session, scan.id, "x", inquiry_id=inquiry.id, actor=Actor.member(clerk.id), at=NOON)
    assert submission.state is SubmissionState.OUT_OF_SCOPE


def readable_bodies(session: Session, clearance: Clearance) -> set[str]:
    return set(session.scalars(select(SourceText.body).where(readable_text(clearance))))


def test_a_document_with_a_closer_choice_of_its_own_reaches_no_reader_outside(
    session: Session, build: Builder, call: Call
) -> None:
    kept_back = file("Ours alone.", "a.docx", publication=PublicationChoice.NOT_PUBLISHED)
    nameless = file("Nobody's.", "b.docx", publication=PublicationChoice.WITHOUT_NAME)
    sent(build, call, kept_back, nameless, file("Everybody's.", "c.docx"), text="Said.")
    assert readable_bodies(session, Clearance.PUBLIC) == {"Said.", "Everybody's."}
    assert readable_bodies(session, Clearance.COMPLETE) == {
        "Said.",
        "Ours alone.",
        "Nobody's.",
        "Everybody's.",
    }


def test_a_document_without_name_is_readable_where_no_name_is_shown(
    session: Session, build: Builder, call: Call
) -> None:
    nameless = file("Nobody's.", publication=PublicationChoice.WITHOUT_NAME)
    build.submission(call, "Said.", attachments=(nameless,), publication=PublicationChoice.WITHOUT_NAME)
    assert readable_bodies(session, Clearance.PUBLIC) == {"Said.", "Nobody's."}


def test_a_scan_of_another_inquiry_is_not_there(
    session: Session, build: Builder, call: Call, clerk: User
) -> None:
    sent(build, call, file("", "scan.pdf"))
    (scan,) = session.scalars(select(Attachment))
    with pytest.raises(NotFound):
        transcribe(
            session, scan.id, "x", inquiry_id=build.inquiry().id, actor=Actor.member(clerk.id), at=NOON
        )


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        (file("x", extraction=Extraction(Outcome.REFUSED, "zip", flags=("archive",))), Refused),
        (file("x", name="n" * 256), BadInput),
        (file("x", question_id=999_999), NotFound),
        (file("x\x00"), Refused),
    ],
    ids=["refused", "long name", "question of nobody", "what cannot be stored"],
)
def test_a_document_that_cannot_be_kept_stops_the_whole(
    session: Session, build: Builder, call: Call, wrong: GivenAttachment, error: type[Exception]
) -> None:
    with pytest.raises(error):
        sent(build, call, wrong)


def test_an_amendment_keeps_what_stays_and_takes_back_what_goes(
    session: Session, build: Builder, inquiry: Inquiry, call: Call
) -> None:
    question = build.question(call)
    stays, goes, comes = file("Stays.", "a.docx"), file("Goes.", "b.docx"), file("Comes.", "c.docx")
    answer = GivenAnswer(question.id, "An answer.")
    submission = build.evidence(call, answer, attachments=(stays, goes))
    kept_text = submission_by_reference(session, inquiry.id, "LOC0001").documents[0].text.id
    given = GivenEvidence(
        call_id=call.id,
        name="Mary Smith",
        organisation="",
        email="",
        respondent_type_id=None,
        place_id=None,
        publication=PublicationChoice.WITH_NAME,
        language="en",
        title="",
        answers=(answer,),
        channel=Channel.WEB,
        attachments=(stays, comes),
    )
    later = NOON + timedelta(days=1)
    amend_submission(session, submission.id, given, inquiry_id=inquiry.id, actor=RESPONDENT, at=later)
    now_read = submission_by_reference(session, inquiry.id, "LOC0001")
    assert [(d.name, d.text.body) for d in now_read.documents] == [("a.docx", "Stays."), ("c.docx", "Comes.")]
    assert now_read.documents[0].text.id == kept_text
    before = submission_by_reference(session, inquiry.id, "LOC0001", version=1)
    assert [d.name for d in before.documents] == ["a.docx", "b.docx"]
    assert "Goes." not in [each.body for each in texts_to_cut(session, inquiry.id, 10)]
    # The same once more is no version.
    amend_submission(session, submission.id, given, inquiry_id=inquiry.id, actor=RESPONDENT, at=later)
    assert submission.version == 2


def test_documents_are_read_and_coded_after_the_answers(
    session: Session, build: Builder, inquiry: Inquiry, call: Call, clerk: User
) -> None:
    sent(build, call, file("Words to code.", "plan.docx"))
    texts = screen._texts(session, session.scalars(select(Submission.id)).one())
    assert [(text.question, text.body) for text in texts][-1] == ("plan.docx", "Words to code.")


def stored(text: str, name: str, data: bytes) -> GivenAttachment:
    kept = file_store().keep(data)
    return file(text, name, sha256=kept.sha256, size=kept.size)


EVIL = '../../<img src=x onerror=alert(1)>\u202e"fdp\r\nSet-Cookie: a=b.docx'


def test_the_original_is_handed_out_byte_for_byte_to_be_saved_under_a_name_of_ours(
    session: Session, build: Builder, call: Call, clerk: User, client_of: Clients
) -> None:
    data = docx(p("The plan."))
    sent(build, call, stored("The plan.", EVIL, data))
    session.commit()
    browser = client_of(clerk)
    page = browser.get("/inquiries/localism/evidence/LOC0001")
    assert "The plan." in page.text
    (link,) = [a.get("href", "") for a in page.all("a") if words_of(a).startswith("Download the original")]
    response = browser.http.get(link, buffered=True)
    assert response.data == data
    assert response.headers["Content-Disposition"] == "attachment; filename=LOC0001-1.docx"
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_an_original_is_found_only_under_its_own_submission(
    session: Session, build: Builder, call: Call, clerk: User, client_of: Clients
) -> None:
    sent(build, call, stored("x", "a.docx", b"bytes"))
    sent(build, call, text="Another.")
    session.commit()
    (attachment_id,) = session.scalars(select(Attachment.id))
    there = f"documents/{attachment_id}"
    browser = client_of(clerk)
    given = browser.http.get(f"/inquiries/localism/evidence/LOC0001/{there}", buffered=True)
    assert given.status_code == 200
    browser.get(f"/inquiries/localism/evidence/LOC0002/{there}", status=404)


def test_a_clerk_types_a_scan_on_its_page(
    session: Session, build: Builder, call: Call, clerk: User, client_of: Clients
) -> None:
    sent(build, call, stored("", "scan.pdf", b"%PDF-pictures"))
    session.commit()
    browser = client_of(clerk)
    page = browser.get("/inquiries/localism/evidence/LOC0001")
    assert "pictures without text" in page.text
    form = browser.get(page.link("Type what it says"))
    again = browser.submit(form, {"words": "   "}, with_field="words", status=422)
    assert "Type what the document says." in again.text
    done = browser.submit(again, {"words": "We own the hall."}, with_field="words")
    assert "We own the hall." in done.text
    assert "typed by Clare Clerk" in done.text


def test_rows_and_files_are_compared_both_ways(
    app: Flask, session: Session, build: Builder, call: Call
) -> None:
    kept = stored("x", "a.docx", b"named")
    sent(build, call, kept, file("y", "lost.docx"))
    store: FileStore = file_store()
    unnamed = store.keep(b"nobody names this")
    found = disagreements(session, store)
    assert unnamed.sha256 in found.unnamed
    assert kept.sha256 not in found.unnamed
    assert file("y", "lost.docx").sha256 in found.missing
    assert kept.sha256 not in found.missing


def test_the_sweep_removes_only_what_nobody_names_and_nobody_was_just_given(
    session: Session, build: Builder, call: Call
) -> None:
    store = file_store()
    kept = stored("x", "a.docx", b"named by a row")
    sent(build, call, kept)
    unnamed = store.keep(b"left by an upload that came to nothing")
    from consult.foundation.clock import now  # noqa: PLC0415  # the store's times are the machine's

    sweep(session, store, at=now())
    assert store.has(unnamed.sha256)
    sweep(session, store, at=now() + timedelta(hours=2))
    assert not store.has(unnamed.sha256)
    assert store.has(kept.sha256)


def test_the_check_says_what_is_missing_and_fails(app: Flask, session: Session) -> None:
    done = app.test_cli_runner().invoke(args=["files", "check"])
    assert done.exit_code == 0
    assert "0 files missing" in done.stdout
