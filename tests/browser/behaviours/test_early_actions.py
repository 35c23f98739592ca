"""What somebody does before the file of the actions is there: it waits for the actions, and counts."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Route, expect

from .view import View

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_key_pressed_before_the_actions_are_there_closes_what_opens_then(view: View) -> None:
    is_let_go = asyncio.Event()

    async def hold(route: Route) -> None:
        await is_let_go.wait()
        await route.continue_()

    await view.page.route("**/extras*.js", hold)
    await view.show("menu")
    await view.watch()
    await view.page.click("#open")
    await view.page.keyboard.press("Escape")
    assert await view.changes() == []
    is_let_go.set()
    await view.page.wait_for_function("behaviour.changes().includes('div#menu @hidden')")
    await expect(view.find("#menu")).to_be_hidden()
    await expect(view.find("#open")).to_be_focused()


async def test_a_click_waits_for_the_actions_of_the_click_before_it(view: View) -> None:
    is_let_go = asyncio.Event()

    async def hold(route: Route) -> None:
        await is_let_go.wait()
        await route.continue_()

    await view.page.route("**/extras*.js", hold)
    await view.show("menu")
    await view.page.evaluate("two.click(); three.click()")
    is_let_go.set()
    await view.has("#after", "three")
