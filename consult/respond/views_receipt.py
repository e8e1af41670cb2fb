"""After sending: the receipt and its copies, changing and withdrawing, and what became of it."""

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from consult.calls.withdrawing import WHAT_WITHDRAWING_DOES, policy_in_words
from consult.evidence.became import what_became
from consult.evidence.service.withdrawing import LONGEST_WISH
from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.errors import Refused
from consult.foundation.guard import public
from consult.foundation.language import _
from consult.foundation.language_choice import settle
from consult.foundation.security import RESPONDENT
from consult.foundation.typeset import pdf
from consult.respond import pages, service
from consult.respond.codes import code_read, grouped
from consult.respond.copies import copy_of
from consult.respond.guesses import may_try, note_wrong
from consult.respond.queries import draft_held
from consult.respond.queries_receipt import (
    Receipt,
    Standing,
    languages_of_receipt,
    receipt_exists,
    receipt_for,
    standing_of,
)
from consult.respond.routes import blueprint
from consult.respond.rules import has_words
from consult.respond.visit import remember, remembered


@blueprint.get("/receipt/<code>")
@public
def receipt(code: str) -> Response:
    """Show a copy of everything sent to whoever holds the receipt code, and what they can do."""
    found, standing = opened(code)
    return secret_page(
        "receipt", code, found, standing, title=_("Your evidence %(reference)s", reference=found.reference)
    )


@blueprint.get("/receipt/<code>/copy.pdf")
@public
def receipt_pdf(code: str) -> Response:
    """Give the copy as a tagged PDF."""
    found, _standing = opened(code)
    return file_of(pdf("receipt", copy_of(found).data), f"{found.reference}.pdf", "application/pdf")


@blueprint.get("/receipt/<code>/copy.html")
@public
def receipt_html(code: str) -> Response:
    """Give the copy as a page that stands by itself."""
    found, _standing = opened(code)
    page = render_template("respond/receipt_copy.html", copy=copy_of(found))
    return file_of(page.encode(), f"{found.reference}.html", "text/html; charset=utf-8")


@blueprint.get("/receipt/<code>/change")
@public
def change(code: str) -> Response:
    """Tell how changing what was sent works, before it is begun."""
    found, standing = opened(code)
    if not standing.may_change(now()):
        return redirect(url_for("respond.receipt", code=code), 303)
    other = remembered(standing.call_id)
    held = draft_held(db.session(), standing.call_id, other) if other else None
    unsent = held is not None and held.submission_id is None and held.amends_id is None
    title = _("Change what you sent")
    kept = grouped(other) if unsent and held and has_words(held.answers, held.about) else ""
    return secret_page("change", code, found, standing, title=title, other_code=kept)


@blueprint.post("/receipt/<code>/change")
@public
def begin_change(code: str) -> Response:
    """Lead to a draft filled with what was sent."""
    found, standing = opened(code)
    try:
        with transaction() as session:
            draft_code = service.begin_amendment(session, code_read(code), actor=RESPONDENT, at=now())
    except Refused as refused:
        flash(str(refused), "notice")
        return redirect(url_for("respond.receipt", code=code), 303)
    remember(standing.call_id, draft_code)
    where = url_for("respond.check", inquiry_slug=found.inquiry_slug, call_slug=found.call_slug)
    return redirect(where, 303)


@blueprint.get("/receipt/<code>/withdraw")
@public
def withdraw(code: str) -> Response:
    """Tell what withdrawing does, before it is done."""
    return withdrawing_page(code)


@blueprint.post("/receipt/<code>/withdraw")
@public
def withdraw_now(code: str) -> Response:
    """Withdraw what was sent, or ask the commission to."""
    why = request.form.get("why", "").replace("\x00", "").strip()
    if len(why) > LONGEST_WISH:
        problem = _("Shorten this to %(longest)s characters.", longest=f"{LONGEST_WISH:,}")
        return withdrawing_page(code, why=why, problem=problem, status=pages.BAD_INPUT)
    opened(code)
    with transaction() as session:
        service.withdraw_sent(session, code_read(code), why, actor=RESPONDENT, at=now())
    # The receipt says what came of it.
    return redirect(url_for("respond.receipt", code=code), 303)


@blueprint.get("/receipt/<code>/what-became-of-it")
@public
def became(code: str) -> Response:
    """Tell what became of something sent, once the report is out; before that, when to look again."""
    found, standing = opened(code)
    out = standing.report.is_out(now())
    fates = what_became(db.session(), standing.submission_id) if out and not standing.withdrawn else []
    title = _("What became of your evidence")
    return secret_page("became", code, found, standing, title=title, out=out, fates=fates)


def withdrawing_page(code: str, *, why: str = "", problem: str = "", status: int = 200) -> Response:
    """Return the page on which evidence is withdrawn; where that cannot be done now, the receipt says why."""
    found, standing = opened(code)
    way = standing.way_to_withdraw(now())
    if way is None:
        return redirect(url_for("respond.receipt", code=code), 303)
    errors = [{"text": problem, "href": "#why"}] if problem else []
    title = _("Withdraw your evidence")
    more = {"way": way.value, "why": why, "errors": errors, "what_it_does": WHAT_WITHDRAWING_DOES}
    return secret_page("withdraw", code, found, standing, title=title, status=status, **more)


def opened(code: str) -> tuple[Receipt, Standing]:
    """Return what was sent under a receipt code, with the page in a language of its call."""
    session, read = db.session(), code_read(code)
    may_try()
    if not receipt_exists(session, read):
        note_wrong()
    settle(*languages_of_receipt(session, read))
    return receipt_for(session, read), standing_of(session, read)


def secret_page(
    template: str, code: str, found: Receipt, standing: Standing, *, status: int = 200, **values: Any
) -> Response:
    """Return a page whose address is the secret: no other page may learn it."""
    at = now()
    page = render_template(
        f"respond/{template}.html",
        receipt=found,
        copy=copy_of(found),
        standing=standing,
        report_out=standing.report.is_out(at),
        may_change=standing.may_change(at),
        may_withdraw=standing.way_to_withdraw(at) is not None,
        policy=policy_in_words(standing.policy),
        receipt_code=grouped(code_read(code)),
        **values,
    )
    return kept_secret(make_response(page, status))


def file_of(content: bytes, name: str, kind: str) -> Response:
    """Return a file to keep."""
    response = make_response(content)
    response.headers["Content-Type"] = kind
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return kept_secret(response)


def kept_secret(response: Response) -> Response:
    """Let neither another page nor a search engine learn the address."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
