from __future__ import annotations

from typing import Any

import pytest

from hyper.vdom import Element, parse_html
from hyper.vdom.templates.compiler import compile_template
from hyper.vdom.templates.expressions import outer_parts
from hyper.vdom.templates.handed_content import as_outer
from hyper.vdom.templates.printing import value_to_html
from hyper.vdom.templates.values import Fragment, HandlerName


@pytest.mark.parametrize(
    ("parts", "outer"),
    [
        (["save"], ["^save"]),
        ([" save (text)"], ["^save (text)"]),
        (["^save"], ["^^save"]),
        (["remove(", 1, ", ", 2, ")"], ["^remove(", 1, ", ", 2, ")"]),
        (["$confirm('Sure?'); remove(", 1, ")"], ["$confirm('Sure?'); ^remove(", 1, ")"]),
        (["$hide('#a", 1, "');", " go"], ["$hide('#a", 1, "');", " ^go"]),
        (["$hide('#a')"], ["$hide('#a')"]),
        ([1, "(5)"], [1, "(5)"]),
        ([""], [""]),
    ],
)
def test_a_caret_stands_before_the_handler(parts: list[Any], outer: list[Any]) -> None:
    assert list(outer_parts(parts)) == outer


def test_content_of_all_kinds_is_marked_and_nothing_else() -> None:
    template = compile_template(['<p class="@click" @click="a">', '<b @input="f(', ')">', "</b></p><i>x</i>"])
    (constant,) = parse_html('<q @click="c"><u @click="d">@click="e"</u></q>').children
    value = template.instance([Fragment([constant]), 5, "text"])
    assert value_to_html(as_outer(value)) == (
        '<p class="@click" @click="^a"><q @click="^c"><u @click="^d">@click="e"</u></q>'
        '<b @input="^f(5)">text</b></p><i>x</i>'
    )
    assert as_outer(HandlerName("f")) == "^f"
    assert as_outer("f") == "f"


def test_the_templates_of_two_renders_are_one() -> None:
    template = compile_template(['<p @click="a">', "</p>"])
    one, other = (as_outer(template.instance([n])) for n in (1, 1))
    assert one == other
    assert one[0] is other[0]
    assert set(one[0].bindings) == {"^a"}
    quiet = compile_template(["<p>", "</p>"])
    assert as_outer(quiet.instance([1]))[0] is quiet


def test_authors_do_not_write_carets() -> None:
    with pytest.raises(Exception, match="is not a handler"):
        compile_template(['<p @click="^save"></p>'])
    assert isinstance(as_outer(Element("p", {"@click": "^a"})), Element)
