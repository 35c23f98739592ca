"""Applies operations such as ``["insert", …]`` to shared values.

An operation was made in some process on the value as it was there. Here it is applied to a value that other processes
may have changed. So each names containers and elements by id, and does nothing if they are gone. Every process
applies the same operations in the same order, so all of them arrive at the same value.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hyper.state.cells import Container, Operation, Undo, no_undo
from hyper.state.observed_dict import ObservedDict, ObservedSet
from hyper.state.observed_list import ObservedList
from hyper.state.observed_object import ObservedObject, Shared

log = logging.getLogger("hyper.state")

Unpack = Callable[[Any], Any]
"""Turns a packed value into the value to put into a container."""

REMOVALS = frozenset({"remove", "drop", "discard"})
"""Operations after which something is gone: doing one again changes nothing."""


def apply(container: Container | None, operation: Operation, unpack: Unpack) -> Undo:
    """Apply an operation to its container. Returns a function that undoes exactly that; ``no_undo`` if nothing changed.

    An operation that does not match the content, as another version of the program might send it, is logged and skipped.
    """
    try:
        kind, _, *arguments = operation
        wanted, act = actions[kind]
        return act(container, unpack, *arguments) if isinstance(container, wanted) else no_undo
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        log.exception("operation %r of a shared value was skipped", operation[:1])
        return no_undo


def insert(
    container: ObservedList[Any], unpack: Unpack, where: Any, ids: list[Any], values: list[Any]
) -> Undo:
    at = container._find(where)
    container._put_in(at, [unpack(value) for value in values], ids)
    return lambda: container._take_out(range(at, at + len(ids)))


def remove(container: ObservedList[Any], _: Unpack, ids: list[Any]) -> Undo:
    gone = set(ids)
    own = container._ids or []
    places = [at for at, name in enumerate(own) if name in gone]
    if not places:
        return no_undo
    names = [own[at] for at in places]
    taken = container._take_out(places)
    return lambda: container._put_back(places, taken, names)


def replace(container: ObservedList[Any], unpack: Unpack, name: Any, value: Any) -> Undo:
    own = container._ids or []
    if name not in own:
        return no_undo
    at = own.index(name)
    old = list.__getitem__(container, at)
    container._put_at(at, unpack(value))
    return lambda: container._put_at(at, old)


def reorder(container: ObservedList[Any], _: Unpack, ids: list[Any]) -> Undo:
    ranks = {name: rank for rank, name in enumerate(ids)}
    own = container._ids or []
    order = sorted(range(len(own)), key=lambda at: ranks.get(own[at], len(ranks)))
    back = sorted(range(len(order)), key=order.__getitem__)
    container._permute(order)
    return lambda: container._permute(back)


def put(container: Any, unpack: Unpack, key: Any, value: Any) -> Undo:
    if isinstance(container, ObservedObject) and key not in container._fields:
        return no_undo  # a field that only another version of the program has
    return container._put(unpack(key), unpack(value))  # type: ignore[no-any-return]


def claim(container: ObservedDict[Any, Any], unpack: Unpack, key: Any, value: Any) -> Undo:
    return no_undo if unpack(key) in dict.keys(container) else put(container, unpack, key, value)


def drop(container: ObservedDict[Any, Any], unpack: Unpack, keys: list[Any]) -> Undo:
    found = [key for key in (unpack(key) for key in keys) if key in dict.keys(container)]
    return container._drop(found) if found else no_undo


def grow(container: Any, unpack: Unpack, key: Any, amount: Any) -> Undo:
    key = unpack(key)
    old = container._value if isinstance(container, Shared) else dict.get(container, key, 0)
    if not isinstance(old, (int, float, Decimal, timedelta)):
        return no_undo
    return container._put(key, old + unpack(amount))  # type: ignore[no-any-return]


def add(container: ObservedSet[Any], unpack: Unpack, values: list[Any]) -> Undo:
    new = {unpack(value) for value in values} - container._plain()
    return container._put(new) if new else no_undo


def discard(container: ObservedSet[Any], unpack: Unpack, values: list[Any]) -> Undo:
    gone = {unpack(value) for value in values} & container._plain()
    return container._take(gone) if gone else no_undo


actions: dict[str, tuple[Any, Callable[..., Undo]]] = {
    "insert": (ObservedList, insert),
    "remove": (ObservedList, remove),
    "replace": (ObservedList, replace),
    "reorder": (ObservedList, reorder),
    "put": ((ObservedDict, ObservedObject, Shared), put),
    "claim": (ObservedDict, claim),
    "drop": (ObservedDict, drop),
    "grow": ((ObservedDict, Shared), grow),
    "add": (ObservedSet, add),
    "discard": (ObservedSet, discard),
}
