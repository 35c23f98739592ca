"""Fields while somebody is in them: what comes back from the server, and what the server has to be told."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Route, expect

from .view import Show, View

pytestmark = pytest.mark.asyncio(loop_scope="session")

LOAD_EDITING = """async () => {
    const { need } = await import(document.querySelector("script[src*='/_live/runtime-']").src);
    await need("editing");
}"""
"""Until that file is there, what was typed waits."""
SLIDE = """() => {
    for (let at = 0; at < 20; at++) {
        level.value = at;
        level.dispatchEvent(new Event("input", { bubbles: true }));
    }
    dispatchEvent(new PageTransitionEvent("pagehide"));
}"""
"""Before any of it can be answered, the page is left."""
LEAVE = "document.activeElement.blur()"


async def type_slowly(view: View, selector: str, text: str) -> None:
    """Each key is answered before the next."""
    await view.fill(selector, "")
    for key in text:
        await view.find(selector).press_sequentially(key)
        await view.settled()


@pytest.mark.parametrize(
    ("field", "typed", "left"),
    [
        ("price", "12", "12.0"),
        ("price", "1.05", "1.05"),
        ("text", "120.16", "120.16"),
        ("text", "-3", "-3.0"),
        ("whole", "007", "7"),
        ("cost", "2.50", "2.50"),
        ("at", "10:30", "10:30:00"),
        ("on", "2026-02-03", "2026-02-03"),
        ("amount", "1234", "1,234.00"),
        ("name", "Ada Lovelace ", "Ada Lovelace"),
    ],
)
async def test_a_field_keeps_what_is_typed_until_it_is_left(
    show: Show, field: str, typed: str, left: str
) -> None:
    view = await show("converted")
    await type_slowly(view, f"#{field}", typed)
    await expect(view.find(f"#{field}")).to_have_value(typed)
    await view.page.evaluate(LEAVE)
    await expect(view.find(f"#{field}")).to_have_value(left)
    view.problems.clear()


@pytest.mark.parametrize("bad", ["\x00", "\ud83d"])
async def test_a_refused_text_stays_although_an_older_answer_comes(show: Show, bad: str) -> None:
    view = await show("shouting")
    await view.hold()
    await view.find("#text").press_sequentially("o")
    code = ord(bad)
    await view.page.evaluate(
        "code => { text.value = 'bad' + String.fromCharCode(code);"
        " text.dispatchEvent(new Event('input', { bubbles: true })) }",
        code,
    )
    await view.let_pass(1)
    await view.has("output", "O 0")
    await view.free()
    assert (await view.find("#text").input_value()).startswith("bad")
    assert len(view.problems) == 1
    view.problems.clear()


@pytest.mark.parametrize("field", ["age", "price"])
async def test_what_the_page_says_is_wrong_stays_when_the_field_is_left(show: Show, field: str) -> None:
    view = await show("explained")
    await type_slowly(view, f"#{field}", "12x")
    await view.page.evaluate(LEAVE)
    await view.settled()
    await expect(view.find(f"#{field} + p")).not_to_be_empty()
    await expect(view.find(f"#{field}")).to_have_value("12x")
    await type_slowly(view, f"#{field}", "7")
    await view.page.evaluate(LEAVE)
    await expect(view.find(f"#{field}")).to_have_value("7.0" if field == "price" else "7")
    await expect(view.find(f"#{field} + p")).to_be_empty()


async def test_a_field_that_the_server_changes_shows_it_while_it_is_edited(show: Show) -> None:
    view = await show("shouting")
    await type_slowly(view, "#text", "abc")
    await expect(view.find("#text")).to_have_value("ABC")
    await view.find("#text").press("Enter")
    await expect(view.find("#text")).to_have_value("")


async def test_nothing_is_written_into_a_composition(show: Show) -> None:
    view = await show("shouting")
    await view.find("#text").focus()
    devtools = await view.page.context.new_cdp_session(view.page)
    for text in ("n", "ni", "niho"):
        at = {"selectionStart": len(text), "selectionEnd": len(text)}
        await devtools.send("Input.imeSetComposition", {"text": text, **at})
        await view.settled()
        await expect(view.find("#text")).to_have_value(text)
    await devtools.send("Input.insertText", {"text": "日本x"})
    await expect(view.find("#text")).to_have_value("日本X")


async def test_nothing_is_written_into_a_composition_that_began_before_the_file_was_there(show: Show) -> None:
    view = await show("shouting")
    came = asyncio.Event()

    async def wait_for_it(route: Route) -> None:
        await came.wait()
        await route.continue_()

    await view.page.route("**/*editing*", wait_for_it)
    devtools = await view.page.context.new_cdp_session(view.page)
    await view.find("#text").focus()
    await devtools.send("Input.imeSetComposition", {"text": "n", "selectionStart": 1, "selectionEnd": 1})
    came.set()
    await view.has("output", "N 0")
    await expect(view.find("#text")).to_have_value("n")
    await view.page.evaluate(LEAVE)
    await expect(view.find("#text")).to_have_value("N")


@pytest.mark.parametrize("signs", ["isComposing: true", "keyCode: 229"])
async def test_a_key_of_an_input_method_is_no_shortcut(show: Show, signs: str) -> None:
    view = await show("shouting")
    for key in ("key: 'Enter'", "key: 'Enter', ctrlKey: true", "key: 'a', ctrlKey: true"):
        await view.page.evaluate(
            f"text.dispatchEvent(new KeyboardEvent('keydown', {{bubbles: true, {key}, {signs}}}))"
        )
    await view.settled()
    assert view.variable("sent") == []
    await view.find("#text").press("Enter")
    await view.has("output", " 1")


async def test_an_older_answer_does_not_undo_a_later_choice(show: Show) -> None:
    view = await show("choosing")
    await view.hold()
    for value in "bc":
        await view.find("#pick").select_option(value)
        await view.find(f"#one-{value}").check()
    await view.find("#on").check()
    await view.find("#on").uncheck()
    await view.let_pass(2)
    await view.has("output", "b False b 0")
    await expect(view.find("#pick")).to_have_value("c")
    await expect(view.find("#one-c")).to_be_checked()
    await view.let_pass(3)
    await view.has("output", "c True c 0")
    await expect(view.find("#on")).not_to_be_checked()
    await view.free()
    await view.has("output", "c False c 0")
    await expect(view.find("#pick")).to_have_value("c")
    await expect(view.find("#one-c")).to_be_checked()
    await expect(view.find("#on")).not_to_be_checked()


@pytest.mark.parametrize(("first", "given", "chosen"), [("c", "a", "b"), ("b", "a", "c"), ("a", "c", "b")])
async def test_the_server_takes_no_radio_button_away_whose_choice_is_on_its_way(
    show: Show, first: str, given: str, chosen: str
) -> None:
    view = await show("choosing", first=first)
    await view.hold()
    await view.find(f"#one-{chosen}").check()
    view.mounted().cells()["one"].cell_contents = given
    view.mounted().invalidate()
    await expect(view.find(f"#one-{given}")).to_have_attribute("checked", "")
    await expect(view.find(f"#one-{chosen}")).to_be_checked()
    await view.free()
    await view.has("output", f"a False {chosen} 0")
    await expect(view.find(f"#one-{chosen}")).to_be_checked()


async def test_a_value_that_stays_the_same_is_shown_again(show: Show) -> None:
    view = await show("choosing")
    for typed in ("15", "25", "35"):
        await view.find("#number").fill(typed)
        await view.find("button").focus()
        await view.settled()
        await expect(view.find("#number")).to_have_value("10")


async def test_what_was_filled_in_before_the_script_came_is_told(show: Show, view: View) -> None:
    await view.page.add_init_script(
        """document.addEventListener("readystatechange", () => {
            if (document.readyState !== "interactive" || !document.getElementById("about")) return;
            document.getElementById("name").value = "Ada";
            about.value = "a\\nb";
            wants.checked = true;
            size.value = "S";
            level.value = 7;
            plain.value = "mine";
        })"""
    )
    await show("early")
    await view.has("output", "Ada a b True S here 7")
    await expect(view.find("#plain")).to_have_value("mine")
    await view.disconnect()
    await view.connect()
    await view.has("output", "Ada a b True S here 7")


async def test_all_that_is_edited_while_the_line_is_down_arrives(show: Show) -> None:
    view = await show("early")
    await view.disconnect()
    await view.find("#about").press_sequentially("x" * 100)
    for level in range(70):
        await view.find("#level").evaluate(
            "(slider, level) => { slider.value = level; slider.dispatchEvent(new Event('input', { bubbles: true })) }",
            level,
        )
    await view.find("#name").press_sequentially("Ada")
    await view.connect()
    await view.has("output", f"Ada {'x' * 100} False M here 69")
    await expect(view.find("#about")).to_have_value("x" * 100)


async def test_a_value_comes_after_what_limits_it(show: Show) -> None:
    view = await show("limits")
    await view.set(is_new=True)
    values = {"max": "80", "step": "15", "min": "-50", "type": "hello"}
    for name, value in values.items():
        await expect(view.find(f"#{name}")).to_have_value(value)


@pytest.mark.parametrize("rows", ["0123", "1234", "321", "23", "2", "4321"])
async def test_options_that_come_go_or_move_choose_nothing(show: Show, rows: str) -> None:
    view = await show("offered")
    for name in ("plain", "grouped"):
        await view.find(f"#{name}").select_option("2")
    await view.set(rows=list(rows), later=["1", "2"])
    for name in ("plain", "bound", "marked", "grouped"):
        await expect(view.find(f"#{name}")).to_have_value("2")
    await expect(view.find("#empty")).to_have_value("")
    await expect(view.find("#many")).to_have_values([v for v in rows if v in "13"])


@pytest.mark.parametrize(
    ("text", "caret", "at"),
    [("zero one two", 4, 9), ("one two three", 4, 4), ("one two", 4, 4), ("one, two", 7, 8), ("two", 4, 0)],
)
async def test_the_caret_stays_with_its_text(show: Show, text: str, caret: int, at: int) -> None:
    view = await show("notes")
    field = view.find("textarea")
    await field.focus()
    await field.evaluate("(field, caret) => field.setSelectionRange(caret, caret)", caret)
    await view.set(text=text)
    await expect(field).to_have_value(text)
    assert await field.evaluate("field => field.selectionStart") == at


async def test_what_waits_for_a_pause_is_sent_when_the_page_is_left(show: Show) -> None:
    view = await show("searched")
    heard = view.global_of("searched", "HEARD")
    heard.clear()
    await view.find("#query").press_sequentially("milk")
    await view.page.evaluate(LOAD_EDITING)
    await view.page.goto("about:blank")
    async with asyncio.timeout(5):
        while not heard:
            await asyncio.sleep(0.01)
    assert heard == ["milk"]


async def test_a_choice_stays_although_the_server_had_made_another(show: Show) -> None:
    view = await show("given")
    await view.hold()
    await view.find("button").dispatch_event("click")
    await view.find("#b").check()
    await view.let_pass(1)
    await view.has("output", "c ac")
    await expect(view.find("#b")).to_be_checked()
    await view.free()
    await view.has("output", "b ac")
    await expect(view.find("#b")).to_be_checked()
    await view.hold()
    await view.find("button").dispatch_event("click")
    await view.find("#single").select_option("a")
    await view.let_pass(1)
    await view.has("output", "c ac")
    await expect(view.find("#single")).to_have_value("a")
    await view.free()
    await expect(view.find("#single")).to_have_value("a")


async def test_all_that_the_server_chooses_among_many_is_shown_while_the_list_has_the_focus(
    show: Show,
) -> None:
    view = await show("given")
    await view.find("#many").focus()
    await view.find("#many").select_option("b")
    await view.settled()
    await view.find("button").dispatch_event("click")
    await view.has("output", "c ac")
    await expect(view.find("#many")).to_have_values(["a", "c"])


async def test_the_last_state_of_a_slider_is_sent_when_the_page_is_left(show: Show) -> None:
    view = await show("slid")
    levels = view.global_of("slid", "LEVELS")
    levels.clear()
    await view.page.evaluate(LOAD_EDITING)
    await view.page.evaluate(SLIDE)
    async with asyncio.timeout(5):
        while not levels or levels[-1] != 19:
            await asyncio.sleep(0.01)
    assert len(levels) == 9


async def test_the_browser_says_when_it_is_offline(show: Show) -> None:
    view = await show("early")
    root = view.find("[data-live-token]")
    await view.page.context.set_offline(True)
    await expect(root).to_have_class("live-disconnected", timeout=1000)
    await view.find("#name").press_sequentially("Ada")
    await view.page.context.set_offline(False)
    await expect(root).to_have_class("live-connected")
    await view.has("output", "Ada False M here 5")
