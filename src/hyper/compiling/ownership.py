"""Makes the functions of a component belong to it, whoever calls them.

A function that is only called, or bound to an event, runs as its component anyway. One that is used as a value may
travel: as a property, in a list, through a module. Such functions are wrapped where they are made.

    def pick(i): ...                          @own
    t'<{table} on_pick={pick} />'       →     def pick(i): ...

    [lambda: pick(7)]                   →     [own(lambda: pick(7))]
"""

from __future__ import annotations

import ast
import re
from typing import Any, Final

from hyper.compiling.mistakes import FunctionNode
from hyper.compiling.tstrings import is_tstring, tstring_parts

OWN: Final = "__hyper_own"
"""The name of the function that wraps one which may travel."""
OWN_DECORATED: Final = "__hyper_own_decorated"
"""The same for functions below a decorator, which may want a plain function."""
_BINDING: Final = re.compile(r"""@[\w.-]+=["']?$""")
"""The text before a handler that is the value of an event attribute."""


class _Values(ast.NodeVisitor):
    """Collects the names that are used as values: neither called, nor bound to an event."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit(self, node: ast.AST) -> None:
        if is_tstring(node):
            self._visit_template(node)
        else:
            super().visit(node)

    def _visit_template(self, node: ast.AST) -> None:
        parts = tstring_parts(node)
        for before, slot in zip(parts.strings, parts.interpolations, strict=False):
            if not (isinstance(slot.value, ast.Name) and _BINDING.search(before)):
                self.visit(slot.value)

    def visit_Call(self, node: ast.Call) -> None:
        for part in ast.iter_child_nodes(node):
            if part is not node.func or not isinstance(part, ast.Name):
                self.visit(part)

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self.names.add(node.id)


class _Owning(ast.NodeTransformer):
    """Wraps the functions that may travel; those in classes are left alone."""

    def __init__(self, names: set[str]) -> None:
        self.names = names

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._function(node)

    def _function(self, node: FunctionNode) -> ast.AST:
        self.generic_visit(node)
        if node.decorator_list:
            node.decorator_list.append(_name(OWN_DECORATED, node))
        elif node.name in self.names:
            node.decorator_list.append(_name(OWN, node))
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        does_something = any(_is_work(inner) for inner in ast.walk(node.body))
        self.generic_visit(node)
        if not does_something:  # a key for sorting, usually
            return node
        call = ast.Call(_name(OWN, node), [node], [])
        return ast.copy_location(call, node)


def _is_work(node: ast.AST) -> bool:
    return isinstance(node, (ast.Call, ast.Await)) or is_tstring(node)


def _name(name: str, place: ast.AST) -> Any:
    return ast.copy_location(ast.Name(name, ast.Load()), place)


def with_owner(setup: list[ast.stmt], view: list[ast.stmt]) -> tuple[list[ast.stmt], list[ast.stmt]]:
    """The statements of a component, with its functions wrapped where they may travel."""
    values = _Values()
    for statement in (*setup, *view):
        values.visit(statement)
    owning = _Owning(values.names)
    return [owning.visit(statement) for statement in setup], [owning.visit(statement) for statement in view]
