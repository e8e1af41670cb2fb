"""What a page of the journey carries so that saving from it overwrites nothing: see drafting.Sitting."""

import re
from secrets import token_hex

from flask import request

from consult.respond.drafting import Sitting, Words, mark_of

PAGE, STARTED_FROM, TURN = "page", "started_from", "turn"
_NAME = re.compile(r"[0-9a-f]{32}")
MOST_TURNS = 1_000_000_000


def sitting_posted(writer_id: int | None = None) -> Sitting | None:
    """Return the sitting of the page that was posted, or None of a page that carried none."""
    page, mark = request.form.get(PAGE, ""), request.form.get(STARTED_FROM, "")
    if not (_NAME.fullmatch(page) and _NAME.fullmatch(mark)):
        return None
    turn = request.form.get(TURN, "0")
    count = int(turn) if turn.isdecimal() and len(turn) < 10 else 0
    return Sitting(page, mark, min(count, MOST_TURNS), writer_id)


def sitting_shown(standing: Words) -> Sitting:
    """Return what a page carries: a new sitting, or, on a page shown again after posting, the one posted.

    What stands on a page shown again was typed after its first showing, so it must not claim to know more.
    """
    posted = sitting_posted() if request.method == "POST" else None
    return posted or Sitting(token_hex(16), mark_of(standing))
