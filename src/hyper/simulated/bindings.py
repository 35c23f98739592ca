"""``@event`` attributes as the browser client reads them: what has to happen, and what is sent along.

    @keydown.ctrl.enter.prevent="save(text, 5)"

The same grammar as ``runtime_js/binding.js``, ``expression.js`` and ``arguments.js``; tests run both on the
same examples.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from hyper.components.calling import TARGET
from hyper.simulated.controls import (
    controls_near,
    is_button,
    is_checked,
    is_choice,
    is_control,
    is_disabled,
    kind_of,
    value_of,
    values_of,
)
from hyper.simulated.dom import DomElement

_WORDS: Final = re.compile(
    r"prevent|stop|self|once|window|document|outside|passive|capture|debounce|throttle|\d+m?s"
)
_CHORDS: Final = frozenset({"ctrl", "alt", "shift", "meta"})
_KEYS: Final = {
    "esc": "escape",
    "space": " ",
    "slash": "/",
    "up": "arrowup",
    "down": "arrowdown",
    "left": "arrowleft",
    "right": "arrowright",
    "cmd": "meta",
}
STAYING: Final = frozenset(
    {"focus", "blur", "mouseenter", "mouseleave", "load", "error", "scroll", "toggle", "invalid"}
)
"""Events that do not bubble."""


@dataclass(slots=True)
class DomEvent:
    """Something that happens at an element."""

    type: str
    target: DomElement
    key: str | None = None
    chords: frozenset[str] = frozenset()
    submitter: DomElement | None = None
    members: dict[str, Any] = field(default_factory=dict)
    """Further ones, by the names that they have in the browser: ``clientX``, ``detail``."""
    is_prevented: bool = False
    is_stopped: bool = False

    @property
    def bubbles(self) -> bool:
        return self.type not in STAYING

    def member(self, name: str) -> object:
        """What ``event.clientX`` means; ``None`` where it was not said."""
        known = {"type": self.type, "key": self.key, **self.members}
        if name not in known and name.endswith("Key"):
            return name.removesuffix("Key") in self.chords
        return known.get(name)


@dataclass(frozen=True, slots=True)
class Binding:
    """The name of an ``@event`` attribute, taken apart."""

    attribute: str
    type: str
    words: frozenset[str]
    chords: frozenset[str]
    keys: tuple[str, ...]

    @property
    def is_global(self) -> bool:
        """Does it listen to the whole page?"""
        return not self.words.isdisjoint({"window", "document", "outside"})

    def matches_keys(self, event: DomEvent) -> bool:
        if not self.chords <= event.chords:
            return False
        return not self.keys or (event.key or "").lower() in self.keys


@lru_cache(maxsize=1024)
def parse_binding(attribute: str) -> Binding:
    """``@input.debounce.1s`` as its type and what has to hold; what is no modifier is the name of a key."""
    kind, *modifiers = attribute[1:].split(".")
    words = frozenset(word for word in modifiers if _WORDS.fullmatch(word))
    names = [_KEYS.get(word, word) for word in modifiers if word not in words]
    chords = frozenset(names) & _CHORDS
    return Binding(attribute, kind, words, chords, tuple(name for name in names if name not in chords))


def bindings_of(element: DomElement, kind: str | None = None) -> list[Binding]:
    """The bindings of an element, to events of one type."""
    found = [parse_binding(name) for name in element.attributes if name.startswith("@")]
    return [binding for binding in found if kind is None or binding.type == kind]


# What is called ---------------------------------------------------------------------------------------------

_CALL: Final = re.compile(r"\s*(\^*[^\W\d]\w*)\s*(?:\((.*)\))?\s*", re.DOTALL)
_NUMBER: Final = r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"
_ARGUMENT: Final = re.compile(
    rf'\s*(?:("(?:[^"\\]|\\.)*"|{_NUMBER}|(?:true|false|null)(?![\w.]))'
    r"|'((?:[^'\\]|\\.)*)'|([^\W\d]\w*(?:\.[^\W\d]\w*)*))\s*(,|\Z)"
)


@dataclass(frozen=True, slots=True)
class Named:
    """An argument that stands for something on the page."""

    name: str


@dataclass(frozen=True, slots=True)
class Expression:
    """What stands in an ``@event`` attribute: ``add``, or ``add(text, 5)``."""

    name: str
    args: list[object] | None
    """Values and ``Named``; ``None`` without parentheses."""


def parse_expression(text: str) -> Expression:
    """``add(text, 5)`` taken apart; ``ValueError`` for what is neither a name nor a call."""
    match = _CALL.fullmatch(text)
    if not match:
        raise ValueError(f"neither a name nor a call: {text}")
    return Expression(match[1], None if match[2] is None else _parse_arguments(match[2]))


def _parse_arguments(text: str) -> list[object]:
    args: list[object] = []
    at, more = 0, bool(text.strip())
    while more:
        match = _ARGUMENT.match(text, at)
        if not match:
            raise ValueError(f"no such argument: {text}")
        literal, quoted, name, separator = match.groups()
        args.append(Named(name) if name else json.loads(_requote(quoted) if literal is None else literal))
        at, more = match.end(), separator == ","
    return args


def _requote(quoted: str) -> str:
    """The inside of a string in single quotes, as JSON."""
    swapped = {"\\'": "'", '"': '\\"'}
    return '"' + re.sub(r'\\.|"', lambda match: swapped.get(match[0], match[0]), quoted) + '"'


# What is sent along -----------------------------------------------------------------------------------------


@dataclass(slots=True)
class Values:
    """What an event sends: the arguments of a call, or all the named data there is."""

    args: list[object] | None = None
    params: dict[str, object] = field(default_factory=dict)


def values_for(expression: Expression, element: DomElement, event: DomEvent) -> Values:
    """The values for a call; ``LookupError`` where a name stands for nothing on the page."""
    source = next((one for one in (element, event.target) if is_control(one)), element)
    own = _event_values(source, event)
    if expression.args is None:
        return Values(None, {**_all_values(source, element, event), **own})
    return Values(
        [
            _look_up(arg.name, own, source, element, event) if isinstance(arg, Named) else arg
            for arg in expression.args
        ]
    )


def _event_values(source: DomElement, event: DomEvent) -> dict[str, object]:
    detail = event.members.get("detail")
    own: dict[str, object] = dict(detail) if isinstance(detail, dict) else {}
    if is_control(source) and not (is_button(source) and not source.has("value")):
        own["value"] = value_of(source) if is_choice(source) else values_of([source])
    if is_choice(source):
        own["checked"] = is_checked(source)
    if event.key is not None:
        own["key"] = event.key
    return own


def _look_up(
    name: str, own: dict[str, object], source: DomElement, element: DomElement, event: DomEvent
) -> object:
    if name in own:
        return own[name]
    if name.startswith("event."):
        member = name.removeprefix("event.")
        if (value := event.member(member)) is None:
            raise LookupError(f"{name}: say what it is, page.trigger(…, {event.type!r}, {member}=…)")
        return value
    controls = [control for control in controls_near(source) if control.get("name") == name]
    if controls:
        return values_of(controls)
    attribute = data_attribute(name)
    data = element.get(attribute)
    if data is None:
        raise LookupError(f"{name}: no form field of that name, and no {attribute}")
    return data


def data_attribute(name: str) -> str:
    """``dataset.itemId`` and ``item_id`` both mean ``data-item-id``."""
    return "data-" + re.sub(r"_|(?=[A-Z])", "-", name.removeprefix("dataset.")).lower()


def _all_values(source: DomElement, element: DomElement, event: DomEvent) -> dict[str, object]:
    values: dict[str, object] = {
        name.removeprefix("data-").replace("-", "_"): value
        for name, value in element.attributes.items()
        if name.startswith("data-")
    }
    by_name: dict[str, list[DomElement]] = {}
    for control in controls_near(source):
        if _is_sent(control, event.submitter):
            by_name.setdefault(control.attributes["name"], []).append(control)
    values |= {name: values_of(controls) for name, controls in by_name.items()}
    if is_control(event.target) and not is_button(event.target):
        values[TARGET] = event.target.get("name") or ""
    return values


def _is_sent(control: DomElement, submitter: DomElement | None) -> bool:
    if not control.get("name") or kind_of(control) == "file" or is_disabled(control):
        return False
    return not is_button(control) or control is submitter


def names_near(elements: Sequence[DomElement]) -> list[str]:
    """The names of controls, for messages."""
    return list(dict.fromkeys(name for control in elements if (name := control.get("name"))))
