"""A clerk withholds by key, publishes, and a reader outside sees what is left."""

from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import AXE
from tests.journeys.test_welsh import seen

Look = Callable[[Page, str], None]
SignIn = Callable[[Page, str], None]
ROOM = "/inquiries/future-of-localism"
PUBLIC = "/evidence/future-of-localism/"


def decide(page: Page, key: str, then: str) -> None:
    """Press a key, and wait until the page that answers says so and hears keys."""
    page.keyboard.press(key)
    expect(page.get_by_text(then, exact=then.endswith("."))).to_be_visible()
    expect(page.locator("#keys-line")).to_be_visible()


def test_a_clerk_redacts_by_key_and_publishes_and_a_reader_sees_what_is_left(
    page: Page, browser: Browser, base_url: str, sign_in: SignIn, look: Look
) -> None:
    sign_in(page, "clerk")
    page.goto(f"{ROOM}/redaction/LOC0014")
    look(page, "redaction-desk")
    expect(page.get_by_text("0 of 7 decided")).to_be_visible()
    page.keyboard.press("e")
    words = page.get_by_label("Words to withhold").first
    expect(words).to_be_focused()
    expect(words).to_have_value("Jean")
    page.locator("h1").click()
    decide(page, "a", "1 of 7 decided")
    decide(page, "r", "2 of 7 decided")
    decide(page, "u", "1 of 7 decided")
    for number in range(2, 8):
        decide(page, "a", f"{number} of 7 decided")
    select_words(page)
    decide(page, "s", "Withheld.")
    page.keyboard.press("f")
    expect(page.get_by_text("LOC0014: redaction done")).to_be_visible()
    publish(page, look)
    read_outside(browser.new_context(base_url=base_url, java_script_enabled=False).new_page())


def publish(page: Page, look: Look) -> None:
    page.goto(f"{ROOM}/publication")
    look(page, "publication")
    page.get_by_label("LOC0014").check()
    page.get_by_role("button", name="Preview what goes out").click()
    look(page, "publication-preview")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("published.").first).to_be_visible()


def read_outside(page: Page) -> None:
    page.goto(PUBLIC)
    page.get_by_label("Words in the evidence").fill("1921")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="LOC0014").click()
    expect(page.locator("main")).to_contain_text("[Name of another person removed]")
    expect(page.locator("main")).to_contain_text("[Personal information removed]")
    expect(page.locator("main")).not_to_contain_text("Amory")
    page.context.close()


def test_published_evidence_can_be_read_by_anybody(page: Page, look: Look) -> None:
    for address, name in [
        ("/evidence/", "published-inquiries"),
        (PUBLIC, "published-list"),
        (f"{PUBLIC}respondents", "published-respondents"),
        (f"{PUBLIC}LOC0001", "published-evidence"),
    ]:
        page.goto(address)
        look(page, name)
        page.evaluate(AXE.read_text("utf-8"))
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found] == [], name


def test_published_evidence_is_read_in_welsh_with_nothing_of_ours_in_english(page: Page) -> None:
    for address, name in [
        ("/evidence/?lang=cy", "published-inquiries"),
        (f"{PUBLIC}?lang=cy", "published-list"),
        (f"{PUBLIC}?lang=cy&words=dim+byd+o+gwbl", "published-nothing"),
        (f"{PUBLIC}respondents?lang=cy", "published-respondents"),
        (f"{PUBLIC}LOC0001?lang=cy", "published-evidence"),
    ]:
        page.goto(address)
        seen(page, name)


def select_words(page: Page) -> None:
    """Select the first words of the last paragraph as received."""
    page.evaluate(
        """() => {
            const all = document.querySelectorAll('[data-text] .app-paragraph__words');
            const words = [...all].at(-1).firstChild;
            const range = document.createRange();
            range.setStart(words, 0);
            range.setEnd(words, 8);
            getSelection().removeAllRanges();
            getSelection().addRange(range);
        }"""
    )
