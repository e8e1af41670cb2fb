"""A person cuts passages anew: one in two, or two into one.

What was decided on the old ones stays on them: a coding stands on exactly the words it was made on, as one
on selected words does. Only the passages to be read from now on are others. A text with passages is never
cut again by the machine.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, insert, or_, select
from sqlalchemy.orm import Session

from consult.evidence.models import Passage
from consult.evidence.models_campaigns import RepeatedPassage
from consult.evidence.models_recuts import LeftPassage, Recut
from consult.evidence.queries.standing import in_cut, passage_stands
from consult.evidence.rules import Bounds
from consult.evidence.rules_recuts import joined_bounds, parted
from consult.evidence.service.passages import SourceBody, bodies_of, insert_cut, rows_of
from consult.evidence.service.receiving import ask_for_passages
from consult.foundation import audit
from consult.foundation.errors import NotFound, Refused
from consult.foundation.security import Actor


def split_passage(
    session: Session, passage_id: int, place: int, *, inquiry_id: int, actor: Actor, at: datetime
) -> Recut:
    """Put two passages in the place of one; `place` is where in its text the second begins.

    Refused when a passage would hold no words, when somebody has cut it anew meanwhile, and where the same
    words are read once for a campaign.
    """
    user_id = _member(actor)
    passage, text = _held(session, passage_id, inquiry_id)
    parts = parted(text.body, _bounds(passage), place)
    return _cut_anew(session, text, [passage], parts, user_id=user_id, actor=actor, at=at)


def join_with_next(
    session: Session, passage_id: int, *, inquiry_id: int, actor: Actor, at: datetime
) -> Recut:
    """Put one passage in the place of this and the next of the same text, with the words between them.

    Refused when there is no next, when together they would be too long to read, and as splitting is.
    """
    user_id = _member(actor)
    passage, text = _held(session, passage_id, inquiry_id)
    following = next_in_cut(session, passage)
    if following is None:
        raise Refused("It is the last passage of its text, so there is none to join it with.")
    _held(session, following.id, inquiry_id)
    whole = joined_bounds(text.body, _bounds(passage), _bounds(following))
    return _cut_anew(session, text, [passage, following], [whole], user_id=user_id, actor=actor, at=at)


def next_in_cut(session: Session, passage: Passage) -> Passage | None:
    """Return the passage after this one in the same text."""
    later = select(Passage).where(
        Passage.source_text_id == passage.source_text_id, Passage.start >= passage.end, in_cut()
    )
    return session.scalar(later.order_by(Passage.start).limit(1))


def _member(actor: Actor) -> int:
    if actor.user_id is None:
        raise Refused("Only a named member can cut passages anew. Sign in and try again.")
    return actor.user_id


def _held(session: Session, passage_id: int, inquiry_id: int) -> tuple[Passage, SourceBody]:
    """Return a passage of the present cut with its text; held until the commit, as a decision on it would."""
    passage = session.scalar(
        select(Passage).where(Passage.id == passage_id, Passage.inquiry_id == inquiry_id).with_for_update()
    )
    if passage is None:
        raise NotFound("There is no such passage in this inquiry.")
    if session.scalar(select(Passage.id).where(Passage.id == passage_id, in_cut(), passage_stands())) is None:
        raise Refused("This text has been cut anew, or replaced, meanwhile. Load the page again.")
    _check_read_here(session, passage)
    return passage, bodies_of(session, [passage.source_text_id])[passage.source_text_id]


def _check_read_here(session: Session, passage: Passage) -> None:
    same_words = exists().where(
        (RepeatedPassage.passage_id == passage.id) | (RepeatedPassage.template_passage_id == passage.id)
    )
    if session.scalar(select(same_words)):
        raise Refused(
            "The same words stand in other letters of a campaign and are read once for all of them, "
            "so they stay one passage."
        )


def _cut_anew(
    session: Session,
    text: SourceBody,
    old: Sequence[Passage],
    bounds: Sequence[Bounds],
    *,
    user_id: int,
    actor: Actor,
    at: datetime,
) -> Recut:
    before, after = [[p.start, p.end] for p in old], [[b.start, b.end] for b in bounds]
    recut = Recut(
        inquiry_id=text.inquiry_id, source_text_id=text.id, user_id=user_id, before=before, after=after, at=at
    )
    session.add(recut)
    session.flush()  # the passages that leave name it
    languages = {passage.language for passage in old}
    language = languages.pop() if len(languages) == 1 else None
    insert_cut(session, [{**row, "language": language} for row in rows_of(text, bounds, at)])
    session.execute(insert(LeftPassage), [_left(passage, recut) for passage in old])
    session.execute(delete(LeftPassage).where(LeftPassage.passage_id.in_(_with_bounds(text, bounds))))
    detail = {"text": text.id, "before": before, "after": after}
    act = audit.Act("cut passages anew", "source text", text.id, detail=detail)
    audit.record(session, act, inquiry_id=text.inquiry_id, actor=actor, at=at)
    ask_for_passages(session, text.inquiry_id, actor, at)
    return recut


def _left(passage: Passage, recut: Recut) -> dict[str, Any]:
    return {"passage_id": passage.id, "recut_id": recut.id}


def _with_bounds(text: SourceBody, bounds: Sequence[Bounds]) -> Any:
    """Select the passages that lie so; one of them may have left the cut before."""
    lying = [(Passage.start == each.start) & (Passage.end == each.end) for each in bounds]
    return select(Passage.id).where(Passage.source_text_id == text.id, or_(*lying))


def _bounds(passage: Passage) -> Bounds:
    return Bounds(passage.start, passage.end)
