"""Which language a public page is in.

The choice is kept in the address (`?lang=cy`) and in the draft, never in a cookie. Staff pages are English.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Flask, current_app, g, has_request_context, request, url_for

from consult.foundation.guard import PUBLIC, PUBLIC_ENDPOINTS, access_of
from consult.foundation.language import ENGLISH, LANGUAGES, page_language, speak

ARGUMENT = "lang"


def offer(languages: Sequence[str]) -> None:
    """Let the page link to itself in these languages."""
    g.languages_offered = languages


def settle(offered: Sequence[str], held: str = "") -> None:
    """Choose the language of a page that is offered in some.

    What its address asks for goes first, then the one `held` by a draft or a submission; the browser's own
    settings decide only for whoever has chosen nothing yet.
    """
    offer(offered)
    for wanted in (request.args.get(ARGUMENT, ""), held):
        if wanted in offered:
            return speak(wanted)
    # Werkzeug's own best_match would take "en;q=0.1" before "cy-GB", for it matches whole tags first.
    preferred = (tag.partition("-")[0].lower() for tag in request.accept_languages.values())
    return speak(next((tag for tag in preferred if tag in offered), offered[0]))


def return_in(language: str) -> None:
    """Go on in the language of what is opened, whatever the page was in on which it was asked for."""
    if "asked_language" in g:
        g.asked_language = language
    speak(language)


def in_address(language: str) -> dict[str, str]:
    """Return what an address carries that leads to a page in a language; English needs nothing."""
    return {} if language == ENGLISH else {ARGUMENT: language}


def language_links() -> list[dict[str, Any]]:
    """Return the languages that this page is offered in, with addresses; none where there is no choice."""
    offered = g.get("languages_offered", ())
    if len(offered) < 2 or request.endpoint is None:
        return []
    # Beside url_for's own arguments (`_scheme`, `endpoint`) nothing may stand that a stranger wrote.
    more = urlencode([each for each in request.args.items(multi=True) if each[0] != ARGUMENT])
    return [
        {
            "code": code,
            "text": name,
            "href": "&".join(filter(None, (address_in(request.endpoint, code), more))),
            "current": code == page_language(),
        }
        for code, name in LANGUAGES.items()
        if code in offered
    ]


def address_in(endpoint: str, language: str) -> str:
    """Return the address of a page as it was asked for, in a language."""
    return url_for(endpoint, **{**(request.view_args or {}), ARGUMENT: language})


def is_public(endpoint: str | None) -> bool:
    """Tell whether an endpoint is a public page of ours, and so is written in more than English."""
    if endpoint not in current_app.view_functions or endpoint in PUBLIC_ENDPOINTS:
        return False
    return access_of(current_app, endpoint) == PUBLIC


def heed_address() -> None:
    """Let a public page be in the language that its address asks for; a view may know better."""
    wanted = request.args.get(ARGUMENT, "")
    if wanted in LANGUAGES and (request.endpoint is None or is_public(request.endpoint)):
        g.asked_language = wanted
        speak(wanted)


def carry(endpoint: str, values: dict[str, Any]) -> None:
    """Let every address of a public page carry the language on."""
    if not has_request_context() or ARGUMENT in values or not is_public(endpoint):
        return
    language = g.get("asked_language") or page_language()
    if language != ENGLISH or "asked_language" in g:
        values[ARGUMENT] = language


def init_app(app: Flask) -> None:
    """Let the address of a public page choose its language, and lead on in it."""
    app.add_template_global(language_links)
    app.before_request(heed_address)
    app.url_defaults(carry)
