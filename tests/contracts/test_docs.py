"""What the documents say of the code is so."""

import re
from pathlib import Path

import click
from flask import Flask

import consult
from consult.foundation.security import ROLES_WITH, Permission, Role

ROOT = Path(consult.__file__).parents[1]
DOCS = ROOT / "docs"
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#]+)(?:#[^)]*)?\)")


def test_the_security_page_shows_the_permission_table() -> None:
    lines = (DOCS / "security.md").read_text("utf-8").splitlines()
    for permission in Permission:
        cells = ["yes" if role in ROLES_WITH[permission] else "" for role in Role]
        assert f"| {permission} | {' | '.join(cells)} |" in lines


def test_every_setting_is_explained_and_no_other() -> None:
    source = (ROOT / "consult" / "foundation" / "config.py").read_text("utf-8")
    read = set(re.findall(r'env\.get\("(CONSULT_\w+)"', source))
    page = (DOCS / "operate" / "configure.md").read_text("utf-8")
    assert set(re.findall(r"^\| `(CONSULT_\w+)`", page, re.MULTILINE)) == read


def test_every_command_of_the_readme_exists(app: Flask) -> None:
    pages = [ROOT / "README.md", *DOCS.rglob("*.md")]
    named = {m for p in pages for m in re.findall(r"flask --app wsgi ([a-z]+)", p.read_text("utf-8"))}
    assert named <= {*app.cli.commands, "db", "run", "routes", "shell"}


def test_every_command_of_ours_has_help(app: Flask) -> None:
    for name, command in app.cli.commands.items():
        assert isinstance(command, click.Command)
        assert command.help or name == "db", name


def test_links_between_pages_lead_somewhere() -> None:
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]
        for target in LINK.findall(page.read_text("utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_decisions_are_numbered_once() -> None:
    numbers = [path.name[:4] for path in (DOCS / "adr").glob("*.md")]
    assert len(numbers) == len(set(numbers))
    assert all(number.isdigit() for number in numbers)
