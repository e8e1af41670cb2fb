"""The demo is what it says: fictional, varied and true to its own codings."""

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.calls.models import Option, QuestionCondition, Section
from consult.coding.models import Coding, Decision, ModelRun
from consult.demo import seed
from consult.demo.read import codebook_rows, evidence_files, inquiry_file
from consult.evidence.models import (
    Answer,
    AnswerCell,
    ConfidentialPassage,
    Declaration,
    Passage,
    SourceText,
    Submission,
)
from consult.themes.models import Theme

FILES = evidence_files()
PLACES = {"cornwall", "southwark", "stevenage", "wigan"}


def free_text(file: dict) -> str:  # type: ignore[type-arg]  # as TOML gives it
    return "\n\n".join(a for a in file["answers"].values() if isinstance(a, str) and len(a) > 60)


def test_there_are_enough_submissions_of_every_kind() -> None:
    assert len(FILES) >= 60
    kinds = Counter(file["respondent_type"] for file in FILES)
    assert set(kinds) == {"community_organisation", "parliamentarian", "local_government", "policy_expert"}
    assert Counter(file["language"] for file in FILES)["cy"] == 2
    assert sum(bool(file.get("campaign")) for file in FILES) == 9
    assert {file["place"] for file in FILES if file["call"] == "testing-in-four-places"} >= PLACES


def test_submissions_in_welsh_answer_a_call_that_is_offered_in_it() -> None:
    offered = {call["slug"] for call in inquiry_file()["calls"] if call.get("in_welsh")}
    assert offered == {file["call"] for file in FILES if file["language"] == "cy"}


def test_submissions_have_the_length_of_real_ones() -> None:
    lengths = [len(free_text(file).split()) for file in FILES]
    assert min(lengths) >= 150
    assert max(lengths) <= 1200
    assert sum(length > 800 for length in lengths) >= 3


def test_every_coding_quotes_its_answer_word_for_word() -> None:
    for file in FILES:
        for coding in file["codings"]:
            assert coding["quote"] in file["answers"][coding["question"]], file["title"]


def test_the_codebook_has_the_headings_of_the_report_and_the_code_that_all_began_with() -> None:
    rows = codebook_rows()
    assert len(rows) >= 18
    assert "Real power resides elsewhere" in {row["name"] for row in rows}
    assert len({theme["slug"] for theme in inquiry_file()["themes"]}) == 4


@pytest.fixture
def seeded(session: Session, sent_jobs: list[int]) -> Session:
    seed.seed(lambda step: None)
    return session


def test_the_demo_is_seeded_through_the_real_verbs(seeded: Session) -> None:
    assert not seed.is_empty()
    count = {
        m: seeded.scalar(select(func.count()).select_from(m)) for m in (Submission, Theme, User, ModelRun)
    }
    assert count == {Submission: len(FILES), Theme: 4, User: 5, ModelRun: 2}
    touched = select(func.count(func.distinct(Passage.submission_id))).join(
        Coding, Coding.passage_id == Passage.id
    )
    assert seeded.scalar(touched) == pytest.approx(len(FILES) / 3, abs=2)
    assert (seeded.scalar(select(func.count()).select_from(Decision)) or 0) > 100
    for passage, text in seeded.execute(
        select(Passage, SourceText).join(SourceText, SourceText.id == Passage.source_text_id)
    ):
        assert text.body[passage.start : passage.end] == passage.quote


def test_the_demo_shows_what_questions_can_do(seeded: Session) -> None:
    def count(model: type[Any], *conditions: Any) -> int:
        return seeded.scalar(select(func.count()).select_from(model).where(*conditions)) or 0

    assert count(Section) == 3
    assert count(QuestionCondition) == 4
    assert count(Option, Option.exclusive) == 1
    assert count(AnswerCell) > 60
    assert count(Answer, Answer.declined) >= 3
    assert count(Declaration) == 2
    assert count(Answer, Answer.publication.is_not(None)) == 1
    quoted = seeded.execute(
        select(SourceText.body, ConfidentialPassage.start, ConfidentialPassage.end).join(
            ConfidentialPassage, ConfidentialPassage.source_text_id == SourceText.id
        )
    )
    assert [body[start:end][:10] for body, start, end in quoted] == ["I had a ge"]
