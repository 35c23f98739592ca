"""The house keeps its floors (vdom < diff < transport < hyper), and heavy packages their place."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = {"vdom": ROOT / "vdom", "diff": ROOT / "diff", "transport": ROOT / "transport"}
"""From low to high: a room imports itself and lower ones."""
FACE = ROOT / "src" / "hyper"

IMPORTED_ONLY_BY = {
    "aiohttp": {
        "transport/server.py",
        "transport/visitors.py",
        "src/hyper/web/app.py",
        "src/hyper/commands/dev.py",
        "src/hyper/web/fallback.py",
        "src/hyper/web/refused_form.py",
        "src/hyper/commands/targets.py",
        "src/hyper/testing/studio.py",
        "src/hyper/commands/worker.py",
    },
    "selectolax": {"src/hyper/simulated/query.py", "vdom/lexbor.py"},
    "lxml": {"diff/lxml.py"},
    "watchfiles": {"src/hyper/commands/dev.py"},
    "click": {"src/hyper/commands/cli.py", "src/hyper/commands/dev.py"},
}
"""Each outside package that only some files may know, and those files."""

HEAVY = {"aiohttp", "pydantic", "redis", "sqlalchemy", "lxml", "watchfiles", "click", "itsdangerous"}


def files_of(folder: Path) -> list[Path]:
    """The Python files of a folder and the folders in it, links not followed."""
    found = list(folder.glob("*.py"))
    for inner in folder.iterdir():
        if inner.is_dir() and not inner.is_symlink():
            found += files_of(inner)
    return sorted(found)


def modules_imported_by(file: Path, package: str) -> Iterator[str]:
    """Absolute names of the modules a file imports anywhere in it; its dots are relative to ``package``."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")[: package.count(".") + 2 - node.level] if node.level else []
            names = [node.module] if node.module else [alias.name for alias in node.names]
            yield from (".".join([*parents, name]) for name in names)


def room_of(module: str) -> str | None:
    """``diff`` for ``hyper.diff.tree``; ``hyper`` for the face; None for what is not ours."""
    parts = module.split(".")
    if parts[0] != "hyper":
        return None
    return parts[1] if len(parts) > 1 and parts[1] in {*ROOMS, "runtime_js"} else "hyper"


def all_files() -> dict[Path, str]:
    """Every file of the package, with the package it is in."""
    files = {file: f"hyper.{room}" for room, folder in ROOMS.items() for file in files_of(folder)}
    files |= dict.fromkeys(files_of(ROOT / "runtime_js"), "hyper.runtime_js")
    for file in files_of(FACE):
        files[file] = ".".join(("hyper", *file.parent.relative_to(FACE).parts))
    return files


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_itself_and_lower_rooms(room: str) -> None:
    allowed = {room, *list(ROOMS)[: list(ROOMS).index(room)]}
    for file in files_of(ROOMS[room]):
        rooms = {room_of(module) for module in modules_imported_by(file, f"hyper.{room}")} - {None}
        assert rooms <= allowed, file


def test_the_browser_client_imports_nothing_of_ours() -> None:
    for file in files_of(ROOT / "runtime_js"):
        assert {room_of(module) for module in modules_imported_by(file, "hyper.runtime_js")} <= {
            None,
            "runtime_js",
        }


def test_nobody_imports_a_room_by_its_flat_name() -> None:
    for file, package in all_files().items():
        tops = {module.split(".")[0] for module in modules_imported_by(file, package)}
        assert not tops & {*ROOMS, "runtime_js"}, file


@pytest.mark.parametrize("outside", IMPORTED_ONLY_BY)
def test_an_outside_package_is_known_to_the_named_files_only(outside: str) -> None:
    knowing = {
        str(file.relative_to(ROOT))
        for file, package in all_files().items()
        if outside in {module.split(".")[0] for module in modules_imported_by(file, package)}
    }
    assert knowing == IMPORTED_ONLY_BY[outside]


@pytest.mark.parametrize("module", ["hyper.vdom", "hyper.diff"])
def test_the_trees_and_the_diff_import_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print(*{{name.split('.')[0] for name in sys.modules}})"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT.parent
    )
    assert not HEAVY & set(loaded.stdout.split())
