"""Verbs on groups to read: ask for them, keep what the machine found, say what a person makes of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from consult.codebook.models_groups import EmergentGroup, EmergentGroupMember, GroupDecision, GroupSearch
from consult.codebook.queries_groups import group_of, groups_of_newest, groups_settled, shared_with
from consult.codebook.rules_groups import (
    LONGEST_WHY,
    GroupVerdict,
    SearchedIn,
    same_group,
    settled_group,
)
from consult.evidence.rules import storable
from consult.foundation import audit
from consult.foundation.errors import BadInput, Refused
from consult.foundation.jobs.models import Job
from consult.foundation.jobs.names import JobName
from consult.foundation.jobs.queue import enqueue, waiting_job
from consult.foundation.security import Actor

ACTS = {
    GroupVerdict.CODE: "make a code of group",
    GroupVerdict.NOT_A_THEME: "say that group is no theme",
    GroupVerdict.OFFERED_AGAIN: "offer group again",
}


@dataclass(frozen=True)
class Search:
    """What a search is recorded under."""

    searched_in: SearchedIn
    finder: str
    finder_version: str
    settings: dict[str, Any]
    data_sha256: str
    seed: int
    passages: int


@dataclass(frozen=True)
class Found:
    """A group that a search found, its passages by id; `examples` are those that stand for it, in order."""

    phrases: tuple[str, ...]
    passage_ids: tuple[int, ...]
    examples: tuple[int, ...]
    submissions: int
    likeness: float


def want_groups(session: Session, *, inquiry_id: int, actor: Actor, at: datetime) -> Job:
    """Ask the machine to look for groups; asking twice is asking once."""
    waiting = waiting_job(session, JobName.GROUPS_WANTED, inquiry_id)
    return waiting or enqueue(
        session, JobName.GROUPS_WANTED, {}, at=at, inquiry_id=inquiry_id, requested_by=actor.user_id
    )


def start_search(
    session: Session, search: Search, *, inquiry_id: int, actor: Actor, at: datetime
) -> GroupSearch:
    """Open a search; what one that broke off had found is taken away first."""
    broken = select(GroupSearch.id).where(
        GroupSearch.inquiry_id == inquiry_id,
        GroupSearch.searched_in == search.searched_in,
        GroupSearch.done_at.is_(None),
    )
    _forget(session, list(session.scalars(broken)))
    begun = GroupSearch(
        inquiry_id=inquiry_id,
        searched_in=search.searched_in,
        finder=search.finder,
        finder_version=search.finder_version,
        settings=search.settings,
        data_sha256=search.data_sha256,
        seed=search.seed,
        passages=search.passages,
        begun_at=at,
    )
    session.add(begun)
    session.flush()  # the audit event names the new id
    detail = {"searched in": search.searched_in.value, "passages": search.passages}
    act = audit.Act("look for groups", "group search", begun.id, detail=detail)
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return begun


def record_groups(session: Session, search_id: int, found: Sequence[Found]) -> int:
    """Keep groups of a search, each with the group that it was before and the settled one that it repeats.

    Nothing is decided by it: a person makes a code of a group, or says that it is no theme.
    """
    search = session.get_one(GroupSearch, search_id)
    before = groups_of_newest(search.inquiry_id, search.searched_in)
    settled = groups_settled(search.inquiry_id)
    rows = session.execute(select(EmergentGroup.id, EmergentGroup.size).where(EmergentGroup.id.in_(before)))
    sizes: dict[int, int] = dict(rows.all())
    for group in found:
        now = len(group.passage_ids)
        kept = EmergentGroup(
            search_id=search_id,
            phrases=list(group.phrases),
            size=now,
            submissions=group.submissions,
            likeness=group.likeness,
            before_id=same_group(shared_with(session, before, group.passage_ids), sizes, now),
            like_id=settled_group(shared_with(session, settled, group.passage_ids), now),
        )
        session.add(kept)
        session.flush()  # its members name the new id
        session.execute(insert(EmergentGroupMember), _members(kept.id, group))
    return len(found)


def end_search(session: Session, search_id: int, *, at: datetime) -> None:
    """Show what a search found in the place of the one before; of that one, undecided, examples stay."""
    search = session.get_one(GroupSearch, search_id)
    decided = select(GroupDecision.group_id)
    replaced = groups_of_newest(search.inquiry_id, search.searched_in).where(EmergentGroup.id.not_in(decided))
    session.execute(
        delete(EmergentGroupMember).where(
            EmergentGroupMember.group_id.in_(replaced), EmergentGroupMember.place.is_(None)
        )
    )
    search.done_at = at
    session.flush()


def decide_group(
    session: Session,
    group_id: int,
    verdict: GroupVerdict,
    *,
    inquiry_id: int,
    why: str = "",
    code_id: int | None = None,
    actor: Actor,
    at: datetime,
) -> None:
    """Record what a member makes of a group; one that is no theme needs a reason.

    It and groups like it are then offered no more, until somebody offers it again. Refused where that is
    what already holds.
    """
    group = group_of(session, inquiry_id, group_id)
    why = storable(why.strip())
    if verdict is GroupVerdict.NOT_A_THEME and not why:
        raise BadInput("Say why this is not a theme.")
    if len(why) > LONGEST_WHY:
        raise BadInput(f"The reason must have {LONGEST_WHY:,} characters or fewer.")
    if group.settled == (verdict is not GroupVerdict.OFFERED_AGAIN):
        raise Refused("Somebody has already decided this. Look at the group again.")
    session.add(
        GroupDecision(
            group_id=group_id, user_id=actor.user_id, verdict=verdict, code_id=code_id, why=why, at=at
        )
    )
    session.flush()
    act = audit.Act(ACTS[verdict], "emergent group", group_id, detail={"code": code_id} if code_id else {})
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)


def _members(group_id: int, group: Found) -> list[dict[str, int | None]]:
    places = {passage_id: place for place, passage_id in enumerate(group.examples, start=1)}
    return [
        {"group_id": group_id, "passage_id": passage_id, "place": places.get(passage_id)}
        for passage_id in group.passage_ids
    ]


def _forget(session: Session, search_ids: Sequence[int]) -> None:
    if not search_ids:
        return
    groups = select(EmergentGroup.id).where(EmergentGroup.search_id.in_(search_ids))
    session.execute(delete(EmergentGroupMember).where(EmergentGroupMember.group_id.in_(groups)))
    session.execute(delete(EmergentGroup).where(EmergentGroup.search_id.in_(search_ids)))
    session.execute(delete(GroupSearch).where(GroupSearch.id.in_(search_ids)))
