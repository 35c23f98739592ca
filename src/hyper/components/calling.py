"""Events: which handler of a mounted component one means, whether it may be called, and with what.

``call(mounted, "add", None, {"text": "tea"})`` runs ``add(text="tea")`` if the page shows something that is bound to it
and the annotations of ``add`` take it; else nothing runs.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from hyper.compiling.binding import look, with_choice
from hyper.compiling.function_source import line_of
from hyper.components.rollback import Snapshot
from hyper.components.signatures import signature_of
from hyper.context import current
from hyper.errors import Invalid
from hyper.transport.component import BadArgumentError, CallError, HandlerFailedError, UnknownEventError
from hyper.vdom import Element, Root
from hyper.vdom.templates.expressions import OUTER, TARGET, handler_name
from hyper.vdom.templates.template import Instance
from hyper.vdom.templates.values import Fragment, HandlerName, Value

if TYPE_CHECKING:
    from hyper.components.mounted import MountedComponent


async def call(
    mounted: MountedComponent, event: str, args: list[object] | None, params: Mapping[str, object]
) -> None:
    """Run the handler of an event; ``CallError`` if it cannot be run or failed."""
    found = _handler_of(mounted, event)
    if found is None:
        raise UnknownEventError(f"{mounted.component.name} has no handler {event!r} on the page")
    owner, name = found
    has_run = False
    try:
        has_run = await _run(owner, name, args, params)
    except BadArgumentError as error:  # the message is for the page's user, the rest for its author
        error.add_note(f"in a call of {_description(owner, name)}{_place(mounted.tree, event)}")
        raise
    finally:
        if not has_run:  # what was typed stays: it can be mended, or sent again
            mounted.reported = ()
        mounted.invalidate()


def is_reachable(mounted: MountedComponent, event: str) -> bool:
    """Is the handler of this name bound to something on the page now?"""
    return _handler_of(mounted, event) is not None


def _handler_of(mounted: MountedComponent, event: str) -> tuple[MountedComponent, str] | None:
    """Whose handler an event names, and how it is called there; ``None`` where the page shows nothing bound to it.

    Each ``^`` is one component further out.
    """
    owner: MountedComponent | None = mounted
    for _ in range(event.count(OUTER)):
        owner = owner.parent if owner else None
    name = event.replace(OUTER, "")
    if owner is None or name not in owner.handlers or name not in owner.component.compiled.handlers:
        return None  # private functions are missing in the first, hooks in the second
    return (owner, name) if _binder(mounted.tree, event) is not None else None


def _description(owner: MountedComponent, name: str) -> str:
    component = owner.component.name
    return f'@bind="{name[1:]}" in {component}' if name.startswith("=") else f"{component}.{name}"


def _place(tree: Value, event: str) -> str:
    """Where an event's handler is bound: the file and line, if that is in a template."""
    binder = _binder(tree, event)
    if type(binder) is not Instance:
        return ""
    template = binder[0]
    return f", bound at {template.file}:{line_of(template.file, template.line, event.lstrip(OUTER + '='))}"


async def _run(
    mounted: MountedComponent, name: str, args: list[object] | None, params: Mapping[str, object]
) -> bool:
    """Run one of this component's own handlers; ``False`` where the view shows why it was refused."""
    handler = mounted.handlers[name]
    if name.startswith("="):
        arguments = _bind_typed(mounted, name[1:], handler, args)
    else:
        arguments = _bind_arguments(mounted, handler, args, params)
    if arguments is None:
        return False
    before = Snapshot(handler)
    token = current.set(mounted)
    try:
        result = handler(*arguments[0], **arguments[1])
        if result is not None and inspect.isawaitable(result):
            await result
        if mounted.page.unit is not None:
            await mounted.page.unit.commit()
    except Invalid as invalid:
        if mounted.page.unit is not None:
            await mounted.page.unit.rollback()
        _refuse(mounted, BadArgumentError(str(invalid), invalid.fields), frozenset(invalid.fields))
        return False
    except BaseException as error:
        await _take_back(mounted, before, error)
        if isinstance(error, CallError) or not isinstance(error, Exception):
            raise
        raise HandlerFailedError(f"{name} failed") from error
    finally:
        current.reset(token)
        mounted.invalidate()
    return True


async def _take_back(mounted: MountedComponent, before: Snapshot, error: BaseException) -> None:
    """Let the state be what it was before a handler that failed, or that was stopped."""
    before.restore_variables()
    if not mounted.tasks:  # which may have changed them meanwhile
        before.restore_containers()
    if not isinstance(error, CallError) and mounted.page.unit is not None:
        await mounted.page.unit.rollback()


def _bind_arguments(
    mounted: MountedComponent,
    handler: Callable[..., Any],
    args: list[object] | None,
    params: Mapping[str, object],
) -> tuple[list[object], dict[str, object]] | None:
    """The validated arguments of a call, or ``None`` if the view shows what is wrong with them."""
    target = params.get(TARGET)
    if target is not None:
        params = {name: value for name, value in params.items() if name != TARGET}
    signature = signature_of(handler)
    taken = signature.fields_taken(params)
    try:
        arguments = signature.bind(args, params)
    except BadArgumentError as error:
        _refuse(mounted, error, taken, target)
        return None
    mounted.fields.accept(taken, target)
    return arguments


def _bind_typed(
    mounted: MountedComponent, path: str, setter: Callable[..., Any], args: list[object] | None
) -> tuple[list[object], dict[str, object]] | None:
    """The same for ``@bind``: the variable is the field. A checkbox says its value, too: ``[true, "tea"]``."""
    if args and len(args) == 2:
        variable, *steps = path.split(".")
        args = [with_choice(look(mounted.cells()[variable].cell_contents, *steps), *args)]
    try:
        arguments = signature_of(setter).bind(args, {})
    except BadArgumentError as error:
        text = next(iter(error.fields.values()), str(error))
        _refuse(mounted, BadArgumentError(f"{path}: {text}", {path: text}), frozenset())
        return None
    mounted.fields.accept_one(path)
    return arguments


def _refuse(
    mounted: MountedComponent, error: BadArgumentError, taken: frozenset[str], target: object = None
) -> None:
    """Keep what is wrong for the view to show; raises ``error`` where it shows nothing of the kind."""
    mounted.fields.reject(error.fields, taken, target)
    mounted.invalidate()
    if not mounted.fields.shows(error.fields, target):
        raise error from None


def _binder(tree: Value, name: str) -> Value | None:
    """The first in this tree that binds an event to the handler ``name``."""
    stack: list[Any] = [tree]
    while stack:
        value = stack.pop()
        kind = type(value)
        if kind is Instance:
            if name in value[0].bindings:
                return value
            stack.extend(value[1:])
        elif kind is Fragment:
            stack.extend(value)
        elif kind is HandlerName:
            if value == name:
                return value
        elif kind is Root:
            stack.extend(value.children)
        elif kind is Element:
            if any(_is_binding(attribute, text, name) for attribute, text in value.attributes.items()):
                return value
            stack.extend(value.children)
        elif hasattr(value, "nodes"):
            stack.extend(value.nodes("body"))
    return None


def _is_binding(attribute: str, text: str, name: str) -> bool:
    return attribute.startswith("@") and handler_name(attribute, text) == name
