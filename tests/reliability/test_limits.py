"""A limit without a test does not exist: each has a default, says what it is for, and is missed when it is gone.

``HYPER_LIMITS`` is how many limits are taken away, drawn at random (default 3; ``nox -s proof -- limits``: all).
"""

from __future__ import annotations

import ast
import inspect
import os
import random
import subprocess
import sys
from dataclasses import MISSING, fields
from itertools import pairwise
from pathlib import Path

import pytest

from hyper.transport import limits
from hyper.transport.limits import Limits

from .limits_table import TEST_OF

NAMES = sorted(field.name for field in fields(Limits))
TAKEN_AWAY = min(len(NAMES), int(os.environ.get("HYPER_LIMITS", "3")))
FAILED = 1
"""What pytest ends with when a test failed; other numbers mean that none was run."""


def test_every_limit_has_a_test_that_is_there(root: Path) -> None:
    assert sorted(TEST_OF) == NAMES, "a limit without a test, or a test without a limit"
    for place in TEST_OF.values():
        file, *names = place.split("::")
        node: ast.AST = ast.parse((root / "tests/transport" / file).read_text())
        for name in names:
            found = [item for item in ast.iter_child_nodes(node) if getattr(item, "name", None) == name]
            assert found, place
            node = found[0]


def test_every_limit_has_a_default_and_says_what_it_is_for() -> None:
    assert all(field.default is not MISSING for field in fields(Limits))
    (table,) = [node for node in ast.parse(inspect.getsource(limits)).body if isinstance(node, ast.ClassDef)]
    said = ast.unparse([node for node in table.body if isinstance(node, ast.Expr)])
    documented = [
        line.target.id
        for line, text in pairwise(table.body)
        if isinstance(line, ast.AnnAssign)
        and isinstance(line.target, ast.Name)
        and isinstance(text, ast.Expr)
    ]
    assert [name for name in NAMES if name not in documented and f"``{name}``" not in said] == []


def test_without_a_limit_its_test_fails(root: Path, rng: random.Random) -> None:
    survivors = [name for name in rng.sample(NAMES, TAKEN_AWAY) if run_without(root, name) != FAILED]
    print(f"\n{TAKEN_AWAY} of {len(NAMES)} limits taken away, {len(survivors)} not missed: {survivors}")
    assert survivors == []


def run_without(root: Path, name: str) -> int:
    """With what pytest ends that runs the test of a limit which is not there."""
    place = f"tests/transport/{TEST_OF[name]}"
    # the thread ends the process: an exception that a signal raises is lost where the event loop catches it
    timeout = ["--timeout", "20", "--timeout-method", "thread"]
    options = ["-x", *timeout, "-p", "no:cacheprovider", "-p", "tests.reliability.without_limit"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, place],
        cwd=root,
        env={**os.environ, "HYPER_WITHOUT_LIMIT": name},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ).returncode


@pytest.mark.parametrize("name", ["message_bytes", "events_per_s", "join_s", "detached"])
def test_a_setting_changes_one_and_leaves_the_others(name: str) -> None:
    changed = Limits(**{name: 1})
    assert getattr(changed, name) == 1
    assert [other for other in NAMES if getattr(changed, other) != getattr(Limits(), other)] == [name]
