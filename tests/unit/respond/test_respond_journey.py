"""The whole walk of a respondent, and every way back into it."""

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.calls.rules import QuestionKind
from consult.evidence.models import Answer, Respondent, SourceText, Submission
from consult.evidence.rules import Channel, PublicationChoice
from consult.foundation.audit import AuditEvent
from consult.foundation.jobs.models import Job
from consult.foundation.jobs.names import JobName
from consult.respond.codes import code_read, hash_of, receipt_code_for
from consult.respond.models import Draft
from tests.builders import NOON, Builder
from tests.page import PageClient
from tests.unit.respond.walk import ABOUT, World, answer, code_on


def send(client: PageClient, world: World) -> None:
    page = client.submit(client.get(f"{world.base}/check"), button="Send my evidence")
    assert page.h1 == "We have your evidence"


def test_evidence_is_sent_and_stored_as_it_was_typed(
    session: Session, world: World, filled_in: PageClient, the_draft: Callable[[], Draft]
) -> None:
    page = filled_in.submit(filled_in.get(f"{world.base}/check"), button="Send my evidence")
    submission = session.scalars(select(Submission)).one()
    assert page.h1 == "We have your evidence"
    assert submission.reference in page.text
    assert (submission.channel, submission.publication) == (Channel.WEB, PublicationChoice.WITHOUT_NAME)
    assert submission.respondent_type_id == world.kind_of_respondent.id
    assert submission.place_id == world.place.id
    assert submission.title == ""
    respondent = session.scalars(select(Respondent)).one()
    assert (respondent.name, respondent.email) == ("Ann O’Neill", "ann@example.org")
    assert session.scalars(select(SourceText.body)).all() == ["The bus stopped in 2019.\n\nNobody asked us."]
    answers = {row.question_id: row for row in session.scalars(select(Answer))}
    assert len(answers) == 6
    assert answers[world.questions[QuestionKind.SCALE].id].number == 4
    assert answers[world.questions[QuestionKind.NUMBER].id].number == 1250
    assert answers[world.questions[QuestionKind.PLACE].id].place_id == world.place.id


def test_sending_erases_the_draft_and_asks_for_passages(
    session: Session,
    world: World,
    filled_in: PageClient,
    the_draft: Callable[[], Draft],
    sent_jobs: list[int],
) -> None:
    send(filled_in, world)
    draft = the_draft()
    assert draft.submission_id is not None
    assert (draft.answers, draft.about) == ({}, {})
    assert [session.get_one(Job, job).name for job in sent_jobs] == [JobName.SUBMISSIONS_RECEIVED]
    verbs = session.scalars(select(AuditEvent.verb).order_by(AuditEvent.id)).all()
    assert verbs[-2:] == ["begin draft", "receive submission"]


def test_only_the_hash_of_the_return_code_is_stored_and_no_answer_is_in_the_cookie(
    session: Session, world: World, filled_in: PageClient, the_draft: Callable[[], Draft]
) -> None:
    code = code_read(code_on(filled_in.get(f"{world.base}/later")))
    draft = the_draft()
    assert draft.code_hash == hash_of(code)
    assert code not in str([draft.code_hash, draft.send_key, draft.answers, draft.about])
    with filled_in.http.session_transaction() as cookie:
        assert cookie.permanent
        assert cookie["drafts"] == {str(world.call.id): code}
        assert "bus" not in str(dict(cookie))


def test_questions_left_out_are_not_sent(session: Session, world: World, begun: PageClient) -> None:
    begun.submit(begun.get(f"{world.base}/about"), ABOUT, button="Save and continue")
    answer(begun, world, QuestionKind.FREE_TEXT, "Words.")
    publication = begun.get(f"{world.base}/publication")
    begun.submit(publication, {"publication": "not_published"}, button="Save and continue")
    send(begun, world)
    assert len(session.scalars(select(Answer)).all()) == 1


def test_each_question_stands_on_a_page_of_its_own_between_about_and_publication(
    world: World, begun: PageClient
) -> None:
    page = begun.submit(begun.get(f"{world.base}/about"), ABOUT, button="Save and continue")
    for position, typed in enumerate(world.answers().values(), 1):
        assert f"Question {position} of 6" in page.title
        page = begun.submit(page, {"answer": typed}, button="Save and continue")
    assert page.h1 == "May we publish your evidence?"


def test_the_back_link_leads_to_the_page_before(world: World, begun: PageClient) -> None:
    assert begun.get(f"{world.base}/about").link("Back") == world.call_page
    assert begun.get(f"{world.base}/questions/1").link("Back") == f"{world.base}/about"
    assert begun.get(f"{world.base}/questions/2").link("Back") == f"{world.base}/questions/1"
    assert begun.get(f"{world.base}/publication").link("Back") == f"{world.base}/questions/6"
    assert begun.get(f"{world.base}/check").link("Back") == f"{world.base}/publication"


def test_a_change_from_the_check_page_leads_back_to_it(
    world: World, filled_in: PageClient, the_draft: Callable[[], Draft]
) -> None:
    check = filled_in.get(f"{world.base}/check")
    page = filled_in.get(check.link("Change the answer to question 5"))
    assert page.link("Back") == f"{world.base}/check"
    page = filled_in.submit(page, {"answer": "7"}, button="Save and continue")
    assert page.h1 == check.h1
    assert the_draft().answers[world.questions[QuestionKind.NUMBER].slug] == "7"


def test_the_check_page_shows_every_answer(world: World, filled_in: PageClient) -> None:
    text = filled_in.get(f"{world.base}/check").text
    for words in (
        "Ann O’Neill",
        "Resident",
        "The bus stopped",
        "A little",
        "A hall A fund",
        "4",
        "1,250",
        "Wigan",
    ):
        assert words in text
    assert "Publish it without my name" in text


def test_the_check_page_lists_what_is_missing_and_offers_no_sending(world: World, begun: PageClient) -> None:
    page = begun.get(f"{world.base}/check")
    assert "You cannot send this yet" in page.text
    assert page.link("Choose whether we may publish your evidence.") == f"{world.base}/publication?back=check"
    assert "Send my evidence" not in page.text


def test_every_page_shows_what_was_answered_before(world: World, filled_in: PageClient) -> None:
    text = filled_in.get(world.path(QuestionKind.FREE_TEXT))
    assert (text.all("textarea")[0].text or "") == "The bus stopped in 2019.\n\nNobody asked us."
    several = filled_in.get(world.path(QuestionKind.SEVERAL))
    ticked = [
        box.get("value") for box in several.all("input", type="checkbox") if box.get("checked") is not None
    ]
    assert ticked == world.answers()[QuestionKind.SEVERAL]
    assert (
        filled_in.get(world.path(QuestionKind.NUMBER)).all("input", name_="answer")[0].get("value") == "1,250"
    )
    about = filled_in.get(f"{world.base}/about")
    assert about.all("input", name_="name")[0].get("value") == "Ann O’Neill"


def test_an_optional_choice_can_be_taken_back_without_script(
    world: World, filled_in: PageClient, the_draft: Callable[[], Draft]
) -> None:
    page = filled_in.get(world.path(QuestionKind.SINGLE))
    assert "I do not want to answer this question" in page.text
    filled_in.submit(page, {"answer": ""}, button="Save and continue")
    assert the_draft().answers[world.questions[QuestionKind.SINGLE].slug] == ""
    send(filled_in, world)


def test_a_long_list_of_places_is_a_select(world: World, begun: PageClient, build: Builder) -> None:
    for number in range(13):
        build.place(world.inquiry, name=f"Place {number}")
    build.session.commit()
    page = begun.get(world.path(QuestionKind.PLACE))
    assert len(page.all("option")) == 15
    begun.submit(page, {"answer": str(world.place.id)}, button="Save and continue")
    assert "Wigan" in begun.get(f"{world.base}/check").text


def test_saving_for_later_keeps_the_page_right_or_wrong_and_shows_the_code(
    world: World, begun: PageClient, the_draft: Callable[[], Draft]
) -> None:
    long = "word " * 30
    page = answer(begun, world, QuestionKind.FREE_TEXT, long, button="Save and come back later")
    assert page.h1 == "Your answers are saved"
    assert hash_of(code_read(code_on(page))) == the_draft().code_hash
    assert the_draft().answers[world.questions[QuestionKind.FREE_TEXT].slug] == long


def test_a_return_code_opens_the_draft_on_another_device(app: Flask, world: World, begun: PageClient) -> None:
    begun.submit(begun.get(f"{world.base}/about"), ABOUT, button="Save and continue")
    page = answer(begun, world, QuestionKind.FREE_TEXT, "Kept words.", button="Save and come back later")
    code = code_on(page)
    other = PageClient(app)
    resumed = other.submit(
        other.get("/respond/resume"), {"code": code.lower().replace("-", " ")}, button="Open"
    )
    assert resumed.path == f"{world.base}/questions/2"
    assert other.get(f"{world.base}/questions/1").all("textarea")[0].text == "Kept words."


def test_two_devices_with_one_code_write_into_one_draft(app: Flask, world: World, begun: PageClient) -> None:
    other = PageClient(app)
    code = code_on(begun.get(f"{world.base}/later"))
    other.submit(other.get("/respond/resume"), {"code": code}, button="Open")
    answer(begun, world, QuestionKind.FREE_TEXT, "From one.")
    answer(other, world, QuestionKind.NUMBER, "12")
    check = begun.get(f"{world.base}/check").text
    assert "From one." in check
    assert "12" in check


def test_after_sending_the_return_code_opens_the_receipt(
    app: Flask, world: World, filled_in: PageClient
) -> None:
    code = code_on(filled_in.get(f"{world.base}/later"))
    send(filled_in, world)
    other = PageClient(app)
    page = other.submit(other.get("/respond/resume"), {"code": code}, button="Open")
    assert page.h1 == "We have your evidence"


def test_the_receipt_opens_without_a_session_and_shows_everything_sent(
    app: Flask, world: World, filled_in: PageClient
) -> None:
    sent = filled_in.submit(filled_in.get(f"{world.base}/check"), button="Send my evidence")
    other = PageClient(app)
    receipt = other.get(sent.link("See and print a copy of everything you sent"))
    for words in (
        "LOC0001",
        "Ann O’Neill",
        "Resident",
        "The bus stopped in 2019.",
        "A little",
        "A hall",
        "1,250",
        "Wigan",
    ):
        assert words in receipt.text
    assert "A plan" not in receipt.text
    assert receipt.response.headers["Referrer-Policy"] == "no-referrer"
    assert receipt.response.headers["Cache-Control"] == "no-store"
    by_code = other.submit(other.get("/respond/resume"), {"code": code_on(sent)}, button="Open")
    assert by_code.h1 == receipt.h1


def test_the_reference_and_the_return_code_open_no_receipt(world: World, filled_in: PageClient) -> None:
    code = code_on(filled_in.get(f"{world.base}/later"))
    send(filled_in, world)
    for guess in ("LOC0001", code, receipt_code_for("no such code")):
        page = filled_in.get(f"/respond/receipt/{guess}", status=404)
        assert "no receipt under this code" in page.text


def test_somebody_elses_browser_sees_neither_draft_nor_reference(
    app: Flask, world: World, filled_in: PageClient
) -> None:
    stranger = PageClient(app)
    for page in ("about", "questions/1", "publication", "check", "later", "sent", "send"):
        shown = stranger.get(f"{world.base}/{page}")
        assert shown.h1 == world.call.title
        assert "no draft of yours on this device" in shown.text


def test_leaving_the_device_takes_the_code_out_of_it_and_keeps_the_draft(
    app: Flask, world: World, begun: PageClient
) -> None:
    answer(begun, world, QuestionKind.FREE_TEXT, "Private words.")
    later = begun.get(f"{world.base}/later")
    begun.submit(later, button="Leave this device")
    assert "no draft of yours" in begun.get(f"{world.base}/questions/1").text
    begun.submit(begun.get("/respond/resume"), {"code": code_on(later)}, button="Open")
    assert begun.get(f"{world.base}/questions/1").all("textarea")[0].text == "Private words."


def test_leaving_the_device_after_sending_hides_the_reference(world: World, filled_in: PageClient) -> None:
    sent = filled_in.submit(filled_in.get(f"{world.base}/check"), button="Send my evidence")
    filled_in.submit(sent, button="Leave this device")
    assert "LOC0001" not in filled_in.get(f"{world.base}/sent").text


def test_start_pressed_again_goes_on_with_an_empty_draft_and_shows_the_way_to_a_begun_one(
    session: Session, world: World, begun: PageClient
) -> None:
    page = begun.submit(begun.get(world.call_page), button="Start now")
    assert page.h1 == "About you"
    assert len(session.scalars(select(Draft)).all()) == 1
    answer(begun, world, QuestionKind.FREE_TEXT, "First words.")
    page = begun.submit(begun.get(world.call_page), button="Start now")
    assert page.h1 == "You have begun already"
    first = code_on(page)
    page = begun.submit(page, button="I have written the code down: begin anew")
    assert page.h1 == "About you"
    assert code_on(page) != first
    assert (begun.get(f"{world.base}/questions/1").all("textarea")[0].text or "") == ""


def test_after_sending_one_may_start_another(session: Session, world: World, filled_in: PageClient) -> None:
    send(filled_in, world)
    page = filled_in.submit(filled_in.get(world.call_page), button="Start now")
    assert page.h1 == "About you"
    assert len(session.scalars(select(Draft)).all()) == 2


def test_a_draft_is_kept_until_two_weeks_after_closing(
    session: Session, world: World, begun: PageClient, the_draft: Callable[[], Draft]
) -> None:
    assert the_draft().expires_at == world.call.closes_at + timedelta(days=14)
    world.call.closes_at = NOON + timedelta(days=4000)
    session.commit()
    answer(begun, world, QuestionKind.NUMBER, "1")
    assert the_draft().expires_at == NOON + timedelta(days=4014)


def test_an_inquiry_without_respondent_types_does_not_ask_for_one(
    session: Session, world: World, begun: PageClient
) -> None:
    session.delete(world.kind_of_respondent)
    session.commit()
    page = begun.get(f"{world.base}/about")
    assert "describes you best" not in page.text
    page = begun.submit(page, {"name": "Ann"}, button="Save and continue")
    assert "Question 1 of 6" in page.title
