"""What is published: lists, pages, feeds and indexes, for anybody. No page here knows of staff."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from feedgen.feed import FeedGenerator
from flask import Blueprint, make_response, render_template, request, url_for
from lxml import etree
from werkzeug.wrappers import Response

from consult.calls.models import Inquiry
from consult.calls.queries import inquiry_by_slug, languages_in_use
from consult.foundation.database import db
from consult.foundation.errors import NotFound
from consult.foundation.guard import public
from consult.foundation.language import _, in_language
from consult.foundation.language_choice import offer
from consult.foundation.markup import for_xml
from consult.foundation.web import LARGEST_ID, let_be_kept, site_url
from consult.publication import queries
from consult.publication.filters import filters_for
from consult.publication.forms import SearchForm, chosen_in
from consult.publication.queries import ENTRIES_A_PAGE, Gone, PublicEntry, Wanted

blueprint = Blueprint("published", __name__)

FEED_LENGTH = 50
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
ROBOTS = """User-agent: *
Disallow: /inquiries/
Disallow: /respond/
Disallow: /login
Allow: /

Sitemap: {sitemap}
"""

View = Callable[..., Any]


def may_be_kept(view: View) -> View:
    """Let a page that went well be kept, never shown unasked: what is taken back is gone at once."""

    @wraps(view)
    def keep(**values: Any) -> Any:
        answer = view(**values)
        let_be_kept()
        return answer

    return keep


@blueprint.get("/evidence/")
@public
@may_be_kept
def inquiries() -> str:
    """List the inquiries that have published evidence."""
    offer(languages_in_use(db.session()))
    rows = queries.inquiries_on_show(db.session())
    return render_template("publication/inquiries.html", title=_("Published evidence"), rows=rows)


@blueprint.get("/evidence/<inquiry_slug>/")
@public
@may_be_kept
def evidence_list(inquiry_slug: str) -> str:
    """List the published evidence of an inquiry, by words, type, place and what other rooms know of."""
    session, inquiry = db.session(), with_evidence(inquiry_slug)
    form = SearchForm(formdata=request.args).offer(*queries.filters_on_show(session, inquiry.id))
    filters = filters_for(session, inquiry.id)
    chosen = chosen_in(filters, request.args)
    wanted = Wanted(
        words=form.words.data or "",
        respondent_type=form.type.data or "",
        place=form.place.data or "",
        conditions=tuple(each.condition_for(chosen[each.name]) for each in filters if each.name in chosen),
    )
    page = page_asked()
    entries, count = queries.public_entries(session, inquiry.id, wanted, page)
    asked = {"words": wanted.words, "type": wanted.respondent_type, "place": wanted.place, **chosen}
    asked = {name: value for name, value in asked.items() if value}
    return render_template(
        "publication/evidence_list.html",
        inquiry=inquiry,
        form=form,
        filters=filters,
        chosen=chosen,
        entries=entries,
        count=count,
        narrowed=bool(asked),
        page=page,
        pages=max(1, -(-count // ENTRIES_A_PAGE)),
        link_to=lambda number: page_link(inquiry_slug, number, asked),
    )


@blueprint.get("/evidence/<inquiry_slug>/respondents")
@public
@may_be_kept
def respondents(inquiry_slug: str) -> str:
    """List who gave evidence and agreed to be named."""
    inquiry = with_evidence(inquiry_slug)
    listed, nameless = queries.respondents_listed(db.session(), inquiry.id)
    return render_template("publication/respondents.html", inquiry=inquiry, listed=listed, nameless=nameless)


@blueprint.get("/evidence/<inquiry_slug>/feed.xml")
@public
@may_be_kept
def feed(inquiry_slug: str) -> Response:
    """Tell feed readers what was published last."""
    inquiry = with_evidence(inquiry_slug)
    entries = queries.newest_entries(db.session(), inquiry.id, FEED_LENGTH)
    return as_xml(feed_of(inquiry, entries), "application/rss+xml")


@blueprint.get("/evidence/<inquiry_slug>/<reference>")
@public
def evidence(inquiry_slug: str, reference: str) -> Response:
    """Show a published submission, or what stands where it stood."""
    inquiry = with_evidence(inquiry_slug)
    found = queries.evidence_page(db.session(), inquiry.id, reference)
    if isinstance(found, Gone):
        page = render_template("publication/gone.html", inquiry=inquiry, gone=found)
        return make_response(page, 410)
    let_be_kept()
    return make_response(render_template("publication/evidence.html", inquiry=inquiry, evidence=found))


@blueprint.get("/sitemap.xml")
@public
@may_be_kept
def sitemap() -> Response:
    """Tell search engines which pages of evidence there are."""
    names: Any = {None: SITEMAP}  # the stubs do not know the namespace without a prefix
    root = etree.Element(f"{{{SITEMAP}}}urlset", nsmap=names)
    addresses = queries.addresses(db.session())
    for slug in dict.fromkeys(each.inquiry_slug for each in addresses):
        place = etree.SubElement(root, f"{{{SITEMAP}}}url")
        etree.SubElement(place, f"{{{SITEMAP}}}loc").text = site_url(
            "published.evidence_list", inquiry_slug=slug
        )
    for each in addresses:
        place = etree.SubElement(root, f"{{{SITEMAP}}}url")
        where = site_url("published.evidence", inquiry_slug=each.inquiry_slug, reference=each.reference)
        etree.SubElement(place, f"{{{SITEMAP}}}loc").text = where
        etree.SubElement(place, f"{{{SITEMAP}}}lastmod").text = each.at.date().isoformat()
    return as_xml(etree.tostring(root, xml_declaration=True, encoding="utf-8"), "application/xml")


@blueprint.get("/robots.txt")
@public
@may_be_kept
def robots() -> Response:
    """Tell search engines what to leave alone."""
    text = ROBOTS.format(sitemap=site_url("published.sitemap"))
    return Response(text, mimetype="text/plain")


def page_link(inquiry_slug: str, number: int, asked: dict[str, str]) -> str:
    """Return the address of a page of a list."""
    values: dict[str, Any] = {**asked, "page": number}
    return url_for("published.evidence_list", inquiry_slug=inquiry_slug, **values)


def with_evidence(inquiry_slug: str) -> Inquiry:
    """Return an inquiry that has published something, in its languages; of any other nothing is told."""
    inquiry = inquiry_by_slug(db.session(), inquiry_slug)
    if queries.last_change(db.session(), inquiry.id) is None:
        raise NotFound(_("There is no published evidence here."))
    offer(languages_in_use(db.session(), inquiry.id))
    return inquiry


def page_asked() -> int:
    """Return which page of a list is asked for, the first where none is."""
    asked = request.args.get("page", 1, type=int)
    return asked if 0 < asked <= LARGEST_ID // ENTRIES_A_PAGE else 1


def as_xml(data: bytes, mimetype: str) -> Response:
    """Return XML that a reader who has it already need not fetch again."""
    response = Response(data, mimetype=mimetype)
    response.add_etag()
    return response.make_conditional(request.environ)


def feed_of(inquiry: Inquiry, entries: list[PublicEntry]) -> bytes:
    """Return an RSS feed of what was published."""
    made = FeedGenerator()
    made.title(for_xml(_("%(inquiry)s: published evidence", inquiry=in_language(inquiry, "title"))))
    made.link(href=site_url("published.evidence_list", inquiry_slug=inquiry.slug), rel="alternate")
    made.description(_("Evidence as the commission publishes it."))
    # Of the content and not of the clock: the same feed twice is the same bytes.
    made.lastBuildDate(max((each.at for each in entries), default=datetime(2000, 1, 1, tzinfo=UTC)))
    for each in reversed(entries):
        address = site_url("published.evidence", inquiry_slug=inquiry.slug, reference=each.reference)
        entry = made.add_entry()
        entry.guid(f"{address}#version-{each.version}", permalink=False)
        told = each.who or each.respondent_type or _("Name not published")
        entry.title(for_xml(f"{each.reference}: {told}"))
        entry.link(href=address)
        entry.description(for_xml(each.opening) or each.reference)
        entry.pubDate(each.at)
    feed_bytes: bytes = made.rss_str(pretty=True)
    return feed_bytes
