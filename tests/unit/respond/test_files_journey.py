"""Files of a respondent: added, looked at, placed, taken away, sent; whatever is wrong with one is told."""

import io
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.calls.models import Call, Inquiry, Question
from consult.calls.rules import QuestionKind
from consult.evidence.extraction.result import unread
from consult.evidence.models import SourceText, Submission
from consult.evidence.models_documents import Attachment, ReplacedAttachment
from consult.evidence.rules import SubmissionState
from consult.foundation.files import file_store
from consult.foundation.jobs.models import Job
from consult.foundation.jobs.names import JobName
from consult.foundation.jobs.worker import run_job
from consult.respond import views_files
from consult.respond.models import Draft, DraftFile
from tests.builders import Builder
from tests.documents import docx, p, pdf, picture
from tests.page import Page, PageClient, standing_values, words_of
from tests.unit.respond.walk import code_on

ADD, CONTINUE = "Add these files", "Save and continue"
PLAN = docx(p("We own the hall.") + p("Nobody asked us."))
TRACKED = docx(
    p("Kept.") + '<w:p><w:del w:id="1" w:author="A"><w:r><w:delText>Gone.</w:delText></w:r></w:del></w:p>'
)
SCAN = pdf(f"#image(bytes({tuple(picture())}))")


@dataclass
class Where:
    """The rows of a call that takes files, and where its pages are."""

    inquiry: Inquiry
    call: Call
    words: Question
    papers: Question

    @property
    def base(self) -> str:
        return f"/respond/{self.inquiry.slug}/{self.call.slug}"

    @property
    def documents(self) -> str:
        return f"{self.base}/documents"

    @property
    def question(self) -> str:
        return f"{self.base}/questions/2"


@pytest.fixture
def where(build: Builder) -> Where:
    inquiry = build.inquiry()
    call = build.call(inquiry, most_documents=3)
    words = build.question(call, number=1, slug="words", prompt="What happened?")
    papers = build.question(
        call, QuestionKind.FILE, number=2, slug="papers", prompt="Which papers?", most_files=2
    )
    build.session.commit()
    return Where(inquiry, call, words, papers)


@pytest.fixture
def begun(where: Where, client: PageClient) -> PageClient:
    client.submit(client.get(f"/calls/{where.inquiry.slug}/{where.call.slug}"), button="Start now")
    client.submit(client.get(f"{where.base}/about"), {"name": "Bea"}, button=CONTINUE)
    return client


def add(client: PageClient, path: str, *files: tuple[bytes, str], **options: Any) -> Page:
    sent = [(io.BytesIO(data), name) for data, name in files]
    page = client.submit(client.get(path), {"files": sent}, **{"button": ADD, **options})
    for response in (*page.response.history, page.response):
        # The client leaves what it sent lying open.
        response.request.environ["wsgi.input"].close()
    return page


def held(session: Session) -> list[tuple[str, str]]:
    session.rollback()
    return [(each.name, each.question) for each in session.scalars(select(DraftFile).order_by(DraftFile.id))]


def send(client: PageClient, where: Where) -> Page:
    client.submit(client.get(f"{where.base}/publication"), {"publication": "with_name"}, button=CONTINUE)
    return client.submit(client.get(f"{where.base}/check"), button="Send my evidence")


def test_what_was_read_is_shown_in_numbered_paragraphs_right_after_adding(
    where: Where, begun: PageClient
) -> None:
    page = add(begun, where.documents, (PLAN, "plan.docx"))
    assert page.h1 == "What we read from plan.docx"
    assert [words_of(item) for item in page.all("li", class_="app-words app-read__paragraph")] == [
        "We own the hall.",
        "Nobody asked us.",
    ]
    assert "DOCX, " in page.text
    assert "2 paragraphs" in page.text


def test_a_document_alone_is_evidence(where: Where, begun: PageClient, session: Session) -> None:
    page = add(begun, where.documents, (PLAN, "plan.docx"))
    page = begun.submit(page, {"question": "words"}, button=CONTINUE)
    assert page.path == f"{where.base}/publication"
    assert "This choice holds for your documents too" in page.text
    done = send(begun, where)
    session.rollback()
    (attachment,) = session.scalars(select(Attachment))
    assert (attachment.name, attachment.question_id, attachment.size) == (
        "plan.docx",
        where.words.id,
        len(PLAN),
    )
    assert file_store().path_of(attachment.sha256).read_bytes() == PLAN
    assert session.scalars(select(SourceText.body)).all() == ["We own the hall.\n\nNobody asked us."]
    assert held(session) == []
    receipt = begun.get(done.link("See and print a copy of everything you sent"))
    assert f"plan.docx ({len(PLAN) / 1000:.0f} kB)" in receipt.text or f"({len(PLAN)} bytes)" in receipt.text
    assert "1. What happened?" in receipt.text


def test_a_document_about_all_of_the_call_stands_for_words_that_have_to_be_written(
    where: Where, begun: PageClient, session: Session
) -> None:
    where.words.required = where.papers.required = True
    session.commit()
    add(begun, where.documents, (PLAN, "plan.docx"))
    page = begun.get(f"{where.base}/check")
    assert "Write an answer to this question." not in page.text
    assert "Choose a file." in page.text


def test_a_question_for_files_takes_several_and_is_satisfied_by_one(
    where: Where, begun: PageClient, session: Session
) -> None:
    where.papers.required = True
    session.commit()
    page = begun.submit(begun.get(where.question), button=CONTINUE, status=422)
    assert "Choose a file." in page.text
    page = add(begun, where.question, (PLAN, "a.docx"), (b"Second paper.", "b.txt"))
    assert "2 files are added." in page.text
    assert held(session) == [("a.docx", "papers"), ("b.txt", "papers")]
    page = begun.submit(page, button=CONTINUE)
    assert page.path == where.documents
    assert send(begun, where).h1 == "We have your evidence"
    session.rollback()
    assert {each.question_id for each in session.scalars(select(Attachment))} == {where.papers.id}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ((b"", "empty.txt"), "The file is empty."),
        ((b"PK\x03\x04broken", "a.docx"), "Open it in your program"),
        ((b"\x89PNG\r\n\x1a\n" + bytes(20), "photo.docx"), "This is a picture."),
        ((b"MZ" + bytes(200), "letter.pdf"), "we do not take"),
        ((b"a" * (25 * 1024 * 1024 + 1), "big.txt"), "larger than 25 MB"),
    ],
    ids=["empty", "damaged", "picture", "program", "too large"],
)
def test_a_file_that_is_not_taken_is_named_with_what_to_do(
    where: Where, begun: PageClient, session: Session, wrong: tuple[bytes, str], told: str
) -> None:
    page = add(begun, where.documents, (PLAN, "plan.docx"), wrong, status=422)
    assert f"“{wrong[1]}”:" in page.text
    assert told in page.text
    assert "Error: " in page.title
    # What was right with the rest is kept.
    assert held(session) == [("plan.docx", "")]
    assert "plan.docx" in words_of(page.all("li", class_="app-files__file")[0])


def test_there_may_be_no_more_than_was_said(where: Where, begun: PageClient, session: Session) -> None:
    page = begun.get(where.documents)
    assert "You can add up to 3 files of at most 25 MB each" in page.text
    four = [(f"Paper {n}.".encode(), f"{n}.txt") for n in range(4)]
    page = add(begun, where.documents, *four, status=422)
    assert "“3.txt”: There is room for 3 files here, and all of it is taken." in page.text
    assert len(held(session)) == 3
    assert "There is no room for another file." in begun.get(where.documents).text


def test_the_same_file_twice_is_one(where: Where, begun: PageClient, session: Session) -> None:
    add(begun, where.documents, (PLAN, "plan.docx"))
    add(begun, where.documents, (PLAN, "plan.docx"))
    assert held(session) == [("plan.docx", "")]


def test_pressing_add_without_a_file_says_so(where: Where, begun: PageClient) -> None:
    page = begun.submit(begun.get(where.documents), button=ADD, status=422)
    assert "Choose a file first, then add it." in page.text


def test_a_file_that_was_chosen_is_never_left_behind_by_going_on(
    where: Where, begun: PageClient, session: Session
) -> None:
    page = add(begun, where.documents, (PLAN, "plan.docx"), button=CONTINUE)
    assert page.h1 == "What we read from plan.docx"
    assert held(session) == [("plan.docx", "")]


def test_a_file_is_removed_and_removing_it_twice_is_no_fault(
    where: Where, begun: PageClient, session: Session
) -> None:
    page = add(begun, where.documents, (PLAN, "plan.docx"))
    removed = begun.submit(page, button="Remove this file")
    assert removed.path == where.documents
    assert held(session) == []
    assert begun.submit(page, button="Remove this file").path == where.documents


def test_what_was_noticed_is_told(where: Where, begun: PageClient) -> None:
    page = add(begun, where.documents, (TRACKED, "plan.docx"))
    assert "It has tracked changes" in page.text
    assert "Gone." not in page.text


def test_a_scan_is_taken_and_somebody_will_type_it(where: Where, begun: PageClient, session: Session) -> None:
    page = add(begun, where.documents, (SCAN, "scan.pdf"))
    assert "somebody will type what it says" in page.text
    assert "There is no text to show yet." in page.text
    send(begun, where)
    session.rollback()
    assert session.scalars(select(Submission.state)).one() is SubmissionState.NEEDS_TRANSCRIPTION


def test_nobody_waits_for_ever_and_the_document_is_taken_all_the_same(
    where: Where, begun: PageClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views_files, "LEAST_SECONDS", 0.0)
    monkeypatch.setattr(views_files, "PATIENCE_SECONDS", 0.0)
    page = add(begun, where.documents, (PLAN, "plan.docx"))
    assert "takes longer than we could wait" in page.text
    (file,) = session.scalars(select(DraftFile))
    assert file.extraction["flags"] == list(unread().flags)


def test_names_and_sizes_stand_on_the_check_page(where: Where, begun: PageClient) -> None:
    add(begun, where.documents, (b"One.", "one.txt"))
    add(begun, where.question, (b"Two.", "two.txt"))
    page = begun.get(f"{where.base}/check")
    assert "one.txt (4 bytes)" in page.text
    assert "two.txt (4 bytes)" in page.text
    assert "You have not answered any question" not in page.text


def test_another_device_has_the_files_too(app: Flask, where: Where, begun: PageClient) -> None:
    add(begun, where.documents, (b"One.", "one.txt"))
    code = code_on(begun.get(f"{where.base}/later"))
    other = PageClient(app)
    page = other.submit(other.get("/respond/resume"), {"code": code})
    assert page.path == f"{where.base}/publication"
    assert "one.txt" in other.get(where.documents).text


def test_colleagues_add_files_and_each_says_whose_it_is(
    app: Flask, where: Where, begun: PageClient, session: Session
) -> None:
    add(begun, where.documents, (b"One.", "one.txt"))
    code = code_on(begun.submit(begun.get(f"{where.base}/share"), button="Make a team code"))
    mari = PageClient(app)
    page = mari.submit(mari.get("/respond/team"), {"code": code, "name": "Mari"})
    assert "1 document" in page.text
    listed = mari.get(page.link("Documents"))
    assert "Added by the person who leads" in listed.text
    page = add(mari, listed.path, (b"Two.", "two.txt"))
    page = mari.submit(page, button="Save and add another")
    assert "Added by you" in page.text
    assert "Added by Mari" in begun.get(where.documents).text
    page = add(mari, f"{where.base}/team/questions/2", (b"Three.", "three.txt"))
    assert page.h1 == "What we read from three.txt"
    assert held(session) == [("one.txt", ""), ("two.txt", ""), ("three.txt", "papers")]


def test_a_file_of_somebody_else_s_draft_is_not_there(app: Flask, where: Where, begun: PageClient) -> None:
    page = add(begun, where.documents, (b"One.", "one.txt"))
    stranger = PageClient(app)
    stranger.submit(stranger.get(f"/calls/{where.inquiry.slug}/{where.call.slug}"), button="Start now")
    stranger.get(page.path, status=404)


def test_a_lost_session_loses_no_file(where: Where, begun: PageClient, session: Session) -> None:
    page = begun.get(where.documents)
    begun.http.delete_cookie("consult")
    data = {"files": [(io.BytesIO(PLAN), "plan.docx")], **posted_with(page)}
    begun.http.post(where.documents, data=data, headers={"Origin": "http://localhost"})
    assert held(session) == [("plan.docx", "")]


def posted_with(page: Page) -> dict[str, str]:
    names = ("csrf_token", "draft_code")
    form = page.form(with_field="files")
    fields = {f.get("name"): f.get("value", "") for f in form.iter("input")}
    return {name: fields[name] for name in names} | {"then": "add"}


def test_what_another_site_makes_a_browser_send_is_not_added(
    where: Where, begun: PageClient, session: Session
) -> None:
    page = begun.get(where.documents)
    begun.http.delete_cookie("consult")
    data = {"files": [(io.BytesIO(PLAN), "plan.docx")], **posted_with(page)}
    begun.http.post(where.documents, data=data, headers={"Origin": "https://elsewhere.example"})
    assert held(session) == []


def test_more_than_can_be_received_at_once_is_told_on_the_same_page(
    where: Where, begun: PageClient, session: Session
) -> None:
    big = b"a" * (25 * 1024 * 1024)
    page = add(begun, where.documents, (big, "1.txt"), (big, "2.txt"), (big, "3.txt"), status=413)
    assert "larger than 50 MB together, so none was added" in page.text
    assert held(session) == []


def test_a_draft_that_was_sent_takes_no_file(where: Where, begun: PageClient, session: Session) -> None:
    open_page = begun.get(where.documents)
    add(begun, where.documents, (b"One.", "one.txt"))
    send(begun, where)
    late = {"files": [(io.BytesIO(PLAN), "plan.docx")]}
    page = begun.submit(open_page, late, button=ADD, status=409)
    assert page.h1 == "Your evidence has been sent already"
    session.rollback()
    assert session.scalars(select(Attachment.name)).all() == ["one.txt"]


def test_erasing_a_draft_erases_its_files(where: Where, begun: PageClient, session: Session) -> None:
    add(begun, where.documents, (b"One.", "one.txt"))
    session.rollback()
    session.delete(session.scalars(select(Draft)).one())
    session.commit()
    assert held(session) == []


EVIL = "../../secret/<img src=x>\u202efdp.docx"


def test_a_name_is_text_and_nothing_else(where: Where, begun: PageClient, session: Session) -> None:
    page = add(begun, where.documents, (PLAN, EVIL))
    assert held(session) == [("<img src=x>fdp.docx", "")]
    assert page.all("img") == []


def test_a_call_that_takes_no_documents_has_no_such_page(
    where: Where, begun: PageClient, session: Session
) -> None:
    where.call.most_documents = 0
    session.commit()
    assert begun.get(where.documents).path == f"{where.base}/publication"


def test_files_for_a_question_not_put_any_more_are_kept_and_not_sent(
    where: Where, begun: PageClient, session: Session, build: Builder
) -> None:
    from consult.calls.models import QuestionCondition  # noqa: PLC0415  # of this test alone

    tried = build.question(where.call, QuestionKind.SINGLE, number=3, slug="tried")
    yes, no = build.option(tried, "Yes", 1), build.option(tried, "No", 2)
    more = build.question(where.call, QuestionKind.FILE, number=4, slug="more", most_files=1)
    build.add(QuestionCondition(question_id=more.id, option_id=yes.id))
    session.commit()
    begun.submit(begun.get(f"{where.base}/questions/3"), {"answer": str(yes.id)}, button=CONTINUE)
    add(begun, f"{where.base}/questions/4", (PLAN, "plan.docx"))
    begun.submit(begun.get(f"{where.base}/questions/3"), {"answer": str(no.id)}, button=CONTINUE)
    assert "no longer apply to you" in begun.get(f"{where.base}/check").text
    send(begun, where)
    session.rollback()
    assert session.scalars(select(Attachment)).all() == []


def test_changing_what_was_sent_keeps_its_documents_unless_they_are_removed(
    where: Where, begun: PageClient, session: Session
) -> None:
    add(begun, where.documents, (PLAN, "plan.docx"))
    add(begun, where.documents, (b"A letter.", "letter.txt"))
    receipt = begun.get(send(begun, where).link(RECEIPT))
    begun.submit(begun.get(receipt.link("Change what you sent")), button="Change my answers")
    assert held(session) == [("plan.docx", ""), ("letter.txt", "")]
    page = begun.get(where.documents)
    (kept, _gone) = page.all("a", class_="govuk-link")[:2]
    assert words_of(kept) == "Look at what we read from plan.docx"
    (letter,) = [file for file in page.all("li", class_="app-files__file") if "letter" in words_of(file)]
    (form,) = letter.iter("form")
    begun.http.post(form.get("action", ""), data=standing_values(form))
    done = begun.submit(begun.get(f"{where.base}/check"), button="Send my changes")
    assert done.h1 == "We have your changes"
    session.rollback()
    gone = select(Attachment.name).join(ReplacedAttachment, ReplacedAttachment.attachment_id == Attachment.id)
    assert session.scalars(gone).all() == ["letter.txt"]
    assert "plan.docx" in begun.get(receipt.path).text
    assert "letter.txt" not in begun.get(receipt.path).text
    # What was coded in it stays: the same text stands.
    assert len(session.scalars(select(SourceText.id)).all()) == 2


RECEIPT = "See and print a copy of everything you sent"


def test_what_is_said_of_a_document_follows_the_answer_it_stands_with(
    where: Where, begun: PageClient
) -> None:
    begun.submit(begun.get(f"{where.base}/questions/1"), {"answer": "Nobody asked."}, button=CONTINUE)
    page = add(begun, where.documents, (PLAN, "plan.docx"))
    begun.submit(page, {"question": "words"}, button=CONTINUE)
    add(begun, where.documents, (b"A letter.", "letter.txt"))
    page = begun.get(f"{where.base}/publication")
    values = {"publication": "with_name", "publication:words": "not_published"}
    check = begun.submit(page, values, button=CONTINUE)
    assert "plan.docx: Will not be published." in check.text
    assert "letter.txt: Will be published with your name." in check.text
    sent = begun.submit(check, button="Send my evidence")
    receipt = begun.get(sent.link("See and print a copy of everything you sent"))
    assert "plan.docx: Will not be published." in receipt.text


def test_the_copies_name_the_documents(where: Where, begun: PageClient) -> None:
    add(begun, where.documents, (b"A letter.", "letter.txt"))
    done = send(begun, where)
    saved = begun.http.get(done.link("Save the copy as a web page"))
    assert "letter.txt (9 bytes)" in saved.get_data(as_text=True)
    assert begun.http.get(done.link("Save the copy as a PDF")).data.startswith(b"%PDF")


def test_what_nobody_could_wait_for_is_read_by_a_job_once_it_is_sent(
    where: Where, begun: PageClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as hurry:
        hurry.setattr(views_files, "LEAST_SECONDS", 0.0)
        hurry.setattr(views_files, "PATIENCE_SECONDS", 0.0)
        add(begun, where.documents, (PLAN, "plan.docx"))
    send(begun, where)
    session.rollback()
    submission = session.scalars(select(Submission)).one()
    assert submission.state is SubmissionState.NEEDS_TRANSCRIPTION
    job_id = session.scalars(select(Job.id).where(Job.name == JobName.DOCUMENTS_UNREAD)).one()
    session.rollback()
    run_job(job_id)
    session.rollback()
    assert session.scalars(select(SourceText.body)).all() == ["We own the hall.\n\nNobody asked us."]
    assert session.scalars(select(Submission.state)).one() is SubmissionState.NEW
    run_job(job_id)
    assert len(session.scalars(select(SourceText.id)).all()) == 1


def test_a_call_says_beforehand_which_documents_may_be_added(where: Where, begun: PageClient) -> None:
    page = begun.get(f"/calls/{where.inquiry.slug}/{where.call.slug}")
    assert "You may add up to 3 documents as well" in page.text
    paper = begun.http.get(page.link("Print or save the whole call, to draft on"), follow_redirects=True)
    assert "You can add up to 3 files of at most 25 MB each" in paper.get_data(as_text=True)
