"""The parts of a compiled template: places for values, and elements with such places in them.

    <li key=⟦1⟧ class="row">⟦2⟧</li>

    SlotElement("li", "html", (SlotAttribute("key", (1,)), ("class", "row")), (Slot(2),))

A number is a place in an instance's tuple; see ``template.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from ..namespaces import Namespace, join_context
from ..node import IGNORE, Node, path_name
from .urls import Guard
from .values import Value, clean, printed

Part: TypeAlias = "str | Slot | SlotElement | Node"
Piece: TypeAlias = "str | Slot | SlotAttribute"
"""A piece of what is printed: static HTML, or a place for a value."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in content."""

    at: int
    """The index of its value in the instance's tuple (0 is the template)."""


@dataclass(frozen=True, slots=True)
class SlotAttribute:
    """An attribute with slots in its value; ``name`` is empty for a dict of attributes."""

    name: str
    parts: tuple[str | int, ...]
    """Text, and places in the instance's tuple."""
    guard: Guard | None = None
    """Checks the whole value, if it holds URLs."""

    def pairs(self, values: tuple[Value, ...]) -> Sequence[tuple[str, str]]:
        """The attributes that it makes: one, none, or those of the dict."""
        if not self.name:
            return values[self.parts[0]] if isinstance(self.parts[0], int) else ()
        text = self.text(values)
        return () if text is None else ((self.name, text),)

    def text(self, values: tuple[Value, ...]) -> str | None:
        """The attribute's value; ``None`` where it is absent."""
        if len(self.parts) == 1:
            value = values[self.parts[0]]  # type: ignore[index]
            return None if value is None else clean(str(value))
        joined = "".join([part if type(part) is str else printed(values[part]) for part in self.parts])  # type: ignore[index]
        return clean(joined if self.guard is None else self.guard(joined))


@dataclass(frozen=True, slots=True, eq=False)
class SlotElement:
    """An element of a template with slots in its attributes or somewhere below."""

    tag: str
    namespace: Namespace
    attributes: tuple[tuple[str, str] | SlotAttribute, ...]
    content: tuple[Part, ...]
    key: str | None = None
    context: str = field(init=False)
    """The context in which a parser reads its children: ``"tbody"``, ``"svg:g"``."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "context", join_context(self.tag, self.namespace))

    @property
    def name(self) -> str:
        return path_name(self.tag)

    @property
    def kind(self) -> str:
        """The kind of the element it makes, as far as the template determines it."""
        if self.static(IGNORE) is not None:
            return f"{self.namespace}:{self.tag}:ignore"
        if self.namespace != "html":
            return f"{self.namespace}:{self.tag}"
        return f"input:{self.static('type') or 'text'}" if self.tag == "input" else self.tag

    def static(self, name: str) -> str | None:
        """The value of an attribute without slots."""
        for item in self.attributes:
            if type(item) is tuple and item[0] == name:
                return item[1]
        return None
