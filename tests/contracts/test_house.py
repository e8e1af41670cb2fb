"""House rules that a reviewer would otherwise have to remember."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import consult

ROOT = Path(consult.__file__).parents[1]
SOURCES = [p for d in ("consult", "nlp") for p in (ROOT / d).rglob("*.py") if "migrations" not in p.parts]
TESTS = list((ROOT / "tests").rglob("*.py"))
TEMPLATES = list((ROOT / "consult" / "templates").rglob("*.html"))
LONGEST_FUNCTION = 40
LONGEST_FILE = 400
# Whose commits these are: the one place that may, and Flask-Security's own pages go through the library.
MAY_COMMIT = {"consult/foundation/database.py"}


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_no_function_is_longer_than_forty_lines() -> None:
    long = [
        f"{place(path)}:{f.name}"
        for path in SOURCES
        for f in functions(path)
        if (f.end_lineno or 0) - f.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    assert [place(p) for p in SOURCES if p.read_text("utf-8").count("\n") > LONGEST_FILE] == []


def test_only_the_transaction_commits() -> None:
    committing = {place(p) for p in SOURCES if re.search(r"\.commit\(\)", p.read_text("utf-8"))}
    assert committing == MAY_COMMIT


def test_every_ignore_carries_its_reason() -> None:
    bare = re.compile(r"#\s*(?:type: ignore\[[\w-]+\]|noqa: [A-Z0-9, ]+|pragma: no cover)\s*$", re.MULTILINE)
    assert [place(p) for p in [*SOURCES, *TESTS] if bare.search(p.read_text("utf-8"))] == []


def test_templates_make_no_safe_html_and_hold_no_script_or_style() -> None:
    forbidden = re.compile(r"\|\s*safe\b|<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=\"", re.IGNORECASE)
    assert [place(p) for p in TEMPLATES if forbidden.search(p.read_text("utf-8"))] == []


def test_every_service_verb_takes_session_first() -> None:
    wrong = []
    for path in SOURCES:
        if path.name != "service.py" or "foundation" in path.parts:
            continue
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                first = node.args.args[0].arg if node.args.args else ""
                if first != "session":
                    wrong.append(f"{place(path)}:{node.name}")
    assert wrong == []


def test_only_the_clock_reads_the_time() -> None:
    reading = {
        place(p) for p in SOURCES if re.search(r"datetime\.now\(|utcnow|time\.time\(", p.read_text("utf-8"))
    }
    assert reading <= {"consult/foundation/clock.py"}
