"""Forms: what is sent, what is kept, what shows that it is on its way."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from .view import Show

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_readonly_field_stays_so_and_a_writable_one_too(show: Show) -> None:
    view = await show("letter")
    for number in (1, 2):
        assert await view.changes_of(view.click("#send")) == ["output #text"]
        await expect(view.find("[name=author]")).to_have_attribute("readonly", "")
        await expect(view.find("[name=text]")).not_to_have_attribute("readonly", "")
        await view.has("output", f"{number} sent, 0 pressed")


async def test_a_submit_button_is_disabled_until_its_form_has_arrived(show: Show) -> None:
    view = await show("letter")
    await view.hold()
    await view.find("#send").click()
    await expect(view.find("#send")).to_be_disabled()
    await expect(view.find("#letter")).to_have_class("live-loading")
    await view.free()
    await expect(view.find("#send")).to_be_enabled()
    await expect(view.find("#closed")).to_be_disabled()
    await expect(view.find("#letter")).to_have_class("")


async def test_a_button_without_a_form_is_busy_until_its_click_has_arrived(show: Show) -> None:
    view = await show("letter")
    await view.hold()
    await view.find("#press").click()
    await expect(view.find("#press")).to_have_attribute("aria-busy", "true")
    await expect(view.find("#press")).to_have_class("live-loading")
    await view.free()
    await expect(view.find("#press")).not_to_have_attribute("aria-busy", "true")
    await view.has("output", "0 sent, 1 pressed")


async def test_what_is_typed_while_the_line_is_down_arrives(show: Show) -> None:
    view = await show("profile")
    await view.fill("#name", "Grace")
    await view.disconnect()
    await view.find("#city").press_sequentially("Kyoto")
    await view.connect()
    await view.has("output", "Grace, no tea, Kyoto")
    await expect(view.find("#name")).to_have_value("Grace")
    await expect(view.find("#city")).to_have_value("Kyoto")
    await expect(view.find("#city")).to_be_focused()


async def test_a_server_that_forgot_is_told_what_the_fields_hold(show: Show) -> None:
    view = await show("profile")
    await view.fill("#name", "Grace")
    await view.fill("#city", "Kyoto")
    await view.click("#tea")
    await view.extras()
    await view.disconnect(forget=True)
    await view.connect()
    await expect(view.find("#name")).to_have_value("Grace")
    await expect(view.find("#city")).to_have_value("Kyoto")
    await expect(view.find("#tea")).to_be_checked()
    await view.has("output", "Grace, tea, Kyoto")


async def test_actions_before_a_handler_work_while_fields_are_told_again(show: Show) -> None:
    view = await show("profile")
    await view.fill("#city", "Kyoto")
    await view.disconnect(forget=True)
    await view.connect()
    await expect(view.find("#profile")).to_have_class("edited")
    await view.has("output", "Ada, no tea, Kyoto")


async def test_a_field_that_nobody_hears_keeps_what_was_typed(show: Show) -> None:
    view = await show("profile")
    await view.fill("#unheard", "as I typed it")
    await view.disconnect(forget=True)
    await view.connect()
    await expect(view.find("#unheard")).to_have_value("as I typed it")
    await view.set(name="Grace")
    await expect(view.find("#unheard")).to_have_value("as I typed it")


async def test_what_the_server_gives_meanwhile_is_newer_than_what_was_typed_before(show: Show) -> None:
    view = await show("thermostat")
    await view.fill("#degrees", "25")
    await view.find("#degrees").blur()
    await view.has("output", "25")
    await view.disconnect(forget=True)
    view.global_of("thermostat", "degrees")[0] = 18
    await view.connect()
    await expect(view.find("#degrees")).to_have_value("18")
    await view.has("output", "18")


async def test_a_page_may_leave_a_server_that_forgot_alone(show: Show) -> None:
    view = await show("profile")
    await view.page.evaluate(
        "document.addEventListener('live:lost', (event) => event.preventDefault(), true)"
    )
    await view.fill("#city", "Kyoto")
    await view.disconnect(forget=True)
    await view.connect()
    await view.has("output", "Ada, no tea, ")


async def test_a_form_of_a_nested_component_is_told_again(show: Show) -> None:
    view = await show("parcel")
    await view.fill("#street", "Analytical Road 1")
    await view.extras()
    await view.disconnect(forget=True)
    await view.connect()
    await expect(view.find("#street")).to_have_value("Analytical Road 1")
    await view.has("output", "Analytical Road 1")


async def test_a_form_without_fields_comes_back_quietly(show: Show) -> None:
    view = await show("nothing_to_fill")
    await view.disconnect(forget=True)
    await view.watch()
    await view.connect()
    assert await view.changes() == []
    await view.click("button")
    await view.has("output", "1")


async def test_a_button_with_a_handler_of_its_own_submits_its_form_too(show: Show) -> None:
    view = await show("two_steps")
    await view.click("#choose")
    await view.has("output", "chosen, hello sent ")


async def test_the_button_that_submitted_is_part_of_the_form(show: Show) -> None:
    view = await show("two_steps")
    await view.click("#by-night")
    await view.has("output", "hello sent by night")


async def test_each_sign_of_loading_goes_with_its_own_event(show: Show) -> None:
    view = await show("diary")
    await view.hold()
    await view.find("#text").press_sequentially("a")
    await view.find("#send").click()
    for selector in ("#text", "#diary"):
        await expect(view.find(selector)).to_have_class("live-loading")
    await view.let_pass(1)
    await expect(view.find("#text")).to_have_class("")
    await expect(view.find("#diary")).to_have_class("live-loading")
    await expect(view.find("#send")).to_be_disabled()
    await view.free()
    await expect(view.find("#diary")).to_have_class("")
    await expect(view.find("#send")).to_be_enabled()
    assert await view.find("[aria-busy]").count() == 0


async def test_what_arrives_is_shown_while_a_later_event_is_on_its_way(show: Show) -> None:
    view = await show("diary")
    await view.page.evaluate(
        """async () => {
            const { hook } = await import("/_live/extras.js");
            window.mounted = [];
            hook("Row", { mounted: (element) => mounted.push(element.textContent) });
        }"""
    )
    await view.hold()
    await view.find("#text").press_sequentially("ab")
    await view.find("#send").click()
    await view.has("li", "first")
    await view.let_pass(2)
    await view.has("li", "first", "typed a", "typed ab")
    await expect(view.find("#send")).to_be_disabled()
    await expect(view.find("#text")).to_have_value("ab")
    await view.free()
    await view.has("li", "first", "typed a", "typed ab", "sent ab")
    assert await view.page.evaluate("mounted") == ["first", "typed a", "typed ab", "sent ab"]


async def test_fields_come_and_go_by_buttons(show: Show) -> None:
    view = await show("team")
    await view.fill("[name=title]", "Crew")
    for number, name in ((1, "Ada"), (2, "Grace"), (3, "Edsger")):
        await view.click("#add")
        await view.fill(f"#member-{number}", name)
    await view.click("#drop-2")
    await expect(view.find("[name=title]")).to_have_value("Crew")
    values = await view.find("p input:not([type])").evaluate_all(
        "all => all.map(one => one.name + one.value)"
    )
    assert values == ["members[0].nameAda", "members[1].nameEdsger"]
    await view.click("#save")
    await view.has("output", "Ada, Edsger")


async def test_fields_come_and_go_by_ticking_boxes(show: Show) -> None:
    view = await show("team")
    for number in (1, 2):
        await view.find("#add-by-box").evaluate("box => box.click()")
        await view.fill(f"#member-{number}", f"Number {number}")
        await expect(view.find("#add-by-box")).not_to_be_checked()
    await view.click("#tick-1")
    await expect(view.find("p")).to_have_count(1)
    await expect(view.find("#tick-2")).not_to_be_checked()
    await view.click("#save")
    await view.has("output", "Number 2")


async def test_a_field_added_before_the_line_was_lost_is_not_added_twice(show: Show) -> None:
    view = await show("team")
    await view.click("#add")
    await view.fill("#member-1", "Ada")
    await view.disconnect()
    await view.find("#add").click()
    await view.connect()
    await expect(view.find("p")).to_have_count(2)
    await expect(view.find("#member-1")).to_have_value("Ada")


async def test_fields_are_quiet_until_they_are_edited_or_sent(show: Show) -> None:
    view = await show("sign_up")
    await view.click("#count")
    await view.fill("[name=name]", "ab")
    await view.has("#city-problem", "")
    await view.has("#name-problem", "Please enter at least 3 characters.")
    await view.fill("[name=name]", "abc")
    await view.has("#name-problem", "")
    await view.click("#save")
    await view.has("#city-problem", "Please enter at least 3 characters.")


async def test_a_form_is_sent_as_it_is_with_the_name_of_the_field_that_is_edited(show: Show) -> None:
    view = await show("sign_up")
    await view.hold()
    await view.find("[name=name]").press_sequentially("a")
    (message,) = await view.held(1)
    assert message["params"] == {"name": "a", "city": "", "value": "a", "_target": "name"}
    await view.free()
