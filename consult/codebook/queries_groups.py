"""Reads about groups to read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from consult.accounts.models import User
from consult.codebook.models import Code
from consult.codebook.models_groups import EmergentGroup, EmergentGroupMember, GroupDecision, GroupSearch
from consult.codebook.rules_groups import (
    GROWN_AT_LEAST,
    GROWN_BY,
    LOOSE,
    SETTLING,
    GroupVerdict,
    SearchedIn,
    has_grown,
    name_of,
)
from consult.evidence.models import Answer, ConfidentialPassage, Passage, SourceText, Submission
from consult.evidence.queries import counted, in_cut, passage_stands
from consult.evidence.rules import PublicationChoice
from consult.foundation.errors import NotFound

GROUPS_A_PAGE = 20
PASSAGES_A_PAGE = 50
PIECE = 500


@dataclass(frozen=True)
class PassageShown:
    """A passage with what leads to it."""

    id: int
    quote: str
    language: str
    reference: str
    paragraph: int


@dataclass(frozen=True)
class DecisionShown:
    """What a member said of a group, and when."""

    verdict: GroupVerdict
    who: str
    at: datetime
    why: str
    code_slug: str | None
    code_name: str | None


@dataclass(frozen=True)
class GroupShown:
    """A group as a page shows it."""

    id: int
    phrases: tuple[str, ...]
    size: int
    submissions: int
    size_before: int | None
    likeness: float
    searched_in: SearchedIn
    found_at: datetime
    newest: bool
    like_id: int | None
    decision: DecisionShown | None
    examples: tuple[PassageShown, ...] = ()

    @property
    def name(self) -> str:
        """Return what it is called, which is made of its phrases."""
        return name_of(self.phrases)

    @property
    def grown(self) -> bool:
        """Tell whether it has grown since the search before."""
        return has_grown(self.size_before, self.size)

    @property
    def loose(self) -> bool:
        """Tell whether its passages have little in common."""
        return self.likeness < LOOSE

    @property
    def settled(self) -> bool:
        """Tell whether somebody has made a code of it or said that it is no theme."""
        return self.decision is not None and self.decision.verdict in SETTLING


@dataclass(frozen=True)
class GroupPage:
    """One page of groups, and how many there are."""

    groups: list[GroupShown]
    count: int


def newest_search(session: Session, inquiry_id: int, searched_in: SearchedIn) -> GroupSearch | None:
    """Return the last search that is done, if any."""
    newest = _newest(inquiry_id, searched_in).scalar_subquery()
    return session.scalar(select(GroupSearch).where(GroupSearch.id == newest))


def offered_groups(session: Session, inquiry_id: int, searched_in: SearchedIn, page: int = 1) -> GroupPage:
    """Return one page of the groups that wait for a person, those grown first, then by size and closeness."""
    waiting = _waiting(inquiry_id, searched_in)
    count = session.scalar(select(func.count()).select_from(EmergentGroup).where(*waiting)) or 0
    before = aliased(EmergentGroup)
    # As `has_grown`, in the order that the page wants: an alarm on the third page wakes nobody.
    ids = session.scalars(
        select(EmergentGroup.id)
        .outerjoin(before, before.id == EmergentGroup.before_id)
        .where(*waiting)
        .order_by(
            func.coalesce(_grown(before), False).desc(),
            (EmergentGroup.size * EmergentGroup.likeness * EmergentGroup.likeness).desc(),
            EmergentGroup.id,
        )
        .limit(GROUPS_A_PAGE)
        .offset((page - 1) * GROUPS_A_PAGE)
    ).all()
    return GroupPage(_shown(session, ids), count)


def settled_groups(session: Session, inquiry_id: int) -> list[GroupShown]:
    """Return the groups on which a person has decided, the last first."""
    ids = session.scalars(
        select(GroupDecision.group_id)
        .join(EmergentGroup, EmergentGroup.id == GroupDecision.group_id)
        .join(GroupSearch, GroupSearch.id == EmergentGroup.search_id)
        .where(GroupSearch.inquiry_id == inquiry_id, is_latest(), GroupDecision.verdict.in_(SETTLING))
        .order_by(GroupDecision.id.desc())
    ).all()
    return _shown(session, ids)


def group_of(session: Session, inquiry_id: int, group_id: int) -> GroupShown:
    """Return a group of an inquiry; NotFound for any other."""
    mine = session.scalar(
        select(EmergentGroup.id)
        .join(GroupSearch, GroupSearch.id == EmergentGroup.search_id)
        .where(
            EmergentGroup.id == group_id,
            GroupSearch.inquiry_id == inquiry_id,
            GroupSearch.done_at.is_not(None),
        )
    )
    if mine is None:
        raise NotFound("There is no such group in this inquiry.")
    return _shown(session, [mine])[0]


def passages_of_group(session: Session, group_id: int, page: int = 1) -> tuple[list[PassageShown], bool]:
    """Return one page of a group's passages that stand, the typical ones first, and whether more follow."""
    rows = session.execute(
        _passages([group_id])
        .order_by(EmergentGroupMember.place.is_(None), EmergentGroupMember.place, Passage.id)
        .limit(PASSAGES_A_PAGE + 1)
        .offset((page - 1) * PASSAGES_A_PAGE)
    ).all()
    return [_passage(row) for row in rows[:PASSAGES_A_PAGE]], len(rows) > PASSAGES_A_PAGE


def examples_for_code(session: Session, group_id: int) -> list[str]:
    """Return the typical passages of a group that may stand in a codebook, which leaves the house.

    None that its writer asked not to be published, or marked as confidential in part.
    """
    marked = exists().where(
        ConfidentialPassage.source_text_id == Passage.source_text_id,
        ConfidentialPassage.start < Passage.end,
        Passage.start < ConfidentialPassage.end,
    )
    open_to_all = func.coalesce(Answer.publication, Submission.publication)
    rows = session.execute(
        _passages([group_id])
        .join(SourceText, SourceText.id == Passage.source_text_id)
        .outerjoin(Answer, Answer.id == SourceText.answer_id)
        .where(
            EmergentGroupMember.place.is_not(None),
            ~marked,
            Submission.publication != PublicationChoice.NOT_PUBLISHED,
            open_to_all != PublicationChoice.NOT_PUBLISHED,
        )
        .order_by(EmergentGroupMember.place)
    )
    return [row.quote for row in rows]


def shared_with(session: Session, groups: Select[int], passage_ids: Sequence[int]) -> dict[int, int]:
    """Return how many of these passages are in each of some groups."""
    shared: dict[int, int] = {}
    for start in range(0, len(passage_ids), PIECE):
        rows = session.execute(
            select(EmergentGroupMember.group_id, func.count())
            .where(
                EmergentGroupMember.passage_id.in_(passage_ids[start : start + PIECE]),
                EmergentGroupMember.group_id.in_(groups),
            )
            .group_by(EmergentGroupMember.group_id)
        )
        for group_id, count in rows:
            shared[group_id] = shared.get(group_id, 0) + count
    return shared


def groups_of_newest(inquiry_id: int, searched_in: SearchedIn) -> Select[int]:
    """Select the groups of the last search that is done."""
    newest = _newest(inquiry_id, searched_in).scalar_subquery()
    return select(EmergentGroup.id).where(EmergentGroup.search_id == newest)


def groups_settled(inquiry_id: int) -> Select[int]:
    """Select the groups of which somebody made a code, or said that they are no theme."""
    return (
        select(GroupDecision.group_id)
        .join(EmergentGroup, EmergentGroup.id == GroupDecision.group_id)
        .join(GroupSearch, GroupSearch.id == EmergentGroup.search_id)
        .where(GroupSearch.inquiry_id == inquiry_id, is_latest(), GroupDecision.verdict.in_(SETTLING))
    )


def is_latest() -> ColumnElement[bool]:
    """Hold for the newest decision on its group."""
    later = aliased(GroupDecision)
    return ~exists().where(later.group_id == GroupDecision.group_id, later.id > GroupDecision.id)


def _newest(inquiry_id: int, searched_in: SearchedIn) -> Select[int]:
    return select(func.max(GroupSearch.id)).where(
        GroupSearch.inquiry_id == inquiry_id,
        GroupSearch.searched_in == searched_in,
        GroupSearch.done_at.is_not(None),
    )


def _waiting(inquiry_id: int, searched_in: SearchedIn) -> tuple[ColumnElement[bool], ...]:
    """Hold for groups of the last search that nobody has settled, nor one that they repeat."""
    settled = groups_settled(inquiry_id)
    return (
        EmergentGroup.id.in_(groups_of_newest(inquiry_id, searched_in)),
        EmergentGroup.id.not_in(settled),
        EmergentGroup.like_id.is_(None) | EmergentGroup.like_id.not_in(settled),
    )


def _grown(before: Any) -> ColumnElement[bool]:
    now = EmergentGroup.size
    return and_(now - before.size >= GROWN_AT_LEAST, now >= GROWN_BY * before.size)


def _shown(session: Session, ids: Sequence[int]) -> list[GroupShown]:
    before = aliased(EmergentGroup)
    rows = session.execute(
        select(
            EmergentGroup, before.size.label("size_before"), GroupSearch.searched_in, GroupSearch.begun_at,
            GroupSearch.inquiry_id, GroupSearch.id.label("search_id"),
        )
        .join(GroupSearch, GroupSearch.id == EmergentGroup.search_id)
        .outerjoin(before, before.id == EmergentGroup.before_id)
        .where(EmergentGroup.id.in_(ids))
    ).all()  # fmt: skip
    decisions, examples = _decisions(session, ids), _examples(session, ids)
    newest = {
        key: session.scalar(_newest(*key)) for key in {(row.inquiry_id, row.searched_in) for row in rows}
    }
    found = {
        row.EmergentGroup.id: GroupShown(
            id=row.EmergentGroup.id,
            phrases=tuple(row.EmergentGroup.phrases),
            size=row.EmergentGroup.size,
            submissions=row.EmergentGroup.submissions,
            size_before=row.size_before,
            likeness=row.EmergentGroup.likeness,
            searched_in=row.searched_in,
            found_at=row.begun_at,
            newest=newest[row.inquiry_id, row.searched_in] == row.search_id,
            like_id=row.EmergentGroup.like_id,
            decision=decisions.get(row.EmergentGroup.id),
            examples=tuple(examples.get(row.EmergentGroup.id, ())),
        )
        for row in rows
    }
    return [found[one] for one in ids]


def _decisions(session: Session, ids: Iterable[int]) -> dict[int, DecisionShown]:
    rows = session.execute(
        select(
            GroupDecision.group_id, GroupDecision.verdict, User.name, GroupDecision.at, GroupDecision.why,
            Code.slug, Code.name.label("code_name"),
        )
        .join(User, User.id == GroupDecision.user_id)
        .outerjoin(Code, Code.id == GroupDecision.code_id)
        .where(GroupDecision.group_id.in_(ids), is_latest())
    )  # fmt: skip
    return {row.group_id: DecisionShown(*row[1:]) for row in rows}


def _examples(session: Session, ids: Sequence[int]) -> dict[int, list[PassageShown]]:
    found: dict[int, list[PassageShown]] = {}
    rows = _passages(ids).where(EmergentGroupMember.place.is_not(None)).order_by(EmergentGroupMember.place)
    for row in session.execute(rows):
        found.setdefault(row.group_id, []).append(_passage(row))
    return found


def _passages(group_ids: Sequence[int]) -> Select[Any]:
    """Select the passages of groups whose words stand, of evidence that counts."""
    columns: tuple[Any, ...] = (
        EmergentGroupMember.group_id,
        Passage.id,
        Passage.quote,
        func.coalesce(Passage.language, Submission.language).label("language"),
        Submission.reference,
        Passage.paragraph,
    )
    return (
        select(*columns)
        .select_from(EmergentGroupMember)
        .join(Passage, Passage.id == EmergentGroupMember.passage_id)
        .join(Submission, Submission.id == Passage.submission_id)
        .where(EmergentGroupMember.group_id.in_(group_ids), in_cut(), passage_stands(), counted())
    )


def _passage(row: Any) -> PassageShown:
    return PassageShown(row.id, row.quote, row.language, row.reference, row.paragraph)
