"""The elements of a page that can be posted: forms, buttons and controls with handlers, each with a key.

    <li key="5"><button @click="remove(dataset.id)" data-id="5">   →   "remove.1a2b3c4d5e6f7g8h"

An element has the same key in every render. Writing a page puts the keys into it; reading a post looks them up.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from hyper.dom import controls
from hyper.dom.bindings import Binding, bindings_of
from hyper.dom.elements import COMPONENT, DomElement, component_of
from hyper.transport.tokens import digest
from hyper.vdom.browser_rules import EDITING
from hyper.vdom.node import KEY_ATTRIBUTES
from hyper.vdom.templates.expressions import handler_name

_EDITS: Final = (*EDITING, "bind")

KeyedElement = tuple[str, DomElement]
"""A key and its element."""


class PostableElements:
    """The elements of one page that can be posted, looked up once."""

    def __init__(self, top: DomElement) -> None:
        self.elements = list(top.elements())
        self.forms = [*_keyed(self.elements, _submit)]
        """The author's forms that have a handler for ``submit``."""
        self.buttons = [*_keyed(self.elements, _click)]
        self.edits = [*_keyed(self.elements, _edit)]
        """The controls that have a handler of their own for edits."""
        self._edit_keys = {id(control): key for key, control in self.edits}
        self._controls: dict[str, list[DomElement]] = {}
        self._form_keys: dict[int, str] = {}
        self._assign_controls()

    def _assign_controls(self) -> None:
        """Find the form of each control."""
        keys = {id(form): key for key, form in self.forms}
        for element in self.elements:
            if controls.is_control(element):
                form = controls.form_of(element)
                key = keys.get(id(form), "")
                self._form_keys[id(element)] = key
                self._controls.setdefault(key, []).append(element)

    def form_key(self, control: DomElement) -> str:
        """The key of the form that a control belongs to; ``""`` for the helper form beside the component."""
        return self._form_keys[id(control)]

    def edit_key(self, control: DomElement) -> str:
        """The key of a control that has a handler of its own, else ``""``."""
        return self._edit_keys.get(id(control), "")

    def inside(self, form_key: str) -> list[DomElement]:
        """The controls posted with a form; for ``""`` those that have handlers and belong to no other form."""
        inner = [item for item in self._controls.get(form_key, []) if not controls.is_button(item)]
        return inner if form_key else [item for item in inner if self.edit_key(item)]

    def find(self, key: str) -> DomElement | None:
        """The form or button with this key; ``None`` if the page does not have it."""
        return next((element for name, element in (*self.forms, *self.buttons) if name == key), None)

    def posted_with(self, key: str) -> list[DomElement]:
        """The controls that are posted with the form or button ``key``."""
        element = self.find(key)
        if element is None:
            return self.inside("")
        return self.inside(key if element.tag == "form" else self.form_key(element))

    def field_name(self, control: DomElement) -> str:
        """The name under which a control is posted: its own name in an author's form, else its key."""
        own = control.get("name") or ""
        if own and self.form_key(control):
            return own
        if own and controls.kind_of(control) == "radio":
            return f"{component_of(control).attributes[COMPONENT]} {own}"
        return self.edit_key(control)

    def fill(self, key: str, fields: Mapping[str, list[str]]) -> list[DomElement]:
        """Set the controls posted with ``key`` to their posted values. Returns those controls.

        A control that is disabled, or was not on the page that was posted, stays as it is.
        """
        filled = self.posted_with(key)
        left = {name: list(values) for name, values in fields.items()}
        for control in filled:
            edit_key = self.edit_key(control)
            name = self.field_name(control)
            is_there = mark_name(edit_key) in fields if edit_key else bool(name)
            if is_there and not controls.is_out_of_use(control):
                _fill(control, left.get(name))
        return filled

    def offers(self, key: str, fields: Mapping[str, list[str]]) -> bool:
        """Does the page offer all that was posted of its choices with handlers of their own?

        It may have changed since it was posted, or never have offered it.
        """
        chosen: dict[str, set[str]] = {}
        for control in self.posted_with(key):
            if _is_choice(control) and self.edit_key(control) and not controls.is_out_of_use(control):
                chosen.setdefault(self.field_name(control), set()).update(_choices(control))
        return all(texts.issuperset(fields.get(name, ())) for name, texts in chosen.items())


def _keyed(
    elements: list[DomElement], binding_of: Callable[[DomElement], Binding | None]
) -> Iterator[KeyedElement]:
    for element in elements:
        binding = binding_of(element)
        if binding is not None:
            yield _key(element, binding), element


def _submit(element: DomElement) -> Binding | None:
    return _bound(element, "submit") if element.tag == "form" else None


def _click(element: DomElement) -> Binding | None:
    is_button = controls.is_control(element) and controls.is_button(element)
    return _bound(element, "click") if is_button and controls.kind_of(element) != "reset" else None


def _edit(element: DomElement) -> Binding | None:
    is_filled = controls.is_control(element) and not controls.is_button(element)
    return _bound(element, *_EDITS) if is_filled and not controls.is_file(element) else None


def _bound(element: DomElement, *kinds: str) -> Binding | None:
    """The first binding of an element to one of these events that has a handler; ``None`` for actions alone."""
    for binding in bindings_of(element):
        is_meant = binding.type in kinds and not binding.is_global
        if is_meant and handler_name(binding.attribute, element.attributes[binding.attribute]):
            return binding
    return None


def _key(element: DomElement, binding: Binding) -> str:
    """The key of an element: its handler's name, and a digest of where it is and which arguments its handler gets."""
    expression = element.attributes[binding.attribute]
    own = {name: value for name, value in element.attributes.items() if _changes_call(name)}
    path = [_relative_id(element), *_keys_around(element)]
    name = handler_name(binding.attribute, expression)
    return f"{name}.{digest(json.dumps([path, binding.type, expression, own], sort_keys=True))}"


def _relative_id(element: DomElement) -> str:
    """The id of the component that an element belongs to, without that of its page: ``.1``."""
    ids = [node.attributes[COMPONENT] for node in element.ancestors() if COMPONENT in node.attributes]
    return ids[0].removeprefix(ids[-1])


def _changes_call(name: str) -> bool:
    """Does an attribute affect the arguments of a handler?"""
    return name in ("name", "value") or name.startswith("data-") or name in KEY_ATTRIBUTES


def _keys_around(element: DomElement) -> Iterator[str]:
    """The keys of the enclosing elements, up to the component's root."""
    for node in element.ancestors():
        if COMPONENT in node.attributes:
            return
        yield from (f"{name}={node.attributes[name]}" for name in KEY_ATTRIBUTES if name in node.attributes)


# What controls show -------------------------------------------------------------------------------------------


def mark_name(edit_key: str) -> str:
    """The name of the hidden field that records what a control with a handler of its own showed."""
    return f"_was.{edit_key}"


def state_of(control: DomElement) -> str:
    """What a control shows, in a few characters: equal for equal states."""
    if controls.is_choice(control):
        return "on" if controls.is_checked(control) else "off"
    if control.tag == "select":
        return digest(
            json.dumps([controls.option_value(item) for item in controls.selected_options(control)])
        )
    return digest(controls.value_of(control))


def _is_choice(control: DomElement) -> bool:
    return control.tag == "select" or controls.is_choice(control)


def _choices(control: DomElement) -> list[str]:
    """The values that a select, checkbox or radio button can send."""
    if control.tag != "select":
        return [controls.value_of(control)]
    return [controls.option_value(item) for item in _usable_options(control)]


def _usable_options(select: DomElement) -> list[DomElement]:
    return [item for item in controls.options_of(select) if not controls.is_disabled(item)]


def _fill(control: DomElement, values: list[str] | None) -> None:
    if controls.is_choice(control):
        controls.check(control, controls.value_of(control) in (values or ()))
    elif control.tag == "select":
        wanted = values or ()
        chosen = [item for item in _usable_options(control) if controls.option_value(item) in wanted]
        controls.choose(control, chosen)
    elif values:
        control.typed = values.pop(0)
