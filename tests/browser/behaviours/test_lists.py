"""Lists: what comes, goes and moves is what the server's list does, and nothing else is touched."""

from __future__ import annotations

import os
import random

import pytest
from playwright.async_api import expect

from .view import Show, View

pytestmark = pytest.mark.asyncio(loop_scope="session")

SEED = int(os.environ.get("HYPER_SEED", "5"))


async def items(view: View, parent: str) -> list[str]:
    """The ids of the children of an element, each with its first text: ``a ada``."""
    return await view.find(f"{parent} > *").evaluate_all(
        "all => all.map(one => `${one.id} ${one.firstChild.data.trim()}`)"
    )


async def ids(view: View, parent: str = "ul") -> str:
    return " ".join(await view.find(f"{parent} > *").evaluate_all("all => all.map(one => one.id)"))


async def test_three_lists_are_shown(show: Show) -> None:
    view = await show("crowd")
    assert await items(view, "#guests") == ["a ada", "b ben", "nobody Nobody"]
    assert await items(view, "#staff") == ["x xena", "y yuri"]
    assert await items(view, "#members") == ["m-a ada", "m-b ben"]


async def test_items_are_updated_and_deleted(show: Show) -> None:
    view = await show("crowd")
    assert await view.changes_of(view.click("#a >> text=update")) == ["li#a #text"]
    await view.click("#b >> text=update")
    assert await view.changes_of(view.click("#a >> text=delete")) == ["ul#guests -li#a"]
    assert await items(view, "#guests") == ["b updated", "nobody Nobody"]
    assert await items(view, "#members") == ["m-a ada", "m-b ben"]


async def test_items_of_a_nested_component_are_updated_and_deleted(show: Show) -> None:
    view = await show("crowd")
    assert await view.changes_of(view.click("#m-a >> text=update")) == ["li#m-a #text"]
    assert await view.changes_of(view.click("#m-a >> text=delete")) == ["ul#members -li#m-a"]
    assert await items(view, "#guests") == ["a ada", "b ben", "nobody Nobody"]


async def test_an_item_moves_to_the_front_as_it_is(show: Show) -> None:
    view = await show("crowd")
    await view.find("#m-b").evaluate("item => { item.mine = true }")
    await view.click("#m-b >> text=first")
    assert await items(view, "#members") == ["m-b ben", "m-a ada"]
    assert await view.find("#m-b").evaluate("item => item.mine")


async def test_a_list_is_emptied(show: Show) -> None:
    view = await show("crowd")
    await view.click("#clear")
    assert await items(view, "#guests") == ["nobody Nobody"]


async def test_a_list_is_replaced_in_the_new_order(show: Show) -> None:
    view = await show("crowd")
    await view.find("#a").evaluate("item => { item.mine = true }")
    await view.click("#replace")
    assert await items(view, "#guests") == ["c cleo", "a ada", "d dora", "nobody Nobody"]
    assert await view.find("#a").evaluate("item => item.mine")


async def test_attributes_of_items_follow_a_replacement(show: Show) -> None:
    view = await show("crowd")
    await expect(view.find("#a")).to_have_attribute("data-visits", "0")
    await view.click("#replace")
    for item in ("#c", "#a", "#d"):
        await expect(view.find(item)).to_have_attribute("data-visits", "1")


async def test_one_list_gives_way_to_another(show: Show) -> None:
    view = await show("shelf")
    for kind, *names in (("vegetables", "carrots", "tomatoes"), ("fruits", "apples", "oranges")):
        await view.click("button")
        await view.has("h1", kind)
        await view.has("li", *names)


async def test_a_list_is_filtered_and_put_back(show: Show) -> None:
    view = await show("letters")
    assert await view.changes_of(view.click("#filter")) == ["ul -li#a"]
    assert await view.changes_of(view.click("#reset")) == ["ul +li#a"]
    assert await items(view, "ul") == ["a A", "b B", "c C", "d D"]


async def test_a_list_is_put_in_another_order(show: Show) -> None:
    view = await show("letters")
    changes = await view.changes_of(view.click("#reorder"))
    assert await ids(view) == "b a c d"
    assert changes in (["ul +li#a", "ul -li#a"], ["ul +li#b", "ul -li#b"])


async def test_a_filtered_list_is_added_to_at_both_ends(show: Show) -> None:
    view = await show("letters")
    await view.click("#filter")
    assert await view.changes_of(view.click("#prepend")) == ["ul +li#z"]
    assert await ids(view) == "z b c d"
    await view.click("#reset")
    assert await view.changes_of(view.click("#append")) == ["ul +li#y"]
    assert await ids(view) == "a b c d y"


async def test_live_components_are_put_in_another_order(show: Show) -> None:
    view = await show("board")
    await view.click("#reorder")
    await expect(view.find("#board section button")).to_have_text(list("eafg"))


async def test_several_items_come_in_between(show: Show) -> None:
    view = await show("letters")
    assert await view.changes_of(view.click("#bulk")) == ["ul +li#e", "ul +li#f", "ul +li#g"]
    assert await ids(view) == "a e f g b c d"


async def test_the_connected_page_shows_the_list_of_the_first_html(show: Show) -> None:
    view = await show("log")
    html = await (await view.page.request.get(f"{view.address}/log")).text()
    assert [html.count(f'id="line-{number}"') for number in range(1, 11)] == [0] * 5 + [1] * 5
    assert await ids(view) == "line-6 line-7 line-8 line-9 line-10"
    assert view.version == 0


async def test_what_is_too_much_goes_at_the_front(show: Show) -> None:
    view = await show("log")
    assert await view.changes_of(view.click("#one")) == ["ul +li#line-11", "ul -li#line-6"]
    await view.click("#ten")
    assert await ids(view) == "line-17 line-18 line-19 line-20 line-21"


async def test_what_is_too_much_goes_at_the_back(show: Show) -> None:
    view = await show("log", at="start")
    assert await ids(view) == "line-10 line-9 line-8 line-7 line-6"
    assert await view.changes_of(view.click("#one")) == ["ul +li#line-11", "ul -li#line-6"]
    await view.click("#ten")
    assert await ids(view) == "line-21 line-20 line-19 line-18 line-17"


@pytest.mark.parametrize(
    ("at", "full"),
    [("end", "line-1 line-2 line-3 line-4 line-5"), ("start", "line-5 line-4 line-3 line-2 line-1")],
)
async def test_a_full_list_takes_no_more(show: Show, at: str, full: str) -> None:
    view = await show("log", at=at, keep="oldest", many=0)
    for number in range(1, 6):
        assert await view.changes_of(view.click("#one")) == [f"ul +li#line-{number}"]
    for button in ("#one", "#ten"):
        assert await view.changes_of(view.click(button)) == []
    assert await ids(view) == full


async def test_items_come_at_any_place_of_a_list_with_a_limit(show: Show) -> None:
    view = await show("log", at="second", keep="oldest")
    first = await ids(view)
    await view.click("#ten")
    assert first.split()[0] != (await ids(view)).split()[1]
    view = await show("log", at="second", keep="newest")
    assert await ids(view) == "line-1 line-10 line-9 line-8 line-7"
    await view.click("#ten")
    assert await ids(view) == "line-1 line-20 line-19 line-18 line-17"


async def test_an_item_that_is_there_stays_in_its_place(show: Show) -> None:
    view = await show("letters")
    assert await view.changes_of(view.click("#put-c-first")) == ["li#c #text"]
    assert await items(view, "ul") == ["a A", "b B", "c C!", "d D"]
    await view.click("#move-c")
    assert await items(view, "ul") == ["a A", "c C!", "b B", "d D"]


async def test_lists_within_a_list_keep_their_order(show: Show) -> None:
    view = await show("board")
    await view.click("#a button")
    assert await ids(view, "#a ol") == "a-5 a-1 a-6 a-7"
    assert await ids(view, "#b ol") == "b-1 b-2 b-3 b-4"
    await view.click("#reorder")
    assert await ids(view, "#a ol") == "a-5 a-1 a-6 a-7"
    for name in "efg":
        assert await ids(view, f"#{name} ol") == f"{name}-1 {name}-2 {name}-3 {name}-4"


async def test_an_item_that_comes_back_is_as_new(show: Show) -> None:
    view = await show("letters")
    await view.find("#a").evaluate("item => item.classList.add('leaving')")
    await view.click("#filter")
    await view.click("#reset")
    await expect(view.find("#a")).not_to_have_class("leaving")
    assert await ids(view) == "a b c d"


async def test_items_that_come_later_stand_in_their_group(show: Show) -> None:
    view = await show("slow_shelf")
    await view.has("p, h2", "a", "a1", "a2", "b", "b1", "b2")


async def test_an_item_that_is_none_of_the_list_stays_where_it_is(show: Show) -> None:
    view = await show("crowd")
    await expect(view.find("#nobody")).to_be_hidden()
    assert await view.changes_of(view.click("#clear")) == [
        "li#nobody @hidden",
        "ul#guests -li#a",
        "ul#guests -li#b",
    ]
    await expect(view.find("#nobody")).to_be_visible()
    await view.click("#append")
    await expect(view.find("#nobody")).to_be_hidden()
    assert await items(view, "#guests") == ["e emma", "nobody Nobody"]


async def test_an_item_that_an_action_has_hidden_is_hidden_after_a_lost_connection(show: Show) -> None:
    view = await show("crowd")
    await view.click("#a >> text=hide")
    await expect(view.find("#a")).to_be_hidden()
    await view.disconnect()
    await view.connect()
    await view.click("#append")
    await expect(view.find("#a")).to_be_hidden()
    await expect(view.find("#b")).to_be_visible()


async def test_only_what_is_there_is_updated(show: Show) -> None:
    view = await show("letters")
    assert await view.changes_of(view.click("#update-e")) == []
    assert await view.changes_of(view.click("#update-c")) == ["li#c #text"]
    assert await items(view, "ul") == ["a A", "b B", "c C again", "d D"]


async def test_a_list_leaves_nothing_behind(show: Show) -> None:
    view = await show("log")
    count = "document.querySelector('ul').childNodes.length"
    before = await view.page.evaluate(count)
    for _ in range(10):
        await view.find("#ten").click()
    await view.settled()
    assert await view.page.evaluate(count) == before


async def test_rows_in_any_order_show_what_is_theirs(show: Show) -> None:
    view = await show("shuffled")
    order, dice = list(range(8)), random.Random(SEED)
    await view.page.evaluate("for (const row of document.querySelectorAll('tr')) row.mine = row.id")
    for turn in range(10):
        dice.shuffle(order)
        await view.find("#turn").evaluate(
            "(element, order_now) => element.dispatchEvent(new CustomEvent('turn', { detail: { order_now } }))",
            order,
        )
        await view.settled()
        for table in ("one", "two"):
            rows = view.find(f"#{table} tr")
            odd = [f"odd in {table}" if number % 2 else "" for number in order]
            texts = [f"{turn + 1}row {number}{more}" for number, more in zip(order, odd, strict=True)]
            assert [
                text.replace("\n", "").replace("  ", "") for text in await rows.all_text_contents()
            ] == texts, SEED
            assert await rows.evaluate_all("all => all.every(one => one.mine === one.id)"), SEED


async def test_nothing_keeps_what_has_left_the_page(show: Show) -> None:
    view = await show("coming")
    await view.page.evaluate("window.refs = []")
    for _ in range(200):  # with 50 items each
        await view.page.evaluate(
            "refs.push(...Array.from(document.querySelectorAll('i'), i => new WeakRef(i)))"
        )
        await view.click("#turn")
    session = await view.page.context.new_cdp_session(view.page)
    for _ in range(3):
        await session.send("HeapProfiler.collectGarbage")
    kept = await view.page.evaluate("refs.filter(ref => ref.deref() && !ref.deref().isConnected).length")
    assert (await view.page.evaluate("refs.length"), kept <= 100) == (10_000, True), kept
