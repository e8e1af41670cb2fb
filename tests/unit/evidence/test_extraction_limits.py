"""Hostile documents: each is answered, within its limits, and leaves nothing behind."""

import random
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from consult.evidence.extraction import Outcome, extract, extract_patiently
from consult.evidence.extraction import run as runner
from consult.evidence.extraction.clean import cleaned
from consult.evidence.extraction.kinds import kind_of
from consult.evidence.extraction.limits import LARGEST_FILE, LONGEST_TEXT, WHILE_WAITED_FOR
from tests.documents import docx, locked_pdf, message, odt, overlapping_bomb, p, pdf, relation, zipped

ENTITIES = (
    "<!DOCTYPE d ["
    '<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(10))
    + "]>"
)


def with_document(content: str | bytes) -> bytes:
    return docx("", {"word/document.xml": content})


def nested(depth: int) -> bytes:
    data = b"deepest"
    for _ in range(depth):
        data = message("a", {"m.eml": data})
    return data


LOOP = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[2 0 R]/Count 9>>endobj\ntrailer<</Root 1 0 R>>\n"
)
HOSTILE = {
    "entities in entities": (with_document(ENTITIES + "<a>&j;</a>"), {"declared-entities"}),
    "an outside entity": (
        with_document('<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'),
        {"declared-entities"},
    ),
    "an entity in wide letters": (
        with_document(('<?xml version="1.0" encoding="UTF-16"?>' + ENTITIES + "<a>&j;</a>").encode("utf-16")),
        {"declared-entities"},
    ),
    "an entity in an encoding that hides it": (
        with_document(b'<?xml version="1.0" encoding="UTF-7"?>+ADw-!DOCTYPE a+AD4-<a/>'),
        {"damaged"},
    ),
    "an entity in a part beside the body": (
        docx(p("x"), {"word/styles.xml": ENTITIES + "<a/>"}, relation("styles", "styles.xml")),
        {"declared-entities"},
    ),
    "an entity in an opendocument": (
        odt("", parts={"content.xml": ENTITIES + "<a>&j;</a>"}),
        {"declared-entities"},
    ),
    "one steep entry": (docx(p("x"), {"word/media/a.bin": b"a" * 40_000_000}), {"inflating"}),
    "entries that overlap": (overlapping_bomb(), {"inflating"}),
    "many entries": (zipped({f"word/{n}": b"" for n in range(2_500)}), {"inflating"}),
    "an archive in an archive": (zipped({"a.zip": zipped({"b.zip": b"x" * 1000})}), {"archive"}),
    "names that climb": (zipped({"../../etc/cron.d/x": b"x"}), {"archive"}),
    "tables in tables": (
        docx("<w:tbl><w:tr><w:tc>" * 2_000 + "</w:tc></w:tr></w:tbl>" * 2_000),
        {"damaged", "too-deep"},
    ),
    "groups in groups": (b"{\\rtf1 " + b"{" * 500_000, {"too-deep"}),
    "messages in messages": (nested(9), None),
    "elements in elements": (b"<html><body>" + b"<div>" * 200_000 + b"x", None),
    "comments before anything else": (b"<!-- -->" * 500 + b"<center>x", None),
    "a page tree that loops": (LOOP, None),
    "a line without end": (b"word" * 4_000_000, None),
    "spaces without end": (b"a" + b" " * 20_000_000 + b"b", None),
    "a header without end": (b"Message-ID: x\nSubject: " + b"=?utf-8?q?a?= " * 200_000 + b"\n\nx", None),
    "half a document": (docx(p("words" * 1000))[:700], {"damaged"}),
    "two documents in one": (pdf("Words") + docx(p("Other")), None),
    "the beginning of a PDF alone": (b"%PDF-1.7\n", {"damaged"}),
    "a PDF under a password": (locked_pdf("Words"), {"encrypted"}),
    "more pages than anybody reads": (pdf("#pagebreak()\n" * 2_000 + "x"), {"too-many-pages"}),
    "too large": (b"a" * (LARGEST_FILE + 1), {"too-large"}),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_is_answered_in_time(name: str):
    data, reasons = HOSTILE[name]
    start = time.monotonic()
    found = extract(data, "evidence")
    # The child's own limits, and what starting and ending it takes where others keep the cores busy.
    assert time.monotonic() - start < WHILE_WAITED_FOR.wall_seconds + 15
    if reasons:
        assert found.outcome is Outcome.REFUSED
        assert set(found.flags) <= reasons
    assert found.message or found.outcome is Outcome.TEXT
    assert "root:" not in found.text
    assert len(found.text) <= LONGEST_TEXT


def test_what_a_text_begins_with_is_told_in_time_that_does_not_explode():
    start = time.process_time()
    assert kind_of(b"<!-- a -->" * 300 + b"words", "a.txt") == "txt"
    assert kind_of(b"<!-- a -->\n" * 300 + b"<p>words", "") == "html"
    assert time.process_time() - start < 1


def test_a_text_beyond_the_longest_is_cut_and_said_so():
    found = extract(b"word " * 600_000, "a.txt")
    assert found.outcome is Outcome.FLAGGED
    assert found.flags == ("truncated",)
    assert len(found.text) <= LONGEST_TEXT


def test_nothing_is_asked_of_the_network():
    """Every way in which a document names an address is tried; a listener there hears nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.5)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/x"
        for made in (
            docx(p("x"), {}, relation("attachedTemplate", address, outside=True)),
            docx(p("x"), {}, relation("image", address, outside=True)),
            with_document(f'<!DOCTYPE d SYSTEM "{address}"><d/>'),
            f'<html><head><link rel=stylesheet href="{address}"><base href="{address}"></head><p>x'.encode(),
            f'<!DOCTYPE html SYSTEM "{address}"><html><p>x<img src="{address}">'.encode(),
        ):
            extract(made, "x")
        with pytest.raises(TimeoutError):
            listener.accept()


def open_handles() -> int:
    return len(list(Path("/dev/fd").iterdir()))


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before, handles = threading.active_count(), open_handles()
    for data in (docx(p("x")), overlapping_bomb(), b"{\\rtf1 " + b"{" * 100_000):
        extract(data, "x")
    assert list(tmp_path.iterdir()) == []
    assert threading.active_count() == before
    assert open_handles() <= handles


def test_a_child_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    endless = tmp_path / "endless.py"
    endless.write_text(
        "import sys, time\nsys.stdout.write('ready\\n')\nsys.stdout.flush()\ntime.sleep(600)\n"
    )
    monkeypatch.setattr(runner, "CHILD", endless)
    patience = replace(WHILE_WAITED_FOR, wall_seconds=1)
    assert extract(b"x", "a.txt", patience=patience).flags == ("too-much",)


def test_a_child_that_writes_without_end_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    endless = tmp_path / "endless.py"
    endless.write_text(
        "import sys\nsys.stdout.write('ready\\n')\nwhile True: sys.stdout.write('x' * 100000)\n"
    )
    monkeypatch.setattr(runner, "CHILD", endless)
    monkeypatch.setattr(runner, "LARGEST_REPORT", 1_000_000)
    assert extract(b"x", "a.txt").flags == ("too-much",)


def test_a_reader_that_does_not_start_is_our_fault_and_not_the_document_s(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    broken = tmp_path / "broken.py"
    broken.write_text("raise SystemExit(1)\n")
    monkeypatch.setattr(runner, "CHILD", broken)
    with pytest.raises(runner.ReaderBroken):
        extract(b"x", "a.txt")


PROBE = """
import sys, runpy
sys.argv = ["child.py", "{memory}", "20", "1000", "a.txt", "0"]
def probe(*_):
    found = []
    import socket, os
    file, write = lambda: open("/etc/hostname"), lambda: open("/tmp/x", "w")
    for what, act in (("file", file), ("socket", socket.socket), ("write", write)):
        try:
            act(); found.append(what)
        except OSError:
            pass
    try:
        bytearray({memory}); found.append("memory")
    except MemoryError:
        pass
    found += [name for name in ("flask", "sqlalchemy", "consult.foundation") if name in sys.modules]
    raise SystemExit(",".join(found) or "nothing")
import importlib
child = runpy.run_path("{child}")
main = child["main"]
real = importlib.import_module
def load(name, *a):
    module = real(name, *a)
    if name.endswith("extraction.read"):
        module.extract = probe
    return module
main.__globals__["importlib"].import_module = load
main()
"""


def test_the_child_can_open_no_file_no_connection_and_only_so_much_memory():
    script = PROBE.format(memory=WHILE_WAITED_FOR.memory, child=runner.CHILD)
    done = subprocess.run([sys.executable, "-I", "-c", script], input=b"x", capture_output=True, check=False)
    # It writes its verdict last; stderr may not be written to, so the exit says it.
    assert done.returncode == 1
    assert done.stderr.decode().strip().endswith("nothing")


SOUND = {
    "a.docx": docx(p("Words in a row.") + f"<w:tbl><w:tr><w:tc>{p('c')}</w:tc></w:tr></w:tbl>"),
    "a.odt": odt("<text:p>Words</text:p>"),
    "a.rtf": rb"{\rtf1\ansi Words \b bold\b0\par {\footnote n}}",
    "a.eml": message("Words", {"a.html": b"<p>x"}),
    "a.html": b"<html><body><p>Words<table><tr><td>x</table>",
}


@pytest.mark.parametrize("name", SOUND)
def test_documents_with_bytes_changed_at_random_are_answered(name: str):
    from consult.evidence.extraction.read import extract as read_here  # noqa: PLC0415  # what the child calls

    chance = random.Random(f"{name} 2017")
    for _ in range(150):
        data = bytearray(SOUND[name])
        for _ in range(chance.randint(1, 12)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        if chance.random() < 0.3:
            del data[chance.randrange(len(data)) :]
        found = read_here(bytes(data), name)
        assert found.outcome is not Outcome.REFUSED or found.flags
        assert cleaned(found.text) == (found.text, [])


def test_the_same_document_always_gives_the_same():
    data = message("Words", {"plan.docx": SOUND["a.docx"], "b.rtf": SOUND["a.rtf"]})
    assert extract(data, "a.eml") == extract(data, "a.eml")


def test_a_hanging_document_keeps_no_other_waiting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    sound = runner.CHILD
    slow = tmp_path / "slow.py"
    slow.write_text("import sys, time\nsys.stdout.write('ready\\n')\nsys.stdout.flush()\ntime.sleep(8)\n")
    monkeypatch.setattr(runner, "CHILD", slow)
    waiting = threading.Thread(target=extract, args=(b"x", "a.txt"))
    waiting.start()
    time.sleep(0.3)
    monkeypatch.setattr(runner, "CHILD", sound)
    start = time.monotonic()
    assert extract(b"Good words", "a.txt").text == "Good words"
    assert time.monotonic() - start < 7
    waiting.join()


def test_in_the_background_what_was_too_much_is_tried_again_with_more_patience(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    # Sleeps unless it was given more memory than while somebody waits.
    picky = tmp_path / "picky.py"
    picky.write_text(
        f"import runpy, sys, time\nif int(sys.argv[1]) <= {WHILE_WAITED_FOR.memory}:\n"
        "    sys.stdout.write('ready\\n')\n    sys.stdout.flush()\n    sys.exit(1)\n"
        f"sys.argv[0] = {str(runner.CHILD)!r}\nrunpy.run_path({str(runner.CHILD)!r}, run_name='__main__')\n"
    )
    monkeypatch.setattr(runner, "CHILD", picky)
    assert extract(b"Good words", "a.txt").flags == ("too-much",)
    with (tmp_path / "a.txt").open("w+b") as file:
        file.write(b"Good words")
        file.seek(0)
        assert extract_patiently(file, "a.txt").text == "Good words"


def test_every_reason_and_every_flag_is_put_in_a_sentence():
    from consult.evidence.extraction.words import FLAGS, REFUSALS  # noqa: PLC0415  # their words only

    for words in (*FLAGS.values(), *REFUSALS.values()):
        assert str(words).endswith((".", "!"))
