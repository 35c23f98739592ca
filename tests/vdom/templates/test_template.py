from __future__ import annotations

import pytest
from markupsafe import Markup

from hyper.vdom import Comment, Element, TemplateError, Text, parse_html
from hyper.vdom.htmlspec import VOID_ELEMENTS
from hyper.vdom.templates.compiler import compile_template, content
from hyper.vdom.templates.printing import value_to_html
from hyper.vdom.templates.template import Instance, expand
from hyper.vdom.templates.values import Fragment


def render(*strings_and_values: object) -> Instance:
    """``render("<p>", name, "</p>")``: strings and values in turn, as a t-string holds them."""
    return compile_template(strings_and_values[::2]).instance(strings_and_values[1::2])  # type: ignore[arg-type]


def html(*strings_and_values: object) -> str:
    value = render(*strings_and_values)
    printed = value_to_html(value)
    assert parse_html(printed).children == expand(value)
    return printed


def test_a_template_keeps_only_its_values() -> None:
    instance = render('<li key="', 7, '">', "milk", "</li>")
    assert instance[1:] == (7, "milk")
    assert instance.key == "7"
    assert (instance.name, instance.kind) == ("li", "li")


def test_equal_values_make_equal_instances() -> None:
    template = compile_template(["<p>", "</p>"])
    assert template.instance(["a"]) == template.instance(["a"])
    assert template.instance(["a"]) != template.instance(["b"])


def test_text_runs_together_as_in_a_browser() -> None:
    assert expand(render("<p>Count: ", 5, " of ", 9, "</p>")) == (Element("p", {}, (Text("Count: 5 of 9"),)),)


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        ("<b>&</b>", "<p>&lt;b&gt;&amp;&lt;/b&gt;</p>"),
        (Markup("<b>x</b>"), "<p><b>x</b></p>"),
        (None, "<p></p>"),
        (False, "<p></p>"),
        (True, "<p></p>"),
        (3.5, "<p>3.5</p>"),
        (0, "<p>0</p>"),
        (0.0, "<p>0.0</p>"),
        *[
            (nothing, "<p></p>")
            for nothing in ("", [], (), set(), frozenset(), {}, {}.values(), range(0), b"")
        ],
        ({1}, "<p>{1}</p>"),
        ({"a": 1}, "<p>{'a': 1}</p>"),
        (["a", 1, None, "b"], "<p>a1b</p>"),
        ((letter for letter in "xy"), "<p>xy</p>"),
        (Element("i", {}, (Text("x"),)), "<p><i>x</i></p>"),
    ],
)
def test_values_in_content(value: object, printed: str) -> None:
    assert html("<p>", value, "</p>") == printed


@pytest.mark.parametrize(
    ("strings", "value", "printed"),
    [
        (['<p class="', '"></p>'], "a b", '<p class="a b"></p>'),
        (['<p class="', '"></p>'], ["a", None, "b"], '<p class="a b"></p>'),
        (['<p class="', '"></p>'], {"a": True, "b": False}, '<p class="a"></p>'),
        (['<p class="x ', '"></p>'], False, '<p class="x "></p>'),
        (['<p title="', '"></p>'], 'a"b<c>&', None),
        (["<input disabled=", ">"], True, '<input disabled="">'),
        (["<input disabled=", ">"], False, "<input>"),
        (["<input disabled=", ">"], None, "<input>"),
        *[(["<input disabled=", ">"], nothing, "<input>") for nothing in ([], (), set(), frozenset(), {})],
        (["<input value=", ">"], "", '<input value="">'),
        (['<p data-ids="', '"></p>'], [], '<p data-ids=""></p>'),
        (['<p aria-expanded="', '"></p>'], False, '<p aria-expanded="false"></p>'),
        (['<a href="', '">x</a>'], "/a?b=1&c=2", None),
        (['<a href="', '">x</a>'], "JaVa\tScript:alert(1)", '<a href="about:blank#blocked">x</a>'),
        (['<a href="/x/', '">x</a>'], "javascript:alert(1)", '<a href="/x/javascript:alert(1)">x</a>'),
        (['<a href="java', '">x</a>'], "script:alert(1)", '<a href="about:blank#blocked">x</a>'),
        (['<p style="width: ', '%"></p>'], 40, '<p style="width: 40%"></p>'),
        (['<p style="width: ', '"></p>'], "1px; background: url(x)", '<p style="width: "></p>'),
        (['<button @click="add(', ')">x</button>'], 5, '<button @click="add(5)">x</button>'),
        (
            ["<p ", "></p>"],
            {"id": "x", "data-n": 5, "hidden": True, "title": None},
            '<p id="x" data-n="5" hidden=""></p>',
        ),
    ],
)
def test_values_in_attributes(strings: list[str], value: object, printed: str | None) -> None:
    found = html(strings[0], value, strings[1])
    if printed is not None:
        assert found == printed


@pytest.mark.parametrize("nothing", [None, False, "", [], (), set(), frozenset(), {}])
def test_nothing_is_shown_in_a_textarea_either(nothing: object) -> None:
    assert html("<textarea>", nothing, "</textarea>") == html("<textarea>", None, "</textarea>")


def test_text_arguments_of_events_are_json_literals() -> None:
    instance = render("<button @click='open(", 'a"b, other(', ")'>x</button>")
    (button,) = expand(instance)
    assert isinstance(button, Element)
    assert button.attributes == {"@click": 'open("a\\"b, other(")'}


def test_nul_is_what_parsers_make_of_it_wherever_it_stands() -> None:
    instance = render("<p title=", "a\0", " ", {"lang": "b\0"}, ">", "c\0", "</p>")
    (node,) = expand(instance)
    assert node == Element("p", {"title": "a\ufffd", "lang": "b\ufffd"}, (Text("c\ufffd"),))
    assert parse_html(value_to_html(instance)).children == (node,)


@pytest.mark.parametrize("tag", sorted(VOID_ELEMENTS - {"col", "frame"}))
def test_void_elements_need_no_end_tag(tag: str) -> None:
    assert (
        html(f"<div><{tag} title=", 1, f">a<{tag}/>", 2, "</div>") == f'<div><{tag} title="1">a<{tag}>2</div>'
    )


def test_markup_is_read_in_the_element_it_stands_in() -> None:
    drawing = render("<svg><g>", Markup("<circle></circle>"), "</g></svg>")
    circle = Element("circle", {}, (), "svg")
    assert expand(drawing) == (Element("svg", {}, (Element("g", {}, (circle,), "svg"),), "svg"),)


def test_lists_of_templates() -> None:
    row = compile_template(['<li key="', '">', "</li>"])
    rows = [row.instance([n, f"item {n}"]) for n in range(3)]
    instance = render("<ul>", rows, "</ul>")
    assert type(instance[1]) is Fragment
    assert value_to_html(instance) == (
        '<ul><li key="0">item 0</li><li key="1">item 1</li><li key="2">item 2</li></ul>'
    )


def test_edges_that_only_lay_out_the_code_are_trimmed() -> None:
    assert html("\n    <p>", 1, "</p>\n    ") == "<p>1</p>"
    assert html(" <b>", 1, "</b> ") == " <b>1</b> "


def test_a_template_without_slots_is_nodes() -> None:
    assert render("<hr>") == Element("hr")
    assert render("<!--x--><hr>") == Fragment([Comment("x"), Element("hr")])


def test_rows_and_drawings_are_compiled_in_their_own_context() -> None:
    assert value_to_html(render("<tr><td>", 1, "</td></tr>")) == "<tr><td>1</td></tr>"
    (circle,) = expand(render('<circle r="', 4, '"/>'))
    assert isinstance(circle, Element)
    assert circle.namespace == "svg"


def test_textarea_and_pre_keep_a_leading_line_break() -> None:
    (area,) = parse_html(value_to_html(render("<textarea>", "\nx", "</textarea>"))).children
    assert isinstance(area, Element)
    assert area.children == (Text("\nx"),)


def test_components_are_called_with_properties_and_children() -> None:
    def card(title: str, children: object = None, footer: object = None, wide: bool = False) -> object:
        return compile_template(["<section><h2>", "</h2>", "", "</section>"]).instance(
            [title, children, footer]
        )

    printed = html(
        "<main><", card, ' title="Hi ', "Ann", '" wide><p>', 5, "</p><:footer>f</:footer></", card, "></main>"
    )
    assert printed == "<main><section><h2>Hi Ann</h2><p>5</p>f</section></main>"


@pytest.mark.parametrize(
    ("strings", "message"),
    [
        (["<div><p>x</div>"], "</div> where </p> was expected: <p> was opened in line 1"),
        (["\n<div>\n<p>"], "t.py:3: <p> is never closed: add </p>"),
        (["</p>"], "</p> closes nothing"),
        (["<div/>"], "HTML has no self-closing <div/>: write <div></div>"),
        (["<br></br>"], "<br> is a void element"),
        (["<keygen></keygen>"], "<keygen> is a void element"),
        (["<frame>"], "<frame>"),
        (['<p class="a" class="b"></p>'], 'has the attribute "class" twice'),
        (["<p <b></p>"], "has no closing '>'"),
        (["<!-- x"], "a comment is never closed"),
        (["<!-- ", " -->"], "a slot in a comment"),
        (["<script>let x = ", "</script>"], "a slot inside <script>"),
        (["<style>p { color: ", " }</style>"], "a slot inside <style>"),
        (["<p on", '="x"></p>'], "a slot inside an attribute's name"),
        (['<p onclick="', '"></p>'], 'bind a handler with @click="…" instead'),
        (['<iframe srcdoc="', '"></iframe>'], "srcdoc"),
        (["<h", ">x</h1>"], "a slot inside a tag's name"),
        (["<table><tr><td>1</td></tr></table>"], "a browser puts <tbody> where <tr> is written"),
        (["<p><div>x</div></p>"], "<div>"),
        (["<svg><text>m<sup>2</sup></text></svg>"], "<sup>"),
        (['<button @click="count += 1">x</button>'], "is not a handler"),
        (["<:footer>x</:footer>"], "is a slot of a component"),
        (["<", ">x"], "a component's tag is never closed"),
        (["a\0b"], "NUL"),
    ],
)
def test_mistakes_name_the_place_and_the_cure(strings: list[str], message: str) -> None:
    with pytest.raises(TemplateError) as error:
        compile_template(strings, "t.py", 1)
    assert message in str(error.value)
    assert str(error.value).startswith("t.py:")


def test_functions_and_coroutines_in_slots_are_refused() -> None:
    async def later() -> str:
        return "x"

    with pytest.raises(TemplateError, match="call it"):
        content(later)
    with pytest.raises(TemplateError, match="await it"):
        content(later())
