"""Amendments: a new version under the same reference, in which what did not change stays as it was."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from consult.calls.models import Call, Question
from consult.calls.rules import QuestionKind
from consult.evidence.models import (
    Answer,
    Passage,
    ReplacedText,
    Respondent,
    SourceText,
    Submission,
    SubmissionVersion,
)
from consult.evidence.queries import Filters, entry_page, submission_by_reference, texts_to_cut
from consult.evidence.queries.standing import answer_stands, text_stands
from consult.evidence.queries.versions import versions_of
from consult.evidence.rules import Bounds, Channel, PublicationChoice, SubmissionState
from consult.evidence.service import (
    GivenAnswer,
    GivenConfidence,
    GivenEvidence,
    amend_submission,
    receive_submission,
    record_publication_choice,
)
from consult.foundation.audit import AuditEvent
from consult.foundation.errors import NotFound, Refused
from consult.foundation.security import RESPONDENT, Actor
from tests.builders import NOON, Builder

LATER = NOON + timedelta(days=1)
RIVER = "The river floods.\n\nIt floods each spring."
BUS = "The bus never comes."


@pytest.fixture
def questions(build: Builder) -> list[Question]:
    call = build.call(build.inquiry(slug="localism"))
    return [build.question(call, number=number) for number in (1, 2)]


@pytest.fixture
def given(questions: list[Question]) -> GivenEvidence:
    return GivenEvidence(
        call_id=questions[0].call_id,
        name="Mary Smith",
        organisation="",
        email="mary@example.org",
        respondent_type_id=None,
        place_id=None,
        publication=PublicationChoice.WITH_NAME,
        language="en",
        title="",
        answers=(GivenAnswer(questions[0].id, RIVER), GivenAnswer(questions[1].id, BUS)),
        channel=Channel.WEB,
        send_key="1" * 64,
        receipt_code="FIRST",
    )


@pytest.fixture
def sent(build: Builder, session: Session, given: GivenEvidence) -> Submission:
    submission = receive_submission(
        session, given, inquiry_id=inquiry_of(session, given), actor=RESPONDENT, at=NOON
    )
    build.passages(submission)
    return submission


def inquiry_of(session: Session, given: GivenEvidence) -> int:
    return session.scalars(select(Call.inquiry_id).where(Call.id == given.call_id)).one()


def amend(session: Session, submission: Submission, given: GivenEvidence, **changes: Any) -> Submission:
    evidence = replace(given, **{"send_key": "2" * 64, "receipt_code": "SECOND", **changes})
    return amend_submission(
        session,
        submission.id,
        evidence,
        inquiry_id=submission.inquiry_id,
        actor=RESPONDENT,
        at=LATER,
    )


def changed(given: GivenEvidence, *texts: str) -> tuple[GivenAnswer, ...]:
    return tuple(replace(answer, text=words) for answer, words in zip(given.answers, texts, strict=False))


def bodies(session: Session, submission: Submission) -> list[str]:
    texts = select(SourceText.body).where(SourceText.submission_id == submission.id, text_stands())
    return list(session.scalars(texts.order_by(SourceText.position)))


def test_an_amendment_keeps_the_reference_and_every_version(
    session: Session, sent: Submission, given: GivenEvidence
) -> None:
    reference = sent.reference
    amend(session, sent, given, answers=changed(given, RIVER, "The bus comes at last."))
    assert (sent.reference, sent.version, sent.sent_at) == (reference, 2, NOON)
    assert [(v.number, v.sent_at) for v in versions_of(session, sent.id)] == [(1, NOON), (2, LATER)]
    first = submission_by_reference(session, sent.inquiry_id, reference, version=1)
    newest = submission_by_reference(session, sent.inquiry_id, reference)
    assert [t.body for t in first.texts] == [RIVER, BUS]
    assert [t.body for t in newest.texts] == [RIVER, "The bus comes at last."]
    assert newest.is_newest
    assert not first.is_newest


def test_an_unchanged_answer_keeps_its_row_its_text_and_its_passages(
    session: Session, sent: Submission, given: GivenEvidence
) -> None:
    text_id = session.scalars(select(SourceText.id).where(SourceText.body == RIVER)).one()
    passages = session.scalars(select(Passage.id).where(Passage.source_text_id == text_id)).all()
    amend(session, sent, given, answers=changed(given, RIVER, "The bus comes at last."))
    assert session.scalars(select(SourceText.id).where(SourceText.body == RIVER)).one() == text_id
    assert session.scalars(select(Passage.id).where(Passage.source_text_id == text_id)).all() == passages
    assert session.scalars(select(func.count(Answer.id)).where(answer_stands())).one() == 2


def test_a_paragraph_number_never_comes_to_mean_other_words(
    session: Session, sent: Submission, given: GivenEvidence
) -> None:
    amend(session, sent, given, answers=changed(given, "The river is calm.", BUS))
    read = submission_by_reference(session, sent.inquiry_id, sent.reference)
    numbers = {p.number: p.words for t in read.texts for p in t.paragraphs}
    assert numbers == {3: BUS, 4: "The river is calm."}
    first = submission_by_reference(session, sent.inquiry_id, sent.reference, version=1)
    assert [p.number for t in first.texts for p in t.paragraphs] == [1, 2, 3]


def test_words_taken_back_stand_no_more_and_are_not_found_by_searching(
    session: Session, sent: Submission, given: GivenEvidence
) -> None:
    amend(session, sent, given, answers=given.answers[:1])
    assert bodies(session, sent) == [RIVER]
    found = entry_page(session, sent.inquiry_id, Filters(words="bus"))
    assert found.count == 0
    assert entry_page(session, sent.inquiry_id, Filters(words="river")).count == 1


def test_new_words_are_found_and_wait_to_be_cut_but_replaced_ones_do_not(
    session: Session, sent: Submission, given: GivenEvidence
) -> None:
    amend(session, sent, given, answers=changed(given, RIVER, "A tram."))
    amend(session, sent, given, answers=changed(given, RIVER, "A ferry."), send_key="3" * 64)
    assert [text.body for text in texts_to_cut(session, sent.inquiry_id, 10)] == ["A ferry."]
    assert entry_page(session, sent.inquiry_id, Filters(words="ferry")).count == 1
    assert entry_page(session, sent.inquiry_id, Filters(words="tram")).count == 0


def test_sending_twice_makes_one_version(session: Session, sent: Submission, given: GivenEvidence) -> None:
    for _ in range(2):
        amend(session, sent, given, answers=changed(given, RIVER, "A tram."))
    assert sent.version == 2
    assert session.scalars(select(func.count(SubmissionVersion.id))).one() == 2


def test_sending_the_same_again_makes_no_version(
    session: Session, sent: Submission, given: GivenEvidence
) -> None:
    sent.state = SubmissionState.ACCEPTED
    amend(session, sent, given)
    assert (sent.version, sent.state) == (1, SubmissionState.ACCEPTED)


def test_changed_words_are_new_to_the_clerk_and_the_log_says_what_changed(
    session: Session, sent: Submission, given: GivenEvidence
) -> None:
    sent.state = SubmissionState.ACCEPTED
    amend(session, sent, given, answers=changed(given, "Calm.", BUS))
    assert sent.state is SubmissionState.NEW
    act = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert act
    assert act.verb == "amend submission"
    assert act.detail == {
        "reference": sent.reference,
        "version": 2,
        "answers": 1,
        "replaced": 1,
        "documents": 0,
        "kept_back": 0,
    }


def test_another_name_belongs_to_the_new_version_alone_and_needs_no_second_look(
    session: Session, sent: Submission, given: GivenEvidence
) -> None:
    sent.state = SubmissionState.ACCEPTED
    amend(session, sent, given, name="Mary Jones")
    names = [version.name for version in versions_of(session, sent.id)]
    assert names == ["Mary Smith", "Mary Jones"]
    assert session.get_one(Respondent, sent.respondent_id).name == "Mary Jones"
    assert sent.state is SubmissionState.ACCEPTED


def test_a_closer_choice_of_the_clerk_is_only_changed_by_another_choice_of_the_writer(
    session: Session, build: Builder, sent: Submission, given: GivenEvidence
) -> None:
    clerk = Actor.member(build.user().id)
    record_publication_choice(
        session,
        sent.reference,
        PublicationChoice.NOT_PUBLISHED,
        why="A letter.",
        inquiry_id=sent.inquiry_id,
        actor=clerk,
        at=NOON,
    )
    amend(session, sent, given, answers=changed(given, "Calm.", BUS))
    assert sent.publication is PublicationChoice.NOT_PUBLISHED
    without = PublicationChoice.WITHOUT_NAME
    amend(session, sent, given, answers=changed(given, "Calm.", BUS), publication=without, send_key="3" * 64)
    assert sent.publication is without


def test_keeping_back_more_words_leaves_the_answer_as_it_is(
    session: Session, sent: Submission, given: GivenEvidence
) -> None:
    mark = GivenConfidence(Bounds(0, 9), "They would know it is me.")
    answers = (replace(given.answers[0], confidences=(mark,)), given.answers[1])
    amend(session, sent, given, answers=answers)
    assert sent.version == 2
    assert session.scalars(select(func.count(ReplacedText.source_text_id))).one() == 0
    amend(session, sent, given, send_key="3" * 64)
    assert session.scalars(select(func.count(ReplacedText.source_text_id))).one() == 1


def test_every_part_of_an_answer_is_compared(session: Session, build: Builder, given: GivenEvidence) -> None:
    call_id = given.call_id
    choice = build.add(Question(call_id=call_id, number=7, slug="c", kind=QuestionKind.SEVERAL, prompt="?"))
    number = build.add(Question(call_id=call_id, number=8, slug="n", kind=QuestionKind.NUMBER, prompt="?"))
    options = tuple(build.option(choice, word, place).id for place, word in enumerate(("a", "b"), 1))
    answers = (GivenAnswer(choice.id, option_ids=options), GivenAnswer(number.id, number=0))
    submission = receive_submission(
        session,
        replace(given, answers=answers),
        inquiry_id=inquiry_of(session, given),
        actor=RESPONDENT,
        at=NOON,
    )
    turned = (GivenAnswer(choice.id, option_ids=options[::-1]), answers[1])
    assert amend(session, submission, given, answers=turned).version == 1
    fewer = (GivenAnswer(choice.id, option_ids=options[:1]), GivenAnswer(number.id, number=0))
    assert amend(session, submission, given, answers=fewer).version == 2
    other = (fewer[0], GivenAnswer(number.id, number=1))
    assert amend(session, submission, given, answers=other, send_key="3" * 64).version == 3


def test_what_is_withdrawn_is_not_amended(session: Session, sent: Submission, given: GivenEvidence) -> None:
    sent.state = SubmissionState.WITHDRAWN
    with pytest.raises(Refused, match="withdrawn"):
        amend(session, sent, given, answers=changed(given, "Calm.", BUS))


def test_a_submission_of_another_inquiry_is_not_there(
    session: Session, build: Builder, sent: Submission, given: GivenEvidence
) -> None:
    elsewhere = build.inquiry()
    with pytest.raises(NotFound):
        amend_submission(session, sent.id, given, inquiry_id=elsewhere.id, actor=RESPONDENT, at=LATER)


def test_a_version_that_was_never_sent_is_not_there(session: Session, sent: Submission) -> None:
    with pytest.raises(NotFound):
        submission_by_reference(session, sent.inquiry_id, sent.reference, version=2)


@pytest.mark.parametrize("table", ["submission_versions", "replaced_answers", "replaced_texts"])
def test_the_database_refuses_to_change_a_version(
    session: Session, sent: Submission, given: GivenEvidence, table: str
) -> None:
    amend(session, sent, given, answers=changed(given, "Calm.", BUS))
    with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
        session.execute(text(f"DELETE FROM {table}"))
