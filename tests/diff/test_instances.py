from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from hyper.diff import Patch, apply_patches, diff_trees, instances
from hyper.diff.codec import json_size
from hyper.diff.guard import SMALLEST, shares_state
from hyper.diff.instances import diff_values
from hyper.testing.patches import managed
from hyper.vdom import Element, Root, Text, parse_html
from hyper.vdom.templates.compiler import compile_template, content
from hyper.vdom.templates.printing import value_to_html
from hyper.vdom.templates.template import Instance, Template, expand, flatten_value
from hyper.vdom.templates.values import Fragment, Value
from tests.laws import check_every_prefix, check_moves, check_order_of_emission


def template(source: str) -> Template:
    """``template("<p>{}</p>")``: a slot at each pair of braces."""
    return compile_template(source.split("{}"))


ROW = template('<li key="{}">{}</li>')
PARAGRAPH = template("<p>{}</p>")
TITLE = template("<h1>{}</h1>")
LABEL = template("<text>{}</text>")
TWO = template("<b>{}</b><i>{}</i>")


def row(key: object, label: object = "") -> Value:
    return ROW.instance([key, label])


TBODY = Markup("<tbody><tr><td></td></tr></tbody>")
LINE = template('<tbody key="{}"><tr title="{}"></tr></tbody>')


def line(key: object, title: object = "") -> Value:
    return LINE.instance([key, title])


def paragraph(label: object) -> Value:
    return PARAGRAPH.instance([label])


def patched(old: Value, new: Value) -> list[Patch]:
    """The patches between two values, proved right on the way."""
    patches = diff_values(old, new)
    before, after = Root(expand(old)), Root(expand(new))
    assert managed(apply_patches(before, patches)) == managed(after)
    assert not (patches and old == new)
    check_every_prefix(before, patches)
    check_order_of_emission(patches)
    check_moves(before, patches)
    return patches


# What is said of one template's slots -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "old", "new", "patches"),
    [
        ('<p class="a {}">{}</p>', ["x", "t"], ["y", "t"], [{"path": "p/@class", "value": "a y"}]),
        ('<p class="{}" title="{}">z</p>', ["x", "t"], [None, "t"], [{"path": "p/@class", "value": None}]),
        ('<p a="{}" b="{}"></p>', ["", ""], ["1", "2"], [{"path": "p/@a", "value": "1"}, {"path": "p/@b", "value": "2"}]),
        ("<p {}>{}</p>", [{"a": "1", "b": "2"}, ""], [{"a": "1", "c": "3"}, ""], [{"path": "p/@b", "value": None}, {"path": "p/@c", "value": "3"}]),
        ("<p {}>{}</p>", [{"a": "1", "b": "2"}, "x"], [{"b": "2", "a": "1"}, "x"], []),
        ("<div><p {}></p></div>", [{"a": "1"}], [{"a": "2"}], [{"path": "div/p/@a", "value": "2"}]),
        ("<div><p>{}</p><b>{} and {}</b></div>", ["1", "2", "3"], ["1", "2", "4"], [{"path": "div/b/text", "value": "2 and 4"}]),
        ("<div><p>{}</p><b>{} and {}</b></div>", ["1", "2", "3"], ["0", "3", "3"], [{"path": "div/p/text", "value": "0"}, {"path": "div/b/text", "value": "3 and 3"}]),
        ('<p class="{}">{}</p>', ["x", "t"], ["x", "u"], [{"path": "p/text", "value": "u"}]),
        ("<p>n {}</p>", [1], [2], [{"path": "p/text", "value": "n 2"}]),
        ("<div><p><b>{}</b></p></div>", ["1"], ["2"], [{"path": "div/p/b/text", "value": "2"}]),
        ("<p>{}</p>", ["a"], [5], [{"path": "p/text", "value": "5"}]),
        ("<p>{}</p>", ["5"], [5], []),
        ("<p>{}</p>", ["a"], [""], [{"path": "p", "remove": 0}]),
        ("<p>{}</p>", [None], ["x"], [{"path": "p", "insert": 0, "html": "x"}]),
        ("<p>{}</p>", [None], [""], []),
        ("<p>{}{}</p>", ["a", "b"], ["ab", ""], []),
        ("<p>a{}</p>", [None], [Markup("<b>a</b>")], [{"path": "p", "insert": 1, "html": "<b>a</b>"}]),
        ("<p>{}</p>", ["a"], [Markup("<b>a</b>")], [{"path": "p", "html": "<b>a</b>"}]),
        ("<p>{}</p>", ["a"], [Markup("b")], [{"path": "p/text", "value": "b"}]),
        ("<textarea>{}</textarea>", ["a"], ["b"], [{"path": "textarea/text", "value": "b"}]),
        ("<svg><g>{}</g></svg>", [""], [Markup("<path></path>")], [{"path": "svg/g", "insert": 0, "html": "<path></path>"}]),
        ("<table><tbody>{}</tbody></table>", [""], [Markup("<tr><td>1")], [{"path": "table/tbody", "insert": 0, "html": "<tr><td>1</td></tr>"}]),
        ('<div data-live-ignore class="{}"><p>{}</p>{}</div>', ["a", "b", ""], ["c", "d", "e"], [{"path": "div/@class", "value": "c"}]),
        ("a {} b", ["1"], ["2"], [{"path": "text", "value": "a 2 b"}]),
        ("<b>{}</b><i>{}</i>", ["1", "2"], ["1", "3"], [{"path": "i/text", "value": "3"}]),
    ],
)  # fmt: skip
def test_slots(source: str, old: list[object], new: list[object], patches: list[Any]) -> None:
    of = template(source)
    assert patched(of.instance(old), of.instance(new)) == patches


@pytest.mark.parametrize(
    ("source", "old", "new", "patches"),
    [
        # a step is counted among what the slots beside it hold
        ("<div>{}<p>{}</p><p>z</p></div>", ["", "1"], ["", "2"], [{"path": "div/p[1]/text", "value": "2"}]),
        ("<div>{}<p>{}</p></div>", [paragraph("x"), "1"], [paragraph("x"), "2"], [{"path": "div/p[2]/text", "value": "2"}]),
        ("<div>{}<p>{}</p></div>", [paragraph("x"), "1"], ["", "2"], [{"path": "div/p[2]/text", "value": "2"}, {"path": "div", "remove": 0}]),
        ("<div>{}<p>{}</p>{}</div>", ["", "1", ""], ["<", "1", Markup("<i></i>")], [{"path": "div", "insert": 0, "html": "&lt;"}, {"path": "div", "insert": 2, "html": "<i></i>"}]),
        ("<div>{}<p><b>{}</b></p></div>", [paragraph("x"), "1"], [paragraph("x"), "2"], [{"path": "div/p[2]/b/text", "value": "2"}]),
        ("<div>{}<p><b><i>{}</i></b></p></div>", ["x", "1"], ["x", "2"], [{"path": "div/p/b/i/text", "value": "2"}]),
        ("<div><b><i></i></b><a>{}<p>{}</p></a></div>", ["x", "1"], ["x", "2"], [{"path": "div/a/p/text", "value": "2"}]),
        ('<div>{}<p title="{}"></p></div>', [paragraph("x"), "1"], [paragraph("x"), "2"], [{"path": "div/p[2]/@title", "value": "2"}]),
        ("<div>{}<p {}></p></div>", [paragraph("x"), {"a": "1"}], [paragraph("x"), {"a": "2"}], [{"path": "div/p[2]/@a", "value": "2"}]),
        ("<div>{}<p>{}</p></div>", [paragraph("x"), "1"], [paragraph("x"), Markup("<i></i>")], [{"path": "div/p[2]", "html": "<i></i>"}]),
        # what stands in a slot is read where it stands
        ("<table>{}<tbody>{}</tbody></table>", [TBODY, ""], [TBODY, Markup("<tr></tr>")], [{"path": "table/tbody[2]", "insert": 0, "html": "<tr></tr>"}]),
        ("<table>{}<tbody></tbody>{}</table>", [TBODY, ""], ["", TBODY], [{"path": "table", "move": 1, "to": 0}]),
        ("<table>{}{}<tbody></tbody></table>", [TBODY, [line(1, "a")]], [TBODY, [line(1, "b")]], [{"path": "table/tbody[2]/tr/@title", "value": "b"}]),
        ("<table>{}{}<tbody></tbody></table>", [[line(1)], TBODY], [[line(1), line(2)], TBODY], [{"path": "table", "insert": 1, "html": '<tbody key="2"><tr title=""></tr></tbody>'}]),
        ("<table>{}</table>", [TBODY], [Markup("<tbody></tbody>")], [{"path": "table/tbody", "remove": 0}]),
        # instances in slots
        ("<div>{}</div>", [paragraph("a")], [paragraph("b")], [{"path": "div/p/text", "value": "b"}]),
        ("<div>{}</div>", [paragraph("a")], [row(1, "a")], [{"path": "div", "html": '<li key="1">a</li>'}]),
        ("<div>{}</div>", [row(1, "a")], [row(2, "a")], [{"path": "div", "html": '<li key="2">a</li>'}]),
        ("<div>{}</div>", [TWO.instance(["a", "b"])], [TWO.instance(["a", "c"])], [{"path": "div/i/text", "value": "c"}]),
        ("<div>{}{}</div>", [paragraph("a"), "x"], [paragraph("b"), "x"], [{"path": "div/p/text", "value": "b"}]),
        ("<div>{}</div>", [LABEL.instance(["a"])], [LABEL.instance(["b"])], [{"path": "div/*[1]/text", "value": "b"}]),
        ("<div>{}</div>", [paragraph("a")], [template("<p>x{}</p>").instance(["b"])], [{"path": "div/p/text", "value": "xb"}]),
        ("<div>{}</div>", [Element("p", {}, (Text("a"),))], [paragraph("b")], [{"path": "div/p/text", "value": "b"}]),
        ("<div>{}</div>", [paragraph("a")], [Element("p", {}, (Text("b"),))], [{"path": "div/p/text", "value": "b"}]),
        # lists among others
        ("<ul><li>x</li>{}</ul>", [[row(1, "a"), row(2, "b")]], [[row(2, "c"), row(1, "a")]], [{"path": "ul/li[3]/text", "value": "c"}, {"path": "ul", "move": 2, "to": 1}]),
        ("<ul><b>x</b>{}</ul>", [[row(1), row(2)]], [[]], [{"path": "ul", "remove": 1, "count": 2}]),
        ("<ul>{}<b>{}</b></ul>", [[row(1, "a"), row(2)], "x"], [[row(1, "b")], "y"], [{"path": "ul/b/text", "value": "y"}, {"path": "ul/li[1]/text", "value": "b"}, {"path": "ul", "remove": 1}]),
        ("<ul>{}{}</ul>", [[row(1, "a")], [row(2, "b")]], [[row(1, "b")], [row(2, "b")]], [{"path": "ul/li[1]/text", "value": "b"}]),
        ("<ul>{}{}</ul>", [[row(1, "a")], [row(2, "b")]], [[row(1, "b")], [row(2, "c")]], [{"path": "ul/li[1]/text", "value": "b"}, {"path": "ul/li[2]/text", "value": "c"}]),
        ("<ul>{}<li>y</li></ul>", [[row(1, "a")]], [[row(1, "b")]], [{"path": "ul/li[1]/text", "value": "b"}]),
        ("<ul><b>y</b>{}<b>z</b></ul>", [[row(1, "a")]], [[row(1, "b")]], [{"path": "ul/li/text", "value": "b"}]),
        ("<ul><b>y</b>{}</ul>", [[row(1)]], [[row(1), row(2)]], [{"path": "ul", "insert": 2, "html": '<li key="2"></li>'}]),
        ("<ul>{}</ul>", [[row(1)]], [[row(2), row(3)]], [{"path": "ul", "html": '<li key="2"></li><li key="3"></li>'}]),
    ],
)  # fmt: skip
def test_places(source: str, old: list[object], new: list[object], patches: list[Any]) -> None:
    of = template(source)
    assert patched(of.instance(old), of.instance(new)) == patches


def test_an_only_child_is_not_built_anew_for_its_attributes() -> None:
    page = template("<div>{}</div>")
    names = " ".join([f"{'x' * 60}{number}" for number in range(20)])
    patches = patched(page.instance([Markup(f"<i {names}></i>")]), page.instance([Markup("<i></i>")]))
    assert len(patches) == 20


def test_a_render_that_is_the_same_says_nothing() -> None:
    value = PARAGRAPH.instance(["a"])
    assert diff_values(value, value) == []
    assert diff_values(value, PARAGRAPH.instance(["a"])) == []


def test_an_element_that_becomes_ignored_is_a_new_one() -> None:
    page, widget = template("<div>{}</div>"), template("<div data-live-ignore>{}</div>")
    old, new = page.instance([page.instance(["a"])]), page.instance([widget.instance(["b"])])
    assert patched(old, new) == [{"path": "div", "html": '<div data-live-ignore="">b</div>'}]
    assert patched(new, old) == [{"path": "div", "html": "<div>a</div>"}]


def test_trees_are_compared_as_trees() -> None:
    old, new = parse_html("<p>a</p><p>b</p>"), parse_html("<p>a</p><p>c</p>")
    assert diff_values(old, new) == diff_trees(old, new) == [{"path": "p[2]/text", "value": "c"}]
    assert patched(old, paragraph("x")) == [{"path": "p[1]/text", "value": "x"}, {"path": "", "remove": 1}]


def test_trees_have_ids_to_start_paths_at() -> None:
    old, new = (
        parse_html(f'<section><article><p id="a"><b>{text}</b></p></article></section>') for text in "12"
    )
    assert diff_values(old, new) == [{"path": "#a/b/text", "value": "2"}]


# Cost: what is not looked at --------------------------------------------------------------------------------


def forbid(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Have these functions of the module fail when they are called."""
    for name in names:
        monkeypatch.setattr(instances, name, None)


@pytest.mark.parametrize(
    ("source", "old", "new"),
    [
        ("<ul>{}</ul>", [[row(1, "a"), row(2)]], [[row(2), row(1, "b")]]),
        ("<ul><li>x</li>{}<li>y</li></ul>", [[row(1, "a"), row(2)]], [[row(1, "b"), row(3)]]),
        ("<ul><b>{}</b>{}<i>{}</i></ul>", ["x", [row(1, "a")], "y"], ["z", [row(1, "b")], "y"]),
        ("<ul>{}<li>x</li>{}</ul>", [[row(1, "a")], paragraph("x")], [[row(1, "b")], paragraph("x")]),
        ("<ul>{}{}</ul>", [[row(1)], [row(1, "a")]], [[row(1)], [row(1, "a"), row(2)]]),
    ],
)
def test_rows_are_not_compared_as_nodes(
    monkeypatch: pytest.MonkeyPatch, source: str, old: list[object], new: list[object]
) -> None:
    of = template(source)
    before, after = of.instance(old), of.instance(new)
    patches = patched(before, after)
    forbid(monkeypatch, "diff_children")
    assert diff_values(before, after) == patches
    if source == "<ul>{}</ul>":
        assert len(diff_values(before[1], after[1])) == len(patches)  # type: ignore[index]


@pytest.mark.parametrize("source", ["<p>{}</p>", "<p>{} of {}</p>", "<div>{}<p>a {}</p></div>"])
def test_texts_are_not_compared_as_nodes(monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    of = template(source)
    count = source.count("{}")
    for last in (["a", "b"], [1, 2], ["a", 5]):
        old, new = (of.instance([*["x"] * (count - 1), value]) for value in last)
        patches = patched(old, new)
        with monkeypatch.context() as patching:
            forbid(patching, "flatten", "diff_content", "diff_children")
            assert diff_values(old, new) == patches


def test_a_list_among_others_finds_its_rows_by_what_stands_before() -> None:
    of = template("<ul>{}<li>x</li>{}<p>y</p></ul>")
    others = [paragraph("1"), row(9), "text"]
    old, new = of.instance([others, [row(1, "a"), row(2)]]), of.instance([others, [row(2), row(1, "b")]])
    assert patched(old, new) == [{"path": "ul/li[3]/text", "value": "b"}, {"path": "ul", "move": 5, "to": 4}]


def test_texts_around_a_list_meet_where_it_is_empty() -> None:
    page = template("<ul>a{}b</ul>")
    full, empty = (page.instance([Fragment([row(key, key) for key in keys])]) for keys in ("xy", ""))
    assert patched(full, empty) == [
        {"path": "ul/text[1]", "value": "ab"},
        {"path": "ul", "remove": 1, "count": 3},
    ]
    assert [patch.keys() for patch in patched(empty, full)] == [{"path", "value"}, {"path", "insert", "html"}]


def test_a_new_order_names_what_stands_after_the_list_too() -> None:
    of = template("<table>{}{}<tbody></tbody></table>")
    rows = [line(number) for number in range(8)]
    patches = patched(of.instance([rows, TBODY]), of.instance([rows[::-1], TBODY]))
    assert patches == [{"path": "table", "order": [7, 6, 5, 4, 3, 2, 1, 0, 8, 9]}]


def test_rows_of_several_names_are_counted_one_by_one() -> None:
    old = Fragment([row(1), paragraph("a"), TITLE.instance(["b"])])
    new = Fragment([row(1), paragraph("a"), TITLE.instance(["c"])])
    assert patched(old, new) == [{"path": "h1/text", "value": "c"}]
    two = Fragment([row(1, "a"), paragraph("a")]), Fragment([row(1, "b"), paragraph("b")])
    assert [patch["path"] for patch in patched(*two)] == ["li/text", "p/text"]
    many = [LABEL.instance([text]) for text in "ab"], [LABEL.instance([text]) for text in "ac"]
    assert patched(Fragment(many[0]), Fragment(many[1])) == [{"path": "*[2]/text", "value": "c"}]


@pytest.mark.parametrize("source", ["<div>{}</div>", "{}"])
def test_a_render_that_stays_is_not_taken_for_a_list(monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    of = template(source)
    old, new = of.instance([paragraph("a")]), of.instance([paragraph("b")])
    patches = patched(old, new)
    forbid(monkeypatch, "diff_children", *(["diff_content"] if source != "{}" else []))
    if source != "{}":
        assert diff_values(old, new) == patches
    assert diff_values(paragraph("a"), paragraph("b")) == [{"path": "p/text", "value": "b"}]


def test_renders_among_others_are_not_expanded(monkeypatch: pytest.MonkeyPatch) -> None:
    of = template("<div>{}{}</div>")
    old, new = of.instance([paragraph("a"), "x"]), of.instance([paragraph("b"), "y"])
    patches = patched(old, new)
    forbid(monkeypatch, "_opened")
    assert diff_values(old, new) == patches


# Everything anew --------------------------------------------------------------------------------------------


def lines(count: int, mark: str = "", more: str = "") -> Value:
    """HTML that an author vouches for: a paragraph for each number."""
    return content(Markup("".join([f"<p>{number}{mark}</p>" for number in range(count)]) + more))


def test_what_costs_little_more_than_the_page_is_the_page() -> None:
    old, new = (lines(100, mark * 40) for mark in "ab")
    assert patched(old, new) == [{"path": "", "html": value_to_html(new)}]


def test_a_page_that_is_longer_because_it_is_escaped_is_not_exchanged() -> None:
    assert len(patched(lines(100, "a" * 40), lines(100, "&amp;" * 40))) == 100


def test_many_insertions_that_cost_more_than_the_page_are_the_page() -> None:
    old = content(Markup("".join([f"<b>{number:020}</b>" for number in range(40)])))
    new = content(Markup("".join([f"<b>{number:020}</b><i>{number}</i>" for number in range(40)])))
    assert patched(old, new) == [{"path": "", "html": value_to_html(new)}]


def test_what_costs_more_than_the_page_is_the_page() -> None:
    old, new = lines(100), lines(100, "!")
    assert patched(old, new) == [{"path": "", "html": value_to_html(new)}]


def test_little_is_not_exchanged_for_a_page_that_is_shorter() -> None:
    """Below ``SMALLEST`` bytes, keeping the nodes is worth more."""
    new = lines(10, "!")
    patches = patched(lines(10), new)
    assert len(patches) == 10
    assert json_size([{"path": "", "html": value_to_html(new)}]) < json_size(patches) < SMALLEST


@pytest.mark.parametrize("more", ["<input>", "<p>" + "x" * 5000, '<b title="' + "x" * 5000 + '"></b>'])
def test_a_page_that_is_longer_or_in_use_is_not_exchanged(more: str) -> None:
    assert len(patched(lines(100, "", more), lines(100, "!", more))) == 100


def test_one_insertion_is_not_exchanged_for_a_page_that_is_hardly_shorter() -> None:
    old, new = (content(Markup(f"{more}<b></b>")) for more in ("", f"<p>{'x' * SMALLEST}</p>"))
    assert patched(old, new) == [{"path": "", "insert": 0, "html": f"<p>{'x' * SMALLEST}</p>"}]


@pytest.mark.parametrize(("length", "is_page"), [(36, True), (37, False)])
def test_a_page_that_is_as_long_is_not_sent(length: int, is_page: bool) -> None:
    around = f"<p>{'x' * SMALLEST}</p>"
    old, new = (content(Markup(f"{more}<b>{'y' * length}</b>{more}")) for more in ("", around))
    patches = patched(old, new)
    assert len(patches) == (1 if is_page else 2)
    assert json_size(patches) == json_size([{"path": "", "html": value_to_html(new)}])


def test_renders_that_stay_are_not_exchanged_for_bytes() -> None:
    old, new = (Fragment([paragraph(f"{number}{mark}") for number in range(100)]) for mark in ("", "!"))
    assert len(patched(old, new)) == 100


def test_an_element_that_stays_is_not_replaced() -> None:
    page = template("<main>" + "<p>{}</p>" * 100 + "</main>")
    assert len(patched(page.instance(range(100)), page.instance(range(100, 200)))) == 100


# Several roots ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "old", "new", "patches"),
    [
        ("<p>{}</p><p>{}</p>", ["a", "b"], ["b", "a"], [{"path": "p[1]/text", "value": "b"}, {"path": "p[2]/text", "value": "a"}]),
        ("<h1>x</h1> <p title='{}'>{}</p>", ["a", "b"], ["c", "d"], [{"path": "p/@title", "value": "c"}, {"path": "p/text", "value": "d"}]),
        ("<p {}></p><b></b>", [{"title": "a"}], [{"title": "b"}], [{"path": "p/@title", "value": "b"}]),
        ("<b></b><p><i><u>{}</u></i></p>", ["a"], ["b"], [{"path": "p/i/u/text", "value": "b"}]),
        ("<svg><text>{}</text></svg>x", ["a"], ["b"], [{"path": "svg/*[1]/text", "value": "b"}]),
        ("<p>{}</p><b></b>", ["a"], [None], [{"path": "p", "remove": 0}]),
    ],
)  # fmt: skip
def test_roots_that_are_always_there_are_not_looked_for(
    monkeypatch: pytest.MonkeyPatch, source: str, old: list[object], new: list[object], patches: list[Any]
) -> None:
    page = template(source)
    if patches[0].keys() != {"path", "remove"}:
        forbid(monkeypatch, "diff_children")
    assert patched(page.instance(old), page.instance(new)) == patches


def test_rows_in_one_of_several_roots_are_compared_as_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    forbid(monkeypatch, "diff_children")
    page = template("<h1>{}</h1><ul>{}</ul>")
    rows = [row(number, "x") for number in range(3)]
    old, new = page.instance(["a", Fragment(rows)]), page.instance(["a", Fragment([*rows, row(3, "y")])])
    assert patched(old, new) == [{"path": "ul", "insert": 3, "html": '<li key="3">y</li>'}]


def test_a_root_whose_key_changes_is_another_element() -> None:
    page = template('<p key="{}">a</p><b>{}</b>')
    assert patched(page.instance([1, "x"]), page.instance([2, "x"])) == [
        {"path": "", "remove": 0},
        {"path": "", "insert": 0, "html": '<p key="2">a</p>'},
    ]


def test_what_cannot_be_written_in_a_root_is_written_with_all_roots() -> None:
    page = template("<p>a</p><form>{}</form>")
    old, new = page.instance([Element("b")]), page.instance([Element("form", {}, (Text("x"),))])
    assert diff_values(old, new) == [{"path": "", "html": value_to_html(new)}]


@pytest.mark.parametrize("new", ["", "text", PARAGRAPH.instance(["a"]), Fragment([])])
def test_several_roots_may_become_something_else(new: Value) -> None:
    old = TWO.instance(["a", "b"])
    assert patched(old, new)
    assert patched(new, old)


def test_a_root_whose_name_cannot_be_written() -> None:
    label = template("<text>{}</text>")  # a plan is made once for each template
    assert patched(label.instance(["a"]), label.instance(["b"])) == [{"path": "*[1]/text", "value": "b"}]


def test_a_text_with_what_no_html_can_hold() -> None:
    assert patched(paragraph("a"), paragraph("a\0")) == [{"path": "p/text", "value": "a\ufffd"}]


def test_rows_at_the_ends_of_a_list() -> None:
    page = template("<ul>{}</ul>")
    rows = [row(1, "a"), row(2, "b"), row(3, "c")]
    assert patched(page.instance([Fragment(rows)]), page.instance([Fragment(rows[:1])])) == [
        {"path": "ul", "remove": 1, "count": 2}
    ]
    later = Fragment([row(9, "x"), row(1, "a"), row(2, "B"), row(3, "C")])
    assert patched(page.instance([Fragment(rows)]), page.instance([later])) == [
        {"path": "ul/li[2]/text", "value": "B"},
        {"path": "ul/li[3]/text", "value": "C"},
        {"path": "ul", "insert": 0, "html": '<li key="9">x</li>'},
    ]


def test_what_is_no_row_after_rows() -> None:
    page = template("<ul>{}x</ul>")
    patched(page.instance([Fragment([row(1)])]), page.instance([Fragment([row(1), "t"])]))


# Any two renders --------------------------------------------------------------------------------------------

TEXTS = [None, "", "a", "b < c", "a text that is long enough: 1", "a text that is long enough: 2", 5]
SLOTS: dict[str, st.SearchStrategy[Any]] = {
    "@": st.sampled_from([None, "", "a", "b", 7, True]),
    "*": st.sampled_from([{}, {"a": "1"}, {"a": "2", "id": "x"}, {"b": "1"}]),
    "#": st.integers(0, 3),
    "$": st.sampled_from(TEXTS),
}
SHAPES = [
    ("<div>{}</div>", "."),
    ('<div key="{}" class="x {}">{}</div>', "#@."),
    ('<div key="row-{}"><b>{}</b>{}</div>', "#$."),
    ("<div>{}<section>{}</section>{}<section>z</section></div>", "..."),
    ("<div>{}<section><b>{}</b><i>{}</i></section></div>", ".$$"),
    ("<div {}>{} and {}</div>", "*$."),
    ('<p title="{}" {}><b {}></b></p>', "@**"),
    ("<span>{}</span>{}<cite>{}</cite>", "..$"),
    ('<div data-live-ignore class="{}">{}</div>', "@."),
    ("<textarea>{}{}</textarea>", "$$"),
    ("<ul> {} </ul>", "."),
    ("<ul><li>a</li>{}<!--b-->{}</ul>", ".."),
    ("a {} b {}", "$."),
    ('<a id="{}" href="/{}">{}</a>', "#@$"),
    ("<h1>{}</h1> <ul>{}</ul><!--x--><ul>{}</ul>", "$.."),
    ('<p id="{}">{}</p><b key="k">{}</b>', "#$."),
    ('<textarea>{}</textarea><section title="{}">{}</section>', "$@."),
    ("<div>{}</div>{}<p {}></p>", "..*"),
]  # fmt: skip
TEMPLATES = [(template(source), kinds) for source, kinds in SHAPES]


def slots(kind: str, depth: int) -> st.SearchStrategy[Any]:
    """Values for one slot: content where it is a dot."""
    if kind != ".":
        return SLOTS[kind]
    if depth == 0:
        return SLOTS["$"]
    inner = renders(depth - 1)
    markup = st.sampled_from([Markup("<b>1</b>2"), Markup("<i></i><!--x-->"), Markup("a")])
    return st.one_of(SLOTS["$"], inner, inner, st.lists(inner, max_size=4), markup)


@st.composite
def renders(draw: st.DrawFn, depth: int) -> Any:
    of, kinds = draw(st.sampled_from(TEMPLATES))
    return of.instance([draw(slots(kind, depth)) for kind in kinds])


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Any, Any]:
    """Two renders of one template, or a list and the list after some edits, in which much is as it was."""
    of, kinds = draw(st.sampled_from(TEMPLATES))
    old = [draw(slots(kind, 2)) for kind in kinds]
    new = [
        draw(slots(kind, 2)) if draw(st.booleans()) else value for kind, value in zip(kinds, old, strict=True)
    ]
    before, after = of.instance(old), of.instance(new)
    if draw(st.integers(0, 3)):
        return before, after
    others = draw(st.lists(renders(1), max_size=5))
    return Fragment([before, *others]), Fragment(draw(st.permutations([after, *others])))


@given(pairs())
def test_any_two_renders(pair: tuple[Any, Any]) -> None:
    old, new = pair
    patches = patched(old, new)
    assert diff_values(old, new) == patches
    if type(old) is Instance and old[0].single:
        return
    whole = json_size([{"path": "", "html": value_to_html(new)}])
    in_use = shares_state(flatten_value(old), flatten_value(new))
    assert json_size(patches) <= max(whole, SMALLEST) or in_use
