"""The languages of the public pages, and the words of a page in the reader's own.

Rules and forms take `_` and `ngettext` from here, so that they need to know nothing of the web. A sentence is
written once, in English, in the code; its Welsh stands in consult/translations/cy/LC_MESSAGES/messages.po.
Outside of a request, and on the pages of members, everything is in English.

Which language a page is in, language_choice.py decides.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from babel import Locale
from flask import Flask, current_app, g, has_app_context
from flask_babel import Babel, LazyString, get_locale, lazy_gettext, refresh
from flask_babel import gettext as translated
from flask_babel import ngettext as translated_by_number

from consult.translations.build import compile_stale

ENGLISH = "en"
WELSH = "cy"
# As each calls itself; the order is the one in which a page offers them.
LANGUAGES = {ENGLISH: "English", WELSH: "Cymraeg"}

# Plain "en" would write dates as Americans do.
_LOCALES = {ENGLISH: "en_GB", WELSH: "cy"}
# A number of each kind that CLDR tells apart, by which a script in the page picks its wording.
_NUMBER_OF_KIND = {"zero": 0, "one": 1, "two": 2, "few": 3, "many": 6, "other": 100}


class Words(str):
    """Words with the language that they are in, for a page in another one to mark them."""

    __slots__ = ("language",)
    language: str

    def __new__(cls, words: str, language: str) -> "Words":
        made = super().__new__(cls, words)
        made.language = language
        return made


class Translated(Protocol):
    """A row with words of its own in English and, in `translations`, in other languages."""

    translations: Any


def _(sentence: str, **values: object) -> str:
    """Return a sentence in the language of the page, its values put in."""
    return str(translated(sentence, **values))


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """Return the sentence for a number in the language of the page; English has two, Welsh six."""
    return str(translated_by_number(one, many, num, **values))


def lazy(sentence: str) -> LazyString:
    """Return a sentence that is put in the page's language when it is shown, for what is made at import."""
    return lazy_gettext(sentence)


def in_language(row: Translated, field: str, language: str | None = None) -> Words:
    """Return the words of a field in a language, else that of the page; in English where there are none."""
    language = language or page_language()
    words = row.translations.get(language, {}).get(field, "")
    return Words(words, language) if words else Words(getattr(row, field), ENGLISH)


def page_language() -> str:
    """Return the language of the page being made: what its view chose, else English."""
    return str(g.get("language", ENGLISH)) if has_app_context() else ENGLISH


def page_locale() -> Locale:
    """Return how the language of the page writes dates and numbers."""
    return get_locale() or Locale.parse(_LOCALES[ENGLISH])


def speak(language: str) -> None:
    """Let the rest of this request be in a language."""
    g.language = language
    refresh()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Let sentences and addresses that no page asked for be in a language, as long as the block runs."""
    # Addresses are only made within a request: this one is asked by nobody.
    with current_app.test_request_context():
        was = page_language()
        speak(language)
        try:
            yield
        finally:
            speak(was)


def in_each_number(wording: Callable[[int], str]) -> dict[str, str]:
    """Return the wordings of a sentence with a count, by CLDR's names of the kinds of number."""
    kinds = {*page_locale().plural_form.tags, "other"}
    return {kind: wording(number) for kind, number in _NUMBER_OF_KIND.items() if kind in kinds}


def language_of(words: str) -> str:
    """Return the language of words of a row, or that of the page for words of ours."""
    return str(getattr(words, "language", page_language()))


def foreign(words: str) -> dict[str, str]:
    """Return the attribute that marks words in another language than the page's, for `xmlattr`."""
    language = language_of(words)
    return {} if language == page_language() else {"lang": language}


def compile_catalogues() -> None:
    """Compile what has changed since ./run or ./test did, so that no page falls back to English unnoticed."""
    try:
        compile_stale()
    except OSError as error:
        raise RuntimeError(
            "The Welsh catalogue has changed and cannot be compiled here. Start ./run --setup-only once as "
            f"somebody who may write below {error.filename}."
        ) from error


def init_app(app: Flask) -> None:
    """Let pages speak the reader's language. RuntimeError when what it is in is out of date and stays so."""
    compile_catalogues()
    app.config["BABEL_DEFAULT_LOCALE"] = _LOCALES[ENGLISH]
    Babel(app, locale_selector=lambda: _LOCALES[page_language()])
    # A sentence may stand on several lines of a template; in the catalogue it is one.
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.add_template_global(page_language)
    app.add_template_filter(in_language)
    app.add_template_filter(foreign)
