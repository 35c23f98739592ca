"""Random pairs of pages, the same for every tier: in Python, in Node, in browsers; a thousand or a million."""

from __future__ import annotations

import random
import re
from typing import Any, Final

from hyper.diff import Patch, diff_trees
from hyper.diff.ids import is_closed
from hyper.testing.patches import CONTEXTS
from hyper.testing.trees import Choices, build_keyed_lists, build_pair, build_rows
from hyper.vdom import Root, to_html

SIZES: Final = (20, 60, 150, 400)
"""Bytes that a pair is made from: most are small, so that what fails is."""
FRAGMENTS: Final = tuple([context for context in CONTEXTS if context != "#document"])
_TEMPLATES_DIFFER: Final = re.compile("<(noscript|form)")


def random_pair(rng: random.Random, contexts: tuple[str, ...] = CONTEXTS) -> tuple[Root, Root]:
    """Most of them pages in ``<body>``, a quarter in any context, an eighth lists with and without keys."""
    choices = Choices(rng.randbytes(rng.choice(SIZES)))
    kind = rng.randrange(16)
    if kind == 0:
        return build_keyed_lists(choices)
    if kind == 1:
        return build_rows(choices)
    return build_pair(choices, "body" if kind < 12 else rng.choice(contexts))


def client_pair(rng: random.Random) -> dict[str, Any]:
    """A pair of fragments as a client gets to see it: HTML, and patches."""
    while True:
        old, new = random_pair(rng, FRAGMENTS)
        pair = for_client(old, new, diff_trees(old, new, keep_state=rng.random() < 0.5))
        # template.innerHTML takes scripts for switched off and forms for nested, the parser of a page does not
        if old.context != "template" or not _TEMPLATES_DIFFER.search(pair["old"] + pair["fresh"]):
            return pair


def for_client(old: Root, new: Root, patches: list[Patch]) -> dict[str, Any]:
    """As the checks in JavaScript want it."""
    shapes = [shape_of(old), shape_of(new)]
    return {
        "context": old.context,
        "old": to_html(old),
        "fresh": to_html(new),
        "patches": patches,
        "shapes": shapes,
    }


def shape_of(tree: Root) -> str:
    """What hangs where: a browser whose parser makes another shape would not be sent patches for this tree."""
    shape: list[str] = []
    pending: list[Any] = [tree]
    while pending:
        node = pending.pop()
        children = () if is_closed(node) else getattr(node, "children", ())
        shape.append(f"{node.name}({len(children)})")
        pending += reversed(children)
    return "".join(shape)
