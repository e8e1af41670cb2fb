"""What the verbs of the journey promise, called without the web."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from consult.calls.models import Call, Inquiry
from consult.calls.rules import CallState, QuestionKind, WithdrawalPolicy
from consult.evidence.models import SourceText, Submission, SubmissionVersion
from consult.foundation.audit import AuditEvent, first_break
from consult.foundation.clock import now
from consult.foundation.database import transaction
from consult.foundation.errors import BadInput, NotFound
from consult.foundation.jobs.service import do_chores_in
from consult.foundation.security import RESPONDENT, SYSTEM, ActorKind
from consult.respond import service
from consult.respond.codes import code_from, receipt_code_for
from consult.respond.models import Draft
from consult.respond.queries import as_call_to_answer, draft_held, published_call
from consult.respond.queries_receipt import receipt_exists
from consult.respond.rules import KEPT_AFTER_CLOSING
from consult.respond.service import sending
from tests.builders import NOON, Builder

CODE = code_from(b"0123456789abcdef")


@pytest.fixture
def call(build: Builder) -> Call:
    call = build.call(build.inquiry(), closes_at=NOON + timedelta(days=10))
    build.question(call, QuestionKind.FREE_TEXT, number=1, slug="why", required=True)
    return call


def begin(session: Session, call: Call, code: str = CODE, at: datetime = NOON) -> int:
    return service.begin_draft(session, call.id, code, actor=RESPONDENT, at=at)


def send(session: Session, draft_id: int, at: datetime = NOON) -> int:
    return service.send_draft(session, draft_id, CODE, actor=RESPONDENT, at=at)


def complete(session: Session, draft_id: int) -> None:
    service.save_answer(session, draft_id, "why", "Because.", at=NOON)
    service.save_about(session, draft_id, {"name": "Ann", "publication": "with_name"}, at=NOON)


def test_a_draft_is_found_by_its_code_and_only_for_its_call(
    session: Session, build: Builder, call: Call
) -> None:
    draft_id = begin(session, call)
    other = build.call(build.inquiry())
    found = draft_held(session, call.id, CODE)
    assert found is not None
    assert found.id == draft_id
    assert draft_held(session, other.id, CODE) is None
    assert draft_held(session, call.id, CODE.lower()) is None


def test_beginning_is_audited_and_saving_is_not(session: Session, call: Call) -> None:
    complete(session, begin(session, call))
    events = session.scalars(select(AuditEvent).where(AuditEvent.inquiry_id == call.inquiry_id)).all()
    assert [(e.verb, e.actor_kind) for e in events] == [("begin draft", ActorKind.RESPONDENT)]
    assert first_break(session, call.inquiry_id) is None


@pytest.mark.parametrize("state", [CallState.DRAFT, CallState.CLOSED])
def test_a_call_that_is_not_open_begins_no_draft(session: Session, call: Call, state: CallState) -> None:
    call.state = state
    with pytest.raises(service.CallNotOpen):
        begin(session, call)


@pytest.mark.parametrize("at", [NOON - timedelta(days=31), NOON + timedelta(days=10)])
def test_a_call_begins_no_draft_before_or_after_its_time(session: Session, call: Call, at: datetime) -> None:
    with pytest.raises(service.CallNotOpen):
        begin(session, call, at=at)


def test_a_closed_call_keeps_a_draft_as_it_was(session: Session, call: Call) -> None:
    draft_id = begin(session, call)
    service.save_answer(session, draft_id, "why", "Before.", at=NOON)
    late = NOON + timedelta(days=10)
    with pytest.raises(service.CallNotOpen):
        service.save_answer(session, draft_id, "why", "After.", at=late)
    with pytest.raises(service.CallNotOpen):
        service.save_about(session, draft_id, {"name": "Ann"}, at=late)
    with pytest.raises(service.CallNotOpen):
        send(session, draft_id, at=late)
    draft = session.get_one(Draft, draft_id)
    assert (draft.answers, draft.about) == ({"why": "Before."}, {})


def test_saving_one_page_keeps_the_others(session: Session, call: Call) -> None:
    draft_id = begin(session, call)
    service.save_about(session, draft_id, {"name": "Ann"}, at=NOON)
    service.save_about(session, draft_id, {"publication": "with_name"}, at=NOON)
    service.save_answer(session, draft_id, "why", "Because.", at=NOON)
    service.save_answer(session, draft_id, "other", ["1"], at=NOON + timedelta(minutes=5))
    session.flush()
    session.expire_all()
    draft = session.get_one(Draft, draft_id)
    assert draft.answers == {"why": "Because.", "other": ["1"]}
    assert draft.about == {"name": "Ann", "publication": "with_name"}
    assert draft.saved_at == NOON + timedelta(minutes=5)


def test_an_incomplete_draft_is_not_sent_and_keeps_its_words(session: Session, call: Call) -> None:
    draft_id = begin(session, call)
    service.save_about(session, draft_id, {"name": "Ann"}, at=NOON)
    with pytest.raises(BadInput) as refused:
        send(session, draft_id)
    assert refused.value.problems == [
        "Question 1: Write an answer to this question.",
        "Choose whether we may publish your evidence.",
    ]
    assert session.get_one(Draft, draft_id).about == {"name": "Ann"}


def test_sending_twice_returns_the_first_submission(
    session: Session, call: Call, sent_jobs: list[int]
) -> None:
    draft_id = begin(session, call)
    complete(session, draft_id)
    first = send(session, draft_id)
    # Also after closing: what has been sent is shown, not refused.
    assert send(session, draft_id, at=NOON + timedelta(days=20)) == first
    assert len(session.scalars(select(Submission)).all()) == 1
    assert receipt_exists(session, receipt_code_for(CODE))
    with pytest.raises(service.AlreadySent):
        service.save_answer(session, draft_id, "why", "More.", at=NOON)


def test_a_draft_that_is_gone_is_not_found(session: Session) -> None:
    for verb in (
        lambda: service.save_answer(session, 999_999, "why", "x", at=NOON),
        lambda: service.save_about(session, 999_999, {}, at=NOON),
        lambda: send(session, 999_999),
    ):
        with pytest.raises(NotFound):
            verb()


def test_a_call_being_written_does_not_exist_for_respondents(session: Session, build: Builder) -> None:
    call = build.call(build.inquiry(slug="hidden"), slug="hidden", state=CallState.DRAFT)
    session.flush()
    with pytest.raises(NotFound):
        published_call(session, "hidden", call.slug)


def test_drafts_are_erased_two_weeks_after_closing_and_not_an_instant_before(
    session: Session, call: Call
) -> None:
    begin(session, call)
    expiry = NOON + timedelta(days=24)
    assert service.erase_expired_drafts(session, actor=SYSTEM, at=expiry - timedelta(seconds=1)) == 0
    assert service.erase_expired_drafts(session, actor=SYSTEM, at=expiry) == 1
    assert session.scalars(select(Draft)).all() == []
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert event is not None
    assert (event.verb, event.record_id, event.detail) == ("erase expired drafts", call.id, {"drafts": 1})
    assert service.erase_expired_drafts(session, actor=SYSTEM, at=expiry) == 0


def test_a_call_given_more_time_keeps_drafts_that_nobody_touched_since(session: Session, call: Call) -> None:
    begin(session, call)
    call.closes_at = NOON + timedelta(days=100)
    session.flush()
    assert service.erase_expired_drafts(session, actor=SYSTEM, at=NOON + timedelta(days=50)) == 0


def test_erasing_leaves_submissions_and_their_receipts(
    session: Session, call: Call, sent_jobs: list[int]
) -> None:
    draft_id = begin(session, call)
    complete(session, draft_id)
    send(session, draft_id)
    session.flush()
    assert service.erase_expired_drafts(session, actor=SYSTEM, at=NOON + timedelta(days=30)) == 0
    assert session.scalars(select(Draft)).all() == []
    assert receipt_exists(session, receipt_code_for(CODE))


def test_drafts_are_erased_without_anybody_asking(
    app: Flask, session: Session, call: Call, sent_jobs: list[int]
) -> None:
    begin(session, call)
    call.closes_at = now() - KEPT_AFTER_CLOSING
    call.opens_at = call.closes_at - timedelta(days=1)
    for draft in session.scalars(select(Draft)):
        draft.expires_at = call.closes_at
    session.commit()
    do_chores_in(app)
    assert session.scalars(select(Draft)).all() == []


def test_the_command_erases_and_says_how_many(fresh_app: Callable[..., Flask]) -> None:
    app = fresh_app()
    with app.app_context():
        upgrade()
        with transaction() as session:
            build = Builder(session)
            times = {"opens_at": NOON - timedelta(days=400), "closes_at": NOON - timedelta(days=300)}
            begin(session, build.call(build.inquiry(), **times), at=NOON - timedelta(days=350))
    result = app.test_cli_runner().invoke(args=["drafts", "erase-expired"])
    assert (result.exit_code, result.output) == (0, "1 draft with unsent answers erased.\n")
    assert app.test_cli_runner().invoke(args=["drafts", "erase-expired"]).output.startswith("0 drafts")


def test_the_command_answers_a_wrong_option_in_one_line(fresh_app: Callable[..., Flask]) -> None:
    result = fresh_app().test_cli_runner().invoke(args=["drafts", "erase-expired", "--everything"])
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1


def prepared(session: Session, call: Call, at: datetime = NOON) -> service.Prepared | None:
    held = draft_held(session, call.id, CODE)
    assert held is not None
    read = published_call(session, call.inquiry.slug, call.slug)
    return service.prepare(session, held, CODE, call=as_call_to_answer(session, read), at=at)


def sent_words(session: Session, submission_id: int) -> list[str]:
    return list(session.scalars(select(SourceText.body).where(SourceText.submission_id == submission_id)))


def test_what_was_prepared_is_what_is_sent(session: Session, call: Call) -> None:
    draft_id = begin(session, call)
    complete(session, draft_id)
    ready = prepared(session, call)
    sent = service.send_draft(session, draft_id, CODE, actor=RESPONDENT, at=NOON, prepared=ready)
    assert sent_words(session, sent) == ["Because."]
    assert ready is not None
    version = select(SubmissionVersion.sha256).where(SubmissionVersion.submission_id == sent)
    assert session.scalars(version).all() == [ready.ready.evidence.sha256]


def test_words_saved_after_sending_was_prepared_are_sent_too(session: Session, call: Call) -> None:
    draft_id = begin(session, call)
    complete(session, draft_id)
    ready = prepared(session, call)
    later = NOON + timedelta(milliseconds=1)
    service.save_answer(session, draft_id, "why", "On second thoughts.", at=later)
    sent = service.send_draft(session, draft_id, CODE, actor=RESPONDENT, at=later, prepared=ready)
    assert sent_words(session, sent) == ["On second thoughts."]


def test_what_was_prepared_in_time_is_not_sent_after_the_call_closed(session: Session, call: Call) -> None:
    draft_id = begin(session, call)
    complete(session, draft_id)
    ready = prepared(session, call)
    late = NOON + timedelta(days=10)
    with pytest.raises(service.CallNotOpen):
        service.send_draft(session, draft_id, CODE, actor=RESPONDENT, at=late, prepared=ready)
    assert session.scalars(select(Submission)).all() == []


def test_nothing_is_prepared_of_a_draft_that_was_sent_or_of_a_call_that_is_closed(
    session: Session, call: Call
) -> None:
    draft_id = begin(session, call)
    complete(session, draft_id)
    assert prepared(session, call, at=NOON + timedelta(days=10)) is None
    send(session, draft_id)
    assert prepared(session, call) is None


def test_a_draft_with_gaps_is_not_prepared_and_sending_says_what_is_missing(
    session: Session, call: Call
) -> None:
    draft_id = begin(session, call)
    assert prepared(session, call) is None
    with pytest.raises(BadInput, match="put right"):
        send(session, draft_id)


# What changes between preparing and sending, without any other sign of it.
CHANGES: dict[str, Callable[[Session, int], object]] = {
    "when it was saved": lambda s, d: s.execute(
        update(Draft).where(Draft.id == d).values(saved_at=NOON + timedelta(seconds=1))
    ),
    "an answer": lambda s, d: s.execute(update(Draft).where(Draft.id == d).values(answers={"why": "Else."})),
    "the choice": lambda s, d: s.execute(
        update(Draft).where(Draft.id == d).values(about={"name": "Ann", "publication": "not_published"})
    ),
    "the language": lambda s, d: s.execute(update(Draft).where(Draft.id == d).values(language="cy")),
    "a mark": lambda s, d: s.execute(
        update(Draft)
        .where(Draft.id == d)
        .values(confidences=[{"question": "why", "words": "Because", "harm": "It names me."}])
    ),
    "the policy": lambda s, _d: s.execute(
        update(Inquiry).values(withdrawal_policy=WithdrawalPolicy.UNTIL_CLOSING)
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changed_since_it_was_prepared_is_worked_out_anew(
    session: Session, call: Call, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    draft_id = begin(session, call)
    complete(session, draft_id)
    ready, again = prepared(session, call), []
    CHANGES[change](session, draft_id)
    session.expire_all()
    work_out = sending.made_ready
    monkeypatch.setattr(sending, "made_ready", lambda *given: again.append(1) or work_out(*given))
    service.send_draft(session, draft_id, CODE, actor=RESPONDENT, at=NOON, prepared=ready)
    assert again == [1]
