"""Campaigns: the machine groups letters and decides nothing, people decide, and what they decided stays."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from consult.accounts.models import User
from consult.assist.grouping import group_waiting
from consult.calls.models import Call, Inquiry
from consult.evidence.models import Passage, SourceText, Submission
from consult.evidence.models_campaigns import (
    Campaign,
    CampaignDecision,
    CampaignMember,
    CampaignProposal,
    CampaignRun,
    RepeatedPassage,
)
from consult.evidence.queries.campaigns import campaigns_of, proposed_groups
from consult.evidence.queries.letters import findings_of
from consult.evidence.rules import SubmissionState
from consult.evidence.rules_campaigns import (
    CampaignVerdict,
    CountingRule,
    Held,
    Method,
    is_time_to_group,
    method_sentences,
    pieces_of,
)
from consult.evidence.service.campaigns import (
    Wording,
    change_campaign,
    confirm_campaign,
    confirm_waiting,
    decide_letters,
    refuse_group,
    split_campaign,
)
from consult.foundation.errors import BadInput, NotFound, Refused
from consult.foundation.security import SYSTEM, Actor, Role
from tests.builders import NOON, Builder

LIBRARY = (
    "I am writing to ask you to keep the library on Mill Lane open. It is the only warm place in the village"
    " where anybody may sit without paying, and the children do their homework there. Closing it would save"
    " little and cost the whole valley dearly. Please vote against the closure on Monday."
)
BUSES = (
    "The last bus to our village now leaves at five in the afternoon, and nobody who works in town can take"
    " it. Those who cannot drive have lost their jobs or moved away. We ask the county to restore the evening"
    " route before winter, as it promised to do two years ago."
)
OWN = "My mother met every friend she has at the reading group and would see nobody if it went."
MUCH = (
    "I was born above the bakery and have borrowed books here for sixty years. When my husband died the"
    " librarian came to the house with a box of them, and came again each month until I could walk to her."
    " There is no figure in your paper for that. My grandson, who does not speak much, reads aloud to the"
    " dog on Saturdays, and his teacher says that nothing else has helped. Whoever wrote that we have the"
    " internet has not tried it on our hill."
)


def untold(_done: int, _total: int, _message: str) -> None:
    pass


class Desk:
    """An inquiry's campaigns and the verbs of whoever decides on them."""

    def __init__(self, build: Builder) -> None:
        self.build, self.session = build, build.session
        self.inquiry: Inquiry = build.inquiry()
        self.call: Call = build.call(self.inquiry)
        build.question(self.call, prompt="What should the commission know about where you live and work?")
        self.clerk: User = build.member(self.inquiry, Role.CLERK)
        self.session.commit()
        self.given = {"inquiry_id": self.inquiry.id, "actor": Actor.member(self.clerk.id), "at": NOON}

    def send(self, *texts: str) -> list[Submission]:
        sent = [self.build.submission(self.call, text) for text in texts]
        for submission in sent:
            self.build.passages(submission)
        self.session.commit()
        return sent

    def group(self) -> int:
        return group_waiting(self.inquiry.id, untold, actor=SYSTEM, again=True).changed

    def confirm(self, letter: Submission, name: str = "Keep the library", **values: object) -> Campaign:
        wording = Wording(name, CountingRule.ONCE)
        campaign = confirm_campaign(self.session, letter.reference, wording, **self.given, **values)
        self.session.commit()
        return campaign

    def decide(self, campaign: Campaign, verdict: CampaignVerdict, *letters: Submission) -> int:
        references = [letter.reference for letter in letters]
        changed = decide_letters(self.session, campaign.id, references, verdict, **self.given)
        self.session.commit()
        return changed

    def members(self, campaign: Campaign) -> dict[int, bool]:
        rows = select(CampaignMember).where(CampaignMember.campaign_id == campaign.id)
        return {row.submission_id: row.by_itself for row in self.session.scalars(rows)}

    def offered(self) -> list[tuple[int, int | None, int]]:
        return [
            (g.template_id, g.campaign_id, g.letters) for g in proposed_groups(self.session, self.inquiry.id)
        ]


@pytest.fixture
def desk(build: Builder, sent_jobs: list[int]) -> Desk:
    return Desk(build)


def ids(letters: Sequence[Submission]) -> list[int]:
    return [letter.id for letter in letters]


# An exact copy is marked as such when it arrives, before anybody looks for campaigns.
NEW, COPY = SubmissionState.NEW, SubmissionState.POSSIBLE_DUPLICATE
ARRIVED = [NEW, NEW, NEW, COPY, NEW, COPY]


def test_similar_letters_are_proposed_and_nothing_is_decided(desk: Desk, session: Session) -> None:
    letters = desk.send(LIBRARY, BUSES, f"{LIBRARY} {OWN}", LIBRARY, MUCH, BUSES)
    assert desk.group() == 5
    assert desk.offered() == [(letters[0].id, None, 3), (letters[1].id, None, 2)]
    assert session.scalar(select(func.count()).select_from(CampaignMember)) == 0
    assert [letter.state for letter in letters] == ARRIVED
    found = findings_of(session, desk.inquiry.id)
    assert letters[4].id not in found
    ((_, start, end),) = found[letters[2].id].own
    assert f"{LIBRARY} {OWN}"[start:end] == OWN


def test_what_a_call_asks_makes_nobody_a_copyist(desk: Desk) -> None:
    prompt = "What should the commission know about where you live and work?"
    answers = [f"{prompt} {text}" for text in ("The hall.", "The buses.", "The weir.", "Nothing much.")]
    desk.send(*answers)
    desk.group()
    assert desk.offered() == []


def test_a_second_grouping_of_the_same_letters_adds_no_proposal(desk: Desk, session: Session) -> None:
    desk.send(LIBRARY, LIBRARY, LIBRARY)
    assert desk.group() == 3
    assert desk.group() == 0
    assert session.scalar(select(func.count()).select_from(CampaignProposal)) == 3
    assert session.scalar(select(func.count()).select_from(CampaignRun)) == 2


def test_confirming_takes_all_letters_and_counts_those_with_much_of_their_own_by_themselves(
    desk: Desk, session: Session
) -> None:
    letters = desk.send(LIBRARY, LIBRARY, f"{LIBRARY} {OWN}", f"{LIBRARY} {MUCH}", BUSES)
    desk.group()
    campaign = desk.confirm(letters[0])
    assert desk.members(campaign) == {
        letters[0].id: False, letters[1].id: False, letters[2].id: False, letters[3].id: True,
    }  # fmt: skip
    assert [letter.state for letter in letters[3:]] == [SubmissionState.CAMPAIGN, SubmissionState.NEW]
    (read,) = campaigns_of(session, desk.inquiry.id)
    assert (read.letters, read.by_itself, read.template) == (4, 1, letters[0].reference)
    assert desk.offered() == []


def test_letters_may_be_decided_one_by_one(desk: Desk) -> None:
    letters = desk.send(LIBRARY, LIBRARY, f"{LIBRARY} {OWN}")
    desk.group()
    campaign = desk.confirm(letters[0], template_alone=True)
    assert desk.members(campaign) == {letters[0].id: False}
    assert desk.offered() == [(letters[0].id, campaign.id, 2)]
    desk.decide(campaign, CampaignVerdict.NOT_IN, letters[1])
    desk.decide(campaign, CampaignVerdict.BY_ITSELF, letters[2])
    assert desk.members(campaign) == {letters[0].id: False, letters[2].id: True}
    desk.group()
    assert desk.offered() == []
    assert letters[1].state is SubmissionState.POSSIBLE_DUPLICATE


def test_a_group_that_is_no_campaign_is_not_proposed_again(desk: Desk, session: Session) -> None:
    letters = desk.send(LIBRARY, LIBRARY, LIBRARY)
    desk.group()
    assert refuse_group(session, letters[0].reference, **desk.given) == 3
    session.commit()
    desk.send(LIBRARY)
    desk.group()
    assert desk.offered() == []


def test_new_letters_are_offered_to_the_campaign_and_nobodys_decision_changes(
    desk: Desk, session: Session
) -> None:
    letters = desk.send(LIBRARY, LIBRARY, LIBRARY)
    desk.group()
    campaign = desk.confirm(letters[0])
    desk.decide(campaign, CampaignVerdict.NOT_IN, letters[2])
    # Now another wording is commonest: the template of the campaign stays what it was.
    new = desk.send(*[f"{LIBRARY} {OWN}"] * 5)
    desk.group()
    assert desk.offered() == [(letters[0].id, campaign.id, 5)]
    assert set(desk.members(campaign)) == {letters[0].id, letters[1].id}
    assert confirm_waiting(session, campaign.id, **desk.given) == 5
    assert set(desk.members(campaign)) == {*ids(letters[:2]), *ids(new)}
    assert confirm_waiting(session, campaign.id, **desk.given) == 0


def test_two_confirmed_campaigns_never_merge_however_alike(desk: Desk, session: Session) -> None:
    letters = desk.send(LIBRARY, LIBRARY, LIBRARY, f"{LIBRARY} {OWN}", f"{LIBRARY} {OWN}")
    desk.group()
    campaign = desk.confirm(letters[0])
    references = [letter.reference for letter in letters[3:]]
    other = split_campaign(
        session, campaign.id, references, Wording("With mothers", CountingRule.EACH), **desk.given
    )
    session.commit()
    more = desk.send(LIBRARY, f"{LIBRARY} {OWN}")
    desk.group()
    assert set(desk.members(campaign)) == set(ids(letters[:3]))
    assert set(desk.members(other)) == set(ids(letters[3:]))
    assert set(desk.offered()) == {(letters[0].id, campaign.id, 1), (letters[3].id, other.id, 1)}
    found = findings_of(session, desk.inquiry.id)
    assert found[letters[4].id].own == ()
    assert found[more[1].id].template_id == letters[3].id


def test_a_letter_moves_from_one_campaign_to_another_and_its_own_words_with_it(
    desk: Desk, session: Session
) -> None:
    letters = desk.send(*[LIBRARY] * 3, *[BUSES] * 3, f"{LIBRARY} {BUSES}")
    desk.group()
    library, buses = desk.confirm(letters[0]), desk.confirm(letters[3], "Buses")
    mixed = letters[6]
    assert mixed.id in {*desk.members(library), *desk.members(buses)}
    for campaign, words in ((library, BUSES), (buses, LIBRARY)):
        desk.decide(campaign, CampaignVerdict.IN, mixed)
        assert mixed.id in desk.members(campaign)
        desk.group()
        own = findings_of(session, desk.inquiry.id)[mixed.id].own
        assert [f"{LIBRARY} {BUSES}"[start:end] for _, start, end in own] == [words]


def test_taking_a_letter_out_gives_it_back_to_the_desk(desk: Desk) -> None:
    letters = desk.send(LIBRARY, LIBRARY, LIBRARY)
    desk.group()
    campaign = desk.confirm(letters[0])
    desk.decide(campaign, CampaignVerdict.NOT_IN, letters[1])
    assert letters[1].state is SubmissionState.ACCEPTED
    assert letters[1].id not in desk.members(campaign)


def test_a_state_that_says_what_is_still_to_do_is_kept(desk: Desk) -> None:
    letters = desk.send(LIBRARY, LIBRARY)
    letters[1].state = SubmissionState.NEEDS_REDACTION
    desk.session.commit()
    desk.group()
    desk.confirm(letters[0])
    assert letters[1].state is SubmissionState.NEEDS_REDACTION


def test_every_decision_is_kept_and_the_newest_of_a_letter_stands(desk: Desk, session: Session) -> None:
    letters = desk.send(LIBRARY, LIBRARY)
    desk.group()
    campaign = desk.confirm(letters[0])
    for verdict in (CampaignVerdict.NOT_IN, CampaignVerdict.IN, CampaignVerdict.BY_ITSELF):
        desk.decide(campaign, verdict, letters[1])
    assert desk.decide(campaign, CampaignVerdict.BY_ITSELF, letters[1]) == 0
    kept = select(CampaignDecision.verdict).where(CampaignDecision.submission_id == letters[1].id)
    assert list(session.scalars(kept.order_by(CampaignDecision.id))) == [
        CampaignVerdict.IN, CampaignVerdict.NOT_IN, CampaignVerdict.IN, CampaignVerdict.BY_ITSELF,
    ]  # fmt: skip
    with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
        session.execute(CampaignDecision.__table__.delete())


def test_the_letter_that_shows_a_template_stays_in_its_campaign(desk: Desk, session: Session) -> None:
    letters = desk.send(LIBRARY, LIBRARY, BUSES, BUSES)
    desk.group()
    library, buses = desk.confirm(letters[0]), desk.confirm(letters[2], "Buses")
    with pytest.raises(Refused, match="shows the template"):
        desk.decide(library, CampaignVerdict.NOT_IN, letters[0])
    with pytest.raises(Refused, match="shows the template of “Buses”"):
        desk.decide(library, CampaignVerdict.IN, letters[2])
    wording = Wording("Half", CountingRule.EACH)
    with pytest.raises(Refused, match="shows the template"):
        split_campaign(session, buses.id, [letters[2].reference], wording, **desk.given)


def test_only_a_named_member_confirms_and_only_within_the_inquiry(desk: Desk, session: Session) -> None:
    letters = desk.send(LIBRARY, LIBRARY)
    desk.group()
    wording = Wording("Keep the library", CountingRule.ONCE)
    with pytest.raises(Refused, match="named member"):
        confirm_campaign(
            session, letters[0].reference, wording, inquiry_id=desk.inquiry.id, actor=SYSTEM, at=NOON
        )
    campaign = desk.confirm(letters[0])
    elsewhere = {**desk.given, "inquiry_id": desk.build.inquiry().id}
    with pytest.raises(NotFound):
        change_campaign(session, campaign.id, wording, **elsewhere)
    with pytest.raises(NotFound):
        confirm_campaign(session, letters[0].reference, wording, **elsewhere)
    with pytest.raises(BadInput, match="name"):
        change_campaign(session, campaign.id, Wording("  ", CountingRule.ONCE), **desk.given)


def test_passages_with_the_words_of_the_template_are_marked_and_own_words_are_not(
    desk: Desk, session: Session
) -> None:
    first, second = "The library is warm.\n\nKeep it open.", "the LIBRARY is warm!\n\nKeep it open.\n\n" + OWN
    letters = desk.send(f"{LIBRARY}\n\n{first}", f"{LIBRARY}\n\n{second}", f"{LIBRARY}\n\n{first}")
    desk.group()
    campaign = desk.confirm(letters[0])
    desk.group()
    marks = dict(
        session.execute(
            select(RepeatedPassage.passage_id, Passage.quote).join(
                Passage, Passage.id == RepeatedPassage.template_passage_id
            )
        ).all()
    )
    own = [p for p in desk.build.passages(letters[1]) if p.id not in marks]
    assert [passage.quote for passage in own] == [OWN]
    assert len(marks) == 6
    assert not {passage.id for passage in desk.build.passages(letters[0])} & set(marks)
    desk.decide(campaign, CampaignVerdict.NOT_IN, letters[2])
    assert session.scalar(select(func.count()).select_from(RepeatedPassage)) == 3


METHODS = [
    (Method("X", CountingRule.EACH, 3, 0, "LOC1"), "Each is counted as a submission of its own"),
    (Method("X", CountingRule.ONCE, 1, 0, "LOC1"), "1 letter of the campaign “X” was received."),
    (
        Method("X", CountingRule.ONCE, 208, 0, "LOC1"),
        "208 letters of the campaign “X” were received. They are counted once",
    ),
    (
        Method("X", CountingRule.ONCE, 208, 12, "LOC1"),
        (
            "196 of them are counted once in every figure, as the submission LOC1."
            " 12 add much in their own words and are counted by themselves."
        ),
    ),
    (
        Method("X", CountingRule.APART, 9, 1, "LOC1"),
        (
            "8 of them are in none of the main figures and counted on a line of their own."
            " 1 adds much in its own words and is counted by itself."
        ),
    ),
    (
        Method("X", CountingRule.APART, 9, 0, "LOC1", "Agreed in May."),
        "on a line of their own. Agreed in May.",
    ),
]


@pytest.mark.parametrize(("method", "words"), METHODS)
def test_the_method_is_written_as_a_report_prints_it(method: Method, words: str) -> None:
    assert words in " ".join(method_sentences(method))


@given(st.text("ab \n", max_size=300), st.lists(st.integers(0, 300), max_size=8))
def test_pieces_keep_every_own_word_and_invent_none(text: str, edges: list[int]) -> None:
    within = sorted({min(edge, len(text)) for edge in edges})
    own = [(start, end) for start, end in zip(within[::2], within[1::2], strict=False) if start < end]
    pieces = pieces_of(text, own)
    assert [piece.words for piece in pieces if piece.own] == [text[start:end] for start, end in own]
    assert all(piece.words in text for piece in pieces if not piece.left_out)
    if not any(piece.left_out for piece in pieces):
        assert "".join(piece.words for piece in pieces) == text


@pytest.mark.parametrize(
    ("letters", "since", "due"),
    [(10, 0, False), (10, 1, True), (5_000, 1, True), (100_000, 1_999, False), (100_000, 2_000, True)],
)
def test_letters_are_grouped_again_when_enough_are_new(letters: int, since: int, due: bool) -> None:
    assert is_time_to_group(Held(letters, since)) is due


def test_a_letter_given_in_several_answers_is_compared_whole_and_marked_in_each(
    desk: Desk, session: Session
) -> None:
    first, second = LIBRARY.split(" Closing ")
    desk.send(LIBRARY, LIBRARY, LIBRARY)
    split = desk.build.submission(desk.call, f"{first} {OWN}", f"Closing {second} {OWN}")
    session.commit()
    desk.group()
    found = findings_of(session, desk.inquiry.id)[split.id]
    bodies = {text.id: text.body for text in session.scalars(select(SourceText))}
    assert [bodies[text_id][start:end] for text_id, start, end in found.own] == [OWN, OWN]
