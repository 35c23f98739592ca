"""Events: finds the handler that an event names, checks that it may be called, and calls it.

``call(mounted, "add", None, {"text": "tea"})`` runs ``add(text="tea")`` if something on the page is bound to ``add``
and the annotations of ``add`` accept the text. Otherwise no code of the application runs.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from hyper.compiling.binding import look, with_choice
from hyper.compiling.function_source import line_of
from hyper.components.field_errors import errors_of
from hyper.components.rollback import SavedState
from hyper.context import current, shared_work
from hyper.errors import Invalid
from hyper.transport.component import BadArgumentError, CallError, HandlerFailedError, UnknownEventError
from hyper.vdom import Element, Root
from hyper.vdom.templates.expressions import OUTER, TARGET, handler_name
from hyper.vdom.templates.template import Instance
from hyper.vdom.templates.values import Fragment, HandlerName, Value

if TYPE_CHECKING:
    from hyper.components.mounted import MountedComponent
    from hyper.components.unit import Unit
    from hyper.transport.component import ReportedField

Arguments: TypeAlias = tuple[list[object], dict[str, object]]
"""The arguments of a call: the positional ones, and those by name."""


async def call(
    unit: Unit,
    component_id: str,
    args: list[object] | None,
    params: Mapping[str, object],
    fields: Sequence[ReportedField],
) -> None:
    """Run the handler of an event, which the unit is named after.

    Raises ``CallError`` if the page binds no such handler, if its arguments are not valid, or if it fails.
    """
    event = unit.name
    mounted = unit.page.find(component_id)
    if fields:  # only now: a render before this turn must not correct what the handler is to hear of
        mounted.reported = (*mounted.reported, *fields)
    found = _handler_of(mounted, event)
    if found is None:
        raise UnknownEventError(f"{mounted.component.name} has no handler {event!r} on the page")
    owner, name = found
    has_run = False
    try:
        has_run = await _run(unit, owner, name, args, params)
    except BadArgumentError as error:  # the message is for the page's user, the note for its author
        error.add_note(f"in a call of {_description(owner, name)}{_place(mounted, event)}")
        raise
    finally:
        if not has_run:  # what was typed stays in the form: it can be corrected, or sent again
            mounted.reported = ()
        owner.invalidate()
        if owner is not mounted:
            mounted.invalidate()


def is_reachable(mounted: MountedComponent, event: str) -> bool:
    """Is the handler that this event names bound to something on the page now?"""
    return _handler_of(mounted, event) is not None


def _handler_of(mounted: MountedComponent, event: str) -> tuple[MountedComponent, str] | None:
    """The component whose handler an event names, and the handler's name there; ``None`` if the page binds none."""
    owner: MountedComponent | None
    owner, name = (mounted, event) if OUTER not in event else _outer_owner(mounted, event)
    if owner is None or owner.handlers.get(name) is None or name not in owner.component.compiled.handlers:
        return None  # private functions are missing from the first table, hooks from the second
    return (owner, name) if _binder(mounted.tree, event) is not None else None


def _outer_owner(mounted: MountedComponent, event: str) -> tuple[MountedComponent | None, str]:
    """The owner of an outer component's handler, and its name: each ``^`` is one component further out."""
    owner: MountedComponent | None = mounted
    for _ in range(event.count(OUTER)):
        owner = owner.parent if owner else None
    return owner, event.replace(OUTER, "")


def _description(owner: MountedComponent, name: str) -> str:
    component = owner.component.name
    return f'@bind="{name[1:]}" in {component}' if name.startswith("=") else f"{component}.{name}"


def _place(mounted: MountedComponent, event: str) -> str:
    """The file and line where an event's handler is bound; ``""`` if that is not in a template."""
    binder = _binder(mounted.tree, event)
    if type(binder) is not Instance:
        return ""
    template = binder[0]
    return f", bound at {template.file}:{line_of(template.file, template.line, event.lstrip(OUTER + '='))}"


async def _run(
    unit: Unit, owner: MountedComponent, name: str, args: list[object] | None, params: Mapping[str, object]
) -> bool:
    """Run a handler of ``owner``. ``False`` if its arguments were refused and the view shows why."""
    shared_work.set(unit)
    current.set(owner)
    arguments = _typed(owner, name, args) if name.startswith("=") else _arguments(owner, name, args, params)
    if arguments is None:
        return False
    handler = owner.handlers[name]
    unit.saved = SavedState(handler)
    try:
        result = handler(*arguments[0], **arguments[1])
        if result is not None and inspect.isawaitable(result):
            await result
        if unit.is_involved or unit.page.records is not None:
            await unit.keep()
    except BaseException as error:
        await unit.undo()
        if isinstance(error, Invalid):
            _refuse(owner, BadArgumentError(str(error), error.fields), frozenset(error.fields))
            return False
        raise _failure(unit, name, error) from error
    return True


def _failure(unit: Unit, name: str, error: BaseException) -> BaseException:
    """The error to tell of a handler that raised ``error``."""
    explained = unit.explained(error)
    if isinstance(explained, CallError) or not isinstance(explained, Exception):
        return explained
    return HandlerFailedError(f"{name} failed")


def _arguments(
    owner: MountedComponent, name: str, args: list[object] | None, params: Mapping[str, object]
) -> Arguments | None:
    """The validated arguments of a call; ``None`` if the view shows what is wrong with them."""
    signature = owner.signatures[name]
    if signature.takes_nothing and not args and TARGET not in params:
        return [], {}  # so no field is validated
    target = params.get(TARGET)
    if target is not None:
        params = {field: value for field, value in params.items() if field != TARGET}
    taken = signature.fields_taken(params)
    try:
        arguments = signature.bind(args, params)
    except BadArgumentError as error:
        _refuse(owner, error, taken, target)
        return None
    errors_of(owner).accept(taken, target)
    return arguments


def _typed(owner: MountedComponent, name: str, args: list[object] | None) -> Arguments | None:
    """The validated arguments for ``@bind``: what was typed is for a variable, and its errors are those of one field.

    A checkbox sends its own value, too: ``[true, "tea"]``.
    """
    path = name[1:]
    if args and len(args) == 2:
        variable, *steps = path.split(".")
        args = [with_choice(look(owner.cells()[variable].cell_contents, *steps), *args)]
    try:
        arguments = owner.signatures[name].bind(args, {})
    except BadArgumentError as error:
        text = next(iter(error.fields.values()), str(error))
        _refuse(owner, BadArgumentError(f"{path}: {text}", {path: text}), frozenset())
        return None
    errors_of(owner).accept_one(path)
    return arguments


def _refuse(
    owner: MountedComponent, error: BadArgumentError, taken: frozenset[str], target: object = None
) -> None:
    """Note the errors, for the view to show. Raises ``error`` if the view shows no such errors."""
    errors = errors_of(owner)
    errors.reject(error.fields, taken, target)
    if not errors.shows(error.fields, target):
        raise error from None


def _binder(tree: Value, name: str) -> Value | None:
    """The first node of this tree that binds an event to the handler ``name``; ``None`` if there is none."""
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
