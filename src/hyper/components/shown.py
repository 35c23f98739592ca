"""Content that a component was given, once it is rendered: which nested components in it are shown, and where.

def box(children): t'<table><tbody>{children}</tbody></table>'
def page(): t'<{box}><{row} /></{box}>'                           the row is started before the box has a <tbody>
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from hyper.components.cards import context_of, error_card
from hyper.components.handed import MAX_DEPTH
from hyper.components.nested import NestedNode
from hyper.vdom import Element
from hyper.vdom.templates.template import Instance
from hyper.vdom.templates.values import Fragment

if TYPE_CHECKING:
    from hyper.components.mounted import MountedComponent

_CONTENT: Final = frozenset({Instance, Fragment, NestedNode})
_GROUPS: Final = frozenset({list, tuple, dict})


def note_shown(mounted: MountedComponent) -> None:
    """Note of the nested components in the content that ``mounted`` was given whether it shows them, after a render.

    Those that failed to start had no place until now: their cards are made anew.
    """
    given = [node for value in _content_in(mounted.properties.values()) for node in _nested_in(value)]
    if given:
        shown = set(_nested_in(mounted.tree))
        for node in given:
            node.is_shown = node in shown
            if node.is_shown and _is_card(node):
                _fit(node, mounted)


def _is_card(node: NestedNode) -> bool:
    return node.mounted.view is None and type(node.mounted.tree) is Element


def _fit(node: NestedNode, around: MountedComponent) -> None:
    context = context_of(node, around.tree)
    if context is not None:
        node.mounted.kept_tree = error_card(node.mounted.component, context)
        node.update_name()


def _content_in(values: Iterable[Any], depth: int = 0) -> Iterator[Any]:
    """The content among values, and in lists, tuples and dicts of them, as deep as ``handed()`` looks."""
    for value in values:
        if type(value) in _CONTENT:
            yield value
        elif type(value) in _GROUPS and depth < MAX_DEPTH:
            yield from _content_in(value.values() if type(value) is dict else value, depth + 1)


def _nested_in(value: Any) -> Iterator[NestedNode]:
    """The nested components in a value, and in the trees of those that were given content themselves."""
    stack = [value]
    while stack:
        item = stack.pop()
        if type(item) is NestedNode:
            yield item
            if any(_content_in(item.mounted.properties.values())):
                stack.append(item.mounted.tree)
        elif type(item) is Instance:
            stack.extend(item[1:])
        elif type(item) is Fragment:
            stack.extend(item)
