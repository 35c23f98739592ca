"""DOM events, and the bindings that listen to them, in the order in which a browser runs them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from hyper.dom.bindings import Binding, bindings_of
from hyper.dom.elements import DomElement
from hyper.vdom.browser_rules import NOT_BUBBLING


@dataclass(slots=True)
class DomEvent:
    """An event at an element."""

    type: str
    target: DomElement
    key: str | None = None
    chords: frozenset[str] = frozenset()
    """The modifier keys that are held: ``ctrl``, ``alt``, ``shift``, ``meta``."""
    submitter: DomElement | None = None
    """The button that submitted the form."""
    members: dict[str, Any] = field(default_factory=dict)
    """Other members, named as in the browser: ``clientX``, ``detail``."""
    is_prevented: bool = False
    is_stopped: bool = False

    @property
    def bubbles(self) -> bool:
        return self.type not in NOT_BUBBLING or (self.type == "cancel" and self.target.tag == "input")

    @property
    def closes_dialog(self) -> bool:
        """Is it a submit by the method ``dialog``, which is no post?"""
        how = self.submitter.get("formmethod") if self.submitter is not None else None
        return (self.target.get("method") or "" if how is None else how).lower() == "dialog"

    @property
    def only_closes(self) -> bool:
        """Is it a submit by a button like "Cancel", which says by itself that it is no post? Nothing is sent for it."""
        return self.submitter is not None and (self.submitter.get("formmethod") or "").lower() == "dialog"

    def has(self, name: str) -> bool:
        """Does the event have a member of this name?"""
        return name in self.members or self.member(name) is not None

    def member(self, name: str) -> object:
        """The value of ``event.clientX``; ``None`` if the event has no such member."""
        known = {"type": self.type, "key": self.key, **self.members}
        if name not in known and name.endswith("Key"):
            return name.removesuffix("Key") in self.chords
        return known.get(name)

    def is_heard_by(self, binding: Binding, element: DomElement) -> bool:
        """Does this event match every modifier of a binding of ``element``?"""
        if "self" in binding.words and self.target is not element:
            return False
        if "outside" in binding.words and element.contains(self.target):
            return False
        return binding.matches_keys(self.key, self.chords)

    def obey(self, binding: Binding, element: DomElement) -> bool:
        """Do what the modifiers ``.once``, ``.prevent`` and ``.stop`` ask for. A bound submit is always prevented,
        but for that of a dialog, which the browser closes.

        ``False`` if the binding of ``element`` is not to be run: it is to hear one event, and has heard it.
        """
        if "once" in binding.words:
            if binding.attribute in element.spent:
                return False
            element.spent.add(binding.attribute)
        self.is_prevented |= "prevent" in binding.words or (self.type == "submit" and not self.closes_dialog)
        self.is_stopped |= "stop" in binding.words
        return True


def listeners_of(event: DomEvent, top: DomElement) -> Iterator[tuple[DomElement, Binding]]:
    """The bindings that listen to an event, with their elements: from the target outwards, then those of the page.

    Each is looked up only when it is needed: what a listener changes or stops affects those after it.
    """
    for element in list(event.target.ancestors()):
        if element is event.target or event.bubbles:
            yield from _hearing(element, event, is_global=False)
        if event.is_stopped:
            return
    for element in [top, *top.elements()]:
        yield from _hearing(element, event, is_global=True)


def _hearing(
    element: DomElement, event: DomEvent, *, is_global: bool
) -> Iterator[tuple[DomElement, Binding]]:
    for binding in bindings_of(element, event.type):
        if binding.is_global == is_global and event.is_heard_by(binding, element):
            yield element, binding
