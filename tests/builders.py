"""One builder a table: rows with sensible values, changed by keyword."""

import itertools
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.accounts.models import Membership, User
from consult.calls.models import Call, Inquiry, Option, Phase, Place, Question, RespondentType
from consult.calls.rules import CallState, QuestionKind
from consult.codebook.models import Code, Codebook
from consult.evidence.models import Submission
from consult.evidence.rules import Channel, PublicationChoice
from consult.evidence.service import GivenAnswer, GivenEvidence, receive_submission
from consult.foundation.database import Base
from consult.foundation.security import RESPONDENT, Role

NOON = datetime(2026, 7, 1, 11, 0, tzinfo=UTC)
Row = TypeVar("Row", bound=Base)
_numbers = itertools.count(1)


class Builder:
    """Add rows to a session; each method returns the row with its id."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def add(self, row: Row) -> Row:
        self.session.add(row)
        self.session.flush()
        return row

    def user(self, **values: Any) -> User:
        number = next(_numbers)
        given = {
            "email": f"user{number}@example.org",
            "name": f"User {number}",
            "password": "!",
            "created_at": NOON,
        }
        return self.add(User(**{"fs_uniquifier": secrets.token_hex(32), "active": True, **given, **values}))

    def inquiry(self, **values: Any) -> Inquiry:
        number = next(_numbers)
        given = {"slug": f"inquiry-{number}", "title": f"Inquiry {number}", "reference_prefix": "LOC"}
        return self.add(Inquiry(**{"created_at": NOON, **given, **values}))

    def member(self, inquiry: Inquiry, *roles: Role, **values: Any) -> User:
        user = self.user(**values)
        for role in roles:
            self.add(Membership(inquiry_id=inquiry.id, user_id=user.id, role=role, since=NOON))
        return user

    def phase(self, inquiry: Inquiry, **values: Any) -> Phase:
        number = next(_numbers)
        given = {"slug": f"phase-{number}", "title": f"Phase {number}", "position": number}
        return self.add(Phase(**{"inquiry_id": inquiry.id, **given, **values}))

    def place(self, inquiry: Inquiry, **values: Any) -> Place:
        number = next(_numbers)
        given = {"slug": f"place-{number}", "name": f"Place {number}", "position": number}
        return self.add(Place(**{"inquiry_id": inquiry.id, **given, **values}))

    def respondent_type(self, inquiry: Inquiry, **values: Any) -> RespondentType:
        number = next(_numbers)
        given = {"slug": f"type-{number}", "name": f"Type {number}", "position": number}
        return self.add(RespondentType(**{"inquiry_id": inquiry.id, **given, **values}))

    def call(self, inquiry: Inquiry, **values: Any) -> Call:
        """Add a call that is open around NOON and for ten years after."""
        number = next(_numbers)
        given = {
            "slug": f"call-{number}",
            "title": f"Call {number}",
            "state": CallState.PUBLISHED,
            "opens_at": NOON - timedelta(days=30),
            "closes_at": NOON + timedelta(days=3650),
        }
        return self.add(Call(**{"inquiry_id": inquiry.id, **given, **values}))

    def question(self, call: Call, kind: QuestionKind = QuestionKind.FREE_TEXT, **values: Any) -> Question:
        number = next(_numbers)
        given = {
            "number": number,
            "slug": f"question-{number}",
            "kind": kind,
            "prompt": f"Question {number}?",
        }
        return self.add(Question(**{"call_id": call.id, **given, **values}))

    def option(self, question: Question, wording: str, position: int) -> Option:
        return self.add(Option(question_id=question.id, wording=wording, position=position))

    def codebook(self, inquiry: Inquiry, **values: Any) -> Codebook:
        return self.add(
            Codebook(**{"inquiry_id": inquiry.id, "title": "Codebook", "created_at": NOON, **values})
        )

    def code(self, codebook: Codebook, **values: Any) -> Code:
        number = next(_numbers)
        given = {"slug": f"code-{number}", "name": f"Code {number}", "position": number}
        return self.add(Code(**{"codebook_id": codebook.id, **given, **values}))

    def submission(self, call: Call, *texts: str, at: datetime = NOON, **changes: Any) -> Submission:
        """Send evidence as a respondent does: each text answers the next free-text question of the call."""
        questions = list(
            self.session.scalars(
                select(Question)
                .where(Question.call_id == call.id, Question.kind == QuestionKind.FREE_TEXT)
                .order_by(Question.number)
            )
        )
        while len(questions) < len(texts):
            questions.append(self.question(call))
        answers = tuple(
            GivenAnswer(question.id, text) for question, text in zip(questions, texts, strict=False)
        )
        given: dict[str, Any] = {
            "name": "Mary Smith",
            "organisation": "",
            "email": "",
            "respondent_type_id": None,
            "place_id": None,
            "publication": PublicationChoice.WITH_NAME,
            "language": "en",
            "title": "",
            "channel": Channel.WEB,
        }
        evidence = GivenEvidence(call_id=call.id, answers=answers, **{**given, **changes})
        return receive_submission(self.session, evidence, inquiry_id=call.inquiry_id, actor=RESPONDENT, at=at)
