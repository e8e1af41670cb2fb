"""Looking for groups, with the real library: what is read is left out, and nothing becomes a code."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.assist import discovering
from consult.assist.artefacts import forget_models
from consult.assist.queries_groups import PassageToGroup, passages_to_group
from consult.calls.models import Call, Inquiry
from consult.codebook import queries_groups as reads
from consult.codebook.models import Code
from consult.codebook.models_groups import EmergentGroup, EmergentGroupMember, GroupSearch
from consult.codebook.rules_groups import SearchedIn
from consult.coding.models_quality import BlindPassage
from consult.coding.service import apply_code
from consult.evidence.models import Passage
from consult.evidence.rules import Bounds
from consult.foundation.errors import Busy
from consult.foundation.security import SYSTEM, Actor, Role
from tests.builders import NOON, Builder

SAID = {
    "bus": "The last {} bus leaves our village at five, so nobody gets home from evening work in {}.",
    "park": "Our playground and its {} swings have been locked up since spring, says {}.",
}
WHERE = ["Ely", "Hove", "Wells", "Ripon", "Truro", "Derby", "Leeds", "Bath"]


def untold(_done: int, _total: int, _message: str) -> None:
    pass


@pytest.fixture
def inquiry(build: Builder) -> Inquiry:
    made = build.inquiry()
    call = build.call(made)
    for number, place in enumerate(WHERE):
        for words in SAID.values():
            build.passages(build.submission(call, words.format(number, place)))
    build.session.commit()
    return made


def passages(session: Session, words: str) -> list[Passage]:
    return list(session.scalars(select(Passage).where(Passage.quote.contains(words)).order_by(Passage.id)))


def groups_in(session: Session, inquiry: Inquiry, searched_in: SearchedIn) -> list[set[str]]:
    """What each group offered speaks of."""
    session.rollback()
    found = []
    for group in reads.offered_groups(session, inquiry.id, searched_in).groups:
        quotes = session.scalars(
            select(Passage.quote)
            .join(EmergentGroupMember, EmergentGroupMember.passage_id == Passage.id)
            .where(EmergentGroupMember.group_id == group.id)
        )
        found.append({subject for quote in quotes for subject in ("bus", "playground") if subject in quote})
    return found


def test_without_codes_all_passages_are_looked_at_once(inquiry: Inquiry, session: Session) -> None:
    assert discovering.find_groups(inquiry.id, untold, actor=SYSTEM) >= 2
    searches = list(session.scalars(select(GroupSearch.searched_in)))
    assert searches == [SearchedIn.ALL]
    found = groups_in(session, inquiry, SearchedIn.ALL)
    assert {frozenset(subjects) for subjects in found} == {frozenset({"bus"}), frozenset({"playground"})}


def test_what_a_code_is_likely_to_fit_or_somebody_has_read_is_not_among_the_uncovered(
    inquiry: Inquiry, session: Session, build: Builder
) -> None:
    code = build.code(build.codebook(inquiry), name="Buses")
    run = build.model_run(inquiry)
    for passage in passages(session, "bus"):
        build.suggestions(run, passage, code)
    read = passages(session, "playground")[0]
    apply_code(
        session, read.source_text_id, Bounds(read.start, read.end), code.id, inquiry_id=inquiry.id,
        actor=Actor.member(build.member(inquiry, Role.ANALYST).id), at=NOON,
    )  # fmt: skip
    session.commit()
    looked_at = {each.id: each for each in passages_to_group(session, inquiry.id)}
    assert all(looked_at[passage.id].novelty < 0.5 for passage in passages(session, "bus"))
    assert [each.id for each in looked_at.values() if each.touched] == [read.id]
    discovering.find_groups(inquiry.id, untold, actor=SYSTEM)
    assert all(subjects == {"playground"} for subjects in groups_in(session, inquiry, SearchedIn.UNCOVERED))
    uncovered = session.scalars(
        select(GroupSearch.passages).where(GroupSearch.searched_in == SearchedIn.UNCOVERED)
    )
    assert list(uncovered) == [len(WHERE) - 1]
    assert list(session.scalars(select(Code.name))) == ["Buses"]


def test_what_was_drawn_to_be_read_blind_is_not_shown_as_uncovered(
    inquiry: Inquiry, session: Session, build: Builder
) -> None:
    build.code(build.codebook(inquiry), name="Buses")
    drawn = passages(session, "playground")[0]
    build.add(BlindPassage(passage_id=drawn.id, inquiry_id=inquiry.id))
    session.commit()
    discovering.find_groups(inquiry.id, untold, actor=SYSTEM)
    shown = (
        select(EmergentGroupMember.passage_id)
        .join(EmergentGroup, EmergentGroup.id == EmergentGroupMember.group_id)
        .join(GroupSearch, GroupSearch.id == EmergentGroup.search_id)
    )
    uncovered = set(session.scalars(shown.where(GroupSearch.searched_in == SearchedIn.UNCOVERED)))
    assert uncovered
    assert drawn.id not in uncovered
    assert drawn.id in set(session.scalars(shown.where(GroupSearch.searched_in == SearchedIn.ALL)))


def test_looking_twice_gives_the_same_groups_and_knows_them_again(inquiry: Inquiry, session: Session) -> None:
    discovering.find_groups(inquiry.id, untold, actor=SYSTEM)
    before = reads.offered_groups(session, inquiry.id, SearchedIn.ALL).groups
    session.rollback()
    discovering.find_groups(inquiry.id, untold, actor=SYSTEM)
    after = reads.offered_groups(session, inquiry.id, SearchedIn.ALL).groups
    assert [(one.name, one.size) for one in after] == [(one.name, one.size) for one in before]
    assert [one.size_before for one in after] == [one.size for one in before]
    assert not any(one.grown for one in after)


def test_no_phrase_is_kept_of_words_that_were_erased_while_groups_were_looked_for(
    inquiry: Inquiry, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = discovering.passages_to_group

    def overtaken(session: Session, inquiry_id: int) -> list[PassageToGroup]:
        found = read(session, inquiry_id)
        forget_models(inquiry_id)
        return found

    monkeypatch.setattr(discovering, "passages_to_group", overtaken)
    with pytest.raises(Busy):
        discovering.find_groups(inquiry.id, untold, actor=SYSTEM)
    session.rollback()
    assert session.scalars(select(EmergentGroup.id)).all() == []
    monkeypatch.setattr(discovering, "passages_to_group", read)
    assert discovering.find_groups(inquiry.id, untold, actor=SYSTEM) > 0


def test_an_inquiry_without_passages_is_looked_at_and_holds_no_group(
    build: Builder, session: Session
) -> None:
    empty = build.inquiry()
    session.commit()
    assert discovering.find_groups(empty.id, untold, actor=SYSTEM) == 0
    assert not discovering.due(empty.id)


def test_a_large_import_is_worth_a_look(build: Builder, session: Session) -> None:
    inquiry = build.inquiry()
    call: Call = build.call(inquiry)
    build.passages(
        build.submission(call, "\n\n".join(f"Paragraph {n} of a long letter." for n in range(200)))
    )
    session.commit()
    assert discovering.due(inquiry.id)
    session.rollback()
    discovering.find_groups(inquiry.id, untold, actor=SYSTEM)
    assert not discovering.due(inquiry.id)
