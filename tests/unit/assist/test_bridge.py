"""The bridge, with the real library: what arrives is cut and proposed for, and decisions are learned from."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from consult.assist import bridge
from consult.assist.queries import codes_seen, passages_read
from consult.assist.rules import SeenCode, all_decided, most_to_propose
from consult.calls.models import Call, Inquiry
from consult.codebook.models import Code
from consult.coding.models import LatestRun, ModelRun, Suggestion
from consult.coding.queries import DecidedPair, PassageToRead
from consult.coding.rules import Verdict
from consult.coding.service import apply_code, decide_suggestion
from consult.evidence.models import Passage, SourceText, Submission
from consult.evidence.queries.vectors import quotes_now
from consult.evidence.rules import Bounds, Channel, PublicationChoice, SubmissionState
from consult.evidence.service import GivenAnswer, GivenEvidence, receive_submission
from consult.foundation.database import transaction
from consult.foundation.jobs.models import Job
from consult.foundation.jobs.names import JobName, JobState
from consult.foundation.security import RESPONDENT, SYSTEM, Actor, Role
from tests.builders import NOON, Builder

TEXTS = (
    """The bus stops at six. Nobody without a car can come to a meeting in the evening.

Young people were never asked about the youth club before it was closed.""",
    "Our hall was sold over our heads. The council sold the hall and the library.\n\n🏛 Cymru am byth.",
)


def untold(_done: int, _total: int, _message: str) -> None:
    pass


@pytest.fixture
def inquiry(build: Builder, sent_jobs: list[int]) -> Inquiry:
    """Give an inquiry with a codebook of three codes and two submissions."""
    made = build.inquiry()
    codebook = build.codebook(made)
    build.code(
        codebook,
        slug="distance",
        name="Distance and transport",
        definition="Buses, cars, getting to meetings.",
    )
    build.code(
        codebook, slug="young", name="Young people", definition="Young people are not asked; youth clubs."
    )
    build.code(
        codebook, slug="spaces", name="Community spaces", definition="Halls and libraries sold or closed."
    )
    call = build.call(made)
    question = build.question(call)
    build.session.commit()
    for text in TEXTS:
        send(made, call, question.id, text)
    return made


def send(inquiry: Inquiry, call: Call, question_id: int, text: str) -> None:
    evidence = GivenEvidence(
        call_id=call.id, name="A", organisation="", email="", respondent_type_id=None, place_id=None,
        publication=PublicationChoice.WITH_NAME, language="en", title="",
        answers=(GivenAnswer(question_id, text=text),), channel=Channel.WEB,
    )  # fmt: skip
    with transaction() as session:
        receive_submission(session, evidence, inquiry_id=inquiry.id, actor=RESPONDENT, at=NOON)


def propose(inquiry: Inquiry, *, again: bool = False) -> bridge.Proposed:
    bridge.cut_waiting(inquiry.id, untold)
    return bridge.propose_waiting(inquiry.id, untold, actor=SYSTEM, again=again)


def newest(session: Session, words: str) -> list[Suggestion]:
    found = (
        select(Suggestion)
        .join(Passage, Passage.id == Suggestion.passage_id)
        .join(LatestRun, (LatestRun.passage_id == Passage.id) & (LatestRun.run_id == Suggestion.run_id))
        .where(Passage.quote.contains(words))
    )
    return list(session.scalars(found.order_by(Suggestion.rank)))


def test_passages_are_stored_in_turns_so_that_nobody_who_saves_waits_long(
    inquiry: Inquiry, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[int, int]] = []
    monkeypatch.setattr(bridge, "PASSAGES_AT_ONCE", 1)
    assert bridge.cut_waiting(inquiry.id, lambda done, total, _said: told.append((done, total))) == 4
    assert told == [(1, 2), (2, 2)]


def test_passages_are_cut_exactly_and_once(inquiry: Inquiry, session: Session) -> None:
    bridge.cut_waiting(inquiry.id, untold)
    assert bridge.cut_waiting(inquiry.id, untold) == 0
    rows = session.execute(
        select(Passage, SourceText).join(SourceText, SourceText.id == Passage.source_text_id)
    ).all()
    assert len(rows) == 4
    for passage, text in rows:
        assert text.body[passage.start : passage.end] == passage.quote


WELSH = "Mae'r bws olaf yn gadael am bump. Nid oes neb yn gallu mynd adref o'r gwaith yn y dref. "


def test_passages_are_cut_and_kept_in_the_language_they_are_written_in(
    inquiry: Inquiry, session: Session, build: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was sent as English is cut as Welsh where it is Welsh: an English pipeline would misread it."""
    asked: list[str] = []
    monkeypatch.setattr("nlp.personal.installed_pipeline", asked.append)
    call = session.scalars(select(Call).where(Call.inquiry_id == inquiry.id)).one()
    submission = build.submission(call, f"{WELSH * 3}\n\n{TEXTS[0]}", WELSH * 3, "1234")
    session.commit()
    bridge.cut_waiting(inquiry.id, untold)
    assert sorted(asked) == ["cy", "en"]
    found = session.execute(
        select(Passage.language, SourceText.position)
        .join(SourceText, SourceText.id == Passage.source_text_id)
        .where(Passage.submission_id == submission.id)
        .order_by(SourceText.position, Passage.start)
    )
    assert [tuple(row) for row in found] == [("cy", 1), ("en", 1), ("en", 1), ("cy", 2), (None, 3)]


def test_codes_are_proposed_from_their_definitions_alone(inquiry: Inquiry, session: Session) -> None:
    done = propose(inquiry)
    assert (done.passages, done.run_id is not None) == (4, True)
    best = newest(session, "The bus stops")[0]
    assert session.get_one(Code, best.code_id).slug == "distance"
    assert best.from_definition
    quote = session.get_one(Passage, best.passage_id).quote
    assert best.reasons
    assert all(quote[reason["start"] : reason["end"]] == reason["text"] for reason in best.reasons)


def test_proposing_twice_under_the_same_codebook_does_nothing(inquiry: Inquiry, session: Session) -> None:
    propose(inquiry)
    assert propose(inquiry) == bridge.Proposed(None, 0, 0, 0)
    assert session.scalar(select(func.count()).select_from(ModelRun)) == 1


def test_no_run_is_recorded_where_everything_left_is_out_of_scope(inquiry: Inquiry, session: Session) -> None:
    bridge.cut_waiting(inquiry.id, untold)
    for submission in session.scalars(select(Submission).order_by(Submission.id.desc()).limit(1)):
        submission.state = SubmissionState.OUT_OF_SCOPE
    session.commit()
    assert propose(inquiry).passages == 2
    assert propose(inquiry) == bridge.NOTHING
    for submission in session.scalars(select(Submission)):
        submission.state = SubmissionState.OUT_OF_SCOPE
    session.commit()
    assert propose(inquiry, again=True) == bridge.NOTHING
    assert session.scalar(select(func.count()).select_from(ModelRun)) == 1


def test_a_run_names_what_it_was_made_with(inquiry: Inquiry, session: Session) -> None:
    propose(inquiry)
    run = session.scalars(select(ModelRun)).one()
    assert (run.inquiry_id, run.decided, len(run.data_sha256)) == (inquiry.id, 0, 64)
    assert run.codebook_version_id
    assert run.settings["limit"] == 3


def test_few_codes_are_proposed_until_somebody_has_decided() -> None:
    assert [most_to_propose(decided) for decided in (0, 1, 500)] == [3, 5, 5]


def test_a_changed_codebook_is_proposed_for_anew(inquiry: Inquiry, session: Session) -> None:
    propose(inquiry)
    with transaction() as writing:
        writing.scalars(select(Code).where(Code.slug == "young")).one().definition = "Teenagers."
    assert propose(inquiry).passages == 4


def test_an_inquiry_without_codes_is_left_alone(build: Builder, sent_jobs: list[int]) -> None:
    empty = build.inquiry()
    build.codebook(empty)
    build.session.commit()
    assert propose(empty) == bridge.Proposed(None, 0, 0, 0)


def test_rejecting_and_accepting_move_the_next_run(
    inquiry: Inquiry, session: Session, build: Builder, sent_jobs: list[int]
) -> None:
    reader = Actor.member(build.member(inquiry, Role.ANALYST).id)
    session.commit()
    propose(inquiry)
    untouched = {s.id for s in newest(session, "Young people")}
    first = newest(session, "The bus stops")[0].id
    with transaction() as writing:
        decide_suggestion(writing, first, Verdict.ACCEPT, inquiry_id=inquiry.id, actor=reader, at=NOON)
    done = propose(inquiry, again=True)
    assert done.passages == 3, "what somebody has begun keeps its suggestions"
    assert {s.id for s in newest(session, "Young people")}.isdisjoint(untouched)
    newest_run = session.scalars(select(ModelRun).order_by(ModelRun.id.desc()).limit(1)).one()
    assert newest_run.decided == 1


def test_a_passage_is_read_when_everything_proposed_for_it_is_settled(
    inquiry: Inquiry, session: Session, build: Builder, sent_jobs: list[int]
) -> None:
    reader = Actor.member(build.member(inquiry, Role.ANALYST).id)
    session.commit()
    propose(inquiry)
    suggestions = [s.id for s in newest(session, "Our hall")]
    for position, suggestion_id in enumerate(suggestions):
        assert passages_read(session, inquiry.id) == []
        verdict = Verdict.REJECT if position else Verdict.ACCEPT
        with transaction() as writing:
            decide_suggestion(writing, suggestion_id, verdict, inquiry_id=inquiry.id, actor=reader, at=NOON)
    assert [p.quote[:8] for p in passages_read(session, inquiry.id)] == ["Our hall"]
    session.execute(update(Submission).values(state=SubmissionState.WITHDRAWN))
    assert passages_read(session, inquiry.id) == [], "nothing is learned from what counts no more"
    session.rollback()


def test_a_passage_whose_words_were_erased_meanwhile_gets_no_suggestion_that_quotes_them(
    inquiry: Inquiry, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    bridge.cut_waiting(inquiry.id, untold)
    erased = session.scalars(select(Passage.id).order_by(Passage.id)).first()
    session.rollback()
    monkeypatch.setattr(bridge, "quotes_now", lambda s, ids: {**quotes_now(s, ids), erased: "████"})
    propose(inquiry)
    session.rollback()
    read = set(session.scalars(select(LatestRun.passage_id)))
    assert read
    assert erased not in read
    assert erased not in set(session.scalars(select(Suggestion.passage_id)))


def test_a_coding_of_words_counts_for_the_passage_around_them(
    inquiry: Inquiry, session: Session, build: Builder, sent_jobs: list[int]
) -> None:
    reader = Actor.member(build.member(inquiry, Role.ANALYST).id)
    session.commit()
    propose(inquiry)
    text = session.scalars(select(SourceText).where(SourceText.body.startswith("Our hall"))).one()
    start = text.body.index("sold the hall")
    code = session.scalars(select(Code).where(Code.slug == "spaces")).one()
    with transaction() as writing:
        bounds = Bounds(start, start + len("sold the hall"))
        apply_code(writing, text.id, bounds, code.id, inquiry_id=inquiry.id, actor=reader, at=NOON)
    cut = session.scalars(select(Passage).where(Passage.quote.startswith("Our hall"))).one()
    assert SeenCode(cut.id, "spaces") in codes_seen(session, inquiry.id)


def test_silence_on_a_finished_passage_says_no() -> None:
    pairs = [
        DecidedPair(1, "read", "a", True),
        DecidedPair(2, "open", "a", False),
        DecidedPair(2, "open", "gone", True),
    ]
    found = set(all_decided(pairs, [PassageToRead(1, "read")], {SeenCode(1, "a")}, ["a", "b"]))
    assert found == {
        DecidedPair(1, "read", "a", True),
        DecidedPair(1, "read", "b", False),
        DecidedPair(2, "open", "a", False),
    }


def test_evidence_that_arrives_is_prepared_by_its_job(
    inquiry: Inquiry, session: Session, run_sent_jobs: Callable[[], int]
) -> None:
    assert run_sent_jobs() == 2, "the second submission joined the job that was waiting"
    job = session.scalars(select(Job).where(Job.name == JobName.SUBMISSIONS_RECEIVED)).one()
    assert (job.state, job.progress_done) == (JobState.DONE, 4)
    assert session.scalar(select(func.count()).select_from(LatestRun)) == 4
