"""The folded words of published texts, by which readers outside search: made anew whenever a word changes."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from consult.evidence.models import SourceText
from consult.publication.models import PublishedWords
from consult.publication.queries import public_spans
from consult.publication.rules import folded, shown

_AT_ONCE = 200


def refresh_published_words(session: Session, source_text_ids: Sequence[int]) -> None:
    """Make the searchable words of these texts again: those of texts that are out, and of no others."""
    for first in range(0, len(source_text_ids), _AT_ONCE):
        ids = list(source_text_ids[first : first + _AT_ONCE])
        session.execute(delete(PublishedWords).where(PublishedWords.source_text_id.in_(ids)))
        rows = list(_rows(session, ids))
        if rows:
            session.execute(insert(PublishedWords), rows)


def _rows(session: Session, ids: Sequence[int]) -> list[dict[str, Any]]:
    withheld = public_spans(session, ids)
    bodies = select(SourceText.id, SourceText.body).where(SourceText.id.in_(withheld))
    return [
        {"source_text_id": row.id, "words": folded(shown(row.body, withheld[row.id]))}
        for row in session.execute(bodies)
    ]
