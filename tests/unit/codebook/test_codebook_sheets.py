"""A codebook as a CSV file, and what is wrong with it."""

from pathlib import Path

import pytest

from consult.codebook.rules import examples_in, makes_cycle, slug_from
from consult.codebook.sheets import read_csv, rows_of
from consult.foundation.errors import BadInput

HEAD = "code,name,definition,parent,include,exclude,examples\n"


def problems(data: str | bytes) -> list[str]:
    with pytest.raises(BadInput) as refused:
        read_csv(data.encode() if isinstance(data, str) else data)
    return refused.value.problems or [str(refused.value)]


def test_reads_every_column_and_ignores_unknown_ones() -> None:
    (row,) = read_csv(b"note,code,name,definition,examples\nx,power,Power,Who holds it,one | two\n")
    assert (row.slug, row.text.name, row.text.definition) == ("power", "Power", "Who holds it")
    assert row.text.examples == ("one", "two")


def test_a_byte_order_mark_semicolons_and_capitals_in_the_heading_are_understood() -> None:
    (row,) = read_csv("\ufeffCode;Name;Definition\npower;Power;a, b\n".encode())
    assert row.text.definition == "a, b"


@pytest.mark.parametrize(
    ("cell", "examples"),
    [
        ("a | b", ("a", "b")),
        ("a\nb\r\n\nc", ("a", "b", "c")),
        ("a|b: 'c', 'd'", ("a|b: 'c', 'd'",)),
        (" ", ()),
    ],
)
def test_examples_are_parted_by_bars_or_lines_else_one_string(cell: str, examples: tuple[str, ...]) -> None:
    assert examples_in(cell) == examples


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        (",Name,d", "Row 2: there is no code"),
        ("a b,Name,d", "Row 2: the code “a b” may hold only"),
        ("a/b,Name,d", "may hold only"),
        ("a" * 81 + ",Name,d", "80 characters or fewer"),
        ("a,,d", "Row 2: enter a name."),
        ("a," + "n" * 201 + ",d", "200 characters or fewer"),
        ("a,A,d\n\nb,B,d\na,C,d", "Row 5: the code “a” is already on row 2."),
        ("a,A,d,b\nb,B,d,a", "Row 3: the code “b” would be beneath itself."),
        ("a,A,d,a", "Row 2: the code “a” would be beneath itself."),
        ("a,A,d,,,,x,too many", "Row 2: it has more cells than the heading."),
        ("a,A," + "d" * 10_001, "10,000 characters or fewer"),
        ("", "no codes"),
        ('a,"A,d', "near line"),
    ],
)
def test_each_bad_row_is_told_by_its_number(rows: str, problem: str) -> None:
    assert any(problem in found for found in problems(HEAD + rows)), problems(HEAD + rows)


def test_every_problem_is_listed_not_only_the_first() -> None:
    assert len(problems(HEAD + ",A,d\nb,,d\nb,B,d\n")) == 3


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"PK\x03\x04\x00\x00", "not a CSV file"),
        ("code,name,definition\na,Café,d\n".encode("latin-1"), "not in UTF-8 (line 2)"),
        (b"code,name\na,A\n", "no column “definition”"),
        (b"some words\n", "no column “code” and no column “name”"),
    ],
)
def test_a_file_that_is_no_codebook_is_refused_in_plain_words(data: bytes, problem: str) -> None:
    assert problem in problems(data)[0]


def test_rows_already_in_columns_are_checked_alike() -> None:
    with pytest.raises(BadInput):
        rows_of([{"code": "a", "name": ""}])
    assert rows_of([{"code": "a", "name": "A"}])[0].text.definition == ""


def test_every_codebook_of_the_shared_data_is_read(shared_data: Path) -> None:
    files = sorted(shared_data.glob("*/codebook.csv"))
    counts = {file.parent.name: len(read_csv(file.read_bytes())) for file in files}
    assert counts["nhs_fft_neas"] == 39
    assert counts["themefinder_synthetic"] == 38


def test_slugs_are_plain_and_never_taken_twice() -> None:
    assert slug_from("Real power resides elsewhere!", []) == "real-power-resides-elsewhere"
    assert slug_from("Café", ["cafe", "cafe-2"]) == "cafe-3"
    assert slug_from("力", []) == "code"
    assert len(slug_from("x" * 200, [])) <= 80


def test_a_code_beneath_itself_is_seen_at_any_depth() -> None:
    parents = {1: None, 2: 1, 3: 2}
    assert makes_cycle(parents, 1, 3)
    assert makes_cycle(parents, 1, 1)
    assert not makes_cycle(parents, 3, 1)
    assert not makes_cycle(parents, 1, None)
