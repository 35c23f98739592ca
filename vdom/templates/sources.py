"""Where the values of a template's slots come from, at each render."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from ..errors import TemplateError
from .values import Value

if TYPE_CHECKING:
    from .template import Template


@dataclass(frozen=True, slots=True)
class ValueSource:
    """The value of an interpolation, brought into normal form."""

    index: int
    normal: Callable[[object], Value]
    plain: frozenset[type]
    """Types that are in normal form as they are: compiled views pass those without a call."""

    def value(self, given: Sequence[object]) -> Value:
        return self.normal(given[self.index])


@dataclass(frozen=True, slots=True)
class StateSource:
    """A variable of the component around the template, shown by the control that is bound to it."""

    name: str
    """The variable, or a path that starts at one: ``user.name``."""
    normal: Callable[..., Value]
    plain: frozenset[type]
    beside: PropertyValue | Template | None = None
    """What ``normal`` gets besides: the value of the control, or the content of a ``<select>``."""

    def value(self, given: Sequence[object]) -> Value:
        raise TemplateError(
            f'@bind="{self.name}" works in the templates of a live component itself, where "{self.name}" is a '
            "variable: outside, give a value and a handler"
        )


PropertyValue: TypeAlias = "str | bool | int | tuple[str | int, ...]"
"""Text, ``True`` for a bare name, the index of an interpolation (any object), or text mixed with those."""


@dataclass(frozen=True, slots=True)
class ComponentSource:
    """A component standing in content: called with its properties at every render of the template around it."""

    function: int
    properties: tuple[tuple[str, PropertyValue], ...]
    spread: int | None
    """Index of an interpolation that holds a dict of further properties."""
    templates: tuple[tuple[str, Template], ...]
    """``children`` and named slots."""
    site: str
    """Where the tag stands, ``file:line#n``: what a nested live component is recognised by at the next render."""
    call: Callable[..., Value]

    def value(self, given: Sequence[object]) -> Value:
        properties = {name: self.property(value, given) for name, value in self.properties}
        if self.spread is not None:
            properties.update(given[self.spread])  # type: ignore[call-overload]
        properties.update({name: template.instance(given) for name, template in self.templates})
        return self.call(given[self.function], properties, self.site)

    @staticmethod
    def property(value: PropertyValue, given: Sequence[object]) -> object:
        if type(value) is int:
            return given[value]
        if type(value) is tuple:
            return "".join([part if type(part) is str else str(given[part]) for part in value])  # type: ignore[index]
        return value


Source: TypeAlias = ValueSource | StateSource | ComponentSource
