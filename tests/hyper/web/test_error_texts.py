"""``setup(error_texts=…)`` in an application: what visitors are told over the socket and by posted forms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

import pytest
import ujson
from aiohttp import web
from markupsafe import Markup
from pydantic import Field

import hyper
from hyper import error
from hyper.errors import AuthorError

from ..plain_browser import Window, browsing

GERMAN = {"int_parsing": "Bitte eine ganze Zahl.", "greater_than_equal": "Mindestens {ge}."}


def by_language(kind: str, context: Mapping[str, Any]) -> str | None:
    language = hyper.request().headers.get("accept-language", "")
    return GERMAN.get(kind) if language.startswith("de") else None


@hyper.live(fallback="htmx")
def ages():
    def save(age: Annotated[int, Field(ge=18)]):
        pass

    return Markup(f'<form @submit="save"><input name="age"></form><p>{error("age")}</p>')


CASES = pytest.mark.parametrize(
    ("texts", "language", "told"),
    [
        (GERMAN, "en", ["Bitte eine ganze Zahl.", "Mindestens 18."]),
        (by_language, "de-AT, de", ["Bitte eine ganze Zahl.", "Mindestens 18."]),
        (by_language, "en", ["Please enter a whole number.", "Please enter 18 or more."]),
        (None, "de", ["Please enter a whole number.", "Please enter 18 or more."]),
    ],
)


@CASES
async def test_a_posted_form(texts: Any, language: str, told: list[str]) -> None:
    async with browsing(ages, error_texts=texts) as browser:
        browser.session.headers["Accept-Language"] = language
        page = await browser.open()
        assert [(await page.click("save", age=age)).text() for age in ("x", "5")] == told


@CASES
async def test_an_event_of_the_socket(texts: Any, language: str, told: list[str]) -> None:
    async with browsing(ages, error_texts=texts) as browser:
        browser.session.headers["Accept-Language"] = language
        page = await browser.open()
        assert await said_by_socket(page, "x", "5") == told


async def said_by_socket(page: Window, *ages: str) -> list[str]:
    """What the page shows after each of these was sent."""
    (mount_id,) = re.findall(r'data-live-fallback="(.*?)"', page.html)
    (token,) = re.findall(r'data-live-token="(.*?)"', page.html)
    session, origin = page.browser.session, page.browser.origin
    component = {"component_id": mount_id}
    said = []
    async with session.ws_connect(f"{origin}/_live/ws", headers={"Origin": origin}) as socket:
        await socket.send_json({"type": "connect", **component, "token": token, "version": 0})
        await socket.receive(timeout=10)
        for seq, age in enumerate(ages, 1):
            await socket.send_json(
                {"type": "event", **component, "seq": seq, "event": "save", "params": {"age": age}}
            )
            update, _ = ujson.loads((await socket.receive(timeout=10)).data)
            (patch,) = update["patches"]
            said.append(patch.get("html") or patch.get("value") or str(patch))
    return said


def test_a_mistake_is_told_when_the_application_starts() -> None:
    with pytest.raises(AuthorError, match="did you mean 'int_parsing'"):
        hyper.setup(web.Application(), secret="of these tests", error_texts={"int_parsin": "Eine Zahl."})
