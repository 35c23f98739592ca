"""What depends on the engine, in all three of them: elements that fade out before they go, modal dialogs too."""

from __future__ import annotations

import pytest
import pytest_asyncio

from ..engines import Window
from .conftest import Stage
from .tab import Tab

pytestmark = pytest.mark.asyncio(loop_scope="session")

WATCH = """() => {
    window.until = async (holds) => { while (!holds()) await new Promise((go) => setTimeout(go, 10)); };
    window.find = (selector) => document.querySelector(selector);
    // how far an animation has come when it is looked at depends on the machine: it is held where it begins
    window.fading = async (selector) => {
        await until(() => document.getAnimations().length);
        const [animation] = document.getAnimations();
        animation.pause();
        animation.currentTime = 30_000;
        return [animation.effect.target === find(selector), getComputedStyle(find(selector)).opacity < 1];
    };
    window.end = async (selector) => {
        document.getAnimations().forEach((animation) => animation.finish());
        await until(() => !find(selector));
    };
    return until(() => find(".live-connected"));
}"""


@pytest_asyncio.fixture(loop_scope="session")
async def tab(engine: Window, stage: Stage) -> Tab:
    return Tab(engine, stage, WATCH)


async def test_an_item_fades_out_before_it_goes(tab: Tab) -> None:
    await tab.show("departures")
    await tab.says("find('#b button').focus()")
    await tab.says("find('#b button').click()")
    assert await tab.says("fading('#b')") == [True, True]
    assert await tab.says("[find('#b').matches('.fade.out[inert]'), document.activeElement.localName]") == [
        True,
        "body",
    ]
    await tab.says("end('#b')")
    assert await tab.says("[...document.querySelectorAll('li')].map(({ id }) => id)") == ["a", "c"]


BEHIND = """(() => {
    const { x, y } = find("#behind").getBoundingClientRect();
    find("#behind").focus();
    return [document.elementFromPoint(x + 2, y + 2) === find("#behind"), document.activeElement.id];
})()"""
"""Can the button behind the dialog be clicked, and what has the focus after it was given it?"""


async def test_a_modal_dialog_fades_over_the_page_and_then_leaves_it_free(tab: Tab) -> None:
    await tab.show("farewell")
    await tab.says("find('#box').showModal()")
    assert await tab.says(BEHIND) == [False, "close"]
    await tab.says("find('#close').click()")
    assert await tab.says("fading('#box')") == [True, True]
    assert await tab.says("find('#box').matches(':modal.fade[inert]')") is True
    assert await tab.says(BEHIND) == [False, ""]
    await tab.says("end('#box')")
    assert await tab.says(BEHIND) == [True, "behind"]
    await tab.says("find('#behind').click()")
    await tab.says("until(() => find('#behind').textContent === '1 clicks')")
