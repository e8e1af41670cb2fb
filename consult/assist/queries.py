"""How much the machine has before it, and what it can learn from."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, CompoundSelect, exists, func, select, union
from sqlalchemy.orm import Session, aliased

from consult.assist.rules import SeenCode
from consult.codebook.models import Code
from consult.coding.models import Coding, Decision, LatestRun, ModelRun, Suggestion
from consult.coding.models_quality import BlindReading
from consult.coding.queries import PassageToRead, settlements, stands
from consult.evidence.models import Passage, SourceText, Submission
from consult.evidence.queries import counted, in_cut, passage_stands, text_stands
from consult.evidence.rules import PassageKind

AT_ONCE = 1_000


def count_uncut(session: Session, inquiry_id: int) -> int:
    """Return how many source texts have not been cut into passages."""
    cut = exists().where(Passage.source_text_id == SourceText.id, Passage.kind == PassageKind.CUT)
    texts = (
        select(func.count())
        .select_from(SourceText)
        .join(Submission, Submission.id == SourceText.submission_id)
        .where(Submission.inquiry_id == inquiry_id, ~cut, text_stands())
    )
    return session.scalar(texts) or 0


def count_passages(session: Session, inquiry_id: int) -> int:
    """Return how many passages the machine may read."""
    return session.scalar(select(func.count(Passage.id)).where(*readable(inquiry_id))) or 0


def count_untouched(session: Session, inquiry_id: int) -> int:
    """Return how many of these passages nobody has begun to decide."""
    untouched = Passage.id.not_in(_settled_passages(inquiry_id))
    return session.scalar(select(func.count(Passage.id)).where(*readable(inquiry_id), untouched)) or 0


def count_read(session: Session, inquiry_id: int, version_id: int, model: str, model_version: str) -> int:
    """Return how many of these passages this model has already read under a codebook version."""
    read = (
        select(func.count())
        .select_from(LatestRun)
        .join(ModelRun, ModelRun.id == LatestRun.run_id)
        .join(Passage, Passage.id == LatestRun.passage_id)
        .where(
            *readable(inquiry_id),
            ModelRun.codebook_version_id == version_id,
            ModelRun.model == model,
            ModelRun.model_version == model_version,
        )
    )
    return session.scalar(read) or 0


def passages_read(session: Session, inquiry_id: int) -> list[PassageToRead]:
    """Return the passages on which everything that the machine proposed has been settled.

    What is proposed and what is settled are matched here, not in the statement: on rows just written
    PostgreSQL has no statistics yet and may take minutes to match them.
    """
    settled = settlements().where(Decision.inquiry_id == inquiry_id).subquery()
    answered = {(row[0], row[1]) for row in session.execute(select(settled.c.passage_id, settled.c.code_id))}
    begun = {passage_id for passage_id, _ in answered}
    left = {pair[0] for pair in _proposed(session, inquiry_id) if pair[0] in begun and pair not in answered}
    # Whoever reads a passage blind reads it to the end.
    blind = session.scalars(select(BlindReading.passage_id).where(BlindReading.inquiry_id == inquiry_id))
    return _with_words(session, inquiry_id, (begun - left) | set(blind))


def codes_seen(session: Session, inquiry_id: int) -> set[SeenCode]:
    """Return which codes stand on which cut passages, counting codings of words within or across them."""
    coded = aliased(Passage)
    rows = session.execute(
        select(Passage.id, Code.slug)
        .join(
            coded,
            (coded.source_text_id == Passage.source_text_id)
            & (coded.start < Passage.end)
            & (Passage.start < coded.end),
        )
        .join(Coding, Coding.passage_id == coded.id)
        .join(Code, Code.id == Coding.code_id)
        .where(Passage.inquiry_id == inquiry_id, in_cut(), stands(), passage_stands())
        .distinct()
    )
    return {SeenCode(*row) for row in rows}


def passages_untouched(
    session: Session, inquiry_id: int, run_id: int, *, after_id: int, limit: int
) -> list[PassageToRead]:
    """Return, in order, passages that this run has yet to read and on which nobody has settled anything.

    What somebody has begun to decide keeps the suggestions it was begun with.
    """
    read = exists().where(LatestRun.passage_id == Passage.id, LatestRun.run_id >= run_id)
    rows = session.execute(
        select(Passage.id, Passage.quote)
        .where(
            *readable(inquiry_id),
            Passage.id > after_id,
            Passage.id.not_in(_settled_passages(inquiry_id)),
            ~read,
        )
        .order_by(Passage.id)
        .limit(limit)
    )
    return [PassageToRead(*row) for row in rows]


def _settled_passages(inquiry_id: int) -> CompoundSelect[int]:
    """Select the passages that somebody has begun to decide or has read blind."""
    settled = settlements().where(Decision.inquiry_id == inquiry_id).subquery()
    blind = select(BlindReading.passage_id).where(BlindReading.inquiry_id == inquiry_id)
    return union(select(settled.c.passage_id), blind)


def _proposed(session: Session, inquiry_id: int) -> Iterator[tuple[int, int]]:
    """Yield each passage and code that the newest run on the passage proposed."""
    newest = (
        select(Suggestion.passage_id, Suggestion.code_id)
        .join(ModelRun, ModelRun.id == Suggestion.run_id)
        .join(
            LatestRun,
            (LatestRun.passage_id == Suggestion.passage_id) & (LatestRun.run_id == Suggestion.run_id),
        )
        .where(ModelRun.inquiry_id == inquiry_id)
    )
    for row in session.execute(newest.execution_options(yield_per=AT_ONCE)):
        yield row[0], row[1]


def _with_words(session: Session, inquiry_id: int, passage_ids: set[int]) -> list[PassageToRead]:
    """Return those of these passages that the machine may read, with their words, in order of id."""
    ordered = sorted(passage_ids)
    found = []
    for first in range(0, len(ordered), AT_ONCE):
        rows = session.execute(
            select(Passage.id, Passage.quote)
            .where(Passage.id.in_(ordered[first : first + AT_ONCE]), *readable(inquiry_id))
            .order_by(Passage.id)
        )
        found += [PassageToRead(*row) for row in rows]
    return found


def readable(inquiry_id: int) -> tuple[ColumnElement[bool], ...]:
    """Return what the machine may read: passages that it cut, of evidence that is in scope."""
    outside = select(Submission.id).where(Submission.inquiry_id == inquiry_id, ~counted())
    return (
        Passage.inquiry_id == inquiry_id,
        in_cut(),
        Passage.submission_id.not_in(outside),
        passage_stands(),
    )
