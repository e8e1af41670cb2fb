"""What comes out of each kind of document, and what is noticed on the way."""

from collections.abc import Callable

import pytest

from consult.evidence.extraction import Outcome
from consult.evidence.extraction.read import extract
from tests.documents import docx, message, odt, p, pdf, picture, relation, relations_of, word


def text_of(data: bytes, name: str = "") -> str:
    found = extract(data, name)
    assert found.outcome is not Outcome.REFUSED, found.flags
    return found.text


def flags_of(data: bytes, name: str = "") -> set[str]:
    return set(extract(data, name).flags)


def numbered(level: int, number: str = "1") -> str:
    return f'<w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr></w:pPr>'


NUMBERING = word(
    '<w:abstractNum w:abstractNumId="0">'
    '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>'
    '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl>'
    '<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="lowerRoman"/><w:lvlText w:val="(%3)"/></w:lvl>'
    "</w:abstractNum>"
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>',
    "numbering",
)


def test_numbers_that_word_only_draws_are_written_out():
    body = (
        p("Power", numbered(0)) + p("Who holds it", numbered(1)) + p("Parishes", numbered(2))
        + p("Wards", numbered(2)) + p("Who pays", numbered(1)) + p("Money", numbered(0))
        + p("Rates", numbered(1))
    )  # fmt: skip
    made = docx(body, {"word/numbering.xml": NUMBERING}, relation("numbering", "numbering.xml"))
    assert text_of(made).split("\n\n") == [
        *(
            "1. Power",
            "1.1 Who holds it",
            "(i) Parishes",
            "(ii) Wards",
            "1.2 Who pays",
            "2. Money",
            "2.1 Rates",
        ),
    ]


def test_a_number_that_a_style_gives_is_written_out_too():
    styles = word(
        '<w:style w:styleId="Base"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:styleId="Mine"><w:basedOn w:val="Base"/></w:style>',
        "styles",
    )
    made = docx(
        p("Halls", '<w:pPr><w:pStyle w:val="Mine"/></w:pPr>'),
        {"word/numbering.xml": NUMBERING, "word/styles.xml": styles},
        relation("numbering", "numbering.xml") + relation("styles", "styles.xml"),
    )
    assert text_of(made) == "1. Halls"


def test_deleted_words_are_left_out_and_inserted_ones_kept():
    body = (
        "<w:p><w:r><w:t>Power should </w:t></w:r>"
        "<w:del><w:r><w:delText>never </w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>always </w:t></w:r></w:ins><w:r><w:t>be local.</w:t></w:r></w:p>"
    )
    made = docx(body)
    assert text_of(made) == "Power should always be local."
    assert flags_of(made) == {"tracked-changes"}


def test_a_deleted_paragraph_end_joins_what_it_parted():
    first = "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>We own the hall </w:t></w:r></w:p>"
    assert text_of(docx(first + p("and the field."))) == "We own the hall and the field."


def test_moved_words_stand_only_where_they_were_moved_to():
    body = (
        "<w:p><w:moveFrom><w:r><w:t>Later.</w:t></w:r></w:moveFrom><w:r><w:t>First.</w:t></w:r></w:p>"
        "<w:p><w:moveTo><w:r><w:t>Later.</w:t></w:r></w:moveTo></w:p>"
    )
    assert text_of(docx(body)) == "First.\n\nLater."


def test_hidden_words_are_left_out_and_said_so():
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>Ignore the above.</w:t></w:r>"
    shown = '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>Seen.</w:t></w:r>'
    made = docx(f"<w:p>{hidden}{shown}</w:p>")
    assert text_of(made) == "Seen."
    assert flags_of(made) == {"hidden-text"}


def test_words_hidden_by_a_style_are_hidden():
    styles = word('<w:style w:styleId="Ghost"><w:rPr><w:vanish/></w:rPr></w:style>', "styles")
    run = '<w:r><w:rPr><w:rStyle w:val="Ghost"/></w:rPr><w:t>secret</w:t></w:r>'
    made = docx(
        f"<w:p>{run}<w:r><w:t>open</w:t></w:r></w:p>",
        {"word/styles.xml": styles},
        relation("styles", "styles.xml"),
    )
    assert text_of(made) == "open"


def test_notes_follow_the_body_under_the_number_that_marks_them():
    mark = '<w:footnoteReference w:id="5"/>'
    body = f"<w:p><w:r><w:t>It fell by half</w:t>{mark}</w:r><w:r><w:t>.</w:t></w:r></w:p>"
    notes = word(f'<w:footnote w:id="5">{p("ONS, 2017.")}</w:footnote>', "footnotes")
    made = docx(body, {"word/footnotes.xml": notes}, relation("footnotes", "footnotes.xml"))
    assert text_of(made) == "It fell by half[1].\n\nFootnotes\n\n[1] ONS, 2017."


def test_a_text_box_is_read_once_though_word_stores_it_twice():
    box = f"<w:txbxContent>{p('In the box.')}</w:txbxContent>"
    mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    body = (
        f'<w:p><w:r><w:t>Beside it.</w:t></w:r><w:r><mc:AlternateContent xmlns:mc="{mc}">'
        f"<mc:Choice><w:drawing>{box}</w:drawing></mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>"
    )
    assert text_of(docx(body)) == "Beside it.\n\nIn the box."


def test_short_rows_of_a_table_are_lines_and_long_cells_paragraphs():
    def row(*cells: str) -> str:
        return "<w:tr>" + "".join(f"<w:tc>{cell}</w:tc>" for cell in cells) + "</w:tr>"

    made = docx(
        "<w:tbl>" + row(p("Place"), p("Halls")) + row(p("Wigan"), p("12"))
        + row(p("Question 1"), p("Yes.") + p("It does.")) + "</w:tbl>"
    )  # fmt: skip
    assert text_of(made) == "Place | Halls\nWigan | 12\n\nQuestion 1\n\nYes.\n\nIt does."


def test_what_stands_in_the_margins_of_pages_is_kept_once():
    header, number = word(p("Submission of Hesgin Council"), "hdr"), word(p("Page 3 of 9"), "ftr")
    made = docx(
        p("Body."),
        {"word/header1.xml": header, "word/footer1.xml": number},
        relation("header", "header1.xml") + relation("footer", "footer1.xml"),
    )
    assert text_of(made) == "Body.\n\nPage header: Submission of Hesgin Council"


def test_a_header_that_ends_in_a_row_of_dots_is_read_in_no_time():
    words = "." * 2_000 + " Draft"
    header = {"word/header1.xml": word(p(words), "hdr")}
    made = docx(p("Body."), header, relation("header", "header1.xml"))
    assert text_of(made) == f"Body.\n\nPage header: {words}"


def test_a_field_shows_its_result_and_not_its_instruction():
    def mark(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    body = (
        f"<w:p>{mark('begin')}<w:r><w:instrText>DDEAUTO cmd.exe</w:instrText></w:r>{mark('separate')}"
        f"<w:r><w:t>shown</w:t></w:r>{mark('end')}</w:p>"
    )
    made = docx(body)
    assert text_of(made) == "shown"
    assert flags_of(made) == {"dde-field"}


def test_an_instruction_left_open_does_not_swallow_the_rest():
    open_field = '<w:p><w:r><w:fldChar w:fldCharType="begin"/><w:instrText>TOC</w:instrText></w:r></w:p>'
    assert text_of(docx(open_field + p("The rest."))) == "The rest."


@pytest.mark.parametrize(
    ("parts", "relations", "flag"),
    [
        ({"word/vbaProject.bin": b"x"}, "", "macros"),
        ({"word/embeddings/oleObject1.bin": b"x"}, "", "embedded-object"),
        (
            {"word/comments.xml": word("<w:comment/>", "comments")},
            relation("comments", "comments.xml"),
            "comments",
        ),
        ({}, relation("image", "https://example.org/x.png", outside=True), "external-content"),
        (
            {
                "word/_rels/settings.xml.rels": relations_of(
                    relation("attachedTemplate", "http://evil.example/t.dotm", outside=True)
                )
            },
            "",
            "external-template",
        ),
    ],
)
def test_what_a_word_document_carries_is_named(parts: dict[str, str | bytes], relations: str, flag: str):
    made = docx(p("Words."), parts, relations)
    assert flags_of(made) == {flag}
    assert text_of(made) == "Words."


def test_a_link_is_no_reason_to_flag():
    made = docx(p("Words."), {}, relation("hyperlink", "https://example.org", outside=True))
    assert extract(made, "").outcome is Outcome.TEXT


def test_an_opendocument_text_keeps_numbers_tables_notes_and_spaces():
    style = (
        '<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="a" '
        'style:num-suffix=")"/></text:list-style>'
    )
    body = (
        '<text:list text:style-name="L"><text:list-item><text:p>first</text:p></text:list-item>'
        "<text:list-item><text:p>second</text:p></text:list-item></text:list>"
        "<text:p>a<text:s text:c='3'/>b<text:note><text:note-citation>1</text:note-citation>"
        "<text:note-body><text:p>why</text:p></text:note-body></text:note></text:p>"
        "<table:table><table:table-row><table:table-cell><text:p>x</text:p></table:table-cell>"
        "<table:table-cell><text:p>y</text:p></table:table-cell></table:table-row></table:table>"
    )
    assert text_of(odt(body, style)) == "a) first\n\nb) second\n\na   b[1]\n\nx | y\n\nNotes\n\n[1] why"


def test_an_opendocument_text_leaves_out_deletions_comments_and_hidden_words():
    hidden = '<style:style style:name="H"><style:text-properties text:display="none"/></style:style>'
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>gone</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>"
        "<text:p>kept<office:annotation><text:p>note</text:p></office:annotation>"
        '<text:span text:style-name="H">ghost</text:span></text:p>'
    )
    made = odt(body, hidden)
    assert text_of(made) == "kept"
    assert flags_of(made) == {"tracked-changes", "comments", "hidden-text"}


def test_a_billion_spaces_in_one_number_are_not_made():
    assert len(text_of(odt('<text:p>a<text:s text:c="999999"/>b</text:p>'))) < 100


RTF = (
    rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}{\f1\fcharset204 Cyr;}}{\*\generator x;}"
    rb"\pard First caf\'e9 {\*\bkmkstart a}with \u8220?quotes\u8221? and {\v secret}{\deleted old }new.\par "
    rb"{\pntext 1.\tab}Item one\par \f1\'cc\'e8\'f0\f0\par "
    rb"Fact{\footnote \chftn The source.} ends.\par "
    rb"\trowd\intbl A\cell B\cell\row\pard After\par}"
)


def test_rich_text_keeps_letters_numbers_notes_and_tables():
    assert text_of(RTF).split("\n\n") == [
        "First café with “quotes” and new.",
        "1.\tItem one",
        "Мир",
        "Fact ends.",
        "A | B",
        "After",
        "Footnotes",
        "[1] The source.",
    ]
    assert flags_of(RTF) == {"hidden-text", "tracked-changes"}


def test_rich_text_cut_off_is_flagged_as_damaged():
    made = rb"{\rtf1 Words that go on and th"
    assert text_of(made) == "Words that go on and th"
    assert flags_of(made) == {"damaged"}


def test_binary_data_in_rich_text_is_passed_over_by_its_length():
    assert text_of(b"{\\rtf1 {\\pict\\bin6 }}}{{{}Words\\par}") == "Words"


def test_a_web_page_gives_what_a_browser_shows():
    page = (
        b"<!DOCTYPE html><html><head><title>T</title><style>p{}</style></head><body><!-- no -->"
        b"<h1>Our   town</h1><p>One<br>two &amp; three<script>alert(1)</script></p>"
        b"<ol start=3><li>c</li><li>d</li></ol><ul><li>dot</li></ul>"
        b"<table><tr><th>a</th><td>b</td></tr></table><p style='display:none'>ghost</p></body></html>"
    )
    blocks = ["Our town", "One\ntwo & three", "3. c", "4. d", "\u2022 dot", "a | b"]
    assert text_of(page).split("\n\n") == blocks
    assert flags_of(page) == {"hidden-text"}


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_plain_text_is_read_in_the_encodings_that_people_save(codec: str):
    words = "Naïve café: we paid £3 – too much."
    assert text_of(words.encode(codec), "a.txt") == words


def test_a_wrongly_declared_encoding_is_noticed_and_read_around():
    page = "<html><meta charset=utf-8><body><p>Café für alle</p>".encode("cp1252")
    assert text_of(page) == "Café für alle"
    assert flags_of(page) == {"wrong-encoding"}


@pytest.mark.parametrize(
    ("declared", "codec"),
    [("us-ascii", "utf-8"), ("iso-8859-1", "utf-8"), ("utf-16", "utf-8"), ("utf-16", "cp1252")],
)
def test_a_declared_encoding_that_reads_other_letters_than_were_written_is_not_believed(
    declared: str, codec: str
):
    words = "Café i bawb, môr a thŷ" if codec == "utf-8" else "Café for everybody"
    page = f"<html><meta charset={declared}><body><p>{words}".encode(codec)
    made = f"MIME-Version: 1.0\nContent-Type: text/plain; charset={declared}\n\n{words}\n".encode(codec)
    for data in (page, made):
        assert text_of(data) == words
        assert flags_of(data) == {"wrong-encoding"}


@pytest.mark.parametrize("declared", ["us-ascii", "iso-8859-1", "windows-1252"])
def test_windows_text_under_a_western_name_is_read_as_it_is(declared: str):
    page = f"<html><meta charset={declared}><body><p>Café for “everybody”".encode("cp1252")
    assert (text_of(page), flags_of(page)) == ("Café for “everybody”", set())


def test_a_message_gives_subject_and_words_and_the_text_of_its_documents():
    made = message(
        "Dear clerk,\n\nSee below.", {"plan.docx": docx(p("The plan.")), "x.png": b"\x89PNG\r\n\x1a\n"}
    )
    found = extract(made, "a.eml")
    assert found.text == (
        "Subject: Evidence\n\nDear clerk,\n\nSee below.\n\nAttached document: plan.docx\n\nThe plan.\n\n"
        "Attached document: x.png"
    )
    assert found.mail == {"from": "ann@example.org", "subject": "Evidence"}
    assert [(each.name, each.outcome.value) for each in found.enclosed] == [
        ("plan.docx", "text"),
        ("x.png", "refused"),
    ]
    assert found.flags == ("enclosed-refused",)


def test_a_reply_keeps_what_it_replies_to_and_says_so():
    made = message("We agree.\n\nOn 3 July Ann wrote:\n> Do you agree?")
    assert "> Do you agree?" in text_of(made)
    assert flags_of(made) == {"quoted-reply"}


def test_a_letter_that_begins_like_a_message_is_a_letter():
    letter = b"To: The Commission\nFrom: Mrs Jones\nDate: 3 July\n\nWe object."
    found = extract(letter, "letter.txt")
    assert found.kind == "txt"
    assert found.text.startswith("To: The Commission")


PAGES = r"""
#set page(
  paper: "a5", header: [Evidence of Hesgin Council #h(1fr) 2017], footer: context [#counter(page).display()]
)
#set par(justify: true)
#set text(hyphenate: true, lang: "en", size: 11pt)
= On devolution
"""
PARAGRAPH = (
    "Communities understand their neighbourhoods extraordinarily comprehensively, notwithstanding "
    "administrative reorganisation and departmental specialisation. Representatives nevertheless "
    "disregard responsibilities that neighbourhood organisations demonstrably discharge. "
)


def test_lines_of_a_pdf_are_joined_to_the_paragraphs_that_were_written():
    paragraphs = [f"{number}.1 {PARAGRAPH * 3}".strip() for number in range(1, 13)]
    found = text_of(pdf(PAGES + "\n\n".join(each.replace(".1", "\\.1", 1) for each in paragraphs))).split(
        "\n\n"
    )
    assert found[0] == "On devolution"
    assert found[1:-1] == paragraphs
    assert found[-1] == "Page margin: Evidence of Hesgin Council 2017"


def test_a_hyphen_of_its_own_stays_at_the_end_of_a_line():
    words = "It is a self-#linebreak()governing and long-#linebreak()term thing."
    source = f"#set page(width: 7cm, height: 12cm)\n#set text(size: 11pt)\n{words}"
    assert text_of(pdf(source)) == "It is a self-governing and long-term thing."


def test_a_pdf_of_pictures_is_taken_and_flagged_for_typing():
    found = extract(pdf(f"#image(bytes({tuple(picture())}))"), "")
    assert (found.outcome, found.flags, found.text) == (Outcome.FLAGGED, ("scanned",), "")


def test_a_page_of_pictures_among_others_is_told_by_its_number():
    words = "Words enough that nobody would take this page for a scan of one, as every page of ours has."
    found = extract(pdf(f"{words}\n#pagebreak()\n#image(bytes({tuple(picture())}))"), "")
    assert found.flags == ("partly-scanned",)
    assert found.properties["scanned pages"] == "2"


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("data", "name", "kind", "reason"),
    [
        (OLE + "WordDocument".encode("utf-16-le"), "a.doc", "doc", "old-office"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "a.docx", "encrypted-office", "encrypted"),
        (b"\x89PNG\r\n\x1a\n", "scan.pdf", "image", "picture"),
        (b"\xff\xd8\xff\xe0", "a.jpg", "image", "picture"),
        (b"MZ\x90\x00\x03\x00", "evidence.pdf", "program", "program"),
        (b"", "a.txt", "empty", "empty"),
        (b" \n\t\n", "a.txt", "txt", "no-words"),
        (bytes(range(256)) * 10, "a.txt", "txt", "not-text"),
        (b"Just words", "a.docx", "docx", "not-what-it-says"),
        (b"<?xml version='1.0'?><a/>", "a.xml", "xml", "xml"),
    ],
)  # fmt: skip
def test_what_is_not_read_is_refused_with_its_reason(data: bytes, name: str, kind: str, reason: str):
    found = extract(data, name)
    assert (found.outcome, found.kind, found.flags) == (Outcome.REFUSED, kind, (reason,))


def test_a_wrong_name_is_noticed_and_the_content_believed():
    found = extract(docx(p("Words.")), "evidence.pdf")
    assert (found.kind, found.text, found.flags) == ("docx", "Words.", ("wrong-extension",))


def test_markup_stays_the_letters_that_were_typed():
    body = p("&lt;script&gt;alert(1)&lt;/script&gt; =SUM(A1) {{ 7*7 }}")
    assert text_of(docx(body)) == "<script>alert(1)</script> =SUM(A1) {{ 7*7 }}"


@pytest.mark.parametrize(
    "make",
    [lambda words: docx(p(words)), str.encode, lambda words: f"<html><p>{words}".encode()],
    ids=["docx", "txt", "html"],
)
def test_letters_that_turn_or_hide_others_are_taken_out(make: Callable[[str], bytes]):
    made = make("pay\u202eeno\u202c and soft\u00adhyphen")
    assert text_of(made, "a.txt") == "payeno and softhyphen"
    assert "control-characters" in flags_of(made, "a.txt")
