"""The house keeps its floors and its doors: which room may import which, and who may know a heavy package.

Every import counts: those for type checkers only, and those inside functions.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FACE = ROOT / "src" / "hyper"
LINKED = ("vdom", "diff", "transport", "runtime_js")
"""Folders at the top that are rooms of the package; in ``src/hyper`` they are links."""

MAY_IMPORT: dict[str, set[str]] = {
    # trees, patches, conversation
    "vdom": set(),
    "diff": {"vdom"},
    "transport": {"vdom", "diff"},
    "runtime_js": set(),
    # what browsers do with a page
    "dom": {"vdom"},
    # one mounted page
    "errors": {"vdom"},
    "context": {"vdom"},
    "markup": {"errors", "vdom"},
    "compiling": {"errors", "vdom"},
    "components": {"compiling", "context", "errors", "dom", "vdom", "diff", "transport"},
    # what outlives a page
    "state": {"context", "errors", "transport"},
    "records": {"context", "errors", "state", "transport"},
    # what an application calls
    "web": {"components", "state", "dom", "runtime_js", "errors", "vdom", "diff", "transport"},
    "commands": {"web", "components", "state", "errors", "vdom", "diff", "transport"},
    # what its tests call
    "simulated": {"dom", "vdom", "diff"},
    "testing": {"simulated", "dom", "web", "components", "state", "vdom", "diff", "transport"},
    # the names that applications import, and the command
    "__init__": {"components", "errors", "markup", "records", "state", "transport", "web"},
    "__main__": {"commands"},
}
"""Each room, and the rooms it may import besides itself. A new arrow is a decision: it is made here."""

IMPORTED_ONLY_BY = {
    "aiohttp": {
        "transport/script.py",
        "transport/refusals.py",
        "transport/server.py",
        "transport/visitors.py",
        "src/hyper/web/app.py",
        "src/hyper/web/guard.py",
        "src/hyper/web/notices.py",
        "src/hyper/web/client_files.py",
        "src/hyper/web/failure_page.py",
        "src/hyper/commands/dev.py",
        "src/hyper/web/fallback.py",
        "src/hyper/web/refused_form.py",
        "src/hyper/web/settings.py",
        "src/hyper/commands/targets.py",
        "src/hyper/testing/studio.py",
        "src/hyper/commands/handing_over.py",
        "src/hyper/commands/worker.py",
    },
    "selectolax": {"src/hyper/simulated/query.py", "vdom/lexbor.py"},
    "lxml": {"diff/lxml.py", "diff/lxml_documents.py", "diff/lxml_names.py"},
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


@cache
def modules() -> dict[str, Path]:
    """Every module of the package by its name, ``hyper.diff.tree``, and its file."""
    tops = {f"hyper.{room}": ROOT / room for room in LINKED} | {"hyper": FACE}
    found: dict[str, Path] = {}
    for package, folder in tops.items():
        for file in files_of(folder):
            parts = [package, *file.relative_to(folder).with_suffix("").parts]
            found[".".join(part for part in parts if part != "__init__")] = file
    return found


def room_of(module: str) -> str:
    """``diff`` for ``hyper.diff.tree``, ``errors`` for ``hyper.errors``, ``__init__`` for ``hyper``."""
    return [*module.split("."), "__init__"][1]


@cache
def imports_of(module: str) -> frozenset[str]:
    """Absolute names of all modules that a module imports anywhere in it."""
    file = modules()[module]
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return frozenset(name for node in ast.walk(tree) for name in _imported_by(node, package))


def _imported_by(node: ast.AST, package: str) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        parents = package.split(".")[: package.count(".") + 2 - node.level] if node.level else []
        source = ".".join([*parents, node.module] if node.module else parents)
        inner = {f"{source}.{alias.name}" for alias in node.names}
        yield from (inner & modules().keys()) or {source}


def own_imports_of(module: str) -> frozenset[str]:
    """Those of them that are modules of the package, without itself."""
    return imports_of(module) & modules().keys() - {module}


def test_every_room_has_its_line_in_the_table() -> None:
    assert {room_of(module) for module in modules()} == set(MAY_IMPORT)


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_the_rooms_it_may(room: str) -> None:
    for module in modules():
        if room_of(module) == room:
            rooms = {room_of(imported) for imported in own_imports_of(module)}
            assert rooms <= {room, *MAY_IMPORT[room]}, module


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_the_table_allows_no_arrow_that_nobody_uses(room: str) -> None:
    used = {
        room_of(imported)
        for module in modules()
        if room_of(module) == room
        for imported in own_imports_of(module)
    }
    assert MAY_IMPORT[room] <= used


def test_the_rooms_stand_on_each_other_without_a_circle() -> None:
    standing = dict(MAY_IMPORT)
    while standing:
        lowest = {room for room, below in standing.items() if not below & standing.keys()}
        assert lowest, f"these rooms import each other: {sorted(standing)}"
        standing = {room: below for room, below in standing.items() if room not in lowest}


def test_no_circle_of_modules_leaves_a_folder() -> None:
    for circle in circles():
        folders = {modules()[module].parent for module in circle}
        assert len(folders) == 1, sorted(circle)


@pytest.mark.parametrize("room", ["vdom", "diff"])
def test_there_is_no_circle_of_modules_at_all_in_some_rooms(room: str) -> None:
    assert not [circle for circle in circles() if room in map(room_of, circle)]


def circles() -> list[set[str]]:
    """The sets of modules that import each other, directly or by others."""
    reached = {module: _reached_from(module) for module in modules()}
    found: list[set[str]] = []
    for module, below in reached.items():
        circle = {other for other in below if module in reached[other]}
        if module in below and circle not in found:
            found.append(circle)
    return found


def _reached_from(module: str) -> set[str]:
    found: set[str] = set()
    pending = [module]
    while pending:
        for imported in own_imports_of(pending.pop()) - {"hyper"}:
            if imported not in found:
                found.add(imported)
                pending.append(imported)
    return found


def test_one_module_of_the_components_asks_whether_an_error_is_an_http_answer() -> None:
    """What such an error ends is kept or undone: who asks for himself may forget one of the two."""
    asking = {
        module
        for module in modules()
        if room_of(module) == "components" and "hyper.transport.answers" in own_imports_of(module)
    }
    assert asking == {"hyper.components.outcomes"}


def test_few_modules_lie_outside_the_rooms() -> None:
    assert len(list(FACE.glob("*.py"))) <= 8


def test_a_room_says_what_it_is_for() -> None:
    for module, file in modules().items():
        if file.name == "__init__.py":
            assert ast.get_docstring(ast.parse(file.read_text("utf-8"))), module


def test_nobody_imports_a_room_by_its_flat_name() -> None:
    for module in modules():
        tops = {imported.split(".")[0] for imported in imports_of(module)}
        assert not tops & set(LINKED), module


@pytest.mark.parametrize("outside", IMPORTED_ONLY_BY)
def test_an_outside_package_is_known_to_the_named_files_only(outside: str) -> None:
    knowing = {
        str(file.relative_to(ROOT))
        for module, file in modules().items()
        if outside in {imported.split(".")[0] for imported in imports_of(module)}
    }
    assert knowing == IMPORTED_ONLY_BY[outside]


@pytest.mark.parametrize("module", ["hyper.vdom", "hyper.diff"])
def test_the_trees_and_the_diff_import_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print(*{{name.split('.')[0] for name in sys.modules}})"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT.parent
    )
    assert not HEAVY & set(loaded.stdout.split())
