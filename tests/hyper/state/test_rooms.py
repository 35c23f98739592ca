"""Names of shared values: reserved ones are refused, and those of functions are let go."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hyper.components.loader import load_module
from hyper.state import rooms, sharing
from hyper.state.backplane import MemoryBackplane
from hyper.state.hub import Hub
from hyper.state.observing import StateError
from hyper.state.sharing import shared
from hyper.web.logout import ENDED_NAME
from tests.hyper.mounts import mounted


@pytest.fixture(autouse=True)
def hub(monkeypatch: pytest.MonkeyPatch) -> Hub:
    """Shared values of this test alone."""
    hub = Hub()
    monkeypatch.setattr(sharing, "hub", hub)
    return hub


ROOM = """
from hyper import live, shared

@live
def room(name: str = "tea"):
    messages = shared([], name=name)
    def say(text: str):
        messages.append(text)
    t'<p @click="say">{len(messages)}</p>'
"""


@pytest.fixture
def room(tmp_path: Path) -> Any:
    (tmp_path / "room.py").write_text(ROOM)
    return load_module(tmp_path / "room.py").room


@pytest.mark.parametrize("name", [ENDED_NAME, "hyper saved records", "hyper ", "presence lobby"])
def test_names_of_the_framework_are_refused(name: str) -> None:
    with pytest.raises(StateError, match="reserved"):
        shared([], name=name)


@pytest.mark.parametrize("name", ["hyperactive", "Presence", "the hyper ended"])
def test_other_names_are_not(name: str) -> None:
    assert shared([], name=name) == []


@pytest.mark.parametrize(
    ("first", "second"), [([], {}), ({}, set()), (0, []), ([], 0), (0, "text"), (b"", ""), ((), 0)]
)
def test_two_kinds_under_one_name_are_refused(first: Any, second: Any) -> None:
    value = shared(first, name="x")
    with pytest.raises(StateError, match=r"name='x'"):
        shared(second, name="x")
    del value  # while somebody has it, the name is its


@pytest.mark.parametrize(
    ("first", "second"), [([1], []), (0, 1.5), (None, 5), (5, None), ("a", "b"), ({}, {1: 2})]
)
def test_one_kind_is_one_value(first: Any, second: Any) -> None:
    value = shared(first, name="x")
    assert shared(second, name="x") is value


def test_a_module_that_is_reloaded_may_change_the_kind() -> None:
    source = "from hyper.state.sharing import shared\nvalue = shared({}, name='mine')\n"
    run: dict[str, Any] = {"__name__": "one"}
    exec(compile(source, "one.py", "exec"), run)
    exec(compile(source.replace("{}", "[]"), "one.py", "exec"), run)
    assert run["value"] == []
    with pytest.raises(StateError):  # another module
        exec(compile(source, "two.py", "exec"), {"__name__": "two"})
    twice = source + "other = shared(set(), name='mine')\n"
    with pytest.raises(StateError):  # the same run
        exec(compile(twice, "one.py", "exec"), {"__name__": "one"})


async def test_what_nobody_shows_and_nobody_changed_is_let_go(room: Any, hub: Hub) -> None:
    pages = [(await mounted(room, name=f"room {number // 2}"))[0] for number in range(6)]
    assert len(hub.named) == 3
    await pages[0].close()
    assert len(hub.named) == 3, "page 1 shows it"
    for page in pages[1:]:
        await page.close()
    assert hub.named == {}


async def test_what_was_said_is_there_for_who_comes_back(room: Any, hub: Hub) -> None:
    page, _ = await mounted(room)
    await page.call("m", "say", None, {"text": "hello"})
    await page.close()
    again, _ = await mounted(room)
    assert ">1<" in again.html()


async def test_of_those_that_were_left_the_newest_are_kept(
    room: Any, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms, "MAX_LEFT", 2)
    stays, _ = await mounted(room, name="stays")
    await stays.call("m", "say", None, {"text": "hello"})
    for name in "abca":
        page, _ = await mounted(room, name=name)
        await page.call("m", "say", None, {"text": "hello"})
        await page.close()
    assert sorted(hub.named) == ["a", "c", "stays"]


async def test_values_of_modules_stay(hub: Hub, room: Any) -> None:
    exec(
        compile("from hyper.state.sharing import shared\nv = shared([], name='tea')", "m.py", "exec"),
        {"__name__": "m"},
    )
    page, _ = await mounted(room)
    await page.close()
    assert list(hub.named) == ["tea"]


async def test_code_that_still_has_a_value_shares_it_again(hub: Hub, room: Any) -> None:
    mine = shared([], name="tea")  # in a function, and by no component
    assert hub.named == {}
    mine.append("hello")
    page, _ = await mounted(room)
    assert ">1<" in page.html()


async def test_what_was_let_go_is_not_sent_to_other_processes_either(hub: Hub, room: Any) -> None:
    sync = await hub.connect(MemoryBackplane(), ["s" * 32])
    page, _ = await mounted(room)
    assert list(sync.replicas) == ["tea"]
    await page.close()
    assert sync.replicas == {}
    await hub.disconnect()
