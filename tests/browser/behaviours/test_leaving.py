"""Elements that fade out before they go: seen for a moment, and otherwise gone."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from .test_widgets import LOG
from .view import Show, View

pytestmark = pytest.mark.asyncio(loop_scope="session")

LONGEST_MS = 2000
HOLD = f"""() => {{
    const {{ setTimeout }} = window;
    behaviour.late = [];
    window.setTimeout = (end, ms, ...rest) =>
        ms === {LONGEST_MS} ? behaviour.late.push(end) : setTimeout(end, ms, ...rest);
}}"""
"""The longest time that fading may take passes when the test says so: ``PASS``."""
PASS = "behaviour.late.forEach((end) => end())"
FADED = """document.getAnimations().forEach((one) => one.finish())"""


async def shown(show: Show, name: str = "departures") -> View:
    view = await show(name)
    await view.extras()
    await view.page.evaluate(HOLD)
    return view


async def is_fading(view: View, selector: str) -> None:
    """Is it there for the eye alone?"""
    await expect(view.find(f"{selector}.fade")).to_have_count(1)
    assert await view.find(selector).evaluate("element => !!element.closest('[inert]')")


async def test_an_item_fades_out_before_it_goes(show: Show) -> None:
    view = await shown(show)
    await view.click("#b >> text=delete")
    await is_fading(view, "#b.out")
    await view.page.evaluate(FADED)
    await expect(view.find("li")).to_have_count(2)


async def test_components_fade_out_however_many_roots_they_have(show: Show) -> None:
    view = await shown(show, "troupe")
    await view.click("button")
    for each in ("#single", "#several", "#row"):
        await is_fading(view, each)
    await expect(view.find("#second")).to_be_visible()
    await view.page.evaluate(FADED)
    await expect(view.find("p, tr")).to_have_count(0)
    await view.click("button")
    await expect(view.find("p:not([inert]), tr:not([inert])")).to_have_count(4)


async def test_an_item_comes_back_while_the_old_one_fades(show: Show) -> None:
    view = await shown(show)
    await view.click("#b >> text=delete")
    await view.click("#add")
    await expect(view.find("#b")).to_have_count(2)
    await view.click("#b:not([inert]) >> text=delete")
    await expect(view.find("#b[inert]")).to_have_count(2)
    await view.page.evaluate(FADED)
    await expect(view.find("#b")).to_have_count(0)


async def test_a_list_changes_around_an_item_that_fades(show: Show) -> None:
    view = await shown(show)
    await view.click("#b >> text=delete")
    assert await view.changes_of(view.click("#reverse")) == ["ul +li#c", "ul -li#c"]
    await view.click("#a >> text=delete")
    await view.page.evaluate(FADED)
    await view.has("li", "delete c")


async def test_what_goes_around_an_item_takes_it_along(show: Show) -> None:
    view = await shown(show)
    await view.click("#b >> text=delete")
    await view.click("#drop")
    await expect(view.find("#whole, li")).to_have_count(0)
    await view.page.evaluate(PASS)


async def test_without_something_that_moves_it_goes_at_once(show: Show) -> None:
    view = await shown(show)
    await view.click("#extra")
    await is_fading(view, "#more")
    await expect(view.find("#plain, #spinner")).to_have_count(0)


async def test_who_wants_less_motion_sees_it_go_at_once(show: Show) -> None:
    view = await shown(show)
    await view.page.emulate_media(reduced_motion="reduce")
    await view.click("#b >> text=delete")
    await expect(view.find("li")).to_have_count(2)


async def test_a_fading_that_takes_too_long_is_cut_short(show: Show) -> None:
    view = await shown(show)
    await view.click("#b >> text=delete")
    await is_fading(view, "#b")
    await view.page.evaluate(PASS)
    await expect(view.find("li")).to_have_count(2)


async def test_fields_that_fade_are_not_sent_and_have_no_focus(show: Show) -> None:
    view = await shown(show)
    await view.page.focus("#more input")
    await view.page.evaluate("document.getElementById('extra').click()")
    await view.settled()
    await is_fading(view, "#more")
    assert await view.page.evaluate("document.activeElement === document.body")
    await view.page.evaluate("document.querySelector('#more input').focus()")
    assert await view.page.evaluate("document.activeElement === document.body")
    await view.click("#send")
    await view.has("output", "{'kept': '1'}")


async def test_actions_pass_over_what_fades(show: Show) -> None:
    view = await shown(show)
    await view.click("#a >> text=delete")
    await view.click("#focus")
    await expect(view.find("#b button")).to_be_focused()


async def test_a_hook_is_told_when_it_has_faded(show: Show) -> None:
    view = await shown(show)
    await view.page.evaluate(LOG)
    await view.click("#b >> text=delete")
    await view.click("#reverse")
    assert [line for line in await view.page.evaluate("log") if line.endswith(" b")] == ["mounted b"]
    await view.page.evaluate(FADED)
    await view.page.wait_for_function("log.at(-1) === 'removed b'")


async def test_a_lost_connection_leaves_what_fades_alone(show: Show) -> None:
    view = await shown(show)
    await view.click("#b >> text=delete")
    await view.disconnect(forget=True)
    await view.connect()
    await is_fading(view, "#b[inert]")
    await view.has("li:not([inert])", "delete a", "delete b", "delete c")
    await view.page.evaluate(FADED)
    await expect(view.find("li")).to_have_count(3)
