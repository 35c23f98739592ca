"""The simulated browser: one page, the events on it, and the messages that they send.

Knows no server: messages go out, patches come in. It treats both as ``runtime_js`` does.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from hyper.dom.bindings import Binding, bindings_of
from hyper.dom.calls import HandlerCall, NoSuchMemberError, bind_call, bind_event, call_for, describe_problem
from hyper.dom.controls import (
    controls_near,
    is_button,
    is_checked,
    is_choice,
    is_control,
    is_disabled,
    is_file,
    kind_of,
)
from hyper.dom.elements import COMPONENT, DomElement, component_of, component_root
from hyper.dom.events import DomEvent, listeners_of
from hyper.simulated.actions import act
from hyper.simulated.backlog import Backlog
from hyper.simulated.changed_fields import changed_fields
from hyper.simulated.dialogs import Dialogs
from hyper.simulated.edits import Edits
from hyper.simulated.message import Message
from hyper.simulated.patching import Patcher
from hyper.simulated.query import Query, QueryError, excerpt, with_text
from hyper.simulated.reach import focus_stop
from hyper.simulated.telling import Telling
from hyper.simulated.typing import EventEnd, Typing
from hyper.vdom.browser_rules import EDITING

MAX_LISTED: Final = 12


class Browser:
    """The browser of one user, with one page."""

    def __init__(self, component_id: str, html: str) -> None:
        self.top = component_root(component_id, html)
        self.focused: DomElement | None = None
        self.outbox: list[Message] = []
        self.heard = 0
        """How many times a binding has received an event so far."""
        self.agrees = True
        """The user's answer to ``$confirm``."""
        self.asked: list[str] = []
        """The questions that ``$confirm`` has asked."""
        self.copied: str | None = None
        """The text that ``$copy`` put into the clipboard last."""
        self.timers: list[tuple[float, Callable[[], None]]] = []
        """Functions to call later, each with the seconds until then."""
        self.edits = Edits()
        self.keyed: DomElement | None = None
        """The control that was changed by keys, and has not fired ``change`` yet."""
        self.typing = Typing(self)
        self.backlog = Backlog(self.typing.count_of)
        self.telling = Telling()
        self.dialogs = Dialogs(self)
        self._query: Query | None = None

    # From the server

    def apply(self, component_id: str, patches: Sequence[Mapping[str, Any]]) -> None:
        """Patch one component. Raises ``PatchError`` if a patch does not match the page."""
        root = find_component(self.top, component_id)
        if root is None:
            raise QueryError(f"patches for {component_id}, which is not on the page")
        with self.dialogs.later():
            Patcher(root, self.typing, self.dialogs).apply(patches)
            if self.focused is not None and not self.top.contains(self.focused):
                self.focused = self._heir(self.focused)
            self.touch()

    def _heir(self, gone: DomElement) -> DomElement | None:
        """The element that now has the id of one that had the focus, if it can take the focus."""
        id = gone.get("id")
        named = (element for element in self.top.elements() if id and element.get("id") == id)
        return next((element for element in named if focus_stop(element) is element), None)

    def end(self, message: Message, outcome: EventEnd) -> None:
        """Update the elements that wait for an event, and send what was left because of it: the event is over."""
        self._mark(message, -1)
        if message.over is not None and message.target is not None:
            message.over(outcome)
            self.backlog.send_left(message.target)
            self.typing.settle_all()
        self.touch()

    def _mark(self, message: Message, change: int) -> None:
        """Count an event as pending (``change`` is 1), or as acknowledged (-1)."""
        if message.element is not None:
            message.element.busy += change
        for button in message.held:
            # the one that has the focus would lose it: it only says so, and does nothing
            attribute = "aria-disabled" if button is self.focused else "disabled"
            button.held = attribute if change > 0 else ""
        self.touch()

    def touch(self) -> None:
        """Note that the page has changed."""
        self._query = None

    def take_over(self, old: Browser) -> None:
        """Take over the state of the browser that showed an older copy of the page."""
        self.agrees, self.asked, self.copied, self.timers = old.agrees, old.asked, old.copied, old.timers

    def advance(self, seconds: float) -> None:
        """Let time pass for the timers of ``$transition``."""
        timers = [(left_s - seconds, end) for left_s, end in self.timers]
        self.timers = [timer for timer in timers if timer[0] > 0]
        for left_s, end in timers:
            if left_s <= 0:
                end()
        self.touch()

    def lose(self) -> None:
        """Report what the user had filled in again: the server has lost its state."""
        for control in self.edits.take_up(self.top):
            # the one of its group that is checked says what is chosen
            is_silent = kind_of(control) == "radio" and not is_checked(control)
            for kind in () if is_silent else EDITING:
                self.fire(DomEvent(kind, control))

    def tell(self) -> None:
        """Report what controls show that the server cannot know: a connection has begun."""
        for event in self.telling.events(self.top, self.focused):
            self.fire(event)

    # Finding

    def all(self, css: str, text: str | None = None) -> list[DomElement]:
        """The elements that match, in document order."""
        if self._query is None:
            self._query = Query(self.top, self.focused)
        return with_text(self._query.matches(css), text)

    def one(self, css: str, text: str | None = None) -> DomElement:
        """The one element that matches. Raises ``QueryError`` if there is none, or more than one."""
        found = self.all(css, text)
        if len(found) == 1:
            return found[0]
        wanted = f"{css!r}" if text is None else f"{css!r} with the text {text!r}"
        if found:
            hint = (
                "narrow the selector" if text is not None else "narrow the selector, or say which text it has"
            )
            raise QueryError(f"{len(found)} elements match {wanted}: {hint}.\n{_listed(found)}")
        raise QueryError(
            f"nothing matches {wanted}.{self._instead(css, text)}\n\nThe page:\n{excerpt(self.top)}"
        )

    def _instead(self, css: str, text: str | None) -> str:
        """The elements that could have been meant, for the error message."""
        if text is not None and (others := self.all(css)):
            return f" Without the text there are:\n{_listed(others)}"
        last = css.replace(">", " ").split(",")[0].split()
        tag = last[-1].partition("[")[0].partition(".")[0].partition("#")[0].partition(":")[0] if last else ""
        same = [element for element in self.top.elements() if element.tag == tag]
        return f" The page has these <{tag}>:\n{_listed(same)}" if same else ""

    # Events

    def focus(self, element: DomElement | None) -> None:
        """Move the focus, with the events that this causes."""
        old = self.focused
        if old is element:
            return
        if old is not None:
            self.change_keyed()
            self.fire(DomEvent("blur", old))
            self.fire(DomEvent("focusout", old))
        self.focused = element
        self.touch()
        if element is not None:
            self.fire(DomEvent("focus", element))
            self.fire(DomEvent("focusin", element))
        if old is not None:
            self.typing.settle(old)

    def change_keyed(self) -> None:
        """Fire ``change`` at the control that was changed by keys: its user is done with it."""
        control, self.keyed = self.keyed, None
        if control is not None and self.top.contains(control):
            self.fire(DomEvent("change", control))

    def fire(self, event: DomEvent) -> bool:
        """Fire an event. Returns whether any binding received it."""
        before = self.heard
        with self.dialogs.later():
            self._report_bound(event)
            for element, binding in listeners_of(event, self.top):
                self._run(binding, element, event)
        return self.heard > before

    def _report_bound(self, event: DomEvent) -> None:
        """Send a control's value to the variables that it is bound to by ``@bind``."""
        control = event.target
        for binding in bindings_of(control, "bind"):
            if event.type == bind_event(binding):
                self.heard += 1
                self._perform(binding, control, event)

    def _run(self, binding: Binding, element: DomElement, event: DomEvent) -> None:
        self.heard += 1
        if event.obey(binding, element) and not event.only_closes:
            self._perform(binding, element, event)

    def _perform(self, binding: Binding, element: DomElement, event: DomEvent) -> None:
        """Do what an attribute says for an event, now or, if many of the control are on their way, later."""
        control = event.target if is_control(event.target) else element
        if event.type in EDITING and is_control(control):
            self.edits.remember(control, self.top)

        def send() -> None:
            if self.top.contains(element) and binding.attribute in element.attributes:
                self._send_bound(binding, element, event)

        if not self.backlog.defer(event, element, binding.attribute, send):
            send()

    def _send_bound(self, binding: Binding, element: DomElement, event: DomEvent) -> None:
        is_bind = binding.type == "bind"
        call = bind_call(element, binding) if is_bind else self._call(binding, element, event)
        if call is None:
            return
        fields = changed_fields(_changed_controls(event, element), component_of(element))
        held = _submit_buttons(event.target) if event.type == "submit" else []
        try:
            self._send(call, element, event, fields, held)
        except (TypeError, ValueError, RecursionError) as error:
            raise QueryError(describe_problem(binding, element, error)) from None

    def _call(self, binding: Binding, element: DomElement, event: DomEvent) -> HandlerCall | None:
        """Run the actions of an expression. Returns the call after them; ``None`` if there is none to make."""
        text = element.attributes[binding.attribute]
        try:
            call = act(text, element, self) if text.startswith("$") else text
            return None if call is None else call_for(call, element, event)
        except NoSuchMemberError as error:
            hint = f". Give it with page.trigger(…, {event.type!r}, {error.member}=…)"
            raise QueryError(describe_problem(binding, element, error) + hint) from None
        except (ValueError, LookupError) as error:
            raise QueryError(describe_problem(binding, element, error)) from None

    def _send(
        self,
        call: HandlerCall,
        element: DomElement,
        event: DomEvent,
        fields: Sequence[tuple[str, str | None]],
        held: Sequence[DomElement],
    ) -> None:
        """Put a message into the outbox. Raises ``ValueError`` or the like if JSON cannot express it."""
        args, params = json.loads(json.dumps([call.args, call.params]))
        id = component_of(element).attributes[COMPONENT]
        over = self.typing.sent(event)
        message = Message(
            id, call.handler, args, params, list(fields), element, event.target, over, list(held)
        )
        self.outbox.append(message)
        self._mark(message, 1)

    def listeners(self, kind: str) -> list[DomElement]:
        """The elements with a binding to events of this type."""
        return [element for element in [self.top, *self.top.elements()] if bindings_of(element, kind)]


def find_component(top: DomElement, component_id: str) -> DomElement | None:
    """The root element of a component of the page; ``None`` if the page does not have it."""
    everything = (top, *top.elements())
    return next((element for element in everything if element.get(COMPONENT) == component_id), None)


def _changed_controls(event: DomEvent, element: DomElement) -> list[DomElement]:
    """The controls whose states are sent along: all of a submitted form, or those with the name of a changed choice."""
    target = event.target
    if event.type == "submit":
        return [item for item in controls_near(target) if not is_button(item) and not is_file(item)]
    if target is not element or (event.type == "click" and event.is_prevented):
        return []  # the browser undoes a prevented click
    if target.tag == "select" or is_choice(target):
        return [item for item in controls_near(target) if item.get("name") == target.get("name")]
    return []


def _submit_buttons(form: DomElement) -> list[DomElement]:
    """The buttons that are disabled until a submit is acknowledged."""
    buttons = (item for item in controls_near(form) if kind_of(item) == "submit")
    return [item for item in buttons if not (item.held or is_disabled(item))]


def _listed(elements: Iterable[DomElement]) -> str:
    lines = [f"  {excerpt(element, 200)}" for element in elements]
    more = f"\n  … and {len(lines) - MAX_LISTED} more" if len(lines) > MAX_LISTED else ""
    return "\n".join(lines[:MAX_LISTED]) + more
