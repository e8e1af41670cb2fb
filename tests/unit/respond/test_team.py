"""A lead shares a draft, colleagues write in it without accounts, the lead alone sends it once."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from consult.calls.rules import QuestionKind
from consult.evidence.models import SourceText, Submission
from consult.foundation.audit import AuditEvent
from consult.respond.models import Draft, DraftVersion, DraftWriter
from tests.page import Page, PageClient
from tests.unit.respond.walk import CODE, World, code_on

NEXT, SAVE = "Save and go to the next question", "Save and continue"
MARI, TOM = "Mari ap Rhys", "Tom"


def share(world: World, lead: PageClient, button: str = "Make a team code") -> str:
    """Share the lead's draft and return the team code."""
    return code_on(lead.submit(lead.get(f"{world.base}/share"), {"share": "new"}, button=button))


def join(app: Flask, code: str, name: str = MARI) -> PageClient:
    """Give the browser of a colleague who has come with a code."""
    colleague = PageClient(app)
    page = colleague.submit(colleague.get("/respond/team"), {"code": code.lower(), "name": name})
    assert page.h1 == "Your team’s evidence"
    return colleague


def write(colleague: PageClient, world: World, kind: QuestionKind, typed: Any, **options: Any) -> Page:
    page = colleague.get(team_path(world, kind))
    return colleague.submit(page, {"answer": typed}, **{"button": NEXT, **options})


def team_path(world: World, kind: QuestionKind) -> str:
    return f"{world.base}/team/questions/{world.questions[kind].number}"


@pytest.fixture
def code(world: World, begun: PageClient) -> str:
    return share(world, begun)


@pytest.fixture
def mari(app: Flask, code: str) -> PageClient:
    return join(app, code)


def test_a_colleague_writes_and_the_lead_sees_who_wrote_what_and_when(
    world: World, begun: PageClient, mari: PageClient, the_draft: Callable[[], Draft]
) -> None:
    page = write(mari, world, QuestionKind.FREE_TEXT, "The hall is shut.")
    assert page.path == team_path(world, QuestionKind.SINGLE)
    assert list(the_draft().answers.values()) == ["The hall is shut."]
    shared = begun.get(f"{world.base}/share").text
    assert re.search(rf"Answered · By {MARI}, kept on \d+ \w+ \d{{4}} at \d\d:\d\d", shared)
    assert f"{MARI} is writing here since" in shared
    assert f"By {MARI}, kept on" in begun.get(world.path(QuestionKind.FREE_TEXT)).text


def test_the_lead_sends_once_and_colleagues_see_that_it_was_sent(
    app: Flask, world: World, filled_in: PageClient, session: Session
) -> None:
    mari = join(app, share(world, filled_in))
    open_page = mari.get(team_path(world, QuestionKind.FREE_TEXT))
    write(mari, world, QuestionKind.FREE_TEXT, "The words of the team.")
    page = filled_in.submit(filled_in.get(f"{world.base}/check"), button="Send my evidence")
    assert page.h1 == "We have your evidence"
    assert session.query(SourceText).filter_by(body="The words of the team.").count() == 1
    assert "It was sent on" in mari.get(f"{world.base}/team").text
    late = mari.submit(open_page, {"answer": "Too late."}, button=NEXT, status=409)
    assert "Too late." in late.text
    assert session.query(Submission).filter_by(call_id=world.call.id).count() == 1


def test_no_page_of_a_colleague_shows_the_return_code_the_e_mail_or_a_way_to_send(
    app: Flask, world: World, filled_in: PageClient
) -> None:
    return_code = code_on(filled_in.get(f"{world.base}/later"))
    mari = join(app, share(world, filled_in))
    paths = [f"{world.base}/team", *(team_path(world, kind) for kind in world.questions)]
    for path in paths:
        page = mari.get(path)
        assert return_code not in page.html
        assert "ann@example.org" not in page.html
        assert "Send my evidence" not in page.html


def test_a_colleague_s_key_opens_none_of_the_lead_s_pages(world: World, mari: PageClient) -> None:
    page = mari.get(team_path(world, QuestionKind.FREE_TEXT))
    for path in ("about", "questions/1", "publication", "check", "later", "share", "sent"):
        assert mari.get(f"{world.base}/{path}").path == world.call_page
    key = page.typed("draft_code")
    data = {"csrf_token": page.typed("csrf_token"), "draft_code": key}
    for path in ("send", "share", "new-code"):
        answer = mari.http.post(f"{world.base}/{path}", data=data)
        assert mari.get(answer.headers["Location"]).path == world.call_page
    saving = mari.http.post(
        f"{world.base}/questions/1/words", data=data, headers={"Accept": "application/json"}
    )
    assert saving.status_code == 404
    resumed = mari.submit(mari.get("/respond/resume"), {"code": key}, status=422)
    assert "We find nothing under this code" in resumed.text


def test_two_colleagues_overwrite_nothing_and_choose(
    app: Flask, world: World, mari: PageClient, code: str, the_draft: Callable[[], Draft]
) -> None:
    tom = join(app, code, TOM)
    path = team_path(world, QuestionKind.FREE_TEXT)
    of_mari, of_tom = mari.get(path), tom.get(path)
    mari.submit(of_mari, {"answer": "From Mari."}, button=NEXT)
    page = tom.submit(of_tom, {"answer": "From Tom."}, button=NEXT)
    assert page.h1 == "There are two versions"
    assert f"By {MARI}, kept on" in page.text
    assert "By you, kept on" in page.text
    tom.submit(page, button="Keep both, one after the other")
    assert list(the_draft().answers.values()) == ["From Mari.\n\nFrom Tom."]


def test_words_that_a_colleague_replaced_stay_readable(
    world: World, begun: PageClient, mari: PageClient, session: Session
) -> None:
    write(mari, world, QuestionKind.FREE_TEXT, "The first words.")
    begun.submit(begun.get(world.path(QuestionKind.FREE_TEXT)), {"answer": "Other words."}, button=SAVE)
    page = mari.get(team_path(world, QuestionKind.FREE_TEXT))
    assert page.typed("answer") == "Other words."
    assert "Earlier words" in page.text
    assert "The first words." in page.text


def test_colleagues_see_that_somebody_writes(app: Flask, world: World, mari: PageClient, code: str) -> None:
    tom = join(app, code, TOM)
    mari.get(team_path(world, QuestionKind.FREE_TEXT))
    assert f"{MARI} is writing here since" in tom.get(team_path(world, QuestionKind.FREE_TEXT)).text
    assert "is writing here" not in tom.get(team_path(world, QuestionKind.SINGLE)).text
    mari.get(f"{world.base}/team")
    assert f"{MARI} is writing here" not in tom.get(f"{world.base}/team").text


def test_the_lead_is_seen_writing_too(world: World, begun: PageClient, mari: PageClient) -> None:
    begun.get(world.path(QuestionKind.FREE_TEXT))
    assert "The person who leads is writing here" in mari.get(team_path(world, QuestionKind.FREE_TEXT)).text


def test_a_new_code_shuts_out_who_came_with_the_old_one_and_their_words_stay(
    app: Flask, world: World, begun: PageClient, code: str, the_draft: Callable[[], Draft]
) -> None:
    mari = join(app, code)
    write(mari, world, QuestionKind.FREE_TEXT, "Kept.")
    page = mari.get(team_path(world, QuestionKind.FREE_TEXT))
    newer = share(world, begun, "Make a new team code")
    assert newer != code
    assert mari.get(f"{world.base}/team").h1 == "Write with your colleagues"
    late = mari.submit(page, {"answer": "After."}, button=NEXT, status=409)
    assert "After." in late.text
    assert list(the_draft().answers.values()) == ["Kept."]
    stranger = PageClient(app)
    refused = stranger.submit(stranger.get("/respond/team"), {"code": code, "name": "X"}, status=422)
    assert "Ask for the newest one" in refused.text
    join(app, newer)


def test_sharing_can_be_stopped(
    app: Flask, world: World, begun: PageClient, mari: PageClient, code: str
) -> None:
    page = begun.submit(begun.get(f"{world.base}/share"), button="Let nobody in any more")
    assert code not in page.html
    assert mari.get(f"{world.base}/team").h1 == "Write with your colleagues"


def test_the_lead_can_see_the_code_again_and_only_its_hash_is_kept(
    world: World, begun: PageClient, code: str, the_draft: Callable[[], Draft]
) -> None:
    assert code_on(begun.get(f"{world.base}/share")) == code
    plain = code.replace("-", "")
    draft = the_draft()
    assert plain not in {draft.team_hash, draft.code_hash, draft.former_hash}


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"code": "", "name": MARI}, "We find no team under this code"),
        ({"code": "7K3MX-4Q9RT-02WVB-HN6ZE-5JD8SA", "name": MARI}, "We find no team under this code"),
        ({"name": " "}, "Enter your name."),
        ({"name": "x" * 301}, "The name is 301 characters long"),
    ],
)
def test_what_is_wrong_with_a_code_or_a_name_is_told(
    app: Flask, code: str, typed: dict[str, str], message: str
) -> None:
    colleague = PageClient(app)
    page = colleague.submit(colleague.get("/respond/team"), {"code": code, "name": MARI, **typed}, status=422)
    assert message in page.text


def test_a_colleague_saves_while_typing_by_the_key_alone(
    app: Flask, world: World, mari: PageClient, the_draft: Callable[[], Draft]
) -> None:
    page = mari.get(team_path(world, QuestionKind.FREE_TEXT))
    form = page.form(button=NEXT)
    data = {name: page.typed(name) for name in ("draft_code", "page", "started_from")} | {
        "turn": "1",
        "answer": "Ty",
    }
    answer = PageClient(app).http.post(form.get("data-saving", ""), data=data)
    assert answer.json["state"] == "saved"
    assert list(the_draft().answers.values()) == ["Ty"]


def test_a_colleague_whose_session_ended_loses_no_word(
    world: World, mari: PageClient, the_draft: Callable[[], Draft]
) -> None:
    page = mari.get(team_path(world, QuestionKind.FREE_TEXT))
    mari.http.delete_cookie("consult")
    page = mari.submit(page, {"answer": "Still here."}, button=NEXT, status=400)
    assert page.typed("answer") == "Still here."
    mari.submit(page, button=NEXT)
    assert list(the_draft().answers.values()) == ["Still here."]


def test_a_colleague_leaves_a_shared_computer(world: World, mari: PageClient) -> None:
    mari.submit(mari.get(f"{world.base}/team"), button="Leave this device")
    assert mari.get(f"{world.base}/team").h1 == "Write with your colleagues"


def test_a_new_return_code_replaces_the_old_one_and_keeps_colleagues_and_open_tabs(
    app: Flask, world: World, begun: PageClient, code: str, the_draft: Callable[[], Draft]
) -> None:
    mari = join(app, code)
    tab = begun.get(world.path(QuestionKind.FREE_TEXT))
    old = code_on(begun.get(f"{world.base}/later"))
    page = begun.submit(begun.get(f"{world.base}/later"), button="Make a new code")
    new = code_on(page)
    assert new != old
    stranger = PageClient(app)
    assert stranger.submit(stranger.get("/respond/resume"), {"code": old}, status=422)
    assert stranger.submit(stranger.get("/respond/resume"), {"code": new}).h1 == "About you"
    begun.submit(tab, {"answer": "From a tab left open."}, button=SAVE)
    assert list(the_draft().answers.values()) == ["From a tab left open."]
    assert mari.get(f"{world.base}/team").h1 == "Your team’s evidence"
    assert code_on(begun.get(f"{world.base}/share")) != code
    join(app, code_on(begun.get(f"{world.base}/share")), TOM)


def test_the_log_names_no_colleague(world: World, mari: PageClient, session: Session) -> None:
    events = session.query(AuditEvent).filter_by(inquiry_id=world.inquiry.id).all()
    assert {"share draft", "join draft"} <= {event.verb for event in events}
    assert not [event for event in events if MARI in str(event.detail)]


def test_codes_stand_in_no_address_that_is_sent(
    world: World, begun: PageClient, mari: PageClient, code: str
) -> None:
    later, shared = begun.get(f"{world.base}/later"), begun.get(f"{world.base}/share")
    for page in (later, shared, mari.get(f"{world.base}/team")):
        links = [a.get("href", "") for a in page.all("a")] + [f.get("action", "") for f in page.all("form")]
        # What stands behind "#" stays in the browser: no server, log or other site is told.
        assert not [link for link in links if CODE.search(link.partition("#")[0])]
    assert [a.text for a in later.all("a") if a.get("href", "").endswith(f"/respond/resume#{code_on(later)}")]
    assert f"/respond/team#{code}" in shared.text


def test_nothing_of_a_team_is_left_when_its_draft_is_erased(
    world: World, mari: PageClient, session: Session
) -> None:
    write(mari, world, QuestionKind.FREE_TEXT, "Words.")
    session.query(Draft).filter_by(call_id=world.call.id).delete()
    session.commit()
    assert session.query(DraftWriter).count() == session.query(DraftVersion).count() == 0
