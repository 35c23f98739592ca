"""Hypothesis strategies for all tests. Those for trees are part of the product; the rest is only for us."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from hyper.testing.patches import CONTEXTS, hostile_texts, keyed_lists, tree_pairs, trees

__all__ = [
    "CONTEXTS",
    "any_pairs",
    "any_texts",
    "hostile_texts",
    "joins_halves",
    "keyed_lists",
    "patch_lists",
    "patches",
    "tree_pairs",
    "trees",
]

indexes = st.integers(0, 2**40)


def any_texts() -> st.SearchStrategy[str]:
    """Any ``str``, also one that HTML or UTF-8 cannot hold."""
    return st.one_of(st.text(), hostile_texts(), st.text(st.characters(categories=("Cs", "Cc", "So"))))


def joins_halves(text: str) -> str:
    """``text`` as UTF-16 has it: two halves of a pair that stand together are one character."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def any_pairs() -> st.SearchStrategy[Any]:
    """Two trees in any context; mostly the second is the first after some edits."""
    return st.one_of(tree_pairs(), keyed_lists(), st.sampled_from(CONTEXTS).flatmap(tree_pairs))


def paths() -> st.SearchStrategy[str]:
    return st.sampled_from(["", "p", "div/p[2]/text", "#log/p[9]", "*[3]/comment", "svg/*[1]"])


def patches() -> st.SearchStrategy[Any]:
    """Patches of every shape; they need not fit any tree."""
    runs = st.tuples(indexes, indexes).map(sorted).map(list)
    shapes: list[dict[str, st.SearchStrategy[Any]]] = [
        {"value": any_texts()},
        {"value": st.none()},
        {"at": indexes, "insert": any_texts()},
        {"at": indexes, "delete": st.integers(1, 2**40), "insert": any_texts()},
        {"insert": indexes, "html": any_texts()},
        {"remove": indexes},
        {"remove": indexes, "count": st.integers(1, 2**40)},
        {"move": indexes, "to": indexes},
        {"order": st.lists(st.one_of(indexes, runs), max_size=5)},
        {"html": any_texts()},
    ]
    return st.one_of([st.fixed_dictionaries({"path": paths(), **shape}) for shape in shapes])


def patch_lists() -> st.SearchStrategy[list[Any]]:
    return st.lists(patches(), max_size=6)
