"""How good suggestions are: counts become estimates, and each number opens the list behind it."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.assist.quality import estimated
from consult.calls.models import Inquiry
from consult.coding.queries.quality import CodeCounts
from consult.coding.rules import NewSuggestion, PassageRead, Verdict
from consult.coding.service import apply_code, decide_suggestion, read_passage_blind, record_suggestions
from consult.evidence.rules import Bounds
from consult.foundation.security import SYSTEM, Actor, Role
from tests.builders import NOON, Builder
from tests.page import PageClient

WORDS = "The bus stops at six.\n\nNobody asks us.\n\nThe last train left in 1966.\n\nWe want a say."


def counts(**changes: int) -> CodeCounts:
    given = {
        "decided": 0, "accepted": 0, "sample": 100, "proposed": 20, "right": 15, "missed": 5,
        "population": 1_000, "begun": 0, "proposed_of_all": 200, "found_before": 0,
    }  # fmt: skip
    return CodeCounts(slug="a", name="A", **{**given, **changes})


def test_a_code_has_precision_recall_and_prevalence_with_intervals() -> None:
    told = estimated(counts())
    assert told.precision.value == pytest.approx(15 / 20)
    assert told.found.value == pytest.approx(150 / (150 + 5 * 800 / 80))
    assert told.prevalence.value == pytest.approx(20 / 100)
    for estimate in (told.precision, told.found, told.prevalence):
        assert estimate.low is not None
        assert estimate.high is not None
        assert estimate.value is not None
        assert estimate.low < estimate.value < estimate.high


def test_without_a_sample_nothing_is_known_and_the_reason_is_given() -> None:
    told = estimated(counts(sample=0, proposed=0, right=0, missed=0))
    assert (told.precision.value, told.found.value, told.prevalence.value) == (None, None, None)
    assert told.precision.reason
    assert told.enough.enough is None


def test_enough_is_read_when_the_rest_can_hide_but_little() -> None:
    assert (
        estimated(counts(found_before=190, begun=190, sample=100, right=4, missed=0)).enough.enough is False
    )
    nearly_all = counts(found_before=190, begun=890, sample=100, right=4, missed=0)
    assert estimated(nearly_all).enough.enough is True


def test_evidence_that_left_the_population_after_it_was_sampled_breaks_nothing() -> None:
    told = estimated(counts(population=50, proposed_of_all=5))
    assert told.precision.value == pytest.approx(0.75)


@pytest.fixture
def sampled(build: Builder, session: Session, sent_jobs: list[int]) -> str:
    """Give an inquiry with a passage decided, one right, one missed; return where its figures stand."""
    inquiry = build.inquiry()
    code = build.code(build.codebook(inquiry), slug="transport", name="Transport")
    submission = build.submission(build.call(inquiry), WORDS)
    passages, run = build.passages(submission), build.model_run(inquiry)
    ann = {
        "inquiry_id": inquiry.id,
        "actor": Actor.member(build.member(inquiry, Role.ANALYST).id),
        "at": NOON,
    }
    proposed = (NewSuggestion(code.id, 0.8, 1),)
    read = [PassageRead(passages[0].id, proposed, blind=True), PassageRead(passages[2].id, blind=True)]
    record_suggestions(session, run, read, actor=SYSTEM, at=NOON)
    for passage in (passages[0], passages[2]):
        apply_code(session, passage.source_text_id, Bounds(passage.start, passage.end), code.id, **ann)
        read_passage_blind(session, passage.id, **ann)
    (decided,) = build.suggestions(run, passages[1], code)
    decide_suggestion(session, decided.id, Verdict.REJECT, **ann)
    session.commit()
    return inquiry.slug


@pytest.fixture
def reader(
    sampled: str, build: Builder, session: Session, client_of: Callable[[User], PageClient]
) -> PageClient:
    inquiry = session.scalars(select(Inquiry).where(Inquiry.slug == sampled)).one()
    chair = build.member(inquiry, Role.CHAIR)
    session.commit()
    return client_of(chair)


def test_the_page_gives_each_figure_its_base_and_its_list(sampled: str, reader: PageClient) -> None:
    page = reader.get(f"/inquiries/{sampled}/coding/quality")
    assert "2 of 3 passages were drawn by lot and read without suggestions" in page.text
    assert "passages in the sample for which it was proposed" in page.text
    assert "2 of 2 passages in the sample" in page.text
    for words, quotes in {
        "1: suggestions decided": ["Nobody asks us."],
        "1: passages for which it was proposed": ["The bus stops at six."],
        "1: passages where it was right": ["The bus stops at six."],
        "1: passages where it was missed": ["The last train left in 1966."],
    }.items():
        behind = reader.get(page.link(words))
        assert [quote for quote in WORDS.split("\n\n") if quote in behind.text] == quotes, words


def test_the_front_page_leads_the_chair_to_the_figures(sampled: str, reader: PageClient) -> None:
    page = reader.get(f"/inquiries/{sampled}")
    assert reader.get(page.link("How good the suggestions are")).h1 == "How good the suggestions are"


def test_a_list_that_there_is_not_is_not_found(sampled: str, reader: PageClient) -> None:
    reader.get(f"/inquiries/{sampled}/coding/quality/transport/everything", status=404)
    reader.get(f"/inquiries/{sampled}/coding/quality/nothing/decided", status=404)
    assert (
        "There is no such passage"
        in reader.get(f"/inquiries/{sampled}/coding/quality/transport/accepted").text
    )


def test_before_there_are_codes_the_page_says_what_is_missing(
    build: Builder, session: Session, client_of: Callable[[User], PageClient]
) -> None:
    inquiry = build.inquiry()
    build.codebook(inquiry)
    chair = build.member(inquiry, Role.CHAIR)
    session.commit()
    assert "no codes yet" in client_of(chair).get(f"/inquiries/{inquiry.slug}/coding/quality").text
