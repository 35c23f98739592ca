"""The shape of the code: short files, short functions, modules that do nothing when they are imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import TypeAlias

import pytest

from tests.test_layers import ROOT, modules

MAX_FILE_LINES = 399
MAX_FUNCTION_LINES = 45
MEDIAN_FUNCTION_LINES = 6

MAY_LOOK_AT_LOADED_MODULES = {
    "src/hyper/components/loader.py",  # it loads modules
    "src/hyper/components/one_module.py",  # it must not load what Python has imported
    "src/hyper/testing/plugin.py",  # it must not load what no test has used
    "transport/visitors.py",  # it asks whether the application uses an optional package
}

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef

FILES = sorted(modules().values())


def functions() -> Iterator[tuple[str, int]]:
    """The place and the number of lines of every function."""
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, Function):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                yield f"{file.relative_to(ROOT)}:{node.lineno} {node.name}", lines


def test_no_file_is_long() -> None:
    scripts = [file for file in (ROOT / "runtime_js").glob("*.js") if not file.name.startswith("hyper-live")]
    lengths = {str(file.relative_to(ROOT)): _lines_of(file) for file in [*FILES, *scripts]}
    assert {name: lines for name, lines in lengths.items() if lines > MAX_FILE_LINES} == {}


def _lines_of(file: Path) -> int:
    return len(file.read_text("utf-8").splitlines())


def test_no_function_is_long() -> None:
    assert {place: lines for place, lines in functions() if lines > MAX_FUNCTION_LINES} == {}


def test_most_functions_are_short() -> None:
    assert median(lines for _, lines in functions()) <= MEDIAN_FUNCTION_LINES


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_importing_a_module_does_nothing_but_define_names(file: Path) -> None:
    if file.name == "__main__.py":
        return
    done = [node for node in ast.parse(file.read_text("utf-8")).body if _does_something(node)]
    assert [ast.unparse(node) for node in done] == []


def _does_something(node: ast.stmt) -> bool:
    """A call by itself, a loop, or an assignment to what is another's."""
    if isinstance(node, ast.Expr):
        return not isinstance(node.value, ast.Constant)
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    is_elsewhere = any(isinstance(target, (ast.Attribute, ast.Subscript)) for target in targets)
    return is_elsewhere or isinstance(node, (ast.For, ast.While, ast.With, ast.AugAssign, ast.Delete))


def test_modules_are_wired_by_imports_alone() -> None:
    """Not by asking what is loaded already, and not by a global that another module sets."""
    looking = {file for file in FILES if "sys.modules" in file.read_text("utf-8")}
    assert {str(file.relative_to(ROOT)) for file in looking} <= MAY_LOOK_AT_LOADED_MODULES
    assert [place for file in FILES for place in _assignments_to_modules(file)] == []


def _assignments_to_modules(file: Path) -> Iterator[str]:
    tree = ast.parse(file.read_text("utf-8"))
    imported = {
        (alias.asname or alias.name).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
                name = target.value.id
                if name in imported and name.islower():
                    yield f"{file.relative_to(ROOT)}:{node.lineno} {ast.unparse(target)}"
