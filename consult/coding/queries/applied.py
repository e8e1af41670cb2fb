"""The standing codings of one code: the list that a number in the codebook opens."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.coding.models import Coding
from consult.coding.queries.standing import counts, stands
from consult.coding.rules import CodingOrigin
from consult.evidence.models import Passage, SourceText, Submission

CODINGS_A_PAGE = 50


@dataclass(frozen=True)
class Applied:
    """A coding with the words it stands on; `exact` tells whether they still are the words of the text."""

    quote: str
    reference: str
    paragraph: int
    source_text_id: int
    start: int
    who: str
    at: datetime
    origin: CodingOrigin
    exact: bool


def applied_page(session: Session, inquiry_id: int, code_id: int, page: int = 1) -> list[Applied]:
    """Return a page of a code's codings that stand and count, in reading order; one more if more follow."""
    rows = session.execute(
        select(
            Passage.quote,
            Submission.reference,
            Passage.paragraph,
            Passage.source_text_id,
            Passage.start,
            User.name.label("who"),
            Coding.at,
            Coding.origin,
            # SQL counts characters from one.
            (
                func.substr(SourceText.body, Passage.start + 1, Passage.end - Passage.start) == Passage.quote
            ).label("exact"),
        )
        .join(Passage, Passage.id == Coding.passage_id)
        .join(SourceText, SourceText.id == Passage.source_text_id)
        .join(Submission, Submission.id == Passage.submission_id)
        .join(User, User.id == Coding.user_id)
        .where(Coding.inquiry_id == inquiry_id, Coding.code_id == code_id, stands(), counts(inquiry_id))
        .order_by(Submission.id, SourceText.position, Passage.start, Coding.id)
        .limit(CODINGS_A_PAGE + 1)
        .offset(CODINGS_A_PAGE * (page - 1))
    )
    return [Applied(**row._mapping) for row in rows]
