"""What a diff costs, counted: comparisons, nodes looked into, names read. Never measured by a clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from hyper.diff import Patch, apply_patches, diff_trees, draft, matching, tree
from hyper.diff.ids import ids_below
from hyper.vdom import Element, Root, Text, parse_html
from hyper.vdom import node as node_module


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> Iterator[list[int]]:
    """Calls of ``owner.name`` while this lasts."""
    calls: list[int] = []
    original = getattr(owner, name)

    def wrapped(*args: Any, **options: Any) -> Any:
        calls.append(1)
        return original(*args, **options)

    with monkeypatch.context() as patching:
        patching.setattr(owner, name, wrapped)
        yield calls


KEPT = Element("td")


def row(number: int, text: str = "same") -> Element:
    cells = tuple([Element("td", {}, (Text(f"{number} {text} {column}"),)) for column in "abc"])
    return Element("tr", {}, cells)


def table(rows: list[Element]) -> Root:
    return Root((Element("table", {}, (Element("tbody", {}, tuple(rows)),)),))


def test_the_same_tree_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    one = table([row(number) for number in range(100)])
    with (
        counted(monkeypatch, tree, "match_children") as matched,
        counted(monkeypatch, Element, "__eq__") as compared,
    ):
        assert diff_trees(one, one) == []
        assert diff_trees(one, Root(one.children)) == []
    assert matched == compared == []


@pytest.mark.parametrize("count", [10, 1000])
def test_one_changed_row_costs_the_same_among_10_and_among_1000(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [row(number) for number in range(count)]
    old, new = table(rows), table([*rows[:5], row(5, "new"), *rows[6:]])
    hash(old), hash(new)
    with (
        counted(monkeypatch, tree, "match_children") as matched,
        counted(monkeypatch, Element, "__eq__") as compared,
        counted(monkeypatch, node_module, "_same_shell") as walked,
    ):
        assert len(diff_trees(old, new)) == 3
    assert len(matched) == 1  # the cells of the row; above, the one that is not the same is found in C
    assert len(compared) <= 20
    assert walked == []


@pytest.mark.parametrize("count", [100, 1000])
def test_equal_trees_are_compared_once(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = (table([row(number) for number in range(count)]) for _ in range(2))
    with counted(monkeypatch, node_module, "_same_shell") as walked:
        assert diff_trees(old, new) == []
    assert len(walked) == 4 * count


@pytest.mark.parametrize("depth", [10, 100])
def test_a_change_at_the_bottom_is_not_compared_again_on_every_level(
    depth: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nested(text: str) -> Root:
        inner: Element = Element("p", {}, (Text(text),))
        for level in range(depth):
            inner = Element("div", {}, (row(level), inner, Text("end")))
        return Root((inner,))

    with counted(monkeypatch, node_module, "_same_shell") as walked:
        assert len(diff_trees(nested("a"), nested("b"))) == 1
    assert len(walked) == 4 * depth


@pytest.mark.parametrize("count", [200, 2000])
def test_a_shuffle_compares_each_row_a_few_times(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [row(number) for number in range(count)]
    old, new = table(rows), table([rows[number * 7 % count] for number in range(count)])
    with (
        counted(monkeypatch, Element, "__eq__") as compared,
        counted(monkeypatch, Element, "__hash__") as hashed,
    ):
        patches = diff_trees(old, new)
    assert [set(patch) for patch in patches] == [{"path", "order"}]
    assert len(compared) <= 4 * count
    assert len(hashed) <= 12 * count


def test_rows_edited_in_place_are_told_without_hashing_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [row(number) for number in range(1000)]
    old = table(rows)
    new = table([row(number, "new") if number % 10 == 0 else rows[number] for number in range(1000)])
    with counted(monkeypatch, node_module, "_hash_bottom_up") as hashed:
        assert len(diff_trees(old, new)) == 300
    assert len(hashed) <= 210


def test_rows_with_keys_edited_in_place_are_told_by_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    def keyed(number: int, text: str) -> Element:
        return Element("tr", {"key": str(number)}, (KEPT, Element("td", {}, (Text(text),)), KEPT))

    rows = [keyed(number, "old") for number in range(1000)]
    new = table([keyed(number, "new") if number % 10 == 0 else rows[number] for number in range(1000)])
    with (
        counted(monkeypatch, tree, "match_children") as matched,
        counted(monkeypatch, Element, "__eq__") as compared,
        counted(monkeypatch, Element, "__hash__") as hashed,
    ):
        assert len(diff_trees(table(rows), new)) == 100
    assert matched == compared == hashed == []


def test_steps_of_siblings_are_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [row(number) for number in range(500)]
    with counted(monkeypatch, node_module, "path_name") as named:
        patches = diff_trees(
            table(rows), table([row(number, "new") for number in range(500)]), keep_state=True
        )
    assert len(patches) in (1, 1500)
    assert len(named) <= 2 + 500 + 3 * 500


def test_ids_are_remembered_on_shared_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    def page(number: int) -> Root:
        changed = Element("p", {"id": "changed"}, (Text(f"The number is {number}, for now."),))
        return Root((Element("section", {}, (Element("div", {}, (Element("div", {}, (changed,)),)), rest)),))

    rest = parse_html('<ul id="list">' + '<li id="x">y</li>' * 300 + "</ul>").children[0]
    ids_below(page(0))
    from hyper.diff import ids

    with counted(monkeypatch, ids, "_ids_of_one") as asked:
        patches = diff_trees(page(1), page(2))
    assert patches == [{"path": "#changed/text", "at": 14, "delete": 1, "insert": "2"}]
    assert len(asked) <= 8


def test_the_size_guard_does_not_walk_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    from hyper.vdom import markup

    rows = [row(number) for number in range(2000)]
    with counted(monkeypatch, markup, "start_tag") as printed:
        diff_trees(table(rows), table([*rows[1:], row(0)]))
    assert printed == []


def test_applying_opens_only_what_is_touched() -> None:
    rows = [row(number) for number in range(1000)]
    old, new = table(rows), table([*rows[:5], row(5, "new"), *rows[6:]])
    patched = apply_patches(old, diff_trees(old, new))
    assert patched == new
    kept, was = patched.children[0].children[0].children, old.children[0].children[0].children  # type: ignore[union-attr]
    assert [index for index in range(1000) if kept[index] is not was[index]] == [5]


def test_an_element_edited_beside_a_text_is_not_hashed(monkeypatch: pytest.MonkeyPatch) -> None:
    def item(text: str) -> Element:
        return Element("li", {}, (Text(text),))

    items = [item(str(number)) for number in range(10)]
    old, new = Root((Text("old"), *items)), Root((Text("new"), item("new"), *items[1:]))
    with counted(monkeypatch, Element, "__hash__") as hashed:
        assert len(diff_trees(old, new)) == 2
    assert hashed == []


def test_a_node_with_an_id_is_found_without_opening_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    items = [Element("li", {"id": f"i{number}"}, (Text("a"),)) for number in range(100)]
    page = Root((Element("ul", {}, tuple(items)), Text("b"), Element("p", {}, (Element("b"),))))
    patches: list[Patch] = [{"path": f"#i{number}/text", "value": "x"} for number in (7, 8)]
    with counted(monkeypatch, draft.Draft, "__init__") as opened:
        apply_patches(page, patches)
    assert len(opened) == 6  # the root, the list, two items and their texts


def test_long_lists_of_equal_rows_stay_near_linear(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    original = matching.longest_increasing

    def spy(values: Any) -> Any:
        seen.append(len(values))
        return original(values)

    monkeypatch.setattr(matching, "longest_increasing", spy)
    old = [row(number % 3) for number in range(2000)]
    new = [row((number + number // 50) % 3) for number in range(2000)]
    diff_trees(table(old), table(new))
    assert sum(seen) <= 2000 * 2 * (matching.WINDOW + 2)
