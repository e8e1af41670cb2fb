"""The promises of the two commands: what they install is pinned, hashed, explained, and names no registry."""

import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent.parent
PROJECT_FILE = tomllib.loads((PROJECT / "pyproject.toml").read_text())
LOCK = json.loads((PROJECT / "consult/assets/package-lock.json").read_text())
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^]]*])?==(\S+)", re.MULTILINE)


def pins(kind: str) -> set[tuple[str, str]]:
    return set(PIN.findall((PROJECT / "requirements" / f"{kind}.txt").read_text()))


def bare_name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found, requirement
    return found.group().lower()


def test_the_test_set_holds_the_whole_run_set_at_the_same_versions():
    # ./run leaves a test environment as it is, so what it serves with has to be the same.
    assert pins("run")
    assert pins("run") <= pins("test")


@pytest.mark.parametrize("kind", ["run", "test", "uv"])
def test_every_pin_carries_a_hash_and_no_address(kind):
    text = (PROJECT / "requirements" / f"{kind}.txt").read_text()
    assert "://" not in text
    assert "--index" not in text
    blocks = re.split(r"\n(?=\S)", text.strip())
    assert all("--hash=sha256:" in block for block in blocks if not block.startswith("#"))


@pytest.mark.parametrize(
    ("declared", "kind"),
    [
        (PROJECT_FILE["project"]["dependencies"], "run"),
        (PROJECT_FILE["dependency-groups"]["test"], "test"),
    ],
    ids=["run", "test"],
)
def test_what_pyproject_asks_for_is_pinned_and_explained(declared, kind):
    pinned = {name for name, _ in pins(kind)}
    reasons = (PROJECT / "docs/adr/0010-dependencies.md").read_text()
    for requirement in declared:
        name = bare_name(requirement)
        assert name in pinned
        assert name in reasons or (name.startswith("types-") and "`types-*`" in reasons)


def test_front_end_libraries_are_locked_by_hash_at_exact_versions_without_an_address():
    packages = {name: entry for name, entry in LOCK["packages"].items() if name}
    assert packages
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert not any("resolved" in entry for entry in packages.values())
    wanted = json.loads((PROJECT / "consult/assets/package.json").read_text())
    for name, version in {**wanted["dependencies"], **wanted["devDependencies"]}.items():
        assert packages[f"node_modules/{name}"]["version"] == version


def test_the_form_components_and_their_macros_are_of_one_release():
    # The macros of govuk-frontend-jinja 4.1 are written for the styles and scripts of govuk-frontend 6.3.
    macros = dict(pins("run"))["govuk-frontend-jinja"]
    components = LOCK["packages"]["node_modules/govuk-frontend"]["version"]
    assert (macros[:3], components[:3]) == ("4.1", "6.3")


@pytest.mark.parametrize(
    "words", [["--port"], ["--port", "eighty"], ["--port="], ["--prot", "5001"]], ids=" ".join
)
def test_run_refuses_words_it_does_not_know_in_one_line(words):
    done = subprocess.run([PROJECT / "run", *words], capture_output=True, text=True, timeout=10, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "See ./run --help" in done.stderr


@pytest.mark.parametrize("command", ["run", "test"])
def test_help_installs_nothing_and_names_every_option(command, tmp_path):
    done = subprocess.run(
        [PROJECT / command, "--help"], cwd=tmp_path, capture_output=True, text=True, timeout=10, check=True
    )
    script = (PROJECT / command).read_text()
    for option in set(re.findall(r"^\s*(--[a-z-]+)", script, re.MULTILINE)):
        assert option in done.stdout
    assert done.stderr == ""


def test_no_built_file_and_no_library_is_committed():
    if not shutil.which("git"):
        pytest.skip("git is not on this machine")
    tracked = subprocess.run(["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=False)
    if tracked.returncode != 0:
        pytest.skip("this copy of the project has no git history to ask")
    names = tracked.stdout.split()
    assert names
    built = ("node_modules/", "/dist/", ".min.", ".mo", "built-from")
    assert not [name for name in names if any(part in name for part in built)]
