"""The harness itself: it lets right diffs pass, and finds each kind of wrong one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings

from hyper.diff import Patch, apply_patches, diff_trees
from hyper.testing.patches import CONTEXTS, check_diff, hostile_texts, keyed_lists, managed, tree_pairs, trees
from hyper.testing.trees import Choices, build_tree, reparse
from hyper.vdom import Root, Text, parse_html, to_html


def test_our_own_diff_passes() -> None:
    check_diff(diff_trees, apply_patches, examples=300)


def test_a_renderer_of_html_passes() -> None:
    check_diff(
        lambda old, new: [] if old == new else [new], lambda old, found: (found or [old])[0], as_html=True
    )


def test_whole_documents_pass() -> None:
    check_diff(diff_trees, apply_patches, context="#document", examples=100)


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda patches: patches[:-1], "it made"),
        (lambda patches: patches[::-1], "it made|patch 0"),
        (
            lambda patches: [patch for patch in patches if not {"order", "move", "remove"} & patch.keys()],
            "it made",
        ),
    ],
)
def test_a_diff_that_forgets_something_is_caught(spoil: Callable[[Any], Any], why: str) -> None:
    with pytest.raises(Exception, match=f"{why}|distinct failures"):
        check_diff(lambda old, new: spoil(diff_trees(old, new)), apply_patches, examples=500)


def test_a_diff_of_equal_pages_that_is_not_empty_is_caught() -> None:
    with pytest.raises(AssertionError, match="equal pages must not differ"):
        check_diff(lambda old, new: [new], lambda old, found: found[0], examples=20)


def test_a_diff_that_changes_its_mind_is_caught() -> None:
    calls: list[int] = []

    def fickle(old: Root, new: Root) -> list[Patch]:
        calls.append(1)
        return diff_trees(old, new) if len(calls) % 2 else []

    with pytest.raises(AssertionError, match="second time"):
        check_diff(fickle, apply_patches, examples=50)


def test_what_fails_is_shrunk() -> None:
    def text_blind(old: Root, new: Root) -> list[Patch]:
        return [patch for patch in diff_trees(old, new) if "text" not in patch["path"]]

    with pytest.raises(AssertionError) as caught:
        check_diff(text_blind, apply_patches, examples=2_000, random_seed=1)
    old, new = (line for line in str(caught.value).splitlines() if line.startswith(("  old", "  new")))
    assert len(old) < 60
    assert len(new) < 60


def test_a_seed_repeats_a_run() -> None:
    def pages_seen(random_seed: int) -> list[str]:
        pages: list[str] = []

        def diff(old: str, new: str) -> str | None:
            pages.append(new)
            return None if old == new else new

        check_diff(diff, lambda old, found: found or old, as_html=True, examples=20, random_seed=random_seed)
        return pages

    assert pages_seen(7) == pages_seen(7)
    assert pages_seen(7) != pages_seen(8)


@pytest.mark.parametrize("context", CONTEXTS)
def test_trees_can_be_expressed_in_html(context: str) -> None:
    @settings(max_examples=40, deadline=None)
    @given(trees(context))
    def check(tree: Root) -> None:
        assert reparse(tree) == tree
        assert tree.context == context

    check()


@settings(max_examples=200, deadline=None)
@given(tree_pairs())
def test_pairs_can_be_expressed_in_html(pair: tuple[Root, Root]) -> None:
    assert [reparse(tree) for tree in pair] == list(pair)


@settings(max_examples=100, deadline=None)
@given(keyed_lists())
def test_keyed_lists_have_a_key_on_every_item(pair: tuple[Root, Root]) -> None:
    for tree in pair:
        items = [child for child in tree.children[0].children if not isinstance(child, Text)]  # type: ignore[union-attr]
        assert len({item.key for item in items} - {None}) == len(items)


@settings(max_examples=200, deadline=None)
@given(hostile_texts())
def test_hostile_texts_survive_html(text: str) -> None:
    tree = Root((Text(text),)) if text else Root()
    assert parse_html(to_html(tree)) == tree


def test_no_bytes_make_the_simplest_tree() -> None:
    assert build_tree(Choices(b"")) == Root()


def test_what_is_ignored_does_not_count() -> None:
    old = parse_html("<p data-live-ignore>a</p><b>c</b>")
    new = parse_html("<p data-live-ignore>b</p><b>c</b>")
    assert old != new
    assert managed(old) == managed(new)
