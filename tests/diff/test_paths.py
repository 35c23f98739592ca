from __future__ import annotations

import pytest

from hyper.diff.paths import NamedChildren, NodePlace, Path, PathStep, parse_path, root_place
from hyper.vdom import Element, Root, Text, iter_nodes, parse_html


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("", Path(None, (), None)),
        ("p", Path(None, (PathStep("p", None),), None)),
        (
            "div/p[2]/text",
            Path(None, (PathStep("div", None), PathStep("p", 2), PathStep("text", None)), None),
        ),
        ("#log/p[9]/@class", Path("log", (PathStep("p", 9),), "class")),
        ("#log", Path("log", (), None)),
        ("#log/@id", Path("log", (), "id")),
        ("p/@@click.once", Path(None, (PathStep("p", None),), "@click.once")),
        ("*[3]/comment", Path(None, (PathStep("*", 3), PathStep("comment", None)), None)),
        ("x-y.z:w/pi", Path(None, (PathStep("x-y.z:w", None), PathStep("pi", None)), None)),
    ],
)
def test_a_path_is_taken_apart_and_put_together(text: str, path: Path) -> None:
    assert parse_path(text) == path
    assert str(path) == text


@pytest.mark.parametrize(
    "text",
    ["/", "p/", "/p", "p//b", "p[0]", "p[-1]", "p[01]", "p[1", "p[]", "p[1]x", "*", "p/#log", "#", "#1a",
     "@class", "p/@", "p/@a/@b", "p/@a/b", "p/@a b", "p/@a>", "p/@a\n", "p b", "p[1e3]", "p[9999999999]", "é", "p\n", "p[\uff11]"],
)  # fmt: skip
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a step|^'.*' is not an attribute name$"):
        parse_path(text)


def steps(html: str, context: str = "body") -> list[str]:
    children = parse_html(html, context=context).children
    return [NamedChildren(children).step(index) for index in range(len(children))]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p></p>", ["p"]),
        ("<p></p><b></b><p></p>", ["p[1]", "b", "p[2]"]),
        ("a<!--b--><?c d><b></b>e", ["text[1]", "comment", "pi", "b", "text[2]"]),
        ('<a"b></a"b><p></p>', ["*[1]", "p"]),
        ("<x-y></x-y><x-y></x-y>", ["x-y[1]", "x-y[2]"]),
    ],
)
def test_steps(html: str, expected: list[str]) -> None:
    assert steps(html) == expected


def test_an_element_that_is_called_like_a_kind_of_node_is_counted() -> None:
    assert steps("x<text>y</text><circle></circle><text></text>", "svg") == ["text", "*[2]", "circle", "*[4]"]


def test_a_step_finds_what_it_was_made_for() -> None:
    children = parse_html('a<b></b><p></p>c<!--d--><p></p><a"b></a"b>').children
    for index in range(len(children)):
        path = parse_path(NamedChildren(children).step(index))
        assert NamedChildren(children).find(path.steps[0]) == index


@pytest.mark.parametrize(
    "step", [PathStep("p", None), PathStep("p", 3), PathStep("b", 2), PathStep("i", None), PathStep("*", 9)]
)
def test_a_step_that_does_not_name_exactly_one_child_is_refused(step: PathStep) -> None:
    siblings = NamedChildren(parse_html("<p></p><b></b><p></p>").children)
    with pytest.raises(LookupError, match="among the children p, b, p"):
        siblings.find(step)


def test_an_error_names_some_children_only() -> None:
    with pytest.raises(LookupError) as caught:
        NamedChildren(parse_html("<p></p>" * 1000).children).find(PathStep("b", None))
    assert str(caught.value.args[0]).endswith("p, p, p, p, p, p, p, p and 992 more")
    with pytest.raises(LookupError, match=r"the children p, p, p, p, p, p, p, p and 1 more$"):
        NamedChildren(parse_html("<p></p>" * 9).children).find(PathStep("b", None))
    with pytest.raises(LookupError, match=r"the children p, p, p, p, p, p, p, p$"):
        NamedChildren(parse_html("<p></p>" * 8).children).find(PathStep("b", None))
    with pytest.raises(LookupError, match="among no children"):
        NamedChildren(()).find(PathStep("b", None))


def test_a_star_without_a_number_names_no_child() -> None:
    children = NamedChildren((Element("text", {}, (), "svg"),))
    assert children.step(0) == "*[1]"
    with pytest.raises(LookupError, match=r"no single '\*' among"):
        children.find(PathStep("*", None))


def place_of(tree: Root, wanted: Element, anchored: bool = True) -> NodePlace:
    """The place of an element, made on the way down as the diff makes it."""
    place = root_place(tree, tree) if anchored else root_place()
    nodes = tree.children
    while True:
        index = next(i for i, node in enumerate(nodes) if node is wanted or wanted in iter_below(node))
        place = NodePlace(place, NamedChildren(nodes), index)
        node = nodes[index]
        assert isinstance(node, Element)
        place.id = node.attributes.get("id")
        if node is wanted:
            return place
        nodes = node.children


def iter_below(node: object) -> list[object]:
    return list(iter_nodes(node)) if isinstance(node, Element) else []


def first(tree: Root, tag: str) -> Element:
    return next(node for node in iter_nodes(tree) if isinstance(node, Element) and node.tag == tag)


@pytest.mark.parametrize(
    ("html", "path"),
    [
        ("<div><p><i></i></p></div>", "div/p/i"),
        ('<div><p id="x"><i></i></p></div>', "#x/i"),
        ('<div id="y"><p id="x"><i></i></p></div>', "#x/i"),
        ('<div id="long-id"><p><i></i></p></div>', "div/p/i"),
        ('<div><p id="long"><i></i></p></div>', "div/p/i"),
        ('<div><p id="abc"><i></i></p></div>', "#abc/i"),
        ('<div><p id="x"><i></i></p></div><b id="x"></b>', "div/p/i"),
        ('<div><p id="x y"><i></i></p></div>', "div/p/i"),
        ('<div><p id="1"><i></i></p></div>', "div/p/i"),
        ('<div id="a"><p id="x"><i></i></p><p id="x"></p></div>', "#a/p[1]/i"),
        ('<div><p id="x"><i></i></p><b data-live-ignore><b id="x"></b></b></div>', "#x/i"),
    ],
)
def test_a_path_starts_at_an_id_that_is_unique_and_makes_it_shorter(html: str, path: str) -> None:
    tree = parse_html(html)
    assert place_of(tree, first(tree, "i")).path == path


def test_without_trees_paths_start_at_the_root() -> None:
    tree = parse_html('<div><p id="x"><i></i></p></div>')
    assert place_of(tree, first(tree, "i"), anchored=False).path == "div/p/i"


def test_an_id_has_to_be_unique_in_both_trees() -> None:
    old = parse_html('<div><p id="x"></p></div>')
    new = parse_html('<div><p id="x"></p><b id="x"></b></div>')
    place = root_place(old, new)
    for nodes in (old.children, old.children[0].children):  # type: ignore[union-attr]
        place = NodePlace(place, NamedChildren(nodes), 0)
    place.id = "x"
    assert place.path == "div/p"


def test_depth_is_no_danger() -> None:
    place = root_place()
    for _ in range(5_000):
        place = NodePlace(place, NamedChildren((Element("b"),)), 0)
    assert place.path == "/".join(["b"] * 5_000)


def test_names_are_read_once_for_all_children_and_once_for_each_step() -> None:
    asked = []

    class Named:
        @property
        def name(self) -> str:
            asked.append(1)
            return "li"

    siblings = NamedChildren([Named() for _ in range(100)])
    assert [siblings.step(index) for index in (0, 99, 50)] == ["li[1]", "li[100]", "li[51]"]
    assert len(asked) == 100 + 3


def test_a_text_at_the_top_has_a_path() -> None:
    assert NodePlace(root_place(), NamedChildren((Text("a"),)), 0).path == "text"
