"""What to read next: orders over the passages that nobody has begun, made after each run."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from consult.assist.queries_quality import (
    confirmed_by_code,
    step_between,
    unread_passages,
    unread_scores,
    unread_vectors,
)
from consult.coding.rules_quality import ReadingOrder
from consult.coding.service import put_in_order
from consult.foundation.database import db, transaction

if TYPE_CHECKING:
    from nlp.which_next import Unread
    from nlp.words import FloatArray

# One in so many passages is drawn by lot, to be read without suggestions first.
BLIND_SHARE = 0.1


def drawn_blind(passage_id: int) -> bool:
    """Tell whether the lot falls on a passage; it is the same whenever asked."""
    from nlp.which_next import is_blind

    return is_blind(str(passage_id), BLIND_SHARE)


def order_waiting(inquiry_id: int) -> int:
    """Put what is unread in each order anew; return how many passages were compared."""
    from nlp.which_next import Order, which_next

    unread = _unread(inquiry_id)
    orders: dict[ReadingOrder, Sequence[int]] = {
        order: [int(key) for key in which_next(unread, Order(order.value), blind_share=BLIND_SHARE)]
        for order in ReadingOrder
        if order is not ReadingOrder.ARRIVAL
    }
    with transaction() as session:
        put_in_order(session, inquiry_id, orders)
    return len(unread.keys)


def _unread(inquiry_id: int) -> "Unread":
    """Lay out what was proposed as a table; a code that was not proposed counts as out of the question."""
    import numpy as np

    from nlp.which_next import Unread

    session = db.session()
    confirmed = confirmed_by_code(session, inquiry_id)
    codes = {code_id: column for column, code_id in enumerate(sorted(confirmed))}
    step = step_between(session, inquiry_id)
    passages = unread_passages(session, inquiry_id, step)
    rows = {passage_id: row for row, passage_id in enumerate(passages)}
    scores = np.zeros((len(passages), len(codes)), dtype=np.float32)
    for passage_id, code_id, score in unread_scores(session, inquiry_id, step):
        if passage_id in rows and code_id in codes:
            scores[rows[passage_id], codes[code_id]] = score
    return Unread(
        keys=[str(each) for each in passages],
        scores=scores,
        confirmed=np.array(_in_order(confirmed), dtype=np.int64),
        vectors=_vectors(unread_vectors(session, inquiry_id, step), passages),
    )


def _vectors(numbers: dict[int, bytes], passages: Sequence[int]) -> "FloatArray | None":
    import numpy as np

    if not passages or not numbers.keys() >= set(passages):
        return None  # what one encoder has not read cannot be compared with what it has
    rows = [np.frombuffer(numbers[passage_id], np.float16) for passage_id in passages]
    return np.stack(rows).astype(np.float32)


def _in_order(confirmed: dict[int, int]) -> Sequence[int]:
    return [confirmed[code_id] for code_id in sorted(confirmed)]
