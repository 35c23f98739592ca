"""HTML that works without the client: what a page with ``fallback`` has on top of its component's tree.

    <form @submit="add(text)">                     <form @submit="add(text)" method="post" action="/_live/post?do=…"
        <input name="text"><button>Add</button> →      hx-post="/_live/post?do=…" …>
    </form>                                             <input type="hidden" name="_live" value="TOKEN">…</form>
    <button @click="remove(5)">×</button>          <button @click="remove(5)" form="…" formaction="/_live/post?do=…">

The tree of the component stays as it is. What is put on here is marked: ``data-live-was`` says which attributes
an element had, ``data-live-extra`` is on elements that were added. The client's ``fallback.js`` takes all of it
off before the client looks at the page, which then is the tree again, node for node.

Where a form of the author's hears ``@submit``, it is posted itself, and the buttons in it post it too. All other
buttons and controls belong to one form beside the component, which is posted for them. With each control that has a
handler of its own goes what it showed, so that only what was changed on this page is an event, however old it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from hyper.simulated import controls
from hyper.simulated.bindings import Binding, bindings_of
from hyper.simulated.dom import COMPONENT, DomElement, DomLeaf, component_of
from hyper.transport.tokens import digest
from hyper.vdom import Text
from hyper.vdom.events import handler_name
from hyper.vdom.node import KEY_ATTRIBUTES

ROOT: Final = "data-live-fallback"
"""Stands for ``data-live-component``, so that the client leaves the component alone while it is dressed."""
TOKEN_FIELD: Final = "_live"
EXTRA: Final = "data-live-extra"
WAS: Final = "data-live-was"
APPLY: Final = "apply"
"""What the form beside the component does when no button says otherwise: it passes on what was filled in."""
_EDITS: Final = ("input", "change", "bind")
_SECRET_KINDS: Final = frozenset({"password", "file", "hidden"})


@dataclass(slots=True)
class Dress:
    """What a page needs to know."""

    url: str
    """Where forms go."""
    token: str
    notice: str = ""
    """What the user is told above the component."""
    typed_into: str = ""
    """The form that was posted last, if it has to be mended."""
    typed: Mapping[str, list[str]] = field(default_factory=dict)
    """What was typed into it, by the names of its fields."""


def dress(top: DomElement, by: Dress) -> None:
    """Let the component with this root work by forms."""
    helper = f"live-{top.attributes[COMPONENT]}"
    elements = list(top.elements())
    marks = {id(element): _mark(element) for element in elements if has_edit(element)}
    if by.typed_into:
        fill(typed_controls(top, by.typed_into), by.typed)
        for element in elements:
            _show_state(element)
    forms = [element for element in elements if submit_key(element)]
    for form in forms:
        _post_to(form, by, submit_key(form))
    loose = [element for element in elements if is_loose(element)]
    for control in loose:
        put(control, form=helper, name=field_name(control))
        put(control, **_htmx(by.url, APPLY))
    buttons = [element for element in elements if click_key(element)]
    for button in buttons:
        _dress_button(button, by, helper)
    for form in forms:
        _fill_form(form, by, marks)
    for element in elements:
        if COMPONENT in element.attributes:
            put(element, **{ROOT: element.attributes[COMPONENT], COMPONENT: None})
    extras = [_helper(by, helper, [marks[id(item)] for item in loose])] if loose or buttons else []
    top.set_children([*_notice(by), *top.children, *extras])
    top.attributes = {ROOT: top.attributes.pop(COMPONENT), **top.attributes}


# What can be done -------------------------------------------------------------------------------------------


def bound(element: DomElement, *kinds: str) -> Binding | None:
    """The first binding of an element to one of these events that has a handler; ``None`` for actions alone."""
    for kind in kinds:
        for binding in bindings_of(element, kind):
            if not binding.is_global and handler_name(
                binding.attribute, element.attributes[binding.attribute]
            ):
                return binding
    return None


def submit_key(form: DomElement) -> str:
    """What names the form when it is posted, ``""`` if it cannot be."""
    return key_of(form, bound(form, "submit")) if form.tag == "form" else ""


def click_key(button: DomElement) -> str:
    """What names the button in an address, ``""`` if it is none that does something."""
    is_button = controls.is_control(button) and controls.is_button(button)
    if not is_button or controls.kind_of(button) == "reset":
        return ""
    return key_of(button, bound(button, "click"))


def is_loose(control: DomElement) -> bool:
    """Is it a control with a handler of its own, in no form that is posted?"""
    return has_edit(control) and posted_form(control) is None


def has_edit(control: DomElement) -> bool:
    """Has a control a handler for what is filled in?"""
    return (
        controls.is_control(control)
        and not controls.is_button(control)
        and controls.kind_of(control) != "file"
        and bound(control, *_EDITS) is not None
    )


def posted_form(control: DomElement) -> DomElement | None:
    """The form of a control, if it is posted itself."""
    form = controls.form_of(control)
    return form if form is not None and submit_key(form) else None


def key_of(element: DomElement, binding: Binding | None) -> str:
    """``remove.1a2b3c4d5e6f7g8h``: the handler, and who calls it with what, in every render the same."""
    if binding is None:
        return ""
    expression = element.attributes[binding.attribute]
    own = {name: value for name, value in element.attributes.items() if _is_telling(name)}
    path = [component_of(element).attributes[COMPONENT], *_keys_around(element)]
    name = handler_name(binding.attribute, expression)
    return f"{name}.{digest(json.dumps([path, binding.type, expression, own], sort_keys=True))}"


def _is_telling(name: str) -> bool:
    """Does an attribute change what a handler gets?"""
    return name in ("name", "value") or name.startswith("data-") or name in KEY_ATTRIBUTES


def _keys_around(element: DomElement) -> Iterator[str]:
    for node in element.ancestors():
        if COMPONENT in node.attributes:
            return
        yield from (f"{name}={node.attributes[name]}" for name in KEY_ATTRIBUTES if name in node.attributes)


# Attributes and elements that are put on --------------------------------------------------------------------


def put(element: DomElement, **attributes: str | None) -> None:
    """Set attributes, ``None`` takes one away; what was there is remembered for the client."""
    was: dict[str, str | None] = json.loads(element.attributes.get(WAS, "{}"))
    for name, value in attributes.items():
        old = element.attributes.pop(name, None)
        if old != value:
            was.setdefault(name, old)
        if value is not None:
            element.attributes[name] = value
    if was:
        element.attributes[WAS] = json.dumps(was, separators=(",", ":"))


def _htmx(url: str, key: str) -> dict[str, str]:
    """The attributes with which htmx posts and swaps the component; what is below inherits none of them."""
    return {
        "hx-post": f"{url}?do={key}",
        "hx-target": "closest [data-live-token]",
        "hx-swap": "outerHTML",
        "hx-disinherit": "*",
    }


def _post_to(form: DomElement, by: Dress, key: str) -> None:
    put(form, method="post", action=f"{by.url}?do={key}", enctype=None, target=None, **_htmx(by.url, key))


def _dress_button(button: DomElement, by: Dress, helper: str) -> None:
    put(button, formaction=f"{by.url}?do={click_key(button)}", formnovalidate="", formmethod=None)
    if button.tag == "button":
        put(button, type="submit")  # htmx knows it by this attribute, too
    if posted_form(button) is None:
        put(button, form=helper)


def _fill_form(form: DomElement, by: Dress, marks: Mapping[int, DomElement]) -> None:
    inner = controls.controls_of(form)
    for control in inner:
        if has_edit(control) and not control.get("name"):
            put(control, name=field_name(control))
    # Enter clicks the first button of a form, and that has to be one that only submits
    first = [DomElement("button", {"hidden": "", EXTRA: ""})] if any(map(click_key, inner)) else []
    own = [marks[id(control)] for control in inner if id(control) in marks]
    form.set_children([_token(by), *own, *first, *form.children])


def _token(by: Dress) -> DomElement:
    return _hidden(TOKEN_FIELD, by.token)


def _mark(control: DomElement) -> DomElement:
    return _hidden(mark_name(control), state_of(control))


def _hidden(name: str, value: str) -> DomElement:
    return DomElement("input", {"type": "hidden", "name": name, "value": value, EXTRA: ""})


def _helper(by: Dress, name: str, marks: list[DomElement]) -> DomElement:
    form = DomElement("form", {"id": name})
    _post_to(form, by, APPLY)
    del form.attributes[WAS]
    form.attributes[EXTRA] = ""
    form.set_children([_token(by), *marks])
    if marks:
        button = DomElement("button", {"class": "live-apply"})
        button.set_children([DomLeaf(Text("Apply"))])
        without_scripts = DomElement("noscript")
        without_scripts.set_children([button])
        form.set_children([*form.children, without_scripts])
    return form


def _notice(by: Dress) -> list[DomElement]:
    if not by.notice:
        return []
    notice = DomElement("p", {"class": "live-notice", "role": "alert", EXTRA: ""})
    notice.set_children([DomLeaf(Text(by.notice))])
    return [notice]


# What is filled in ------------------------------------------------------------------------------------------


def state_of(control: DomElement) -> str:
    """What a control shows, in a few characters."""
    if controls.is_choice(control):
        return "on" if controls.is_checked(control) else "off"
    if control.tag == "select":
        return digest(
            json.dumps([controls.option_value(item) for item in controls.selected_options(control)])
        )
    return digest(controls.value_of(control))


def mark_name(control: DomElement) -> str:
    """The name under which a page says what a control with a handler of its own showed."""
    return f"_was.{key_of(control, bound(control, *_EDITS))}"


def field_name(control: DomElement) -> str:
    """The name under which a control is posted: its own in a posted form, else one of its own."""
    own = control.get("name")
    if own and posted_form(control) is not None:
        return own
    binding = bound(control, *_EDITS)
    if own and controls.kind_of(control) == "radio":
        return f"{component_of(control).attributes[COMPONENT]} {own}"
    return key_of(control, binding)


def typed_controls(top: DomElement, key: str) -> list[DomElement]:
    """The controls that are posted with the thing of that key: those of its form, or all that are loose."""
    element = find(top, key)
    form = element if element is None or element.tag == "form" else posted_form(element)
    if form is not None:
        return [control for control in controls.controls_of(form) if not controls.is_button(control)]
    return [element for element in top.elements() if is_loose(element)]


def find(top: DomElement, key: str) -> DomElement | None:
    """The form or button that ``key`` names."""
    keyed = (element for element in top.elements() if key in (submit_key(element), click_key(element)))
    return next(keyed, None) if key else None


def fill(filled: list[DomElement], fields: Mapping[str, list[str]]) -> None:
    """Let controls show what was posted for them: not those that were disabled, or not on that page."""
    left = {name: list(values) for name, values in fields.items()}
    for control in filled:
        name = field_name(control)
        is_there = mark_name(control) in fields if has_edit(control) else bool(name)
        if is_there and not controls.is_disabled(control):
            _fill(control, left.get(name))


def _fill(control: DomElement, values: list[str] | None) -> None:
    if controls.is_choice(control):
        controls.check(control, controls.value_of(control) in (values or ()))
    elif control.tag == "select":
        options = controls.options_of(control)
        controls.choose(
            control, [option for option in options if controls.option_value(option) in (values or ())]
        )
    elif values:
        control.typed = values.pop(0)


def _show_state(element: DomElement) -> None:
    """Write what a control shows into its attributes; passwords are never written into a page."""
    if controls.is_control(element) and controls.kind_of(element) in _SECRET_KINDS:
        return
    if element.checked is not None and element.checked != element.has("checked"):
        put(element, checked="" if element.checked else None)
    if element.selected is not None and element.selected != element.has("selected"):
        put(element, selected="" if element.selected else None)
    if element.typed is not None and element.typed != controls.default_value(element):
        if element.tag == "textarea":
            put(element, **{"data-live-text": element.raw_text()})
            element.set_children([DomLeaf(Text(element.typed))])
        else:
            put(element, value=element.typed)
