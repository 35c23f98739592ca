"""How the page that a component shows calls its handlers: what an event says is compared with it.

<button @click="put({id})">      ["tea", 1] or {"id": 1} of an event was not said by this page
                                 [{"$int": "9007199254740993"}] is [9007199254740993]
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from hyper.transport.component import BadArgumentError
from hyper.vdom import Element, Root
from hyper.vdom.browser_rules import control_type
from hyper.vdom.templates.call_forms import NO_LITERALS, CallForms, forms_of
from hyper.vdom.templates.exact_numbers import exact_number
from hyper.vdom.templates.template import Instance
from hyper.vdom.templates.values import Fragment, Value

ANY: Final = object()
"""Instead of a number of arguments: whatever it is."""


class Binder(NamedTuple):
    """A node of the tree that binds a handler."""

    node: Value
    forms: CallForms


def binder_of(
    tree: Value, name: str, count: object = ANY, literals: frozenset[int] = NO_LITERALS
) -> Binder | None:
    """The first node of this tree that calls the handler ``name`` in this way; ``None`` if there is none.

    ``literals`` are arguments that have to be literals there. Cost: the nodes before it.
    """
    stack: list[Any] = [tree]
    while stack:
        value = stack.pop()
        kind = type(value)
        if kind is Instance:
            template = value[0]
            forms = template.bindings.get(name)
            if forms is not None and _is_meant(forms, count, literals):
                return Binder(value, forms)
            for place, forms in template.called:
                if value[place] == name and _is_meant(forms, count, literals):
                    return Binder(value, forms)
            stack.extend(value[1:])
        elif kind is Fragment:
            stack.extend(value)
        elif kind is Root:
            stack.extend(value.children)
        elif kind is Element:
            for forms in _forms_in(value, name):
                if _is_meant(forms, count, literals):
                    return Binder(value, forms)
            stack.extend(value.children)
        elif hasattr(value, "nodes"):
            stack.extend(value.nodes("body"))
    return None


def _is_meant(forms: CallForms, count: object, literals: frozenset[int]) -> bool:
    return count is ANY or (count in forms and literals <= forms[count])  # type: ignore[index]


def _forms_in(element: Element, name: str) -> Iterable[CallForms]:
    """How the attributes of an element call a handler."""
    kind = control_type(element.tag, element.attributes.get("type"), is_multiple=False)
    for attribute, text in element.attributes.items():
        if attribute.startswith("@"):
            handler, forms = forms_of(attribute, text, kind)
            if handler == name:
                yield forms


class SaidCall(NamedTuple):
    """An event that the page can send: the handler is bound there."""

    binder: Binder
    """The node that binds it as the event says, else any that does."""
    is_said: bool
    """Does the page call it with so many arguments, or by its name alone?"""
    literals: frozenset[int]
    """The arguments that are numbers in their other form."""

    def arguments(self, name: str, args: list[object] | None) -> list[object] | None:
        """The arguments as they were rendered. Raises ``BadArgumentError`` if the page does not call it like this."""
        if not self.is_said:
            raise BadArgumentError(f"{name} is not called with {_number(args)} by this page")
        if not self.literals or args is None:
            return args
        return [exact_number(arg) if at in self.literals else arg for at, arg in enumerate(args)]


def said_call(tree: Value, name: str, args: list[object] | None) -> SaidCall | None:
    """What an event means on the page that shows ``tree``; ``None`` if nothing there is bound to the handler."""
    count = None if args is None else len(args)
    literals = _exact_places(args) if args else NO_LITERALS
    for places in (literals, NO_LITERALS) if literals else (NO_LITERALS,):
        binder = binder_of(tree, name, count, places)
        if binder is not None:
            return SaidCall(binder, True, literals & binder.forms[count])
    binder = binder_of(tree, name)
    return None if binder is None else SaidCall(binder, False, NO_LITERALS)


def _exact_places(args: list[object]) -> frozenset[int]:
    return frozenset(
        [at for at, arg in enumerate(args) if type(arg) is dict and exact_number(arg) is not None]
    )


def _number(args: list[object] | None) -> str:
    if args is None:
        return "the fields of a form"
    return "one argument" if len(args) == 1 else f"{len(args)} arguments"
