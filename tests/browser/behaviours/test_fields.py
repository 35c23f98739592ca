"""Controls: what was chosen, what the server chooses, and what of it arrives."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Dialog, expect

from .view import Show

pytestmark = pytest.mark.asyncio(loop_scope="session")

OPTIONS = "all => all.map(option => option.value)"


async def test_selects_are_empty_again_after_a_submit(show: Show) -> None:
    view = await show("phrases")
    await view.find("#kind").select_option("greetings")
    await view.settled()
    assert await view.find("#phrase option").evaluate_all(OPTIONS) == ["", "hello", "hallo", "hei"]
    await view.find("#phrase").select_option("hei")
    await view.click("button")
    await view.has("output", "hei")
    await expect(view.find("#kind")).to_have_value("")
    await expect(view.find("#phrase")).to_have_value("")
    await view.find("#kind").select_option("farewells")
    await view.settled()
    assert (await view.find("#phrase option").evaluate_all(OPTIONS))[1] == "goodbye"


async def test_the_server_chooses_among_many(show: Show) -> None:
    view = await show("choice")
    many = view.find("#many")
    for chosen in (["1", "2"], ["2", "3"]):
        await view.set(chosen=chosen)
        await expect(many).to_have_values(chosen)
    await many.select_option(["5"])
    await view.find("#size").focus()
    await view.set(chosen=["3", "4"])
    await expect(many).not_to_be_focused()
    await expect(many).to_have_values(["3", "4"])


async def test_what_is_chosen_in_a_select_stays_when_it_is_patched(show: Show) -> None:
    view = await show("choice")
    await view.find("#size").focus()
    await view.find("#size").select_option("TWO")
    await view.has("output", "TWO")
    await expect(view.find("#size")).to_have_value("TWO")
    await expect(view.find("#size")).to_be_focused()


async def test_a_select_shows_that_its_choice_is_wrong(show: Show) -> None:
    view = await show("choice")
    number = view.find("#number")
    await expect(number).not_to_have_class("wrong")
    await number.select_option("4")
    await expect(number).to_have_class("wrong")
    await expect(number).to_have_value("4")
    await number.select_option("6")
    await expect(number).not_to_have_class("wrong")


async def test_fields_show_the_record_that_is_selected(show: Show) -> None:
    view = await show("records")
    for name in "baz":
        await view.click(f"#select-{name}")
        values = await view.find(".record").evaluate_all(OPTIONS)
        assert values == [f"Record {name}"] * 3
        await view.fill(".record >> nth=1", "typed")


async def test_a_radio_button_is_on_when_the_server_says_so(show: Show) -> None:
    view = await show("sisters")
    await view.click("#dewey")
    await view.has("output", "dewey")
    await expect(view.find("#dewey")).to_have_attribute("checked", "")
    await view.set(on="huey")
    await expect(view.find("#huey")).to_be_checked()
    await expect(view.find("#dewey")).not_to_be_checked()


async def test_a_control_outside_of_its_form_is_heard(show: Show) -> None:
    view = await show("outer_fields")
    await view.find("#outside").press_sequentially("123")
    await view.has("output", "123")
    await view.find("#outside").press_sequentially("4")
    await view.click("#toggle")
    await view.has("output", "1234")


async def test_what_was_typed_last_comes_before_the_submit(show: Show) -> None:
    view = await show("outer_fields")
    await view.hold()
    await view.find("#typed").press_sequentially("hello")
    await view.find("#typed").press("Enter")
    messages = await view.held(2)
    assert [message["event"] for message in messages] == ["hear_text", "send"]
    await view.free()
    await view.has("output", "sent hello")
    await expect(view.find("#late")).to_have_count(0)


async def test_an_event_whose_element_has_gone_is_not_sent(show: Show) -> None:
    view = await show("outer_fields")
    field = await view.find("#typed").element_handle()
    assert field is not None
    await view.set(is_open=False)
    await field.evaluate("field => field.dispatchEvent(new Event('input', { bubbles: true }))")
    await view.set(is_open=True)
    await view.find("#typed").evaluate("field => new Promise(done => setTimeout(done, 450))")
    await view.settled()
    await view.has("output", "")
    await view.has("#toggle", "open")


async def test_files_that_were_chosen_stay_when_attributes_change(show: Show) -> None:
    view = await show("files")
    field = view.find("[type=file]")
    await expect(field).to_be_disabled()
    await view.click("#switch")
    await expect(field).to_be_enabled()
    await field.set_input_files({"name": "note.txt", "mimeType": "text/plain", "buffer": b"note"})
    await view.click("#restyle")
    await expect(field).to_have_class("two")
    assert await field.evaluate("field => field.files[0].name") == "note.txt"


async def test_the_focus_that_an_action_moved_stays_when_the_answer_comes(show: Show) -> None:
    view = await show("searching")
    await view.hold()
    await view.find("#a").check()
    await expect(view.find("#search")).to_be_focused()
    await view.free()
    await view.has("output", "a")
    await expect(view.find("#search")).to_be_focused()
    await expect(view.find("#a")).to_be_checked()


async def test_typing_on_a_slow_line_shows_the_last_state(show: Show) -> None:
    view = await show("draft")
    await view.hold()
    await view.find("#note").press_sequentially("12")
    await view.let_pass(1)
    await view.has("output", "1")
    await expect(view.find("#note")).to_have_value("12")
    await view.free()
    await view.has("output", "12")
    await expect(view.find("#note")).to_have_value("12")


async def test_a_page_that_is_not_left_after_all_goes_on(show: Show) -> None:
    view = await show("draft")
    await view.page.evaluate("addEventListener('beforeunload', (event) => event.preventDefault())")
    await view.fill("#note", "draft")
    asked: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def stay(dialog: Dialog) -> None:
        await dialog.dismiss()
        asked.set_result(dialog.type)

    view.page.on("dialog", stay)
    await view.page.close(run_before_unload=True)
    assert await asyncio.wait_for(asked, 5) == "beforeunload"
    await view.fill("#note", "draft, still there")
    await view.has("output", "draft, still there")
