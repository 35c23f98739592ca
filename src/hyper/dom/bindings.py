"""The names of ``@event`` attributes, as the browser client reads them: an event and its conditions.

    @keydown.ctrl.enter.prevent   →   Binding(type="keydown", words={"prevent"}, chords={"ctrl"}, keys=("enter",))

The same grammar as ``runtime_js/binding.js``; a test runs both on the same examples.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from hyper.dom.elements import DomElement
from hyper.vdom.browser_rules import BIND_MODIFIERS, CHORDS, MODIFIERS, is_wait, key_name

_WORDS: Final = MODIFIERS | BIND_MODIFIERS


@dataclass(frozen=True, slots=True)
class Binding:
    """The parsed name of an ``@event`` attribute."""

    attribute: str
    type: str
    words: frozenset[str]
    """The modifiers that do not name keys."""
    chords: frozenset[str]
    """Modifier keys, all of which have to be held."""
    keys: tuple[str, ...]
    """Keys, one of which has to be pressed; empty for any key."""

    @property
    def is_global(self) -> bool:
        """Does it listen to events anywhere on the page?"""
        return not self.words.isdisjoint({"window", "document", "outside"})

    def matches_keys(self, key: str | None, held: frozenset[str]) -> bool:
        """Does pressing ``key`` match its key modifiers while the modifier keys ``held`` are down?"""
        return self.chords <= held and (not self.keys or key_name(key or "") in self.keys)


@lru_cache(maxsize=1024)
def parse_binding(attribute: str) -> Binding:
    """The binding for an attribute of this name. Any word that is not a modifier is the name of a key."""
    kind, *modifiers = attribute[1:].split(".")
    words = frozenset(word for word in modifiers if word in _WORDS or is_wait(word))
    names = [key_name(word) for word in modifiers if word not in words]
    chords = frozenset(names) & CHORDS
    return Binding(attribute, kind, words, chords, tuple(name for name in names if name not in chords))


def bindings_of(element: DomElement, kind: str | None = None) -> list[Binding]:
    """The bindings of an element: all of them, or those to events of type ``kind``."""
    found = [parse_binding(name) for name in element.attributes if name.startswith("@")]
    return [binding for binding in found if kind is None or binding.type == kind]
