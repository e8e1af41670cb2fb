"""What is unread and how sure the machine was of it, for the orders of reading; what a model card counts."""

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from consult.codebook.models import Code, Codebook
from consult.codebook.rules import CodeState
from consult.coding.models import Coding, Decision, LatestRun, Suggestion
from consult.coding.models_quality import BlindReading
from consult.coding.queries import settlements, stands
from consult.coding.queries.quality import population
from consult.coding.queries.standing import counts
from consult.evidence.models import Passage
from consult.evidence.models_vectors import PassageVector

# Where more are unread, as many spread evenly over all: only the first few hundred places are kept anyway.
COMPARED_AT_MOST = 20_000
AT_ONCE = 5_000


def confirmed_by_code(session: Session, inquiry_id: int) -> dict[int, int]:
    """Return each active code with the number of its standing codings."""
    applied = (
        select(Coding.code_id, func.count().label("number"))
        .where(Coding.inquiry_id == inquiry_id, stands(), counts(inquiry_id))
        .group_by(Coding.code_id)
        .subquery()
    )
    rows = session.execute(
        select(Code.id, func.coalesce(applied.c.number, 0))
        .join(Codebook, Codebook.id == Code.codebook_id)
        .outerjoin(applied, applied.c.code_id == Code.id)
        .where(Codebook.inquiry_id == inquiry_id, Code.state == CodeState.ACTIVE)
    )
    return {row[0]: row[1] for row in rows}


def step_between(session: Session, inquiry_id: int) -> int:
    """Return which part of the unread passages is compared: each, or one in so many where they are many."""
    number = session.scalar(_unread(inquiry_id, 1).with_only_columns(func.count())) or 0
    return max(1, -(-number // COMPARED_AT_MOST))


def unread_passages(session: Session, inquiry_id: int, step: int) -> list[int]:
    """Return passages, by id, that a run has read and nobody has begun."""
    return list(session.scalars(_unread(inquiry_id, step).order_by(Passage.id)))


def unread_vectors(session: Session, inquiry_id: int, step: int) -> dict[int, bytes]:
    """Return the numbers that an encoder gave these passages; of several encoders, the one that read most."""
    rows = session.execute(
        select(PassageVector.encoder, PassageVector.passage_id, PassageVector.numbers)
        .where(PassageVector.passage_id.in_(_unread(inquiry_id, step)))
        .execution_options(yield_per=AT_ONCE)
    )
    found = defaultdict[str, dict[int, bytes]](dict)
    for encoder, passage_id, numbers in rows:
        found[encoder][passage_id] = numbers
    return max(found.values(), key=len, default={})


def unread_scores(session: Session, inquiry_id: int, step: int) -> Iterator[tuple[int, int, float]]:
    """Yield passage, code and score of what the newest runs proposed for them."""
    rows = session.execute(
        select(Suggestion.passage_id, Suggestion.code_id, Suggestion.score)
        .join(
            LatestRun,
            (LatestRun.passage_id == Suggestion.passage_id) & (LatestRun.run_id == Suggestion.run_id),
        )
        .where(Suggestion.passage_id.in_(_unread(inquiry_id, step)))
        .execution_options(yield_per=AT_ONCE)
    )
    for row in rows:
        yield row[0], row[1], row[2]


def _unread(inquiry_id: int, step: int) -> Select[int]:
    settled = settlements().where(Decision.inquiry_id == inquiry_id).subquery()
    return (
        select(Passage.id)
        .join(LatestRun, LatestRun.passage_id == Passage.id)
        .where(
            *population(inquiry_id),
            Passage.id % step == 0,
            Passage.id.not_in(select(settled.c.passage_id)),
            Passage.id.not_in(select(BlindReading.passage_id).where(BlindReading.inquiry_id == inquiry_id)),
        )
    )
