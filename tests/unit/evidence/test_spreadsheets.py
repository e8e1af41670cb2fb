"""Spreadsheets of other platforms: how they are laid out, what their columns mean, what their rows say."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from consult.calls.rules import QuestionKind
from consult.evidence.rules import PublicationChoice
from consult.evidence.spreadsheets import mapping as columns
from consult.evidence.spreadsheets.layouts import Column, Platform, Use, layout_of, plain
from consult.evidence.spreadsheets.mapping import AskedQuestion, ColumnMapping, ColumnUse
from consult.evidence.spreadsheets.reading import Row, open_sheet
from consult.evidence.spreadsheets.rows import Destination, Response, RowReader, look_at, responses
from consult.evidence.spreadsheets.values import (
    Misfit,
    language_of,
    moment_of,
    options_of,
    point_of,
    publication_of,
)
from consult.foundation.errors import BadInput

LONDON = ZoneInfo("Europe/London")
BARRIERS = AskedQuestion(
    1,
    "barriers",
    QuestionKind.FREE_TEXT,
    "What stops people in your area from changing what they know needs changing?",
)
CONTROL = AskedQuestion(
    2,
    "control",
    QuestionKind.SINGLE,
    "How much control do you feel you have?",
    {"A great deal": 21, "Some": 22, "A little": 23, "None at all": 24},
)
TOOLS = AskedQuestion(
    3,
    "tools",
    QuestionKind.SEVERAL,
    "Which of these have you used?",
    {"Neighbourhood plan": 31, "Asset transfer, or purchase": 32, "None of these": 33},
)
EASE = AskedQuestion(
    4, "ease", QuestionKind.SCALE, "How easy is it to find out who decides?", minimum=1, maximum=5
)
PEOPLE = AskedQuestion(5, "people", QuestionKind.NUMBER, "About how many people take part?", minimum=0)
PLACE = AskedQuestion(6, "place", QuestionKind.PLACE, "Which place is your evidence about?")
QUESTIONS = (BARRIERS, CONTROL, TOOLS, EASE, PEOPLE, PLACE)
DESTINATION = Destination(QUESTIONS, {"cornwall": 7, "wigan": 8}, LONDON)


def as_csv(rows: Iterable[Iterable[str]], delimiter: str = ",") -> str:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter).writerows(rows)
    return file.getvalue()


def saved(tmp_path: Path, content: str | bytes, name: str = "answers.csv", encoding: str = "utf-8") -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def read(path: Path) -> tuple[Platform, list[Response]]:
    sheet = open_sheet(path)
    layout, first = look_at(sheet)
    found = columns.proposed(layout, QUESTIONS)
    dates = [column.index for column in found.columns if column.use is Use.SENT_AT]
    said = [row.cells[place] for row in first for place in dates if place < len(row.cells)]
    reader = RowReader(columns.with_day_first(found, said, layout.platform), DESTINATION)
    return layout.platform, list(responses(sheet, layout, reader))


CITIZEN_SPACE = [
    [
        "Response ID",
        "Submitted Date",
        "1: What is your name?",
        "2: What is your email address?",
        "3: What is your organisation?",
        f"4: {BARRIERS.prompt}",
        f"5: {CONTROL.prompt}",
        f"6: {TOOLS.prompt} - Neighbourhood plan",
        f"6: {TOOLS.prompt} - Asset transfer, or purchase",
        f"6: {TOOLS.prompt} - None of these",
        "7: May we publish your response?",
    ],
    [
        "ANON-ABCD-1",
        "2026-07-03 14:05:00",
        "Wenna Pascoe",
        "w@example.org",
        "Harbour Trust",
        "Nobody answers.\nNobody asks.",
        "A little",
        "Neighbourhood plan",
        "",
        "",
        "Yes, with my name",
    ],
]
FORMS = [
    [
        "ID",
        "Start time",
        "Completion time",
        "Email",
        "Name",
        BARRIERS.prompt,
        CONTROL.prompt,
        TOOLS.prompt,
        EASE.prompt,
        PEOPLE.prompt,
        PLACE.prompt,
    ],
    [
        "1",
        "7/13/26 14:01:10",
        "7/13/26 14:20:00",
        "anonymous",
        "",
        "The bus.",
        "None at all",
        "Neighbourhood plan;Asset transfer, or purchase;",
        "2",
        "1,200",
        "Wigan",
    ],
]
SURVEYMONKEY = [
    [
        "Respondent ID",
        "Collector ID",
        "Start Date",
        "End Date",
        "IP Address",
        "Email Address",
        "First Name",
        "Last Name",
        BARRIERS.prompt,
        TOOLS.prompt,
        "",
        "",
        CONTROL.prompt,
    ],
    [
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "Open-Ended Response",
        "Neighbourhood plan",
        "Asset transfer, or purchase",
        "None of these",
        "Response",
    ],
    [
        "118",
        "4",
        "07/03/2026 02:01:10 PM",
        "07/03/2026 02:20:00 PM",
        "192.0.2.7",
        "m@example.org",
        "Mari",
        "Huws",
        "Too far.",
        "",
        "Asset transfer, or purchase",
        "",
        "Some",
    ],
]
QUALTRICS = [
    [
        "StartDate",
        "EndDate",
        "Status",
        "Finished",
        "RecordedDate",
        "ResponseId",
        "UserLanguage",
        "Q1",
        "Q2_1",
        "Q3",
    ],
    [
        "Start Date",
        "End Date",
        "Response Type",
        "Finished",
        "Recorded Date",
        "Response ID",
        "User Language",
        BARRIERS.prompt,
        f"{TOOLS.prompt} - Selected Choice - Neighbourhood plan",
        CONTROL.prompt,
    ],
    ['{"ImportId":"startDate","timeZone":"Europe/London"}'] + ['{"ImportId":"x"}'] * 9,
    [
        "2026-07-03 14:01:10",
        "",
        "IP Address",
        "True",
        "2026-07-03 14:20:00",
        "R_1",
        "CY",
        "Neb.",
        "Neighbourhood plan",
        "Some",
    ],
    [
        "2026-07-03 15:01:10",
        "",
        "Survey Preview",
        "True",
        "2026-07-03 15:20:00",
        "R_2",
        "EN",
        "Trial",
        "",
        "Some",
    ],
    ["2026-07-03 16:01:10", "", "IP Address", "False", "2026-07-03 16:20:00", "R_3", "EN", "Half", "", ""],
]
JISC = [
    [
        "Unique Response Number",
        "Completion date",
        f"1. {BARRIERS.prompt}",
        f"2. {CONTROL.prompt}",
        "2.a. If you chose Other, say more:",
        "3. Name of organisation",
    ],
    ["900-1", "3 July 2026 14:20", "No say.", "a great deal", "", "Parish Council"],
]


def test_citizen_space_export_is_understood(tmp_path: Path) -> None:
    platform, (one,) = read(saved(tmp_path, as_csv(CITIZEN_SPACE)))
    assert platform is Platform.CITIZEN_SPACE
    assert (one.key, one.name, one.email, one.organisation) == (
        "ANON-ABCD-1",
        "Wenna Pascoe",
        "w@example.org",
        "Harbour Trust",
    )
    assert one.sent_at == datetime(2026, 7, 3, 13, 5, tzinfo=UTC)
    assert one.publication is PublicationChoice.WITH_NAME
    assert one.replies[1].text == "Nobody answers.\nNobody asks."
    assert (one.replies[2].option_ids, one.replies[3].option_ids) == ((23,), (31,))
    assert one.problems == []


def test_microsoft_forms_export_is_understood_with_american_dates(tmp_path: Path) -> None:
    platform, (one,) = read(saved(tmp_path, as_csv(FORMS)))
    assert platform is Platform.MICROSOFT_FORMS
    assert (one.key, one.email, one.place_id) == ("1", "", 8)
    assert one.sent_at == datetime(2026, 7, 13, 13, 20, tzinfo=UTC)
    assert one.replies[3].option_ids == (31, 32)
    assert (one.replies[4].number, one.replies[5].number, one.replies[6].place_id) == (2, 1200, 8)
    assert one.problems == []


def test_surveymonkey_export_is_understood_below_its_two_rows_of_headings(tmp_path: Path) -> None:
    platform, (one,) = read(saved(tmp_path, as_csv(SURVEYMONKEY)))
    assert platform is Platform.SURVEYMONKEY
    assert (one.row, one.key, one.name, one.email) == (3, "118", "Mari Huws", "m@example.org")
    assert one.sent_at == datetime(2026, 7, 3, 13, 20, tzinfo=UTC)  # it writes the month first
    assert (one.replies[1].text, one.replies[3].option_ids, one.replies[2].option_ids) == (
        "Too far.",
        (32,),
        (22,),
    )


def test_qualtrics_export_is_understood_without_its_trials_and_unfinished_rows(tmp_path: Path) -> None:
    platform, (one, trial, half) = read(saved(tmp_path, as_csv(QUALTRICS)))
    assert platform is Platform.QUALTRICS
    assert (one.key, one.language, one.replies[1].text, one.replies[3].option_ids) == (
        "R_1",
        "cy",
        "Neb.",
        (31,),
    )
    assert (trial.left_out, half.left_out) == ("a trial of the form", "not finished by its writer")


def test_jisc_export_is_understood_with_its_numbered_questions(tmp_path: Path) -> None:
    platform, (one,) = read(saved(tmp_path, as_csv(JISC)))
    assert platform is Platform.JISC
    assert (one.key, one.organisation, one.replies[2].option_ids) == ("900-1", "Parish Council", (21,))
    assert one.sent_at == datetime(2026, 7, 3, 13, 20, tzinfo=UTC)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_in_every_encoding_and_with_every_delimiter(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    rows = [["Response ID", "Name", BARRIERS.prompt], ["1", "Zoë", "The café; it’s closed, “they” say\tso."]]
    _, (one,) = read(saved(tmp_path, as_csv(rows, delimiter), encoding=encoding))
    assert (one.name, one.replies[1].text) == ("Zoë", "The café; it’s closed, “they” say\tso.")


def test_workbook_is_read_with_its_dates_and_numbers(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in FORMS[:1]:
        book.active.append(row)
    when = datetime(2026, 7, 13, 14, 20)  # noqa: DTZ001  # workbooks know no zones
    book.active.append(
        [1, when, when, "anonymous", None, "=1+1 is not a sum", "Some", "None of these", 4, 12.0, "Cornwall"]
    )
    book.save(tmp_path / "answers.xlsx")
    _, (one,) = read(tmp_path / "answers.xlsx")
    assert one.sent_at == datetime(2026, 7, 13, 13, 20, tzinfo=UTC)
    assert (one.key, one.replies[4].number, one.replies[5].number, one.place_id) == ("1", 4, 12, 7)


def test_every_wrong_cell_of_a_row_is_told_with_row_and_column(tmp_path: Path) -> None:
    wrong = ["1", "", "31/13/2026", "", "", "Fine.", "Maybe", "Something else", "9", "many", "Atlantis"]
    _, (one,) = read(saved(tmp_path, as_csv([FORMS[0], wrong])))
    assert [(problem.row, problem.column) for problem in one.problems] == [
        (2, "C"),
        (2, "G"),
        (2, "H"),
        (2, "I"),
        (2, "J"),
        (2, "K"),
    ]
    assert one.problems[1].message.startswith("“Maybe” is none of the options: A great deal")


def test_key_that_comes_again_is_a_problem_and_a_missing_one_too(tmp_path: Path) -> None:
    rows = [["Response ID", BARRIERS.prompt], ["1", "One"], ["1", "Two"], ["", "Three"]]
    _, (one, again, none) = read(saved(tmp_path, as_csv(rows)))
    assert one.problems == []
    assert again.problems[0].message == "The response number “1” is already in row 2."
    assert none.problems[0].message == "There is no response number in this row."


def test_rows_without_a_number_get_a_key_that_the_next_import_finds_again(tmp_path: Path) -> None:
    rows = [[BARRIERS.prompt, "Name"], ["One", "A"], ["One", "B"], ["One", "A"]]
    path = saved(tmp_path, as_csv(rows))
    _, first = read(path)
    _, second = read(path)
    assert [one.key for one in first] == [one.key for one in second]
    assert first[0].key != first[1].key
    assert first[2].left_out == "the same as row 2 in every cell"


def test_empty_rows_and_rows_without_answers_are_left_out(tmp_path: Path) -> None:
    rows = [["Response ID", BARRIERS.prompt], ["", ""], ["2", ""], ["3", "Words"]]
    _, found = read(saved(tmp_path, as_csv(rows)))
    assert [one.left_out for one in found] == ["an empty row", "without an answer to any question", ""]


def test_resumption_gives_only_later_rows_but_still_knows_earlier_keys(tmp_path: Path) -> None:
    sheet = open_sheet(
        saved(tmp_path, as_csv([["Response ID", BARRIERS.prompt], ["1", "a"], ["2", "b"], ["1", "c"]]))
    )
    layout, _ = look_at(sheet)
    reader = RowReader(columns.proposed(layout, QUESTIONS), DESTINATION)
    two, again = responses(sheet, layout, reader, after_row=2)
    assert (two.row, two.problems) == (3, [])
    assert again.problems[0].message == "The response number “1” is already in row 2."


def test_question_reworded_a_little_is_still_proposed_and_another_is_not() -> None:
    layout = layout_of([Row(1, ("How much control do you feel that you have?", "How much did you pay?"))])
    found = columns.proposed(layout, QUESTIONS).columns
    assert [(column.use, column.question) for column in found] == [
        (Use.ANSWER, "control"),
        (Use.LEAVE_OUT, ""),
    ]


def test_a_question_is_proposed_for_one_column_only() -> None:
    layout = layout_of([Row(1, (BARRIERS.prompt, BARRIERS.prompt))])
    assert [c.use for c in columns.proposed(layout, QUESTIONS).columns] == [Use.ANSWER, Use.LEAVE_OUT]


def test_mapping_is_stored_and_found_as_it_was() -> None:
    settled = ColumnMapping(
        (ColumnUse(0, Use.KEY), ColumnUse(3, Use.OPTION, "tools", "None of these")), day_first=False
    )
    assert ColumnMapping.from_json(settled.as_json()) == settled


def test_mapping_that_answers_nothing_or_twice_is_refused() -> None:
    empty = ColumnMapping((ColumnUse(0, Use.KEY),))
    assert -1 in columns.problems_of(empty, QUESTIONS)
    twice = ColumnMapping((ColumnUse(0, Use.ANSWER, "barriers"), ColumnUse(1, Use.ANSWER, "barriers")))
    assert columns.problems_of(twice, QUESTIONS) == {
        1: "Another column (A) is used for the same. Leave one out."
    }
    lost = ColumnMapping((ColumnUse(0, Use.ANSWER, "gone"), ColumnUse(1, Use.OPTION, "tools", "gone")))
    assert set(columns.problems_of(lost, QUESTIONS)) == {0, 1}


def test_signature_changes_with_the_headings_only() -> None:
    one, same = (layout_of([Row(1, ("ID", "Name"))]) for _ in range(2))
    assert columns.signature_of(one) == columns.signature_of(same)
    assert columns.signature_of(one) != columns.signature_of(layout_of([Row(1, ("ID", "Names"))]))


@pytest.mark.parametrize(
    ("said", "choice"),
    [
        ("Yes, with my name", PublicationChoice.WITH_NAME),
        ("Publish response with name", PublicationChoice.WITH_NAME),
        ("with_name", PublicationChoice.WITH_NAME),
        ("Publish response only (without name)", PublicationChoice.WITHOUT_NAME),
        ("Yes, anonymously", PublicationChoice.WITHOUT_NAME),
        ("Yes", PublicationChoice.WITHOUT_NAME),
        ("Do not publish response", PublicationChoice.NOT_PUBLISHED),
        ("No", PublicationChoice.NOT_PUBLISHED),
        ("Please keep this confidential", PublicationChoice.NOT_PUBLISHED),
    ],
)
def test_publication_is_read_carefully(said: str, choice: PublicationChoice) -> None:
    assert publication_of(said) is choice


def test_publication_that_says_nothing_of_it_is_a_misfit() -> None:
    with pytest.raises(Misfit, match="whether it may be published"):
        publication_of("Ask my sister")


@pytest.mark.parametrize(
    ("text", "day_first", "hour"),
    [("03/07/2026 14:20", True, 13), ("7/3/26 14:20:00", False, 13), ("3 Jul 2026 14:20", True, 13),
     ("2026-07-03T14:20:00Z", True, 14), ("03/07/2026 2:20 PM", True, 13), ("2026-01-03 14:20", True, 14)],
)  # fmt: skip
def test_moments_are_read_on_londons_clock(text: str, day_first: bool, hour: int) -> None:
    assert moment_of(text, day_first=day_first, zone=LONDON).astimezone(UTC).hour == hour


def test_a_day_that_excel_counts_is_read_where_its_cell_lost_its_format() -> None:
    assert moment_of("46176.625", day_first=True, zone=LONDON) == datetime(2026, 6, 3, 15, tzinfo=LONDON)
    assert moment_of("46176", day_first=False, zone=LONDON) == datetime(2026, 6, 3, tzinfo=LONDON)
    with pytest.raises(Misfit):
        moment_of("2026", day_first=True, zone=LONDON)


MATRIX = AskedQuestion(
    7,
    "part",
    QuestionKind.MATRIX,
    "How well do these listen?",
    {"Well": 71},
    {"Your council": 72, "Police": 73},
)


@pytest.mark.parametrize(
    "heading",
    ["How well do these listen? - Your council", "How well do these listen?.Your council", "Your council"],
)
def test_a_matrix_is_taken_row_by_row(heading: str) -> None:
    found = columns.proposed(layout_of([Row(1, (heading,))]), (MATRIX,))
    assert found.columns == (ColumnUse(0, Use.MATRIX_ROW, "part", "Your council"),)


def test_a_matrix_is_never_one_column() -> None:
    found = columns.proposed(layout_of([Row(1, ("How well do these listen?",))]), (MATRIX,))
    assert found.columns == (ColumnUse(0),)
    whole = ColumnMapping((ColumnUse(0, Use.ANSWER, "part"),))
    assert "Choose which row" in columns.problems_of(whole, (MATRIX,))[0]


@pytest.mark.parametrize(
    ("heading", "use"),
    [
        ("6. I consent to my answers being published", Use.PUBLICATION),
        ("Are you responding as an individual or on behalf of an organisation?", Use.RESPONDENT_TYPE),
        ("Which newspapers published your letter?", Use.LEAVE_OUT),
    ],
)
def test_headings_in_other_words_are_known(heading: str, use: Use) -> None:
    assert columns.proposed(layout_of([Row(1, (heading,))]), ()).columns == (ColumnUse(0, use),)


def test_options_with_commas_in_them_are_kept_whole() -> None:
    assert options_of(TOOLS, "Asset transfer, or purchase,Neighbourhood plan") == (32, 31)
    with pytest.raises(Misfit, match="“Asset” is none"):
        options_of(TOOLS, "Asset")


def test_scale_is_read_from_a_number_with_its_meaning() -> None:
    assert point_of(EASE, "5 - Very easy") == 5
    with pytest.raises(Misfit, match="not on the scale from 1 to 5"):
        point_of(EASE, "Very easy")


def test_languages_and_plain_words() -> None:
    assert (language_of("Cymraeg"), language_of("EN")) == ("cy", "en")
    assert plain("Q12. What’s the  Café?") == plain("what's the cafe")
    assert plain("7") == "7"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\xd0\xcf\x11\xe0 old", "old Excel workbook"),
        (b"PK\x03\x04 broken", "damaged or cut off"),
        (b"\x81\x8d\x8f\x90,\x00\n", "neither a workbook nor text"),
    ],
)
def test_file_that_is_no_spreadsheet_is_refused_with_advice(
    tmp_path: Path, content: bytes, message: str
) -> None:
    with pytest.raises(BadInput, match=message):
        open_sheet(saved(tmp_path, content))


def test_document_and_bomb_are_no_workbooks(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    with pytest.raises(BadInput, match="is not a spreadsheet"):
        open_sheet(tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "a" * 30_000_000)
    with pytest.raises(BadInput, match="unpacks to more"):
        open_sheet(tmp_path / "b.xlsx")


def test_workbook_with_entities_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.save(tmp_path / "good.xlsx")
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><workbook>&b;</workbook>'
    with zipfile.ZipFile(tmp_path / "good.xlsx") as good, zipfile.ZipFile(tmp_path / "bad.xlsx", "w") as bad:
        for entry in good.namelist():
            bad.writestr(entry, bomb if entry == "xl/workbook.xml" else good.read(entry))
    with pytest.raises(BadInput, match="declarations that no spreadsheet needs"):
        open_sheet(tmp_path / "bad.xlsx")


def workbook_with(tmp_path: Path, change: Callable[[bytes], bytes]) -> Path:
    """Save a workbook with two rows whose sheet is changed, and return where."""
    book = openpyxl.Workbook()
    for row in (("Response ID", "Words"), ("1", "Buses")):
        book.worksheets[0].append(row)
    book.save(tmp_path / "good.xlsx")
    with zipfile.ZipFile(tmp_path / "good.xlsx") as good, zipfile.ZipFile(tmp_path / "bad.xlsx", "w") as bad:
        for entry in good.namelist():
            content = good.read(entry)
            bad.writestr(entry, change(content) if entry == "xl/worksheets/sheet1.xml" else content)
    return tmp_path / "bad.xlsx"


@pytest.mark.parametrize(
    "change",
    [
        lambda sheet: sheet[:-60],
        lambda sheet: sheet.replace(b'<row r="2"', b'<row r="zz"'),
        lambda sheet: b"<!--" + b"x" * 250_000 + b'--><!DOCTYPE x [<!ENTITY a "aa">]>' + sheet,
    ],
    ids=["cut off", "no number", "entities far behind"],
)
def test_damaged_workbook_is_refused_with_advice(tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    with pytest.raises(BadInput, match=r"[Ss]ave it again"):
        list(open_sheet(workbook_with(tmp_path, change)).open_rows())


def test_workbook_whose_bytes_are_damaged_is_refused_with_advice(tmp_path: Path) -> None:
    path = workbook_with(tmp_path, bytes)
    content = bytearray(path.read_bytes())
    at = content.index(b"<sheetData")
    content[at : at + 6] = b"<other"
    path.write_bytes(content)  # the sum that the archive keeps of its part is another now
    with pytest.raises(BadInput, match=r"[Ss]ave it again"):
        list(open_sheet(path).open_rows())


def test_workbook_whose_packing_is_damaged_is_refused_with_advice(tmp_path: Path) -> None:
    path = tmp_path / "packed.xlsx"
    openpyxl.Workbook().save(path)
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo("xl/workbook.xml")
    content = bytearray(path.read_bytes())
    at = entry.header_offset + 30 + len(entry.filename)
    content[at : at + 20] = b"\xff" * 20
    path.write_bytes(content)
    with pytest.raises(BadInput, match="is damaged or cut off"):
        open_sheet(path)


def test_openpyxl_takes_no_row_from_xml_with_entities() -> None:
    assert openpyxl.DEFUSEDXML


def test_broken_csv_is_told_by_its_row(tmp_path: Path) -> None:
    sheet = open_sheet(saved(tmp_path, 'Response ID,Words\n1,"never closed\n'))
    with pytest.raises(BadInput, match="row 2: is not well-formed CSV"):
        list(sheet.open_rows())


def test_character_that_cannot_be_stored_is_a_problem_of_its_cell() -> None:
    reader = RowReader(ColumnMapping((ColumnUse(0, Use.ANSWER, "barriers"),)), DESTINATION)
    (problem,) = reader.read(Row(2, ("a\x00b",))).problems
    assert (problem.column, "cannot be stored" in problem.message) == ("A", True)


def test_columns_are_named_as_spreadsheets_do() -> None:
    assert [columns.letters(place) for place in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
    assert Column(0, "Which?", "This").words == "Which? – This"
