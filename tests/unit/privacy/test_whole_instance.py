"""A word planted everywhere is nowhere in the instance's files after its erasure, nor after a restore."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

from consult import create_app
from consult.codebook.models import CodeExample
from consult.evidence.extraction.result import Extraction, Outcome
from consult.evidence.models import SourceText, Submission
from consult.evidence.models_batches import BatchDocument, BatchFile, FileBatch
from consult.evidence.rules import Channel, PublicationChoice, SubmissionState
from consult.evidence.rules_batches import FileState
from consult.evidence.service import change_state
from consult.evidence.service.given import GivenAnswer, GivenAttachment
from consult.foundation.config import sqlite_url
from consult.foundation.database import db, transaction
from consult.foundation.file_keeping import ERASED, disagreements
from consult.foundation.files import file_store
from consult.foundation.security import SYSTEM, Role
from consult.privacy import service
from consult.privacy.jobs import carry_out_erasure
from consult.privacy.models import Erasure, ErasureStep
from consult.privacy.rules import ErasureGround, ErasureKind, TargetKind
from consult.privacy.service import Order, Target
from consult.respond.models import Draft
from tests.builders import NOON, Builder
from tests.conftest import settings_for

CANARY = "zzqyx"
WORDS = f"The {CANARY} ferrets of {CANARY} lane were drowned by the council in a wet week of May."
DOCUMENT = f"A letter about {CANARY} that only the file has, and the words read from it."
STAYS = "The bus stops at six and nobody asked the village."


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    """Give an application on a file of its own, as a site has it."""
    folder = tmp_path / "instance"
    folder.mkdir()
    made = create_app(settings_for(folder, sqlite_url(folder / "consult.db")))
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()
    made.extensions["consult.delivery"].huey.storage.close()


def test_nothing_of_an_erased_submission_is_left_in_any_file_and_a_restore_brings_nothing_back(
    app: Flask, tmp_path: Path
) -> None:
    instance, copy = tmp_path / "instance", tmp_path / "copy.db"
    with app.app_context():
        upgrade()
        reference = plant()
        checkpoint()
        assert files_with_canary(instance) != []
        shutil.copy(instance / "consult.db", copy)
        carry_out_erasure(order(reference))
        close()
        assert files_with_canary(instance) == []
        assert list(db.session.scalars(select(Submission.reference))) == ["LOC0002"]
        restore(instance, copy)
        assert files_with_canary(instance) != []
        result = app.test_cli_runner().invoke(args=["privacy", "replay"])
        assert result.output == "1 erasure ordered again, 1 erasure carried out.\n"
        close()
        assert files_with_canary(instance) == []
        assert list(db.session.scalars(select(Submission.reference))) == ["LOC0002"]
        steps = set(db.session.scalars(select(ErasureStep.store)))
        assert not any(store.startswith("Found again") for store in steps)
        again = app.test_cli_runner().invoke(args=["privacy", "replay"])
        assert again.output == "0 erasures ordered again, 0 erasures carried out.\n"
        close()


def plant() -> str:
    """Send a submission with the word in its text, file, name, draft, suggestions, codebook and move."""
    kept = file_store().keep(DOCUMENT.encode())
    with transaction() as session:
        build = Builder(session)
        inquiry = build.inquiry()
        build.member(inquiry, Role.CLERK)
        call = build.call(inquiry)
        question = build.question(call)
        extraction = Extraction(Outcome.TEXT, "text", DOCUMENT)
        going = build.evidence(
            call,
            GivenAnswer(question.id, WORDS),
            name=f"Ada {CANARY}",
            email=f"{CANARY}@example.org",
            attachments=(GivenAttachment(kept.sha256, f"{CANARY}.txt", kept.size, extraction),),
        )
        build.submission(call, STAYS)
        code = build.code(build.codebook(inquiry))
        build.add(CodeExample(code_id=code.id, position=1, quote=WORDS[:40]))
        run = build.model_run(inquiry)
        for passage in build.passages(going):
            build.suggestions(run, passage, code)
        build.add(draft_of(call.id, going.id))
        change_state(
            session,
            going.reference,
            SubmissionState.OUT_OF_SCOPE,
            why=f"Nothing but {CANARY}",
            inquiry_id=inquiry.id,
            actor=SYSTEM,
            at=NOON,
        )
        return going.reference


def draft_of(call_id: int, submission_id: int) -> Draft:
    return Draft(
        call_id=call_id,
        code_hash="c" * 64,
        send_key="s" * 64,
        answers={"one": WORDS},
        about={"name": CANARY},
        written={},
        started_at=NOON,
        saved_at=NOON,
        expires_at=NOON,
        amends_id=submission_id,
        amends_version=1,
    )


def order(reference: str) -> int:
    with transaction() as session:
        submission = session.scalars(select(Submission).where(Submission.reference == reference)).one()
        target = Target(TargetKind.SUBMISSION, submission.id, reference)
        wanted = Order(ErasureKind.SUBMISSIONS, ErasureGround.ASKED, (target,))
        erasure = service.order_erasure(
            session, wanted, inquiry_id=submission.inquiry_id, actor=SYSTEM, at=NOON
        )
        return erasure.id


def checkpoint() -> None:
    db.session.remove()
    with db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def close() -> None:
    db.session.remove()


def restore(instance: Path, copy: Path) -> None:
    db.session.remove()
    db.engine.dispose()
    for left in instance.glob("consult.db*"):
        left.unlink()
    shutil.copy(copy, instance / "consult.db")


def files_with_canary(folder: Path) -> list[str]:
    return [
        path.name
        for path in sorted(folder.rglob("*"))
        if path.is_file() and CANARY.encode() in path.read_bytes().lower()
    ]


def test_the_ledger_names_no_word_of_what_was_erased(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        upgrade()
        carry_out_erasure(order(plant()))
        assert db.session.scalars(select(Erasure.kind)).one() is ErasureKind.SUBMISSIONS
        lines = (tmp_path / "instance" / "erasures.jsonl").read_text("utf-8")
        close()
    assert "LOC0001" in lines
    assert CANARY not in lines


def test_words_erased_from_a_document_take_its_original_along_whoever_else_names_it(
    app: Flask, tmp_path: Path
) -> None:
    with app.app_context():
        upgrade()
        carry_out_erasure(order_words(*plant_document()))
        close()
        assert files_with_canary(tmp_path / "instance") == []
        assert list(db.session.scalars(select(BatchDocument.sha256))) == [ERASED]
        assert list(file_store().names()) == []
        body = db.session.scalars(select(SourceText.body).order_by(SourceText.id.desc())).first()
        assert body == "A letter about █████ that only the file has, and the words read from it."
        assert disagreements(db.session(), file_store()).missing == ()
        close()


def plant_document() -> tuple[str, int]:
    """Send a document by way of a batch of files; return the reference and the document's text."""
    kept = file_store().keep(DOCUMENT.encode())
    with transaction() as session:
        build = Builder(session)
        inquiry = build.inquiry()
        clerk = build.member(inquiry, Role.CLERK)
        call = build.call(inquiry)
        document = GivenAttachment(
            kept.sha256, "letter.txt", kept.size, Extraction(Outcome.TEXT, "text", DOCUMENT)
        )
        sent = build.evidence(call, GivenAnswer(build.question(call).id, STAYS), attachments=(document,))
        batch = FileBatch(
            inquiry_id=inquiry.id, call_id=call.id, user_id=clerk.id, drop_key="d" * 64, dropped_at=NOON
        )
        build.add(batch)
        file = BatchFile(
            batch_id=batch.id,
            position=1,
            state=FileState.STORED,
            language="en",
            received_on=NOON.date(),
            channel=Channel.EMAIL,
            publication=PublicationChoice.WITH_NAME,
            submission_id=sent.id,
        )
        build.add(file)
        build.add(
            BatchDocument(
                file_id=file.id, position=1, name="letter.txt", sha256=kept.sha256, size=1, flags=[],
                body=DOCUMENT,
            )
        )  # fmt: skip
        return sent.reference, session.scalars(select(SourceText.id).where(SourceText.body == DOCUMENT)).one()


def order_words(reference: str, text_id: int) -> int:
    start = DOCUMENT.index(CANARY)
    target = Target(TargetKind.SPAN, text_id, reference, start, start + len(CANARY))
    with transaction() as session:
        inquiry_id = session.scalars(select(Submission.inquiry_id)).one()
        wanted = Order(ErasureKind.WORDS, ErasureGround.NOT_THEIRS, (target,))
        return service.order_erasure(session, wanted, inquiry_id=inquiry_id, actor=SYSTEM, at=NOON).id
