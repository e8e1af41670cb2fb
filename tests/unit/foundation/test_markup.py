import pytest

from consult.foundation.markup import prose

HOSTILE = [
    "<script>alert(1)</script>",
    "[a](javascript:alert(1))",
    "<img src=x onerror=alert(1)>",
    "<a href='https://example.org' onclick='x()'>a</a>",
    "![picture](https://example.org/spy.png)",
    "<iframe src='https://example.org'></iframe>",
    "[a](data:text/html;base64,PHNjcmlwdD4=)",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_runs_or_fetches_comes_through(text: str) -> None:
    html = str(prose(text))
    assert not any(f"<{element}" in html for element in ("script", "img", "iframe"))
    assert 'href="javascript' not in html
    assert 'href="data' not in html
    assert "<a href='https" not in html


def test_what_staff_may_write_stays() -> None:
    html = str(prose("## Terms\n\nWe *read* **all** of it.\n\n- one\n- two\n\n[More](https://example.org)"))
    for element in ("<h2>Terms</h2>", "<em>read</em>", "<strong>all</strong>", "<li>one</li>"):
        assert element in html
    assert '<a href="https://example.org">More</a>' in html
