from __future__ import annotations

from hypothesis import given

from hyper.diff.ids import ids_below, ids_of, is_closed, unique_ids
from hyper.vdom import Element, Root, iter_nodes, parse_html
from tests.strategies import trees


def test_ids_come_in_document_order_those_that_repeat_too() -> None:
    tree = parse_html('<p id="a"><b id="b"></b></p><i id="a"></i><u id="c d"></u>')
    assert ids_below(tree) == ("a", "b", "a", "c d")
    assert unique_ids(tree) == {"b"}


def test_what_somebody_else_manages_is_not_looked_at() -> None:
    tree = parse_html(
        '<p data-live-ignore id="a"><b id="b"></b></p><selectedcontent><i id="c"></i></selectedcontent>'
    )
    assert ids_below(tree) == ("a",)
    assert [is_closed(child) for child in tree.children] == [True, True]


@given(trees())
def test_all_ids_are_found(tree: Root) -> None:
    assert ids_below(tree) == tuple(
        node.attributes["id"]
        for node in iter_nodes(tree)
        if isinstance(node, Element) and "id" in node.attributes
    )


def test_depth_is_no_danger() -> None:
    tree = Element("i", {"id": "0"})
    for number in range(1, 2000):
        tree = Element("b", {"id": str(number)}, (tree, Element("u", {"id": "u"})))
    assert ids_of(tree)[:2] == ("1999", "1998")  # type: ignore[index]


def test_a_subtree_is_asked_once() -> None:
    asked = []

    class Spy(dict[str, str]):
        def get(self, *args: object) -> str | None:  # type: ignore[override]
            asked.append(args)
            return super().get(*args)  # type: ignore[call-overload, no-any-return]

    shared = Element("p", {}, tuple([Element("b", Spy(id=str(index))) for index in range(10)]))
    assert ids_below(Root((shared,))) == ids_below(Root((Element("i"), shared)))
    assert len(asked) == 10


def test_a_kind_of_node_from_elsewhere_may_not_know() -> None:
    class Elsewhere:
        name = kind = "p"

    class Informed(Elsewhere):
        ids = ("x",)

    class Nested:
        name = kind = "live:1"

    known = Element("p", {"id": "a"}, (Informed(), Nested()))  # type: ignore[arg-type]
    assert ids_of(known) == ("a", "x")
    unknown = Element("p", {"id": "a"}, (Elsewhere(),))  # type: ignore[arg-type]
    assert ids_of(Element("div", {}, (unknown, known))) is None
    assert unique_ids(Root((unknown, known))) == frozenset()
