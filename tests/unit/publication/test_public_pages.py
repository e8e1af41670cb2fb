"""The public pages of evidence: what they show, how they are found, and how long they are kept."""

import pytest
from flask import Flask
from lxml import etree
from sqlalchemy import select

from consult.calls.models import Question
from consult.evidence.became import what_became
from consult.evidence.rules import PublicationChoice
from consult.evidence.service import withdraw_submission
from consult.foundation.security import RESPONDENT
from consult.publication import service
from consult.publication.queries import ENTRIES_A_PAGE
from tests.builders import NOON
from tests.page import PageClient, words_of
from tests.unit.publication.conftest import Desk

WITHOUT = PublicationChoice.WITHOUT_NAME


def test_published_evidence_is_listed_found_and_read_without_an_account(
    desk: Desk, client: PageClient
) -> None:
    sent = desk.send(title="On buses", name="Ann Lee", organisation="Acre Trust")
    desk.withhold(sent, "Mrs Jones")
    desk.publish(sent)
    assert desk.inquiry.title in client.get("/evidence/").text
    page = client.get(desk.public())
    assert "1 submission" in page.text
    page = client.submit(page, {"words": "bus"}, button="Search")
    page = client.get(page.link(f"{sent.reference} Ann Lee, Acre Trust"))
    assert page.h1 == f"{sent.reference} Ann Lee, Acre Trust"
    assert "My neighbour [Personal information removed] 🏛️ told me." in page.text
    assert "On buses" in page.text
    assert [e.get("id") for e in page.all("div") if (e.get("id") or "").startswith("p")] == ["p1", "p2", "p3"]


def test_a_title_with_words_that_are_withheld_below_is_not_shown(desk: Desk, client: PageClient) -> None:
    sent = desk.send(title="FW: MRS  Jones and the bus", name="Ann Lee")
    desk.publish(sent)
    assert "Jones and the bus" in client.get(desk.public(sent.reference)).text
    desk.withhold(sent, "Mrs Jones")
    for rest in ("", sent.reference, "feed.xml"):
        assert "Jones" not in client.get(desk.public(rest)).html.replace("JONES", "Jones"), rest


def test_evidence_without_name_shows_neither_name_nor_title(desk: Desk, client: PageClient) -> None:
    sent = desk.send("Words.", title="Ogden’s view", publication=WITHOUT, name="Ogden Quill")
    desk.publish(sent)
    for rest in ("", "respondents", sent.reference, "feed.xml"):
        html = client.get(desk.public(rest)).html
        assert "Ogden" not in html, rest
    assert "Evidence without name" in client.get(desk.public(sent.reference)).text


def test_what_was_never_published_is_not_found_like_what_never_was(desk: Desk, client: PageClient) -> None:
    sent = desk.send()
    desk.publish(desk.send("Other words."))
    pages = [client.get(desk.public(r), status=404).html for r in (sent.reference, "LOC9999", "nonsense")]
    nonces = [page.split('nonce="')[1].split('"')[0] for page in pages]
    assert len({page.replace(nonce, "") for page, nonce in zip(pages, nonces, strict=True)}) == 1


def test_an_inquiry_that_published_nothing_is_not_there(desk: Desk, client: PageClient) -> None:
    desk.send()
    for rest in ("", "respondents", "feed.xml", "LOC0001"):
        client.get(desk.public(rest), status=404)


def test_a_long_list_has_pages_that_keep_what_was_asked(desk: Desk, client: PageClient) -> None:
    sent = [desk.send(f"Bus number {number}.") for number in range(ENTRIES_A_PAGE + 1)]
    desk.publish(*sent)
    page = client.get(desk.public("?words=bus"))
    assert "Page 1 of 2" in page.text
    page = client.get(page.link("Next page"))
    assert sent[-1].reference in page.text
    assert page.typed("words") == "bus"
    assert "No published evidence answers this" in client.get(desk.public("?words=tram")).text
    client.get(desk.public("?page=999999999999"))
    client.get(desk.public("?page=-1&type=nonsense&place=nonsense&theme=nonsense"))


def test_an_amended_page_says_so_and_keeps_its_address(desk: Desk, client: PageClient) -> None:
    sent = desk.send()
    desk.publish(sent)
    desk.withhold(sent, "the bus")
    desk.publish(sent)
    assert "version 2" in client.get(desk.public(sent.reference)).text


def test_the_feed_is_rss_and_unchanged_content_is_not_sent_again(desk: Desk, client: PageClient) -> None:
    desk.publish(desk.send("Zebras & <tags>.", name="Ann Lee"))
    answer = client.http.get(desk.public("feed.xml"))
    assert answer.mimetype == "application/rss+xml"
    feed = etree.fromstring(answer.data)
    assert feed.findtext("channel/item/description") == "Zebras & <tags>."
    assert feed.findtext("channel/item/title", "").endswith("Ann Lee")
    again = client.http.get(desk.public("feed.xml"), headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_indexes_name_what_is_out_and_nothing_else(desk: Desk, client: PageClient) -> None:
    out, kept, gone = desk.send(), desk.send(), desk.send()
    desk.publish(out, gone)
    service.unpublish(desk.session, gone.reference, why="A slip.", **desk.who())
    desk.session.commit()
    sitemap = client.http.get("/sitemap.xml")
    places = [e.text or "" for e in etree.fromstring(sitemap.data).iter("{*}loc")]
    assert [place.rsplit("/", 1)[1] for place in places] == ["", out.reference]
    assert kept.reference not in sitemap.text
    robots = client.http.get("/robots.txt").text
    assert "Disallow: /inquiries/" in robots
    assert "/sitemap.xml" in robots


def test_signs_that_xml_cannot_hold_leave_the_feed_standing(desk: Desk, client: PageClient) -> None:
    desk.publish(desk.send("The\x01 bus\ufffe went.", name="Ann\x0e Lee"))
    feed = etree.fromstring(client.http.get(desk.public("feed.xml")).data)
    assert feed.findtext("channel/item/description", "").split() == ["The", "bus", "went."]
    assert feed.findtext("channel/item/title", "").split()[-2:] == ["Ann", "Lee"]


@pytest.mark.parametrize("rest", ["", "respondents", "feed.xml"])
def test_public_pages_are_asked_for_each_time_and_set_no_cookie(
    desk: Desk, client: PageClient, rest: str
) -> None:
    desk.publish(desk.send())
    answer = client.http.get(desk.public(rest))
    assert answer.headers["Cache-Control"] == "public, no-cache"
    assert "Set-Cookie" not in answer.headers


def test_what_is_gone_or_refused_is_not_kept(desk: Desk, client: PageClient) -> None:
    sent = desk.send()
    desk.publish(sent)
    assert client.http.get(desk.public(sent.reference)).headers["Cache-Control"] == "public, no-cache"
    service.unpublish(desk.session, sent.reference, why="A slip.", **desk.who())
    desk.session.commit()
    for rest in (sent.reference, "LOC9999"):
        assert client.http.get(desk.public(rest)).headers["Cache-Control"] == "no-store"


def test_a_reader_chooses_welsh_and_what_is_in_english_is_marked(desk: Desk, client: PageClient) -> None:
    desk.call.languages = ["en", "cy"]
    desk.inquiry.translations = {"cy": {"title": "Ymchwiliad"}}
    sent = desk.send("My words.")
    for question in desk.session.scalars(select(Question)):
        question.translations = {"cy": {"prompt": "Beth sydd o’i le?"}}
    desk.session.commit()
    desk.withhold(sent, "words")
    desk.publish(sent)
    page = client.get(client.get(desk.public()).link("Cymraeg"))
    assert page.h1 == "Tystiolaeth sydd wedi’i chyhoeddi"
    assert "Ymchwiliad" in page.text
    page = client.get(page.link(f"{sent.reference} Mary Smith"))
    assert "Beth sydd o’i le?" in page.text
    assert [words_of(e) for e in page.all("div") if e.get("lang") == "en"] == [
        "1 My [Gwybodaeth bersonol wedi’i thynnu]."
    ]
    assert [e.get("lang") for e in page.all("span") if e.get("class") == "app-removed"] == ["cy"]
    assert page.link("English").endswith("?lang=en")


def test_no_language_is_offered_where_no_call_is_in_two(desk: Desk, client: PageClient) -> None:
    desk.publish(desk.send())
    assert "Cymraeg" not in client.get(desk.public()).text


def test_markup_in_evidence_is_shown_as_text(desk: Desk, client: PageClient) -> None:
    sent = desk.send('<script>alert(1)</script> & "quotes"', name="<b>Ann</b>")
    desk.publish(sent)
    page = client.get(desk.public(sent.reference))
    assert '<script>alert(1)</script> & "quotes"' in page.text
    assert "<b>Ann</b>" in page.h1


def test_a_writer_is_told_whether_and_where_it_is_published(
    app: Flask, desk: Desk, client: PageClient
) -> None:
    out, kept = desk.send("Open words."), desk.send("Other words.")
    desk.publish(out)
    with app.test_request_context():
        (told,) = (fate for fate in what_became(desk.session, out.id) if fate.href)
        unpublished = [fate.words for fate in what_became(desk.session, kept.id)]
    assert told.words == f"Your evidence is published as {out.reference}"
    assert "Open words." in client.get(told.href).text
    assert "Your evidence is not published." in unpublished


def test_what_its_writer_withdraws_leaves_every_public_page_at_once(desk: Desk, client: PageClient) -> None:
    sent = desk.send("Words about a heronry.")
    desk.publish(sent)
    withdraw_submission(desk.session, sent.id, inquiry_id=sent.inquiry_id, actor=RESPONDENT, at=NOON)
    desk.session.commit()
    for rest in ("", "?words=heronry", "respondents", "feed.xml", sent.reference):
        answer = client.http.get(desk.public(rest))
        assert b"Words about" not in answer.data, rest
