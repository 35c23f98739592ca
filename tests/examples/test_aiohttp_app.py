"""Live components inside an application that has pages of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from hyper.components.loader import load_module

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
async def text_of(monkeypatch: pytest.MonkeyPatch):
    """The text of a page of the application."""
    monkeypatch.setenv("HYPER_SECRET", "of this test")
    async with TestClient(TestServer(load_module(EXAMPLES / "aiohttp_app.py").make_app())) as client:

        async def get(path: str) -> str:
            response = await client.get(path)
            assert response.status == 200
            return await response.text()

        yield get


async def test_counters_stand_in_a_jinja2_page(text_of) -> None:
    page = await text_of("/")
    assert page.count("data-live-component=") == 2
    assert page.count("<p>Count: 0</p>") == 2
    assert page.count("/_live/runtime-") == page.count("/_live/notice-") == 1


async def test_other_pages_are_as_they_were(text_of) -> None:
    assert "<script" not in await text_of("/about")
    assert "body {" in await text_of("/shop.css")
