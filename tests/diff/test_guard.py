from __future__ import annotations

import pytest
from hypothesis import given

from hyper.diff import Patch, patches_to_json
from hyper.diff.codec import json_size, patch_size, to_json
from hyper.diff.guard import SMALLEST, is_html_longer, may_replace, shares_state
from hyper.vdom import Element, Root, Text, parse_html, to_html
from tests.strategies import patch_lists, trees


@given(trees())
def test_html_is_never_shorter_than_was_said(tree: Root) -> None:
    inside_json = json_size([{"path": "", "html": to_html(tree)}]) - json_size([{"path": "", "html": ""}])
    assert not is_html_longer(tree.children, inside_json + 1)


@given(trees())
def test_most_html_is_recognised(tree: Root) -> None:
    assert is_html_longer(tree.children, len(to_html(tree)) // 2)


def test_the_walk_ends_when_enough_was_seen() -> None:
    seen = []

    class Counted:
        def to_html(self) -> str:
            seen.append(1)
            return "<p>ten</p>"

    for size in (35, 40):
        seen.clear()
        assert is_html_longer([Counted() for _ in range(1000)], size)
        assert len(seen) == 4
    assert not is_html_longer([Counted(), Text("ab")], 13)
    assert is_html_longer([Counted(), Text("ab")], 12)
    assert is_html_longer([], 0)


@pytest.mark.parametrize(
    "html",
    ["text", '<p title="a title">a</p>', '<input value="a">', "<!--a-->", "<?a b>", "<p><b>a</b><br></p>"],
)
def test_plain_html_is_measured_exactly(html: str) -> None:
    tree = parse_html(html)
    inside_json = len(to_json(to_html(tree))) - len('""')
    assert is_html_longer(tree.children, inside_json)
    assert not is_html_longer(tree.children, inside_json + 1)


def test_a_patch_is_as_long_as_in_a_list() -> None:
    patch: Patch = {"path": "p/text", "value": "é"}
    assert patch_size(patch) == len('{"path":"p/text","value":"é"},')


@given(patch_lists())
def test_sizes_are_those_of_the_json(patches: list[object]) -> None:
    text = patches_to_json(patches)  # type: ignore[arg-type]
    assert json_size(patches) == len(text.encode())  # type: ignore[arg-type]
    if "\\ud" not in text:
        assert sum(map(patch_size, patches)) + 1 + (not patches) == len(text)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("old", "new", "shared"),
    [
        ("<p>a</p>", "<p>a</p>", False),
        ("<p><input></p>", "<div><input></div>", True),
        ('<input name="a">', '<input name="b">', False),
        ('<input type="checkbox">', "<input>", False),
        ('<a href="/x">1</a>', '<b><a href="/x">2</a></b>', True),
        ('<a href="/x">1</a>', '<a href="/y">1</a>', False),
        ("<p tabindex=0></p>", "<p tabindex=1></p>", True),
        ("<p contenteditable></p>", "<p></p>", False),
        ('<iframe src="/a"></iframe>', '<iframe src="/a"></iframe>', True),
        ("<p data-live-ignore><input></p>", "<input>", False),
        ("<p data-live-ignore>a</p>", "<p data-live-ignore>b</p>", True),
        ("<button>a</button>", "<button>b</button>", True),
    ],
)
def test_what_the_user_may_be_using(old: str, new: str, shared: bool) -> None:
    before, after = parse_html(old).children, parse_html(new).children
    assert shares_state(before, after) is shared
    assert may_replace(before, after, 1000) is not shared
    assert may_replace(before, after, SMALLEST) is not shared
    assert not may_replace(before, after, SMALLEST - 1)


def test_a_nested_component_has_state() -> None:
    class Live:
        kind = "live:1"
        key = None

    class Other:
        kind = "live:2"
        key = None

    assert shares_state([Element("p", {}, (Live(),))], [Live()])  # type: ignore[arg-type]
    assert not shares_state([Live()], [Other()])
