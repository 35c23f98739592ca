"""Law 9: focus, selection, scroll position, typed input, frames, open details and dialogs survive whatever
does not concern them. Law 12 with what Chromium's own features put into a page."""

from __future__ import annotations

import pytest

from .live import Client

pytestmark = pytest.mark.asyncio(loop_scope="session")

ROWS = "".join(f'<li id="row{number}"><input id="in{number}"></li>' for number in range(6))


async def test_a_selection_in_a_text_stays(client: Client) -> None:
    await client.show("<p>Count: 4 of them</p>")
    await client.get(
        "getSelection().setBaseAndExtent(root.firstChild.firstChild, 1, root.firstChild.firstChild, 5)"
    )
    await client.apply({"path": "p/text", "value": "Count: 5 of them"})
    assert await client.get("String(getSelection())") == "ount"


async def test_a_selection_behind_a_splice_moves_with_its_text(client: Client) -> None:
    await client.show("<p>ab</p>")
    await client.get(
        "getSelection().setBaseAndExtent(root.firstChild.firstChild, 1, root.firstChild.firstChild, 2)"
    )
    await client.apply({"path": "p/text", "at": 0, "insert": "xy"})
    assert await client.get("String(getSelection())") == "b"


@pytest.mark.parametrize("has_move_before", [True, False])
async def test_focus_and_caret_stay_when_rows_move(client: Client, has_move_before: bool) -> None:
    await client.show(f"<ul>{ROWS}</ul>")
    if not has_move_before:
        await client.get("delete Element.prototype.moveBefore")
    await client.page.locator("#in3").fill("typed")
    await client.get("in3.setSelectionRange(1, 3)")
    for order in ([5, 4, 3, 2, 1, 0], [3, 0, 1, 2, 4, 5], [1, 2, 0, [3, 5]]):
        await client.apply({"path": "ul", "order": order})
        assert await client.get("document.activeElement.id") == "in3"
        assert await client.get("[in3.value, in3.selectionStart, in3.selectionEnd]") == ["typed", 1, 3]


async def test_scroll_positions_stay_when_rows_move(client: Client) -> None:
    tall = '<div style="height:50px;overflow:auto"><div style="height:500px"></div></div>'
    await client.show(f"<section>{tall}<p></p><p></p></section>")
    await client.get("root.firstChild.firstChild.scrollTop = 77")
    await client.apply({"path": "section", "move": 0, "to": 2})
    assert await client.get("root.firstChild.lastChild.scrollTop") == 77


async def test_frames_are_not_loaded_again(client: Client) -> None:
    await client.show('<div><p></p></div><iframe id="frame" srcdoc="<b>x</b>"></iframe>')
    await client.page.frame_locator("#frame").locator("b").wait_for()
    await client.get("frame.contentWindow.mark = 1")
    await client.apply({"path": "", "move": 1, "to": 0}, {"path": "iframe/@title", "value": "moved"})
    assert await client.get("frame.contentWindow.mark") == 1


async def test_details_stay_as_the_user_left_them(client: Client) -> None:
    await client.show("<details><summary>more</summary><p>a</p></details>")
    await client.page.get_by_text("more").click()
    await client.apply({"path": "details/p/text", "value": "b"}, {"path": "details/@class", "value": "x"})
    assert await client.get("root.firstChild.open") is True
    await client.apply({"path": "details/@open", "value": ""}, {"path": "details/@open", "value": None})
    assert await client.get("root.firstChild.open") is False


async def test_a_modal_dialog_stays_and_is_closed_whole(client: Client) -> None:
    await client.show('<dialog id="box"><p>a</p></dialog>')
    await client.get("box.showModal()")
    await client.apply({"path": "dialog/p/text", "value": "b"})
    assert await client.get("box.matches(':modal')") is True
    await client.apply({"path": "dialog/@open", "value": None})
    assert await client.get("[box.open, box.matches(':modal')]") == [False, False]


async def test_a_popover_stays_open_when_it_moves(client: Client) -> None:
    await client.show('<p></p><div id="tip" popover="manual">tip</div>')
    await client.get("tip.showPopover()")
    await client.apply({"path": "", "move": 1, "to": 0})
    assert await client.get("tip.matches(':popover-open')") is True


async def test_contenteditable_keeps_caret_and_text_beside_a_patch(client: Client) -> None:
    await client.show('<p>a</p><div contenteditable="true" data-live-ignore id="pad">text</div>')
    await client.page.locator("#pad").click()
    await client.page.keyboard.press("End")
    await client.page.keyboard.type("!")
    await client.apply({"path": "p/text", "value": "b"}, {"path": "div/@class", "value": "x"})
    await client.page.keyboard.type("?")
    assert await client.get("pad.textContent") == "text!?"


# Controls ---------------------------------------------------------------------------------------------------


async def test_a_value_is_set_where_the_attribute_alone_would_not_show(client: Client) -> None:
    await client.show('<input value="a" id="field">')
    await client.page.locator("#field").fill("typed")
    await client.get("field.blur()")
    await client.apply({"path": "input/@value", "value": "b"})
    assert await client.get("field.value") == "b"
    await client.apply({"path": "input/@value", "value": None})
    assert await client.get("field.value") == ""


async def test_what_is_being_typed_is_not_overwritten(client: Client) -> None:
    await client.show('<input value="a" id="field">')
    await client.page.locator("#field").fill("typing")
    await client.apply({"path": "input/@value", "value": "b"})
    assert await client.get("[field.value, field.getAttribute('value')]") == ["typing", "b"]


async def test_a_focused_field_nobody_types_in_is_set_and_keeps_its_caret(client: Client) -> None:
    await client.show('<input value="abcdef" id="field">')
    await client.get("field.focus(); field.setSelectionRange(2, 4)")
    await client.apply({"path": "input/@value", "value": "ABCDEF"})
    assert await client.get("[field.value, field.selectionStart, field.selectionEnd]") == ["ABCDEF", 2, 4]


async def test_a_caret_at_the_end_stays_at_the_end(client: Client) -> None:
    await client.show('<input value="123" id="field">')
    await client.get("field.focus(); field.setSelectionRange(3, 3)")
    await client.apply({"path": "input/@value", "value": "1-2-3"})
    assert await client.get("field.selectionStart") == 5


async def test_a_textarea_follows_its_text(client: Client) -> None:
    await client.show('<textarea id="area">a</textarea>')
    await client.page.locator("#area").fill("typed")
    await client.apply({"path": "textarea/text", "value": "b"})
    assert await client.get("area.value") == "typed"
    await client.get("area.blur()")
    await client.apply({"path": "textarea/text", "value": "c"})
    assert await client.get("area.value") == "c"
    await client.apply({"path": "textarea", "remove": 0})
    assert await client.get("area.value") == ""
    await client.apply({"path": "textarea", "insert": 0, "html": "d"})
    assert await client.get("area.value") == "d"


async def test_checked_follows_after_a_user_has_clicked(client: Client) -> None:
    await client.show('<input type="checkbox" id="box">')
    await client.page.locator("#box").click()
    await client.apply({"path": "input/@checked", "value": ""})
    await client.apply({"path": "input/@checked", "value": None})
    assert await client.get("box.checked") is False
    await client.apply({"path": "input/@checked", "value": ""})
    assert await client.get("box.checked") is True


async def test_a_radio_group_that_changes_in_one_batch(client: Client) -> None:
    await client.show(
        '<form><input type="radio" name="r" id="a" checked><input type="radio" name="r" id="b"></form>'
    )
    await client.apply(
        {"path": "form/input[2]/@checked", "value": ""},
        {"path": "form/input[1]/@checked", "value": None},
        {"path": "form", "insert": 2, "html": '<input type="radio" name="r" id="c">'},
    )
    assert await client.get("[a.checked, b.checked, c.checked]") == [False, True, False]


async def test_a_chosen_option(client: Client) -> None:
    await client.show('<select id="list"><option>a</option><option>b</option></select>')
    await client.page.locator("#list").select_option("b")
    await client.apply(
        {"path": "select/option[1]/@selected", "value": ""}, {"path": "select/option[1]/text", "value": "A"}
    )
    assert await client.get("list.value") == "A"
    await client.apply({"path": "select", "move": 0, "to": 1})
    assert await client.get("list.value") == "A"


async def test_several_chosen_options(client: Client) -> None:
    options = "<option selected>a</option><option>b</option>"
    await client.show(f'<select id="many" multiple>{options}</select>')
    chosen = "[...many.selectedOptions].map(option => option.value)"
    await client.page.locator("#many").select_option(["b"])
    await client.apply(
        {"path": "select/option[1]/@selected", "value": ""},
        {"path": "select", "insert": 2, "html": "<option selected>c</option>"},
    )
    assert await client.get(chosen) == ["a", "b", "c"]
    await client.apply({"path": "select/option[2]/@selected", "value": None})
    assert await client.get(chosen) == ["a", "c"]


async def test_a_file_input_is_left_alone(client: Client) -> None:
    await client.show('<input type="file" id="file">')
    await client.page.locator("#file").set_input_files(
        {"name": "a.txt", "mimeType": "text/plain", "buffer": b"a"}
    )
    await client.apply({"path": "input/@value", "value": "x"})
    assert await client.get("file.files.length") == 1


async def test_muted_and_indeterminate_are_properties(client: Client) -> None:
    await client.show('<video id="clip"></video><input type="checkbox" id="box">')
    await client.apply({"path": "video/@muted", "value": ""}, {"path": "input/@indeterminate", "value": ""})
    assert await client.get("[clip.muted, box.indeterminate]") == [True, True]
    await client.apply(
        {"path": "video/@muted", "value": None}, {"path": "input/@indeterminate", "value": None}
    )
    assert await client.get("[clip.muted, box.indeterminate]") == [False, False]
