"""shared() and broadcast(): who is rendered again, from which thread, and under which name values live."""

from __future__ import annotations

import asyncio
import gc
import importlib.util
import operator
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from bench.trips import Follower
from hyper.context import Reader, rendering
from hyper.state.cells import Cell
from hyper.state.hub import Hub
from hyper.state.observing import StateError, cell_of
from hyper.state.sharing import broadcast, hub, shared


class Page:
    """A reader that counts how often it was told to render again."""

    def __init__(self) -> None:
        self.invalidated = 0
        self.threads: set[int] = set()

    def invalidate(self) -> None:
        self.invalidated += 1
        self.threads.add(threading.get_ident())

    def render(self, *values: object) -> str:
        token = rendering.set(self)
        try:
            return " ".join(str(value) for value in values)
        finally:
            rendering.reset(token)


def test_only_readers_are_invalidated() -> None:
    messages, users = shared([]), shared({})
    reads_messages, reads_users, reads_nothing = Page(), Page(), Page()
    reads_messages.render(messages)
    reads_users.render(users)
    reads_nothing.render()
    messages.append("hi")
    assert reads_messages.invalidated == 0
    broadcast()
    assert [page.invalidated for page in (reads_messages, reads_users, reads_nothing)] == [1, 0, 0]
    broadcast()
    assert reads_messages.invalidated == 1
    users["ada"] = 1
    messages.append("ho")
    broadcast()
    assert [page.invalidated for page in (reads_messages, reads_users, reads_nothing)] == [2, 1, 0]


def test_broadcast_of_one_value_leaves_the_others_for_later() -> None:
    messages, users = shared([]), shared({})
    reads_messages, reads_users = Page(), Page()
    reads_messages.render(messages)
    reads_users.render(users)
    messages.append("hi")
    users["ada"] = 1
    broadcast(messages)
    assert (reads_messages.invalidated, reads_users.invalidated) == (1, 0)
    broadcast()
    assert (reads_messages.invalidated, reads_users.invalidated) == (1, 1)


def test_broadcast_of_a_value_renders_even_if_nothing_changed() -> None:
    messages, page = shared([]), Page()
    page.render(messages)
    broadcast(messages)
    assert page.invalidated == 1


def test_a_nested_container_stands_for_its_whole_value() -> None:
    rooms, page = shared({"lobby": [1]}), Page()
    lobby = rooms["lobby"]
    page.render(lobby)
    lobby.append(2)
    broadcast()
    broadcast(lobby)
    assert page.invalidated == 2


list_reads = {
    "iterate": list,
    "unpack": lambda value: [*value],
    "len": len,
    "bool": bool,
    "equal": lambda value: value == [],
    "item": lambda value: value[0],
    "slice": lambda value: value[:1],
    "in": lambda value: 3 in value,
    "add": lambda value: operator.add(value, [0]),
    "radd": lambda value: operator.add([0], value),
    "sorted": sorted,
    "reversed": lambda value: list(reversed(value)),
    "repr": repr,
    "copy": lambda value: value.copy(),
    "count": lambda value: value.count(1),
    "join": lambda value: ",".join(map(str, value)),
}
dict_reads = {
    "iterate": list,
    "unpack": lambda value: {**value},
    "len": len,
    "item": lambda value: value["a"],
    "get": lambda value: value.get("b"),
    "in": lambda value: "a" in value,
    "keys": lambda value: value.keys(),
    "values": lambda value: value.values(),
    "items": lambda value: value.items(),
    "or": lambda value: value | {},
    "ror": lambda value: {} | value,
    "str": str,
}
set_reads = {
    "iterate": list,
    "unpack": lambda value: [*value],
    "len": len,
    "in": lambda value: 1 in value,
    "or": lambda value: value | {2},
    "ror": lambda value: {2} | value,
    "rand": lambda value: {1} & value,
    "sorted": sorted,
    "union": lambda value: value.union([3]),
    "subset": lambda value: value <= {1},
    "disjoint": lambda value: value.isdisjoint([1]),
}
reads = [
    pytest.param(initial, read, id=f"{type(initial).__name__}-{name}")
    for initial, table in (([1, 2], list_reads), ({"a": 1}, dict_reads), ({1}, set_reads))
    for name, read in table.items()
]


@pytest.mark.parametrize(("initial", "read"), reads)
def test_every_read_counts(initial: object, read: Callable[[Any], object]) -> None:
    value, page = shared(initial), Page()
    token = rendering.set(page)
    read(value)
    rendering.reset(token)
    broadcast(value)
    assert page.invalidated == 1


def test_reads_outside_rendering_note_nobody() -> None:
    value = shared([1])
    assert list(value) == [1]
    assert len(cell_of(value).readers) == 0


def test_readers_are_held_weakly() -> None:
    value, page = shared([1]), Page()
    page.render(value)
    assert len(cell_of(value).readers) == 1
    del page
    gc.collect()
    assert len(cell_of(value).readers) == 0
    broadcast(value)


def test_a_view_may_be_slow_while_others_write() -> None:
    users, names = shared({"a": 1}), shared({"x"})
    token = rendering.set(Page())
    for _ in users:
        users["b"] = 2
    for _ in users.items():
        users["c"] = 2
    for _ in names:
        names.add("y")
    rendering.reset(token)
    assert list(users) == ["a", "b", "c"]


def test_broadcast_refuses_what_is_not_shared() -> None:
    with pytest.raises(StateError, match="not a shared value"):
        broadcast([1, 2])


def test_an_unobservable_class_is_refused() -> None:
    class Game:
        pass

    with pytest.raises(StateError, match="shared\\(Game"):
        shared(Game())


async def test_broadcast_from_a_thread_reaches_the_readers_loop() -> None:
    messages, page = shared([]), Page()
    page.render(messages)

    def work() -> None:
        messages.append("from a thread")
        broadcast()

    await asyncio.to_thread(work)
    for _ in range(100):
        if page.invalidated:
            break
        await asyncio.sleep(0)
    assert page.invalidated == 1
    assert page.threads == {threading.get_ident()}


def test_broadcast_after_the_readers_loop_was_closed() -> None:
    messages, page = shared([]), Page()

    async def render() -> None:
        page.render(messages)

    asyncio.run(render())
    messages.append("late")
    broadcast()
    assert page.invalidated == 0


def test_threads_lose_no_write() -> None:
    numbers, total = shared([]), shared(0)

    def work() -> None:
        for number in range(300):
            numbers.append(number)
            total.increment()
            broadcast()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == sorted(list(range(300)) * 4)
    assert total.value == 1200


def run_module(folder: Path, source: str) -> ModuleType:
    """A module run from source, as the loader of live folders runs it: a new module under the old name."""
    name = "shared_module_under_test"
    file = folder / "module.py"
    file.write_text(source)
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    exec(compile(source, str(file), "exec"), module.__dict__)
    return module


def test_a_reloaded_module_finds_its_values_again(tmp_path: Path) -> None:
    source = "from hyper.state.sharing import shared\nmessages = shared([])\nusers: dict = shared({})\n"
    old = run_module(tmp_path, source)
    old.messages.append("kept")
    new = run_module(tmp_path, "from hyper.state.sharing import shared\nfirst = shared([])\n" + source)
    assert new.messages is old.messages
    assert new.users is old.users
    assert new.first == []
    assert "shared_module_under_test.messages" in hub.named
    other_kind = run_module(tmp_path, source.replace("[]", "set()"))
    assert other_kind.messages == set()
    del sys.modules["shared_module_under_test"]


def test_one_run_of_a_module_never_gets_one_value_twice(tmp_path: Path) -> None:
    source = (
        "from hyper.state.sharing import shared\nrooms = {}\n"
        "for name in 'ab':\n    room = shared([])\n    rooms[name] = room\n"
        "pair = [shared([]), shared([])]\n"
    )
    module = run_module(tmp_path, source)
    found = [*module.rooms.values(), *module.pair]
    assert len({id(value) for value in found}) == 4
    found[0].append(1)
    again = run_module(tmp_path, source)
    assert [*again.rooms.values(), *again.pair] == [[1], [], [], []]
    del sys.modules["shared_module_under_test"]


def test_values_in_functions_have_no_name_and_die_with_their_owner() -> None:
    own = Hub()
    first, second = own.share([], None), own.share([], None)
    assert first is not second
    assert own.named == {}
    assert cell_of(shared([])).name is None


def test_a_given_name_is_one_value() -> None:
    own = Hub()
    assert own.share([1], "log") is own.share([], "log")
    assert own.share({}, "log") == {}


def test_watchers_are_called_until_they_end() -> None:
    value = shared([])
    calls: list[int] = []
    end = hub.watch(value, lambda: calls.append(1))
    broadcast(value)
    end()
    end()
    broadcast(value)
    assert calls == [1]


def test_a_reader_is_added_once_however_often_it_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    rows: Any = shared([{"id": number} for number in range(100)])
    added: list[object] = []
    add_reader = Cell.add_reader

    def add(cell: Cell, reader: Reader) -> None:
        added.append(reader)
        add_reader(cell, reader)

    monkeypatch.setattr(Cell, "add_reader", add)
    page = Page()
    token = rendering.set(page)
    for _ in range(2):
        assert [row["id"] for row in rows] == list(range(100))
        assert len(rows) == 100
    rendering.reset(token)
    assert added == [page]


def test_a_change_that_two_pages_show_takes_few_calls() -> None:
    messages, pages = shared(["a"]), [Page(), Page()]
    for page in pages:
        page.render(messages)
    with Follower() as follower:
        messages.append("b")
        broadcast()
        for page in pages:
            token = rendering.set(page)
            list(messages)
            rendering.reset(token)
    calls = [step for step in follower.trip.steps if step[0].startswith("src/hyper/state/")]
    assert [page.invalidated for page in pages] == [1, 1]
    assert len(calls) <= 20, calls
