"""What every page shares: kept words, error pages, headers, dates, the staff navigation."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import (
    Flask,
    abort,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFError, CSRFProtect
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader
from werkzeug.exceptions import BadRequest, HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Response

from consult.foundation.database import db
from consult.foundation.errors import BadInput, Busy, ConsultError, NotFound, Refused
from consult.foundation.guard import PUBLIC
from consult.foundation.language import _, page_locale
from consult.foundation.markup import prose
from consult.foundation.security import Identity, Permission

LONDON = ZoneInfo("Europe/London")
# The largest whole number that an id column holds on every engine.
LARGEST_ID = 2**31 - 1
NEVER_SHOWN_AGAIN = frozenset({"csrf_token", "password", "new_password", "new_password_confirm"})
STATUS_OF: dict[type[ConsultError], int] = {
    NotFound: 404,
    Refused: 409,
    BadInput: 422,
    Busy: 503,
}

View = TypeVar("View", bound=Callable[..., Any])

A_YEAR = 365 * 24 * 3600
# Of a post that is too long.
DROPPED_AT_MOST, PIECE = 300 * 1024 * 1024, 256 * 1024

csrf = CSRFProtect()


class Form(FlaskForm):
    """The base of every form: the token is checked for the whole application, not per form."""

    class Meta:
        """Our forms rely on CSRFProtect, which also covers posts without a form class."""

        csrf = False


@dataclass(frozen=True)
class Section:
    """One entry of the staff navigation."""

    title: str
    endpoint: str
    permission: Permission
    # Rooms whose pages belong to this entry, beside the entry's own page.
    covers: tuple[str, ...] = ()


SECTIONS = (
    Section("Overview", "calls.overview", Permission.SEE_INQUIRY),
    Section(
        "Calls",
        "calls.call_list",
        Permission.EDIT_CALLS,
        ("call_editor", "questions", "call_languages", "lists", "promises"),
    ),
    Section(
        "Inbox", "inbox.index", Permission.HANDLE_EVIDENCE, ("entry", "imports", "comparing", "file_batches")
    ),
    Section(
        "Evidence",
        "evidence.reading_room",
        Permission.READ_EVIDENCE,
        ("campaigns", "documents", "paragraphs", "versions", "withdrawal"),
    ),
    Section("Publication", "publishing.overview", Permission.PUBLISH_EVIDENCE, ("redaction",)),
    Section("Codebook", "codebook.tree", Permission.READ_CODEBOOK, ("groups",)),
    Section("Coding", "coding.queue", Permission.CODE_EVIDENCE, ("quality", "runs", "suggestions")),
    Section("Themes", "themes.index", Permission.READ_THEMES),
    Section("Records", "reports.records", Permission.EXPORT_RECORDS),
    Section("Members", "accounts.members", Permission.MANAGE_MEMBERS),
    Section("Privacy", "privacy.index", Permission.SET_RETENTION, ("retention",)),
    Section("Audit log", "calls.audit_log", Permission.READ_AUDIT),
)


def sections() -> list[dict[str, Any]]:
    """Return the navigation of the current inquiry: only what this member may open."""
    identity: Identity | None = g.get("identity")
    if identity is None:
        return []
    room = (request.endpoint or "").partition(".")[0]
    return [
        {
            "text": section.title,
            "href": url_for(section.endpoint, inquiry_slug=identity.inquiry_slug),
            "active": request.endpoint == section.endpoint
            or room in section.covers
            or (section.endpoint.partition(".")[0] == room and room not in {"calls", "accounts"}),
        }
        for section in SECTIONS
        if identity.may(section.permission) and section.endpoint in current_app.view_functions
    ]


def to_sign_in() -> Response:
    """Send a reader to sign in and back again."""
    return redirect(url_for("security.login", next=request.full_path.rstrip("?")))


def kept_words(*, signed_out: bool = False, message: str = "", status: int | None = None) -> Response:
    """Show everything that was posted, ready to be sent again: nothing typed is ever thrown away."""
    fields = [
        (name, value)
        for name, values in request.form.lists()
        if name not in NEVER_SHOWN_AGAIN
        for value in values
    ]
    page = render_template("errors/kept_words.html", fields=fields, signed_out=signed_out, message=message)
    response = make_response(page, status or (401 if signed_out else 400))
    response.headers["Cache-Control"] = "no-store"
    return response


def on_lost_session(_error: CSRFError) -> Response:
    """Answer a post whose session had ended: nothing is stored, nothing is lost.

    What another site made a browser post is nobody's words here, and no page of ours may offer to send it.
    """
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        return on_http_error(BadRequest())
    if request.endpoint in current_app.extensions.get("consult.on_lost_session", {}):
        answer: Response = current_app.extensions["consult.on_lost_session"][request.endpoint]()
        return answer
    return kept_words()


def on_refusal(error: ConsultError) -> Response:
    """Turn a refusal of the house into a page (or JSON, for the coding screen's script)."""
    db.session.rollback()
    status = next((code for kind, code in STATUS_OF.items() if isinstance(error, kind)), 400)
    if wants_json():
        return make_response({"message": str(error)}, status)
    if request.method == "POST" and status != 404:
        return kept_words(message=str(error), status=status)
    return make_response(
        render_template("errors/refused.html", message=str(error), status=status),
        status,
    )


def on_too_much(error: RequestEntityTooLarge) -> Response:
    """Answer a post that is longer than may be; a room may have a page that says what to do."""
    let_it_end()
    room_page = current_app.extensions.get("consult.on_too_much", {}).get(request.endpoint)
    return room_page() if room_page else on_http_error(error)


def let_it_end() -> None:
    """Read and drop the rest of what is sent: most browsers show no answer before they have sent it all."""
    left = min(request.content_length or 0, DROPPED_AT_MOST)
    while left > 0 and (piece := request.environ["wsgi.input"].read(min(left, PIECE))):
        left -= len(piece)


def on_http_error(error: HTTPException) -> Response:
    """Show a plain page for 403, 404, 405, 413 and the rest."""
    db.session.rollback()
    status = error.code or 500
    if wants_json():
        return make_response({"message": error.description or error.name}, status)
    return make_response(render_template("errors/http.html", status=status, name=error.name), status)


def on_fault(error: Exception) -> Response:
    """Show a plain page for a fault of ours; what was typed is on it."""
    db.session.rollback()
    current_app.logger.error("fault on %s", request.endpoint, exc_info=error)
    if request.method == "POST" and not wants_json():
        message = _("Something went wrong on our side. Your words are below; please send them again.")
        return kept_words(message=message, status=500)
    return (
        on_http_error(HTTPException(response=None))
        if wants_json()
        else make_response(render_template("errors/http.html", status=500, name="Fault"), 500)
    )


def refuse_impossible() -> None:
    """Answer that nothing is there when an address holds what an engine cannot even compare.

    PostgreSQL takes no NUL, and neither engine takes an id of any size.
    """
    given = [request.path, *(value for _, values in request.args.lists() for value in values)]
    numbers = [value for value in (request.view_args or {}).values() if isinstance(value, int)]
    if any("\x00" in text for text in given) or any(number > LARGEST_ID for number in numbers):
        abort(404)


def wants_json() -> bool:
    """Tell whether the request came from a script of ours."""
    return request.headers.get("Accept", "").startswith("application/json")


def csp_nonce() -> str:
    """Return this request's nonce, for the one inline script of the GOV.UK template."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def add_headers(response: Response) -> Response:
    """Add the headers that hold on every answer."""
    headers = response.headers
    headers.setdefault(
        "Content-Security-Policy",
        f"default-src 'none'; script-src 'self' 'nonce-{csp_nonce()}'; style-src 'self'; img-src 'self'; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    )
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if current_app.config["SESSION_COOKIE_SECURE"]:
        headers.setdefault("Strict-Transport-Security", f"max-age={A_YEAR}")
    if request.endpoint != "static":
        # Set, not only where it is missing: Flask-Security writes “no-store=True”, which no browser knows.
        headers["Cache-Control"] = g.get("may_be_kept") or "no-store"
    return response


def let_be_kept() -> None:
    """Let anybody keep the answer to this request, who asks before each use whether it still stands."""
    g.may_be_kept = "public, no-cache"


def site_url(endpoint: str, **values: Any) -> str:
    """Return a whole address, to be copied or printed: on the public address if one is set."""
    site: str = current_app.config["CONSULT"].public_url
    return site + url_for(endpoint, **values) if site else url_for(endpoint, _external=True, **values)


def as_date(moment: datetime) -> str:
    """Return a day as people write it: 3 July 2026, on London's calendar."""
    return str(format_date(moment.astimezone(LONDON).date(), "d MMMM y", locale=page_locale()))


def as_time(moment: datetime) -> str:
    """Return a day and time as people write them, on London's clock."""
    clock = f"{moment.astimezone(LONDON):%H:%M}"
    return str(_("%(day)s at %(time)s", day=as_date(moment), time=clock))


def takes_up_to(size: int) -> Callable[[View], View]:
    """Let more bytes be sent to a view than other posts may have; to any but a public one only by members."""

    def mark(view: View) -> View:
        vars(view)["largest_post"] = size
        return view

    return mark


def let_large_files_in() -> None:
    """Raise the limit where a view takes more; of members, not for strangers, whom nobody has refused yet."""
    view = current_app.view_functions.get(request.endpoint or "")
    most = getattr(view, "largest_post", None)
    if most and ("_user_id" in session or getattr(view, "access", None) == PUBLIC):
        request.max_content_length = most


def init_app(app: Flask) -> None:
    """Register what every page shares."""
    # Before the token is checked, for which the whole of what was sent is read.
    app.before_request(let_large_files_in)
    csrf.init_app(app)
    app.jinja_options = {
        **app.jinja_options,
        "trim_blocks": True,
        "lstrip_blocks": True,
    }
    app.jinja_loader = ChoiceLoader(
        [
            PackageLoader("consult"),
            PrefixLoader(
                {
                    "govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja"),
                    "govuk_frontend_wtf": PackageLoader("govuk_frontend_wtf"),
                }
            ),
        ]
    )
    app.add_template_global(csp_nonce)
    app.add_template_global(sections)
    app.add_template_global(site_url)
    app.add_template_filter(as_date)
    app.add_template_filter(as_time)
    app.add_template_filter(prose)
    app.before_request(refuse_impossible)
    app.after_request(add_headers)
    app.register_error_handler(CSRFError, on_lost_session)
    app.register_error_handler(ConsultError, on_refusal)
    app.register_error_handler(RequestEntityTooLarge, on_too_much)
    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(500, on_fault)
