"""The languages of the public pages, and the words of a page in the reader's own.

Rules and forms take `_` and `ngettext` from here, so that they need to know nothing of the web. A sentence is
written once, in English, in the code; its Welsh stands in consult/translations/cy/LC_MESSAGES/messages.po.
"""

from flask import Flask, g, request
from flask_babel import Babel, gettext, lazy_gettext, ngettext

ENGLISH = "en"
WELSH = "cy"
# As each calls itself; the order is the one in which a page offers them.
LANGUAGES = {ENGLISH: "English", WELSH: "Cymraeg"}

_ = gettext
lazy = lazy_gettext

__all__ = ["ENGLISH", "LANGUAGES", "WELSH", "_", "init_app", "lazy", "ngettext", "page_language"]


def init_app(app: Flask) -> None:
    """Let pages speak the reader's language."""
    app.config["BABEL_DEFAULT_LOCALE"] = "en_GB"
    Babel(app, locale_selector=page_language, default_translation_directories="translations")
    app.jinja_env.globals["page_language"] = page_language


def page_language() -> str:
    """Return the language of the page being made: what the view set, else what the address asks for."""
    chosen = g.get("language") or request.args.get("lang", ENGLISH)
    return chosen if chosen in LANGUAGES else ENGLISH
