"""The table of browser rules: what Python makes of it, and that nobody writes one of its rules down again."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from hyper.vdom import browser_rules as rules
from hyper.vdom.browser_rules import (
    bind_event_type,
    control_type,
    is_wait,
    key_name,
    option_value,
    state_name,
    wait_ms,
)

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("word", ["250ms", "1s", "0s"])
def test_times(word: str) -> None:
    assert is_wait(word)


@pytest.mark.parametrize(
    ("words", "milliseconds"), [(["debounce"], 250), (["debounce", "300ms"], 300), (["2s", "throttle"], 2000)]
)
def test_how_long_an_event_waits(words: list[str], milliseconds: int) -> None:
    assert wait_ms(words) == milliseconds


@pytest.mark.parametrize("word", ["250", "ms", "1m", "1 s", "", "1.5s", "-1s"])
def test_no_times(word: str) -> None:
    assert not is_wait(word)


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("Escape", "esc"),
        ("esc", "esc"),
        ("ArrowUp", "up"),
        (" ", "space"),
        ("Cmd", "meta"),
        ("A", "a"),
        ("", ""),
    ],
)
def test_names_of_keys(key: str, name: str) -> None:
    assert key_name(key) == name


def test_aliases_end_at_once() -> None:
    assert not rules.KEY_ALIASES.keys() & set(rules.KEY_ALIASES.values())


@pytest.mark.parametrize(
    ("tag", "written", "is_multiple", "kind"),
    [
        ("input", None, False, "text"),
        ("input", "", False, "text"),
        ("input", "CheckBox", False, "checkbox"),
        ("button", None, False, "submit"),
        ("button", "reset", False, "reset"),
        ("select", "x", False, "select-one"),
        ("select", None, True, "select-multiple"),
        ("textarea", "x", True, "textarea"),
        ("p", None, False, ""),
    ],
)
def test_types_of_controls(tag: str, written: str | None, is_multiple: bool, kind: str) -> None:
    assert control_type(tag, written, is_multiple=is_multiple) == kind


def test_states_of_controls() -> None:
    assert [state_name(kind) for kind in ("radio", "select-one", "text", "textarea", "file", "submit")] == [
        "checked", "selected", "value", "value", None, None,
    ]  # fmt: skip
    assert {state_name(kind) for kind in rules.CHOICE_TYPES} == {"checked"}
    assert {state_name(kind) for kind in rules.BUTTON_TYPES | rules.FILE_TYPES} == {None}


def test_bound_controls_are_read_at() -> None:
    assert [bind_event_type(words) for words in ((), ("lazy",), ("debounce", "250ms"))] == [
        "input", "change", "input",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "text", "meant"),
    [("v", "text", "v"), ("", "text", ""), (None, " a \n\t b ", "a b"), (None, "", ""), (None, "\xa0a\xa0b", "\xa0a\xa0b")],
)  # fmt: skip
def test_what_an_option_stands_for(value: str | None, text: str, meant: str) -> None:
    assert option_value(value, text) == meant


# Written once -------------------------------------------------------------------------------------------------

MAY_NAME_TWO = {
    "src/hyper/dom/bindings.py": {"window", "document", "outside"},
    "src/hyper/testing/user.py": {"ctrl", "alt", "meta"},
    "vdom/templates/expressions.py": {"close", "toggle"},
}
"""Files that ask for a few words of one list by name, because they do what the words mean."""


def lists_of_words(tree: ast.AST) -> Iterator[set[str]]:
    """The literal collections of texts in a file; lists that are split, and alternatives of expressions, too."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Set, ast.List, ast.Tuple)):
            texts = [item.value for item in node.elts if isinstance(item, ast.Constant)]
            yield {text for text in texts if isinstance(text, str)}
        elif (
            isinstance(node, ast.Attribute) and node.attr == "split" and isinstance(node.value, ast.Constant)
        ):
            yield set(str(node.value.value).split())
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "|" in node.value:
            yield set(re.split(r"[|()?:]+", node.value))


@pytest.mark.parametrize(
    "folder", ["vdom", "src/hyper/dom", "src/hyper/simulated", "src/hyper/testing", "src/hyper/web"]
)
def test_no_list_of_the_table_is_written_down_again(folder: str) -> None:
    modifiers = rules.MODIFIERS | rules.BIND_MODIFIERS
    lists = [
        modifiers,
        rules.CHORDS,
        rules.CHOICE_TYPES,
        rules.BUTTON_TYPES | rules.FILE_TYPES,
        rules.NOT_BUBBLING - {"focus", "blur"},
    ]
    for file in sorted((ROOT / folder).rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for words in lists_of_words(tree):
            shared = max((words & known for known in lists), key=len)
            allowed = MAY_NAME_TWO.get(file.relative_to(ROOT).as_posix(), set())
            assert len(shared) < 2 or shared <= allowed, (file, shared)
