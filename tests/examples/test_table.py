"""Ten thousand rows, of which a page is sent, of which only the difference is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

import hyper
from hyper.testing import Page, mount

EXAMPLES = Path(__file__).parents[2] / "examples"
table = hyper.load(EXAMPLES / "table.py")["table"]


@pytest.fixture
def page() -> Page:
    return mount(table)


def column(page: Page, name: str) -> list[str]:
    return page.texts(f"td.{name}")


def test_the_first_page(page: Page) -> None:
    assert column(page, "number") == [str(number) for number in range(1, 11)]
    assert page.text("footer p") == "1–10 of 10,000"
    assert page.find("button", "← Back")["aria-disabled"] == "true"
    page.click("button", "← Back")
    assert page.patches == []


def test_turning_pages(page: Page) -> None:
    page.click("button", "Next →")
    assert page.text("footer p") == "11–20 of 10,000"
    page.click("button", "← Back")
    assert page.text("footer p") == "1–10 of 10,000"


def test_sorting_up_and_down(page: Page) -> None:
    page.click("th button", "Amount")
    up = [float(text.replace(",", "")) for text in column(page, "amount")]
    assert up == sorted(up)
    assert page.find("th.amount")["aria-sort"] == "ascending"
    page.click("th button", "Amount")
    down = [float(text.replace(",", "")) for text in column(page, "amount")]
    assert down == sorted(down, reverse=True)
    assert down[0] > up[0]
    page.click("th button", "City")
    assert page.find("th.amount")["aria-sort"] == "none"
    assert set(column(page, "city")) == {"Accra"}


def test_searching(page: Page) -> None:
    page.fill("input", "ADA kyoto")
    assert len(page.all("tbody tr")) == 10
    assert all("Ada" in row and "Kyoto" in row for row in page.texts("tbody tr"))
    page.fill("input", "nobody at all")
    assert page.text("footer p") == "Nothing found"
    assert not page.has("tbody tr")


def test_a_search_keeps_the_order_and_starts_at_the_first_page(page: Page) -> None:
    page.click("th button", "Amount")
    page.click("button", "Next →")
    page.fill("input", "kyoto")
    assert page.text("footer p").startswith("1–10 of")
    amounts = [float(text.replace(",", "")) for text in column(page, "amount")]
    assert amounts == sorted(amounts)


def test_rows_that_stay_are_not_sent_again(page: Page) -> None:
    page.fill("input", "ada")
    kept = column(page, "number")
    page.fill("input", "ada ")
    assert column(page, "number") == kept
    assert page.patches == []
