from collections.abc import Callable

from flask import Flask
from flask_migrate import upgrade

from tests.page import PageClient


def test_every_page_carries_the_headers_that_protect_it(client: PageClient) -> None:
    headers = client.http.get("/sign-in").headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in headers, "over http it would say nothing true"


def test_behind_https_browsers_are_told_to_stay_there(fresh_app: Callable[..., Flask]) -> None:
    app = fresh_app(secure_cookies=True)
    with app.app_context():
        upgrade()
    headers = app.test_client().get("/sign-in", base_url="https://evidence.example.org").headers
    assert headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert headers["Set-Cookie"].startswith("__Host-consult=")
    assert "; Secure" in headers["Set-Cookie"]
