"""The sentence encoder, where there is one, with what it made of an inquiry's passages before.

Each passage is encoded once, in a job, and its numbers kept beside it with half the digits; a model learns
from those, so that a run which finds them gives what the run gave that made them.
"""

from typing import TYPE_CHECKING

from flask import current_app

from consult.evidence.queries.vectors import (
    count_without_vector,
    passages_without_vector,
    quotes_now,
    vectors_of,
)
from consult.evidence.service import keep_vectors
from consult.foundation.database import db, transaction

if TYPE_CHECKING:
    from consult.assist.bridge import Tell
    from nlp.encoder import Encoder

PASSAGES_AT_ONCE = 200


def installed() -> "tuple[Encoder | None, str]":
    """Return this installation's encoder, or none, and a line that says which or why not."""
    from nlp.encoder import installed_encoder

    folder = current_app.config["CONSULT"].encoder
    if folder is None:
        return None, "No sentence encoder is set. Suggestions rest on words alone."
    return installed_encoder(folder)


def encoder_for(inquiry_id: int, tell: "Tell") -> "Encoder | None":
    """Return the encoder with the numbers of the inquiry's passages, those that have none yet made first."""
    import numpy as np

    from nlp.encoder import KeepingEncoder

    encoder, told = installed()
    if encoder is None:
        tell(0, 0, told)
        return None
    _encode_waiting(inquiry_id, encoder, tell)
    kept = vectors_of(db.session(), inquiry_id, encoder.name)
    return KeepingEncoder(encoder, {quote: np.frombuffer(numbers, np.float16) for quote, numbers in kept})


def _encode_waiting(inquiry_id: int, encoder: "Encoder", tell: "Tell") -> None:
    import numpy as np

    total, done, after = count_without_vector(db.session(), inquiry_id, encoder.name), 0, 0
    while passages := passages_without_vector(
        db.session(), inquiry_id, encoder.name, after_id=after, limit=PASSAGES_AT_ONCE
    ):
        after = passages[-1][0]
        rows = np.asarray(encoder.encode([quote for _, quote in passages]), dtype=np.float16)
        made = dict(zip(passages, rows, strict=True))
        with transaction() as session:
            # What was erased while it was encoded must not come back as numbers.
            there = quotes_now(session, [passage_id for passage_id, _ in passages])
            kept = {one: row.tobytes() for (one, quote), row in made.items() if there.get(one) == quote}
            keep_vectors(session, encoder.name, kept)
        done += len(passages)
        tell(done, max(total, done), "Passages encoded.")
