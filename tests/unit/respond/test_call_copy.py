"""The whole call on paper: as a page, as PDF and as a Word document."""

from io import BytesIO

import pypdf
import pytest
from docx import Document
from sqlalchemy.orm import Session

from consult.calls.models import Call, Question, QuestionCondition, Section
from consult.calls.rules import CallState, QuestionKind
from tests.builders import Builder
from tests.page import PageClient
from tests.unit.respond.walk import World

WHOLE = (
    "Part A",
    "Read this first.",
    "What about free_text?",
    "In your own words, at most 20 words.",
    "A lot",
    "Choose all that apply.",
    "Hard",
    "A whole number from 0 to 5,000.",
    "Wigan",
    "How do they do?",
    "Your council",
    "Badly",
    "Only if you chose “A lot” in question 2.",
    "About 300 words are a good length.",
    "Publish it without my name",
    "Your name",
    "Whose views are these?",
    "until the commission’s report is out",
    "Europe/London",
    "You may add up to 3 documents as well",
)


@pytest.fixture
def call(world: World, build: Builder, session: Session) -> Call:
    """Give a call with a section, a matrix, a declaration and a question put by another's answer."""
    section = Section(call_id=world.call.id, title="Part A", introduction="Read this first.", position=1)
    session.add(section)
    session.flush()
    for question in world.questions.values():
        question.section_id = section.id
    matrix = build.question(world.call, QuestionKind.MATRIX, number=7, prompt="How do they do?")
    build.matrix_row(matrix, "Your council", 0)
    for position, wording in enumerate(("Well", "Badly")):
        build.option(matrix, wording, position)
    more: Question = build.question(world.call, number=8, prompt="Tell us more.", word_guidance=300)
    session.add(QuestionCondition(question_id=more.id, option_id=world.options["A lot"].id))
    world.call.declarations = ["on_behalf_of"]
    world.call.most_documents = 3
    session.commit()
    return world.call


def bare(words: str) -> str:
    return " ".join(words.split())


def test_the_page_has_the_whole_call_and_leads_to_its_files(
    client: PageClient, world: World, call: Call
) -> None:
    page = client.get(client.get(world.call_page).link("Print or save the whole call, to draft on"))
    for part in WHOLE:
        assert part in bare(page.text)
    for name in ("Save it as a PDF", "Save it as a Word document (.docx)"):
        assert client.http.get(page.link(name)).status_code == 200


def test_the_pdf_has_the_whole_call_and_is_tagged(client: PageClient, world: World, call: Call) -> None:
    response = client.http.get(f"{world.base}/copy.pdf")
    pdf = pypdf.PdfReader(BytesIO(response.data))
    words = bare(" ".join(page.extract_text() for page in pdf.pages))
    for part in WHOLE:
        assert part in words
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert "pdfuaid:part" in pdf.xmp_metadata.rdf_root.toxml()  # type: ignore[union-attr]  # it has metadata


def test_the_word_document_has_the_whole_call_under_headings(
    client: PageClient, world: World, call: Call
) -> None:
    document = Document(BytesIO(client.http.get(f"{world.base}/copy.docx").data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    words = bare(" ".join([*(paragraph.text for paragraph in document.paragraphs), *cells]))
    for part in WHOLE:
        assert part in words
    assert document.core_properties.title == call.title
    headings = [p.text for p in document.paragraphs if p.style.name.startswith("Heading 2")]  # type: ignore[union-attr]  # each has a style
    assert headings[0] == "About you"
    assert "Part A" in headings
    assert 'w:lang w:val="en-GB"' in document.styles.element.xml


def test_signs_that_nobody_sees_keep_no_copy_from_being_made(
    client: PageClient, world: World, call: Call, session: Session
) -> None:
    # As Word writes a line break within a paragraph.
    call.title = "Who decides,\x0band\x01 where?"
    world.questions["free_text"].prompt = "What\x0babout it?"
    session.commit()
    document = Document(BytesIO(client.http.get(f"{world.base}/copy.docx").data))
    assert "Who decides, and where?" in bare(" ".join(p.text for p in document.paragraphs))
    for end in ("copy", "copy.pdf"):
        assert client.http.get(f"{world.base}/{end}").status_code == 200


def test_a_call_in_two_languages_is_copied_in_both(
    client: PageClient, world: World, call: Call, session: Session
) -> None:
    call.languages = ["en", "cy"]
    call.translations = {"cy": {"title": "Pwy sy’n penderfynu?"}}
    session.commit()
    page = client.get(f"{world.base}/copy?lang=cy")
    assert "Pwy sy’n penderfynu?" in page.h1
    assert "Amdanoch chi" in page.text
    pdf = pypdf.PdfReader(BytesIO(client.http.get(f"{world.base}/copy.pdf?lang=cy").data))
    assert pdf.trailer["/Root"]["/Lang"].startswith("cy")
    assert "Pwy sy’n penderfynu?" in pdf.pages[0].extract_text()
    document = Document(BytesIO(client.http.get(f"{world.base}/copy.docx?lang=cy").data))
    assert document.core_properties.language == "cy-GB"


def test_a_call_still_being_written_has_no_copy(
    client: PageClient, world: World, call: Call, session: Session
) -> None:
    call.state = CallState.DRAFT
    session.commit()
    for end in ("copy", "copy.pdf", "copy.docx"):
        client.get(f"{world.base}/{end}", status=404)
