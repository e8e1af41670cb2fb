"""Words inside a document that a respondent marks as confidential, from the draft to what was sent."""

import io
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.calls.models import Call, Inquiry
from consult.calls.rules import QuestionKind
from consult.evidence.models import ConfidentialPassage, ReplacedText, SourceText
from consult.respond import confidences, forms, pages_marking
from consult.respond.models import Draft
from tests.builders import Builder
from tests.documents import docx, p, pdf, picture
from tests.page import Page, PageClient, words_of
from tests.unit.respond.walk import code_on

ADD, CONTINUE, MARK = "Add these files", "Save and continue", "Keep these words back"
REPORT = docx(p("We own the hall.") + p("Ann Lee told us so. Ask Ann  Lee again."))
LATER = docx(p("We have owned the hall since May.") + p("Ann Lee told us so."))
HARM = "She would lose her post."
KEPT = "Kept from everybody outside the commission, wherever they stand in report.docx: “Ann Lee”"


@dataclass
class Where:
    inquiry: Inquiry
    call: Call

    @property
    def base(self) -> str:
        return f"/respond/{self.inquiry.slug}/{self.call.slug}"


@pytest.fixture
def where(build: Builder) -> Where:
    inquiry = build.inquiry()
    call = build.call(inquiry, most_documents=3)
    build.question(call, number=1, slug="words", prompt="What happened?")
    build.question(call, QuestionKind.FILE, number=2, slug="papers", prompt="Which papers?", most_files=2)
    build.session.commit()
    return Where(inquiry, call)


@pytest.fixture
def begun(where: Where, client: PageClient) -> PageClient:
    client.submit(client.get(f"/calls/{where.inquiry.slug}/{where.call.slug}"), button="Start now")
    client.submit(client.get(f"{where.base}/about"), {"name": "Bea"}, button=CONTINUE)
    return client


def add(client: PageClient, path: str, data: bytes = REPORT, name: str = "report.docx") -> Page:
    page = client.submit(client.get(path), {"files": [(io.BytesIO(data), name)]}, button=ADD)
    for response in (*page.response.history, page.response):
        # The client leaves what it sent lying open.
        response.request.environ["wsgi.input"].close()
    return page


@pytest.fixture
def added(where: Where, begun: PageClient) -> Page:
    return add(begun, f"{where.base}/documents")


def marking(client: PageClient, added: Page) -> Page:
    return client.submit(added, button="Save and mark words as confidential")


def mark(client: PageClient, page: Page, status: int = 200, **values: Any) -> Page:
    return client.submit(page, {"words": "Ann Lee", "harm": HARM, **values}, button=MARK, status=status)


def the_draft(session: Session, where: Where) -> Draft:
    session.rollback()
    return session.scalars(select(Draft).where(Draft.call_id == where.call.id)).first() or Draft()


def send(client: PageClient, where: Where) -> Page:
    client.submit(client.get(f"{where.base}/publication"), {"publication": "with_name"}, button=CONTINUE)
    return client.submit(client.get(f"{where.base}/check"), button="Send my evidence")


def stored(session: Session) -> list[str]:
    session.rollback()
    rows = session.execute(
        select(SourceText.body, ConfidentialPassage.start, ConfidentialPassage.end)
        .join(SourceText, SourceText.id == ConfidentialPassage.source_text_id)
        .order_by(SourceText.id, ConfidentialPassage.start)
    )
    return [row.body[row.start : row.end] for row in rows]


def test_words_of_a_document_are_marked_told_before_sending_and_sent(
    where: Where, begun: PageClient, added: Page, session: Session
) -> None:
    page = marking(begun, added)
    assert page.h1 == "Words to keep back in report.docx"
    page = mark(begun, page)
    assert "These words are marked" in page.text
    assert [words_of(each) for each in page.all("blockquote")] == ["Ann Lee"]
    assert "report.docx" in words_of(page.all("li", class_="app-marks__mark")[0])
    page = begun.submit(begun.get(f"{where.base}/publication"), {"publication": "with_name"}, button=CONTINUE)
    assert KEPT in page.text
    assert "Where you chose otherwise for an answer, or marked words in it or in a document" in page.text
    page = begun.submit(page, button="Send my evidence")
    # Wherever they stand, whatever space a word processor put between them.
    assert stored(session) == ["Ann Lee", "Ann  Lee"] or stored(session) == ["Ann Lee", "Ann Lee"]
    assert the_draft(session, where).confidences == []


def test_the_receipt_and_its_copies_say_what_is_kept_back(
    where: Where, begun: PageClient, added: Page
) -> None:
    mark(begun, marking(begun, added))
    sent = send(begun, where)
    receipt = begun.get(sent.link("See and print a copy of everything you sent"))
    assert (KEPT in receipt.text, f"Harm: {HARM}" in receipt.text) == (True, True)
    assert "or marked words in it or in a document, that holds." in receipt.text
    copy = begun.http.get(sent.link("Save the copy as a web page")).get_data(as_text=True)
    assert (KEPT in copy, HARM in copy) == (True, True)
    pages = PdfReader(io.BytesIO(begun.http.get(sent.link("Save the copy as a PDF")).data)).pages
    assert HARM in " ".join("\n".join(each.extract_text() for each in pages).split())


def test_a_paragraph_of_a_document_is_ticked_and_no_script_is_needed(
    where: Where, begun: PageClient, added: Page, session: Session
) -> None:
    mark(begun, marking(begun, added), words="", paragraphs=["1"])
    assert [each["words"] for each in the_draft(session, where).confidences] == ["We own the hall."]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"words": "Zoe"}, "These words do not stand in the document. Copy them from it exactly."),
        ({"words": ""}, "Tick a paragraph, or write the words that must not be published."),
        ({"harm": ""}, "Say what harm publication would do, and to whom."),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_is_kept(
    begun: PageClient, added: Page, typed: dict[str, str], told: str
) -> None:
    page = mark(begun, marking(begun, added), 422, **typed)
    assert told in page.text
    assert page.typed("harm").strip() == typed.get("harm", HARM)


def test_words_that_stand_nearly_everywhere_are_not_marked_by_mistake(
    begun: PageClient, added: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confidences, "MOST_PLACES", 1)
    page = mark(begun, marking(begun, added), 422)
    assert "“Ann Lee” stands in 2 places. Mark it together with the words beside it." in page.text


def test_a_ticked_paragraph_that_stands_nearly_everywhere_is_not_marked_either(
    where: Where, begun: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confidences, "MOST_PLACES", 1)
    added = add(begun, f"{where.base}/documents", docx(p("3") + p("On 3 May we met.") + p("Done.")))
    page = marking(begun, added)
    assert "“3” stands in 2 places." in mark(begun, page, 422, words="", paragraphs=["1", "3"]).text
    assert "These words are marked" in mark(begun, page, words="", paragraphs=["3"]).text


def test_a_chapter_without_a_break_is_not_marked_whole(
    begun: PageClient, added: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confidences, "LONGEST_OF_DOCUMENT", 10)
    page = mark(begun, marking(begun, added), 422, words="", paragraphs=["1"])
    assert "That is more than 10 characters at once." in page.text


def test_answers_and_documents_share_the_room_there_is(
    begun: PageClient, added: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms, "MOST_CONFIDENCES", 1)
    page = marking(begun, added)
    mark(begun, page)
    assert "At most 1 passages can be marked." in mark(begun, page, 422, words="hall").text


def test_a_long_document_is_offered_in_parts_and_words_are_sought_in_all_of_it(
    where: Where, begun: PageClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages_marking, "MOST_TICKS", 2)
    added = add(begun, f"{where.base}/documents", docx("".join(p(f"Paragraph {n}.") for n in range(1, 6))))
    page = marking(begun, added)
    assert [box.get("value") for box in page.all("input", type="checkbox")] == ["1", "2"]
    assert "This is part 1 of 3" in page.text
    page = begun.get(f"{page.path}{page.link('Part 2')}")
    assert [box.get("value") for box in page.all("input", type="checkbox")] == ["3", "4"]
    mark(begun, page, words="Paragraph 5.", paragraphs=["4"])
    assert [each["words"] for each in the_draft(session, where).confidences] == [
        "Paragraph 4.",
        "Paragraph 5.",
    ]
    assert "You have marked 2 passages in it." in begun.get(page.path).text


@pytest.mark.parametrize("part", ["0", "99", "x", "-1", "9" * 40, "²"])
def test_a_part_that_there_is_not_is_the_nearest(begun: PageClient, added: Page, part: str) -> None:
    page = marking(begun, added)
    assert "We own the hall." in begun.get(f"{page.path}?part={part}").text


def test_a_mark_is_taken_away(where: Where, begun: PageClient, added: Page, session: Session) -> None:
    listed = mark(begun, marking(begun, added))
    page = begun.submit(listed, button="Take the mark away (1)")
    assert "The mark is taken away." in page.text
    assert the_draft(session, where).confidences == []
    assert "The mark is taken away." in begun.submit(listed, button="Take the mark away (1)").text


def test_the_list_leads_on_to_what_is_still_to_do(where: Where, begun: PageClient, added: Page) -> None:
    listed = mark(begun, marking(begun, added))
    assert begun.get(listed.link("Continue")).path == f"{where.base}/publication"
    begun.submit(begun.get(f"{where.base}/publication"), {"publication": "with_name"}, button=CONTINUE)
    listed = begun.get(f"{where.base}/confidential")
    assert begun.get(listed.link("Continue to check your answers")).path == f"{where.base}/check"


def test_a_scan_of_which_there_is_no_text_says_what_to_do_instead(where: Where, begun: PageClient) -> None:
    added = add(begun, f"{where.base}/documents", pdf(f"#image(bytes({tuple(picture())}))"), "scan.pdf")
    assert not any("mark words" in words_of(each) for each in added.all("button"))
    told = "Of “scan.pdf” we have no text yet, so no words in it can be marked."
    assert told in begun.get(f"{where.base}/publication").text
    assert told in begun.get(f"{where.base}/confidential").text
    number = added.path.rpartition("/")[2]
    begun.get(f"{where.base}/confidential/documents/{number}", status=404)


def test_a_document_that_answers_another_question_keeps_its_marks(
    where: Where, begun: PageClient, added: Page, session: Session
) -> None:
    mark(begun, marking(begun, added))
    begun.submit(begun.get(added.path), {"question": "words"}, button=CONTINUE)
    send(begun, where)
    assert stored(session)[:1] == ["Ann Lee"]


def test_two_copies_of_one_document_keep_back_the_same_words(
    where: Where, begun: PageClient, added: Page, session: Session
) -> None:
    mark(begun, marking(begun, added))
    add(begun, f"{where.base}/questions/2")
    send(begun, where)
    session.rollback()
    assert len(set(session.scalars(select(ConfidentialPassage.source_text_id)))) == 2


def test_nothing_is_sent_while_a_document_with_marks_is_removed_and_they_are_not_decided(
    where: Where, begun: PageClient, added: Page, session: Session
) -> None:
    mark(begun, marking(begun, added))
    page = begun.submit(begun.get(added.path), button="Remove this file")
    assert "Words in it were marked as confidential." in page.text
    begun.submit(begun.get(f"{where.base}/questions/1"), {"answer": "Said."}, button=CONTINUE)
    begun.submit(begun.get(f"{where.base}/publication"), {"publication": "with_name"}, button=CONTINUE)
    check = begun.get(f"{where.base}/check")
    assert "You marked words as confidential in “report.docx”, which was removed." in check.text
    listed = begun.get(f"{where.base}/confidential")
    assert "You removed “report.docx”, in which 1 passage is marked." in listed.text
    begun.submit(listed, button="Take these marks away (report.docx)")
    assert the_draft(session, where).confidences == []
    assert (
        begun.submit(begun.get(f"{where.base}/check"), button="Send my evidence").h1
        == "We have your evidence"
    )


def test_the_same_file_added_again_has_its_marks_again(
    where: Where, begun: PageClient, added: Page, session: Session
) -> None:
    mark(begun, marking(begun, added))
    begun.submit(begun.get(added.path), button="Remove this file")
    add(begun, f"{where.base}/documents", name="again.docx")
    assert "You removed" not in begun.get(f"{where.base}/confidential").text
    send(begun, where)
    assert stored(session)[:1] == ["Ann Lee"]


def test_marks_go_over_to_a_later_version_of_a_file_where_their_words_stand(
    where: Where, begun: PageClient, added: Page, session: Session
) -> None:
    page = marking(begun, added)
    mark(begun, page)
    mark(begun, page, words="We own the hall.")
    begun.submit(begun.get(added.path), button="Remove this file")
    add(begun, f"{where.base}/documents", LATER, "later.docx")
    listed = begun.get(f"{where.base}/confidential")
    page = begun.submit(listed, button="Mark these words in “later.docx” instead")
    assert "1 passage is marked in “later.docx”." in page.text
    # What does not stand there is still to be decided.
    assert "You removed “report.docx”, in which 1 passage is marked." in page.text
    marks = the_draft(session, where).confidences
    assert [(each["words"], each["name"]) for each in marks] == [
        ("We own the hall.", "report.docx"),
        ("Ann Lee", "later.docx"),
    ]


def test_what_was_kept_back_is_kept_back_again_when_it_is_changed(
    where: Where, begun: PageClient, added: Page, session: Session
) -> None:
    mark(begun, marking(begun, added))
    receipt = begun.get(send(begun, where).link("See and print a copy of everything you sent"))
    page = begun.get(receipt.link("Change what you sent"))
    check = begun.submit(page, button="Change my answers")
    check = begun.get(f"{where.base}/check")
    assert KEPT in check.text
    assert "You have changed nothing yet" in begun.submit(check, button="Send my changes").text
    listed = begun.get(f"{where.base}/confidential")
    assert next(words_of(each) for each in listed.all("blockquote")) == "Ann Lee"
    mark(begun, begun.get(listed.link("report.docx")), words="the hall")
    assert begun.submit(begun.get(f"{where.base}/check"), button="Send my changes").h1
    assert stored(session)[:2] == ["the hall", "Ann Lee"]
    assert session.scalars(select(ReplacedText)).all() == []


def test_a_lost_session_loses_no_mark(where: Where, begun: PageClient, added: Page, session: Session) -> None:
    page = marking(begun, added)
    again = mark(begun, page, 400, csrf_token="forged")
    assert "Your session had ended" in again.text
    assert the_draft(session, where).confidences == []
    begun.submit(again, button=MARK)
    assert len(the_draft(session, where).confidences) == 1


def test_colleagues_see_who_can_mark_and_cannot_themselves(
    app: Flask, where: Where, begun: PageClient, added: Page
) -> None:
    code = code_on(begun.submit(begun.get(f"{where.base}/share"), button="Make a team code"))
    mari = PageClient(app)
    mari.submit(mari.get("/respond/team"), {"code": code, "name": "Mari"})
    page = mari.get(added.path.replace("/documents/", "/team/documents/"))
    assert "tell the person who leads" in page.text
    assert not any("mark words" in words_of(each) for each in page.all("button"))
    number = added.path.rpartition("/")[2]
    assert mari.get(f"{where.base}/confidential/documents/{number}").path.startswith("/calls/")


def test_a_document_of_somebody_else_s_draft_is_not_there(app: Flask, where: Where, added: Page) -> None:
    stranger = PageClient(app)
    stranger.submit(stranger.get(f"/calls/{where.inquiry.slug}/{where.call.slug}"), button="Start now")
    number = added.path.rpartition("/")[2]
    stranger.get(f"{where.base}/confidential/documents/{number}", status=404)
