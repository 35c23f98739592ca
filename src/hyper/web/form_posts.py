"""Turns a posted form into the events that the client would have sent from the same page.

    POST …?do=add.1a2b…  text=milk   →   Event("c1", 0, "add", ["milk"], {}, [])

The controls of the page that the component shows now are set to their posted values, and the handlers bound to the
click or submit are called with the values that the controls show. So handlers get the same arguments as over the
socket, and only what is on the page can be posted: a form names one of the page's elements, never a handler, and a
value names one of its controls. Actions of the browser (``$confirm``) are skipped: there is no browser here.
"""

from __future__ import annotations

from collections.abc import Iterator

from hyper.dom import controls
from hyper.dom.bindings import bindings_of
from hyper.dom.calls import HandlerCall, bind_call, bind_event, call_for, describe_problem
from hyper.dom.elements import COMPONENT, DomElement, component_of
from hyper.dom.events import DomEvent, listeners_of
from hyper.transport.component import BadArgumentError, UnknownEventError
from hyper.transport.form import Fields
from hyper.transport.wire import Event
from hyper.vdom.browser_rules import EDITING
from hyper.vdom.templates.expressions import handler_start
from hyper.web.form_controls import PostableElements, mark_name, state_of
from hyper.web.form_markup import APPLY


def events_of_post(top: DomElement, key: str, fields: Fields) -> list[Event]:
    """The events that a post of ``key`` means on the page ``top``, in order. Cost: the page's elements.

    Raises ``UnknownEventError`` if the page has no such element or it is disabled, ``BadArgumentError`` if an
    expression names a value that the page does not have.
    """
    page = PostableElements(top)
    element = page.find(key)
    if element is None and key != APPLY:
        raise UnknownEventError("What you sent is no longer on the page: this is what it shows now.")
    if element is not None and (
        controls.is_out_of_use(element) or (element.tag == "form" and controls.is_shut(element))
    ):
        raise UnknownEventError("What you sent cannot be done now: this is what the page shows.")
    if not page.offers(key, fields):
        raise UnknownEventError("What you chose is no longer on the page: choose again.")
    return [
        wire_event
        for event in _events_in_order(page, element, key, fields)
        for wire_event in _wire_events(event, top)
    ]


def _events_in_order(
    page: PostableElements, element: DomElement | None, key: str, fields: Fields
) -> Iterator[DomEvent]:
    """The DOM events on the page: controls changed, then the form submitted or the button clicked."""
    for control in page.fill(key, fields):
        edit_key = page.edit_key(control)
        if edit_key and _is_changed(control, fields.get(mark_name(edit_key))):
            yield from (DomEvent(kind, control) for kind in EDITING)
    if element is None:
        return
    if element.tag == "form":
        yield DomEvent("submit", element, submitter=_submitter(element, fields))
        return
    click = DomEvent("click", element)
    yield click
    form = page.find(page.form_key(element))
    if form is not None and controls.is_submit(element) and not click.is_prevented:
        yield DomEvent("submit", form, submitter=element)


def _is_changed(control: DomElement, shown: list[str] | None) -> bool:
    """Was the control changed on the page that was posted? Of radio buttons only the chosen one counts."""
    if shown is None or controls.is_out_of_use(control) or state_of(control) in shown:
        return False
    return controls.kind_of(control) != "radio" or controls.is_checked(control)


def _submitter(form: DomElement, fields: Fields) -> DomElement | None:
    """The button of the form whose name and value were posted."""
    for button in controls.submit_buttons(form):
        if (button.get("value") or "") in fields.get(button.get("name") or "", ()):
            return button
    return None


def _wire_events(event: DomEvent, top: DomElement) -> Iterator[Event]:
    """A message for each binding that hears the event and has a handler."""
    for binding in bindings_of(event.target, "bind"):
        if event.type == bind_event(binding):
            yield _wire_event(event.target, bind_call(event.target, binding))
    for element, binding in listeners_of(event, top):
        expression = element.attributes[binding.attribute]
        handler = expression[handler_start(expression) :]
        if not event.obey(binding, element) or not handler.strip():
            continue  # spent, or actions only
        try:
            call = call_for(handler, element, event)
        except (ValueError, LookupError) as error:
            raise BadArgumentError(describe_problem(binding, element, error)) from error
        yield _wire_event(element, call)


def _wire_event(element: DomElement, call: HandlerCall) -> Event:
    component_id = component_of(element).attributes[COMPONENT]
    return Event(component_id, 0, call.handler, call.args, call.params, [])
