"""Values of a page that reach a handler: as they were rendered, and as a browser sends them."""

from __future__ import annotations

import ast
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hyper.dom.calls import call_for
from hyper.dom.elements import DomElement, component_root
from hyper.dom.events import DomEvent
from hyper.testing.sources import one
from hyper.vdom import parse_html
from hyper.vdom.templates.exact_numbers import exact_number, is_finite
from hyper.vdom.templates.expressions import handler_start
from hyper.vdom.templates.handlers import argument
from tests.strategies import any_texts

VECTORS = json.loads(
    (Path(__file__).parents[2] / "vectors" / "events" / "arguments.json").read_text(encoding="utf-8")
)

PLACES = {
    "alone": ("t'<b @click=\"take({value})\">x</b>'", 0),
    "behind others": ("t'<b @click=\"take(0, {value}, true)\">x</b>'", 1),
    "behind an action": ("t'<b @click=\"$hide(&quot;#a&quot;); take({value})\">x</b>'", 0),
    "of a function": ("t'<b @click=\"{take}({value})\">x</b>'", 0),
    "in a form": ('t\'<form><button value="1" @click="take({value}, value)">x</button></form>\'', 0),
    "in a list": ("t'<ul>{[t\"<li key=a @click='take({value})'>x</li>\"]}</ul>'", 0),
}


def named(text: str) -> Any:
    """The value of a Python literal; of ``Decimal('5')`` and ``nan``, too."""
    if text.startswith("Decimal("):
        return Decimal(text[9:-2])
    return float(text) if text.lstrip("-") in ("nan", "inf") else ast.literal_eval(text)


def are_same(one: object, other: object) -> bool:
    """Are they of one type, and do they print the same? So is a NaN the same as another, and -0.0 not 0.0."""
    return type(one) is type(other) and repr(one) == repr(other)


def click(html: str, members: dict[str, Any] | None = None) -> list[Any] | None:
    """The arguments that a browser sends for a click on the last element with a handler."""
    top = component_root("m", html)
    element = next(item for item in reversed(list(top.elements())) if item.get("@click"))
    text = element.attributes["@click"]
    call = call_for(text[handler_start(text) :], element, DomEvent("click", element, members=members or {}))
    return json.loads(json.dumps(call.args))  # type: ignore[no-any-return]


@pytest.mark.parametrize(("value", "printed", "sent"), VECTORS["rows"])
def test_arguments_are_printed_and_sent_as_in_the_client(value: str, printed: str, sent: str) -> None:
    rendered = argument(named(value))
    assert f"take({rendered})" == printed
    element = _button(printed)
    call = call_for(printed, element, DomEvent("click", element))
    assert call.args is not None
    assert [are_same(*pair) for pair in zip(call.args, json.loads(sent), strict=True)] == [True]
    arrived = exact_number(call.args[0])
    assert are_same(call.args[0] if arrived is None else arrived, named(value))


def _button(expression: str) -> DomElement:
    top = component_root("m", "<b>x</b>")
    button = next(iter(top.elements()))
    button.attributes["@click"] = expression
    return button


def numbers() -> st.SearchStrategy[object]:
    floats = st.floats(allow_nan=False, allow_infinity=False)
    whole = st.integers(-(10**25), 10**25).map(float)
    return (
        st.integers()
        | st.integers(2**53 - 3, 2**64)
        | floats
        | whole
        | st.decimals(allow_nan=False, allow_infinity=False)
    )


def as_shown(value: object) -> object:
    """A text as a page can hold it."""
    if not isinstance(value, str):
        return value
    return value.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@pytest.mark.parametrize("place", PLACES)
async def test_what_was_rendered_arrives(place: str, tmp_path: Path) -> None:
    template, at = PLACES[place]
    source = f"""
        @live
        def page(value):
            seen = []
            def take(*args): seen.append(args)
            {template}
        """
    component = one(tmp_path, source)
    values = [named(row[0]) for row in VECTORS["rows"]]
    for value in filter(is_finite, values):
        mount = await component.mount_for("m", {"value": value})
        await mount.call("m", "take", click(mount.html()), {})
        (args,) = mount.root.cells()["seen"].cell_contents
        assert are_same(args[at], value), (args, value)


@settings(max_examples=300, deadline=None)
@given(st.none() | st.booleans() | numbers() | any_texts())
@example(10**4299)
@example(Decimal("1E-4000"))
def test_any_value_arrives(value: object) -> None:
    html = f'<b @click="take({_attribute(argument(value))})">x</b>'
    args = click(html)
    assert args is not None
    arrived = exact_number(args[0])
    assert are_same(args[0] if arrived is None else arrived, as_shown(value))


def _attribute(value: object) -> str:
    return str(value).replace("&", "&amp;").replace('"', "&quot;")


def json_values() -> st.SearchStrategy[Any]:
    scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
    return st.recursive(
        scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8
    )


@settings(max_examples=200, deadline=None)
@given(json_values())
def test_a_detail_arrives_as_a_script_sends_it(detail: object) -> None:
    args = click('<b @click="take(event.detail)">x</b>', {"detail": detail})
    again = click('<b @click="take(event.detail)">x</b>', {"detail": args and args[0]})
    assert again == args
    assert json.loads(json.dumps(args), parse_constant=lambda name: pytest.fail(name)) == args


def test_a_detail_that_is_null_is_none() -> None:
    top = component_root("m", '<b @pick="pick" @take="take(event.detail, old)">x</b>')
    element = next(iter(top.elements()))
    event = DomEvent("pick", element, members={"detail": {"id": 7, "old": None}})
    assert call_for("pick", element, event).params == {"id": 7, "old": None}
    assert call_for("take(old)", element, event).args == [None]
    nothing = DomEvent("pick", element, members={"detail": None})
    assert call_for("take(event.detail)", element, nothing).args == [None]


def test_the_numbers_of_a_page_that_is_html_are_those_of_a_script() -> None:
    html = '<b @click="take(9007199254740993, 1.0, -0.0, 0.5, 1e999, 1152921504606846977, [1.0])">x</b>'
    assert parse_html(html)
    assert click(html) == [9007199254740992, 1, 0, 0.5, None, 1152921504606847000, [1]]
    assert [type(arg) for arg in click(html) or []] == [int, int, int, float, type(None), int, list]
