"""Something fails: the page, its neighbours and its last good state stay."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from .view import Show, View

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def failing(view: View, caplog: pytest.LogCaptureFixture) -> AsyncIterator[set[str]]:
    """The names of components that fail to mount."""
    names: set[str] = view.global_of("house", "failing")
    view.global_of("house", "mounts").clear()
    yield names
    names.clear()


def mounts(view: View) -> list[str]:
    return view.global_of("house", "mounts")  # type: ignore[no-any-return]


async def code_of_problem(view: View) -> str:
    """The code of the one complaint that the page has printed, which is expected."""
    (problem,) = view.problems
    view.problems.clear()
    return problem.split()[1]


async def test_a_page_whose_component_fails_is_an_error_without_details(
    view: View, failing: set[str]
) -> None:
    failing.add("house")
    response = await view.page.goto(f"{view.address}/house")
    assert response is not None
    assert response.status == 500
    assert "fails, as it was told to" not in await response.text()


async def test_a_component_that_cannot_be_mounted_again_leaves_the_page_as_it_is(
    view: View, show: Show, failing: set[str]
) -> None:
    await show("house")
    await view.click("#click")
    await view.disconnect(forget=True)
    failing.add("house")
    view.live.process.is_draining = False
    async with view.page.expect_console_message(lambda message: message.text.startswith("live:")):
        await view.page.evaluate("dispatchEvent(new Event('online'))")
    assert await code_of_problem(view) == "mount_failed"
    await view.has("#click", "1")
    await view.disconnect()
    failing.clear()
    await view.connect()
    await view.has("#click", "0")
    await view.click("#click")
    await view.has("#click", "1")


async def test_a_nested_component_that_cannot_be_mounted_leaves_its_neighbours_alone(
    view: View, show: Show, failing: set[str]
) -> None:
    failing.add("room")
    await show("house")
    await view.has("[role=alert]", "room could not be shown.")
    await view.click("#click")
    await view.has("#click", "1")


async def test_a_nested_component_that_cannot_be_mounted_is_not_tried_for_ever(
    view: View, show: Show, failing: set[str]
) -> None:
    failing.add("room")
    await show("house")
    for _ in range(3):
        await view.click("#click")
    assert mounts(view) == ["house", "room"]


async def test_a_nested_handler_that_fails_changes_nothing(view: View, show: Show, failing: set[str]) -> None:
    await show("house")
    await view.click("#step")
    await view.watch()
    await view.click("#stumble")
    assert await code_of_problem(view) == "handler_failed"
    assert await view.changes() == []
    await view.click("#step")
    await view.has("#step", "2")
    assert mounts(view) == ["house", "room"]


async def test_a_handler_that_fails_changes_nothing(view: View, show: Show, failing: set[str]) -> None:
    await show("house")
    await view.click("#click")
    await view.click("#step")
    await view.watch()
    await view.click("#crash")
    assert await code_of_problem(view) == "handler_failed"
    assert await view.changes() == []
    await view.click("#click")
    await view.has("#click", "2")
    await view.has("#step", "1")
    assert mounts(view) == ["house", "room"]


async def test_a_nested_handler_that_fails_in_its_parent_changes_neither(
    view: View, show: Show, failing: set[str]
) -> None:
    await show("house")
    await view.click("#click")
    await view.click("#step")
    await view.watch()
    await view.click("#pull-down")
    assert await code_of_problem(view) == "handler_failed"
    assert await view.changes() == []
    await view.click("#click")
    await view.click("#step")
    await view.has("#click", "2")
    await view.has("#step", "2")


async def test_a_view_that_fails_keeps_its_last_good_look(view: View, show: Show, failing: set[str]) -> None:
    await show("gallery")
    await view.click(".picture >> nth=1")
    await view.has(".picture", "1 0", "1 1")
    await view.click("#toggle")
    assert await code_of_problem(view) == "handler_failed"
    await view.has("#toggle", "broken")
    await view.has(".picture", "1 0", "1 1")
    await view.click(".picture >> nth=1")
    await view.has(".picture", "1 0", "1 2")
    await view.click("#toggle")
    await view.has("#toggle", "sound")
    await view.click(".picture >> nth=0")
    await expect(view.find(".picture").first).to_have_text("1 1")
