"""Reads for looking at two submissions side by side."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.evidence.models import Respondent, SourceText, Submission
from consult.evidence.queries.standing import text_stands
from consult.evidence.queries.submission import who
from consult.evidence.rules import Channel, PublicationChoice, SubmissionState, paragraphs_of
from consult.foundation.errors import NotFound


@dataclass(frozen=True)
class Compared:
    """One of two submissions: who sent it, how and when, and its paragraphs."""

    id: int
    reference: str
    name: str
    organisation: str
    email: str
    channel: Channel
    sent_at: datetime
    state: SubmissionState
    publication: PublicationChoice
    word_count: int
    paragraphs: tuple[str, ...] = ()

    @property
    def who(self) -> str:
        """Return the name and organisation in one line."""
        return who(self.name, self.organisation)


def compared(session: Session, inquiry_id: int, reference: str) -> Compared:
    """Return one submission with the paragraphs that stand; NotFound for another inquiry's."""
    row = session.execute(
        select(
            Submission.id,
            Submission.reference,
            Respondent.name,
            Respondent.organisation,
            Respondent.email,
            Submission.channel,
            Submission.sent_at,
            Submission.state,
            Submission.publication,
            Submission.word_count,
        )
        .join(Submission.respondent)
        .where(Submission.inquiry_id == inquiry_id, Submission.reference == reference)
    ).one_or_none()
    if row is None:
        raise NotFound(f"There is no submission {reference} in this inquiry.")
    bodies = session.scalars(
        select(SourceText.body)
        .where(SourceText.submission_id == row.id, text_stands())
        .order_by(SourceText.position)
    )
    paragraphs = tuple(body[at.start : at.end] for body in bodies for at in paragraphs_of(body))
    return Compared(**row._mapping, paragraphs=paragraphs)
