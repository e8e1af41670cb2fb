"""A draft filled with what was sent holds what its writer would type to send the same again."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.calls.models import Question
from consult.calls.rules import QuestionKind
from consult.evidence.extraction import Extraction, Outcome
from consult.evidence.models import ReplacedText, Submission
from consult.evidence.models_documents import Attachment, ReplacedAttachment
from consult.evidence.queries.documents import attachment_stands
from consult.evidence.queries.versions import StandingAnswer
from consult.evidence.rules import Bounds, Channel, PublicationChoice
from consult.evidence.service import GivenAnswer, GivenAttachment, GivenEvidence, receive_submission
from consult.foundation.security import RESPONDENT
from consult.respond.answers import Asked, Choice, Reply, Typed, reply_of
from consult.respond.filling import confidences_again, typed_again
from consult.respond.models import DraftFile
from consult.respond.service import begin_amendment, save_answer, send_draft
from tests.builders import NOON, Builder

OPTIONS = (Choice(1, "A little"), Choice(2, "A lot"), Choice(3, "All"))
ROWS = (Choice(7, "Council"), Choice(8, "Parish"))
PLACES = (Choice(5, "Southwark", postcodes=("SE15",)), Choice(6, "Wigan"))


def asked(kind: QuestionKind, **more: object) -> Asked:
    offered = {QuestionKind.PLACE: PLACES}.get(kind, OPTIONS)
    return Asked(9, "slug", 1, 1, kind, "Prompt?", choices=offered, rows=ROWS, **more)  # type: ignore[arg-type]  # named fields


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        (QuestionKind.FREE_TEXT, "Words.\n\nMore."),
        (QuestionKind.SINGLE, "2"),
        (QuestionKind.SEVERAL, ["1", "3"]),
        (QuestionKind.SCALE, "4"),
        (QuestionKind.NUMBER, "1250"),
        (QuestionKind.NUMBER, "0"),
        (QuestionKind.NUMBER, "-5"),
        (QuestionKind.MATRIX, ["7:1", "8:3"]),
        (QuestionKind.PLACE, "6"),
        (QuestionKind.PLACE, ["5", "SE15"]),
        (QuestionKind.SINGLE, "declined"),
        (QuestionKind.NUMBER, ["", "declined"]),
        (QuestionKind.PLACE, "declined"),
    ],
)
def test_what_is_stored_comes_back_as_it_would_be_typed(kind: QuestionKind, typed: Typed) -> None:
    question = asked(kind, may_decline=True)
    reply = reply_of(question, typed)
    assert isinstance(reply, Reply)
    again = typed_again(question, stored(reply))
    assert reply_of(question, again) == reply


def stored(reply: Reply) -> StandingAnswer:
    return StandingAnswer(
        id=1,
        question_id=9,
        source_text_id=None,
        text=reply.text,
        number=reply.number,
        place_id=reply.place_id,
        district=reply.district,
        declined=reply.declined,
        publication=None,
        option_ids=reply.option_ids,
        cells=reply.cells,
    )


def test_words_kept_back_in_several_places_come_back_once() -> None:
    answer = StandingAnswer(
        1, 9, 1, "Ann met Ann.", None, None, None, False, None,
        confidences=((Bounds(0, 3), "Her job."), (Bounds(8, 11), "Her job.")),
    )  # fmt: skip
    marks = confidences_again([asked(QuestionKind.FREE_TEXT)], {9: answer})
    assert marks == [{"question": "slug", "words": "Ann", "harm": "Her job."}]


def test_files_that_were_sent_are_in_the_draft(session: Session, build: Builder) -> None:
    call = build.call(build.inquiry(), closes_at=NOON + timedelta(days=9))
    question = build.question(call, QuestionKind.FILE)
    paper = GivenAttachment(
        "a" * 64,
        "Paper.odt",
        12,
        Extraction(Outcome.FLAGGED, "odt", "Its words.", ("comments",)),
        question.id,
    )
    evidence = GivenEvidence(
        call_id=call.id, name="Ann", organisation="", email="", respondent_type_id=None, place_id=None,
        publication=PublicationChoice.WITH_NAME, language="en", title="", channel=Channel.WEB,
        answers=(GivenAnswer(build.question(call, number=2).id, "Words."),), attachments=(paper,),
        receipt_code="CODE",
    )  # fmt: skip
    receive_submission(session, evidence, inquiry_id=call.inquiry_id, actor=RESPONDENT, at=NOON)
    code = begin_amendment(session, "CODE", actor=RESPONDENT, at=NOON)
    file = session.scalars(select(DraftFile)).one()
    assert (file.name, file.sha256, file.size, file.question) == ("Paper.odt", "a" * 64, 12, question.slug)
    assert Extraction.from_json(file.extraction) == paper.extraction
    save_answer(session, file.draft_id, call_question(session, call.id), "Other words.", at=NOON)
    send_draft(session, file.draft_id, code, actor=RESPONDENT, at=NOON)
    assert session.scalars(select(Submission.version)).one() == 2
    assert len(session.scalars(select(Attachment).where(attachment_stands())).all()) == 1
    assert session.scalars(select(ReplacedAttachment)).all() == []
    assert len(session.scalars(select(ReplacedText)).all()) == 1


def call_question(session: Session, call_id: int) -> str:
    written = Question.kind == QuestionKind.FREE_TEXT
    return session.scalars(select(Question.slug).where(Question.call_id == call_id, written)).one()
