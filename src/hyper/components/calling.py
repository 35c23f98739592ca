"""Events: finds the handler that an event names, checks that it may be called, and calls it.

``call(mounted, "add", None, {"text": "tea"})`` runs ``add(text="tea")`` if something on the page is bound to ``add``
and the annotations of ``add`` accept the text. Otherwise no code of the application runs.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from hyper.compiling.binding import look, with_choice
from hyper.compiling.function_source import line_of
from hyper.components.bound_values import converted_in, is_said
from hyper.components.field_errors import errors_of
from hyper.components.outcomes import failure_of
from hyper.components.reach import can_be_used, shows_usable
from hyper.components.rollback import SavedState
from hyper.context import current, shared_work
from hyper.errors import Invalid
from hyper.transport.component import BadArgumentError, UnknownEventError
from hyper.vdom import Element, Root
from hyper.vdom.browser_rules import control_type
from hyper.vdom.templates.exact_numbers import exact_number
from hyper.vdom.templates.expressions import NO_LITERALS, OUTER, TARGET, CallForms, forms_of
from hyper.vdom.templates.template import Instance, Template
from hyper.vdom.templates.values import Fragment, Value

if TYPE_CHECKING:
    from hyper.components.mounted import MountedComponent
    from hyper.components.unit import Unit
    from hyper.transport.component import ReportedField

Args: TypeAlias = "list[object] | None"
"""The arguments of an event whose handler the page calls with arguments; ``None`` if it sends named data."""
Arguments: TypeAlias = tuple[list[object], dict[str, object]]
"""The arguments of a call: the positional ones, and those by name."""
Binder: TypeAlias = tuple[Value, CallForms]
"""A node that binds an event, and how it calls the handler."""
_ANY: Final = object()
"""Instead of a number of arguments: whatever it is."""


async def call(
    unit: Unit, component_id: str, args: Args, params: Mapping[str, object], fields: Sequence[ReportedField]
) -> None:
    """Run the handler of an event, which the unit is named after.

    Raises ``CallError`` if the page binds no such handler, if its arguments are not valid, or if it fails.
    """
    mounted, owner, name, binder = _bound(unit, component_id, args, params, fields)
    has_run = False
    try:
        if binder is None:
            raise BadArgumentError(f"{name} is not called with {_number(args)} by this page")
        if args and dict in map(type, args):
            args = _rendered(mounted, unit.name, args, binder)
        shared_work.set(unit)
        current.set(owner)
        arguments = _typed(owner, name, args) if name[0] == "=" else _arguments(owner, name, args, params)
        unit.is_refused = arguments is None
        if arguments is None:
            return
        handler = owner.handlers[name]
        unit.saved = SavedState(handler)
        try:
            result = handler(*arguments[0], **arguments[1])
            if result is not None and inspect.isawaitable(result):
                await result
            if unit.is_involved or unit.changes or unit.broadcasts or unit.page.records is not None:
                await unit.keep()
            unit.is_open = False
            has_run = True
        except BaseException as error:
            told = await unit.end_with(error)
            if not isinstance(told, Invalid):
                raise (failure := failure_of(name, told)) from failure.__cause__
            unit.is_refused = _refuse(owner, BadArgumentError(str(told), told.fields), frozenset(told.fields))
    except BadArgumentError as error:  # the message is for the page's user, the note for its author
        error.add_note(f"in a call of {_description(owner, name)}{_place(mounted, unit.name)}")
        raise
    finally:
        if not has_run:  # what was typed stays in the form: it can be corrected, or sent again
            mounted.reported = ()
        if not owner.is_dirty:
            owner.invalidate()
        if owner is not mounted:
            mounted.invalidate()


def _bound(
    unit: Unit, component_id: str, args: Args, params: Mapping[str, object], fields: Sequence[ReportedField]
) -> tuple[MountedComponent, MountedComponent, str, Binder | None]:
    """The component of an event, the one whose handler it names, that handler's name, and what binds it on the page.

    ``None`` for the last, if it is bound with other numbers of arguments only. Raises ``UnknownEventError`` if it is
    not bound at all, or only to what the page shows as disabled.
    """
    event = unit.name
    mounted = unit.page.find(component_id)
    if fields:  # only now: a render before this turn must not correct what the handler is to hear of
        mounted.reported = (*mounted.reported, *fields)
    found = _handler_of(mounted, event)
    if found is not None:
        kept = mounted.kept_tree
        tree = kept if type(kept) is Instance else mounted.tree
        count = None if args is None else len(args)
        binder = binder_of(tree, event, count)
        # most events are of an element that nothing can disable, and that says nothing about arguments
        if binder is not None and (
            binder[0] is not tree
            or type(tree) is not Instance
            or tree[0].can_be_off
            or event in tree[0].submits
            or binder[1][count]
            or found[1][0] == "="  # only what the bound control offers can be chosen
            or (mounted.parent is not None and Template.some_hold)
        ):
            _check_use(mounted, event, args, params)
        if binder is not None or binder_of(tree, event) is not None:
            return mounted, *found, binder
    raise UnknownEventError(f"{mounted.component.name} has no handler {event!r} on the page")


def _check_use(mounted: MountedComponent, event: str, args: Args, params: Mapping[str, object]) -> None:
    """Raises ``UnknownEventError`` if this call can only come from something disabled."""
    if not can_be_used(mounted, (event, args, params)):
        raise UnknownEventError(
            f"{event} cannot be called now: what calls it is disabled on the page, or in something that is"
        )


def is_reachable(mounted: MountedComponent, event: str) -> bool:
    """Is the handler that this event names bound to something on the page that a user can use now?"""
    return _handler_of(mounted, event) is not None and shows_usable(mounted, event)


def _handler_of(mounted: MountedComponent, event: str) -> tuple[MountedComponent, str] | None:
    """The component whose handler an event names, and the handler's name there; ``None`` if there is none.

    Each ``^`` in the event's name is one component further out.
    """
    owner: MountedComponent | None = mounted
    name = event
    if OUTER in event:
        for _ in range(event.count(OUTER)):
            owner = owner.parent if owner else None
        name = event.replace(OUTER, "")
    if owner is None or owner.handlers.get(name) is None or name not in owner.component.compiled.handlers:
        return None  # private functions are missing from the first table, hooks from the second
    return owner, name


def _description(owner: MountedComponent, name: str) -> str:
    component = owner.component.name
    return f'@bind="{name[1:]}" in {component}' if name.startswith("=") else f"{component}.{name}"


def _place(mounted: MountedComponent, event: str) -> str:
    """The file and line where an event's handler is bound; ``""`` if that is not in a template."""
    binder = binder_of(mounted.tree, event)
    if binder is None or type(binder[0]) is not Instance:
        return ""
    template = binder[0][0]
    return f", bound at {template.file}:{line_of(template.file, template.line, event.lstrip(OUTER + '='))}"


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
    if args is None or not is_said(args):
        raise BadArgumentError(f"{path}: not what a control says")
    if len(args) == 2:
        is_on, choice = args
        variable, *steps = path.split(".")
        old = look(owner.cells()[variable].cell_contents, *steps)
        args = [with_choice(old, is_on, str(choice), partial(converted_in, owner, path))]
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
) -> bool:
    """Note the errors, for the view to show: ``True``. Raises ``error`` if the view shows no such errors."""
    errors = errors_of(owner)
    errors.reject(error.fields, taken, target)
    if not errors.shows(error.fields, target):
        raise error from None
    return True


# How the page calls its handlers -------------------------------------------------------------------------------


def binder_of(
    tree: Value, name: str, count: object = _ANY, literals: frozenset[int] = NO_LITERALS
) -> Binder | None:
    """The first node of this tree that calls the handler ``name`` with so many arguments, and how it does.

    ``None`` if there is none. ``literals`` are arguments that have to be literals there. Cost: the nodes before it.
    """
    stack: list[Any] = [tree]
    while stack:
        value = stack.pop()
        kind = type(value)
        found: Sequence[CallForms] = ()
        if kind is Instance:
            template = value[0]
            if name in template.bindings:
                forms = template.bindings[name]
                if (count is _ANY or count in forms) and not literals:
                    return value, forms  # what nearly every event means
                found = (forms,)
            if template.called:
                found = [*found, *[forms for place, forms in template.called if value[place] == name]]
            stack.extend(value[1:])
        elif kind is Fragment:
            stack.extend(value)
        elif kind is Root:
            stack.extend(value.children)
        elif kind is Element:
            found = _forms_in(value, name)
            stack.extend(value.children)
        elif hasattr(value, "nodes"):
            stack.extend(value.nodes("body"))
        for forms in found:
            if count is _ANY or (count in forms and literals <= forms[count]):  # type: ignore[index]
                return value, forms
    return None


def _forms_in(element: Element, name: str) -> list[CallForms]:
    """How the attributes of an element call a handler."""
    kind = control_type(element.tag, element.attributes.get("type"), is_multiple=False)
    bound = [
        forms_of(attribute, text, kind)
        for attribute, text in element.attributes.items()
        if attribute.startswith("@")
    ]
    return [forms for handler, forms in bound if handler == name]


def _rendered(
    mounted: MountedComponent, event: str, args: list[object], binder: tuple[Value, CallForms]
) -> list[object]:
    """Arguments with the numbers that the page has as text: ``{"$int": "5"}`` is 5, if it is a literal there."""
    exact = {at: number for at, arg in enumerate(args) if (number := exact_number(arg)) is not None}
    _, forms = binder_of(mounted.tree, event, len(args), frozenset(exact)) or binder
    literals = forms[len(args)]
    return [exact[at] if at in exact and at in literals else arg for at, arg in enumerate(args)]


def _number(args: list[object] | None) -> str:
    if args is None:
        return "the fields of a form"
    return "one argument" if len(args) == 1 else f"{len(args)} arguments"
