"""One builder a table: rows with sensible values, changed by keyword."""

import itertools
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.accounts.models import Membership, User
from consult.calls.models import Call, Inquiry, MatrixRow, Option, Phase, Place, Question, RespondentType
from consult.calls.rules import CallState, QuestionKind
from consult.codebook.models import Code, Codebook
from consult.codebook.service import freeze_version
from consult.coding.models import ModelRun, Suggestion
from consult.coding.rules import NewSuggestion, PassageRead
from consult.coding.service import record_suggestions
from consult.evidence.models import Passage, SourceText, Submission
from consult.evidence.models_campaigns import Campaign, CampaignMember
from consult.evidence.rules import Channel, PublicationChoice, paragraphs_of
from consult.evidence.rules_campaigns import CountingRule
from consult.evidence.service import (
    CutText,
    GivenAnswer,
    GivenEvidence,
    receive_submission,
    store_passages,
)
from consult.foundation.database import Base
from consult.foundation.security import RESPONDENT, SYSTEM, Role

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

    def matrix_row(self, question: Question, wording: str, position: int) -> MatrixRow:
        return self.add(MatrixRow(question_id=question.id, wording=wording, position=position))

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
        return self.evidence(call, *answers, at=at, **changes)

    def evidence(self, call: Call, *answers: GivenAnswer, at: datetime = NOON, **changes: Any) -> Submission:
        """Send answers of any kind."""
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

    def campaign(
        self, user: User, *letters: Submission, by_itself: tuple[Submission, ...] = (), **values: Any
    ) -> Campaign:
        """Add a campaign as it stands once a person has confirmed it; the first letter shows its template."""
        given = {"name": f"Campaign {next(_numbers)}", "rule": CountingRule.ONCE, "confirmed_by": user.id}
        given |= {"inquiry_id": letters[0].inquiry_id, "template_id": letters[0].id, "confirmed_at": NOON}
        campaign = self.add(Campaign(**{**given, **values}))
        for letter in (*letters, *by_itself):
            alone = letter in by_itself
            self.add(CampaignMember(submission_id=letter.id, campaign_id=campaign.id, by_itself=alone))
        return campaign

    def passages(self, submission: Submission, at: datetime = NOON) -> list[Passage]:
        """Cut each text of a submission into its paragraphs and return the passages in order."""
        texts = self.session.scalars(select(SourceText).where(SourceText.submission_id == submission.id))
        cut = [CutText(text.id, tuple(paragraphs_of(text.body))) for text in texts]
        store_passages(self.session, cut, at=at)
        passages = select(Passage).where(Passage.submission_id == submission.id)
        return list(self.session.scalars(passages.order_by(Passage.source_text_id, Passage.start)))

    def model_run(self, inquiry: Inquiry, **values: Any) -> ModelRun:
        """Add a run over the codebook as it stands, which needs at least one code."""
        version = freeze_version(self.session, inquiry.id, actor=SYSTEM, at=NOON)
        given = {"codebook_version_id": version.id, "model": "by-hand", "model_version": "1", "settings": {}}
        given |= {"data_sha256": "0" * 64, "seed": 0, "decided": 0, "started_at": NOON}
        return self.add(ModelRun(**{"inquiry_id": inquiry.id, **given, **values}))

    def suggestions(self, run: ModelRun, passage: Passage, *codes: Code) -> list[Suggestion]:
        """Let a run propose codes for a passage, the surest first, each for the passage's first word."""
        word = passage.quote.split()[0]
        reason = {"start": 0, "end": len(word), "text": word, "weight": 0.5}
        new = [
            NewSuggestion(code.id, 0.9 - rank / 10, rank, (reason,))
            for rank, code in enumerate(codes, start=1)
        ]
        read = [PassageRead(passage.id, tuple(new))]
        record_suggestions(self.session, run, read, actor=SYSTEM, at=NOON)
        made = select(Suggestion).where(Suggestion.run_id == run.id, Suggestion.passage_id == passage.id)
        return list(self.session.scalars(made.order_by(Suggestion.rank)))
