"""What an inquiry wants of suggestions, and what scores are said to mean."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from consult.accounts.models import User
from consult.coding.models_quality import SuggestionSettings
from consult.coding.queries.settings import latest_summary, wanted_of
from consult.coding.rules_quality import RunEnd, Wanted, bins_shown, share_accepted, share_in_words
from consult.coding.service import finish_run, set_suggestion_settings
from consult.foundation.errors import BadInput
from consult.foundation.jobs.models import Job
from consult.foundation.jobs.names import JobName
from tests.builders import NOON
from tests.page import PageClient
from tests.unit.coding.conftest import Desk


@pytest.fixture
def ann(desk: Desk, client_of: Callable[[User], PageClient]) -> PageClient:
    return client_of(desk.ann)


def acceptance(*shares: float, decided: int = 40) -> dict[str, Any]:
    bins = [
        {"least": i / len(shares), "accepted": 0, "decided": decided, "share": share}
        for i, share in enumerate(shares)
    ]
    return {"acceptance": {"least": 30, "decided": decided * len(shares), "overall": bins, "codes": {}}}


def test_what_is_typed_is_kept_and_the_machine_asked_to_propose_again(
    desk: Desk, ann: PageClient, sent_jobs: list[int]
) -> None:
    page = ann.get(f"/inquiries/{desk.inquiry.slug}/coding/settings")
    ann.submit(page, {"precision": "80", "most": "3"}, with_field="precision")
    assert wanted_of(desk.session, desk.inquiry.id) == Wanted(80, 3)
    wanted = select(Job).where(Job.name == JobName.SUGGESTIONS_WANTED, Job.inquiry_id == desk.inquiry.id)
    assert len(list(desk.session.scalars(wanted))) == 1
    again = ann.get(f"/inquiries/{desk.inquiry.slug}/coding/settings")
    assert (again.typed("precision"), again.typed("most")) == ("80", "3")


def test_nothing_typed_asks_for_whatever_is_worth_a_look(
    desk: Desk, ann: PageClient, sent_jobs: list[int]
) -> None:
    page = ann.get(f"/inquiries/{desk.inquiry.slug}/coding/settings")
    assert (page.typed("precision"), page.typed("most")) == ("", "5")
    ann.submit(page, {"precision": " ", "most": "5"}, with_field="precision")
    assert wanted_of(desk.session, desk.inquiry.id) == Wanted(None, 5)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"precision": "100", "most": "5"}, "from 10 to 99"),
        ({"precision": "most", "most": "5"}, "from 10 to 99"),
        ({"precision": "80", "most": "0"}, "from 1 to 10"),
        ({"precision": "80", "most": ""}, "from 1 to 10"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_kept(
    desk: Desk, ann: PageClient, typed: dict[str, str], words: str
) -> None:
    page = ann.get(f"/inquiries/{desk.inquiry.slug}/coding/settings")
    wrong = ann.submit(page, typed, with_field="precision", status=422)
    assert words in wrong.text
    assert wrong.title.startswith("Error")
    assert {name: wrong.typed(name) for name in typed} == typed
    assert wanted_of(desk.session, desk.inquiry.id) is None


@pytest.mark.parametrize("wanted", [Wanted(5, 5), Wanted(100, 5), Wanted(80, 0), Wanted(80, 11)])
def test_the_verb_refuses_what_cannot_be(desk: Desk, wanted: Wanted) -> None:
    with pytest.raises(BadInput):
        set_suggestion_settings(desk.session, wanted, **desk.who())


def test_the_same_again_changes_nothing(desk: Desk, sent_jobs: list[int]) -> None:
    for _ in range(2):
        set_suggestion_settings(desk.session, Wanted(70, 4), **desk.who())
    desk.session.commit()
    assert desk.verbs().count("set suggestion settings") == 1
    assert len(list(desk.session.scalars(select(SuggestionSettings)))) == 1


def test_a_score_is_shown_as_what_it_has_meant(desk: Desk, ann: PageClient) -> None:
    desk.propose(0, 0)
    end = RunEnd(took=10, passages=1, suggestions=1, abstained=0, summary=acceptance(0.1, 0.68))
    finish_run(desk.session, desk.run, end, actor=desk.who()["actor"], at=NOON)
    desk.session.commit()
    page = ann.get(f"/inquiries/{desk.inquiry.slug}/coding/{desk.submission.reference}")
    assert "About 7 in 10 like this were accepted" in page.text
    assert not page.all(".app-suggestion__band")  # a word beside it would quarrel with what is known
    assert latest_summary(desk.session, desk.inquiry.id) == end.summary


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.68, "about 7 in 10"), (0.04, "fewer than 1 in 10"), (0.97, "nearly all"), (0.5, "about 5 in 10")],
)
def test_shares_are_told_in_tens(share: float, words: str) -> None:
    assert share_in_words(share).startswith(words)


def test_too_few_decisions_say_nothing() -> None:
    assert share_accepted(acceptance(0.5, decided=29), "a", 0.7) is None
    assert share_accepted({}, "a", 0.7) is None


def test_a_code_with_decisions_of_its_own_speaks_for_itself() -> None:
    summary = acceptance(0.2, 0.6)
    own = [{**each, "share": each["share"] / 2} for each in summary["acceptance"]["overall"]]
    summary["acceptance"]["codes"]["mine"] = own
    assert share_accepted(summary, "mine", 0.9) == pytest.approx(0.3)
    assert share_accepted(summary, "other", 0.9) == pytest.approx(0.6)
    assert share_accepted(summary, "other", 0.0) == pytest.approx(0.2)


def test_scores_of_which_the_same_is_to_be_expected_stand_in_one_line() -> None:
    lines = bins_shown(acceptance(0.1, 0.1, 0.5))
    assert [(line.least, line.decided, line.share) for line in lines] == [
        (0.0, 80, 0.1),
        (pytest.approx(2 / 3), 40, 0.5),
    ]
    assert bins_shown({}) == []
