"""One user, one bad line, two browsers: after each step the simulated one shows what Chromium shows.

``HYPER_SEED`` draws other walks.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hyper.testing import Page, chromium, mount
from hyper.testing.sources import one

SEED = int(os.environ.get("HYPER_SEED", "5"))
WALKS, STEPS = 2, 25
SOURCE = """
from hyper import push

log = []

@live
def page():
    name, text, size, extra, items = "", "", "s", False, []
    def shout(value: str):
        nonlocal text
        text = value.upper()
    def shorten(value: str):
        nonlocal text
        text = value[:3]
    def add(item: str):
        nonlocal name
        items.append(item)
        push("added", item)
    def drop(at: int):
        items.pop(at)
    def on_mount():
        log.append("+")
    def on_unmount():
        log.append("-")
    t'''<form @submit="add"><input name="item" id="item" value=""><button>Add</button></form>
    <input id="name" @bind="name"> <input id="shout" value="{text}" @input="shout(value)">
    <textarea id="shorten" @input="shorten(value)">{text}</textarea>
    <select @bind="size"><option value="s">S</option><option value="l">L</option></select>
    <input type="checkbox" @bind="extra">
    <ul>{[t"<li>{item} <button id='drop-{at}' @click='drop({at})'>x</button></li>" for at, item in enumerate(items)]}</ul>
    <p>{name} {text} {size} {extra!r} {items!r} {log!r}</p>'''
"""
FIELDS = ("#item", "#name", "#shout", "#shorten")


class Walk:
    """A user who does this and that, and what there is to be seen after each step."""

    def __init__(self, page: Page, seed: int) -> None:
        self.page = page
        self.chance = random.Random(seed)
        self.seen: list[object] = []

    def go(self, steps: int) -> list[object]:
        kinds = [self.fill] * 4 + [self.fill_on_a_slow_line] + [self.submit] * 2
        kinds += [
            self.press,
            self.select,
            self.tick,
            self.drop,
            self.leave,
            self.lose,
            self.come_back,
            self.restart,
        ]
        for _ in range(steps):
            step = self.chance.choice(kinds)
            step()
            self.look(step.__name__)
        return self.seen

    def look(self, after: str) -> None:
        page = self.page
        values = [page.value(field) for field in FIELDS]
        focus = [element.attributes.get("id", element.tag) for element in page.all(":focus")]
        states = [page.has("[type=checkbox]:checked"), page.has(".live-loading"), page.has(":disabled")]
        self.seen.append(
            (after, page.text(), values, focus, states, [pushed.detail for pushed in page.pushed])
        )

    def word(self) -> str:
        return "".join(self.chance.choices("abcdef", k=self.chance.randrange(1, 6)))

    def fill(self) -> None:
        self.page.fill(self.chance.choice(FIELDS), self.word())

    def fill_on_a_slow_line(self) -> None:
        self.page.connect()
        with self.page.latency():
            for _ in range(3):
                self.fill()
                self.look("fill slowly")

    def press(self) -> None:
        self.page.keydown(self.chance.choice(FIELDS[1:]), self.chance.choice("xyz"))

    def submit(self) -> None:
        if not self.page.has("form button:disabled"):
            self.page.submit("form", item=self.word())

    def select(self) -> None:
        self.page.select("select", self.chance.choice("sl"))

    def tick(self) -> None:
        self.chance.choice((self.page.check, self.page.uncheck))("[type=checkbox]")

    def drop(self) -> None:
        if self.page.has("#drop-0"):
            self.page.click("#drop-0")

    def leave(self) -> None:
        self.page.blur()

    def lose(self) -> None:
        self.page.disconnect()

    def come_back(self) -> None:
        self.page.connect()

    def restart(self) -> None:
        self.page.restart()


def walk(folder: Path, seed: int) -> list[object]:
    with mount(one(folder, SOURCE)) as page:
        return Walk(page, seed).go(STEPS)


@contextmanager
def chromium_pages() -> Iterator[None]:
    chromium.enable()
    try:
        yield
    finally:
        chromium.disable()


def test_both_browsers_show_the_same_on_bad_lines(tmp_path: Path) -> None:
    seeds = range(SEED, SEED + WALKS)
    simulated = [walk(tmp_path, seed) for seed in seeds]
    with chromium_pages():
        real = [walk(tmp_path, seed) for seed in seeds]
    for seed, ours, theirs in zip(seeds, simulated, real, strict=True):
        assert ours == theirs, f"seed {seed}"
