"""An erasure reaches every table, and nothing that is not meant."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from consult.assist.artefacts import folder_of, mark_of
from consult.codebook.models import CodebookVersion, CodeExample
from consult.codebook.models_groups import EmergentGroup, EmergentGroupMember
from consult.codebook.rules_groups import SearchedIn
from consult.codebook.service import Found, Search, end_search, record_groups, start_search
from consult.coding.models import Coding
from consult.coding.service import apply_code
from consult.evidence import search
from consult.evidence.extraction import Extraction, Outcome
from consult.evidence.models import ConfidentialPassage, Passage, Respondent, SourceText, Submission
from consult.evidence.models_campaigns import Campaign, CampaignMember
from consult.evidence.rules import Bounds, SubmissionState, sha256_of
from consult.evidence.service import GivenAttachment, GivenConfidence, change_state
from consult.foundation import audit
from consult.foundation.audit import AuditEvent
from consult.foundation.files import file_store
from consult.foundation.security import SYSTEM, Actor, Role
from consult.privacy import service
from consult.privacy.jobs import carry_out_erasure, finish_what_broke
from consult.privacy.models import ErasureStep
from consult.privacy.rules import ErasureGround, ErasureKind, TargetKind
from consult.privacy.service import Order, Target
from consult.privacy.service.guards import guards_lifted
from tests.builders import NOON, Builder

CANARY = "Zebedee Quillfeather keeps ferrets behind the allotment water tank"
OTHER = "The bus stops at six and nobody asked the village about it at all"


def order(
    session: Session, submission: Submission, kind: ErasureKind = ErasureKind.SUBMISSIONS, *targets: Target
) -> int:
    chosen = targets or (Target(TargetKind.SUBMISSION, submission.id, submission.reference),)
    wanted = Order(kind, ErasureGround.ASKED, chosen)
    erasure = service.order_erasure(session, wanted, inquiry_id=submission.inquiry_id, actor=SYSTEM, at=NOON)
    session.commit()
    return erasure.id


def erased(session: Session, submission: Submission, *targets: Target, **kind: ErasureKind) -> dict[str, int]:
    erasure_id = order(session, submission, kind.get("kind", ErasureKind.SUBMISSIONS), *targets)
    carry_out_erasure(erasure_id)
    steps = select(ErasureStep.store, ErasureStep.reached).where(ErasureStep.erasure_id == erasure_id)
    return {row.store: row.reached for row in session.execute(steps)}


def span_of(session: Session, submission: Submission, words: str) -> Target:
    row = session.scalars(select(SourceText).where(SourceText.submission_id == submission.id)).one()
    start = row.body.index(words)
    return Target(TargetKind.SPAN, row.id, submission.reference, start, start + len(words))


def test_a_submission_goes_with_all_that_hangs_on_it_and_no_other(build: Builder, session: Session) -> None:
    inquiry = build.inquiry()
    analyst = build.member(inquiry, Role.ANALYST)
    call = build.call(inquiry)
    code = build.code(build.codebook(inquiry))
    going = build.submission(call, CANARY, name="Zebedee Quillfeather", email="zebedee@example.org")
    staying = build.submission(call, OTHER)
    for submission in (going, staying):
        (passage,) = build.passages(submission)
        build.suggestions(build.model_run(inquiry), passage, code)
        apply_code(
            session,
            passage.source_text_id,
            Bounds(passage.start, passage.end),
            code.id,
            inquiry_id=inquiry.id,
            actor=Actor.member(analyst.id),
            at=NOON,
        )
    counts = erased(session, going)
    assert counts["codings"] == counts["passages"] == counts["respondents"] == counts["submissions"] == 1
    assert "Done" in counts
    assert not any(store.startswith("Found again") for store in counts)
    assert list(session.scalars(select(Submission.reference))) == [staying.reference]
    assert session.scalar(select(func.count()).select_from(Coding)) == 1
    assert session.scalar(select(func.count()).select_from(Respondent)) == 1
    assert list(session.scalars(search.texts_matching(session, search.terms_of("ferrets")))) == []
    assert len(list(session.scalars(search.texts_matching(session, search.terms_of("village"))))) == 1


def test_words_marked_in_a_document_go_with_it_and_so_does_the_harm(build: Builder, session: Session) -> None:
    call = build.call(build.inquiry())
    stored = file_store().keep(b"bytes of a report")
    mark = GivenConfidence(Bounds(0, 7), "Zebedee would lose his post.")
    report = GivenAttachment(
        stored.sha256,
        "report.docx",
        stored.size,
        Extraction(Outcome.TEXT, "docx", CANARY),
        confidences=(mark,),
    )
    going = build.submission(call, OTHER, attachments=(report,))
    staying = build.submission(call, "Kept.", attachments=(replace(report, sha256="b" * 64),))
    counts = erased(session, going)
    assert counts["confidential_passages"] == 1
    left = session.scalars(
        select(SourceText.submission_id).join(
            ConfidentialPassage, ConfidentialPassage.source_text_id == SourceText.id
        )
    )
    assert list(left) == [staying.id]


def test_models_that_may_have_learned_from_it_go_with_a_submission(build: Builder, session: Session) -> None:
    inquiry = build.inquiry()
    call = build.call(inquiry)
    whole, part = build.submission(call, CANARY), build.submission(call, OTHER)
    session.commit()
    for submission, *targets in ((whole,), (part, span_of(session, part, "asked the village"))):
        saved = folder_of(inquiry.id) / "1"
        saved.mkdir(parents=True, exist_ok=True)
        mark = mark_of(inquiry.id)
        kind = ErasureKind.WORDS if targets else ErasureKind.SUBMISSIONS
        assert erased(session, submission, *targets, kind=kind)["Saved models"] == 1
        assert not saved.exists()
        assert mark_of(inquiry.id) != mark


def test_the_audit_chain_is_whole_after_reasons_were_erased(build: Builder, session: Session) -> None:
    inquiry = build.inquiry()
    submission = build.submission(build.call(inquiry), CANARY)
    change_state(
        session, submission.reference, SubmissionState.OUT_OF_SCOPE, why="Quillfeather wrote of ferrets",
        inquiry_id=inquiry.id, actor=SYSTEM, at=NOON,
    )  # fmt: skip
    counts = erased(session, submission)
    assert counts["Reasons in the audit log"] == 1
    assert not any("Quillfeather" in why for why in session.scalars(select(AuditEvent.why)))
    assert audit.first_break(session, inquiry.id) is None


def test_a_forged_reason_still_breaks_the_chain(build: Builder, session: Session) -> None:
    inquiry = build.inquiry()
    submission = build.submission(build.call(inquiry), CANARY)
    event = audit.record(
        session, audit.Act("try", "thing", 1, "why"), inquiry_id=inquiry.id, actor=SYSTEM, at=NOON
    )
    erasure_id = order(session, submission)
    with guards_lifted(session, erasure_id):
        session.execute(text("UPDATE audit_events SET why = '' WHERE id = :id"), {"id": event.id})
    session.expire_all()
    assert audit.first_break(session, inquiry.id) == event.id


def test_an_erasure_run_twice_does_no_harm(build: Builder, session: Session) -> None:
    call = build.call(build.inquiry())
    going, staying = build.submission(call, CANARY), build.submission(call, OTHER)
    erasure_id = order(session, going)
    carry_out_erasure(erasure_id)
    carry_out_erasure(erasure_id)
    done = select(func.count()).select_from(ErasureStep).where(ErasureStep.store == "Done")
    assert session.scalar(done) == 1
    assert list(session.scalars(select(Submission.reference))) == [staying.reference]


def test_an_erasure_whose_job_was_given_up_is_carried_out_by_the_hour(
    build: Builder, session: Session
) -> None:
    order(session, build.submission(build.call(build.inquiry()), CANARY))
    finish_what_broke(NOON + timedelta(minutes=30))
    assert session.scalar(select(func.count()).select_from(Submission)) == 1
    finish_what_broke(NOON + timedelta(hours=2))
    assert session.scalar(select(func.count()).select_from(Submission)) == 0


def test_an_id_given_again_is_not_erased_for_the_one_before(build: Builder, session: Session) -> None:
    call = build.call(build.inquiry())
    later = build.submission(call, OTHER)
    erasure_id = order(
        session, later, ErasureKind.SUBMISSIONS, Target(TargetKind.SUBMISSION, later.id, "LOC9999")
    )
    carry_out_erasure(erasure_id)
    assert session.get(Submission, later.id) is not None


def test_erased_words_are_blotted_out_and_what_is_left_still_fits(build: Builder, session: Session) -> None:
    inquiry = build.inquiry()
    submission = build.submission(build.call(inquiry), f"{OTHER}\n\n{CANARY}. {OTHER}")
    passages = build.passages(submission)
    code = build.code(build.codebook(inquiry))
    build.suggestions(build.model_run(inquiry), passages[1], code)
    name = "Zebedee Quillfeather"
    counts = erased(session, submission, span_of(session, submission, name), kind=ErasureKind.WORDS)
    session.expire_all()
    row = session.scalars(select(SourceText)).one()
    assert name not in row.body
    assert "███████ ████████████ keeps ferrets" in row.body
    assert row.sha256 == sha256_of(row.body)
    for passage in session.scalars(select(Passage)):
        assert passage.quote == row.body[passage.start : passage.end]
    assert not any(store.startswith("Found again") for store in counts)
    assert list(session.scalars(search.texts_matching(session, search.terms_of("Quillfeather")))) == []
    assert list(session.scalars(search.texts_matching(session, search.terms_of("ferrets")))) == [row.id]


def test_a_passage_of_which_nothing_is_left_goes_with_its_codings(build: Builder, session: Session) -> None:
    inquiry = build.inquiry()
    analyst = build.member(inquiry, Role.ANALYST)
    submission = build.submission(build.call(inquiry), f"{OTHER}\n\n{CANARY}")
    code = build.code(build.codebook(inquiry))
    for passage in build.passages(submission):
        apply_code(
            session,
            passage.source_text_id,
            Bounds(passage.start, passage.end),
            code.id,
            inquiry_id=inquiry.id,
            actor=Actor.member(analyst.id),
            at=NOON,
        )
    counts = erased(session, submission, span_of(session, submission, CANARY), kind=ErasureKind.WORDS)
    assert counts["codings"] == 1
    assert [p.quote for p in session.scalars(select(Passage))] == [OTHER]


def test_an_example_copied_from_erased_words_leaves_the_codebook_and_its_versions(
    build: Builder, session: Session
) -> None:
    inquiry = build.inquiry()
    code = build.code(build.codebook(inquiry))
    build.add(CodeExample(code_id=code.id, position=1, quote="keeps ferrets behind the allotment"))
    build.add(CodeExample(code_id=code.id, position=2, quote="The bus stops at six and nobody asked"))
    build.model_run(inquiry)
    erased(session, build.submission(build.call(inquiry), CANARY))
    session.expire_all()
    assert [example.quote[:7] for example in session.scalars(select(CodeExample))] == ["The bus"]
    assert "ferrets" not in str(session.scalars(select(CodebookVersion)).one().content)


def test_a_campaign_shows_another_letter_when_its_template_is_erased(
    build: Builder, session: Session
) -> None:
    inquiry = build.inquiry()
    clerk = build.member(inquiry, Role.CLERK)
    call = build.call(inquiry)
    first, second = build.submission(call, CANARY), build.submission(call, CANARY)
    campaign = build.campaign(clerk, first, second)
    counts = erased(session, first)
    session.expire_all()
    assert session.get_one(Campaign, campaign.id).template_id == second.id
    assert list(session.scalars(select(CampaignMember.submission_id))) == [second.id]
    # Somebody else wrote the same words, which are theirs.
    assert counts["Found again by looking through every table: source_texts"] == 1


def test_a_campaign_ends_with_its_last_letter(build: Builder, session: Session) -> None:
    inquiry = build.inquiry()
    letter = build.submission(build.call(inquiry), CANARY)
    build.campaign(build.member(inquiry, Role.CLERK), letter)
    erased(session, letter)
    assert session.scalar(select(func.count()).select_from(Campaign)) == 0


def test_the_models_learn_again_without_the_words(
    build: Builder, session: Session, run_sent_jobs: Callable[[], int], sent_jobs: list[int]
) -> None:
    inquiry = build.inquiry()
    erased(session, build.submission(build.call(inquiry), CANARY))
    names = set(session.scalars(text("SELECT name FROM jobs WHERE state = 'queued'")))
    assert {"suggestions_wanted", "campaigns_wanted"} <= names
    run_sent_jobs()


@pytest.mark.parametrize("table", ["source_texts", "codings", "audit_events", "erasures"])
def test_without_an_open_erasure_the_guards_stand(build: Builder, session: Session, table: str) -> None:
    submission = build.submission(build.call(build.inquiry()), CANARY)
    erasure_id = order(session, submission)
    with guards_lifted(session, erasure_id):
        pass
    row = session.scalars(select(SourceText.id)).one()
    with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
        session.execute(text("UPDATE source_texts SET body = 'x' WHERE id = :id"), {"id": row})
    if table in {"audit_events", "erasures"}:
        with (
            pytest.raises(DBAPIError, match="append-only"),
            session.begin_nested(),
            guards_lifted(session, erasure_id),
        ):
            session.execute(text(f"DELETE FROM {table}"))


def test_guards_that_stay_lifted_can_never_be_committed(build: Builder, session: Session) -> None:
    erasure_id = order(session, build.submission(build.call(build.inquiry()), CANARY))
    opened = guards_lifted(session, erasure_id)
    opened.__enter__()
    connection = session.connection()
    immediate = {
        "sqlite": "PRAGMA foreign_key_check(open_erasures)",
        "postgresql": "SET CONSTRAINTS ALL IMMEDIATE",
    }[connection.dialect.name]
    if connection.dialect.name == "sqlite":
        assert connection.execute(text(immediate)).all() != []
    else:
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(text(immediate))


def test_phrases_of_a_group_that_stand_in_erased_words_go_and_its_passages_with_the_evidence(
    build: Builder, session: Session
) -> None:
    inquiry = build.inquiry()
    call = build.call(inquiry)
    going, staying = build.submission(call, CANARY), build.submission(call, OTHER)
    members = [build.passages(submission)[0].id for submission in (going, staying)]
    search = start_search(
        session,
        Search(SearchedIn.ALL, "finder", "1", {}, "0" * 64, 0, 2),
        inquiry_id=inquiry.id,
        actor=SYSTEM,
        at=NOON,
    )
    phrases = ("zebedee quillfeather", "bus stops", "water tank")
    record_groups(session, search.id, [Found(phrases, tuple(members), tuple(members), 2, 0.5)])
    end_search(session, search.id, at=NOON)
    counts = erased(session, going)
    assert counts["Phrases of groups to read"] == 1
    assert session.scalars(select(EmergentGroup.phrases)).one() == ["bus stops"]
    assert list(session.scalars(select(EmergentGroupMember.passage_id))) == members[1:]
