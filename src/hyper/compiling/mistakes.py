"""Mistakes in a component's code, found in its syntax tree when it is decorated.

Each check yields ``Mistake`` objects: sentences that say how to fix the mistake, with its node. Errors are for code
that cannot work, warnings for code that probably does not do what its author intended.
"""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import FunctionType
from typing import Any, Final, TypeVar

from hyper.compiling.tstrings import TemplateString, is_tstring, tstring_parts

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
SCOPES: Final = (*FUNCTIONS, ast.Lambda, ast.ClassDef)
EVENTS: Final = frozenset(
    "click dblclick contextmenu auxclick mousedown mouseup mousemove mouseenter mouseleave mouseover mouseout wheel "
    "pointerdown pointerup pointermove pointerenter pointerleave pointerover pointerout pointercancel "
    "touchstart touchend touchmove touchcancel keydown keyup keypress input change submit reset invalid focus blur "
    "focusin focusout select drag dragstart dragend dragenter dragleave dragover drop copy cut paste scroll "
    "scrollend resize load error toggle beforetoggle close cancel play pause ended timeupdate volumechange "
    "animationstart animationend animationiteration transitionstart transitionend transitionrun online offline "
    "visibilitychange hashchange popstate beforeinput compositionstart compositionend slotchange bind".split()
)
"""The events of browsers that components may bind; ``bind`` is for ``@bind``."""
_Function = TypeVar("_Function", bound=Callable[..., Any])
_AWAITED: Final = "__hyper_must_be_awaited__"
_ALIKE: Final = 0.8
_EVENT_BEFORE: Final = re.compile(r"""(@[\w-]+)[\w.-]*=["']?$""")
"""The text before an interpolation that is the value of an event attribute."""
_GIVEN_BY_NAME: Final = re.compile(r"""\s(on_\w+)=["']?(\w+)""")
"""``on_pick="picked"``: a property of a component, as no HTML attribute has such a name."""


def must_be_awaited(function: _Function) -> _Function:
    """Decorator that marks a coroutine function: a handler that calls it without ``await`` is a mistake."""
    function.__dict__[_AWAITED] = True
    return function


def is_to_be_awaited(value: object) -> bool:
    """Is this a function that ``must_be_awaited`` marked?"""
    return type(value) is FunctionType and _AWAITED in value.__dict__


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mistake in the code of a component, and the node that has it."""

    message: str
    node: ast.AST
    is_warning: bool = False


def mistakes_in(setup: list[ast.stmt], variables: set[str], coroutines: set[str]) -> Iterator[Mistake]:
    """The mistakes in setup and its functions.

    ``variables`` are the names that setup binds, ``coroutines`` those of global functions that must be awaited.
    """
    functions = [node for node in setup if isinstance(node, FUNCTIONS)]
    coroutines = coroutines | {node.name for node in functions if isinstance(node, ast.AsyncFunctionDef)}
    names = variables - {node.name for node in functions}
    yield from _hidden_templates(setup, functions)
    for function in functions:
        yield from _missing_nonlocals(function, names)
        yield from _unawaited(function.body, coroutines, function)


def unlikely_event(name: str) -> str | None:
    """The event of which ``name`` looks like a misspelling; ``None`` if it is spelt correctly, or a custom event."""
    if name in EVENTS or any(name.startswith(event) for event in EVENTS):
        return None
    close = difflib.get_close_matches(name, EVENTS, n=1, cutoff=_ALIKE)
    return close[0] if close else None


def mistakes_in_view(view: list[ast.stmt], handlers: Mapping[str, FunctionNode]) -> Iterator[Mistake]:
    """The mistakes in a view: handlers called instead of bound, or given to components by name; joined templates."""
    for node in own_nodes(view):
        if is_tstring(node):
            parts = tstring_parts(node)
            yield from _called_in_events(parts, handlers, node)
            for name, value in _GIVEN_BY_NAME.findall(" ".join(parts.strings)):
                if value in handlers:
                    fix = f"give the function itself, {name}={{{value}}}"
                    yield Mistake(f'{name}="{value}" gives the component a text: {fix}', node)
        elif _joins_templates(node):
            fix = 'put the list itself into the template, {[t"…" for …]}'
            yield Mistake(f"templates cannot be joined like texts: {fix}", node)


def _called_in_events(
    parts: TemplateString, handlers: Mapping[str, FunctionNode], node: ast.AST
) -> Iterator[Mistake]:
    """``@click={save()}``, which would call ``save`` at every render, and not at a click."""
    giving_nothing = {name for name, handler in handlers.items() if not _gives_something(handler)}
    for before, slot in zip(parts.strings, parts.interpolations, strict=False):
        event, call = _EVENT_BEFORE.search(before), slot.value
        if event and isinstance(call, ast.Call) and getattr(call.func, "id", None) in giving_nothing:
            name = call.func.id  # type: ignore[attr-defined]
            fix = f'write {event[1]}={{{name}}}, or {event[1]}="{name}(…)" with arguments'
            yield Mistake(f"{event[1]}={{{name}()}} calls {name} whenever the view is rendered: {fix}", node)


def _joins_templates(node: ast.AST) -> bool:
    """Is this ``"".join(t"…" for item in items)``, which works only for texts?"""
    if not isinstance(node, ast.Call) or getattr(node.func, "attr", "") != "join" or not node.args:
        return False
    item = getattr(node.args[0], "elt", None)
    return item is not None and is_tstring(item)


def _gives_something(function: FunctionNode) -> bool:
    """Does it return a value?"""
    return any(isinstance(node, ast.Return) and node.value is not None for node in own_nodes(function.body))


def own_nodes(statements: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """All nodes of these statements, except those inside nested functions and classes."""
    stack = list(statements)
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, SCOPES):
            stack.extend(ast.iter_child_nodes(node))


def _hidden_templates(setup: list[ast.stmt], functions: list[FunctionNode]) -> Iterator[Mistake]:
    """Templates that are statements of setup: only the view shows such templates."""
    for node in own_nodes([statement for statement in setup if not isinstance(statement, FUNCTIONS)]):
        if isinstance(node, ast.Expr) and is_tstring(node.value) and functions:
            last = functions[-1].name
            yield Mistake(
                f"a template above {last} is not shown: the view starts after the last def. Move {last} above it",
                node,
            )


def _missing_nonlocals(function: FunctionNode, variables: set[str]) -> Iterator[Mistake]:
    """Assignments that create a local variable where the component's variable was probably meant."""
    nodes = list(own_nodes(function.body))
    declared = {name for node in nodes if isinstance(node, (ast.Nonlocal, ast.Global)) for name in node.names}
    own = {argument.arg for argument in ast.walk(function.args) if isinstance(argument, ast.arg)}
    added = {node.target.id: node for node in nodes if _is_addition(node)}  # type: ignore[attr-defined]
    targets = {id(node.target) for node in added.values()}  # type: ignore[attr-defined]
    stored = {
        node.id: node
        for node in nodes
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and id(node) not in targets
    }
    read = {
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    for node in nodes:
        name = _set_to_itself(node)
        if name in own & variables:
            yield Mistake(
                f"{function.name} sets its argument {name} to itself, and the component's {name} does not change:"
                f" give the argument another name, and write nonlocal {name}",
                node,
                is_warning=True,
            )
    for name in sorted(variables - declared - own):
        fix = f"write nonlocal {name} at the top of {function.name}"
        if name in added and name not in stored:
            yield Mistake(f"{function.name} changes the component's {name}: {fix}", added[name])
        elif name in stored and name not in read and not name.startswith("_"):
            message = (
                f"{function.name} sets a local {name}, and the component's {name} does not change: {fix}"
            )
            yield Mistake(message, stored[name], is_warning=True)


def _set_to_itself(node: ast.AST) -> str:
    """``"title"`` for ``title = title``, ``""`` for anything else."""
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name):
        is_same = [getattr(target, "id", None) for target in node.targets] == [node.value.id]
        return node.value.id if is_same else ""
    return ""


def _is_addition(node: ast.AST) -> bool:
    """Is this ``name += …``, or the same with another operator?"""
    return isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)


def _unawaited(body: list[ast.stmt], coroutines: set[str], function: FunctionNode) -> Iterator[Mistake]:
    """Calls of ``coroutines`` as statements, without ``await``."""
    for node in own_nodes(body):
        call = node.value if isinstance(node, ast.Expr) else None
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in coroutines:
            name = call.func.id
            also = "" if isinstance(function, ast.AsyncFunctionDef) else f", and async def {function.name}"
            yield Mistake(f"{name}() does nothing until it is awaited: write await {name}(…){also}", node)
