"""The queue, the coding screen and what is done on it."""

from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from sqlalchemy import delete, event, func, select
from werkzeug.test import TestResponse

from consult.accounts.models import User
from consult.codebook.rules import CodeState
from consult.coding import service
from consult.coding.models import Coding, Decision, ModelRun, Suggestion
from consult.coding.rules import Verdict
from consult.evidence.models import Passage
from consult.evidence.rules import Bounds
from consult.foundation.database import db
from consult.foundation.jobs.models import Job
from consult.foundation.jobs.names import JobName
from consult.foundation.security import Role
from tests.page import Page, PageClient, fields_of, forget_last_request, words_of
from tests.unit.coding.conftest import WORDS, Desk


@pytest.fixture
def at(desk: Desk) -> str:
    return f"/inquiries/{desk.inquiry.slug}/coding"


@pytest.fixture
def screen(desk: Desk, at: str) -> str:
    return f"{at}/{desk.submission.reference}"


@pytest.fixture
def ann(desk: Desk, client_of: Callable[[User], PageClient]) -> PageClient:
    return client_of(desk.ann)


@pytest.fixture
def bob(desk: Desk, client_of: Callable[[User], PageClient]) -> PageClient:
    return client_of(desk.bob)


def block(page: Page, passage: Passage) -> Element:
    """Return a passage with what lies beside it."""
    (article,) = page.all("article", id=f"t{passage.source_text_id}-{passage.start}")
    return article


def press(client: PageClient, page: Page, passage: Passage, button: str, *, follow: bool = True) -> Page:
    """Press a button beside a passage, as a browser without script does."""
    form = next(block(page, passage).iter("form"))
    data = {f.get("name"): f.get("value", "") for f in fields_of(form)}
    pressed = next(b for b in form.iter("button") if words_of(b).startswith(button))
    forget_last_request()
    return Page(client.http.post(pressed.get("formaction", ""), data=data, follow_redirects=follow))


def act(
    client: PageClient, page: Page, passage: Passage, button: str, **headers: str
) -> tuple[TestResponse, dict[str, Any]]:
    """Press a button as the screen's script does."""
    form = next(block(page, passage).iter("form"))
    data = {f.get("name"): f.get("value", "") for f in fields_of(form)}
    pressed = next(b for b in form.iter("button") if words_of(b).startswith(button))
    forget_last_request()
    response = client.http.post(
        pressed.get("formaction", ""), data=data, headers={"Accept": "application/json", **headers}
    )
    return response, response.get_json()


def test_an_empty_queue_says_what_is_missing(desk: Desk, ann: PageClient, at: str) -> None:
    desk.session.execute(delete(ModelRun))
    desk.session.commit()
    page = ann.get(at)
    assert "Nothing has been proposed yet" in page.text
    assert page.form(button="Propose codes") is not None


def test_the_queue_counts_passages_and_names_the_machines_last_run(
    desk: Desk, ann: PageClient, at: str
) -> None:
    desk.propose(0, 0, 1)
    desk.propose(1, 0)
    desk.session.commit()
    page = ann.get(at)
    assert "2 of 2 passages with suggestions left to decide" in page.text
    assert "model “by-hand” 1" in page.text
    assert "went by the codebook alone" in page.text
    assert ann.get(page.link("Continue coding")).h1.startswith(desk.submission.reference)


def test_a_passage_is_left_until_its_last_suggestion_is_settled(desk: Desk, ann: PageClient, at: str) -> None:
    first, second = desk.propose(0, 0, 1)
    desk.decide(first, Verdict.ACCEPT)
    assert "1 of 1 passages" in ann.get(at).text
    desk.decide(second, Verdict.REJECT)
    page = ann.get(at)
    assert "All 1 passages with suggestions are decided." in page.text
    assert desk.submission.reference in ann.get(page.link("Submissions decided throughout (1)")).text
    assert "Nothing else is waiting" in ann.get(f"{at}/next").text


def test_what_is_skipped_comes_last_and_what_is_retired_is_not_waited_for(
    desk: Desk, ann: PageClient, at: str
) -> None:
    other = desk.build.submission(desk.build.call(desk.inquiry), "Other words.")
    (passage,) = desk.build.passages(other)
    desk.build.suggestions(desk.run, passage, desk.codes[1])
    (skipped,) = desk.propose(0, 0)
    desk.decide(skipped, Verdict.SKIP)
    desk.session.commit()
    assert ann.get(f"{at}/next").h1 == other.reference
    assert ann.get(f"{at}/next?after={other.reference}").h1 == desk.submission.reference
    desk.codes[0].state = CodeState.RETIRED
    desk.session.commit()
    assert "1 of 2 passages" in ann.get(at).text


def test_a_later_run_leaves_decided_what_was_decided(desk: Desk, ann: PageClient, at: str) -> None:
    (suggestion,) = desk.propose(0, 0)
    desk.decide(suggestion, Verdict.REJECT)
    desk.run = desk.build.model_run(desk.inquiry, decided=1)
    desk.propose(0, 0, 1)
    desk.session.commit()
    page = ann.get(at)
    assert "1 of 1 passages" in page.text
    assert "learned from 1 decision" in page.text


def test_asking_the_machine_twice_queues_one_job(desk: Desk, ann: PageClient, at: str) -> None:
    desk.session.commit()
    for _ in range(2):
        page = ann.submit(ann.get(at), button="Propose again")
        assert "Proposing codes" in page.h1
    jobs = select(func.count()).select_from(Job).where(Job.name == JobName.SUGGESTIONS_WANTED)
    assert desk.session.scalar(jobs) == 1


def test_the_screen_shows_the_text_exactly_with_its_suggestions(
    desk: Desk, ann: PageClient, screen: str
) -> None:
    desk.propose(0, 0, 1)
    page = ann.get(screen)
    first = desk.passages[0]
    (words,) = [e for e in block(page, first).iter("div") if e.get("class") == "app-passage__text"]
    assert "".join(words.itertext()) == first.quote
    (reason,) = list(words.iter("span"))
    assert (reason.text, len((reason.get("data-of") or "").split())) == ("The", 2)
    assert "Power elsewhere strong Proposed" in words_of(block(page, first))
    assert "Proposed for the words “The”" in words_of(block(page, first))


def test_text_that_looks_like_markup_is_shown_as_words(desk: Desk, ann: PageClient, at: str) -> None:
    text = "<b>bold</b> & <script>alert(1)</script>\n\nSecond <i>paragraph."
    evil = desk.build.submission(desk.build.call(desk.inquiry), text, title="<script>x</script>")
    passage = desk.build.passages(evil)[0]
    desk.build.suggestions(desk.run, passage, desk.codes[0])
    desk.session.commit()
    page = ann.get(f"{at}/{evil.reference}")
    (words,) = [e for e in block(page, passage).iter("div") if e.get("class") == "app-passage__text"]
    assert "".join(words.itertext()) == passage.quote


def test_accepting_without_script_leads_back_to_the_same_passage(
    desk: Desk, ann: PageClient, screen: str
) -> None:
    desk.propose(1, 0)
    passage = desk.passages[1]
    moved = press(ann, ann.get(screen), passage, "Accept", follow=False)
    key = f"t{passage.source_text_id}-{passage.start}"
    assert moved.response.headers["Location"] == f"{screen}#{key}"
    page = ann.get(screen)
    assert "Accepted: Power elsewhere." in page.text
    assert "Coded by Ann Lee" in words_of(block(page, passage))
    assert [c.code_id for c in desk.standing()] == [desk.codes[0].id]


@pytest.mark.parametrize(("button", "left"), [("Reject", "0 of 1"), ("Skip", "1 of 1")])
def test_rejecting_settles_and_skipping_does_not(
    desk: Desk, ann: PageClient, screen: str, button: str, left: str
) -> None:
    desk.propose(0, 0)
    page = press(ann, ann.get(screen), desk.passages[0], button)
    assert f"{left} passage left" in page.text
    assert desk.standing() == []


def test_undoing_opens_the_suggestion_again(desk: Desk, ann: PageClient, screen: str) -> None:
    desk.propose(0, 0)
    page = press(ann, ann.get(screen), desk.passages[0], "Accept")
    page = press(ann, page, desk.passages[0], "Undo")
    assert "1 of 1 passage left" in page.text
    assert desk.standing() == []


def test_another_code_is_chosen_from_a_list_without_script(desk: Desk, ann: PageClient, screen: str) -> None:
    (suggestion,) = desk.propose(0, 0)
    page = ann.get(screen)
    (link,) = [a for a in block(page, desk.passages[0]).iter("a") if words_of(a).startswith("Replace")]
    choice = ann.get(link.get("href", ""))
    offered = [o.get("value") for o in choice.all("option")]
    assert offered == ["", str(desk.codes[1].id), str(desk.codes[2].id)]
    page = ann.submit(choice, {"code": desk.codes[2].id}, with_field="code")
    assert "Coded instead: Green space." in page.text
    assert [c.code_id for c in desk.standing()] == [desk.codes[2].id]
    assert desk.session.scalars(select(Decision)).one().suggestion_id == suggestion.id


def test_choosing_no_code_says_so_and_keeps_the_words(desk: Desk, ann: PageClient, screen: str) -> None:
    passage = desk.passages[0]
    choice = ann.get(f"{screen}/choose?block=t{passage.source_text_id}-{passage.start}")
    told = ann.submit(choice, {"words": "town hall"}, with_field="words", status=422)
    assert "Choose a code from the list" in told.text
    assert told.all("textarea", id="words")[0].text == "town hall"


def choose(ann: PageClient, desk: Desk, screen: str, words: str, status: int = 200) -> Page:
    passage = desk.passages[0]
    choice = ann.get(f"{screen}/choose?block=t{passage.source_text_id}-{passage.start}")
    values = {"words": words, "code": desk.codes[1].id}
    return ann.submit(choice, values, with_field="words", status=status)


@pytest.mark.parametrize(
    ("words", "quote"),
    [
        ("", "The town hall decides 🏛️ and we wait."),
        ("town hall", "town hall"),
        ("🏛️ and", "🏛️ and"),
        ("  town\nhall ", "town hall"),
        ("Nobody asks", "Nobody asks"),
    ],
)
def test_words_typed_are_found_in_the_text(
    desk: Desk, ann: PageClient, screen: str, words: str, quote: str
) -> None:
    page = choose(ann, desk, screen, words)
    assert "Coded: Not heard." in page.text
    (coding,) = desk.standing()
    assert desk.session.get_one(Passage, coding.passage_id).quote == quote


@pytest.mark.parametrize(("words", "problem"), [("no such words", "not in the text"), ("e", "occur 4 times")])
def test_words_missing_or_ambiguous_get_a_plain_message(
    desk: Desk, ann: PageClient, screen: str, words: str, problem: str
) -> None:
    told = choose(ann, desk, screen, words, 422)
    assert problem in told.text
    assert told.all("textarea", id="words")[0].text == words
    assert desk.standing() == []


def test_a_coding_on_some_words_appears_with_its_passage_and_is_withdrawn_there(
    desk: Desk, ann: PageClient, screen: str
) -> None:
    page = choose(ann, desk, screen, "town hall")
    assert "“town hall”" in words_of(block(page, desk.passages[0]))
    page = press(ann, page, desk.passages[0], "Withdraw")
    assert "Withdrawn: Not heard." in page.text
    assert desk.standing() == []


def test_a_script_gets_the_passage_anew_and_the_time_it_was_saved(
    desk: Desk, ann: PageClient, screen: str
) -> None:
    desk.propose(0, 0)
    passage = desk.passages[0]
    response, said = act(ann, ann.get(screen), passage, "Accept")
    assert response.status_code == 200
    assert (said["message"], said["left"]) == ("Accepted: Power elsewhere", 0)
    assert len(said["at"]) == 8
    assert "Coded by Ann Lee" in said["blocks"][f"t{passage.source_text_id}-{passage.start}"]
    forget_last_request()
    undone = ann.http.post(said["undo"], data={}, headers={"Accept": "application/json"})
    assert undone.status_code == 400  # without the page's token nothing is done
    assert len(desk.standing()) == 1


def test_one_press_sent_twice_is_one_decision(desk: Desk, ann: PageClient, screen: str) -> None:
    desk.propose(0, 0)
    page = ann.get(screen)
    for _ in range(2):
        response, _said = act(ann, page, desk.passages[0], "Accept")
        assert response.status_code == 200
    assert desk.session.scalar(select(func.count()).select_from(Decision)) == 1
    assert len(desk.standing()) == 1


def test_the_slower_of_two_people_is_told_who_was_first(
    desk: Desk, ann: PageClient, bob: PageClient, screen: str
) -> None:
    desk.propose(0, 0)
    stale = bob.get(screen)
    press(ann, ann.get(screen), desk.passages[0], "Reject")
    response, said = act(bob, stale, desk.passages[0], "Accept")
    assert response.status_code == 409
    assert said["message"].startswith("Ann Lee has rejected this on ")
    assert "by Ann Lee, " in next(iter(said["blocks"].values()))
    page = press(bob, stale, desk.passages[0], "Accept")
    assert "Ann Lee has rejected this on " in page.text
    assert desk.standing() == []


def test_a_code_retired_while_the_page_was_open_is_refused_in_plain_words(
    desk: Desk, ann: PageClient, screen: str
) -> None:
    desk.propose(0, 0)
    page = ann.get(screen)
    desk.codes[0].state = CodeState.RETIRED
    desk.session.commit()
    response, said = act(ann, page, desk.passages[0], "Accept")
    assert response.status_code == 409
    assert "has been retired" in said["message"]


def test_a_lost_session_is_told_apart_from_a_fault(desk: Desk, ann: PageClient, screen: str) -> None:
    desk.propose(0, 0)
    page = ann.get(screen)
    ann.http.delete_cookie("consult")
    response, _ = act(ann, page, desk.passages[0], "Accept")
    assert response.status_code in {400, 401}
    assert desk.standing() == []


@pytest.mark.parametrize("field", ["text", "passage_start", "code", "start"])
@pytest.mark.parametrize("value", ["x", "-1", "99999999999"])
def test_offsets_that_are_no_numbers_are_refused(
    desk: Desk, ann: PageClient, screen: str, field: str, value: str
) -> None:
    passage = desk.passages[0]
    choice = ann.get(f"{screen}/choose?block=t{passage.source_text_id}-{passage.start}")
    values = {"code": desk.codes[1].id, field: value}
    ann.submit(choice, values, with_field="words", status=422)
    assert desk.standing() == []


def test_a_script_that_counted_wrongly_codes_the_words_it_named(
    desk: Desk, ann: PageClient, screen: str
) -> None:
    passage = desk.passages[0]
    choice = ann.get(f"{screen}/choose?block=t{passage.source_text_id}-{passage.start}")
    values = {"code": desk.codes[1].id, "words": "and we", "start": 1, "end": 5}
    ann.submit(choice, values, with_field="words")
    (coding,) = desk.standing()
    assert desk.session.get_one(Passage, coding.passage_id).quote == "and we"


def test_an_unknown_submission_passage_or_suggestion_is_not_found(
    desk: Desk, ann: PageClient, at: str, screen: str
) -> None:
    ann.get(f"{at}/NONE0001", status=404)
    ann.get(f"{screen}/choose?block=t1-999999", status=404)
    desk.propose(0, 0)
    page = ann.get(screen)
    data = {"csrf_token": page.all("input", type="hidden")[0].get("value")}
    for path in ("suggestions/999999/accept", "decisions/999999/undo", "codings/999999/withdraw"):
        forget_last_request()
        assert ann.http.post(f"{screen}/{path}", data=data).status_code == 404


def test_words_of_another_inquiry_cannot_even_be_asked_for(desk: Desk, ann: PageClient, screen: str) -> None:
    other = desk.build.inquiry()
    secret = desk.build.submission(desk.build.call(other), "A secret, a secret.")
    (passage,) = desk.build.passages(secret)
    desk.session.commit()
    here = desk.passages[0]
    choice = ann.get(f"{screen}/choose?block=t{here.source_text_id}-{here.start}")
    values = {"code": desk.codes[1].id, "words": "secret", "text": passage.source_text_id}
    told = ann.submit(choice, values, with_field="words", status=404)
    assert "occur" not in told.text


def test_the_number_in_the_codebook_opens_the_codings_it_counts(
    desk: Desk, ann: PageClient, at: str, screen: str
) -> None:
    choose(ann, desk, screen, "town hall")
    tree = ann.get(f"/inquiries/{desk.inquiry.slug}/codebook")
    page = ann.get(tree.link("1 coding of Not heard"))
    assert "1 coding stands" in page.text
    assert "town hall" in page.text
    assert "own reading" in page.text


def test_readers_see_the_codings_of_a_code_but_not_the_queue(
    desk: Desk, client_of: Callable[[User], PageClient], at: str
) -> None:
    chair = client_of(desk.build.member(desk.inquiry, Role.CHAIR))
    desk.session.commit()
    assert "No coding of this code stands" in chair.get(f"{at}/codes/{desk.codes[0].slug}").text
    chair.get(at, status=403)


def test_the_screen_takes_as_many_statements_for_many_passages_as_for_few(
    desk: Desk, ann: PageClient, at: str, screen: str
) -> None:
    long = desk.build.submission(desk.build.call(desk.inquiry), "\n\n".join(f"Words {i}." for i in range(60)))
    for passage in desk.build.passages(long):
        first, _second = desk.build.suggestions(desk.run, passage, desk.codes[0], desk.codes[1])
        desk.decide(first, Verdict.ACCEPT)
    desk.propose(0, 0)
    assert statements(ann, f"{at}/{long.reference}") == statements(ann, screen)


def statements(client: PageClient, path: str) -> int:
    """Return how many statements a page takes; the first visit fills what is kept between visits."""
    client.get(path)
    seen: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", count)
    try:
        client.get(path)
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
    assert seen
    return len(seen)


def test_selected_words_across_passages_are_marked_in_each(desk: Desk, ann: PageClient, screen: str) -> None:
    start = WORDS.index("wait")
    end = WORDS.index("asks")
    service.apply_code(
        desk.session, desk.passages[0].source_text_id, Bounds(start, end), desk.codes[0].id, **desk.who()
    )
    desk.session.commit()
    page = ann.get(screen)
    marked = [
        [words_of(e) for e in block(page, p).iter("span") if e.get("class") == " app-coded-words"]
        for p in desk.passages
    ]
    assert marked == [["wait."], ["Nobody"], []]
    assert desk.session.scalar(select(func.count()).select_from(Coding)) == 1
    assert desk.session.scalar(select(func.count()).select_from(Suggestion)) == 0
