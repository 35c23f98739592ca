"""Observed containers do what the built-in ones do, and notice every write.

Random programs run on a built-in list, dict or set and on an observed one: equal results, equal errors, and a
mark exactly when something changed.
"""

from __future__ import annotations

import copy
import json
import pickle
import random
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import pytest
import ujson
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, ValidationError

from hyper.state.hub import Hub
from hyper.state.observed import Observed, walk

small = st.integers(-3, 6)
values = st.lists(small, max_size=4)
slices = st.builds(slice, st.none() | small, st.none() | small, st.none() | st.sampled_from([-2, -1, 1, 2]))

Step = Callable[[Any], Any]


def call(name: str, *arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[Step]:
    """Steps that call one method with drawn arguments."""
    return st.tuples(*arguments).map(lambda drawn: lambda target: getattr(target, name)(*drawn))


def inplace(operator: str, argument: st.SearchStrategy[Any]) -> st.SearchStrategy[Step]:
    """Steps that run an augmented assignment; they give back nothing, the target is the same object."""

    def build(drawn: Any) -> Step:
        def step(target: Any) -> None:
            assert getattr(target, operator)(drawn) is target

        return step

    return argument.map(build)


list_steps = st.one_of(
    *[call(name) for name in ("pop", "clear", "reverse", "sort", "copy")],
    *[call(name, small) for name in ("append", "remove", "pop", "index", "count", "__mul__", "__contains__")],
    *[call(name, small, small) for name in ("insert", "__setitem__")],
    *[call(name, values) for name in ("extend", "__add__")],
    *[call(name, small | slices) for name in ("__delitem__", "__getitem__")],
    call("__setitem__", slices, values),
    inplace("__iadd__", values),
    inplace("__imul__", st.integers(-1, 3)),
    st.booleans().map(lambda back: lambda target: target.sort(key=lambda value: value % 3, reverse=back)),
    st.just(lambda target: target.__setitem__(slice(None), [value for value in target if value % 2])),
    st.integers().map(lambda seed: lambda target: random.Random(seed).shuffle(target)),
)
pairs = st.dictionaries(small, small, max_size=4)
dict_steps = st.one_of(
    *[call(name) for name in ("popitem", "clear", "copy")],
    *[call(name, small) for name in ("__delitem__", "pop", "get", "__contains__")],
    *[call(name, small, small) for name in ("__setitem__", "pop", "setdefault", "get")],
    *[call(name, pairs) for name in ("update", "__or__")],
    inplace("__ior__", pairs),
    st.sampled_from(["keys", "values", "items"]).map(
        lambda name: lambda target: list(getattr(target, name)())
    ),
)
sets = st.sets(small, max_size=4)
set_steps = st.one_of(
    *[call(name) for name in ("clear", "copy")],
    *[call(name, small) for name in ("add", "discard", "remove")],
    *[
        call(f"{name}update", values)
        for name in ("", "difference_", "intersection_", "symmetric_difference_")
    ],
    *[inplace(name, sets) for name in ("__ior__", "__isub__", "__iand__", "__ixor__")],
    *[call(name, sets) for name in ("__or__", "__and__", "__sub__", "__xor__", "__le__", "union")],
)


def outcome(step: Step, target: Any) -> tuple[str, Any]:
    """What a step gives: its result, or the kind of its error."""
    try:
        return "result", step(target)
    except (IndexError, KeyError, ValueError, TypeError) as error:
        return type(error).__name__, None


def check(kind: type, initial: Any, steps: list[Step]) -> None:
    hub = Hub()
    expected, observed = kind(initial), hub.share(initial, None)
    for step in steps:
        hub.broadcast(())
        before = copy.copy(expected)
        result, gave = outcome(step, expected), outcome(step, observed)
        assert gave == result
        assert observed == expected
        assert repr(observed) == repr(expected) or kind is set
        assert type(gave[1]) is type(result[1])
        if expected != before:
            assert hub.changed


@given(values, st.lists(list_steps, max_size=12))
def test_list(initial: list[int], steps: list[Step]) -> None:
    check(list, initial, steps)


@given(pairs, st.lists(dict_steps, max_size=12))
def test_dict(initial: dict[int, int], steps: list[Step]) -> None:
    check(dict, initial, steps)


@given(sets, st.lists(set_steps, max_size=12))
def test_set(initial: set[int], steps: list[Step]) -> None:
    check(set, initial, steps)


def test_set_repr() -> None:
    _, observed = share({1})
    assert repr(observed) == str(observed) == "{1}"
    observed.clear()
    assert repr(observed) == "set()"


def test_set_pop() -> None:
    hub = Hub()
    observed: Any = hub.share({1}, None)
    assert observed.pop() == 1
    assert hub.changed
    with pytest.raises(KeyError):
        observed.pop()


def share(value: Any) -> tuple[Hub, Any]:
    hub = Hub()
    return hub, hub.share(value, None)


def changed(hub: Hub) -> bool:
    """Whether something was changed since this was last asked."""
    found = bool(hub.changed)
    hub.broadcast(())
    return found


@dataclass
class Task:
    text: str = ""
    tags: list[str] = field(default_factory=list)

    def rename(self, text: str) -> None:
        self.text = text


@dataclass(slots=True)
class SlottedTask:
    text: str = ""
    tags: list[str] = field(default_factory=list)

    def rename(self, text: str) -> None:
        self.text = text


class TaskModel(BaseModel):
    model_config = ConfigDict(validate_assignment=True)
    text: str = ""
    tags: list[str] = []

    def rename(self, text: str) -> None:
        self.text = text


objects = pytest.mark.parametrize("kind", [Task, SlottedTask, TaskModel])


@objects
def test_object_writes_are_noticed(kind: Any) -> None:
    hub, task = share(kind(text="tea"))
    assert not changed(hub)
    for write in (
        lambda: setattr(task, "text", "milk"),
        lambda: task.rename("sugar"),
        lambda: task.tags.append("sweet"),
        lambda: setattr(task, "tags", ["a"]),
        lambda: task.tags.append("b"),
    ):
        write()
        assert changed(hub)
    assert task == kind(text="sugar", tags=["a", "b"])
    assert kind(text="sugar", tags=["a", "b"]) == task
    assert task != kind(text="sugar")


@objects
def test_object_is_still_one_of_its_class(kind: Any) -> None:
    _, task = share(kind(text="tea", tags=["hot"]))
    assert isinstance(task, kind)
    assert repr(task) == repr(kind(text="tea", tags=["hot"]))
    assert type(task).__name__ == kind.__name__
    for twin in (copy.copy(task), copy.deepcopy(task), pickle.loads(pickle.dumps(task))):
        assert type(twin) is kind
        assert twin == task
        assert type(twin.tags) is list


@objects
def test_objects_in_containers_are_noticed(kind: Any) -> None:
    hub, tasks = share([kind(text="tea")])
    tasks[0].text = "milk"
    assert changed(hub)
    tasks.append(kind(text="new"))
    assert changed(hub)
    tasks[1].tags.append("x")
    assert changed(hub)
    assert tasks == [kind(text="milk"), kind(text="new", tags=["x"])]


def test_dataclass_functions_see_the_fields() -> None:
    _, task = share(Task("tea", ["hot"]))
    assert asdict(task) == {"text": "tea", "tags": ["hot"]}
    assert replace(task, text="milk").text == "milk"


def test_model_keeps_its_validation() -> None:
    hub, task = share(TaskModel(text="tea"))
    with pytest.raises(ValidationError):
        task.text = ["not", "a", "text"]
    assert not changed(hub)
    assert task.model_dump() == {"text": "tea", "tags": []}
    assert TaskModel.model_validate(task).text == "tea"
    assert task.model_copy(update={"text": "milk"}).text == "milk"


def test_frozen_objects_stay_as_they_are() -> None:
    @dataclass(frozen=True)
    class Point:
        x: int

    point = Point(1)
    _, points = share([point])
    assert points[0] is point


def test_nested_containers_are_noticed_at_any_depth() -> None:
    hub, value = share({"rooms": [{"names": {"a"}, "log": [[1]]}]})
    for write in (
        lambda: value["rooms"][0]["names"].add("b"),
        lambda: value["rooms"][0]["log"][0].append(2),
        lambda: value["rooms"].append({"names": set(), "log": []}),
        lambda: value["rooms"][1]["log"].append(1),
    ):
        write()
        assert changed(hub)


def test_what_was_put_in_is_a_copy() -> None:
    hub, todos = share([])
    todo = {"done": False}
    todos.append(todo)
    changed(hub)
    todo["done"] = True
    assert not changed(hub)
    assert todos == [{"done": False}]
    todos[0]["done"] = True
    assert changed(hub)


def test_what_was_taken_out_is_nobodys_business() -> None:
    hub, todos = share([{"done": False}])
    todo = todos.pop()
    changed(hub)
    todo["done"] = True
    assert not changed(hub)


def test_filtering_by_slice_keeps_the_elements_that_stay() -> None:
    _, todos = share([{"n": n} for n in range(5)])
    kept = todos[3]
    todos[:] = [todo for todo in todos if todo["n"] % 2]
    assert todos == [{"n": 1}, {"n": 3}]
    assert todos[1] is kept


def test_sorting_keeps_the_elements() -> None:
    _, todos = share([{"n": n} for n in range(5)])
    first = todos[0]
    todos.sort(key=lambda todo: -todo["n"])
    todos.reverse()
    todos.reverse()
    assert todos[-1] is first


def test_an_element_stands_in_one_place_only() -> None:
    _, todos = share([{"n": 0}, {"n": 1}])
    todos[0], todos[1] = todos[1], todos[0]
    todos.append(todos[0])
    assert todos == [{"n": 1}, {"n": 0}, {"n": 1}]
    todos[0]["n"] = 5
    assert todos == [{"n": 5}, {"n": 0}, {"n": 1}]
    found = [id(container) for container in walk(todos)]
    assert len(found) == len(set(found))


def test_augmented_assignment_of_a_nested_list_is_one_change_in_place() -> None:
    hub, value = share({"tags": [1]})
    tags = value["tags"]
    value["tags"] += [2]
    assert value["tags"] is tags
    assert value == {"tags": [1, 2]}
    assert changed(hub)


def test_encoders_see_the_real_thing() -> None:
    _, value = share({"a": [1, {"b": [2]}]})
    assert json.loads(json.dumps(value)) == ujson.loads(ujson.dumps(value)) == {"a": [1, {"b": [2]}]}
    assert {**value} == dict(value) == {"a": [1, {"b": [2]}]}
    assert [0, *value["a"]] == [0] + value["a"]


def test_copies_are_plain_all_the_way_down() -> None:
    _, value = share({"a": [{"b": {1}}]})
    for twin in (copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        assert type(twin) is dict
        assert type(twin["a"]) is list
        assert type(twin["a"][0]) is dict
        assert type(twin["a"][0]["b"]) is set


def test_scalar_box() -> None:
    hub, visits = share(0)
    visits.value += 1
    assert changed(hub)
    visits.value = 1
    assert not changed(hub)
    assert visits.increment(4) == 5
    assert changed(hub)
    assert (str(visits), f"{visits:03}", repr(visits), bool(visits)) == ("5", "005", "shared(5)", True)
    assert visits == 5
    assert visits == copy.copy(visits)


def test_box_of_a_container_assigned_later() -> None:
    hub, current = share(None)
    current.value = {"name": "tea"}
    assert changed(hub)
    current.value["name"] = "milk"
    assert changed(hub)
    assert isinstance(current.value, Observed)


def test_dict_increment_counts_from_nothing() -> None:
    hub, votes = share({})
    votes.increment("tea")
    votes.increment("tea", 2)
    assert votes == {"tea": 3}
    assert changed(hub)
    with pytest.raises(TypeError):
        votes.increment("tea", "x")


def test_a_copy_of_a_box_belongs_to_no_shared_value() -> None:
    hub, current = share({"name": "tea"})
    box = hub.share(None, None)
    twin = copy.copy(box)
    twin.value = current
    twin.value["name"] = "milk"
    assert current == {"name": "tea"}
    assert not changed(hub)


def test_a_container_that_was_taken_out_and_put_in_again_is_noticed() -> None:
    hub, rows = share([{"n": 1}])
    row = rows.pop()
    assert changed(hub)
    row["n"] = 2
    assert not changed(hub)
    rows.append(row)
    assert changed(hub)
    rows[0]["n"] = 3
    assert changed(hub)
    assert row == {"n": 2}
