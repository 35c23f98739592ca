"""The statements of a component function: the names they bind and set, and how setup and view are rewritten.

t"<p>{count}</p>"      in the view   →  emit(t"<p>{count}</p>")
return t"<p>…</p>"     in setup      →  return None, t"<p>…</p>"
"""

from __future__ import annotations

import ast
import copy
import re
from typing import Any, Final

from hyper.compiling.expressions import local_names
from hyper.compiling.mistakes import FunctionNode, own_nodes
from hyper.compiling.tstrings import is_tstring, tstring_parts

EMIT: Final = "__hyper_emit"
"""The name of the function by which a view shows a template."""
AWAITING: Final = (ast.Await, ast.AsyncFor, ast.AsyncWith)
"""Nodes that only a coroutine function may have."""
_BIND: Final = re.compile(r"""@bind[\w.]*\s*=\s*["']?\s*([A-Za-z_]\w*)""")
"""The variable in ``@bind="name.first"``."""


def nonlocal_names(function: FunctionNode) -> set[str]:
    """The component's variables that a handler, or a function inside it, rebinds."""
    return {name for node in ast.walk(function) if isinstance(node, ast.Nonlocal) for name in node.names}


def annotation_of(name: str, setup: list[ast.stmt]) -> ast.expr | None:
    """The annotation of a variable of setup, or the type of the literal it is set to; ``None`` if it has neither."""
    for node in own_nodes(setup):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == name:
            return copy.deepcopy(node.annotation)
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Constant)
            and node.value.value is not None
            and any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
        ):
            return ast.Name(type(node.value.value).__name__, ast.Load())
    return None


def bound_names(statements: list[ast.stmt]) -> set[str]:
    """The variables to which templates in these statements bind form controls."""
    templates = [node for statement in statements for node in ast.walk(statement) if is_tstring(node)]
    return {
        name for node in templates for text in tstring_parts(node).strings for name in _BIND.findall(text)
    }


def last_setting_of(names: set[str], body: list[ast.stmt]) -> int:
    """The index of the last statement that sets one of these variables, else of the docstring, else -1."""
    setting = [index for index, node in enumerate(body) if names and local_names([node]) & names]
    return max(setting, default=0 if body and _is_docstring(body[0]) else -1)


def _is_docstring(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def placed(node: Any, like: ast.AST) -> Any:
    """``node`` with the line numbers of ``like``."""
    return ast.fix_missing_locations(ast.copy_location(node, like))


class _OwnScope(ast.NodeTransformer):
    """Does not enter nested functions and classes."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return node


class Emitter(_OwnScope):
    """Turns bare templates into calls of ``emit``."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        if not _is_shown(node.value):
            return node
        call = ast.Call(ast.Name(EMIT, ast.Load()), [node.value], [])
        return placed(ast.Expr(call), node)  # type: ignore[no-any-return]


def _is_shown(node: ast.expr) -> bool:
    return any(_choices(node))


def shown_templates(statements: list[ast.stmt]) -> list[ast.expr]:
    """The templates among these statements that are shown or returned by themselves."""
    values = [node.value for node in own_nodes(statements) if isinstance(node, (ast.Expr, ast.Return))]
    return [template for value in values if value is not None for template in _choices(value)]


def _choices(node: ast.expr) -> list[ast.expr]:
    """The templates that an expression may be: ``a if x else b``."""
    if isinstance(node, ast.IfExp):
        return [*_choices(node.body), *_choices(node.orelse)]
    return [node] if is_tstring(node) else []


class EarlyReturns(_OwnScope):
    """Turns ``return result`` in setup into ``return None, result``: only the result is shown."""

    def visit_Return(self, node: ast.Return) -> ast.AST:
        pair = ast.Tuple([ast.Constant(None), node.value or ast.Constant(None)], ast.Load())
        return placed(ast.Return(pair), node)  # type: ignore[no-any-return]
