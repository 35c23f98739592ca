"""The laws of ``patches.py`` that can be told from trees, for one pair of them."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

from hyper.diff import Patch, apply_patches, diff_trees, patches_from_json, patches_to_json
from hyper.diff.apply import change_tree
from hyper.diff.codec import json_size
from hyper.diff.draft import Draft, DraftTree
from hyper.diff.guard import SMALLEST, shares_state
from hyper.diff.paths import parse_path
from hyper.diff.sequences import longest_increasing, spread
from hyper.testing.patches import managed
from hyper.vdom import Element, Root, to_html
from tests.pairs import random_pair


def whole(tree: Root) -> list[Patch]:
    """Everything anew."""
    return [{"path": "", "html": to_html(tree)}]


def check_laws(old: Root, new: Root) -> None:
    """Laws 1, 2, 3, 4, 6, 10 and 11 for one pair."""
    patches = diff_trees(old, new)
    wanted = managed(new)
    assert managed(apply_patches(old, patches)) == wanted, "law 1"
    assert (patches == []) == (managed(old) == wanted), "law 2"
    most = json_size(whole(new))
    assert json_size(patches) <= most, "law 6"
    text = patches_to_json(patches)
    assert patches_from_json(text) == patches, "law 10"
    assert patches_to_json(diff_trees(copy(old, backwards=True), copy(new))) == text, "law 11"
    assert patches_to_json(diff_trees(old, share(old, new))) == text, "law 11, shared"

    kept = diff_trees(old, new, keep_state=True)
    if kept != patches:
        assert managed(apply_patches(old, kept)) == wanted, "law 1, keeping state"
        too_long = json_size(kept) > most
        assert not too_long or json_size(kept) < SMALLEST or shares_state(old.children, new.children), (
            "law 6, keeping state"
        )
    if len(kept) > 1:
        check_every_prefix(old, kept)
        check_order_of_emission(kept)
    check_moves(old, kept)


def check_many_pairs(rng: random.Random, count: int) -> None:
    """The laws for so many random pairs; what fails says how to make it again."""
    for number in range(count):
        old, new = random_pair(rng)
        try:
            check_laws(old, new)
        except BaseException as error:
            error.add_note(f"pair {number}\nold: {to_html(old)}\nnew: {to_html(new)}\nin: {old.context}")
            raise


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


def check_moves(old: Root, patches: list[Patch]) -> None:
    """Under each parent moves = kept - longest increasing run (law 4)."""
    tree = DraftTree(copy(old))  # in which no two nodes are the same object
    moves: Counter[int] = Counter()
    parents: dict[int, Draft] = {}
    for patch in patches:
        parent = tree.find(parse_path(patch["path"]))
        parents[id(parent)] = parent
        moves[id(parent)] += moves_in([patch])
        change_tree(tree, patch)
    for number, parent in parents.items():
        kept = kept_children(parent)
        assert moves[number] == len(kept) - len(longest_increasing(kept)), "law 4"


def kept_children(parent: Draft) -> list[int]:
    """The old places of the children that are still there, in their new order."""
    places = {id(node): place for place, node in enumerate(getattr(parent.node, "children", ()))}
    nodes: list[Any] = [child.node if type(child) is Draft else child for child in parent.children]
    return [places[id(node)] for node in nodes if id(node) in places]


def moves_in(patches: list[Patch]) -> int:
    """How many nodes a DOM has to move."""
    orders = [spread(patch["order"]) for patch in patches if "order" in patch]
    moved = sum([len(order) - len(longest_increasing(order)) for order in orders])
    return moved + sum(["move" in patch for patch in patches])
