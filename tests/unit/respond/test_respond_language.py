"""The language of the journey: chosen in the address, kept in the draft, sent with the evidence."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.calls.rules import QuestionKind
from consult.evidence.models import SourceText, Submission
from consult.respond.models import Draft
from tests.page import Page, PageClient
from tests.unit.respond.walk import ABOUT, World, code_on

WELSH_CALL = "Pwy sy’n penderfynu?"
WELSH_PROMPT = "Beth am y bws?"


@pytest.fixture
def bilingual(session: Session, world: World) -> World:
    world.call.languages = ["en", "cy"]
    world.call.translations = {"cy": {"title": WELSH_CALL}}
    world.questions[QuestionKind.FREE_TEXT].translations = {"cy": {"prompt": WELSH_PROMPT}}
    world.options["A little"].translations = {"cy": {"wording": "Ychydig"}}
    session.commit()
    return world


def language_of(page: Page) -> str:
    return page.all("html")[0].get("lang", "")


def test_a_bilingual_call_links_to_itself_in_the_other_language(client: PageClient, bilingual: World) -> None:
    page = client.get(bilingual.call_page)
    assert (language_of(page), page.h1) == ("en", bilingual.call.title)
    link = next(a for a in page.all("a", hreflang="cy"))
    assert (link.get("lang"), link.text) == ("cy", "Cymraeg")
    welsh = client.get(link.get("href", ""))
    assert (language_of(welsh), welsh.h1) == ("cy", WELSH_CALL)
    assert language_of(client.get(welsh.link("English"))) == "en"


@pytest.mark.parametrize(
    "asked", ["endpoint=x", "_method=PUT", "_scheme=javascript&_external=1", "words=a+b"]
)
def test_whatever_an_address_asks_the_other_language_is_a_link_to_the_same_page(
    client: PageClient, bilingual: World, asked: str
) -> None:
    page = client.get(f"{bilingual.base}/copy?{asked}")
    link = next(a.get("href", "") for a in page.all("a", hreflang="cy"))
    assert link == f"{bilingual.base}/copy?lang=cy&{asked}"
    assert language_of(client.get(link)) == "cy"


def test_a_call_in_english_stays_so_whatever_is_asked(client: PageClient, world: World) -> None:
    page = client.get(f"{world.call_page}?lang=cy")
    assert language_of(page) == "en"
    assert not page.all("a", hreflang="cy")


@pytest.mark.parametrize(("preferred", "language"), [("cy-GB, en;q=0.5", "cy"), ("fr, de;q=0.5", "en")])
def test_the_browsers_own_language_decides_on_a_first_visit_only(
    client: PageClient, bilingual: World, preferred: str, language: str
) -> None:
    client.http.environ_base["HTTP_ACCEPT_LANGUAGE"] = preferred
    assert language_of(client.get(bilingual.call_page)) == language
    assert language_of(client.get(f"{bilingual.call_page}?lang=en")) == "en"


def test_the_front_page_offers_welsh_once_a_call_does(client: PageClient, world: World) -> None:
    assert not client.get("/").all("a", hreflang="cy")
    world.call.languages = ["en", "cy"]
    page = client.get("/")
    assert page.link("Cymraeg") == "/?lang=cy"
    assert language_of(client.get("/?lang=cy")) == "cy"


def test_a_page_of_members_is_in_english_whatever_its_address_asks(client: PageClient) -> None:
    assert language_of(client.get("/sign-in?lang=cy")) == "en"


def test_the_language_goes_along_from_page_to_page(client: PageClient, bilingual: World) -> None:
    page = client.get(f"{bilingual.call_page}?lang=cy")
    about = client.submit(page, with_field="csrf_token")
    assert language_of(about) == "cy"
    question = client.submit(about, {**ABOUT, "then": "continue"})
    assert (language_of(question), question.h1) == ("cy", WELSH_PROMPT)
    assert all("lang=cy" in (form.get("action") or "lang=cy") for form in question.all("form"))
    assert language_of(client.get(question.all("a", class_="govuk-back-link")[0].get("href", ""))) == "cy"


def test_a_draft_is_resumed_in_its_own_language(app: Flask, client: PageClient, bilingual: World) -> None:
    about = client.submit(client.get(f"{bilingual.call_page}?lang=cy"), with_field="csrf_token")
    later = client.submit(about, {**ABOUT, "then": "later"})
    other = PageClient(app)
    resumed = other.submit(other.get("/respond/resume?lang=en"), {"code": code_on(later)})
    assert (language_of(resumed), resumed.h1) == ("cy", WELSH_PROMPT)


def test_a_draft_goes_on_in_the_language_in_which_it_was_last_saved(
    begun: PageClient, bilingual: World, the_draft: Callable[[], Draft]
) -> None:
    assert the_draft().language == "en"
    page = begun.get(f"{bilingual.base}/about?lang=cy")
    begun.submit(page, {**ABOUT, "then": "continue"})
    assert the_draft().language == "cy"
    assert language_of(begun.get(f"{bilingual.base}/check")) == "cy"


def test_the_language_is_kept_with_the_submission_and_its_texts(
    filled_in: PageClient, bilingual: World, session: Session
) -> None:
    check = filled_in.get(f"{bilingual.base}/check?lang=cy")
    sent = filled_in.submit(check, with_field="draft_code")
    assert language_of(sent) == "cy"
    submission = session.scalars(select(Submission).where(Submission.call_id == bilingual.call.id)).one()
    texts = select(SourceText.language).where(SourceText.submission_id == submission.id)
    assert (submission.language, set(session.scalars(texts))) == ("cy", {"cy"})


def test_a_receipt_is_in_the_language_of_what_was_sent(
    app: Flask, filled_in: PageClient, bilingual: World
) -> None:
    check = filled_in.get(f"{bilingual.base}/check?lang=cy")
    code = code_on(filled_in.submit(check, with_field="draft_code"))
    receipt = PageClient(app).get(f"/respond/receipt/{code}")
    assert language_of(receipt) == "cy"
    assert WELSH_PROMPT in receipt.text
    assert "Ychydig" in receipt.text
    english = PageClient(app).get(receipt.link("English"))
    assert "What about free_text?" in english.text


def test_words_without_a_translation_are_marked_as_english(client: PageClient, bilingual: World) -> None:
    page = client.get(f"{bilingual.call_page}?lang=cy")
    marked = {"".join(e.itertext()) for e in page.tree.iter() if e.tag == "span" and e.get("lang") == "en"}
    assert "What about single?" in marked
    assert WELSH_PROMPT not in marked


def test_a_question_of_two_languages_says_which_choice_is_in_which(
    begun: PageClient, bilingual: World
) -> None:
    page = begun.get(f"{bilingual.path(QuestionKind.SINGLE)}?lang=cy")
    assert page.all("fieldset")[0].get("lang") == "en"
    languages = {"".join(e.itertext()).strip(): e.get("lang") for e in page.all("label")}
    assert (languages["Ychydig"], languages["A lot"]) == ("cy", "en")
