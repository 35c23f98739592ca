"""Rows of a posted form: errors stay with their rows."""

from __future__ import annotations

import re
from typing import Annotated

from markupsafe import Markup
from pydantic import BaseModel, Field

import hyper
from hyper import error

from ..plain_browser import browsing


class Line(BaseModel):
    text: Annotated[str, Field(pattern="^[A-Z]*$")]


@hyper.live(fallback="htmx")
def lines_form():
    keys = [1, 2, 3]

    def save(lines: list[Line]):
        pass

    def drop(key: int):
        keys.remove(key)

    def row(at, key):
        field = f"lines[{at}].text"
        button = f'<button type="button" @click="drop({key})">x</button>'
        return f'<div key="{key}"><input name="{field}"><b>{error(field)}</b>{button}</div>'

    rows = "".join(row(at, key) for at, key in enumerate(keys))
    return Markup(f'<form @submit="save">{rows}<button>Save</button></form>')


def wrong(html: str) -> list[bool]:
    """Does each row show an error?"""
    return ["right form" in row for row in re.findall(r'<input name="lines[^>]*>.*?</b>', html)]


async def test_a_row_that_goes_takes_its_error_with_it() -> None:
    typed = {"lines[0].text": "FINE", "lines[1].text": "bad", "lines[2].text": "FINE"}
    async with browsing(lines_form) as browser:
        page = await (await browser.open()).click("save", **typed)
        assert wrong(page.html) == [False, True, False]
        first = await page.post(page.url_of("drop", 0), **typed)
        assert wrong(first.html) == [True, False]
        assert wrong((await first.post(first.url_of("drop", 0), **typed)).html) == [False]
