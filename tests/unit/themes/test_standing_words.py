"""Words that a later version replaced are in no figure, list, queue, model or export; the rest stays."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.assist.queries import codes_seen, count_passages, count_uncut
from consult.calls.rules import QuestionKind
from consult.coding.models import Coding
from consult.coding.queries import (
    applied_page,
    codings_by_code,
    decided_pairs,
    held_passages,
    queue_page,
    submission_to_code,
    totals_of,
)
from consult.evidence.models import Answer, Submission
from consult.evidence.rules import Channel, PublicationChoice
from consult.evidence.service import GivenAnswer, GivenEvidence, amend_submission
from consult.foundation.security import RESPONDENT
from consult.publication.rules import Clearance
from consult.reports.queries import row_count
from consult.reports.rules import Export
from consult.themes.queries.closed import closed_questions
from consult.themes.queries.figures import base, by_code, by_theme, figures
from consult.themes.queries.lists import count_of, first_quotes, passage_page
from consult.themes.rules import Counts, Selection, Unit
from tests.builders import NOON, Builder
from tests.unit.themes.conftest import World

OLD, KEPT, NEW = "The council decides nothing.", "The bus is late.", "The council listens now."


@pytest.fixture
def sent(world: World, build: Builder) -> Submission:
    """Give a submission with two coded answers, each with a suggestion, whose first is then amended."""
    build.question(world.calls[0])
    sent = build.submission(world.calls[0], OLD, KEPT)
    world.passages[sent.id] = build.passages(sent)
    build.suggestions(build.model_run(world.inquiry), world.passages[sent.id][0], world.codes[1])
    world.code(sent, 0, 0)
    world.code(sent, 1, 0)
    return sent


def amend(
    session: Session, sent: Submission, *texts: str, key: str = "2", extra: tuple[GivenAnswer, ...] = ()
) -> None:
    questions = session.scalars(
        select(Answer.question_id)
        .where(Answer.submission_id == sent.id, Answer.version == 1)
        .order_by(Answer.id)
    )
    answers = (GivenAnswer(question_id, words) for question_id, words in zip(questions, texts, strict=False))
    given: dict[str, Any] = {"name": "Mary Smith", "organisation": "", "email": ""}
    evidence = GivenEvidence(
        call_id=sent.call_id,
        respondent_type_id=None,
        place_id=None,
        publication=PublicationChoice.WITH_NAME,
        language="en",
        title="",
        answers=(*answers, *extra),
        channel=Channel.WEB,
        send_key=key * 64,
        **given,
    )
    amend_submission(session, sent.id, evidence, inquiry_id=sent.inquiry_id, actor=RESPONDENT, at=NOON)


def test_figures_lists_and_quotes_leave_replaced_words_out(
    world: World, session: Session, sent: Submission
) -> None:
    theme = world.theme(0)
    selection = Selection(world.inquiry.id, theme_id=theme.id)
    assert figures(session, selection).total == Counts(2, 1, 1)
    amend(session, sent, NEW, KEPT)
    one = Counts(1, 1, 1)
    assert figures(session, selection).total == one
    assert by_theme(session, Selection(world.inquiry.id)) == {theme.id: one}
    assert by_code(session, selection) == {world.codes[0].id: one}
    assert {unit: count_of(session, selection, unit) for unit in Unit} == dict.fromkeys(Unit, 1)
    assert [quote.quote for quote in passage_page(session, selection, None).items] == [KEPT]
    assert [q.quote for quotes in first_quotes(session, selection).values() for q in quotes] == [KEPT]


def test_evidence_whose_coded_words_are_all_replaced_is_no_longer_coded(
    world: World, session: Session, sent: Submission
) -> None:
    amend(session, sent, NEW, NEW)
    everything = Selection(world.inquiry.id)
    assert (base(session, everything).total.submissions, base(session, everything).total.coded) == (1, 0)
    assert count_of(session, everything.but(coded=True), Unit.SUBMISSIONS) == 0


def test_codings_on_replaced_words_stay_stored_and_are_not_counted(
    world: World, session: Session, sent: Submission
) -> None:
    amend(session, sent, NEW, KEPT)
    assert len(session.scalars(select(Coding.id)).all()) == 2
    code_id = world.codes[0].id
    assert codings_by_code(session, world.inquiry.id) == {code_id: 1}
    assert [applied.quote for applied in applied_page(session, world.inquiry.id, code_id)] == [KEPT]


def test_the_queue_and_the_screen_show_the_newest_words_in_the_order_of_the_questions(
    world: World, session: Session, sent: Submission
) -> None:
    assert totals_of(session, world.inquiry.id).passages_left == 1
    amend(session, sent, NEW, KEPT)
    assert totals_of(session, world.inquiry.id).passages == 0
    assert queue_page(session, world.inquiry.id, world.analyst.id).rows == []
    screen = submission_to_code(session, world.inquiry.id, sent.reference, world.analyst.id)
    assert [text.body for text in screen.texts] == [NEW, KEPT]
    assert len(screen.codings) == 1


def test_the_machine_reads_and_learns_from_the_newest_words(
    world: World, build: Builder, session: Session, sent: Submission
) -> None:
    inquiry_id = world.inquiry.id
    amend(session, sent, NEW, KEPT)
    assert held_passages(session, inquiry_id) == [KEPT]
    assert [pair.quote for pair in decided_pairs(session, inquiry_id)] == [KEPT]
    assert len(codes_seen(session, inquiry_id)) == 1
    assert (count_passages(session, inquiry_id), count_uncut(session, inquiry_id)) == (1, 1)
    amend(session, sent, "Newer.", KEPT, key="3")
    assert count_uncut(session, inquiry_id) == 1


@pytest.mark.parametrize("clearance", list(Clearance))
def test_exports_leave_replaced_words_out(
    world: World, session: Session, sent: Submission, clearance: Clearance
) -> None:
    assert row_count(session, Export.CODINGS, world.inquiry.id, clearance) == 2
    amend(session, sent, NEW, KEPT)
    assert row_count(session, Export.CODINGS, world.inquiry.id, clearance) == 1
    assert row_count(session, Export.SUGGESTIONS, world.inquiry.id, clearance) == 0


def test_a_closed_answer_that_was_changed_is_counted_once(
    world: World, session: Session, sent: Submission
) -> None:
    question = world.build.question(world.calls[0], QuestionKind.NUMBER)
    for key, number in (("2", 3), ("3", 4)):
        amend(session, sent, OLD, KEPT, key=key, extra=(GivenAnswer(question.id, number=number),))
    (answers,) = closed_questions(session, Selection(world.inquiry.id))
    (counted,) = answers.questions
    assert (counted.answered, [(each.value, each.count) for each in counted.offered]) == (1, [(4, 1)])
    chosen = Selection(world.inquiry.id, question_id=question.id, answers=(3,))
    assert count_of(session, chosen, Unit.SUBMISSIONS) == 0
    assert count_of(session, chosen.but(answers=(4,)), Unit.SUBMISSIONS) == 1
