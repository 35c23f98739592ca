"""What the list of faults that are none says of the code is about the code as it is."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.mutants import ROOT, equivalents


def function_text(place: str) -> str:
    """The code of ``module.function`` or ``module.Class.method`` as ``ast`` writes it."""
    module, *names = place.split(".")
    found: ast.AST = ast.parse(Path(ROOT / "diff" / f"{module}.py").read_text(encoding="utf-8"))
    for name in names:
        [found] = [node for node in ast.iter_child_nodes(found) if getattr(node, "name", None) == name]
    return ast.unparse(found)


@pytest.mark.parametrize("place", sorted({place for place, _ in equivalents()}))
def test_the_lines_that_are_explained_exist(place: str) -> None:
    text = function_text(place)
    for (other, difference), reason in equivalents().items():
        if other == place:
            assert reason
            gone = [line[1:] for line in difference.splitlines() if line.startswith("-")]
            assert gone
            assert all(line.strip() in text for line in gone), f"{difference}\nis not in\n{text}"
