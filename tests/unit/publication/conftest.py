"""A submission on the redaction desk, with what a machine proposes and what its writer marked."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.calls.models import Call, Inquiry
from consult.evidence.models import ConfidentialPassage, SourceText, Submission
from consult.evidence.rules import Bounds, PublicationChoice, SubmissionState
from consult.evidence.service import GivenAnswer
from consult.evidence.service.given import GivenConfidence
from consult.foundation.security import SYSTEM, Actor, Role
from consult.publication import service
from consult.publication.models import RedactionProposal
from consult.publication.rules import Ground, Proposed
from tests.builders import NOON, Builder

WORDS = (
    "My neighbour Mrs Jones 🏛️ told me.\n\nThe council cut the bus. Ring 07700 900123.\n\nThey threatened me."
)
OWN = service.About()


@dataclass
class Desk:
    """What lies on the desk, and short ways to act on it."""

    session: Session
    build: Builder
    inquiry: Inquiry
    call: Call
    clerk: User
    second: User
    made: list[Submission] = field(default_factory=list)

    def who(self, user: User | None = None) -> dict[str, Any]:
        actor = Actor.member((user or self.clerk).id)
        return {"inquiry_id": self.inquiry.id, "actor": actor, "at": NOON}

    def send(
        self, *texts: str, marked: str = "", state: Any = SubmissionState.ACCEPTED, **more: Any
    ) -> Submission:
        """Send evidence; `marked` are words of the first text that its writer holds in confidence."""
        answers = []
        for text in texts or (WORDS,):
            at = text.find(marked) if marked else -1
            marks = (GivenConfidence(Bounds(at, at + len(marked)), "They would know me."),) if at >= 0 else ()
            question = self.build.question(self.call)
            answers.append(GivenAnswer(question.id, text, confidences=marks))
        sent = self.build.evidence(self.call, *answers, **more)
        sent.state = state
        self.read(sent)
        self.session.commit()
        return sent

    def read(self, submission: Submission) -> None:
        """Let a machine read all of it and find nothing."""
        named = submission.publication is PublicationChoice.WITH_NAME
        searched = [service.Searched(text.id, (), named) for text in self.texts(submission)]
        service.record_proposals(self.session, self.run(), searched)

    def run(self) -> int:
        return service.start_redaction_run(
            self.session, recogniser="test", version="1", settings={},
            inquiry_id=self.inquiry.id, actor=SYSTEM, at=NOON,
        ).id  # fmt: skip

    def texts(self, submission: Submission) -> list[SourceText]:
        texts = select(SourceText).where(SourceText.submission_id == submission.id)
        return list(self.session.scalars(texts.order_by(SourceText.position)))

    def bounds(self, submission: Submission, words: str) -> tuple[int, Bounds]:
        """Return where words stand: the text, and the bounds in it."""
        for text in self.texts(submission):
            at = text.body.find(words)
            if at >= 0:
                return text.id, Bounds(at, at + len(words))
        raise AssertionError(f"no {words!r} in {submission.reference}")

    def propose(self, submission: Submission, words: str, ground: Ground = Ground.THIRD_PARTY) -> int:
        """Let a machine propose words, and return the id of the proposal."""
        text_id, bounds = self.bounds(submission, words)
        found = (Proposed(bounds, ground, 0.8, "a title and a name"),)
        service.record_proposals(self.session, self.run(), [service.Searched(text_id, found)])
        self.session.commit()
        made = select(RedactionProposal.id).order_by(RedactionProposal.id.desc()).limit(1)
        return self.session.scalars(made).one()

    def withhold(
        self,
        submission: Submission,
        words: str,
        about: Any = OWN,
        ground: Ground = Ground.OTHER,
        **more: Any,
    ) -> Any:
        text_id, bounds = self.bounds(submission, words)
        decision = service.withhold(
            self.session, service.Words(text_id, bounds, ground), about=about, **more, **self.who()
        )
        self.session.commit()
        return decision

    def release(self, about: Any, **more: Any) -> Any:
        decision = service.release(self.session, about, **more, **self.who())
        self.session.commit()
        return decision

    def mark_of(self, submission: Submission) -> int:
        ids = [text.id for text in self.texts(submission)]
        marks = select(ConfidentialPassage.id).where(ConfidentialPassage.source_text_id.in_(ids))
        return self.session.scalars(marks).one()

    def publish(self, *submissions: Submission, **more: Any) -> Any:
        batch = service.publish(self.session, [each.reference for each in submissions], **more, **self.who())
        self.session.commit()
        return batch

    def path(self, rest: str = "") -> str:
        return f"/inquiries/{self.inquiry.slug}{rest}"

    def public(self, rest: str = "") -> str:
        return f"/evidence/{self.inquiry.slug}/{rest}"


@pytest.fixture
def desk(session: Session, build: Builder) -> Desk:
    inquiry = build.inquiry()
    found = Desk(
        session=session,
        build=build,
        inquiry=inquiry,
        call=build.call(inquiry),
        clerk=build.member(inquiry, Role.CLERK, name="Clerk Canary"),
        second=build.member(inquiry, Role.CLERK, name="Bob Day"),
    )
    # Pages roll back what a test has not committed.
    session.commit()
    return found
