"""What a posted form means: the server does what the client would have done with the same page.

    POST …?do=add.1a2b…  text=milk   →   Message("c1", "add", ["milk"])

The page that the component shows now is set up, its controls are filled in with what was posted, and the click or
submit happens on it. So handlers get what they would have got over the socket, and nothing can be posted that is
not on the page: a form names one of its elements, never a handler, and a value one of its controls.
"""

from __future__ import annotations

from collections.abc import Mapping

from hyper.simulated import controls
from hyper.simulated.bindings import DomEvent
from hyper.simulated.browser import Browser
from hyper.simulated.dom import DomElement
from hyper.simulated.message import Message
from hyper.simulated.query import QueryError
from hyper.transport.component import BadArgumentError, UnknownEventError
from hyper.web.form_controls import Parts, mark_name, state_of
from hyper.web.form_markup import APPLY


def messages_for(browser: Browser, key: str, fields: Mapping[str, list[str]]) -> list[Message]:
    """The events that this post stands for, in order; raises ``CallError``."""
    parts = Parts(browser.top)
    element = parts.find(key)
    if element is None and key != APPLY:
        raise UnknownEventError("What you sent is no longer on the page: this is what it shows now.")
    if element is not None and controls.is_disabled(element):
        raise UnknownEventError("What you sent cannot be done now: this is what the page shows.")
    filled = parts.fill(key, fields)
    try:
        for control in filled:
            if (edit_key := parts.edit_key(control)) and _is_changed(
                control, fields.get(mark_name(edit_key))
            ):
                browser.fire(DomEvent("input", control))
                browser.fire(DomEvent("change", control))
        if element is not None:
            _activate(browser, element, fields, parts)
    except QueryError as error:
        raise BadArgumentError(str(error).partition("\n")[0]) from error
    return browser.outbox


def _is_changed(control: DomElement, shown: list[str] | None) -> bool:
    """Did somebody change it on the page that was posted? Of radio buttons only the chosen one is told of it."""
    if shown is None or controls.is_disabled(control) or state_of(control) in shown:
        return False
    return controls.kind_of(control) != "radio" or controls.is_checked(control)


def _activate(browser: Browser, element: DomElement, fields: Mapping[str, list[str]], parts: Parts) -> None:
    """Submit the form, or click the button and do what browsers do after that."""
    if element.tag == "form":
        browser.fire(DomEvent("submit", element, submitter=_submitter(element, fields)))
        return
    click = DomEvent("click", element)
    browser.fire(click)
    form = parts.find(parts.form_key(element))
    if form is not None and controls.is_submit(element) and not click.is_prevented:
        browser.fire(DomEvent("submit", form, submitter=element))


def _submitter(form: DomElement, fields: Mapping[str, list[str]]) -> DomElement | None:
    """The button of the form whose name and value were posted."""
    for button in controls.controls_of(form):
        if controls.is_submit(button) and (button.get("value") or "") in fields.get(
            button.get("name") or "", ()
        ):
            return button
    return None
