"""The blind sample: passages drawn by lot whose suggestions are kept back until somebody has read them."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from consult.coding.models import Coding, Decision, Suggestion
from consult.coding.models_quality import BlindPassage, BlindReading
from consult.evidence.models import Passage
from consult.evidence.queries.repeats import repeated


def read_blind() -> ColumnElement[bool]:
    """Hold for passages that somebody has read without suggestions."""
    return exists().where(BlindReading.passage_id == Passage.id).correlate(Passage)


def kept_back() -> ColumnElement[bool]:
    """Hold for passages of the blind sample that nobody has read yet."""
    return exists().where(BlindPassage.passage_id == Passage.id).correlate(Passage) & ~read_blind()


def is_kept_back(session: Session, passage_id: int) -> bool:
    """Tell whether the suggestions of a passage are kept back."""
    return session.scalar(select(Passage.id).where(Passage.id == passage_id, kept_back())) is not None


def untouched(session: Session, passage_ids: Collection[int]) -> list[int]:
    """Return those passages that may still be read blind: nobody has decided or coded anything on them."""
    decided = exists().where(Decision.suggestion_id == Suggestion.id, Suggestion.passage_id == Passage.id)
    coded = exists().where(Coding.passage_id == Passage.id)
    mine = select(Passage.id).where(Passage.id.in_(passage_ids), ~decided, ~coded, ~repeated())
    return list(session.scalars(mine.order_by(Passage.id)))
