from __future__ import annotations

from typing import Any

import pytest

from hyper.diff import Patch
from hyper.diff.reported import with_reported_fields
from hyper.vdom import Element, Root, Text, parse_html
from hyper.vdom.templates.compiler import compile_template

PAGE = parse_html(
    '<form id="f"><input value=""><input type="checkbox" checked><input>text<textarea>a &lt; b</textarea>'
    "<select><option selected>x</option><option>y</option></select><textarea></textarea></form>"
)


@pytest.mark.parametrize(
    ("path", "value", "patch"),
    [
        ("form/input[1]/@value", "milk", {"value": ""}),
        ("form/input[1]/@value", None, {"value": ""}),
        ("form/input[2]/@checked", None, {"value": ""}),
        ("form/input[3]/@checked", "", {"value": None}),
        ("form/select/option[1]/@selected", None, {"value": ""}),
        ("form/select/option[2]/@selected", "", {"value": None}),
    ],
)
def test_a_control_that_holds_something_else_is_set_first(path: str, value: str | None, patch: Any) -> None:
    others: list[Patch] = [{"path": "form", "remove": 3}, {"path": "form/input[3]/@value", "value": "x"}]
    assert with_reported_fields(PAGE, others, [(path, value)]) == [{"path": path, **patch}, *others]


@pytest.mark.parametrize(
    ("path", "value", "patches"),
    [
        ("form/textarea[1]/@value", "c", [{"path": "form/textarea[1]", "html": "a &lt; b"}]),
        ("form/textarea[1]/@value", "a < b", []),
        ("form/textarea[2]/@value", "c", [{"path": "form/textarea[2]", "html": ""}]),
    ],
)
def test_the_value_of_a_textarea_is_its_content(path: str, value: str, patches: list[Any]) -> None:
    assert with_reported_fields(PAGE, [], [(path, value)]) == patches


def test_texts_side_by_side_in_a_textarea() -> None:
    page = Root((Element("textarea", {}, (Text("a"), Text("b"))),))
    assert with_reported_fields(page, [], [("textarea/@value", "ab")]) == []


def test_a_textarea_alone() -> None:
    page = parse_html("<textarea>a</textarea>")
    assert with_reported_fields(page, [], [("textarea/@value", "b")]) == [{"path": "textarea", "html": "a"}]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("form/input[1]/@value", ""),  # as it is shown
        ("form/input[2]/@checked", ""),
        ("form/input[3]/@value", "typed"),  # of which the page says nothing
        ("form/input[1]/@title", "x"),
        ("form/@value", "x"),
        ("form/text/@value", "x"),  # no control
        ("form/input[4]/@value", "x"),
        ("form/input[1]/b/@checked", ""),
        ("form/input[1]", "x"),
        ("#f/input[1]/@value", "x"),
        ("#f/@checked", ""),
        ("/@value", "x"),
        ("", "x"),
    ],
)
def test_other_reports_say_nothing(path: str, value: str) -> None:
    assert with_reported_fields(PAGE, [], [(path, value)]) == []


def test_what_is_set_anyway_is_not_set_twice() -> None:
    patches: list[Patch] = [{"path": "form/input[1]/@value", "value": "new"}]
    assert with_reported_fields(PAGE, patches, [("form/input[1]/@value", "milk")]) == patches
    rebuilt: list[Patch] = [{"path": "form/textarea[1]", "html": "c"}]
    reported = [("form/textarea[1]/@value", "typed"), ("form/input[1]/@value", "milk")]
    assert with_reported_fields(PAGE, rebuilt, reported) == [
        {"path": "form/textarea[1]", "html": "a &lt; b"},
        {"path": "form/input[1]/@value", "value": ""},
        *rebuilt,
    ]


def test_renders_of_templates_are_looked_into() -> None:
    render = compile_template(["<form><input value=", "></form>"]).instance(["a"])
    assert with_reported_fields(render, [], [("form/input/@value", "b")]) == [
        {"path": "form/input/@value", "value": "a"}
    ]
