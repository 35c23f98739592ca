"""A handler that takes its time: ``updates`` holds what was shown in between."""

from __future__ import annotations

from pathlib import Path

import pytest

from hyper.components.loader import load_module
from hyper.testing import Page, mount, mount_async

EXAMPLES = Path(__file__).parents[2] / "examples"
example = load_module(EXAMPLES / "search.py")


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Page:
    monkeypatch.setattr(example, "DELAY_S", 0)
    return mount(example.search)


def test_typing_searches(page: Page) -> None:
    page.fill("input", "json")
    assert "json" in page.texts("li a")
    assert page.find("a", "json")["href"] == "https://docs.python.org/3/library/json.html"


def test_the_loading_state_is_shown_first(page: Page) -> None:
    page.fill("input", "json")
    loading, done = page.updates
    assert ">Searching…<" in loading.html
    assert "<li" not in loading.html
    assert "module" in page.text("[role=status]")
    assert done.html == page.html


def test_old_hits_stay_until_the_new_ones_are_there(page: Page) -> None:
    page.fill("input", "json")
    page.fill("input", "zip")
    assert 'class="stale"' in page.updates[0].html
    assert "json.html" in page.updates[0].html
    assert not page.has(".stale")
    assert "zipfile" in page.texts("li a")


def test_every_word_counts_and_is_marked(page: Page) -> None:
    page.fill("input", "time DATE")
    assert page.texts("li a") == ["datetime"]
    assert page.texts("li a mark") == ["date", "time"]


def test_many_hits_are_cut(page: Page) -> None:
    page.fill("input", "e")
    assert len(page.all("li")) == example.SHOWN
    assert page.text(".more").endswith("add a word")


def test_escape_clears(page: Page) -> None:
    page.fill("input", "json")
    page.keydown("input", "Escape")
    assert page.value("input") == ""
    assert not page.has("li")


def test_nothing_found(page: Page) -> None:
    page.fill("input", "no such module, surely (.*")
    assert page.text("[role=status]") == "0 modules"


async def test_the_same_in_an_async_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(example, "DELAY_S", 0)
    async with await mount_async(example.search) as page:
        await page.fill("input", "json")
        assert "json" in page.texts("li a")
