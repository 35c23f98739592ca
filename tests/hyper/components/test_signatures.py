"""How handlers are called: their annotations, the call form, form fields, and what is worked out once."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import Field
from typing_extensions import TypedDict, Unpack

from hyper.components.signatures import MAX_FIELD_DEPTH, nested, signature_of
from hyper.testing.sources import load_source, one
from hyper.transport.component import BadArgumentError, UnknownEventError

from ..mounts import mounted

NO_INT = "Please enter a whole number."
NOT_FINITE = "Please enter a number."


class Options(TypedDict, total=False):
    n: int


@dataclass
class Person:
    name: str
    age: int = 0


def nothing() -> None: ...
def one_text(text: str) -> None: ...
def optional(count: int = 1) -> None: ...
def some(*items: object) -> None: ...
def whole(*items: int) -> None: ...
def first(a: int, *items: int) -> None: ...
def strict(a: int, /, b: int = 2, *, c: int = 3, **fields: int) -> None: ...
def skipped(a: int = 1, b: int = 2, /) -> None: ...
def packed(*items: object) -> None: ...
def options(**fields: Unpack[Options]) -> None: ...
def price(price: float) -> None: ...
def anything(value: Any, *items: Any, **fields: Any) -> None: ...
def keyword(*, text: str) -> None: ...
def fields(**fields: object) -> None: ...
def ticked(done: bool) -> None: ...
def maybe(count: int | None) -> None: ...
def person(form: Person) -> None: ...
def short(text: Annotated[str, Field(max_length=2)]) -> None: ...
def plain(value) -> None: ...  # type: ignore[no-untyped-def]


packed.__annotations__["items"] = next(iter(tuple[int, str]))  # *items: *tuple[int, str]


@pytest.mark.parametrize(
    ("handler", "takes_nothing"),
    [
        (nothing, True),
        (one_text, False),
        (optional, False),
        (some, False),
        (keyword, False),
        (fields, False),
        (functools.partial(one_text, "x"), True),
        (lambda: None, True),
    ],
)
def test_a_handler_takes_nothing_only_without_any_parameter(
    handler: Callable[..., Any], takes_nothing: bool
) -> None:
    assert signature_of(handler).takes_nothing is takes_nothing


@pytest.mark.parametrize(
    ("handler", "args", "params", "called_with"),
    [
        (nothing, None, {"other": "x"}, ([], {})),
        (nothing, [], {}, ([], {})),
        (one_text, ["tea"], {}, ([], {"text": "tea"})),
        (one_text, None, {"text": "tea", "other": "x"}, ([], {"text": "tea"})),
        (optional, None, {}, ([], {})),
        (optional, ["3"], {}, ([], {"count": 3})),
        (some, [1, "x"], {}, ([1, "x"], {})),
        (some, None, {"x": "1"}, ([], {})),
        (whole, ["1", 2], {}, ([1, 2], {})),
        (whole, None, {"*": "1", "items": "2"}, ([], {})),
        (first, ["1", "2", 3], {}, ([1, 2, 3], {})),
        (first, None, {"a": "1", "*": ["2"], "items": ["3"]}, ([], {"a": 1})),
        (strict, ["1", "2"], {}, ([1], {"b": 2})),
        (strict, None, {"a": "1", "c": "5", "x": "6"}, ([1], {"c": 5, "x": 6})),
        (
            strict,
            None,
            {"a": "1", "*": "2", "self": "3", "args": "4", "fields": "5"},
            ([1], {"*": 2, "self": 3, "args": 4, "fields": 5}),
        ),
        (skipped, None, {"b": "5"}, ([1, 5], {})),
        (skipped, ["5"], {}, ([5], {})),
        (packed, ["1", "x"], {}, ([1, "x"], {})),
        (options, None, {"n": "1"}, ([], {"n": 1})),
        (price, ["1.5"], {}, ([], {"price": 1.5})),
        (anything, [[1], None], {}, ([[1], None], {})),
        (fields, None, {"a": "1", "b[0].c": "2"}, ([], {"a": "1", "b": [{"c": "2"}]})),
        (ticked, None, {}, ([], {"done": False})),
        (maybe, None, {"count": ""}, ([], {"count": None})),
        (person, None, {"name": "Ada", "age": "36"}, ([], {"form": Person("Ada", 36)})),
        (plain, [{"any": 1}], {}, ([], {"value": {"any": 1}})),
    ],
)
def test_arguments(handler: Callable[..., Any], args: Any, params: Any, called_with: Any) -> None:
    assert signature_of(handler).bind(args, params) == called_with


@pytest.mark.parametrize(
    ("handler", "args", "params", "errors"),
    [
        (nothing, [1], {}, {}),
        (one_text, ["a", "b"], {}, {}),
        (one_text, [], {}, {"text": "Please fill this in."}),
        (one_text, [5], {}, {"text": "Please enter a text."}),
        (keyword, ["positional"], {}, {}),
        (whole, [1, "x", "y"], {}, {"items[1]": NO_INT, "items[2]": NO_INT}),
        (first, ["x", 2], {}, {"a": NO_INT}),
        (strict, None, {"x": "y", "*": "z"}, {"a": "Please fill this in.", "x": NO_INT, "*": NO_INT}),
        (strict, [1, 2, 3], {}, {}),
        (packed, ["1"], {}, {"items[1]": "Please fill this in."}),
        (options, None, {"n": "x"}, {"n": NO_INT}),
        (price, None, {"price": "nan"}, {"price": NOT_FINITE}),
        (price, [math.inf], {}, {"price": NOT_FINITE}),
        (plain, [math.nan], {}, {"value": NOT_FINITE}),
        (anything, [1, math.nan], {}, {"items[0]": NOT_FINITE}),
        (short, ["long"], {}, {"text": "Please enter at most 2 characters."}),
        (maybe, ["x"], {}, {"count": "Please enter a whole number."}),
        (person, None, {"age": "x"}, {"name": "Please fill this in.", "age": "Please enter a whole number."}),
    ],
)  # fmt: skip
def test_arguments_that_do_not_fit(handler: Callable[..., Any], args: Any, params: Any, errors: Any) -> None:
    with pytest.raises(BadArgumentError) as error:
        signature_of(handler).bind(args, params)
    assert error.value.fields == errors


@pytest.mark.parametrize(
    ("given", "opened"),
    [
        ({"name": "x"}, {"name": "x"}),
        ({"items[1].price": "5", "items[0].price": "4"}, {"items": [{"price": "4"}, {"price": "5"}]}),
        ({"a": "x", "a.b": "y"}, {"a": "x", "a.b": "y"}),
        ({".".join("a" * (MAX_FIELD_DEPTH + 1)): "x"}, {".".join("a" * (MAX_FIELD_DEPTH + 1)): "x"}),
        ({"[0]": "x"}, {"[0]": "x"}),
    ],
)
def test_names_of_fields(given: dict[str, object], opened: dict[str, Any]) -> None:
    assert nested(given) == opened


DECORATED = """
import functools

def logged(function):
    @functools.wraps(function)
    def wrapper(*args, **named):
        return function(*args, **named)
    return wrapper

@live
def page():
    seen = []
    @logged
    def add(n: int):
        seen.append(n)
    @logged
    def remove(name: str):
        seen.append(name)
    t'<b @click="add(value)">x</b><b @click="remove(value)">y</b><p>{seen}</p>'
"""


async def test_handlers_with_one_decorator_keep_their_own_annotations(tmp_path: Path) -> None:
    component = one(tmp_path, DECORATED)
    for _ in range(2):
        mount, _ = await mounted(component)
        await mount.call("m", "add", ["5"], {})
        await mount.call("m", "remove", ["x"], {})
        for name, args in (("add", ["x"]), ("remove", [5])):
            with pytest.raises(BadArgumentError):
                await mount.call("m", name, args, {})
        assert mount.root.cells()["seen"].cell_contents == [5, "x"]


async def test_the_mounts_of_a_component_share_what_is_known_of_their_handlers(tmp_path: Path) -> None:
    component = one(tmp_path, DECORATED)
    tables = [(await mounted(component))[0].root.signatures for _ in range(2)]
    assert tables[0] is tables[1]


SWITCHED = """
import functools

def only_numbers(n: int): pass
def only_texts(name: str): pass

@live
def page(kind: str):
    def save(): pass
    save = {"numbers": only_numbers, "texts": only_texts, "partial": functools.partial(only_texts)}[kind]
    def other(): pass
    t'<b @click="save(value)">x</b>'
"""


async def test_a_mount_whose_handlers_are_others_is_called_by_their_own_annotations(tmp_path: Path) -> None:
    component = load_source(tmp_path, SWITCHED)["page"]
    for kind, good, bad in (("numbers", 5, "x"), ("texts", "x", 5), ("partial", "x", 5), ("numbers", 5, "x")):
        mount, _ = await mounted(component, kind=kind)
        await mount.call("m", "save", [good], {})
        with pytest.raises(BadArgumentError):
            await mount.call("m", "save", [bad], {})


OPTIONAL = """
@live
def page(is_admin: bool):
    seen = []
    def save(n: int):
        seen.append(n)
    if not is_admin:
        save = None
    def other(): pass
    t'<b @click={save}>x</b>{save and t"<b @click='{save}(value)'>x</b>"}<i @click="other">y</i>'

@live
def bound_by_name(is_admin: bool):
    def save(n: int): pass
    if not is_admin:
        save = None
    def other(): pass
    t'<b @click="save(value)">x</b>'
"""


@pytest.mark.parametrize("order", [(True, False, True), (False, True)])
@pytest.mark.parametrize("name", ["page", "bound_by_name"])
async def test_a_handler_that_is_none_is_no_handler_of_that_mount(
    tmp_path: Path, name: str, order: tuple[bool, ...]
) -> None:
    component = load_source(tmp_path, OPTIONAL)[name]
    for is_admin in order:
        mount, _ = await mounted(component, is_admin=is_admin)
        if is_admin:
            await mount.call("m", "save", ["5"], {})
        else:
            with pytest.raises(UnknownEventError):
                await mount.call("m", "save", ["5"], {})
