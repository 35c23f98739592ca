"""Scripts of the page: hooks, custom elements, widgets, and where the mouse is."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from .view import Show, View

pytestmark = pytest.mark.asyncio(loop_scope="session")

LOG = """async () => {
    const { hook } = await import("/_live/extras.js");
    window.log = [];
    const say = (word) => (element) => log.push(`${word} ${element.dataset.name}`);
    hook("Log", { mounted: say("mounted"), updated: say("updated"), removed: say("removed") });
}"""


async def logged(view: View, selector: str, name: str) -> list[str]:
    """What the hook of one element is told of a click."""
    await view.page.evaluate("log.length = 0")
    await view.click(selector)
    return [line for line in await view.page.evaluate("log") if line.endswith(f" {name}")]


async def test_hooks_of_nested_components_come_and_go_with_them(show: Show) -> None:
    view = await show("hooked")
    await view.page.evaluate(LOG)
    assert {"mounted 1", "mounted 2", "mounted 3"} < set(await view.page.evaluate("log"))
    assert await logged(view, "#drop", "2") == ["removed 2"]
    assert await logged(view, "#add", "4") == ["mounted 4"]
    assert "removed" not in " ".join(await logged(view, "#tick", "1"))


async def test_an_element_that_stays_is_updated_and_not_mounted_anew(show: Show) -> None:
    view = await show("hooked")
    await view.page.evaluate(LOG)
    await view.find("#same").evaluate("element => { element.mine = true }")
    assert await logged(view, "#tick", "same") == ["updated same"]
    assert await view.find("#same").evaluate("element => element.mine")


async def test_an_element_with_another_id_is_another_one(show: Show) -> None:
    view = await show("hooked")
    await view.page.evaluate(LOG)
    await view.click("#rename")
    log = await view.page.evaluate("log")
    assert "mounted b" in log
    await view.has("#b b", "child of b")
    await expect(view.find("#a")).to_have_count(0)


async def test_a_hook_outside_of_components_is_mounted_once(show: Show) -> None:
    view = await show("hooked")
    await view.page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<p live-hook=Log data-name=outside></p>')"
    )
    await view.page.evaluate(LOG)
    await view.disconnect()
    await view.connect()
    assert (await view.page.evaluate("log")).count("mounted outside") == 1


async def test_events_of_custom_elements_reach_handlers(show: Show) -> None:
    view = await show("hooked")
    await view.find("#custom").evaluate(
        "element => element.dispatchEvent(new CustomEvent('picked', { bubbles: true, detail: { detail_of_it: 'this' } }))"
    )
    await view.has("output", "this")


async def test_attributes_of_a_widget_follow_the_server_and_its_content_does_not(show: Show) -> None:
    view = await show("foreign")
    await view.find("#widget").evaluate("element => { element.innerHTML = '<b>widget</b>' }")
    for is_off in (True, False):
        await view.click("#tick")
        assert await view.find("#widget").evaluate("element => element.disabled") == is_off
    await view.has("#widget b", "widget")


async def test_what_a_script_sets_on_an_element_stays(show: Show) -> None:
    view = await show("foreign")
    await view.find("#marked").evaluate("element => element.setAttribute('aria-hidden', 'false')")
    assert await view.changes_of(view.click("#tick")) == ["p#marked #text"]
    await expect(view.find("#marked")).to_have_attribute("aria-hidden", "false")


FACES = """() => {
    customElements.define("face-box", class extends HTMLElement {
        static formAssociated = true;
        constructor() { super(); this.attachInternals().setFormValue("x"); }
    });
    customElements.define("plain-box", class extends HTMLElement {});
}"""


@pytest.mark.parametrize("focused", ["#face", "#field", "#plain"])
async def test_what_is_inside_a_focused_custom_element_is_patched(show: Show, focused: str) -> None:
    view = await show("faces")
    await view.page.evaluate(FACES)
    await view.find(focused).focus()
    if focused == "#field":
        await view.find("#field").press_sequentially("typed")
    await view.set(count=1)
    await view.has("span", "1", "1", "1")
    await expect(view.find(focused)).to_be_focused()
    await expect(view.find("#field")).to_have_value("typed" if focused == "#field" else "")


async def test_an_element_that_moves_is_not_taken_out(show: Show) -> None:
    view = await show("tabs")
    await view.page.evaluate(
        """() => {
            window.log = [];
            customElements.define("tab-box", class extends HTMLElement {
                connectedCallback() { log.push(`in ${this.id}`); }
                disconnectedCallback() { log.push(`out ${this.id}`); }
                connectedMoveCallback() { log.push(`moved ${this.id}`); }
            });
            log.length = 0;
        }"""
    )
    await view.click("button")
    await view.has("tab-box", "a", "c", "b")
    log = await view.page.evaluate("log")
    assert log in (["moved b"], ["moved c"])


async def test_a_submit_by_enter_is_no_click_outside(show: Show) -> None:
    view = await show("overlay")
    await view.find("#name").fill("Ada")
    await view.find("#name").press("Enter")
    await view.has("output", "Ada")
    await expect(view.find("#panel")).to_be_visible()
    await view.page.mouse.click(5, 5)
    await expect(view.find("#panel")).to_have_count(0)


async def test_a_press_that_begins_inside_is_no_click_outside(show: Show) -> None:
    view = await show("overlay")
    await view.find("#name").fill("test")
    box = await view.find("#name").bounding_box()
    assert box is not None
    await view.page.mouse.move(box["x"] + box["width"] - 5, box["y"] + 5)
    await view.page.mouse.down()
    await view.page.mouse.move(5, box["y"] + 5)
    await view.page.mouse.up()
    await view.settled()
    await expect(view.find("#panel")).to_be_visible()
    await view.page.keyboard.press("Backspace")
    await expect(view.find("#name")).to_have_value("")
    await view.page.keyboard.press("Escape")
    await expect(view.find("#panel")).to_have_count(0)
