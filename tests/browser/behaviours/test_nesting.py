"""Live components inside others: each is itself, wherever and however often it comes."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from .view import Show

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_nested_component_that_goes_and_comes_back_at_once_is_there(show: Show) -> None:
    view = await show("person_page")
    await expect(view.find("#name")).to_have_value("John")
    await view.click("#reload")
    await expect(view.find("#name")).to_have_value("John")
    for _ in range(5):
        await view.click("#toggle")
        await expect(view.find("#name")).to_have_count(0)
        await view.click("#toggle")
        await view.fill("#name", "Jane")
    await view.has(".static", "static")


async def test_a_component_within_a_nested_one_comes_and_goes(show: Show) -> None:
    view = await show("outer")
    for count in (1, 0, 1):
        await view.click("#branch-toggle")
        await expect(view.find(".leaf")).to_have_count(count)


async def test_a_component_stays_while_the_one_around_it_renders(show: Show) -> None:
    view = await show("outer")
    await view.click("#branch-toggle")
    await view.click(".leaf")
    assert await view.changes_of(view.click("#tick")) == ["button#tick #text"]
    await view.click(".leaf")
    await view.has(".leaf", "2")


async def test_a_click_on_a_component_that_has_gone_meanwhile_does_no_harm(show: Show) -> None:
    view = await show("outer")
    await view.click("#branch-toggle")
    await view.hold()
    await view.find("#branch-toggle").click()
    await view.find(".leaf").click()
    await view.free()
    await expect(view.find(".leaf")).to_have_count(0)
    assert [problem.split()[1] for problem in view.problems] == ["unknown_component"]
    view.problems.clear()
    await view.click("#branch-toggle")
    await view.has(".leaf", "0")


async def test_components_with_new_keys_are_new(show: Show) -> None:
    view = await show("pairs")
    for _ in range(10):
        await view.click("#bump")
    await view.has(".leaf", "8", "9", "10")


async def test_components_that_load_by_themselves_are_ticked_on_and_off(show: Show) -> None:
    view = await show("loading_items")
    await view.has("p", "loaded", "loaded")
    await view.click("#tick-1")
    await view.click("#tick-2")
    await expect(view.find("p")).to_have_count(0)
    await view.click("#tick-1")
    await view.has("p", "loaded")
    await expect(view.find("#item-1")).to_have_attribute("data-loaded", "true")
    await view.click("#tick-2")
    await view.has("p", "loaded", "loaded")


async def test_the_list_of_a_nested_component_follows_its_property(show: Show) -> None:
    view = await show("entries")
    await view.click("#load")
    await view.has("#result p", "first", "second", "third")
    assert await view.changes_of(view.click("#drop")) == ["div#result -p"]
    await view.has("#result p", "second", "third")


async def test_lists_of_two_components_are_not_mixed_up(show: Show) -> None:
    view = await show("two_logs")
    await view.click("#left button")
    await view.click("#right button")
    await view.has("#left li", "1", "2", "3", "4")
    await view.has("#right li", "5", "6", "7", "8")


async def test_nested_lists_come_back_with_the_connection(show: Show) -> None:
    view = await show("two_logs")
    await view.click("#left button")
    await view.disconnect()
    await view.watch()
    await view.connect()
    assert await view.changes() == []
    await view.click("#left button")
    await view.has("#left li", "1", "2", "3", "4", "5")


async def test_an_attribute_is_back_at_its_default(show: Show) -> None:
    view = await show("painted")
    for style, text in (("background-color: red;", ""), ("width: 100px;", "No red")):
        await view.click("button")
        await view.has("#painted", text)
        assert await view.find("#painted").evaluate("element => element.style.cssText") == style
