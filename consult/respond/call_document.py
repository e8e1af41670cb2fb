"""The whole call as a Word document that can be written in."""

from datetime import datetime
from io import BytesIO
from typing import Any

from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from consult.foundation.markup import for_xml
from consult.respond.call_copies import CallCopied, PartCopied, QuestionCopied

BOX = "☐"
# Word needs the tag of a country to find its dictionary.
TAGS = {"en": "en-GB", "cy": "cy-GB"}


def call_document(copy: CallCopied, at: datetime) -> bytes:
    """Return a call as .docx, with headings, tables and its language marked."""
    document = Document()
    document.core_properties.title = for_xml(copy.title)
    document.core_properties.subject = for_xml(copy.subtitle)
    document.core_properties.author = for_xml(copy.subtitle)
    document.core_properties.language = TAGS.get(copy.lang, copy.lang)
    document.core_properties.created = document.core_properties.modified = at.replace(tzinfo=None)
    _speak(document, TAGS.get(copy.lang, copy.lang))
    document.add_heading(for_xml(copy.title), level=1)
    for words in (copy.subtitle, *copy.introduction):
        document.add_paragraph(for_xml(words))
    for part in copy.parts:
        _add_part(document, part)
    document.add_heading(copy.closing_heading, level=2)
    for words in copy.closing:
        document.add_paragraph(for_xml(words), style="List Bullet")
    kept = BytesIO()
    document.save(kept)
    return kept.getvalue()


def _speak(document: Any, tag: str) -> None:
    """Mark the language of all styles, so that it is spelt and read aloud in it."""
    properties = document.styles.element.find(f".//{qn('w:rPrDefault')}/{qn('w:rPr')}")
    language = properties.find(qn("w:lang"))
    if language is None:
        language = OxmlElement("w:lang")
        properties.append(language)
    language.set(qn("w:val"), tag)


def _add_part(document: Any, part: PartCopied) -> None:
    document.add_heading(for_xml(part.heading), level=2)
    if part.introduction:
        document.add_paragraph(for_xml(part.introduction))
    for question in part.questions:
        _add_question(document, question)


def _add_question(document: Any, question: QuestionCopied) -> None:
    document.add_heading(for_xml(question.heading), level=3)
    for note in question.notes:
        document.add_paragraph(for_xml(note))
    if question.rows:
        _add_grid(document, question)
    else:
        for option in question.options:
            document.add_paragraph(for_xml(f"{BOX} {option}"))
    if question.lines:
        # One cell with a border: it grows with what is written in it.
        cell = document.add_table(rows=1, cols=1, style="Table Grid").cell(0, 0)
        for _line in range(min(question.lines, 6) - 1):
            cell.add_paragraph()
        document.add_paragraph()


def _add_grid(document: Any, question: QuestionCopied) -> None:
    table = document.add_table(rows=1, cols=1 + len(question.options), style="Table Grid")
    for cell, option in zip(table.rows[0].cells[1:], question.options, strict=True):
        cell.text = for_xml(option)
    for wording in question.rows:
        cells = table.add_row().cells
        cells[0].text = for_xml(wording)
        for cell in cells[1:]:
            cell.text = BOX
    heading = table.rows[0]._tr.get_or_add_trPr()  # python-docx has no other way to repeat a heading row
    heading.append(OxmlElement("w:tblHeader"))
    document.add_paragraph()
