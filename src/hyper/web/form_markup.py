"""HTML that works without the client: what a page with ``fallback`` has on top of its component's tree.

    <form @submit="add(text)">                     <form @submit="add(text)" method="post" action="/_live/post?do=…"
        <input name="text"><button>Add</button> →      hx-post="/_live/post?do=…" …>
    </form>                                             <input type="hidden" name="_live" value="TOKEN">…</form>
    <button @click="remove(5)">×</button>          <button @click="remove(5)" form="…" formaction="/_live/post?do=…">

The tree of the component stays as it is. What is put on here is marked: ``data-live-was`` and ``data-live-old`` say
which attributes an element had not, or had with another value; ``data-live-extra`` is on elements that were added.
The client's ``fallback.js`` takes all of it off before the client looks at the page, which then is the tree again,
node for node.

Where a form of the author's hears ``@submit``, it is posted itself, and the buttons in it post it too. All other
buttons and controls belong to one form beside the component, which is posted for them. With each control that has a
handler of its own goes what it showed, so that only what was changed on this page is an event, however old it is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from hyper.simulated import controls
from hyper.simulated.dom import COMPONENT, DomElement, DomLeaf
from hyper.vdom import Text
from hyper.web.form_controls import Parts, mark_name, state_of

ROOT: Final = "data-live-fallback"
"""Stands for ``data-live-component``, so that the client leaves the component alone while it is dressed."""
TOKEN_FIELD: Final = "_live"
EXTRA: Final = "data-live-extra"
WAS: Final = "data-live-was"
OLD: Final = "data-live-old"
APPLY: Final = "apply"
"""What the form beside the component does when no button says otherwise: it passes on what was filled in."""
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
    """Let the component with this root work by forms. Cost: the page's elements."""
    parts = Parts(top)
    helper = f"live-{top.attributes[COMPONENT]}"
    marks = {key: _hidden(mark_name(key), state_of(control)) for key, control in parts.edits}
    if by.typed_into:
        parts.fill(by.typed_into, by.typed)
        for element in parts.elements:
            _show_state(element)
    for _, control in parts.edits:
        put(
            control,
            name=parts.field_name(control),
            form=control.get("form") if parts.form_key(control) else helper,
        )
    for key, button in parts.buttons:
        _dress_button(button, f"{by.url}?do={key}", "" if parts.form_key(button) else helper)
    for key, form in parts.forms:
        _post_to(form, f"{by.url}?do={key}")
        has_buttons = any(parts.form_key(button) == key for _, button in parts.buttons)
        own = [marks[edit] for item in parts.inside(key) if (edit := parts.edit_key(item))]
        form.set_children([_hidden(TOKEN_FIELD, by.token), *own, *_first(has_buttons), *form.children])
    for element in parts.elements:
        if COMPONENT in element.attributes:
            put(element, **{ROOT: element.attributes[COMPONENT], COMPONENT: None})
    loose = [marks[parts.edit_key(item)] for item in parts.inside("")]
    has_loose_button = any(not parts.form_key(button) for _, button in parts.buttons)
    extras = [_helper(by, helper, loose)] if loose or has_loose_button else []
    top.set_children([*_notice(by), *top.children, *extras])
    top.attributes = {ROOT: top.attributes.pop(COMPONENT), **top.attributes}


def put(element: DomElement, **attributes: str | None) -> None:
    """Set attributes, ``None`` takes one away; what was there is remembered for the client."""
    was = element.attributes.get(WAS, "").split()
    old: dict[str, str] = json.loads(element.attributes.get(OLD, "{}"))
    for name, value in attributes.items():
        before = element.attributes.pop(name, None)
        if value is not None:
            element.attributes[name] = value
        if before is None and value is not None and name not in old:
            was.append(name)
        elif before is not None and before != value and name not in was:
            old.setdefault(name, before)
    if was:
        element.attributes[WAS] = " ".join(dict.fromkeys(was))
    if old:
        element.attributes[OLD] = json.dumps(old, separators=(",", ":"))


# Elements that are put on -------------------------------------------------------------------------------------


def _post_to(form: DomElement, url: str) -> None:
    """Let the browser post a form, and htmx post it and swap the component; what is below inherits nothing."""
    put(form, method="post", action=url, enctype=None, target=None)
    put(form, **{"hx-post": url, "hx-target": "closest [data-live-token]", "hx-swap": "outerHTML"})
    put(form, **{"hx-disinherit": "*"})


def _dress_button(button: DomElement, url: str, helper: str) -> None:
    put(button, formaction=url, formmethod=None, **({"form": helper} if helper else {"formnovalidate": ""}))
    if button.tag == "button":
        put(button, type="submit")  # htmx knows it by this attribute, too


def _first(has_buttons: bool) -> list[DomElement]:
    """Enter clicks the first button of a form, and that has to be one that only submits."""
    return [DomElement("button", {"hidden": "", EXTRA: ""})] if has_buttons else []


def _hidden(name: str, value: str) -> DomElement:
    return DomElement("input", {"type": "hidden", "name": name, "value": value, EXTRA: ""})


def _helper(by: Dress, name: str, marks: list[DomElement]) -> DomElement:
    """The form beside the component. With htmx it is posted at every change of a control that belongs to it."""
    form = DomElement("form", {"id": name, "novalidate": ""})
    _post_to(form, f"{by.url}?do={APPLY}")
    form.attributes["hx-trigger"] = f"submit, change from:closest [data-live-token] target:[form='{name}']"
    del form.attributes[WAS]
    form.attributes[EXTRA] = ""
    form.set_children([_hidden(TOKEN_FIELD, by.token), *marks])
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
