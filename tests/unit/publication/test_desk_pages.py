"""The redaction desk and publishing as a clerk uses them, without script."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from consult.accounts.models import User
from consult.evidence.rules import Bounds, SubmissionState
from consult.foundation.audit import AuditEvent
from consult.publication import queries, service
from consult.publication.rules import Ground, Proposed
from tests.page import Page, PageClient, words_of
from tests.unit.publication.conftest import Desk

ClientOf = Callable[[User], PageClient]


def public_side(page: Page) -> str:
    (side,) = [s for s in page.all("section") if s.get("aria-labelledby") == "public"]
    return words_of(side)


def test_a_clerk_decides_every_proposal_and_the_public_view_follows(desk: Desk, client_of: ClientOf) -> None:
    sent = desk.send(state=SubmissionState.NEEDS_REDACTION)
    desk.propose(sent, "Mrs Jones"), desk.propose(sent, "07700 900123", Ground.TELEPHONE)
    client = client_of(desk.clerk)
    page = client.get(client.get(desk.path("/redaction")).link(sent.reference))
    assert "0 of 2 decided" in page.text
    assert "[Name of another person removed]" in public_side(page)
    page = client.submit(page, button="Withhold a")
    assert "1 of 2 decided" in page.text
    assert "2 of 2: Telephone number, open" in page.text
    page = client.submit(page, button="Release r")
    assert "2 of 2 decided" in page.text
    assert "07700 900123" in public_side(page)
    page = client.submit(page, button="Redaction done f")
    assert f"{sent.reference}: redaction done" in page.text
    assert sent.state is SubmissionState.ACCEPTED


def test_finishing_too_early_says_what_is_left_and_stays_at_the_desk(desk: Desk, client_of: ClientOf) -> None:
    sent = desk.send(state=SubmissionState.NEEDS_REDACTION)
    desk.propose(sent, "Mrs Jones")
    client = client_of(desk.clerk)
    page = client.get(desk.path(f"/redaction/{sent.reference}"))
    page = client.submit(page, button="Redaction done f")
    assert "1 is still undecided. Decide first, then finish." in page.text
    assert "1 of 1: Name of another person, open" in page.text
    assert sent.state is SubmissionState.NEEDS_REDACTION


def test_bounds_and_ground_are_changed_by_typing_the_words(desk: Desk, client_of: ClientOf) -> None:
    sent = desk.send()
    desk.propose(sent, "Mrs Jones")
    client = client_of(desk.clerk)
    page = client.get(desk.path(f"/redaction/{sent.reference}"))
    assert page.typed("words") == "Mrs Jones"
    values = {"words": "My  neighbour\nMrs Jones", "ground": "health"}
    page = client.submit(page, values, button="Withhold a")
    assert "[Health information removed] 🏛️ told me." in public_side(page)


def test_words_that_do_not_stand_there_are_kept_with_what_to_do(desk: Desk, client_of: ClientOf) -> None:
    sent = desk.send()
    desk.propose(sent, "Mrs Jones")
    client = client_of(desk.clerk)
    page = client.get(desk.path(f"/redaction/{sent.reference}"))
    page = client.submit(page, {"words": "Mr Brown"}, button="Withhold a", status=422)
    assert page.typed("words") == "Mr Brown"
    assert "do not stand in this answer" in page.text
    page = client.submit(page, {"own_words": "Nowhere"}, button="Withhold these words s", status=422)
    assert page.typed("own_words") == "Nowhere"
    assert "do not stand there" in page.text


def test_own_words_are_withheld_every_time_or_in_one_paragraph(desk: Desk, client_of: ClientOf) -> None:
    sent = desk.send("Acre House one.\n\nAcre House two.", "Acre House three.")
    client = client_of(desk.clerk)
    page = client.get(desk.path(f"/redaction/{sent.reference}"))
    page = client.submit(page, {"own_words": "Acre House", "paragraph": "2"}, button="Withhold these words s")
    assert public_side(page).count("removed]") == 1
    page = client.submit(page, {"own_words": "one", "own_ground": "legal"}, button="Withhold these words s")
    page = client.submit(page, button="Undo your last u")
    assert "Taken back" in page.text
    page = client.submit(page, {"own_words": "Acre House"}, button="Withhold these words s")
    assert "Acre House" not in public_side(page)
    assert len(queries.log_of(desk.session, sent.id)) == 6


def test_those_with_the_same_words_are_decided_alike(desk: Desk, client_of: ClientOf) -> None:
    sent = desk.send("Mr Lloyd: yes.\n\nMr Lloyd: no.\n\nMR LLOYD: perhaps.")
    for words in ("Mr Lloyd: yes", "Mr Lloyd: no", "MR LLOYD: perhaps"):
        text_id, bounds = desk.bounds(sent, words)

        found = (Proposed(Bounds(bounds.start, bounds.start + 8), Ground.THIRD_PARTY, 0.8, "a title"),)
        service.record_proposals(desk.session, desk.run(), [service.Searched(text_id, found)])
    desk.session.commit()
    client = client_of(desk.clerk)
    page = client.get(desk.path(f"/redaction/{sent.reference}"))
    assert "Decide alike on 2 more" in page.text
    page = client.submit(page, {"alike": "yes"}, button="Release r")
    assert "3 of 3 decided" in page.text


def test_words_in_confidence_ask_for_a_reason_before_they_are_released(
    desk: Desk, client_of: ClientOf
) -> None:
    sent = desk.send(marked="They threatened me.")
    client = client_of(desk.clerk)
    page = client.get(desk.path(f"/redaction/{sent.reference}"))
    assert "The harm they fear: They would know me." in page.text
    page = client.submit(page, button="Release r", status=422)
    assert "Say why words that their writer marked confidential" in page.text
    page = client.submit(page, {"why": "Agreed by letter."}, button="Release r")
    assert "Agreed by letter." in page.text
    assert "They threatened me." in public_side(page)


def test_a_second_press_of_the_same_button_decides_nothing_more(desk: Desk, client_of: ClientOf) -> None:
    sent = desk.send()
    desk.propose(sent, "Mrs Jones")
    client = client_of(desk.clerk)
    page = client.get(desk.path(f"/redaction/{sent.reference}"))
    for _ in range(2):
        client.submit(page, button="Withhold a")
    assert len(queries.log_of(desk.session, sent.id)) == 1


def test_a_clerk_previews_publishes_and_takes_back(desk: Desk, client_of: ClientOf) -> None:
    sent = desk.send(marked="They threatened me.")
    desk.send(state=SubmissionState.NEW)
    client = client_of(desk.clerk)
    page = client.get(desk.path("/publication"))
    page = client.submit(page, {"reference": [sent.reference]}, button="Preview what goes out")
    assert "Words are still undecided" in page.text
    shown = client.get(page.link(f"{sent.reference}: see its page"))
    assert "[Confidential passage removed]" in shown.text
    page = client.submit(page, button="Publish 1 submission", status=422)
    assert "Say why it goes out all the same" in page.text
    page = client.submit(page, {"passed_over": "The chair needs it."}, button="Publish 1 submission")
    assert "1 submission published" in page.text
    assert "Passed over: The chair needs it." in page.text
    assert "threatened" not in client.get(desk.public(sent.reference)).text
    page = client.get(page.link(f"Take back {sent.reference}"))
    page = client.submit(page, button="Take it back", status=422)
    page = client.submit(page, {"why": "A slip."}, button="Take it back")
    gone = client.get(desk.public(sent.reference), status=410)
    assert "A slip." in gone.text


def test_a_batch_is_taken_back_whole_but_for_what_went_out_again(desk: Desk, client_of: ClientOf) -> None:
    first, second, again = desk.send(), desk.send(), desk.send("Other words.")
    batch = desk.publish(first, second, again)
    desk.withhold(again, "Other")
    desk.publish(again)
    client = client_of(desk.clerk)
    page = client.get(desk.path(f"/publication/batches/{batch.id}/take-back"))
    assert f"{first.reference}, {second.reference}." in page.text
    page = client.submit(page, button="Take them back", status=422)
    assert "Say why it is taken back" in page.text
    page = client.submit(page, {"why": "The wrong list."}, button="Take them back")
    assert "2 submissions taken off the public pages" in page.text
    assert "None of it is out any more" in page.text
    for sent in (first, second):
        assert "The wrong list." in client.get(desk.public(sent.reference), status=410).text
    client.get(desk.public(again.reference))
    client.get(desk.path(f"/publication/batches/{batch.id}/take-back"), status=404)


def test_what_is_withheld_after_publication_is_told_on_the_page_the_desk_and_the_log(
    desk: Desk, client_of: ClientOf
) -> None:
    sent = desk.send()
    decision = desk.withhold(sent, "the bus")
    desk.publish(sent)
    client = client_of(desk.clerk)
    at_desk = desk.path(f"/redaction/{sent.reference}")
    assert "It would go out otherwise by now" not in client.get(at_desk).text
    assert "Words were removed" not in client.get(desk.public(sent.reference)).text
    desk.withhold(sent, "Mrs Jones")
    page = client.get(at_desk)
    assert "The public page followed at once." in page.text
    assert "It would go out otherwise by now" in page.text
    outside = client.get(desk.public(sent.reference)).text
    assert "Words were removed after this was published." in outside
    assert "Jones" not in outside
    service.undo(desk.session, decision.id, **desk.who())
    desk.session.commit()
    assert "The public page waits until it is published again." in client.get(at_desk).text
    assert "the bus" not in client.get(desk.public(sent.reference)).text
    desk.publish(sent)
    outside = client.get(desk.public(sent.reference)).text
    assert "the bus" in outside
    assert "Words were removed" not in outside
    acts = desk.session.scalars(select(AuditEvent).where(AuditEvent.record_kind == "redaction decision"))
    assert [act.detail["published"] for act in acts] == [False, True, True]


def test_choosing_nothing_is_put_right_on_the_list(desk: Desk, client_of: ClientOf) -> None:
    sent = desk.send()
    page = client_of(desk.clerk).get(desk.path("/publication/preview"), status=422)
    assert page.link("Choose at least one submission to publish.") == f"#new-{sent.reference}"


def test_what_cannot_go_out_is_named_in_the_preview_and_left_out(desk: Desk, client_of: ClientOf) -> None:
    ready, new = desk.send(), desk.send(state=SubmissionState.NEW)
    client = client_of(desk.clerk)
    path = desk.path(f"/publication/preview?reference={ready.reference}&reference={new.reference}")
    page = client.get(path)
    assert f"{new.reference}: it has not been accepted as evidence." in page.text
    client.submit(page, button="Publish 1 submission")
    client.get(desk.public(ready.reference))
    client.get(desk.public(new.reference), status=404)


@pytest.mark.parametrize("rest", ["/redaction", "/publication"])
def test_empty_rooms_say_what_to_do(desk: Desk, client_of: ClientOf, rest: str) -> None:
    page = client_of(desk.clerk).get(desk.path(rest))
    assert "Nothing" in page.text


def test_a_clerk_asks_the_machine_to_look_again(
    desk: Desk, client_of: ClientOf, run_sent_jobs: Callable[[], int]
) -> None:
    sent = desk.build.submission(desk.call, "Mrs Jones knows.")
    desk.session.commit()
    client = client_of(desk.clerk)
    page = client.get(desk.path("/redaction"))
    assert "1 answer has not been looked through" in page.text
    page = client.submit(page, button="Look for personal data now")
    assert page.h1 == "Looking for personal data"
    run_sent_jobs()
    assert sent.reference in client.get(desk.path("/redaction")).text
