"""A browser for tests that refuses a bad page: each page any test loads is checked."""

import time
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask import Flask, g, has_app_context
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from consult.accounts.models import User

UNLABELLED = {"hidden", "submit", "button"}


class Page:
    """A parsed page."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.html = response.get_data(as_text=True)
        self.path = response.request.full_path.rstrip("?")
        parser = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False)
        self.tree: Element = parser.parse(self.html)
        self.faults = [str(code) for _, code, _ in parser.errors]

    @property
    def text(self) -> str:
        """Return the words of the main part, with white space folded."""
        return words_of(self.tree.find(".//main") or self.tree)

    @property
    def h1(self) -> str:
        return words_of(self.all("h1")[0])

    @property
    def title(self) -> str:
        return words_of(self.all("title")[0])

    def all(self, name: str, **attributes: str) -> list[Element]:
        """Return the elements of a name whose attributes have these values (class_, for_ for class, for)."""
        wanted = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
        return [e for e in self.tree.iter(name) if all(e.get(k) == v for k, v in wanted.items())]

    def field(self, name: str) -> Element:
        """Return the first field of a name."""
        return next(field for field in fields_of(self.tree) if field.get("name") == name)

    def typed(self, name: str) -> str:
        """Return what stands in a field of text."""
        field = self.field(name)
        return (field.text or "").removeprefix("\n") if field.tag == "textarea" else field.get("value", "")

    def link(self, text: str) -> str:
        """Return where the link with these words leads."""
        found = [a.get("href", "") for a in self.all("a") if words_of(a) == text]
        assert found, f"no link “{text}” on {self.path}; there are {[words_of(a) for a in self.all('a')]}"
        return found[0]

    def form(self, with_field: str | None = None, button: str | None = None) -> Element:
        """Return the form that has a field of this name or a button of these words."""
        for form in self.all("form"):
            fields = {f.get("name") for f in fields_of(form)}
            buttons = {words_of(b) for b in form.iter("button")}
            if (with_field is None or with_field in fields) and (button is None or button in buttons):
                return form
        raise AssertionError(f"no form with field {with_field!r} or button {button!r} on {self.path}")


class PageClient:
    """A browser that follows links, fills in forms as they stand and checks every page."""

    def __init__(self, app: Flask) -> None:
        self.http: FlaskClient = app.test_client()

    def sign_in(self, user: User) -> None:
        """Become a user without the sign-in page."""
        with self.http.session_transaction() as cookie:
            cookie["_user_id"] = user.fs_uniquifier
            cookie["_fresh"] = True
            cookie["fs_paa"] = time.time()

    def get(self, path: str, *, status: int = 200) -> Page:
        """Load a page, follow redirects, check it."""
        forget_last_request()
        return checked(Page(self.http.get(path, follow_redirects=True)), status)

    def submit(
        self,
        page: Page,
        values: dict[str, Any] | None = None,
        *,
        button: str | None = None,
        with_field: str | None = None,
        status: int = 200,
        follow: bool = True,
    ) -> Page:
        """Send a form of a page with its own hidden fields and tokens; `values` fill in or override."""
        form = page.form(with_field, button)
        data = {**standing_values(form), **(values or {})}
        for pressed in form.iter("button"):
            if button and words_of(pressed) == button and pressed.get("name"):
                data[pressed.get("name", "")] = pressed.get("value", "")
        path = form.get("action") or page.path
        forget_last_request()
        method = form.get("method", "get").upper()
        sent: dict[str, Any] = {"query_string": data} if method == "GET" else {"data": data}
        response = self.http.open(path, method=method, follow_redirects=follow, **sent)
        if not follow:
            assert response.status_code == status, response.status_code
            return Page(response)
        return checked(Page(response), status)


def forget_last_request() -> None:
    """Empty `g`, which tests share between requests: no browser may find another user there."""
    for name in list(g) if has_app_context() else ():
        g.pop(name)


def checked(page: Page, status: int) -> Page:
    """Return the page if it has the wanted status and none of the faults that a page may not have."""
    assert page.status == status, f"{page.path} answered {page.status}, not {status}: {page.text[:600]}"
    if page.response.mimetype == "text/html":
        faults = faults_of(page)
        assert not faults, f"{page.path}: {faults}"
    return page


def faults_of(page: Page) -> list[str]:
    """Return everything wrong with a page's HTML."""
    ids = [e.get("id", "") for e in page.tree.iter() if e.get("id")]
    faults = list(page.faults)
    faults += [f"id {i} twice" for i in sorted({i for i in ids if ids.count(i) > 1})]
    if len(page.all("h1")) != 1:
        faults.append(f"{len(page.all('h1'))} h1 elements")
    elif page.h1.split()[0] not in page.title:
        faults.append(f"title “{page.title}” does not name the page “{page.h1}”")
    labelled = {e.get("for") for e in page.all("label")}
    for form in page.all("form"):
        posts = (form.get("method") or "get").lower() == "post"
        if posts and not [f for f in fields_of(form) if f.get("name") == "csrf_token" and f.get("value")]:
            faults.append(f"form to {form.get('action')} has no token")
    for field in fields_of(page.tree):
        named = field.get("id") in labelled or field.get("aria-label") or field.get("aria-labelledby")
        if field.get("type") not in UNLABELLED and not named:
            faults.append(f"field {field.get('name')} has no label")
    faults += ["inline script" for s in page.all("script") if not s.get("src") and not s.get("nonce")]
    faults += [f"inline style on {e.tag}" for e in page.tree.iter() if e.get("style")]
    faults += [f"handler on {e.tag}" for e in page.tree.iter() for a in e.keys() if a.startswith("on")]  # noqa: SIM118  # an Element is no dict
    return faults


def fields_of(root: Element) -> list[Element]:
    """Return every input, select and textarea below an element."""
    return [e for e in root.iter() if e.tag in {"input", "select", "textarea"}]


def standing_values(form: Element) -> dict[str, Any]:
    """Return what a browser would send for a form nobody has touched."""
    values: dict[str, Any] = {}
    for field in fields_of(form):
        name, kind = field.get("name"), field.get("type", "text")
        if not name or kind in {"submit", "button", "file"}:
            continue
        if kind in {"checkbox", "radio"}:
            if field.get("checked") is not None:
                values.setdefault(name, []).append(field.get("value", "on"))
        elif field.tag == "select":
            chosen = [o for o in field.iter("option") if o.get("selected") is not None]
            first = chosen or list(field.iter("option"))[:1]
            values[name] = [o.get("value", words_of(o)) for o in first]
        elif field.tag == "textarea":
            values[name] = field.text or ""  # the parser has dropped the first line end, as browsers do
        else:
            values[name] = field.get("value", "")
    return values


def words_of(element: Element) -> str:
    """Return the text within an element, white space folded."""
    return " ".join("".join(element.itertext()).split())
