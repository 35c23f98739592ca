"""Every modifier of an event, tried with real keys and clicks: one page, loaded once, whose clock stands still."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from .conftest import serve
from .live import Live

pytestmark = pytest.mark.asyncio(loop_scope="session")

GUIDE = Path(__file__).parents[2] / "docs/guides/events.md"
RECORD = """window.sent = [];
const { send } = WebSocket.prototype;
WebSocket.prototype.send = function (text) {
    const { type, event } = JSON.parse(text);
    if (type === "event") sent.push(event);
    send.call(this, text);
};"""

LOAD_EDITING = """async () => {
    const { need } = await import("/_live/client.js");
    await need("forms");
    await need("editing");
}"""
"""Events that come before the file is there wait for it."""

Step = tuple[str, Any, list[str]]
"""What is done, with what, and the events that are sent because of it."""

PLACES: dict[str, tuple[str, list[Step]]] = {
    "prevent": (
        '<a id="prevent" href="#gone" @click.prevent="prevent">x</a>',
        [("click", "#prevent", ["prevent"]), ("check", "location.hash === ''", [])],
    ),
    "stop": (
        '<p @click="stop_outer"><button id="stop" @click.stop="stop">x</button></p>',
        [("click", "#stop", ["stop"])],
    ),
    "self": (
        '<button id="self" @click.self="self"><b>inner</b> <i style="padding: 20px">x</i> outer outer outer</button>',
        [("click", "#self b", []), ("click at", ("#self", 2, 2), ["self"])],
    ),
    "once": (
        '<button id="once" @click.once="once">x</button>',
        [("click", "#once", ["once"]), ("click", "#once", [])],
    ),
    "outside": (
        '<p><button id="outside" @click.outside="outside">x</button> <i id="elsewhere">x</i></p>',
        [("click", "#outside", []), ("click", "#elsewhere", ["outside"])],
    ),
    "window": ('<i @keydown.window.f8="window">x</i>', [("press", "F8", ["window"])]),
    "document": ('<i @keydown.document.f9="document">x</i>', [("press", "F9", ["document"])]),
    "capture": (
        '<p @click.capture="capture_first"><button id="capture" @click="capture">x</button></p>',
        [("click", "#capture", ["capture_first", "capture"])],
    ),
    "passive": (
        '<p id="passive" @wheel.passive.prevent="passive">x</p><p id="active" @wheel.prevent="passive_not">x</p>',
        [
            ("check", "passive.dispatchEvent(new WheelEvent('wheel', { bubbles: true, cancelable: true }))", ["passive"]),
            ("check", "!active.dispatchEvent(new WheelEvent('wheel', { bubbles: true, cancelable: true }))", ["passive_not"]),
        ],
    ),
    "lazy": (
        '<input id="lazy" @bind.lazy="lazy">',
        [("type", ("#lazy", "ab"), []), ("press", "Enter", ["=lazy"])],
    ),
}  # fmt: skip
WAITS = {"": 250, ".500ms": 500, ".1s": 1000, ".2s": 2000}
KEYS = {
    "enter": "Enter", "escape": "Escape", "esc": "Escape", "space": " ", "tab": "Tab", "up": "ArrowUp",
    "down": "ArrowDown", "left": "ArrowLeft", "right": "ArrowRight", "delete": "Delete",
    "backspace": "Backspace", "home": "Home", "end": "End", "pageup": "PageUp", "pagedown": "PageDown",
    "slash": "/", "a": "a",
}  # fmt: skip
CHORDS = {"ctrl": "Control", "alt": "Alt", "shift": "Shift", "meta": "Meta", "cmd": "Meta"}


def waiting(word: str, wait: str) -> tuple[str, list[Step]]:
    """An element whose events wait, or rest, for so long."""
    name, wait_ms = f"{word}{wait}".replace(".", "_"), WAITS[wait]
    if word == "debounce":
        html = f'<input id="{name}" @input.{word}{wait}="{name}">'
        return html, [
            ("type", (f"#{name}", "a"), []),
            ("pass", wait_ms - 1, []),
            ("type", (f"#{name}", "b"), []),
            ("pass", wait_ms - 1, []),
            ("pass", 1, [name]),
        ]
    html = f'<button id="{name}" @click.{word}{wait}="{name}">x</button>'
    return html, [
        ("click", f"#{name}", [name]),
        ("pass", wait_ms - 1, []),
        ("click", f"#{name}", []),
        ("pass", 1, []),
        ("click", f"#{name}", [name]),
    ]


def key(word: str) -> tuple[str, list[Step]]:
    name = f"key_{word}"
    html = f'<input id="{name}" @keydown.{word}="{name}">'
    return html, [("focus", f"#{name}", []), ("press", "b", []), ("press", KEYS[word], [name])]


def chord(word: str) -> tuple[str, list[Step]]:
    name = f"chord_{word}"
    html = f'<input id="{name}" @keydown.{word}.j="{name}">'
    return html, [
        ("focus", f"#{name}", []),
        ("press", "j", []),
        ("press", f"{CHORDS[word]}+k", []),
        ("press", f"{CHORDS[word]}+j", [name]),
    ]


CASES = {
    **PLACES,
    **{f"{word}{wait}": waiting(word, wait) for word in ("debounce", "throttle") for wait in WAITS},
    **{f"key {word}": key(word) for word in KEYS},
    **{f"chord {word}": chord(word) for word in CHORDS},
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def page(chromium: Browser) -> AsyncIterator[Page]:
    """The page with the elements of all cases."""
    context = await chromium.new_context()
    async with serve() as site:
        page = await context.new_page()
        await page.add_init_script(RECORD)
        await page.clock.install(time=0)
        await Live(site, page).show("".join(html for html, _ in CASES.values()))
        await page.evaluate(LOAD_EDITING)
        await page.clock.pause_at(await page.evaluate("Date.now() / 1000") + 20)
        yield page
        await context.close()


async def perform(page: Page, what: str, by: Any) -> None:
    match what:
        case "click":
            await page.click(by)
        case "click at":
            await page.click(by[0], position={"x": by[1], "y": by[2]})
        case "focus":
            await page.focus(by)
        case "press":
            await page.keyboard.press(by)
        case "type":
            await page.locator(by[0]).press_sequentially(by[1])
        case "pass":
            await page.clock.run_for(by)
        case "check":
            assert await page.evaluate(by), by


@pytest.mark.parametrize("name", CASES)
async def test_a_modifier(page: Page, name: str) -> None:
    html, steps = CASES[name]
    own = set(re.findall(r'@(?!bind)[^"\s]+="(\w+)"', html)) | {"=lazy"}
    for what, by, wanted in steps:
        await page.evaluate("sent.length = 0")
        await perform(page, what, by)
        sent = [event for event in await page.evaluate("sent") if event in own]
        assert sent == wanted, (what, by)


async def test_every_modifier_of_the_guide_is_tried() -> None:
    table = GUIDE.read_text(encoding="utf-8").partition("| modifier |")[2].partition("\n\n")[0]
    told = {word for row in table.split("\n") for word in re.findall(r"`\.([^`]+)`", row.partition(" | ")[0])}
    tried: set[str] = set()
    for html, _ in CASES.values():
        for attribute in re.findall(r'(@[^"\s]+)="', html):
            tried |= set(attribute.split(".")[1:]) | {attribute.partition(".")[2]}
    assert told - tried == set()
    assert len(told) > 30
