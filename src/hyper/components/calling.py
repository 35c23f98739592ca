"""Events: finds the handler that an event names, checks that it may be called, and calls it.

``call(mounted, "add", None, {"text": "tea"})`` runs ``add(text="tea")`` if something on the page is bound to ``add``
and the annotations of ``add`` accept the text. Otherwise no code of the application runs.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

from hyper.compiling.binding import look, with_choice
from hyper.compiling.function_source import line_of
from hyper.components.bound import binder_of, said_call
from hyper.components.field_errors import errors_of
from hyper.components.rollback import SavedState
from hyper.context import current
from hyper.errors import Invalid
from hyper.transport.component import BadArgumentError, CallError, HandlerFailedError, UnknownEventError
from hyper.vdom.templates.expressions import OUTER, TARGET
from hyper.vdom.templates.template import Instance
from hyper.vdom.templates.values import Value

if TYPE_CHECKING:
    from hyper.components.mounted import MountedComponent

Arguments: TypeAlias = tuple[list[object], dict[str, object]]
"""The arguments of a call: the positional ones, and those by name."""


async def call(
    mounted: MountedComponent, event: str, args: list[object] | None, params: Mapping[str, object]
) -> None:
    """Run the handler of an event.

    Raises ``CallError`` if the page binds no such handler, if its arguments are not valid, or if it fails.
    """
    found = _handler_of(mounted, event)
    said = said_call(mounted.tree, event, args) if found is not None else None
    if found is None or said is None:
        raise UnknownEventError(f"{mounted.component.name} has no handler {event!r} on the page")
    owner, name = found
    has_run = False
    try:
        has_run = await _run(owner, name, said.arguments(name, args), params)
    except BadArgumentError as error:  # the message is for the page's user, the note for its author
        error.add_note(f"in a call of {_description(owner, name)}{_place(said.binder.node, event)}")
        raise
    finally:
        if not has_run:  # what was typed stays in the form: it can be corrected, or sent again
            mounted.reported = ()
        owner.invalidate()
        if owner is not mounted:
            mounted.invalidate()


def is_reachable(mounted: MountedComponent, event: str) -> bool:
    """Is the handler that this event names bound to something on the page now?"""
    return _handler_of(mounted, event) is not None and binder_of(mounted.tree, event) is not None


def _handler_of(mounted: MountedComponent, event: str) -> tuple[MountedComponent, str] | None:
    """The component whose handler an event names, and the handler's name there; ``None`` if there is none.

    Each ``^`` in the event's name is one component further out.
    """
    owner: MountedComponent | None = mounted
    for _ in range(event.count(OUTER)):
        owner = owner.parent if owner else None
    name = event.replace(OUTER, "")
    if owner is None or owner.handlers.get(name) is None or name not in owner.component.compiled.handlers:
        return None  # private functions are missing from the first table, hooks from the second
    return owner, name


def _description(owner: MountedComponent, name: str) -> str:
    component = owner.component.name
    return f'@bind="{name[1:]}" in {component}' if name.startswith("=") else f"{component}.{name}"


def _place(binder: Value, event: str) -> str:
    """The file and line where an event's handler is bound; ``""`` if that is not in a template."""
    if type(binder) is not Instance:
        return ""
    template = binder[0]
    return f", bound at {template.file}:{line_of(template.file, template.line, event.lstrip(OUTER + '='))}"


async def _run(
    owner: MountedComponent, name: str, args: list[object] | None, params: Mapping[str, object]
) -> bool:
    """Run a handler of ``owner``. ``False`` if its arguments were refused and the view shows why."""
    arguments = _typed(owner, name, args) if name.startswith("=") else _arguments(owner, name, args, params)
    if arguments is None:
        return False
    handler = owner.handlers[name]
    before = SavedState(handler)
    token = current.set(owner)
    try:
        result = handler(*arguments[0], **arguments[1])
        if result is not None and inspect.isawaitable(result):
            await result
        if owner.page.unit is not None:
            await owner.page.unit.commit()
    except Invalid as invalid:
        if owner.page.unit is not None:
            await owner.page.unit.rollback()
        _refuse(owner, BadArgumentError(str(invalid), invalid.fields), frozenset(invalid.fields))
        return False
    except BaseException as error:
        await _take_back(owner, before, error)
        if isinstance(error, CallError) or not isinstance(error, Exception):
            raise
        raise HandlerFailedError(f"{name} failed") from error
    finally:
        current.reset(token)
    return True


async def _take_back(owner: MountedComponent, before: SavedState, error: BaseException) -> None:
    """Restore the state after a handler that failed or was cancelled."""
    before.restore_variables()
    if not owner.tasks:  # tasks may have changed them in the meantime
        before.restore_containers()
    if not isinstance(error, CallError) and owner.page.unit is not None:
        await owner.page.unit.rollback()


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

    A checkbox sends its state and its value: ``[true, "tea"]``.
    """
    path = name[1:]
    if args and len(args) == 2:
        is_on, choice = args
        if type(is_on) is not bool or type(choice) is not str:
            raise BadArgumentError(f"{path}: not the state and the value of a checkbox")
        variable, *steps = path.split(".")
        args = [with_choice(look(owner.cells()[variable].cell_contents, *steps), is_on, choice)]
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
