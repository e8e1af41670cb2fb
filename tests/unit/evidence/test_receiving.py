"""What is stored when evidence arrives, and what is refused."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from consult.calls.models import Call, Inquiry
from consult.calls.rules import QuestionKind
from consult.evidence.models import Answer, Respondent, SourceText, Submission
from consult.evidence.queries import submission_by_reference
from consult.evidence.rules import Channel, PublicationChoice, sha256_of
from consult.evidence.service import GivenAnswer, GivenEvidence, receive_many, receive_submission
from consult.foundation.audit import AuditEvent, first_break
from consult.foundation.errors import BadInput, NotFound, Refused
from consult.foundation.jobs.models import Job
from consult.foundation.jobs.names import JobName, JobState
from consult.foundation.security import RESPONDENT, SYSTEM
from tests.builders import NOON, Builder


@pytest.fixture
def inquiry(build: Builder) -> Inquiry:
    return build.inquiry(reference_prefix="LOC")


@pytest.fixture
def call(build: Builder, inquiry: Inquiry) -> Call:
    return build.call(inquiry)


def given(call: Call, *answers: GivenAnswer, **changes: object) -> GivenEvidence:
    evidence = GivenEvidence(
        call_id=call.id,
        name="Mary Smith",
        organisation="Harbour Trust",
        email="mary@example.org",
        respondent_type_id=None,
        place_id=None,
        publication=PublicationChoice.WITH_NAME,
        language="en",
        title="The harbour",
        answers=answers,
        channel=Channel.WEB,
    )
    return replace(evidence, **changes)


def receive(session: Session, evidence: GivenEvidence, inquiry: Inquiry) -> Submission:
    return receive_submission(session, evidence, inquiry_id=inquiry.id, actor=RESPONDENT, at=NOON)


def count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_everything_sent_comes_back_as_it_was_sent(
    session: Session, build: Builder, inquiry: Inquiry, call: Call
) -> None:
    kind, place = build.respondent_type(inquiry, name="Council"), build.place(inquiry, name="Wigan")
    words = build.question(call)
    several = build.question(call, QuestionKind.SEVERAL)
    first, second = build.option(several, "Housing", 1), build.option(several, "Transport", 2)
    scale = build.question(call, QuestionKind.SCALE, minimum=1, maximum=5)
    where = build.question(call, QuestionKind.PLACE)
    evidence = given(
        call,
        GivenAnswer(words.id, "One.\n\n  Two – “quoted”. \U0001f600\n"),
        GivenAnswer(several.id, option_ids=(second.id, first.id)),
        GivenAnswer(scale.id, number=0),
        GivenAnswer(where.id, place_id=place.id),
        respondent_type_id=kind.id,
        place_id=place.id,
    )
    sent = receive(session, evidence, inquiry)
    read = submission_by_reference(session, inquiry.id, sent.reference)
    assert (read.reference, read.title, read.who) == ("LOC0001", "The harbour", "Mary Smith, Harbour Trust")
    assert (read.respondent_type, read.place, read.call_title) == ("Council", "Wigan", call.title)
    assert (read.word_count, read.sent_at) == (5, NOON)
    text, options, number, place_answer = read.answers
    assert text.text is not None
    assert text.text.body == "One.\n\n  Two – “quoted”. \U0001f600\n"
    assert [(p.number, p.words) for p in text.text.paragraphs] == [
        (1, "One."),
        (2, "Two – “quoted”. \U0001f600"),
    ]
    assert options.chosen == ("Housing", "Transport")
    assert number.number == 0
    assert place_answer.place == "Wigan"


def test_paragraph_numbers_run_through_all_texts_of_a_submission(
    session: Session, build: Builder, inquiry: Inquiry, call: Call
) -> None:
    submission = build.submission(call, "One.\n\nTwo.", "Three.", "Four.\n\nFive.")
    read = submission_by_reference(session, inquiry.id, submission.reference)
    assert [[p.number for p in text.paragraphs] for text in read.texts] == [[1, 2], [3], [4, 5]]


def test_references_count_up_within_each_inquiry(build: Builder, call: Call) -> None:
    other = build.call(build.inquiry(reference_prefix="CMS"))
    sent = [build.submission(each, "Words.").reference for each in (call, other, call)]
    assert sent == ["LOC0001", "CMS0001", "LOC0002"]


def test_text_is_kept_with_its_hash(session: Session, build: Builder, call: Call) -> None:
    build.submission(call, "Tŷ – the house")
    text = session.scalars(select(SourceText)).one()
    assert text.sha256 == sha256_of("Tŷ – the house")


@pytest.mark.parametrize("change", ["UPDATE source_texts SET body = 'x'", "DELETE FROM answers"])
def test_database_refuses_to_alter_what_was_sent(
    session: Session, build: Builder, call: Call, change: str
) -> None:
    build.submission(call, "Words.")
    with pytest.raises(DBAPIError, match="append-only"):
        session.connection().exec_driver_sql(change)


def test_unanswered_questions_leave_no_trace(
    session: Session, build: Builder, inquiry: Inquiry, call: Call
) -> None:
    one, two, three = (build.question(call) for _ in range(3))
    evidence = given(call, GivenAnswer(one.id, " \n "), GivenAnswer(two.id), GivenAnswer(three.id, "Words."))
    read = submission_by_reference(session, inquiry.id, receive(session, evidence, inquiry).reference)
    assert [answer.question.id for answer in read.answers] == [three.id]


def test_sending_twice_with_one_key_is_sending_once(
    session: Session, build: Builder, inquiry: Inquiry, call: Call
) -> None:
    evidence = given(call, GivenAnswer(build.question(call).id, "Words."), send_key="k" * 64)
    first = receive(session, evidence, inquiry)
    assert receive(session, evidence, inquiry).id == first.id
    assert count(session, Submission) == 1
    assert session.get_one(Inquiry, inquiry.id, populate_existing=True).last_reference == 1


def test_receipt_code_is_kept_only_as_a_hash(session: Session, inquiry: Inquiry, call: Call) -> None:
    sent = receive(session, given(call, receipt_code="secret code"), inquiry)
    assert sent.receipt_hash == sha256_of("secret code")


def test_receiving_is_recorded_and_asks_for_passages_once(
    session: Session, build: Builder, inquiry: Inquiry, call: Call
) -> None:
    build.submission(call, "One.")
    build.submission(call, "Two.")
    verbs = session.scalars(select(AuditEvent.verb).where(AuditEvent.inquiry_id == inquiry.id)).all()
    assert verbs == ["receive submission"] * 2
    assert first_break(session, inquiry.id) is None
    jobs = session.scalars(select(Job).where(Job.inquiry_id == inquiry.id)).all()
    assert [job.name for job in jobs] == [JobName.SUBMISSIONS_RECEIVED]


def test_job_that_has_started_is_not_relied_on(
    session: Session, build: Builder, inquiry: Inquiry, call: Call
) -> None:
    build.submission(call, "One.")
    job = session.scalars(select(Job)).one()
    job.state, job.lease_token = JobState.RUNNING, "t"
    session.flush()
    build.submission(call, "Two.")
    assert len(session.scalars(select(Job)).all()) == 2


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b"])
def test_text_that_cannot_be_stored_is_refused_whole(
    session: Session, build: Builder, inquiry: Inquiry, call: Call, text: str
) -> None:
    evidence = given(call, GivenAnswer(build.question(call).id, text))
    with pytest.raises(Refused, match="cannot be stored"):
        receive(session, evidence, inquiry)
    assert count(session, Submission) == count(session, Respondent) == 0


def test_name_with_nul_is_refused(session: Session, inquiry: Inquiry, call: Call) -> None:
    with pytest.raises(Refused, match="cannot be stored"):
        receive(session, given(call, name="a\x00"), inquiry)


def test_over_long_title_is_refused_with_its_length(session: Session, inquiry: Inquiry, call: Call) -> None:
    with pytest.raises(BadInput, match=r"title has 301 characters; 300"):
        receive(session, given(call, title="x" * 301), inquiry)


def test_question_of_another_call_is_refused(
    session: Session, build: Builder, inquiry: Inquiry, call: Call
) -> None:
    elsewhere = build.question(build.call(inquiry))
    with pytest.raises(NotFound, match="does not ask"):
        receive(session, given(call, GivenAnswer(elsewhere.id, "Words.")), inquiry)


def test_option_of_another_question_is_refused(
    session: Session, build: Builder, inquiry: Inquiry, call: Call
) -> None:
    one, two = build.question(call, QuestionKind.SINGLE), build.question(call, QuestionKind.SINGLE)
    option = build.option(two, "Yes", 1)
    with pytest.raises(NotFound, match="does not offer"):
        receive(session, given(call, GivenAnswer(one.id, option_ids=(option.id,))), inquiry)


def test_words_for_a_closed_question_are_refused(
    session: Session, build: Builder, inquiry: Inquiry, call: Call
) -> None:
    scale = build.question(call, QuestionKind.SCALE)
    with pytest.raises(Refused, match="not answered in words"):
        receive(session, given(call, GivenAnswer(scale.id, "five")), inquiry)


@pytest.mark.parametrize("field", ["call_id", "respondent_type_id", "place_id"])
def test_records_of_another_inquiry_are_refused(
    session: Session, build: Builder, inquiry: Inquiry, call: Call, field: str
) -> None:
    other = build.inquiry()
    foreign = {
        "call_id": build.call(other).id,
        "respondent_type_id": build.respondent_type(other).id,
        "place_id": build.place(other).id,
    }
    with pytest.raises(NotFound, match="not of this inquiry"):
        receive(session, given(call, **{field: foreign[field]}), inquiry)


def test_unknown_inquiry_is_refused(session: Session, call: Call) -> None:
    with pytest.raises(NotFound, match="not of this inquiry"):
        receive_submission(session, given(call), inquiry_id=999_999, actor=RESPONDENT, at=NOON)


def test_reference_of_another_inquiry_is_not_found(session: Session, build: Builder, call: Call) -> None:
    build.submission(call, "Words.")
    with pytest.raises(NotFound, match="LOC0001"):
        submission_by_reference(session, build.inquiry().id, "LOC0001")


def test_batch_is_stored_in_order_with_one_event_and_one_job(
    session: Session, build: Builder, inquiry: Inquiry, call: Call
) -> None:
    question = build.question(call)
    batch = [
        given(call, GivenAnswer(question.id, f"Words {n}."), external_key=f"key-{n}", name=f"Person {n}")
        for n in range(1, 1201)
    ]
    received = receive_many(session, batch, inquiry_id=inquiry.id, actor=SYSTEM, at=NOON)
    assert (received.count, received.already_there) == (1200, 0)
    rows = session.execute(
        select(Submission.reference, Submission.external_key, Respondent.name, SourceText.body)
        .join(Respondent, Respondent.id == Submission.respondent_id)
        .join(SourceText, SourceText.submission_id == Submission.id)
        .order_by(Submission.id)
    ).all()
    assert rows == [(f"LOC{n:04}", f"key-{n}", f"Person {n}", f"Words {n}.") for n in range(1, 1201)]
    assert count(session, AuditEvent) == count(session, Job) == 1


def test_batch_given_again_changes_nothing(
    session: Session, build: Builder, inquiry: Inquiry, call: Call
) -> None:
    question = build.question(call)
    batch = [given(call, GivenAnswer(question.id, "Words."), external_key=key) for key in ("a", "b", "a")]
    first = receive_many(session, batch, inquiry_id=inquiry.id, actor=SYSTEM, at=NOON)
    again = receive_many(session, batch, inquiry_id=inquiry.id, actor=SYSTEM, at=NOON)
    assert (first.count, first.already_there) == (2, 1)
    assert (again.count, again.already_there) == (0, 3)
    assert count(session, Submission) == 2
    assert count(session, AuditEvent) == 1


def test_one_bad_text_keeps_the_whole_batch_out(
    session: Session, build: Builder, inquiry: Inquiry, call: Call
) -> None:
    question = build.question(call)
    batch = [given(call, GivenAnswer(question.id, text)) for text in ("good", "bad\x00")]
    with pytest.raises(Refused):
        receive_many(session, batch, inquiry_id=inquiry.id, actor=SYSTEM, at=NOON)
    assert count(session, Submission) == count(session, Answer) == 0
