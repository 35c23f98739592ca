"""Hooks and timers that never end, found in the syntax tree: the page waits for them, so such work has to be spawned.

Only what is sure is found: a ``while True`` that nothing leaves, the wait for an event that nobody else knows, a sleep
without end, and an ``await`` of a function of the component that has one of these. Within ``try`` or ``with``, an
exception or a time-out may end them.
"""

from __future__ import annotations

import ast
import asyncio
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from hyper.compiling.mistakes import SCOPES, FunctionNode, Mistake, own_nodes

HOOKS: Final = frozenset({"on_mount", "on_disconnect", "on_reconnect", "on_unmount"})
"""Functions that are not handlers: they are called when a component is mounted, unmounted, or its line is lost."""
_LOOPS: Final = (ast.For, ast.AsyncFor, ast.While)
_LEFT_BY_ERRORS: Final = (
    ast.Try,
    ast.With,
    ast.AsyncWith,
    *((ast.TryStar,) if hasattr(ast, "TryStar") else ()),
)
_LEAVING: Final = (ast.Return, ast.Raise)


def endless_jobs(setup: list[ast.stmt], names: Mapping[str, Any]) -> Iterator[Mistake]:
    """The mistakes of hooks and timers that never end; ``names`` are the globals that setup sees."""
    functions = {node.name: node for node in setup if isinstance(node, ast.AsyncFunctionDef)}
    for function in functions.values():
        place = None
        if function.name in HOOKS or _is_timer(function):
            place = _endless(function, functions, names, frozenset())
        if place is not None:
            what = "the loop" if isinstance(place, ast.While) else "this"
            yield Mistake(
                f"{function.name} never ends, and nothing else of the page runs meanwhile: move {what} into an"
                " async function of its own, and start that here with spawn(…)",
                place,
                is_warning=True,
            )


def _is_timer(function: FunctionNode) -> bool:
    """Is it decorated with ``@every(…)``?"""
    calls = [one.func for one in function.decorator_list if isinstance(one, ast.Call)]
    return any(getattr(call, "id", getattr(call, "attr", "")) == "every" for call in calls)


def _endless(
    function: FunctionNode,
    functions: Mapping[str, ast.AsyncFunctionDef],
    names: Mapping[str, Any],
    seen: frozenset[str],
) -> ast.AST | None:
    """The node in a function that never ends; ``None`` if there is none for sure."""
    own = {node.id for node in own_nodes(function.body) if isinstance(node, ast.Name) and _is_set(node)}
    names = {name: value for name, value in names.items() if name not in own}
    for node in _bare_nodes(function.body):
        if isinstance(node, ast.While) and _is_endless_loop(node):
            return node
        if isinstance(node, ast.Await):
            inner = functions.get(_called(node.value))
            if _waits_for_ever(node.value, names):
                return node
            is_new = inner is not None and inner.name not in seen and not inner.decorator_list
            if inner is not None and is_new and _endless(inner, functions, names, seen | {inner.name}):
                return node
    return None


def _is_set(node: ast.Name) -> bool:
    return not isinstance(node.ctx, ast.Load)


def _bare_nodes(statements: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """The nodes of these statements, in order, except those in nested functions, and in ``try`` and ``with``."""
    for node in statements:
        if not isinstance(node, (*SCOPES, *_LEFT_BY_ERRORS)):
            yield node
            yield from _bare_nodes(ast.iter_child_nodes(node))


def _is_endless_loop(loop: ast.While) -> bool:
    """Is this ``while True`` without a way out?"""
    is_true = isinstance(loop.test, ast.Constant) and bool(loop.test.value)
    return (
        is_true and not _breaks(loop.body) and not any(isinstance(n, _LEAVING) for n in own_nodes(loop.body))
    )


def _breaks(statements: Iterable[ast.AST]) -> bool:
    """Is there a ``break`` for the loop around these statements?"""
    for node in statements:
        if isinstance(node, ast.Break):
            return True
        if isinstance(node, SCOPES):
            continue
        if _breaks(node.orelse if isinstance(node, _LOOPS) else ast.iter_child_nodes(node)):
            return True
    return False


def _waits_for_ever(value: ast.expr, names: Mapping[str, Any]) -> bool:
    """Is this ``asyncio.Event().wait()``, ``asyncio.Future()``, or ``asyncio.sleep(inf)``?"""
    if not isinstance(value, ast.Call):
        return False
    function = value.func
    if (
        isinstance(function, ast.Attribute)
        and function.attr == "wait"
        and isinstance(function.value, ast.Call)
    ):
        return _meaning(function.value.func, names) is asyncio.Event
    meant = _meaning(function, names)
    return meant is asyncio.Future or (
        meant is asyncio.sleep and bool(value.args) and _is_infinite(value.args[0], names)
    )


def _is_infinite(value: ast.expr, names: Mapping[str, Any]) -> bool:
    """Is this ``math.inf`` or ``float("inf")``?"""
    if isinstance(value, ast.Call) and _meaning(value.func, {"float": float, **names}) is float:
        return [getattr(item, "value", None) for item in value.args] in (["inf"], ["infinity"], ["Infinity"])
    return _meaning(value, names) == math.inf


def _meaning(value: ast.expr, names: Mapping[str, Any]) -> object:
    """What a global name, or a member of a module, stands for; ``None`` if it is anything else."""
    if isinstance(value, ast.Name):
        return names.get(value.id)
    if isinstance(value, ast.Attribute) and isinstance(value.value, ast.Name):
        module = names.get(value.value.id)
        return getattr(module, value.attr, None) if module in (asyncio, math) else None
    return None


def _called(value: ast.expr) -> str:
    """``"watch"`` for ``watch(…)``, ``""`` for anything else."""
    return value.func.id if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) else ""
