"""HTML that works without the client: the markup that a page with ``fallback`` has in addition to the component's tree.

    <form @submit="add(text)">                     <form @submit="add(text)" method="post" action="/_live/post?do=…"
        <input name="text"><button>Add</button> →      hx-post="/_live/post?do=…" …>
    </form>                                             <input type="hidden" name="_live" value="TOKEN">…</form>
    <button @click="remove(5)">×</button>          <button @click="remove(5)" form="…" formaction="/_live/post?do=…">

The component's own tree does not change. Everything added to the page is marked: ``data-live-was`` lists the
attributes that an element did not have, ``data-live-old`` holds the former values of others, and
``data-live-extra`` is on every added element. ``fallback.js`` removes all of it before the client looks at the
page, which is then the component's tree again, node for node.

An author's form with ``@submit`` is posted itself, also by the buttons in it. All other buttons and controls belong to
one helper form beside the component. Each control with a handler of its own is posted together with the state that it
showed, so that only changes on this page become events, however old the page is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from hyper.dom import controls
from hyper.dom.elements import COMPONENT, DomElement, DomLeaf
from hyper.vdom import Text
from hyper.vdom.browser_rules import FILE_TYPES, HIDDEN_TYPES
from hyper.web.form_controls import PostableElements, mark_name, state_of

ROOT: Final = "data-live-fallback"
"""Replaces ``data-live-component``, so that the client ignores the component until ``fallback.js`` is done."""
TOKEN_FIELD: Final = "_live"
EXTRA: Final = "data-live-extra"
WAS: Final = "data-live-was"
OLD: Final = "data-live-old"
APPLY: Final = "apply"
"""The key of the helper form, posted without a button: only the controls that were changed count."""
_SWAP: Final = {"hx-target": "closest [data-live-token]", "hx-swap": "outerHTML"}
_MARKS: Final = frozenset({ROOT, EXTRA, WAS, OLD, "data-live-text", "data-live-token"})
_SECRET_KINDS: Final = {"password"} | FILE_TYPES | HIDDEN_TYPES


@dataclass(slots=True)
class FormPage:
    """The data that a page with forms needs besides its component."""

    url: str
    """The address that forms are posted to."""
    token: str
    notice: str = ""
    """A message to the user, shown above the component."""
    corrected_key: str = ""
    """The key of the form that was posted last, if the user has to correct it."""
    typed: Mapping[str, list[str]] = field(default_factory=dict)
    """What the user typed into that form, by names of fields."""
    marked_key: Callable[[str], str] = str
    """Signs the key of a form or button."""

    def url_of(self, key: str) -> str:
        """The address that posts the form or button ``key``."""
        return f"{self.url}?do={self.marked_key(key)}"


def add_forms(top: DomElement, page: FormPage) -> None:
    """Make the component with this root work with forms. Cost: the page's elements."""
    postable = PostableElements(top)
    helper_id = f"live-{top.attributes[COMPONENT]}"
    shown = {key: _hidden(mark_name(key), state_of(control)) for key, control in postable.edits}
    if page.corrected_key:
        postable.fill(page.corrected_key, page.typed)
        for element in postable.elements:
            _write_state(element)
    for _, control in postable.edits:
        form_id = control.get("form") if postable.form_key(control) else helper_id
        put(control, name=postable.field_name(control), form=form_id)
    for key, button in postable.buttons:
        _post_by(button, page.url_of(key), "" if postable.form_key(button) else helper_id)
    for key, form in postable.forms:
        _post_to(form, page.url_of(key))
        form.set_children([*_own_fields(postable, key, page.token, shown), *form.children])
    for element in postable.elements:
        if COMPONENT in element.attributes:
            put(element, **{ROOT: element.attributes[COMPONENT], COMPONENT: None})
    helpers = _helpers(postable, page, helper_id, shown)
    top.set_children([*_notice(page), *top.children, *helpers])
    top.attributes = {ROOT: top.attributes.pop(COMPONENT), **top.attributes}


def remove_marks(top: DomElement) -> None:
    """Remove what this file adds from the component's own elements: ``fallback.js`` would do what it says."""
    for element in top.elements():
        element.attributes = {name: text for name, text in element.attributes.items() if name not in _MARKS}


def put(element: DomElement, **attributes: str | None) -> None:
    """Set attributes, remove those that are ``None``, and record what ``fallback.js`` needs to undo it."""
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


# Elements and attributes that are added -----------------------------------------------------------------------


def _post_to(form: DomElement, url: str) -> None:
    """Make the browser post a form, and htmx post it and swap the component. Elements inside inherit nothing."""
    put(form, method="post", action=url, enctype=None, target=None)
    put(form, **{"hx-post": url, **_SWAP, "hx-disinherit": "*"})


def _post_by(button: DomElement, url: str, helper_id: str) -> None:
    """Make a button post its form, or the helper form."""
    how = {"form": helper_id} if helper_id else {"formnovalidate": ""}
    put(button, formaction=url, formmethod=None, **how)
    # htmx 2 knows none of these, and posts to formaction; htmx 4 does not
    put(button, **{"hx-action": url, "hx-method": "post", **_SWAP})
    if button.tag == "button":
        put(button, type="submit")  # htmx knows it by this attribute, too


def _own_fields(
    postable: PostableElements, key: str, token: str, shown: Mapping[str, DomElement]
) -> list[DomElement]:
    """The elements added at the start of an author's form: the token, and the states that its controls showed."""
    states = [shown[edit] for control in postable.inside(key) if (edit := postable.edit_key(control))]
    has_buttons = any(postable.form_key(button) == key for _, button in postable.buttons)
    # Enter clicks the first button of a form, which has to be one that only submits
    first = [DomElement("button", {"hidden": "", EXTRA: ""})] if has_buttons else []
    return [_hidden(TOKEN_FIELD, token), *states, *first]


def _hidden(name: str, value: str) -> DomElement:
    return DomElement("input", {"type": "hidden", "name": name, "value": value, EXTRA: ""})


def _helpers(
    postable: PostableElements, page: FormPage, helper_id: str, shown: Mapping[str, DomElement]
) -> list[DomElement]:
    """The helper form beside the component, if any button or control belongs to it."""
    states = [shown[postable.edit_key(control)] for control in postable.inside("")]
    has_button = any(not postable.form_key(button) for _, button in postable.buttons)
    return [_helper(page, helper_id, states)] if states or has_button else []


def _helper(page: FormPage, helper_id: str, states: list[DomElement]) -> DomElement:
    """The helper form beside the component. htmx posts it whenever a control that belongs to it changes."""
    form = DomElement("form", {"id": helper_id, "novalidate": ""})
    _post_to(form, page.url_of(APPLY))
    root = helper_id.removeprefix("live-")
    # without spaces in a selector, all versions read it alike
    form.attributes["hx-trigger"] = f"submit, change from:[{ROOT}='{root}'] target:[form='{helper_id}']"
    del form.attributes[WAS]
    form.attributes[EXTRA] = ""
    form.set_children([_hidden(TOKEN_FIELD, page.token), *states])
    if states:
        button = DomElement("button", {"class": "live-apply"})
        button.set_children([DomLeaf(Text("Apply"))])
        without_scripts = DomElement("noscript")
        without_scripts.set_children([button])
        form.set_children([*form.children, without_scripts])
    return form


def _notice(page: FormPage) -> list[DomElement]:
    if not page.notice:
        return []
    notice = DomElement("p", {"class": "live-notice", "role": "alert", EXTRA: ""})
    notice.set_children([DomLeaf(Text(page.notice))])
    return [notice]


def _write_state(element: DomElement) -> None:
    """Write the state that a control shows into its attributes. Passwords are never written into a page."""
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
