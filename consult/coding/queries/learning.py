"""What a model run needs: passages still to read, passages to know the words by, decisions to learn from."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, literal, select, union
from sqlalchemy.orm import Session

from consult.codebook.models import Code
from consult.codebook.rules import CodeState
from consult.coding.models import Coding, Decision, LatestRun, ModelRun
from consult.coding.queries.standing import settlements, stands
from consult.coding.rules import Verdict
from consult.evidence.models import Passage, Submission
from consult.evidence.queries import counted, in_cut, passage_stands
from consult.evidence.queries.repeats import repeated


@dataclass(frozen=True)
class PassageToRead:
    """A passage that a run has yet to read."""

    id: int
    quote: str


@dataclass(frozen=True)
class DecidedPair:
    """Whether a code applies to a passage, in the word of a person."""

    passage_id: int
    quote: str
    code_slug: str
    applies: bool


def passages_to_propose_for(
    session: Session,
    inquiry_id: int,
    codebook_version_id: int,
    model: str,
    model_version: str,
    *,
    after_id: int = 0,
    limit: int = 500,
) -> list[PassageToRead]:
    """Return, in order of id, passages that no run of this model has read under this codebook version."""
    same = (
        exists()
        .where(LatestRun.passage_id == Passage.id)
        .where(ModelRun.id == LatestRun.run_id)
        .where(
            ModelRun.codebook_version_id == codebook_version_id,
            ModelRun.model == model,
            ModelRun.model_version == model_version,
        )
    )
    return _passages(session, inquiry_id, ~same, after_id, limit)


def held_passages(session: Session, inquiry_id: int, at_most: int = 20_000) -> list[str]:
    """Return the words of the passages held, spread evenly over all of them where there are more."""
    count = session.scalar(_readable(inquiry_id, func.count())) or 0
    step = max(1, -(-count // at_most))
    quotes = _readable(inquiry_id, Passage.quote).where(Passage.id % step == 0)
    return list(session.scalars(quotes.order_by(Passage.id).limit(at_most)))


def decided_pairs(session: Session, inquiry_id: int) -> list[DecidedPair]:
    """Return each passage and active code that somebody has decided on, for a model to learn from.

    A standing coding says that its code applies. A rejected suggestion, and one replaced by another
    code, says that it does not, unless somebody has coded the passage so all the same.
    """
    coded = select(Coding.passage_id, Coding.code_id).where(Coding.inquiry_id == inquiry_id, stands())
    settled = settlements().where(Decision.inquiry_id == inquiry_id).subquery()
    refused = select(settled.c.passage_id, settled.c.code_id).where(
        settled.c.verdict.in_([Verdict.REJECT, Verdict.REPLACE])
    )
    yes, no = coded.subquery(), refused.subquery()
    against = select(no.c.passage_id, no.c.code_id, literal(0).label("applies")).where(
        ~exists().where(yes.c.passage_id == no.c.passage_id, yes.c.code_id == no.c.code_id)
    )
    in_favour = select(yes.c.passage_id, yes.c.code_id, literal(1).label("applies"))
    pairs = union(in_favour, against).subquery()
    rows = session.execute(
        select(Passage.id, Passage.quote, Code.slug, pairs.c.applies)
        .join(pairs, pairs.c.passage_id == Passage.id)
        .join(Code, Code.id == pairs.c.code_id)
        # The same words coded in each of a campaign's letters are one lesson, not hundreds.
        .where(
            Passage.inquiry_id == inquiry_id,
            Code.state == CodeState.ACTIVE,
            ~repeated(),
            *_admitted(inquiry_id),
        )
        .order_by(Passage.id, Code.slug)
    )
    return [DecidedPair(row.id, row.quote, row.slug, bool(row.applies)) for row in rows]


def _passages(
    session: Session, inquiry_id: int, wanted: ColumnElement[bool], after_id: int, limit: int
) -> list[PassageToRead]:
    passages = _readable(inquiry_id, Passage.id, Passage.quote).where(Passage.id > after_id, wanted)
    rows = session.execute(passages.order_by(Passage.id).limit(limit))
    return [PassageToRead(row.id, row.quote) for row in rows]


def _readable(inquiry_id: int, *columns: Any) -> Select[Any]:
    """Select from the passages that the machine reads: cut by it, standing, of evidence that counts."""
    return (
        select(*columns)
        .select_from(Passage)
        .where(
            Passage.inquiry_id == inquiry_id,
            in_cut(),
            *_admitted(inquiry_id),
        )
    )


def _admitted(inquiry_id: int) -> tuple[ColumnElement[bool], ...]:
    """Return what holds for passages with words that stand, of evidence that counts."""
    outside = select(Submission.id).where(Submission.inquiry_id == inquiry_id, ~counted())
    return Passage.submission_id.not_in(outside), passage_stands()
