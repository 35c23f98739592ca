"""After a form that is refused or fails, for whatever reason, the next two are done."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest

from hyper.testing.sources import one
from hyper.transport.limits import Limits

from ...failures import FAILURES, SOURCE, Failure
from ..plain_browser import browsing

LIMITS = Limits(handler_s=0.5, form_bytes=20_000, form_fields=20)
POSTABLE = [row for row in FAILURES if "(" not in row.call and row.handler != "nobody"]
BUTTONS = "".join(f'<button @click="{row.handler}">{row.handler}</button>' for row in POSTABLE)
PAGE = SOURCE.replace("@live\n", '@live(fallback="htmx")\n').replace(
    '<i @pick="take(given)"', f'{BUTTONS}<i @pick="take(given)"'
)
FORM = """
@live(fallback="htmx")
def page():
    saved, count = "", 0
    def save(text: str):
        nonlocal saved, count
        saved, count = text, count + 1
    t'''<form @submit.prevent="save"><input name="text"><button>Save</button></form><p>{saved}</p><b>{count}</b>'''
"""


@pytest.mark.parametrize("failure", POSTABLE, ids=lambda row: row.name)
async def test_after_it_two_clicks_count(tmp_path: Path, failure: Failure) -> None:
    async with browsing(one(tmp_path, PAGE), limits=LIMITS) as browser:
        page = await browser.open()
        await page.click(failure.handler)
        assert page.notice
        for count in ("1", "2"):
            await page.click("add")
            assert f"<b>{count}</b>" in page.html
            assert page.notice == ""


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [
        pytest.param("a\0b", 400, "bad_frame", id="a NUL"),
        pytest.param("x\ud83d", 400, "bad_frame", id="half a surrogate pair"),
        pytest.param("x" * 30_000, 413, "too_large", id="too long a text"),
        pytest.param("é" * 12_000, 413, "too_large", id="too many bytes"),
    ],
)
async def test_after_a_form_that_is_refused_two_are_done(
    tmp_path: Path, text: str, status: int, code: str
) -> None:
    async with browsing(one(tmp_path, FORM), limits=LIMITS) as browser:
        page = await browser.open()
        url = page.url_of("save")
        body = f"_live={page.token()}&text={quote(text, errors='surrogatepass')}".encode()
        headers = {"Origin": browser.origin, "Content-Type": "application/x-www-form-urlencoded"}
        async with browser.session.post(browser.origin + url, data=body, headers=headers) as answer:
            assert (answer.status, answer.headers["Live-Error"]) == (status, code)
            assert "Your form was not submitted" in await answer.text()
        for count, good in (("1", "good"), ("2", "better")):
            await page.click("save", text=good)
            assert f"<p>{good}</p><b>{count}</b>" in page.html
            assert page.notice == ""
