"""What looking for groups needs: passages, and how likely it is that no code fits them."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.assist.queries import readable
from consult.coding.models import Coding, Decision, LatestRun, Suggestion
from consult.coding.models_quality import BlindPassage
from consult.coding.queries import settlements, stands
from consult.evidence.models import Passage
from consult.evidence.queries.repeats import repeated

AT_ONCE = 1_000


@dataclass(frozen=True)
class PassageToGroup:
    """A passage to look at, of which submission, and how likely it is that no code fits it."""

    id: int
    submission_id: int
    quote: str
    novelty: float
    touched: bool


def passages_to_group(session: Session, inquiry_id: int) -> list[PassageToGroup]:
    """Return the passages that the machine may read, each letter of a campaign once.

    `novelty` is the product of (1 - score) over what the newest run proposed; 1 where it proposed nothing.
    `touched`: somebody has coded words of it or settled a suggestion on it, or it was drawn to be read blind.
    """
    novelty: dict[int, float] = {}
    scores = (
        select(Suggestion.passage_id, Suggestion.score)
        .join(
            LatestRun,
            (LatestRun.passage_id == Suggestion.passage_id) & (LatestRun.run_id == Suggestion.run_id),
        )
        .join(Passage, Passage.id == Suggestion.passage_id)
        .where(Passage.inquiry_id == inquiry_id)
        .order_by(Suggestion.passage_id, Suggestion.rank)
    )
    for passage_id, score in session.execute(scores.execution_options(yield_per=AT_ONCE)):
        novelty[passage_id] = novelty.get(passage_id, 1.0) * (1.0 - score)
    touched = touched_passages(session, inquiry_id)
    rows = session.execute(
        select(Passage.id, Passage.submission_id, Passage.quote)
        .where(*readable(inquiry_id), ~repeated())
        .order_by(Passage.id)
        .execution_options(yield_per=AT_ONCE)
    )
    return [
        PassageToGroup(row.id, row.submission_id, row.quote, novelty.get(row.id, 1.0), row.id in touched)
        for row in rows
    ]


def touched_passages(session: Session, inquiry_id: int) -> set[int]:
    """Return the passages on which somebody has settled something, or of whose words somebody coded some.

    And those drawn to be read blind: that a code is unlikely to fit is a thing their reader must not know.
    """
    settled = settlements().where(Decision.inquiry_id == inquiry_id).subquery()
    coded = (
        select(Passage.source_text_id, Passage.start, Passage.end)
        .join(Coding, Coding.passage_id == Passage.id)
        .where(Coding.inquiry_id == inquiry_id, stands())
        .subquery()
    )
    across = select(Passage.id).join(
        coded,
        (coded.c.source_text_id == Passage.source_text_id)
        & (coded.c.start < Passage.end)
        & (Passage.start < coded.c.end),
    )
    blind = select(BlindPassage.passage_id).where(BlindPassage.inquiry_id == inquiry_id)
    settled_ids = select(settled.c.passage_id)
    return {*session.scalars(settled_ids), *session.scalars(across), *session.scalars(blind)}
