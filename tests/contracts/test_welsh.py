"""Every public sentence has its Welsh: complete, with the same values in it, compiled from what stands."""

import re
from gettext import c2py
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message
from flask import Flask

from consult.foundation import language
from consult.foundation.language import in_each_number, ngettext, speak
from consult.translations import build

WRITTEN = build.HERE / "cy" / "LC_MESSAGES" / "messages.po"
PLACEHOLDER = re.compile(r"%\(\w+\)s|%%\{count\}|\{\}")
HTML = re.compile(r"<[^>]+>")


@pytest.fixture(scope="module")
def welsh() -> Catalog:
    return build.read(WRITTEN)


@pytest.fixture(scope="module")
def sentences(welsh: Catalog) -> list[Message]:
    return [message for message in welsh if message.id]


def english_of(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


def test_every_sentence_has_its_welsh_and_none_is_a_guess(welsh: Catalog, sentences: list[Message]) -> None:
    assert build.untranslated(welsh) == []
    assert [m.id for m in sentences if m.fuzzy] == []
    assert [m.id for m in sentences if m.string == m.id] == []


def test_a_sentence_carries_the_same_values_and_the_same_html(sentences: list[Message]) -> None:
    assert [m.id for m in sentences if not same_parts(m)] == []


def same_parts(message: Message) -> bool:
    """Tell whether each wording has the parts of one of the English ones; a number may be said in words."""
    english = [parts_of(words) for words in english_of(message)]
    return all(parts_of(words) in english for words in build.wordings(message))


def parts_of(words: str) -> tuple[list[str], list[str], bool, bool]:
    spaces = words != words.lstrip(), words != words.rstrip()
    return sorted(set(PLACEHOLDER.findall(words))), sorted(HTML.findall(words)), *spaces


def test_a_sentence_ends_as_the_english_one_does(sentences: list[Message]) -> None:
    ends = [
        (m.id, words) for m in sentences for words in build.wordings(m) if end(words) != end(english_of(m)[0])
    ]
    assert ends == []


def end(words: str) -> str:
    last = HTML.sub("", words).rstrip()[-1]
    return last if last in ".:?!" else ""


def test_welsh_has_its_six_kinds_of_number(welsh: Catalog, sentences: list[Message]) -> None:
    kinds = ["zero", "one", "two", "few", "many", "other"]
    choose = c2py(welsh.plural_expr)
    assert [kinds[choose(number)] for number in range(30)] == [Locale("cy").plural_form(n) for n in range(30)]
    assert {len(build.wordings(m)) for m in sentences if m.pluralizable} == {welsh.num_plurals} == {6}


def test_a_page_says_numbers_in_its_own_language(app: Flask) -> None:
    def left(number: int) -> str:
        return ngettext("You have %%{count} word remaining", "You have %%{count} words remaining", number)

    with app.test_request_context():
        assert in_each_number(left) == {
            "one": "You have %{count} word remaining",
            "other": "You have %{count} words remaining",
        }
        speak("cy")
        wordings = in_each_number(left)
        assert set(wordings) == {"zero", "one", "two", "few", "many", "other"}
        assert wordings["two"] == "Mae gennych %{count} air ar ôl"


def test_a_changed_catalogue_is_compiled_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "cy" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    monkeypatch.setattr(build, "HERE", tmp_path)
    written = folder / "messages.po"
    written.write_bytes(WRITTEN.read_bytes())
    build.compile_stale()
    first = (folder / "messages.mo").read_bytes()
    written.write_text(written.read_text("utf-8").replace("Dechrau nawr", "Cychwyn nawr"), "utf-8")
    build.compile_stale()
    second = (folder / "messages.mo").read_bytes()
    assert b"Cychwyn nawr" in second
    assert b"Cychwyn nawr" not in first
    assert sorted(p.name for p in folder.iterdir()) == ["built-from", "messages.mo", "messages.po"]


def test_the_application_does_not_start_with_a_catalogue_that_it_cannot_compile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse() -> None:
        raise PermissionError(13, "Permission denied", "/consult/translations/cy/LC_MESSAGES/x")

    monkeypatch.setattr(language, "compile_stale", refuse)
    with pytest.raises(RuntimeError, match="setup-only"):
        language.compile_catalogues()
