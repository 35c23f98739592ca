"""The laws of ``patches.py``, on random trees.

Twice: by Hypothesis, which shrinks what fails, and by a plain loop, which ``tests/deep.py`` runs a million times.
"""

from __future__ import annotations

import itertools
import os
import random

from hypothesis import given, note, settings

from hyper.diff import apply_patches, diff_trees
from hyper.diff.sequences import longest_increasing
from hyper.testing import trees as random_trees
from hyper.testing.patches import managed
from hyper.testing.trees import Choices, build_keyed_lists, build_tree
from hyper.vdom import Element, Root, Text, parse_html, to_html
from tests.laws import check_laws, check_many_pairs, moves_in
from tests.strategies import any_pairs, trees

EXAMPLES = int(os.environ.get("HYPER_EXAMPLES", "2000"))


@settings(max_examples=400, deadline=None)
@given(any_pairs())
def test_laws(pair: tuple[Root, Root]) -> None:
    old, new = pair
    note(f"old: {to_html(old)}\nnew: {to_html(new)}")
    check_laws(old, new)


def test_laws_on_many_pairs(rng: random.Random) -> None:
    check_many_pairs(rng, EXAMPLES)


@settings(max_examples=200, deadline=None)
@given(any_pairs())
def test_there_and_back_again(pair: tuple[Root, Root]) -> None:
    old, new = pair
    there = apply_patches(old, diff_trees(old, new))
    assert managed(apply_patches(there, diff_trees(there, old))) == managed(old)


@settings(max_examples=200, deadline=None)
@given(trees())
def test_html_that_was_printed_again_does_not_differ(tree: Root) -> None:
    assert diff_trees(tree, parse_html(to_html(tree))) == []
    assert diff_trees(tree, tree) == []


# Law 4 and 5: lists -----------------------------------------------------------------------------------------


def keys_of(tree: Root) -> list[str]:
    items = tree.children[0].children  # type: ignore[union-attr]
    return [item.key for item in items if isinstance(item, Element) and item.key is not None]


def test_lists_with_keys_move_no_more_than_they_must(rng: random.Random) -> None:
    checked = 0
    for _ in range(EXAMPLES // 2):
        old, new = build_keyed_lists(Choices(rng.randbytes(120)))
        patches = diff_trees(old, new, keep_state=True)
        has_spaces = any(isinstance(child, Text) for child in old.children[0].children)  # type: ignore[union-attr]
        if has_spaces or any("html" in patch and "insert" not in patch for patch in patches):
            continue  # white space moves too, and what is replaced as a whole moves nothing
        checked += 1
        before, after = keys_of(old), keys_of(new)
        kept = [before.index(key) for key in after if key in before]
        assert moves_in(patches) == len(kept) - len(longest_increasing(kept)), "law 4"
        removed = sum([patch.get("count", 1) for patch in patches if "remove" in patch])
        assert removed == len(set(before) - set(after)), "law 4"
    assert checked > EXAMPLES // 10


def test_insertions_and_removals_alone_move_nothing(rng: random.Random) -> None:
    for number in range(EXAMPLES // 4):
        old = numbered(build_tree(Choices(rng.randbytes(100))))
        new = random_trees.expressible([*thinned(list(old.children), rng)], "body")
        children = list(new.children)
        for _ in range(rng.randrange(3)):
            children.insert(rng.randrange(len(children) + 1), Element("aside", {"title": f"{number}"}))
        new = Root(tuple(children))
        patches = diff_trees(old, new, keep_state=True)
        assert not any("move" in patch or "order" in patch for patch in patches), "law 5"


def numbered(tree: Root) -> Root:
    """``tree``, no two elements of it alike: what loses its children must not equal another by chance."""
    numbers = itertools.count()

    def number(node: object) -> object:
        if not isinstance(node, Element):
            return node
        attributes = {**node.attributes, "data-number": str(next(numbers))}
        return Element(node.tag, attributes, tuple(map(number, node.children)), node.namespace)  # type: ignore[arg-type]

    return Root(tuple(map(number, tree.children)), tree.context)  # type: ignore[arg-type]


def thinned(nodes: list[object], rng: random.Random) -> list[object]:
    """Some of the nodes, each with some of its children."""
    kept: list[object] = []
    for node in nodes:
        if rng.random() < 0.3:
            continue
        if isinstance(node, Element):
            kept.append([node.tag, dict(node.attributes), thinned(list(node.children), rng)])
        else:
            kept.append(node)
    return kept


@settings(max_examples=100, deadline=None)
@given(any_pairs())
def test_shared_keys_are_told_every_time(pair: tuple[Root, Root]) -> None:
    first: list[tuple[str, str]] = []
    again: list[tuple[str, str]] = []
    diff_trees(*pair, on_duplicate_key=lambda *told: first.append(told))
    diff_trees(*pair, on_duplicate_key=lambda *told: again.append(told))
    assert first == again
