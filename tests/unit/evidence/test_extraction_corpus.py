"""The documents that other projects test their parsers with, against what their manifest expects."""

import csv
import json
from pathlib import Path

import pytest
from flask import Flask

from consult.evidence.extraction import Extraction, extract
from tests.documents import docx, p

# File to the outcome, words that must be there, words that must not, and flags that must be named.
EXPECTED: dict[str, tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "footnotes.docx": ("text", ("A tachyon walks into a bar.", "Fin."), (), ()),
    "tables.docx": ("text", ("Top left", "Bottom right", "Above", "Below"), (), ()),
    "comments.docx": ("flagged", ("Ouch.",), (), ("comments",)),
    "simple-list.docx": ("text", ("Apple", "Banana"), (), ()),
    "empty.docx": ("refused", (), (), ("no-words",)),
    "tracked-changes-delins.docx": ("flagged", ("A nickname for Petrika",), (), ("tracked-changes",)),
    "header-footer.docx": ("text", ("section with header", "Header for section-1"), (), ()),
    "hyperlinks.docx": ("text", ("One awesome hyperlink.",), (), ()),
    "raw_text.doc": ("refused", (), (), ("old-office",)),
    "raw_text.odt": ("text", ("multiple spaces",), (), ()),
    "standardized_text.rtf": ("text", ("the quick brown fox jumps over the lazy dog",), (), ()),
    "nested_table.rtf": ("text", ("Calcium-Score", "führender Befund"), (), ()),
    "crazyones.pdf": ("text", ("they have no respect for the status quo",), (), ()),
    "scotus-transcript-p1.pdf": (
        "text",
        ("came on for oral argument before the Supreme Court",),
        ("\n12\n",),
        (),
    ),
    "scanned-image-only.pdf": ("flagged", (), (), ("scanned", "encrypted-owner")),
    "arabic.pdf": ("flagged", ("habibi",), (), ("right-to-left",)),
    "pdf-with-comments.pdf": ("flagged", ("The Crazy Ones",), (), ("comments",)),
    "multipart-attachments.eml": ("text", ("This is test email for EML1", "Attached document"), (), ()),
    "base64-body.eml": ("text", ("Violets are blue",), ("VGhpcyBpcyBh",), ()),
    "malformed-encoding.eml": ("flagged", ("Roses are red",), (), ("wrong-encoding",)),
    "almost-empty.eml": ("refused", (), (), ("no-words",)),
    "cp1252.html": ("text", ("schöne Frau", "15,50 €"), ("<pre>",), ()),
    "script-in-body.html": ("text", ("This is a test.",), ("cool script",), ()),
    "misleading-charset.html": ("flagged", ("في قرية من القرى",), (), ("wrong-encoding",)),
    "xxe-external-entity.docx": ("refused", (), (), ("declared-entities",)),
    "quadratic-blowup.xml": ("refused", (), (), ("declared-entities",)),
    "truncated.docx": ("refused", (), (), ("damaged",)),
    "fuzz-crash-1.docx": ("refused", (), (), ("damaged",)),
    "not-a-zip.odt": ("refused", (), (), ("not-what-it-says",)),
    "password-protected.docx": ("refused", (), (), ("encrypted",)),
    "password-r6.pdf": ("refused", (), (), ("encrypted",)),
    "owner-password-only.pdf": ("flagged", ("pdf encryption test",), (), ("encrypted-owner",)),
    "corrupted.pdf": ("text", ("Beautiful is better than ugly.",), (), ()),
    "zero-bytes.pdf": ("refused", (), (), ("empty",)),
    "zip-slip.zip": ("refused", (), (), ("archive",)),
    "encrypted.zip": ("refused", (), (), ("encrypted",)),
    "dde-field.docx": ("flagged", ("This is a dde test file.",), ("cmd.exe",), ("dde-field",)),
    "embedded-object.docx": ("flagged", ("Have fun parsing it",), (), ("embedded-object",)),
    "corrupt.rtf": ("text", ("Apples are fun!",), (), ()),
    "made-inflating.docx": ("refused", (), (), ("inflating",)),
    "made-markup-in-text.docx": ("text", ("<script>alert(1)</script>",), (), ()),
}


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    found = shared_data / "documents"
    if not found.is_dir():
        pytest.skip("the shared documents are not on this machine")
    return found


@pytest.mark.parametrize("name", EXPECTED)
def test_a_document_of_the_corpus_meets_its_expectation(name: str, folder: Path):
    before = sorted(folder.iterdir())
    outcome, words, absent, flags = EXPECTED[name]
    found: Extraction = extract(folder / name)
    assert found.outcome.value == outcome
    assert [each for each in words if each not in found.text] == []
    assert [each for each in absent if each in found.text] == []
    assert set(flags) <= set(found.flags)
    assert bool(found.message) == (outcome != "text")
    assert sorted(folder.iterdir()) == before


def test_no_document_of_the_manifest_is_left_untried(folder: Path):
    with (folder / "manifest.csv").open(encoding="utf-8") as manifest:
        assert {row["file"] for row in csv.DictReader(manifest)} == set(EXPECTED)


def test_the_command_prints_what_was_found_as_json(app: Flask, tmp_path: Path):
    file = tmp_path / "a.docx"
    file.write_bytes(docx(p("Words.") + "<w:p><w:del><w:r><w:delText>not </w:delText></w:r></w:del></w:p>"))
    done = app.test_cli_runner().invoke(args=["evidence", "extract", str(file), "--json"])
    assert done.exit_code == 0
    found = json.loads(done.stdout)
    assert (found["outcome"], found["kind"], found["text"]) == ("flagged", "docx", "Words.")
    assert found["flags"] == ["tracked-changes"]
    assert found["message"].startswith("It has tracked changes")


def test_the_command_refuses_what_is_no_file(app: Flask, tmp_path: Path):
    done = app.test_cli_runner().invoke(args=["evidence", "extract", str(tmp_path / "none"), "--json"])
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1
