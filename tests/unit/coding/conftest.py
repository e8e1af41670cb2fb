"""A coding room to test in: one inquiry, two analysts, three codes, one submission of three passages."""

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.calls.models import Inquiry
from consult.codebook.models import Code
from consult.coding import service
from consult.coding.models import Coding, Decision, ModelRun, Suggestion
from consult.coding.queries import stands
from consult.coding.rules import Verdict
from consult.evidence.models import Passage, Submission
from consult.foundation.audit import AuditEvent
from consult.foundation.security import Actor, Role
from tests.builders import NOON, Builder

WORDS = "The town hall decides 🏛️ and we wait.\n\nNobody asks us.\n\nWe want a say over the park."


@dataclass
class Desk:
    """What lies on the desk, and short ways to act on it."""

    session: Session
    build: Builder
    inquiry: Inquiry
    ann: User
    bob: User
    codes: list[Code]
    submission: Submission
    passages: list[Passage]
    run: ModelRun

    def who(self, user: User | None = None) -> dict[str, Any]:
        return {"inquiry_id": self.inquiry.id, "actor": Actor.member((user or self.ann).id), "at": NOON}

    def propose(self, passage: int = 0, *codes: int) -> list[Suggestion]:
        chosen = [self.codes[i] for i in codes or (0,)]
        made = self.build.suggestions(self.run, self.passages[passage], *chosen)
        self.session.commit()
        return made

    def decide(
        self, suggestion: Suggestion, verdict: Verdict, user: User | None = None, **more: Any
    ) -> Decision:
        decision = service.decide_suggestion(self.session, suggestion.id, verdict, **more, **self.who(user))
        self.session.commit()
        return decision

    def standing(self) -> list[Coding]:
        mine = select(Coding).where(Coding.inquiry_id == self.inquiry.id, stands())
        return list(self.session.scalars(mine.order_by(Coding.id)))

    def verbs(self) -> list[str]:
        events = select(AuditEvent.verb).where(
            AuditEvent.inquiry_id == self.inquiry.id, AuditEvent.user_id.is_not(None)
        )
        return list(self.session.scalars(events.order_by(AuditEvent.id)))


@pytest.fixture
def desk(session: Session, build: Builder) -> Desk:
    inquiry = build.inquiry()
    codebook = build.codebook(inquiry)
    codes = [build.code(codebook, name=name) for name in ("Power elsewhere", "Not heard", "Green space")]
    submission = build.submission(build.call(inquiry), WORDS)
    desk = Desk(
        session=session,
        build=build,
        inquiry=inquiry,
        ann=build.member(inquiry, Role.ANALYST, name="Ann Lee"),
        bob=build.member(inquiry, Role.CLERK, name="Bob Day"),
        codes=codes,
        submission=submission,
        passages=build.passages(submission),
        run=build.model_run(inquiry),
    )
    # Pages roll back what a test has not committed.
    session.commit()
    return desk
