"""What the list of faults that are none says of the code is about the code as it is."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.faults import reasons
from tests.mutants import EQUIVALENTS, ROOT

KNOWN = reasons(EQUIVALENTS)


def function_text(place: str) -> str:
    """The code of ``module.function`` or ``module.Class.method`` as ``ast`` writes it."""
    module, *names = place.split(".")
    found: ast.AST = ast.parse(Path(ROOT / "diff" / f"{module}.py").read_text(encoding="utf-8"))
    for name in names:
        [found] = [node for node in ast.iter_child_nodes(found) if getattr(node, "name", None) == name]
    return ast.unparse(found)


@pytest.mark.parametrize("change", KNOWN)
def test_the_lines_that_are_explained_exist(change: str) -> None:
    place, *lines = change.splitlines()
    text = function_text(place)
    gone = [line[1:].strip() for line in lines if line.startswith("-")]
    assert gone
    assert all(line in text for line in gone)
    assert KNOWN[change]
