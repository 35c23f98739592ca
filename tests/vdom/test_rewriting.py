"""HTML that may not be printed again from its tree is sent as it is written."""

from __future__ import annotations

import pytest
from markupsafe import Markup

from hyper.diff import apply_patches, diff_trees
from hyper.diff.instances import diff_values
from hyper.vdom import Element, Root, Text, parse_html, to_html
from hyper.vdom.node import iter_nodes
from hyper.vdom.rewriting import reads_as_tree, root_html, vouched_source
from hyper.vdom.templates.compiler import compile_template, content
from hyper.vdom.templates.printing import value_to_html

MUTATING = [
    '<form><math><mtext></form><form><mglyph><style></math><img src=x onerror="x"></style></mglyph></form></mtext></math>',
    '<FORM><MATH><MI></FORM><FORM><MALIGNMARK><STYLE></math><img src=x onerror="x"></STYLE></MALIGNMARK></FORM></MI></MATH>',
    '<b>x</b><form><math><ms></form><form><mglyph><xmp></math><img src=x onerror="x"></xmp></mglyph></form></ms></math>',
]
"""No ``<img>`` as it is written, one after it was printed and parsed again."""


def images(html: str) -> int:
    return sum(isinstance(node, Element) and node.tag == "img" for node in iter_nodes(parse_html(html)))


@pytest.mark.parametrize("html", MUTATING)
def test_such_html_is_found(html: str) -> None:
    root = parse_html(html)
    assert (images(html), images(to_html(root))) == (0, 1)
    assert not reads_as_tree(to_html(root), root)
    assert vouched_source(root) == html
    assert root_html(root) == html


@pytest.mark.parametrize("html", ["<p>a<p>b", "<svg><g></g></svg>", "<math><mi>x</mi></math><b>", "a < b"])
def test_other_html_is_printed(html: str) -> None:
    root = parse_html(html)
    assert vouched_source(root) is None
    assert root_html(root) == to_html(root)


def test_a_tree_made_by_hand_has_no_source() -> None:
    root = Root((Element("p", {}, (Element("p"), Element("svg", {}, (), "svg"))),))
    assert vouched_source(root) is None
    assert root_html(root) == to_html(root)


@pytest.mark.parametrize("html", MUTATING)
def test_it_is_printed_as_it_is_written(html: str) -> None:
    template = compile_template(["<div>", "</div>"])
    for vouched in (Markup(html), parse_html(html)):
        assert template.instance([vouched]).to_html() == f"<div>{html}</div>"
    assert value_to_html(parse_html(html)) == html
    assert value_to_html(content(parse_html(html))) == html


@pytest.mark.parametrize("html", MUTATING)
@pytest.mark.parametrize(
    "strings",
    [
        ["<div>", "</div>"],
        ["<section><b>a</b><div>", "</div></section>"],
        ["<b>a</b><i>", "</i>"],
        ["<p>a</p>", ""],
    ],
)
def test_a_patch_never_holds_it_in_another_form(html: str, strings: list[str]) -> None:
    template = compile_template(strings)
    row = compile_template(["<i>", "</i>"])
    shown = [None, "text", Markup("<b>x</b>"), row.instance([1]), [row.instance([1]), row.instance([2])]]
    for before in shown:
        for after in (Markup(html), [row.instance([1]), Markup(html)], [Markup(html), "text"]):
            old, new = template.instance([content(before)]), template.instance([content(after)])
            for patch in diff_values(old, new):
                written = str(patch.get("html", ""))
                assert images(written) == 0, patch
                assert "<form>" not in written.lower() or html in written, patch


@pytest.mark.parametrize("html", MUTATING)
def test_nor_does_a_patch_between_two_strings(html: str) -> None:
    for before in ("<p>x</p>", "x", "<form><b>1</b></form>", MUTATING[0]):
        old, new = parse_html(before), parse_html(html)
        patches = diff_trees(old, new)
        assert all(images(str(patch.get("html", ""))) == 0 for patch in patches), patches
        assert apply_patches(old, patches) == new


def test_plain_elements_beside_instances_are_read_too() -> None:
    nested = Element("p", {}, (Element("p", {}, (Text("x"),)),))
    template, row = compile_template(["<div>", "</div>"]), compile_template(["<i>", "</i>"])
    old = template.instance([content([row.instance([1])])])
    new = template.instance([content([row.instance([1]), nested, row.instance([2])])])
    assert diff_values(old, new) == [{"path": "", "html": new.to_html()}]
