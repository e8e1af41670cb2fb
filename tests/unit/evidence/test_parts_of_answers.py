"""The parts of an answer beside its words: cells, districts, choices of its own, words in confidence."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.calls.rules import QuestionKind
from consult.evidence.models import Answer, AnswerCell, ConfidentialPassage, Declaration
from consult.evidence.rules import Bounds, PublicationChoice
from consult.evidence.service import GivenAnswer, GivenConfidence, GivenDeclaration
from consult.foundation.errors import BadInput, NotFound, Refused
from tests.builders import NOON, Builder


def test_what_an_answer_withholds_and_declares_is_stored_with_it(build: Builder, session: Session) -> None:
    inquiry = build.inquiry()
    call = build.call(inquiry)
    words = build.question(call)
    matrix = build.question(call, QuestionKind.MATRIX)
    often, never = build.option(matrix, "Often", 1), build.option(matrix, "Never", 2)
    bus, train = build.matrix_row(matrix, "By bus", 1), build.matrix_row(matrix, "By train", 2)
    place = build.question(call, QuestionKind.PLACE)
    number = build.question(call, QuestionKind.NUMBER)
    sent = build.evidence(
        call,
        GivenAnswer(
            words.id,
            "My name is Ann. I work there.",
            publication=PublicationChoice.WITHOUT_NAME,
            confidences=(GivenConfidence(Bounds(0, 15), "I would lose my post."),),
        ),
        GivenAnswer(matrix.id, cells=((bus.id, often.id), (train.id, never.id))),
        GivenAnswer(place.id, place_id=build.place(inquiry).id, district="SE15"),
        GivenAnswer(number.id, declined=True),
        declaration=GivenDeclaration(role="Clerk", funding="The county pays us."),
    )
    answers = {
        a.question_id: a for a in session.scalars(select(Answer).where(Answer.submission_id == sent.id))
    }
    assert answers[words.id].publication is PublicationChoice.WITHOUT_NAME
    assert answers[matrix.id].publication is None
    assert answers[place.id].district == "SE15"
    assert [answers[number.id].declined, answers[words.id].declined] == [True, False]
    cells = session.execute(select(AnswerCell.row_id, AnswerCell.option_id).order_by(AnswerCell.row_id)).all()
    assert [tuple(cell) for cell in cells] == [(bus.id, often.id), (train.id, never.id)]
    kept = session.scalars(select(ConfidentialPassage)).one()
    assert (kept.start, kept.end, kept.harm, kept.marked_at) == (0, 15, "I would lose my post.", NOON)
    declared = session.get_one(Declaration, sent.id)
    assert (declared.on_behalf_of, declared.role, declared.funding) == ("", "Clerk", "The county pays us.")


def test_nothing_declared_leaves_no_declaration(build: Builder, session: Session) -> None:
    sent = build.evidence(build.call(build.inquiry()), declaration=GivenDeclaration())
    assert session.get(Declaration, sent.id) is None


@pytest.mark.parametrize(
    ("case", "error"),
    [
        ("a strange row", NotFound),
        ("cells of a single choice", Refused),
        ("words outside", Refused),
        ("no harm", BadInput),
    ],
)
def test_parts_that_do_not_fit_are_refused(build: Builder, case: str, error: type[Exception]) -> None:
    call = build.call(build.inquiry())
    words, single = build.question(call), build.question(call, QuestionKind.SINGLE)
    matrix, other = build.question(call, QuestionKind.MATRIX), build.question(call, QuestionKind.MATRIX)
    column, choice = build.option(matrix, "Often", 1), build.option(single, "Yes", 1)
    row, strange = build.matrix_row(matrix, "By bus", 1), build.matrix_row(other, "By train", 1)
    answers = {
        "a strange row": GivenAnswer(matrix.id, cells=((strange.id, column.id),)),
        "cells of a single choice": GivenAnswer(single.id, cells=((row.id, choice.id),)),
        "words outside": GivenAnswer(words.id, "Short", confidences=(GivenConfidence(Bounds(0, 9), "harm"),)),
        "no harm": GivenAnswer(words.id, "Short", confidences=(GivenConfidence(Bounds(0, 2), "  "),)),
    }
    with pytest.raises(error):
        build.evidence(call, answers[case])
