"""What waits for a store takes no more room than what it changes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyper.state.hub import Hub
from hyper.state.observed import plain
from hyper.state.packing import Packer
from hyper.state.replica import Replica


class Process:
    """A value, and a replica whose store does not answer."""

    def __init__(self, hub_id: str, initial: Any) -> None:
        hub = Hub()
        self.value: Any = hub.share(initial, "value")
        self.replica = Replica(hub.named["value"], hub_id, Packer([]), lambda: None)

    @property
    def operations(self) -> list[list[Any]]:
        return [operation for batch in self.replica.pending for operation in batch.operations]


def begun() -> dict[str, Any]:
    return {"n": 0, "list": [1, 2, 3], "inner": {"a": 0}, 5: "five", "5": "text"}


def change_often(value: Any) -> None:
    for number in range(1, 40_001):
        value["now"] = number
        value.increment("n")
        value["inner"]["a"] = [number]
        value["list"][1] = number


def test_what_waits_is_merged() -> None:
    process, other = Process("a", begun()), Process("b", begun())
    for _ in range(3):
        process.replica.record_broadcast()
    change_often(process.value)
    assert [operation[0] for operation in process.operations] == [
        "broadcast",
        "put",
        "grow",
        "put",
        "replace",
    ]
    assert [operation[3:] for operation in process.operations[1:3]] == [[40_000], [40_000]]
    for operation in process.operations[1:]:
        other.replica.do(operation)
    assert plain(other.value) == plain(process.value)
    process.replica._undo_pending()
    assert plain(process.value) == begun()
    process.replica._do_pending()
    assert plain(process.value) == plain(other.value)


def test_what_is_on_its_way_is_not_changed() -> None:
    process = Process("a", begun())
    process.value["n"] = 1
    batch = process.replica.outgoing()
    process.value["n"] = 2
    process.value["n"] = 3
    assert batch is not None
    assert [operation[3] for operation in batch.operations] == [1]
    assert [operation[3] for operation in process.operations] == [1, 3]


KEYS = st.sampled_from(["n", "now", "inner", 5, "5"])
VALUES = st.one_of(
    st.integers(-9, 9), st.booleans(), st.sampled_from([0.5, "x"]), st.just([1]), st.just({"a": 1})
)


def put(value: Any, key: Any, new: Any) -> None:
    value[key] = new


def grow(value: Any, key: Any, new: Any) -> None:
    if isinstance(value.get(key, 0), (int, float)) and isinstance(new, (int, float)):
        value.increment(key, new)


def drop(value: Any, key: Any, _: Any) -> None:
    value.pop(key, None)


def replace(value: Any, _: Any, new: Any) -> None:
    value["list"][len(value["list"]) // 2] = new


def append(value: Any, _: Any, new: Any) -> None:
    value["list"].append(new)
    if len(value["list"]) > 4:
        del value["list"][1]


def deep(value: Any, _: Any, new: Any) -> None:
    if isinstance(value.get("inner"), dict):
        value["inner"]["a"] = new


@given(
    st.lists(st.tuples(st.sampled_from([put, grow, drop, replace, append, deep]), KEYS, VALUES), max_size=30)
)
def test_merged_changes_do_what_they_did_one_by_one(changes: list[Any]) -> None:
    process, other = Process("a", begun()), Process("b", begun())
    for change, key, new in changes:
        change(process.value, key, new)
    for operation in process.operations:
        other.replica.do(operation)
    assert repr(plain(other.value)) == repr(plain(process.value)), "also the order of keys and the types"
    process.replica._undo_pending()
    assert repr(plain(process.value)) == repr(begun())


@pytest.mark.parametrize("between", ["sort", "clear"])
def test_what_happens_in_between_is_not_passed(between: str) -> None:
    process, other = Process("a", begun()), Process("b", begun())
    process.value["list"][0] = 9
    getattr(process.value["list"], between)()
    process.value["list"].append(7)
    process.value["list"][0] = 8
    for operation in process.operations:
        other.replica.do(operation)
    assert plain(other.value) == plain(process.value)
