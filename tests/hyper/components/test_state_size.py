"""About how many bytes the variables of a component hold."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from hyper.components import state_size as module
from hyper.components.state_size import MAX_VALUES, state_size
from hyper.state.hub import Hub
from hyper.testing.sources import one

from ..mounts import mounted

TEXTS = [f"{number:01000}" for number in range(200)]


@dataclass
class Basket:
    items: list[str]


@dataclass(slots=True)
class Slotted:
    items: list[str]
    more: list[str] = field(default_factory=list)


class Order(BaseModel):
    items: list[str]


@pytest.mark.parametrize(
    "value",
    [
        TEXTS,
        tuple(TEXTS),
        set(TEXTS),
        dict.fromkeys(TEXTS, 1),
        dict(enumerate(TEXTS)),
        [[text] for text in TEXTS],
        "x" * 200_000,
        bytearray(200_000),
        Basket(TEXTS),
        Slotted(TEXTS),
        Order(items=TEXTS),
        lambda: TEXTS,
    ],
    ids=lambda value: type(value).__name__,
)
def test_it_is_about_what_the_values_take(value: Any) -> None:
    values = [value] if not callable(value) else [_closure()]
    assert 200_000 < state_size(values) < 300_000


def _closure() -> Any:
    texts = TEXTS
    return lambda: texts


def test_what_came_last_counts_too() -> None:
    for container in ([*range(500), *TEXTS], {**dict.fromkeys(range(500)), **dict.fromkeys(TEXTS)}):
        assert state_size([container]) > 100_000


def test_what_is_there_twice_and_what_holds_itself_counts_once() -> None:
    ring: list[Any] = [TEXTS]
    ring.append(ring)
    assert state_size([ring, ring, TEXTS]) < 300_000


def test_of_something_large_or_deep_only_some_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = 0
    look = module._inner

    def counted(value: Any) -> Any:
        nonlocal looks
        looks += 1
        return look(value)

    monkeypatch.setattr(module, "_inner", counted)
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    wide = [[[number] * 100 for number in range(100)] for _ in range(1_000)]
    state_size([deep, wide, list(range(1_000_000))])
    assert looks <= MAX_VALUES
    while deep:  # else the interpreter goes down all levels to free it
        deep = deep.pop()


def test_what_all_pages_share_does_not_count() -> None:
    hub = Hub()
    shared: Any = [hub.share(list(TEXTS), None), hub.share(dict.fromkeys(TEXTS), None), Hub, sys]
    assert state_size(shared) == 0


PAGE = """
from hyper import every
@live
def page():
    log, count = [], 0
    @every(1000)
    def tick():
        log.append("x" * 1000 + str(len(log)))
    def grow():
        for _ in range(100):
            tick()
    t'<p @click="grow">{count}</p>'
"""


async def test_a_page_is_as_large_as_what_it_holds(tmp_path: Path) -> None:
    mount, _ = await mounted(one(tmp_path, PAGE))
    before = mount.size()
    await mount.call("m", "grow", None, {})
    assert mount.size() - before > 100_000
    await mount.close()
