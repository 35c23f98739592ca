from __future__ import annotations

from typing import Any

import pytest

from hyper.diff import PatchError, apply_patches
from hyper.vdom import Element, Root, Text, parse_html, to_html

PAGE = '<ul id="l"><li>a</li><li>b</li><li>c</li></ul><p class="x">one<!--two--></p>'


def applied(*patches: Any, html: str = PAGE, context: str = "body") -> str:
    return to_html(apply_patches(parse_html(html, context=context), list(patches)))


@pytest.mark.parametrize(
    ("patch", "html"),
    [
        ({"path": "p/text", "value": "1 < 2"}, '<p class="x">1 &lt; 2<!--two--></p>'),
        ({"path": "p/comment", "value": "3"}, '<p class="x">one<!--3--></p>'),
        ({"path": "p/text", "at": 1, "insert": "-"}, '<p class="x">o-ne<!--two--></p>'),
        ({"path": "p/text", "at": 1, "delete": 2, "insert": ""}, '<p class="x">o<!--two--></p>'),
        ({"path": "p/comment", "at": 3, "insert": "!"}, '<p class="x">one<!--two!--></p>'),
        ({"path": "p/@class", "value": 'a"b'}, '<p class="a&quot;b">one<!--two--></p>'),
        ({"path": "p/@class", "value": None}, "<p>one<!--two--></p>"),
        ({"path": "p/@title", "value": None}, '<p class="x">one<!--two--></p>'),
        ({"path": "p/@title", "value": ""}, '<p class="x" title="">one<!--two--></p>'),
        ({"path": "p", "insert": 0, "html": "<b>1</b>2"}, '<p class="x"><b>1</b>2one<!--two--></p>'),
        ({"path": "p", "insert": 2, "html": "<b>1</b>"}, '<p class="x">one<!--two--><b>1</b></p>'),
        ({"path": "p", "insert": 1, "html": ""}, '<p class="x">one<!--two--></p>'),
        ({"path": "p", "remove": 1}, '<p class="x">one</p>'),
        ({"path": "p", "remove": 0, "count": 2}, '<p class="x"></p>'),
        ({"path": "p", "html": "<b></b>"}, '<p class="x"><b></b></p>'),
        ({"path": "p", "html": ""}, '<p class="x"></p>'),
        ({"path": "p", "move": 0, "to": 1}, '<p class="x"><!--two-->one</p>'),
        ({"path": "p", "move": 1, "to": 1}, '<p class="x">one<!--two--></p>'),
        ({"path": "p", "order": [1, 0]}, '<p class="x"><!--two-->one</p>'),
        ({"path": "*[2]/*[1]", "value": "1"}, '<p class="x">1<!--two--></p>'),
        ({"path": "p[1]/text[1]", "value": "1"}, '<p class="x">1<!--two--></p>'),
    ],
)
def test_each_patch(patch: Any, html: str) -> None:
    assert applied(patch) == PAGE[: PAGE.index("<p")] + html


def test_the_root_has_children_too() -> None:
    assert applied({"path": "", "move": 0, "to": 1}, html="<i></i><b></b>") == "<b></b><i></i>"
    assert applied({"path": "", "html": "<u></u>"}, html="<i></i><b></b>") == "<u></u>"
    assert applied({"path": "text", "value": "b"}, html="a") == "b"
    assert applied({"path": "", "insert": 1, "html": "<tr><td>2"}, html="<tr>", context="tbody") == (
        "<tr></tr><tr><td>2</td></tr>"
    )


def test_paths_are_read_against_the_tree_as_it_is_by_then() -> None:
    assert applied(
        {"path": "ul", "remove": 0},
        {"path": "ul/li[1]/text", "value": "B"},
        {"path": "ul", "remove": 0},
        {"path": "ul/li/text", "value": "C"},
        {"path": "ul", "insert": 0, "html": "<li>new</li>"},
        {"path": "ul/li[2]/text", "value": "last"},
        html="<ul><li>a</li><li>b</li><li>c</li></ul>",
    ) == "<ul><li>new</li><li>last</li></ul>"  # fmt: skip


def test_an_id_is_found_in_the_tree_as_it_is_by_then() -> None:
    html = '<p id="a">1</p><p>2</p>'
    moved = [
        {"path": "p[1]/@id", "value": None},
        {"path": "p[2]/@id", "value": "a"},
        {"path": "#a/text", "value": "x"},
    ]
    assert applied(*moved, html=html) == '<p>1</p><p id="a">x</p>'
    assert applied({"path": "#l/li[2]/text", "value": "B"}).startswith('<ul id="l"><li>a</li><li>B</li>')
    assert applied({"path": "#l/@id", "value": "m"}, {"path": "#m/@id", "value": "l"}) == PAGE


def test_an_id_that_is_set_far_down_is_found_by_later_patches() -> None:
    html = "<div><section><p>1</p></section></div><b id='b'>2</b>"
    set_it = {"path": "div/section/p/@id", "value": "a"}
    assert applied(set_it, {"path": "#a/text", "value": "x"}, html=html).startswith(
        '<div><section><p id="a">x</p>'
    )


def test_what_is_ignored_can_have_an_id_that_occurs_inside_it_too() -> None:
    html = '<p data-live-ignore id="a"><b id="a">1</b></p>'
    assert 'class="x"' in applied({"path": "#a/@class", "value": "x"}, html=html)


def test_order_takes_runs() -> None:
    html = "<ul>" + "".join([f"<li>{n}</li>" for n in range(10)]) + "</ul>"
    order = {"path": "ul", "order": [[7, 9], 0, [2, 6], [1, 1]]}
    assert applied(order, html=html).count("<li>") == 10
    assert applied(order, html=html).startswith("<ul><li>7</li><li>8</li><li>9</li><li>0</li><li>2</li>")


@pytest.mark.parametrize(
    ("patch", "why"),
    [
        ({"path": "div", "html": ""}, r"no single 'div' among the children ul, p"),
        ({"path": "ul/li", "html": ""}, r"no single 'li' among the children li, li, li"),
        ({"path": "ul/li[4]", "html": ""}, r"no single 'li\[4\]'"),
        ({"path": "ul/text", "value": "x"}, r"no single 'text' among the children li, li, li"),
        ({"path": "p/text/b", "html": ""}, r"a text has no children"),
        ({"path": "p/text", "html": ""}, r"a text has no children"),
        ({"path": "p", "value": "x"}, r"a p has no text of its own"),
        ({"path": "", "value": "x"}, r"a root has no text of its own"),
        ({"path": "p/text", "value": None}, r"only an attribute can be removed by null"),
        ({"path": "p/text/@class", "value": "x"}, r"a text has no attributes"),
        ({"path": "p/@class", "html": ""}, r"an attribute can only be given a value"),
        ({"path": "@class", "value": "x"}, r"'@class' is not a step"),
        ({"path": "p//text", "value": "x"}, r"'' is not a step"),
        ({"path": "#x/text", "value": "x"}, r"no elements have the id 'x'"),
        ({"path": "p", "at": 0, "insert": "x"}, r"a p is not a text"),
        ({"path": "", "at": 0, "insert": "x"}, r"a root is not a text"),
        ({"path": "p/text", "at": 4, "insert": "x"}, r"offset 4 is outside a text of 3"),
        ({"path": "p/text", "at": 2, "delete": 2, "insert": ""}, r"offset 4 is outside"),
        ({"path": "ul", "insert": 4, "html": ""}, r"no place 4 among the children li, li, li"),
        ({"path": "ul", "remove": 3}, r"no child 3 among the children li, li, li"),
        ({"path": "ul", "remove": 1, "count": 3}, r"no child 3 among"),
        ({"path": "ul", "move": 3, "to": 0}, r"no child 3 among"),
        ({"path": "ul", "move": 0, "to": 3}, r"no child 3 among"),
        ({"path": "ul", "order": [0, 1]}, r"the order must name each of 3 children once"),
        ({"path": "ul", "order": [0, 1, 1]}, r"the order must name each of 3 children once"),
        ({"path": "ul", "order": [0, 1, 3]}, r"the order must name each of 3 children once"),
        ({"path": "ul", "order": [[0, 2], 3]}, r"the order must name each of 3 children once"),
        ({"path": "ul", "order": [[0, 10**9]]}, r"the order must name each of 3 children once"),
        ({"path": "ul", "html": "<b>" * 600}, r".*500"),
        ({"path": "ul"}, r"patch 1: 'path' alone is not a patch"),
        ("ul", r"patch 1: must be an object"),
        ({"path": "ul", "remove": True}, r"patch 1: 'remove' must be an integer"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_number(patch: Any, why: str) -> None:
    tree = parse_html(PAGE)
    with pytest.raises(PatchError, match=f"(: |^){why}") as caught:
        apply_patches(tree, [{"path": "p/comment", "value": "changed"}, patch])
    assert str(caught.value).startswith("patch 1")
    assert len(str(caught.value)) < 500
    assert to_html(tree) == PAGE


@pytest.mark.parametrize(
    "patch",
    [
        {"path": "ul/li[1]/text", "value": "x"},
        {"path": "#n", "remove": 0},
        {"path": "ul/li[1]/@class", "value": "x"},
    ],
)
def test_what_a_list_puts_in_it_cannot_address(patch: Any) -> None:
    with pytest.raises(
        PatchError, match=r": 'li\[1\]' was inserted by the same patches|no elements have the id"
    ):
        applied({"path": "ul", "insert": 0, "html": '<li id="n">new</li>'}, patch)
    with pytest.raises(PatchError, match=r"was inserted by the same patches|no elements have the id"):
        applied({"path": "ul", "html": '<li id="n">new</li><li></li>'}, patch)


@pytest.mark.parametrize(
    "html",
    ["<p id=a>1</p><p id=a>2</p>", "<p data-live-ignore><b id=a>1</b></p>", "<template><i></i></template>"],
)
def test_an_id_has_to_name_one_managed_element(html: str) -> None:
    with pytest.raises(PatchError, match=r"(no|2) elements have the id 'a'"):
        applied({"path": "#a/text", "value": "x"}, html=html)


@pytest.mark.parametrize(
    "patch", [{"path": "p/b/text", "value": "x"}, {"path": "p", "html": ""}, {"path": "p", "remove": 0}]
)
def test_what_is_below_an_ignored_element_is_not_touched(patch: Any) -> None:
    with pytest.raises(PatchError, match="not managed by patches"):
        applied(patch, html="<p data-live-ignore><b>1</b></p>")


def test_offsets_count_utf16_units() -> None:
    assert (
        applied({"path": "text", "at": 3, "delete": 2, "insert": "x"}, html="a\U0001f600\U0001f601b")
        == "a\U0001f600xb"
    )
    with pytest.raises(PatchError, match="offset 2 is inside a character"):
        applied({"path": "text", "at": 2, "insert": "x"}, html="a\U0001f600b")


def test_untouched_subtrees_are_shared() -> None:
    tree = parse_html("<div><p>a</p><p>b</p></div><ul><li>c</li></ul>")
    patched = apply_patches(tree, [{"path": "div/p[1]/text", "value": "x"}])
    assert patched.children[1] is tree.children[1]
    assert patched.children[0].children[1] is tree.children[0].children[1]  # type: ignore[union-attr]
    assert patched.children[0].children[0] is not tree.children[0].children[0]  # type: ignore[union-attr]


def test_patches_that_change_nothing_give_the_same_tree() -> None:
    tree = parse_html(PAGE)
    assert apply_patches(tree, []) is tree
    same = [{"path": "p/text", "value": "one"}, {"path": "ul", "move": 1, "to": 1}]
    assert apply_patches(tree, same) is tree  # type: ignore[arg-type]


def test_texts_side_by_side_stay_apart() -> None:
    tree = Root((Element("p", {}, (Text("a"), Text("b"))),))
    patched = apply_patches(
        tree, [{"path": "p/text[2]", "value": "c"}, {"path": "p", "insert": 1, "html": "x"}]
    )
    assert patched == Root((Element("p", {}, (Text("a"), Text("x"), Text("c"))),))


def test_nodes_from_elsewhere_move_but_cannot_be_opened() -> None:
    class Live:
        name = "div"
        kind = "live:1"

    live: Any = Live()
    tree = Root((live, Text("a")))
    assert apply_patches(tree, [{"path": "", "move": 0, "to": 1}]).children == (Text("a"), live)
    with pytest.raises(PatchError, match="a div has no children that a patch could address"):
        apply_patches(tree, [{"path": "div/p", "html": ""}])
    with pytest.raises(PatchError, match="a div has no attributes"):
        apply_patches(tree, [{"path": "div/@class", "value": ""}])


def test_many_anchored_patches_are_applied() -> None:
    html = "<ul>" + "".join([f'<li id="row-{n}"><b>{n}</b></li>' for n in range(300)]) + "</ul>"
    patches: Any = [{"path": f"#row-{n}/b/text", "value": "x"} for n in range(300)]
    patches += [{"path": f"#row-{n}", "insert": 0, "html": "<i></i>"} for n in range(300)]
    assert to_html(apply_patches(parse_html(html), patches)).count("<i></i><b>x</b>") == 300


def test_a_long_patch_is_shortened_in_the_message() -> None:
    def message(length: int) -> str:
        with pytest.raises(PatchError) as caught:
            applied({"path": "q/text", "value": "x" * length}, html="<p>a</p>")
        return (
            str(caught.value).removesuffix(": no single 'q' among the children p").removeprefix("patch 0, ")
        )

    around = len('{"path":"q/text","value":""}')
    assert message(200 - around) == '{"path":"q/text","value":"' + "x" * (200 - around) + '"}'
    assert message(201 - around) == '{"path":"q/text","value":"' + "x" * (201 - around) + '"…'


def test_a_splice_into_an_empty_text() -> None:
    tree = Root((Text(""),))
    assert apply_patches(tree, [{"path": "text", "at": 0, "insert": "x"}]) == Root((Text("x"),))
