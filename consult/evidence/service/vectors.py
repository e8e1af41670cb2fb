"""Keep what an encoder makes of passages."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from consult.evidence.models_vectors import PassageVector


def keep_vectors(session: Session, encoder: str, numbers: Mapping[int, bytes]) -> None:
    """Keep the numbers of passages, given by id, in place of another encoder's; again changes nothing."""
    if not numbers:
        return
    rows = [
        {"passage_id": passage_id, "encoder": encoder, "numbers": kept}
        for passage_id, kept in numbers.items()
    ]
    engine: Any = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    insertion = engine.insert(PassageVector.__table__)
    session.execute(
        insertion.on_conflict_do_update(
            index_elements=["passage_id"],
            set_={"encoder": insertion.excluded.encoder, "numbers": insertion.excluded.numbers},
        ),
        rows,
    )
