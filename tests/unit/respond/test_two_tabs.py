"""One answer written in two places at once: nothing is overwritten that its writer has not seen."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from consult.calls.rules import QuestionKind
from consult.evidence.models import Submission
from consult.foundation.errors import BadInput
from consult.foundation.security import RESPONDENT
from consult.respond import service
from consult.respond.codes import code_from
from consult.respond.drafting import Outcome, Sitting, Written, mark_of, outcome_of
from consult.respond.models import Draft, DraftVersion
from tests.builders import NOON
from tests.page import PageClient, words_of
from tests.unit.respond.walk import ABOUT, World

FIRST, SECOND = "a" * 32, "b" * 32
SAVE = "Save and continue"


def sitting(page: str, showed: Any = "", turn: int = 0) -> Sitting:
    return Sitting(page, mark_of(showed), turn)


def written(page: str, turn: int = 0) -> Written:
    return Written(page, turn, None, NOON)


@pytest.mark.parametrize(
    ("standing", "typed", "by", "saves", "expected"),
    [
        ("", "Mine", None, sitting(FIRST), Outcome.SAVED),
        (None, "Mine", None, sitting(FIRST, []), Outcome.SAVED),
        ("Old", "New", written(FIRST), sitting(SECOND, "Old"), Outcome.SAVED),
        ("Old", "Old", written(FIRST), sitting(SECOND, "x"), Outcome.SAME),
        # The answer to an autosave was lost on the way: the page does not know that it saved.
        ("Half", "Half and more", written(FIRST), sitting(FIRST, ""), Outcome.SAVED),
        # An autosave that was overtaken by the press of a button.
        ("Half and more", "Half", written(FIRST, 2), sitting(FIRST, "", 1), Outcome.LATE),
        ("Theirs", "Mine", written(SECOND), sitting(FIRST, "Old"), Outcome.WAITING),
        # A tab left open in which nobody typed.
        ("Theirs", "Old", written(SECOND), sitting(FIRST, "Old"), Outcome.UNTOUCHED),
        ("Theirs", "", written(SECOND), sitting(FIRST, "Old"), Outcome.UNTOUCHED),
        ("", "Mine", written(SECOND), sitting(FIRST, "Old"), Outcome.SAVED),
        (["1"], ["2"], written(SECOND), sitting(FIRST, []), Outcome.WAITING),
        ({"name": "Ann"}, {"name": "Bea"}, written(SECOND), sitting(FIRST, {}), Outcome.WAITING),
        ({"name": "Ann"}, {"name": "Ann", "role": ""}, written(SECOND), sitting(FIRST, {}), Outcome.SAME),
    ],
)
def test_what_becomes_of_a_save(
    standing: Any, typed: Any, by: Any, saves: Sitting, expected: Outcome
) -> None:
    assert outcome_of(standing, typed, by, saves) is expected


def two_tabs(world: World, client: PageClient, kind: QuestionKind, first: Any, second: Any) -> Any:
    """Open one question twice, save from both, and return the page after the second save."""
    one, other = client.get(world.path(kind)), client.get(world.path(kind))
    client.submit(one, {"answer": first}, button=SAVE)
    return client.submit(other, {"answer": second}, button=SAVE)


def test_two_tabs_keep_both_versions_and_show_them(
    world: World, begun: PageClient, the_draft: Callable[[], Draft]
) -> None:
    page = two_tabs(world, begun, QuestionKind.FREE_TEXT, "From the first.", "From the second.")
    assert page.h1 == "There are two versions"
    assert page.text.index("From the first.") < page.text.index("From the second.")
    assert list(the_draft().answers.values()) == ["From the first."]


@pytest.mark.parametrize(
    ("button", "stands"),
    [
        ("Keep version 1", "From the first."),
        ("Keep version 2", "From the second."),
        ("Keep both, one after the other", "From the first.\n\nFrom the second."),
    ],
)
def test_a_choice_lets_one_stand_or_both(
    world: World, begun: PageClient, the_draft: Callable[[], Draft], button: str, stands: str
) -> None:
    page = two_tabs(world, begun, QuestionKind.FREE_TEXT, "From the first.", "From the second.")
    page = begun.submit(page, button=button)
    assert page.typed("answer") == stands
    assert list(the_draft().answers.values()) == [stands]
    assert begun.get(f"{world.base}/questions/1/versions").typed("answer") == stands


def test_two_choices_cannot_be_joined(world: World, begun: PageClient) -> None:
    little, lot = (str(world.options[name].id) for name in ("A little", "A lot"))
    page = two_tabs(world, begun, QuestionKind.SINGLE, little, lot)
    assert [words_of(b) for b in page.all("button") if words_of(b).startswith("Keep")] == [
        "Keep version 1",
        "Keep version 2",
    ]


def test_who_you_are_is_kept_twice_as_well(
    world: World, begun: PageClient, the_draft: Callable[[], Draft]
) -> None:
    one, other = begun.get(f"{world.base}/about"), begun.get(f"{world.base}/about")
    begun.submit(one, ABOUT, button=SAVE)
    page = begun.submit(other, {**ABOUT, "name": "Bea O’Neill"}, button=SAVE)
    assert page.h1 == "There are two versions"
    begun.submit(page, button="Keep version 2")
    assert the_draft().about["name"] == "Bea O’Neill"


def test_nothing_is_sent_while_two_versions_wait(
    world: World, filled_in: PageClient, session: Session
) -> None:
    page = two_tabs(world, filled_in, QuestionKind.FREE_TEXT, "One.", "Two.")
    page = filled_in.get(f"{world.base}/check")
    assert "Question 1 has two versions. Choose which to keep." in page.text
    assert not [b for b in page.all("button") if words_of(b) == "Send my evidence"]
    page = filled_in.submit(filled_in.get(f"{world.base}/questions/1/versions"), button="Keep version 2")
    page = filled_in.submit(filled_in.get(f"{world.base}/check"), button="Send my evidence")
    assert page.h1 == "We have your evidence"
    assert session.query(DraftVersion).count() == 0


def test_the_verb_itself_refuses_to_send_two_versions(
    world: World, filled_in: PageClient, the_draft: Callable[[], Draft], session: Session
) -> None:
    two_tabs(world, filled_in, QuestionKind.FREE_TEXT, "One.", "Two.")
    with pytest.raises(BadInput):
        service.send_draft(session, the_draft().id, code_from(b"x" * 16), actor=RESPONDENT, at=NOON)
    assert session.query(Submission).filter_by(call_id=world.call.id).count() == 0


def test_a_tab_in_which_nobody_typed_takes_nothing_back(
    world: World, begun: PageClient, the_draft: Callable[[], Draft]
) -> None:
    path = world.path(QuestionKind.FREE_TEXT)
    idle = begun.get(path)
    begun.submit(begun.get(path), {"answer": "Written since."}, button=SAVE)
    page = begun.submit(idle, button=SAVE)
    assert page.typed("answer") == "Written since."
    assert "changed in another tab" in page.text
    assert list(the_draft().answers.values()) == ["Written since."]


def test_the_same_words_twice_are_one_version(world: World, begun: PageClient) -> None:
    page = two_tabs(world, begun, QuestionKind.FREE_TEXT, "The same.", "The same.")
    assert page.h1 != "There are two versions"


def test_back_and_again_is_no_second_version(
    world: World, begun: PageClient, the_draft: Callable[[], Draft]
) -> None:
    page = begun.get(world.path(QuestionKind.FREE_TEXT))
    begun.submit(page, {"answer": "First try."}, button=SAVE)
    begun.submit(page, {"answer": "Second try."}, button=SAVE)
    assert list(the_draft().answers.values()) == ["Second try."]


def test_what_must_be_put_right_goes_on_from_the_same_page(
    world: World, begun: PageClient, the_draft: Callable[[], Draft]
) -> None:
    path = world.path(QuestionKind.FREE_TEXT)
    page = begun.submit(begun.get(path), {"answer": "word " * 21}, button=SAVE, status=422)
    begun.submit(page, {"answer": "Short."}, button=SAVE)
    assert list(the_draft().answers.values()) == ["Short."]


def test_a_choice_made_on_an_old_page_is_asked_again(
    world: World, begun: PageClient, the_draft: Callable[[], Draft]
) -> None:
    page = two_tabs(world, begun, QuestionKind.FREE_TEXT, "One.", "Two.")
    begun.submit(begun.get(world.path(QuestionKind.FREE_TEXT)), {"answer": "Newer."}, button=SAVE)
    page = begun.submit(page, button="Keep version 2")
    assert page.h1 == "There are two versions"
    assert "Newer." in page.text
    assert list(the_draft().answers.values()) == ["Newer."]


def test_versions_are_erased_with_their_draft(world: World, begun: PageClient, session: Session) -> None:
    two_tabs(world, begun, QuestionKind.FREE_TEXT, "One.", "Two.")
    world.call.closes_at = NOON
    session.query(Draft).update({"expires_at": NOON})
    session.commit()
    service.erase_expired_drafts(session, actor=RESPONDENT, at=NOON + timedelta(days=15))
    assert session.query(DraftVersion).count() == 0
