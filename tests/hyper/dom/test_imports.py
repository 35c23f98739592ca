"""The product reads pages with ``hyper.dom`` and needs no simulated browser; that one is built upon it."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HYPER = Path(__file__).parents[3] / "src" / "hyper"
ROOMS_OF_TESTS = {"simulated", "testing"}
PRODUCT = sorted(
    path.name
    for path in HYPER.iterdir()
    if path.is_dir() and not path.is_symlink() and path.name not in {*ROOMS_OF_TESTS, "__pycache__"}
)


def rooms_imported_by(room: str) -> Iterator[str]:
    """``"vdom"`` for ``hyper.vdom.node``, wherever a file of the room imports it."""
    for file in (HYPER / room).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            else:
                continue
            yield from (name.split(".")[1] for name in names if name.startswith("hyper."))


@pytest.mark.parametrize("room", PRODUCT)
def test_the_product_imports_no_room_of_tests(room: str) -> None:
    assert not ROOMS_OF_TESTS & set(rooms_imported_by(room))


def test_what_the_rooms_around_a_page_may_import() -> None:
    assert set(rooms_imported_by("dom")) <= {"dom", "vdom"}
    assert set(rooms_imported_by("simulated")) <= {"simulated", "dom", "diff", "vdom"}


def test_an_application_loads_no_simulated_browser() -> None:
    code = "import sys, hyper.web.app, hyper.web.fallback; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {
        name for name in loaded.stdout.split() if name.startswith(("hyper.simulated", "hyper.testing"))
    }
