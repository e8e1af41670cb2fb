"""Words inside a document that its writer keeps back: stored with its text, compared when it is amended."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.calls.models import Call, Inquiry
from consult.evidence.extraction import Extraction, Outcome
from consult.evidence.models import ConfidentialPassage, ReplacedText, SourceText, Submission
from consult.evidence.models_documents import Attachment, ReplacedAttachment
from consult.evidence.queries import confidences_of
from consult.evidence.rules import Bounds, Channel, PublicationChoice
from consult.evidence.service import (
    GivenAnswer,
    GivenAttachment,
    GivenConfidence,
    GivenEvidence,
    amend_submission,
    receive_submission,
    transcribe,
)
from consult.foundation.errors import BadInput, Refused
from consult.foundation.security import RESPONDENT, Actor, Role
from consult.publication.queries import withheld_spans
from consult.publication.rules import Clearance
from tests.builders import NOON, Builder
from tests.page import PageClient, words_of

LATER = NOON + timedelta(days=1)
REPORT = "We own the hall.\n\nAnn Lee told us so."
ANN, HALL = Bounds(18, 25), Bounds(7, 15)


def marked(*spans: Bounds, harm: str = "She would lose her post.") -> tuple[GivenConfidence, ...]:
    return tuple(GivenConfidence(each, harm) for each in spans)


def document(text: str = REPORT, **changes: Any) -> GivenAttachment:
    found = Extraction(Outcome.TEXT if text else Outcome.FLAGGED, "docx", text, () if text else ("scanned",))
    return GivenAttachment(
        **{"sha256": "a" * 64, "name": "report.docx", "size": 9, "extraction": found, **changes}
    )


@pytest.fixture
def call(build: Builder) -> Call:
    return build.call(build.inquiry())


@pytest.fixture
def given(build: Builder, call: Call) -> GivenEvidence:
    return GivenEvidence(
        call_id=call.id, name="Bea", organisation="", email="", respondent_type_id=None, place_id=None,
        publication=PublicationChoice.WITH_NAME, language="en", title="", channel=Channel.WEB,
        answers=(GivenAnswer(build.question(call).id, "Said.\n\nTwice."),),
        attachments=(document(confidences=marked(ANN)),), receipt_code="CODE",
    )  # fmt: skip


@pytest.fixture
def sent(session: Session, call: Call, given: GivenEvidence) -> Submission:
    return receive_submission(session, given, inquiry_id=call.inquiry_id, actor=RESPONDENT, at=NOON)


def amend(
    session: Session, call: Call, sent: Submission, given: GivenEvidence, *files: GivenAttachment
) -> None:
    again = replace(given, attachments=files, receipt_code=None)
    amend_submission(session, sent.id, again, inquiry_id=call.inquiry_id, actor=RESPONDENT, at=LATER)


def kept_back(session: Session) -> list[tuple[str, str]]:
    rows = session.execute(
        select(SourceText.body, ConfidentialPassage.start, ConfidentialPassage.end, ConfidentialPassage.harm)
        .join(SourceText, SourceText.id == ConfidentialPassage.source_text_id)
        .order_by(SourceText.id, ConfidentialPassage.start)
    )
    return [(row.body[row.start : row.end], row.harm) for row in rows]


def replaced(session: Session) -> tuple[int, int]:
    counts = (session.scalar(select(func.count()).select_from(m)) for m in (ReplacedAttachment, ReplacedText))
    first, second = counts
    return first or 0, second or 0


def test_a_mark_is_stored_on_the_document_s_own_text_and_withheld_from_readers_outside(
    session: Session, sent: Submission
) -> None:
    (mark,) = confidences_of(session, sent.id)
    assert (mark.words, mark.harm, mark.paragraph) == ("Ann Lee", "She would lose her post.", 4)
    text_id = session.scalars(select(SourceText.id).where(SourceText.attachment_id.is_not(None))).one()
    spans = withheld_spans(session, [text_id], Clearance.PUBLIC)
    assert [(each.start, each.end) for each in spans[text_id]] == [(ANN.start, ANN.end)]


def test_each_document_keeps_its_own_marks_past_one_without_text(
    session: Session, call: Call, given: GivenEvidence
) -> None:
    files = (
        document("Zoe spoke.", sha256="b" * 64, confidences=marked(Bounds(0, 3), harm="Hers.")),
        document("", sha256="c" * 64, name="scan.pdf"),
        document(confidences=marked(ANN, harm="Ann's.")),
    )
    evidence = replace(given, attachments=files)
    receive_submission(session, evidence, inquiry_id=call.inquiry_id, actor=RESPONDENT, at=NOON)
    assert kept_back(session) == [("Zoe", "Hers."), ("Ann Lee", "Ann's.")]


@pytest.mark.parametrize(
    "wrong",
    [marked(Bounds(0, 900)), marked(ANN, harm="  "), marked(ANN, harm="x" * 2_001)],
    ids=["words outside", "no harm", "too much harm"],
)
def test_a_mark_that_cannot_be_kept_stops_the_evidence(
    session: Session, call: Call, given: GivenEvidence, wrong: tuple[GivenConfidence, ...]
) -> None:
    evidence = replace(given, attachments=(document(confidences=wrong),))
    with pytest.raises((BadInput, Refused)):
        receive_submission(session, evidence, inquiry_id=call.inquiry_id, actor=RESPONDENT, at=NOON)


def test_a_mark_changes_what_a_document_says_and_none_leaves_old_hashes_as_they_were() -> None:
    assert document(confidences=marked(ANN)).said != document().said
    assert document().said == {"attachment": "a" * 64, "name": "report.docx", "question_id": 0}


def test_marking_more_is_a_version_and_leaves_the_document_as_it_is(
    session: Session, call: Call, sent: Submission, given: GivenEvidence
) -> None:
    amend(session, call, sent, given, document(confidences=marked(HALL, ANN)))
    assert sent.version == 2
    assert replaced(session) == (0, 0)
    assert [words for words, _ in kept_back(session)] == ["the hall", "Ann Lee"]


def test_the_same_marks_again_are_no_version(
    session: Session, call: Call, sent: Submission, given: GivenEvidence
) -> None:
    amend(session, call, sent, given, *given.attachments)
    assert (sent.version, replaced(session)) == (1, (0, 0))


def test_taking_a_mark_away_gives_the_document_a_new_text_without_it(
    session: Session, call: Call, sent: Submission, given: GivenEvidence
) -> None:
    amend(session, call, sent, given, document(confidences=marked(HALL)))
    assert (sent.version, replaced(session)) == (2, (1, 1))
    # The old text keeps its own for ever; the new one has what was marked now.
    assert [words for words, _ in kept_back(session)] == ["Ann Lee", "the hall"]
    old, new = session.scalars(select(Attachment.version).order_by(Attachment.id))
    assert (old, new) == (1, 2)


def test_a_document_moved_to_a_question_keeps_its_marks(
    session: Session, call: Call, sent: Submission, given: GivenEvidence
) -> None:
    moved = document(confidences=marked(ANN), question_id=given.answers[0].question_id)
    amend(session, call, sent, given, moved)
    assert replaced(session) == (1, 1)
    assert [words for words, _ in kept_back(session)] == ["Ann Lee", "Ann Lee"]


def test_words_of_a_document_with_two_texts_are_kept_back_in_the_text_they_stand_in(
    session: Session, build: Builder, call: Call, given: GivenEvidence
) -> None:
    clerk = build.member(session.get_one(Inquiry, call.inquiry_id), Role.CLERK)
    mixed = Extraction(Outcome.FLAGGED, "pdf", REPORT, ("partly-scanned",))
    evidence = replace(given, attachments=(document(extraction=mixed, confidences=marked(ANN)),))
    sent = receive_submission(session, evidence, inquiry_id=call.inquiry_id, actor=RESPONDENT, at=NOON)
    (scan,) = session.scalars(select(Attachment))
    transcribe(
        session, scan.id, "Zoe signed it.", inquiry_id=call.inquiry_id, actor=Actor.member(clerk.id), at=NOON
    )
    whole = replace(mixed, text=f"{REPORT}\n\nZoe signed it.")
    zoe, across = Bounds(len(REPORT) + 2, len(REPORT) + 5), Bounds(ANN.start, len(REPORT) + 5)
    amend(session, call, sent, given, document(extraction=whole, confidences=marked(ANN, zoe)))
    assert [words for words, _ in kept_back(session)] == ["Ann Lee", "Zoe"]
    amend(session, call, sent, given, document(extraction=whole, confidences=marked(ANN, zoe, across)))
    assert [words for words, _ in kept_back(session)] == ["Ann Lee", "Ann Lee told us so.", "Zoe"]
    assert (sent.version, replaced(session)) == (3, (0, 0))


def test_members_read_what_is_confidential_above_the_document_and_many_places_stand_folded_up(
    session: Session,
    build: Builder,
    call: Call,
    given: GivenEvidence,
    client_of: Callable[[User], PageClient],
) -> None:
    inquiry = session.get_one(Inquiry, call.inquiry_id)
    often = document(
        "Ann. " * 9, sha256="d" * 64, confidences=marked(*(Bounds(n * 5, n * 5 + 3) for n in range(9)))
    )
    evidence = replace(given, attachments=(*given.attachments, often))
    sent = receive_submission(session, evidence, inquiry_id=inquiry.id, actor=RESPONDENT, at=NOON)
    clerk = build.member(inquiry, Role.CLERK)
    session.commit()
    page = client_of(clerk).get(f"/inquiries/{inquiry.slug}/evidence/{sent.reference}")
    first, second = page.all("section", class_="app-document")
    told = "Confidential, from paragraph 4: “Ann Lee” Harm: She would lose her post."
    assert told in words_of(first)
    assert "9 places are confidential" in words_of(second)
