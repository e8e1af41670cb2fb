"""A real site with the demo, in a real browser."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.conftest import skip_or_fail

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / ".cache" / "assets" / "node_modules" / "axe-core" / "axe.min.js"
PATIENCE_SECONDS = 120.0
PASSWORD = "open the evidence"
# Without these the browser looks for hosts of its maker, which no test may.
QUIET = [
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
WIDTHS = {"narrow": 320, "wide": 1280}
# How long to wait for what a page must come to show, on a machine that others keep busy. What may take only
# so long says so itself.
expect.set_options(timeout=30_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Drive the browser of the machine; skip with the reason where there is none."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        skip_or_fail("there is no Chromium on this machine (Debian: apt-get install chromium)")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": program, "args": [*QUIET, *sandbox]}


@dataclass(frozen=True)
class Site:
    """A served demo."""

    url: str
    instance: Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve the demo as `./run` does, in a process of its own."""
    instance = tmp_path_factory.mktemp("site")
    port = free_port()
    log = (instance / "serve.log").open("wb")
    server = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "serve", "--port", str(port)],
        cwd=ROOT, env={**os.environ, "CONSULT_INSTANCE": str(instance)}, stdout=log, stderr=log,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(url, server, instance / "serve.log")
        yield Site(url, instance)
    finally:
        server.terminate()
        server.wait(timeout=PATIENCE_SECONDS)
        log.close()


def wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:  # no connection yet, or no answer in five seconds
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < deadline, f"it does not answer: {log.read_text()}"
            time.sleep(0.2)
        else:
            return


@pytest.fixture(scope="session")
def base_url(site: Site) -> str:
    return site.url


@pytest.fixture
def sign_in(site: Site) -> Callable[[Page, str], None]:
    """Give a function that signs a demo account in through the real page."""

    def act(page: Page, role: str) -> None:
        page.goto(f"{site.url}/sign-in")
        page.get_by_label("E-mail address").fill(f"{role}@consult.example")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/inquiries**")

    return act


@pytest.fixture
def look(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Give a function that checks a page with axe and takes a picture of it at 320 and 1280 pixels."""
    folder = ROOT / ".cache" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)

    def act(page: Page, name: str) -> None:
        page.wait_for_load_state()
        standing = page.viewport_size
        rules = page.evaluate("[...document.styleSheets].map(sheet => sheet.cssRules.length)")
        assert rules, f"{name} came without its style sheet"
        assert all(rules), f"{name} came without its style sheet"
        for width in WIDTHS.values():
            page.set_viewport_size({"width": width, "height": 800})
            overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert overflow <= 0, f"{name} is {overflow} pixels wider than a screen of {width}"
            page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)
            found = violations(page, any_impact=name.startswith("respond"))
            assert found == [], f"{name} at {width}"
        if standing:
            page.set_viewport_size(standing)

    return act


def violations(page: Page, *, any_impact: bool = False) -> list[str]:
    """Return what axe finds of serious or critical impact, or of any; evaluated, for no page lets it in."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{rule['id']} ({rule['impact']}): {node['html'][:200]}"
        for rule in found["violations"]
        if any_impact or rule["impact"] in {"serious", "critical"}
        for node in rule["nodes"]
    ]


@pytest.fixture
def plain_page(browser: Browser, site: Site) -> Iterator[Page]:
    """Give a page in which no script runs."""
    context: BrowserContext = browser.new_context(java_script_enabled=False, base_url=site.url)
    yield context.new_page()
    context.close()
