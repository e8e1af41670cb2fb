"""The whole call to draft on: a page to print, a PDF and a Word document."""

from flask import make_response
from werkzeug.wrappers import Response

from consult.foundation.clock import now
from consult.foundation.database import db
from consult.foundation.guard import public
from consult.foundation.language import _
from consult.foundation.language_choice import settle
from consult.foundation.typeset import pdf
from consult.foundation.web import site_url
from consult.respond import pages
from consult.respond.call_copies import CallCopied, call_copy
from consult.respond.call_document import call_document
from consult.respond.queries import CallToAnswer, as_call_to_answer, published_call
from consult.respond.routes import blueprint
from consult.respond.visit import Visit

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@blueprint.get("/<inquiry_slug>/<call_slug>/copy")
@public
def copy(inquiry_slug: str, call_slug: str) -> Response:
    """Show the whole call on one page, to read and to print."""
    call, found = copied(inquiry_slug, call_slug)
    title = _("%(call)s: the whole call", call=call.title)
    return pages.shown("call_copy", Visit(call, now()), title=title, copy=found)


@blueprint.get("/<inquiry_slug>/<call_slug>/copy.pdf")
@public
def copy_pdf(inquiry_slug: str, call_slug: str) -> Response:
    """Give the whole call as a tagged PDF."""
    call, found = copied(inquiry_slug, call_slug)
    return file_of(pdf("call", found.data), f"{call.slug}.pdf", "application/pdf")


@blueprint.get("/<inquiry_slug>/<call_slug>/copy.docx")
@public
def copy_docx(inquiry_slug: str, call_slug: str) -> Response:
    """Give the whole call as a Word document."""
    call, found = copied(inquiry_slug, call_slug)
    return file_of(call_document(found, now()), f"{call.slug}.docx", WORD)


def copied(inquiry_slug: str, call_slug: str) -> tuple[CallToAnswer, CallCopied]:
    """Return a published call and how it stands on paper, in the language of the page."""
    found = published_call(db.session(), inquiry_slug, call_slug)
    settle(found.languages)
    call = as_call_to_answer(db.session(), found)
    address = site_url("calls_public.call", inquiry_slug=inquiry_slug, call_slug=call_slug)
    return call, call_copy(call, address)


def file_of(content: bytes, name: str, kind: str) -> Response:
    """Return a file to keep."""
    response = make_response(content)
    response.headers["Content-Type"] = kind
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
