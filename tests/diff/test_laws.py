"""The laws of ``patches.py``, on random trees.

Twice: by Hypothesis, which shrinks what fails, and by a plain loop, which is fast enough for a million pairs:

    HYPER_EXAMPLES=1000000 HYPER_SEED=1 pytest tests/diff/test_laws.py -k many
"""

from __future__ import annotations

import itertools
import os
import random

from hypothesis import given, note, settings

from hyper.diff import Patch, apply_patches, diff_trees, patches_from_json, patches_to_json
from hyper.diff.guard import SMALLEST, json_size, shares_state
from hyper.diff.sequences import longest_increasing, spread
from hyper.testing import trees as random_trees
from hyper.testing.patches import CONTEXTS, managed
from hyper.testing.trees import Choices, build_keyed_lists, build_pair, build_tree
from hyper.vdom import Element, Root, Text, parse_html, to_html
from tests.strategies import any_pairs, trees

EXAMPLES = int(os.environ.get("HYPER_EXAMPLES", "2000"))


def whole(tree: Root) -> list[Patch]:
    """Everything anew."""
    return [{"path": "", "html": to_html(tree)}]


def check_laws(old: Root, new: Root) -> None:
    """Laws 1, 2, 3, 6, 10 and 11 for one pair."""
    patches = diff_trees(old, new)
    assert managed(apply_patches(old, patches)) == managed(new), "law 1"
    assert (patches == []) == (managed(old) == managed(new)), "law 2"
    assert json_size(patches) <= json_size(whole(new)), "law 6"
    text = patches_to_json(patches)
    assert patches_from_json(text) == patches, "law 10"
    assert patches_to_json(diff_trees(copy(old, backwards=True), copy(new))) == text, "law 11"
    assert patches_to_json(diff_trees(old, share(old, new))) == text, "law 11, shared"

    kept = diff_trees(old, new, keep_state=True)
    assert managed(apply_patches(old, kept)) == managed(new), "law 1, keeping state"
    too_long = json_size(kept) > json_size(whole(new))
    assert not too_long or json_size(kept) < SMALLEST or shares_state(old.children, new.children), (
        "law 6, keeping state"
    )
    check_every_prefix(old, kept)
    check_order_of_emission(kept)


def copy(tree: Root, backwards: bool = False) -> Root:
    """An equal tree that shares nothing and remembers nothing; ``backwards`` lists its attributes so."""

    def again(node: object) -> object:
        if isinstance(node, Element):
            attributes = dict(list(node.attributes.items())[:: -1 if backwards else 1])
            return Element(node.tag, attributes, tuple(map(again, node.children)), node.namespace)  # type: ignore[arg-type]
        return type(node)(node.data)  # type: ignore[call-arg, attr-defined]

    return Root(tuple(map(again, tree.children)), tree.context)  # type: ignore[arg-type]


def share(old: Root, new: Root) -> Root:
    """``new`` with every subtree that ``old`` holds too replaced by that very object."""
    known: dict[object, object] = {}

    def note_all(node: object) -> None:
        known.setdefault(node, node)
        for child in getattr(node, "children", ()):
            note_all(child)

    def shared(node: object) -> object:
        if node in known and to_html(known[node]) == to_html(node):
            return known[node]
        if isinstance(node, Element):
            return Element(node.tag, node.attributes, tuple(map(shared, node.children)), node.namespace)  # type: ignore[arg-type]
        return node

    note_all(old)
    return Root(tuple(map(shared, new.children)), new.context)  # type: ignore[arg-type]


def check_every_prefix(old: Root, patches: list[Patch]) -> None:
    """Every patch fits the tree that those before it left (law 3)."""
    tree = old
    for patch in patches:
        tree = apply_patches(tree, [patch])
    assert tree == apply_patches(old, patches), "law 3"


def check_order_of_emission(patches: list[Patch]) -> None:
    """For one parent: removals from the last, then moves, then insertions from the first (law 3)."""
    seen: dict[str, tuple[int, int]] = {}
    for patch in patches:
        if "remove" in patch:
            place = (0, -patch["remove"])
        elif "move" in patch or "order" in patch:
            place = (1, 0)
        elif "insert" in patch and "html" in patch:
            place = (2, patch["insert"])
        elif "html" in patch:
            place = (3, 0)
        else:
            continue
        assert seen.get(patch["path"], (0, -(2**60))) <= place, "law 3, order"
        seen[patch["path"]] = place


@settings(max_examples=400, deadline=None)
@given(any_pairs())
def test_laws(pair: tuple[Root, Root]) -> None:
    old, new = pair
    note(f"old: {to_html(old)}\nnew: {to_html(new)}")
    check_laws(old, new)


def test_laws_on_many_pairs(rng: random.Random) -> None:
    for number in range(EXAMPLES):
        source = rng.randbytes(rng.choice((20, 60, 150, 400)))
        context = rng.choice(("body", "body", "", *CONTEXTS))
        choices = Choices(source)
        pair = build_pair(choices, context) if context else build_keyed_lists(choices)
        try:
            check_laws(*pair)
        except BaseException as error:
            error.add_note(
                f"HYPER_SEED={os.environ['HYPER_SEED']}, pair {number}: {source.hex()} in {context!r}"
            )
            error.add_note(f"old: {to_html(pair[0])}\nnew: {to_html(pair[1])}")
            raise


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


def moves_in(patches: list[Patch]) -> int:
    orders = [spread(patch["order"]) for patch in patches if "order" in patch]
    moved = sum([len(order) - len(longest_increasing(order)) for order in orders])
    return moved + sum(["move" in patch for patch in patches])


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
