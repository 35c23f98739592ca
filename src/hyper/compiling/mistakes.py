"""What a component's author hardly meant, found in its syntax tree when it is decorated.

Each check gives sentences with their cure, and the node to blame. Errors are what cannot work; warnings are
what works, but hardly as meant.
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
"""Those that browsers have, and that are bound now and then."""
_AWAITED: Final = "__hyper_must_be_awaited__"
_ALIKE: Final = 0.8
_EVENT_BEFORE: Final = re.compile(r"""(@[\w-]+)[\w.-]*=["']?$""")
"""What stands before a slot that is the value of an event attribute."""
_GIVEN_BY_NAME: Final = re.compile(r"""\s(on_\w+)=["']?(\w+)""")
"""``on_pick="picked"``: no attribute of HTML has such a name."""


Awaited = TypeVar("Awaited", bound=Callable[..., Any])


def must_be_awaited(function: Awaited) -> Awaited:
    """Decorator that marks a coroutine function: a handler that calls it without ``await`` is a mistake."""
    function.__dict__[_AWAITED] = True
    return function


def is_to_be_awaited(value: object) -> bool:
    """Is this a function that ``must_be_awaited`` marked?"""
    return type(value) is FunctionType and _AWAITED in value.__dict__


@dataclass(frozen=True, slots=True)
class Found:
    """A mistake and its place."""

    message: str
    node: ast.AST
    is_warning: bool = False


def mistakes_in(setup: list[ast.stmt], variables: set[str], coroutines: set[str]) -> Iterator[Found]:
    """The mistakes in setup and its functions. ``variables``: those of setup; ``coroutines``: names to await."""
    functions = [node for node in setup if isinstance(node, FUNCTIONS)]
    coroutines = coroutines | {node.name for node in functions if isinstance(node, ast.AsyncFunctionDef)}
    names = variables - {node.name for node in functions}
    yield from _hidden_templates(setup, functions)
    for function in functions:
        yield from _missing_nonlocals(function, names)
        yield from _unawaited(function.body, coroutines, function)


def unlikely_event(name: str) -> str | None:
    """The event that was meant where ``name`` looks like a misspelt one; events of one's own have any name."""
    if name in EVENTS or any(name.startswith(event) for event in EVENTS):
        return None
    close = difflib.get_close_matches(name, EVENTS, n=1, cutoff=_ALIKE)
    return close[0] if close else None


def mistakes_in_view(view: list[ast.stmt], handlers: Mapping[str, FunctionNode]) -> Iterator[Found]:
    """Handlers that are called where they are bound, or given to a component by their names; joined templates."""
    for node in own_nodes(view):
        if is_tstring(node):
            parts = tstring_parts(node)
            yield from _called_in_events(parts, handlers, node)
            for name, value in _GIVEN_BY_NAME.findall(" ".join(parts.strings)):
                if value in handlers:
                    cure = f"give the function itself, {name}={{{value}}}"
                    yield Found(f'{name}="{value}" gives the component a text: {cure}', node)
        elif _joins_templates(node):
            cure = 'put the list itself into the template, {[t"…" for …]}'
            yield Found(f"templates are not joined as texts are: {cure}", node)


def _called_in_events(
    parts: TemplateString, handlers: Mapping[str, FunctionNode], node: ast.AST
) -> Iterator[Found]:
    """``@click={save()}``: it would be called by every render, and by no click."""
    giving_nothing = {name for name, handler in handlers.items() if not _gives_something(handler)}
    for before, slot in zip(parts.strings, parts.interpolations, strict=False):
        event, call = _EVENT_BEFORE.search(before), slot.value
        if event and isinstance(call, ast.Call) and getattr(call.func, "id", None) in giving_nothing:
            name = call.func.id  # type: ignore[attr-defined]
            cure = f'write {event[1]}={{{name}}}, or {event[1]}="{name}(…)" with arguments'
            yield Found(f"{event[1]}={{{name}()}} calls {name} whenever the view is rendered: {cure}", node)


def _joins_templates(node: ast.AST) -> bool:
    """``"".join(t"…" for item in items)``, as one does with texts."""
    if not isinstance(node, ast.Call) or getattr(node.func, "attr", "") != "join" or not node.args:
        return False
    item = getattr(node.args[0], "elt", None)
    return item is not None and is_tstring(item)


def _gives_something(function: FunctionNode) -> bool:
    return any(isinstance(node, ast.Return) and node.value is not None for node in own_nodes(function.body))


def own_nodes(statements: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Every node of these statements, without those inside nested functions and classes."""
    stack = list(statements)
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, SCOPES):
            stack.extend(ast.iter_child_nodes(node))


def _hidden_templates(setup: list[ast.stmt], functions: list[FunctionNode]) -> Iterator[Found]:
    for node in own_nodes([statement for statement in setup if not isinstance(statement, FUNCTIONS)]):
        if isinstance(node, ast.Expr) and is_tstring(node.value) and functions:
            last = functions[-1].name
            yield Found(
                f"a template that stands above {last} is not shown: what is shown comes after the last def. "
                f"Move {last} above it",
                node,
            )


def _missing_nonlocals(function: FunctionNode, variables: set[str]) -> Iterator[Found]:
    """Assignments that make a variable of the function's own where the component's was meant."""
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
            yield Found(
                f"{function.name} sets its argument {name} to itself, and the {name} of the component stays as it is:"
                f" give the argument another name, and write nonlocal {name}",
                node,
                is_warning=True,
            )
    for name in sorted(variables - declared - own):
        cure = f"write nonlocal {name} at the top of {function.name}"
        if name in added and name not in stored:
            yield Found(f"{function.name} changes {name} of the component: {cure}", added[name])
        elif name in stored and name not in read and not name.startswith("_"):
            message = f"{function.name} sets a {name} of its own, and the component's stays as it is: {cure}"
            yield Found(message, stored[name], is_warning=True)


def _set_to_itself(node: ast.AST) -> str:
    """``title`` of ``title = title``."""
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name):
        is_same = [getattr(target, "id", None) for target in node.targets] == [node.value.id]
        return node.value.id if is_same else ""
    return ""


def _is_addition(node: ast.AST) -> bool:
    return isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)


def _unawaited(body: list[ast.stmt], coroutines: set[str], function: FunctionNode) -> Iterator[Found]:
    for node in own_nodes(body):
        call = node.value if isinstance(node, ast.Expr) else None
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in coroutines:
            name = call.func.id
            also = "" if isinstance(function, ast.AsyncFunctionDef) else f", and async def {function.name}"
            yield Found(f"{name}() does nothing until it is awaited: write await {name}(…){also}", node)
