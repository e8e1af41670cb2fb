"""What is read from files, and every way in which files are wrong."""

from pathlib import Path

import pytest

from consult.evidence import intake
from consult.evidence.intake import LONGEST_TEXT, Intake, Item

HEADER = "file,title,organisation,respondent_type\n"
UNITS = "unit_id,doc_id,text,respondent_type_or_source\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text("First text.\n\nSecond paragraph.\n", encoding="utf-8")
    (tmp_path / "metadata.csv").write_text(HEADER + "a.txt,The harbour,Harbour Trust,charity\n")
    return tmp_path


def units(tmp_path: Path, rows: str, header: str = UNITS) -> Path:
    path = tmp_path / "units.csv"
    path.write_bytes((header + rows).encode())
    return path


def only_fault(found: Intake) -> str:
    assert len(found.faults) == 1, found.faults
    return found.faults[0]


def test_folder_gives_one_item_a_file(folder: Path) -> None:
    found = intake.read(folder)
    text = "First text.\n\nSecond paragraph.\n"
    assert found.items == [Item("a.txt", "The harbour", "Harbour Trust", "charity", text)]
    assert (found.faults, found.notices) == ([], [])


def test_units_of_a_document_are_joined_by_blank_lines_in_order(tmp_path: Path) -> None:
    path = units(
        tmp_path, 'u1,d1,"  One,  two \r\nthree",Council\r\nu2,d2,Other,\r\nu3,d1,"A\n\nB",Council\r\n'
    )
    found = intake.read(path)
    assert [(item.key, item.text, item.respondent_type) for item in found.items] == [
        ("d1", "  One,  two \r\nthree\n\nA\n\nB", "Council"),
        ("d2", "Other", ""),
    ]


def test_optional_columns_name_the_document(tmp_path: Path) -> None:
    header = UNITS.strip() + ",organisation,title,split\n"
    found = intake.read(units(tmp_path, "u1,d1,x,,,,\nu2,d1,y,,Trust,Letter,test\n", header))
    assert [(item.organisation, item.title) for item in found.items] == [("Trust", "Letter")]


def test_folder_with_units_is_read_as_units(tmp_path: Path) -> None:
    units(tmp_path, "u1,d1,Words,\n")
    assert [item.key for item in intake.read(tmp_path).items] == ["d1"]


def test_columns_are_found_in_any_order_and_capitals(tmp_path: Path) -> None:
    path = units(tmp_path, "Words,d1,u1,\n", "Text, Doc_ID ,UNIT_ID,respondent_type_or_source\n")
    assert [(item.key, item.text) for item in intake.read(path).items] == [("d1", "Words")]


def test_byte_order_mark_is_no_part_of_the_text(folder: Path) -> None:
    (folder / "a.txt").write_bytes("\ufeffWords".encode())
    assert intake.read(folder).items[0].text == "Words"


def test_windows_text_is_read_with_a_notice(folder: Path) -> None:
    (folder / "a.txt").write_bytes("The caf\u00e9 \u2013 \u201copen\u201d".encode("cp1252"))
    found = intake.read(folder)
    assert found.items[0].text == "The café – “open”"
    assert "a.txt: is not UTF-8" in found.notices[0]


def test_windows_csv_is_read_with_a_notice(tmp_path: Path) -> None:
    (tmp_path / "units.csv").write_bytes((UNITS + "u1,d1,caf\u00e9,\n").encode("cp1252"))
    found = intake.read(tmp_path)
    assert found.items[0].text == "café"
    assert "is not UTF-8" in found.notices[0]


def test_bytes_of_no_known_kind_are_a_fault(folder: Path) -> None:
    (folder / "a.txt").write_bytes(b"\xff\x81\x8d words")
    assert "row 2: a.txt: is neither UTF-8 nor Windows text" in only_fault(intake.read(folder))


def test_utf16_is_a_fault_that_names_the_remedy(folder: Path) -> None:
    (folder / "a.txt").write_bytes("Words".encode("utf-16"))
    found = intake.read(folder)
    assert "is in UTF-16" in only_fault(found)
    assert "Save it as UTF-8" in only_fault(found)
    assert not found.notices


def test_nul_in_a_csv_is_a_fault_with_its_line(tmp_path: Path) -> None:
    fault = only_fault(intake.read(units(tmp_path, "u1,d1,one,\nu2,d2,t\x00wo,\n")))
    assert "NUL character in line 3" in fault


def test_nul_in_a_text_file_is_a_fault(folder: Path) -> None:
    (folder / "a.txt").write_bytes(b"one\ntw\x00o")
    assert "a.txt: has a NUL character in line 2" in only_fault(intake.read(folder))


def test_field_longer_than_python_allows_by_itself_is_read(tmp_path: Path) -> None:
    long = "word " * 60_000
    assert intake.read(units(tmp_path, f"u1,d1,{long},\n")).items[0].text == long


def test_huge_field_is_a_fault_with_its_row(tmp_path: Path) -> None:
    fault = only_fault(intake.read(units(tmp_path, f"u1,d1,ok,\nu2,d2,{'x' * (LONGEST_TEXT + 1)},\n")))
    assert "row 3: is not well-formed CSV (a field has more than 5,000,000 characters)" in fault


def test_text_file_longer_than_the_limit_is_a_fault(folder: Path) -> None:
    (folder / "a.txt").write_text("x" * (LONGEST_TEXT + 1))
    assert "the text has 5,000,001 characters" in only_fault(intake.read(folder))


def test_quotation_mark_that_never_closes_is_a_fault(tmp_path: Path) -> None:
    fault = only_fault(intake.read(units(tmp_path, 'u1,d1,"never closed,\nu2,d2,x,\n')))
    assert "row 2: is not well-formed CSV" in fault


@pytest.mark.parametrize("content", [b"", b"\n", b"\xef\xbb\xbf"])
def test_empty_csv_is_a_fault(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "units.csv").write_bytes(content)
    assert "is empty" in only_fault(intake.read(tmp_path / "units.csv"))


def test_csv_with_a_header_alone_is_a_fault(tmp_path: Path) -> None:
    assert "holds no evidence" in only_fault(intake.read(units(tmp_path, "")))


def test_missing_columns_are_named_with_what_is_there(tmp_path: Path) -> None:
    fault = only_fault(intake.read(units(tmp_path, "1,x\n", "id,text\n")))
    assert "no column unit_id, doc_id, respondent_type_or_source" in fault
    assert "It has: id, text" in fault


def test_missing_columns_of_metadata_are_named(folder: Path) -> None:
    (folder / "metadata.csv").write_text("file,title\na.txt,x\n")
    assert "no column organisation, respondent_type" in only_fault(intake.read(folder))


def test_semicolons_are_recognised(tmp_path: Path) -> None:
    fault = only_fault(intake.read(units(tmp_path, "u;d;t;x\n", UNITS.replace(",", ";"))))
    assert "parted by semicolons" in fault


def test_column_named_twice_is_a_fault(tmp_path: Path) -> None:
    fault = only_fault(intake.read(units(tmp_path, "u,d,t,x,y\n", UNITS.strip() + ",text\n")))
    assert "column text more than once" in fault


def test_row_of_wrong_length_is_a_fault_with_its_row(tmp_path: Path) -> None:
    fault = only_fault(intake.read(units(tmp_path, "u1,d1,one,\n\nu2,d2,a, b,\n")))
    assert "row 4: has 5 columns; the header has 4" in fault


def test_every_fault_is_listed_not_only_the_first(tmp_path: Path) -> None:
    found = intake.read(units(tmp_path, "u1,,one,\nu1,d1,two,\n,d2,three,\nu4,d4\n"))
    assert [fault.split(": ")[0].removeprefix("units.csv, ") for fault in sorted(found.faults)] == [
        "row 2",
        "row 3",
        "row 4",
        "row 5",
    ]


def test_unit_id_used_twice_is_a_fault_that_names_both_rows(tmp_path: Path) -> None:
    fault = only_fault(intake.read(units(tmp_path, "u1,d1,one,\nu2,d1,two,\nu1,d2,three,\n")))
    assert "row 4: unit_id “u1” is already in row 2" in fault


def test_unit_without_a_document_is_a_fault(tmp_path: Path) -> None:
    assert "row 2: has no doc_id" in only_fault(intake.read(units(tmp_path, "u1, ,one,\n")))


def test_empty_unit_is_left_out_with_a_notice(tmp_path: Path) -> None:
    found = intake.read(units(tmp_path, 'u1,d1," \n",\nu2,d1,Words,\n'))
    assert [item.text for item in found.items] == ["Words"]
    assert found.notices == ["units.csv, row 2: has no text, so left out."]


def test_empty_file_is_left_out_with_a_notice(folder: Path) -> None:
    (folder / "b.txt").write_text(" \n")
    with (folder / "metadata.csv").open("a") as metadata:
        metadata.write("b.txt,,,\n")
    found = intake.read(folder)
    assert [item.key for item in found.items] == ["a.txt"]
    assert found.notices == ["metadata.csv, row 3: b.txt is empty, so left out."]


def test_units_that_disagree_on_the_type_are_told_of(tmp_path: Path) -> None:
    found = intake.read(units(tmp_path, "u1,d1,one,Council\nu2,d1,two,Charity\n"))
    assert found.items[0].respondent_type == "Council"
    assert "several respondent types; “Council” was taken" in found.notices[0]


def test_file_named_but_missing_is_a_fault_with_its_row(folder: Path) -> None:
    (folder / "a.txt").unlink()
    assert "metadata.csv, row 2: there is no file a.txt" in only_fault(intake.read(folder))


def test_file_named_twice_is_a_fault(folder: Path) -> None:
    with (folder / "metadata.csv").open("a") as metadata:
        metadata.write("a.txt,,,\n")
    assert "row 3: file “a.txt” is already in row 2" in only_fault(intake.read(folder))


def test_row_that_names_no_file_is_a_fault(folder: Path) -> None:
    (folder / "metadata.csv").write_text(HEADER + ",Title,Trust,charity\n")
    assert "row 2: names no file" in only_fault(intake.read(folder))


@pytest.mark.parametrize("name", ["../secret.txt", "/etc/hostname"])
def test_file_outside_the_folder_is_a_fault(folder: Path, name: str) -> None:
    (folder.parent / "secret.txt").write_text("secret")
    (folder / "metadata.csv").write_text(HEADER + f"{name},,,\n")
    assert "lies outside the folder" in only_fault(intake.read(folder))


def test_link_that_leads_outside_the_folder_is_a_fault(folder: Path) -> None:
    (folder.parent / "secret.txt").write_text("secret")
    (folder / "a.txt").unlink()
    (folder / "a.txt").symlink_to(folder.parent / "secret.txt")
    assert "lies outside the folder" in only_fault(intake.read(folder))


def test_file_that_is_not_text_is_a_fault(folder: Path) -> None:
    (folder / "a.pdf").write_bytes(b"%PDF-1.7")
    (folder / "metadata.csv").write_text(HEADER + "a.pdf,,,\n")
    assert "a.pdf is not a text file" in only_fault(intake.read(folder))


def test_folder_named_like_a_file_is_a_fault(folder: Path) -> None:
    (folder / "b.txt").mkdir()
    (folder / "metadata.csv").write_text(HEADER + "b.txt,,,\n")
    assert "there is no file b.txt" in only_fault(intake.read(folder))


def test_file_that_metadata_forgets_is_told_of(folder: Path) -> None:
    (folder / "forgotten.txt").write_text("Words")
    assert intake.read(folder).notices == ["forgotten.txt: not named in metadata.csv, so left out."]


def test_over_long_title_is_a_fault(folder: Path) -> None:
    (folder / "metadata.csv").write_text(HEADER + f"a.txt,{'x' * 301},,\n")
    assert "row 2: the title has 301 characters; 300 is the most" in only_fault(intake.read(folder))


def test_path_that_does_not_exist_is_a_fault(tmp_path: Path) -> None:
    assert "no such file or folder" in only_fault(intake.read(tmp_path / "nowhere"))


def test_a_folder_is_of_documents_unless_it_lists_what_they_are(tmp_path: Path) -> None:
    assert intake.is_documents(tmp_path)
    (tmp_path / "units.csv").write_text("unit_id,doc_id,text\n", encoding="utf-8")
    assert not intake.is_documents(tmp_path)


def test_file_that_is_no_csv_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "evidence.docx").write_bytes(b"PK")
    assert "give a folder" in only_fault(intake.read(tmp_path / "evidence.docx"))


def test_folder_that_poses_as_a_csv_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "metadata.csv").mkdir()
    assert "cannot be read" in only_fault(intake.read(tmp_path))


def test_plan_parts_new_from_known_and_changed() -> None:
    items = [Item(key, "", "", "", f"Text of {key}") for key in ("new", "same", "other")]
    plan = intake.plan(items, {"same": items[1].sha256, "other": "0" * 64})
    assert ([item.key for item in plan.new], plan.unchanged, plan.changed) == (["new"], 1, ["other"])
