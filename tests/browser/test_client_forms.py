"""Forms: what is reported, what is busy, and what typing survives."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from .live import Live

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_submit_reports_what_the_attributes_do_not_say(live: Live) -> None:
    await live.show(
        '<form @submit="save(text)"><input name="text"><input type="checkbox" checked>'
        "<select><option>a</option><option>b</option></select><input value='same'><textarea>t</textarea><button>go</button></form>"
    )
    await live.page.locator("[name=text]").fill("milk")
    await live.page.locator("[type=checkbox]").uncheck()
    await live.page.locator("select").select_option("b")
    await live.page.locator("textarea").fill("T")
    await live.page.get_by_text("go").click()
    await live.until(live.events)
    assert live.events()[0]["fields"] == [
        {"path": "form/input[1]/@value", "value": "milk"},
        {"path": "form/input[2]/@checked", "value": None},
        {"path": "form/select/option[2]/@selected", "value": ""},
        {"path": "form/textarea/@value", "value": "T"},
    ]
    await live.update({"path": "form/input[1]/@value", "value": None})
    await expect(live.page.locator("[name=text]")).to_have_value("")


async def test_a_submitted_value_is_cleared_while_its_field_has_the_focus(live: Live) -> None:
    await live.show('<form @submit="add(text)"><input name="text"></form>')
    await live.page.locator("input").fill("milk")
    await live.page.locator("input").press("Enter")
    await live.until(live.events)
    await live.update({"path": "form/input/@value", "value": None})
    await expect(live.page.locator("input")).to_have_value("")
    await expect(live.page.locator("input")).to_be_focused()


async def test_typing_goes_on_while_an_older_value_comes_back(live: Live) -> None:
    await live.show('<input @input="search(value)">')
    await live.page.locator("input").press_sequentially("ab")
    await live.until(lambda: len(live.events()) == 2)
    await live.page.evaluate("document.activeElement.value += 'c'")  # not yet told: no input event
    await live.update({"path": "input/@value", "value": "AB"})
    await live.until(lambda: live.version == 1)
    assert await live.page.evaluate("document.activeElement.value") == "abc"


async def test_a_choice_is_reported(live: Live) -> None:
    await live.show(
        '<input type="checkbox" @change="toggle"><form><input type="radio" name="r" checked>'
        '<input type="radio" name="r" @change="pick"></form>'
    )
    await live.page.locator("[type=checkbox]").check()
    await live.page.locator("[type=radio]").last.check()
    await live.until(lambda: len(live.events()) == 2)
    assert [event["fields"] for event in live.events()] == [
        [{"path": "input/@checked", "value": ""}],
        [{"path": "form/input[1]/@checked", "value": None}, {"path": "form/input[2]/@checked", "value": ""}],
    ]


async def test_a_trigger_is_busy_until_its_event_has_run(live: Live) -> None:
    await live.show(
        '<form @submit="save"><input><button id="go">go</button></form><button @click="other">x</button>'
    )
    live.acknowledges = False
    await live.page.locator("#go").click()
    form = live.page.locator("form")
    await expect(form).to_have_class("live-loading")
    await expect(form).to_have_attribute("aria-busy", "true")
    await expect(live.page.locator("#go")).to_be_disabled()
    live.done = 1
    await live.acknowledge()
    await expect(form).to_have_class("")
    await expect(live.page.locator("#go")).to_be_enabled()
    assert await form.get_attribute("aria-busy") is None


async def test_a_button_that_the_server_disables_stays_disabled(live: Live) -> None:
    await live.show('<form @submit="save"><button>go</button></form>')
    live.acknowledges = False
    await live.page.locator("button").click()
    await live.until(live.events)
    await live.update({"path": "form/button/@disabled", "value": ""})
    live.done = 1
    await live.acknowledge()
    await expect(live.page.locator("form")).to_have_class("")
    await expect(live.page.locator("button")).to_be_disabled()
