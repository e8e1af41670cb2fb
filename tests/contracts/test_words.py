"""One word per thing: the glossary knows every table, and no name uses a word it has banned."""

import ast
import re
from importlib import import_module
from pathlib import Path

from flask import Flask

import consult
import nlp
from consult.foundation.database import Base

ROOT = Path(consult.__file__).parents[1]
GLOSSARY = ROOT / "docs" / "glossary.md"
BANNED = {
    "segment", "segments", "chunk", "chunks", "excerpt", "excerpts", "snippet", "snippets", "highlight",
    "highlights", "tag", "tags", "label", "labels", "category", "categories", "annotation", "annotations",
    "prediction", "predictions", "consultation", "consultations", "survey", "surveys",
}  # fmt: skip
# The word belongs to somebody else's interface, named here with the place.
LENT = {
    "labels": {"nlp/evaluate.py", "nlp/__main__.py"},  # the columns and options of the evaluation command
    "label": {"nlp/evaluate.py"},
}


def glossary_tables() -> set[str]:
    rows = re.findall(r"^\|(.+)\|$", GLOSSARY.read_text("utf-8"), re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([a-z_]+)`", row.split("|")[1])}


def test_the_glossary_names_every_table_and_no_other() -> None:
    for name in consult.MODEL_MODULES:
        import_module(f"consult.{name}")  # whatever tests ran before this one
    assert glossary_tables() == set(Base.metadata.tables)


def test_no_table_or_column_uses_a_banned_word() -> None:
    names = {t.name for t in Base.metadata.tables.values()}
    names |= {c.name for t in Base.metadata.tables.values() for c in t.columns}
    assert {n for n in names if BANNED & set(n.split("_"))} == set()


def test_no_route_uses_a_banned_word(app: Flask) -> None:
    words = {(r.endpoint, r.rule) for r in app.url_map.iter_rules()}
    assert [w for w in words if BANNED & set(re.split(r"[^a-z]+", " ".join(w).lower()))] == []


def test_no_class_or_function_uses_a_banned_word() -> None:
    found = []
    for package in (consult, nlp):
        for path in Path(package.__file__).parent.rglob("*.py"):
            place = path.relative_to(ROOT).as_posix()
            found += [f"{place}: {name}" for name in defined_in(path) if banned_in(name, place)]
    assert found == []


def defined_in(path: Path) -> list[str]:
    kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return [node.name for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, kinds)]


def banned_in(name: str, place: str) -> bool:
    words = set(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().split("_"))
    return any(place not in LENT.get(word, set()) for word in words & BANNED)
