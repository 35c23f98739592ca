"""The README's promises name the tests that hold them; those have to be there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

NAMED = re.compile(r"^   `(tests/[\w/.]+)::(.+)`$", re.MULTILINE)


@pytest.fixture
def promises(root: Path) -> str:
    text = (root / "README.md").read_text()
    return text[text.index("## What it promises") : text.index("Not promised:")]


def test_each_promise_names_a_test(promises: str) -> None:
    assert re.findall(r"^(\d)\. ", promises, re.MULTILINE) == list("123456789")
    assert len(NAMED.findall(promises)) == 9


def test_the_tests_are_there(root: Path, promises: str) -> None:
    for file, name in NAMED.findall(promises):
        source = (root / file).read_text()
        if file.endswith(".py"):
            tree = ast.parse(source)
            names = {getattr(node, "name", "") for node in tree.body}
            names |= {
                target.id
                for node in tree.body
                if isinstance(node, ast.Assign)
                for target in node.targets
                if isinstance(target, ast.Name)
            }
            assert name in names, name
        else:
            assert f'test("{name}"' in source, name
