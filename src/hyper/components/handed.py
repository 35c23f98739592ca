"""What one component's function returns, or what it gives to a nested one, as another component shows it.

The events in it stay the writer's. In a list, a tuple or a dict each piece of content is looked at:

    handed([t'<b @click="pick">x</b>', "text"], 1, page)   →   [<b @click="^pick">x</b>, "text"]
"""

from __future__ import annotations

from operator import is_
from typing import TYPE_CHECKING, Any, Final

from hyper.errors import ComponentError
from hyper.vdom.templates.compiler import content, is_content
from hyper.vdom.templates.handed_content import as_outer

if TYPE_CHECKING:
    from hyper.components.mounted import MountedComponent

MAX_DEPTH: Final = 10
"""How deep in lists content is found."""
_DATA: Final = frozenset({str, int, float, bool, type(None)})


def handed(value: Any, levels: int | None, writer: MountedComponent, depth: int = 0) -> Any:
    """``value``, with the events in its content ``levels`` further out; the same object if it has no content.

    ``levels`` is ``None`` if ``writer`` is not around the component that shows it: then events cannot reach the writer,
    and ``ComponentError`` is raised if there are any. Cost: the size of ``value``.
    """
    kind = type(value)
    if kind in _DATA or levels == 0:
        return value
    if kind is list or kind is tuple:
        items = _items(value, levels, writer, depth)
        return value if all(map(is_, items, value)) else kind(items)
    if kind is dict:
        items = _items(list(value.values()), levels, writer, depth)
        return value if all(map(is_, items, value.values())) else dict(zip(value, items, strict=True))
    return _outer(content(value), levels, writer) if is_content(value) else value


def _items(values: Any, levels: int | None, writer: MountedComponent, depth: int) -> Any:
    if depth == MAX_DEPTH or _DATA.issuperset(map(type, values)):
        return values
    return [handed(value, levels, writer, depth + 1) for value in values]


def _outer(value: Any, levels: int | None, writer: MountedComponent) -> Any:
    if levels is None:
        if as_outer(value) != value:
            raise ComponentError(
                f"content with events of {writer.component.name} cannot be shown here: {writer.component.name} is not"
                " around the component that shows it. Give it the function as a property, or bind its own handler"
            )
        return value
    for _ in range(levels):
        value = as_outer(value)
    return value
