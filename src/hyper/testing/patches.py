"""Property tests for anything that computes the difference of two pages.

It has Hypothesis strategies for trees, edits and lists that have broken such code before, and one function that tests
a diff with all of them:

    from hyper.diff import apply_patches, diff_trees
    from hyper.testing.patches import check_diff

    def test_our_diff():
        check_diff(diff_trees, apply_patches)

    def test_another_diff():                               # HTML in, anything out; HTML and that in, HTML out
        check_diff(their_diff, their_apply, as_html=True)

A failure is shrunk to the smallest pair of trees that still fails, and shown as HTML.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from ..diff.ids import is_closed
from ..vdom.markup import to_html
from ..vdom.node import Element, Node, Root
from ..vdom.parser import parse_document, parse_html
from .trees import HOSTILE_TEXTS, WORDS, Choices, build_keyed_lists, build_pair, build_tree

CONTEXTS: Final = (
    "body", "table", "tbody", "tr", "ul", "select", "textarea", "template", "svg", "svg:g", "math", "title",
    "style", "p", "form", "details", "x-tag", "#document",
)  # fmt: skip
"""Parents that a tree can be in, one for each way of parsing."""

_bytes: Final = st.binary(max_size=400)


def trees(context: str = "body") -> st.SearchStrategy[Root]:
    """Trees in ``context`` that HTML can express: printing and parsing one gives an equal tree."""
    return _bytes.map(lambda source: build_tree(Choices(source), context))


def tree_pairs(context: str = "body") -> st.SearchStrategy[tuple[Root, Root]]:
    """Pairs of trees; the second is mostly the first after a few edits."""
    return _bytes.map(lambda source: build_pair(Choices(source), context))


def keyed_lists() -> st.SearchStrategy[tuple[Root, Root]]:
    """Pairs of a list with keys and the same list with items moved, removed, added and changed."""
    return _bytes.map(lambda source: build_keyed_lists(Choices(source)))


def hostile_texts() -> st.SearchStrategy[str]:
    """Texts that HTML can hold and that have broken parsers, escapers or offsets."""
    pieces = st.sampled_from((*HOSTILE_TEXTS, *WORDS))
    characters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
    return st.lists(st.one_of(pieces, characters), max_size=8).map("".join)


def managed(tree: Root) -> Root:
    """``tree`` without what a diff must not look at: the content of elements with ``data-live-ignore``."""
    return Root(tuple([_managed(child) for child in tree.children]), tree.context)


def _managed(node: Node) -> Node:
    if not isinstance(node, Element):
        return node
    children = () if is_closed(node) else tuple([_managed(child) for child in node.children])
    return Element(node.tag, node.attributes, children, node.namespace)


Diff = Callable[[Any, Any], Any]
"""Called with two pages; returns their difference."""
Apply = Callable[[Any, Any], Any]
"""Called with a page and a difference; returns the other page."""


def check_diff(
    diff: Diff,
    apply: Apply,
    *,
    as_html: bool = False,
    context: str = "body",
    examples: int = 2_000,
    random_seed: int | None = None,
) -> None:
    """Raises ``AssertionError``, with the smallest pair found, if a pair breaks a law of diffing:

    * ``apply(old, diff(old, new))`` is ``new`` (as the tree that a browser builds);
    * ``diff(old, old)`` is empty;
    * the same input gives the same output.

    ``as_html``: ``diff`` and ``apply`` take HTML, and ``apply`` gives HTML; else all are trees. ``context``
    is the parent of the pages, ``"#document"`` for whole documents. ``random_seed`` repeats a run. Cost: about
    a millisecond for each of ``examples``, and what the functions take.
    """

    def check(pair: tuple[Root, Root]) -> None:
        _check_pair(diff, apply, pair, as_html)

    pairs = st.one_of(tree_pairs(context), keyed_lists()) if context == "body" else tree_pairs(context)
    test = given(pairs)(check)
    test = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        phases=[Phase.generate, Phase.shrink],
        print_blob=False,
    )(test)
    if random_seed is not None:
        test = seed(random_seed)(test)
    test()


def _check_pair(diff: Diff, apply: Apply, pair: tuple[Root, Root], as_html: bool) -> None:
    given_pair = [to_html(tree) for tree in pair] if as_html else pair
    old, new = given_pair
    found = diff(old, new)
    if diff(old, new) != found:
        raise AssertionError(_explain(pair, found, "the same input gave another difference the second time"))
    result = apply(old, found)
    tree = _parse(result, pair[1].context) if as_html else result
    if managed(tree) != managed(pair[1]):
        raise AssertionError(_explain(pair, found, f"it made {to_html(tree)!r}"))
    nothing = diff(old, old)
    if nothing:
        raise AssertionError(_explain((pair[0], pair[0]), nothing, "equal pages must not differ"))


def _parse(html: str, context: str) -> Root:
    return parse_document(html) if context == "#document" else parse_html(html, context=context)


def _explain(pair: tuple[Root, Root], found: Any, why: str) -> str:
    old, new = map(to_html, pair)
    return f"{why}\n  old: {old!r}\n  new: {new!r}\n  difference: {found!r}"
